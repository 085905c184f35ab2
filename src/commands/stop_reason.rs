//! How a run that ended early is told: what happened, what to check, which exit code.

use crate::credentials::CredentialError;
use crate::delivery::Concern;
use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::LedgerError;
use crate::run::{End, Ended, FeedError, StopReason};
use crate::text::excerpt;

const QUOTED: usize = 300;
/// How many bots are named beside the first.
const NAMED: usize = 3;

/// Why a run ended before its rows did.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoppedEarly {
    #[error("interrupted")]
    Interrupted,
    /// Some of several bots; the reason is that of the first.
    #[error("{}: {reason}", bots_in_words(bots))]
    AtBots { bots: Vec<String>, reason: Box<Self> },
    #[error("the server refuses {what}: {message}")]
    Refused { concern: Concern, what: &'static str, message: String },
    #[error("the target can't be reached: {0}")]
    Unreachable(String),
    #[error("the rate limit is used up, and others use the bot: {0}")]
    Limited(String),
    #[error("the server doesn't say what becomes of records: {0}")]
    Silent(String),
    #[error(transparent)]
    Ledger(LedgerError),
    #[error(transparent)]
    Credentials(CredentialError),
    #[error(transparent)]
    Feed(FeedError),
}

impl StoppedEarly {
    /// The reason, if it did end early, with the bots that it concerns.
    pub(super) fn from_end(Ended { end, stopped }: Ended) -> Option<Self> {
        let is_fault = matches!(end, End::Stopped(_));
        let reason = Self::from_reason(end)?;
        if stopped.is_empty() || !is_fault {
            return Some(reason);
        }
        Some(Self::AtBots { bots: stopped, reason: Box::new(reason) })
    }

    /// Whether the server that ended it may still say what became of rows in doubt.
    pub(super) fn leaves_doubt_to_resolve(&self) -> bool {
        match self {
            Self::Silent(_) => true,
            Self::AtBots { reason, .. } => !matches!(**reason, Self::Unreachable(_)),
            _ => false,
        }
    }

    fn from_reason(end: End) -> Option<Self> {
        Some(match end {
            End::Complete => return None,
            End::Interrupted => Self::Interrupted,
            End::Stopped(StopReason::Refused { concern, message }) => {
                let what = match concern {
                    Concern::Credentials => "the credentials",
                    Concern::Target => "the target",
                    Concern::Tls => "a secure connection",
                };
                Self::Refused { concern, what, message: excerpt(&message, QUOTED) }
            }
            End::Stopped(StopReason::Unreachable { message }) => Self::Unreachable(excerpt(&message, QUOTED)),
            End::Stopped(StopReason::Limited { message }) => Self::Limited(excerpt(&message, QUOTED)),
            End::Stopped(StopReason::Silent { message }) => Self::Silent(excerpt(&message, QUOTED)),
            End::Ledger(error) => Self::Ledger(error),
            End::Credentials(error) => Self::Credentials(error),
            End::Feed(error) => Self::Feed(error),
        })
    }
}

/// `bot st-1`, or `bot st-1 (and 2 more: st-2, st-3)`. The summary has all of them.
fn bots_in_words(bots: &[String]) -> String {
    let Some((first, others)) = bots.split_first() else { return String::new() };
    let mut named: Vec<String> = others.iter().take(NAMED).map(|bot| excerpt(bot, 60)).collect();
    if named.len() < others.len() {
        named.push("…".to_owned());
    }
    let more = match others.len() {
        0 => String::new(),
        more => format!(" (and {more} more: {})", named.join(", ")),
    };
    format!("bot {}{more}", excerpt(first, 60))
}

impl Advice for StoppedEarly {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Interrupted => return None,
            Self::AtBots { reason, .. } => match &**reason {
                Self::Refused { concern: Concern::Target, .. } => {
                    "check the ids that the rows have for these bots, and that the app may use them. Rows with a wrong id \
                     are sent to the right bot by --filter COLUMN=WRONG --set bot_id=RIGHT --exclude-run RUN: a file that \
                     was edited is another input, and all of it would be sent again"
                }
                reason => return reason.hint(),
            },
            Self::Refused { concern: Concern::Credentials, .. } => {
                "`kore-feedback token | kore-feedback token inspect -` says what the platform may refuse. Check the \
                 client id (appId) and secret, that the JWT app has the scope \"Metrics\" (or \"Feedback Analytics\"), \
                 that the bot is published since, and this machine's clock"
            }
            Self::Refused { concern: Concern::Target, .. } => {
                "check host, bot_id and api_version: `kore-feedback config show`"
            }
            Self::Refused { concern: Concern::Tls, .. } => {
                "if the host is a private installation, name its certificate authority in ca_file"
            }
            Self::Unreachable(_) => "check the host, the network and any proxy; --wait-for-target waits longer",
            Self::Limited(_) => "try again later; --wait-for-target waits longer",
            Self::Silent(_) => "`kore-feedback runs verify` asks the server whether the rows in doubt have arrived",
            Self::Ledger(error) => return error.hint(),
            Self::Credentials(error) => return error.hint(),
            Self::Feed(error) => return error.hint(),
        };
        Some(hint.to_owned())
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Interrupted => Exit::Interrupted,
            Self::AtBots { reason, .. } => reason.exit(),
            Self::Refused { concern: Concern::Tls, .. } | Self::Unreachable(_) => Exit::Unreachable,
            Self::Refused { .. } | Self::Credentials(_) => Exit::Credentials,
            Self::Limited(_) | Self::Silent(_) | Self::Ledger(_) | Self::Feed(_) => Exit::Stopped,
        }
    }
}
