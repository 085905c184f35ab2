//! The kinds of faults that can be injected.

use std::time::Duration;

use strum::VariantArray;

/// What happens to a request that a fault hits. [`FaultKind::VARIANTS`] lists every kind, in the order of the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum FaultKind {
    /// 400 with an error in the documented shape; not saved.
    #[strum(serialize = "400")]
    Status400,
    /// 401 `Invalid SDK credentials`; not saved.
    #[strum(serialize = "401")]
    Status401,
    /// 401 `possibly a replay`; not saved.
    #[strum(serialize = "401-replay")]
    Status401Replay,
    /// 403 `Permission denied. Scope is incorrect!`; not saved.
    #[strum(serialize = "403")]
    Status403,
    /// 404 with an error in the documented shape; not saved.
    #[strum(serialize = "404")]
    Status404,
    /// 429 with the vendor's general message; not saved.
    #[strum(serialize = "429")]
    Status429,
    /// [`FaultKind::Status429`] with `Retry-After: 1`.
    #[strum(serialize = "429-retry-after")]
    Status429RetryAfter,
    /// 500 with an error in the documented shape; not saved.
    #[strum(serialize = "500")]
    Status500,
    /// 502 in plain text; not saved.
    #[strum(serialize = "502")]
    Status502,
    /// 503 in plain text; not saved.
    #[strum(serialize = "503")]
    Status503,
    /// [`FaultKind::Status503`] with `Retry-After: 1`.
    #[strum(serialize = "503-retry-after")]
    Status503RetryAfter,
    /// 504 in plain text; not saved.
    #[strum(serialize = "504")]
    Status504,
    /// 502 with a gateway's HTML page; not saved.
    Html,
    /// 307 to another path of the sandbox; not saved.
    Redirect,
    /// [`FaultKind::Redirect`] with the token in the address, whole, percent-encoded and in part; not saved.
    RedirectWithToken,
    /// The connection is reset without a response; not saved.
    ResetBefore,
    /// The connection is reset without a response; saved.
    ResetAfterSave,
    /// The connection stays open without a response; not saved.
    Hang,
    /// The connection stays open without a response; saved.
    HangAfterSave,
    /// 200 with half of the JSON; saved.
    Truncate,
    /// 200 with 16 MiB of valid JSON; saved.
    Oversized,
    /// The connection stays open without a response; saved some time after the request, as by a server that is busy.
    LateSave,
    /// 200 with another bot id; saved.
    OtherBot,
    /// 200 with another type; saved.
    OtherType,
    /// 200 with another score; saved.
    OtherScore,
    /// 200 with another respondent; saved.
    OtherUid,
    /// 200 with another survey name; saved.
    OtherName,
    /// 200 with another channel; saved.
    OtherChannel,
    /// 200 with another language; saved.
    OtherLanguage,
    /// 200 with the id of the first record; saved.
    RepeatedId,
    /// 200 with times of 1999; saved.
    OldTime,
    /// 200 with nothing but the id; saved.
    OnlyId,
}

impl FaultKind {
    /// The name used in `--fault`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The time that `after` sets, if the fault has one: later than most clients wait, or the shortest that they accept.
    pub(super) const fn default_after(self) -> Option<Duration> {
        match self {
            Self::LateSave => Some(Duration::from_secs(60)),
            Self::Status429RetryAfter | Self::Status503RetryAfter => Some(Duration::from_secs(1)),
            _ => None,
        }
    }

    /// Whether the record is saved even though the fault hits its request.
    pub const fn saves(self) -> bool {
        self.needs_save() || matches!(self, Self::Truncate | Self::Oversized)
    }

    /// Whether the fault makes sense only for a request that saves something.
    pub(super) const fn needs_save(self) -> bool {
        matches!(
            self,
            Self::ResetAfterSave
                | Self::HangAfterSave
                | Self::LateSave
                | Self::OtherBot
                | Self::OtherType
                | Self::OtherScore
                | Self::OtherUid
                | Self::OtherName
                | Self::OtherChannel
                | Self::OtherLanguage
                | Self::RepeatedId
                | Self::OldTime
                | Self::OnlyId
        )
    }

    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        Self::VARIANTS.iter().map(|kind| kind.name())
    }
}
