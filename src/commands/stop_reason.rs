//! Why a run stopped early, as an error with a hint and an exit code.

use std::borrow::Cow;
use std::time::Duration;

use crate::clock;
use crate::credentials::CredentialError;
use crate::delivery::Concern;
use crate::error::{Advice, ErrorKind};
use crate::exit::Exit;
use crate::ledger::{LedgerError, RunId};
use crate::report::format_time_ahead;
use crate::run::{End, Ended, FeedError, Rejections, StopReason};
use crate::text::{counted, excerpt, format_duration, grouped};

const SHOWN: usize = 300;
const SHOWN_OF_BOT: usize = 60;
/// How many bots are named besides the first.
const NAMED: usize = 3;

/// Why a run stopped before all rows were processed.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoppedEarly {
    #[error("interrupted")]
    Interrupted,
    /// With several bots, `bots` are those that were stopped, and the reason is that of the first.
    #[error("{}{}: {}", bots_text(bots), explain(*run, reason, false).0, excerpt(reason.message(), SHOWN))]
    Stopped { run: RunId, bots: Vec<String>, reason: StopReason },
    #[error(transparent)]
    Ledger(LedgerError),
    #[error(transparent)]
    Credentials(CredentialError),
    #[error(transparent)]
    Feed(FeedError),
}

impl StoppedEarly {
    /// `None` if all rows were processed.
    pub(super) fn from_end(run: RunId, Ended { end, stopped }: Ended) -> Option<Self> {
        match end {
            End::Complete => None,
            End::Interrupted => Some(Self::Interrupted),
            End::Stopped(reason) => Some(Self::Stopped { run, bots: stopped, reason }),
            End::Ledger(error) => Some(Self::Ledger(error)),
            End::Credentials(error) => Some(Self::Credentials(error)),
            End::Feed(error) => Some(Self::Feed(error)),
        }
    }

    /// Whether the server rejected too many records.
    pub(super) fn is_by_rejections(&self) -> bool {
        matches!(self, Self::Stopped { reason: StopReason::Rejected(_), .. })
    }

    /// Whether the server may still be able to say what became of the rows in doubt.
    pub(super) fn leaves_doubt_to_resolve(&self) -> bool {
        match self {
            Self::Stopped { reason: StopReason::Unconfirmed { .. }, .. } => true,
            Self::Stopped { bots, reason, .. } => !bots.is_empty() && !matches!(reason, StopReason::Unreachable { .. }),
            _ => false,
        }
    }
}

/// `bot st-1: `, or `bot st-1 (and 2 more: st-2, st-3): `. The summary names all of them.
fn bots_text(bots: &[String]) -> String {
    let Some((first, others)) = bots.split_first() else { return String::new() };
    let mut named: Vec<String> = others.iter().take(NAMED).map(|bot| excerpt(bot, SHOWN_OF_BOT)).collect();
    if named.len() < others.len() {
        named.push("…".to_owned());
    }
    let more = match others.len() {
        0 => String::new(),
        more => format!(" (and {more} more: {})", named.join(", ")),
    };
    format!("bot {}{more}: ", excerpt(first, SHOWN_OF_BOT))
}

/// The message and the hint. With several bots, the hint is about those that were stopped.
fn explain(run: RunId, reason: &StopReason, is_of_bots: bool) -> (Cow<'static, str>, Cow<'static, str>) {
    let (text, hint) = match reason {
        StopReason::RateLimited { wait, .. } => {
            let text = format!("the rate limit allows no request for {}", format_duration(*wait));
            return (text.into(), later(*wait, "--max-wait").into());
        }
        StopReason::Unreachable { wait, .. } if !wait.is_zero() => {
            let text = format!("the server asks clients to wait {}", format_duration(*wait));
            return (text.into(), later(*wait, "--wait-for-target").into());
        }
        StopReason::Rejected(rejections) => {
            let hint = "fix the cause, then resume the run: with --rejected it also sends the rejected rows again; if the \
                        rejections are expected, allow more of them with --max-rejected";
            return (rejections_text(rejections).into(), hint.into());
        }
        StopReason::Refused { concern: Concern::Credentials, .. } => (
            "the server rejected the credentials",
            "run `kore-feedback token | kore-feedback token inspect`; then check client_id and the secret, that the app \
             has the scope \"Metrics\" (or \"Feedback Analytics\" or \"Feedback Survey\"), that the bot was published since, and this \
             machine's clock",
        ),
        StopReason::Refused { concern: Concern::Target, .. } => (
            "the server rejected the target",
            if is_of_bots {
                "check these bots' ids in the rows, and that the app may use the bots; send rows with a wrong id to the \
                 right bot with --filter COLUMN=WRONG --set bot_id=RIGHT --exclude-run RUN, because an edited file counts \
                 as a new input, and all its rows would be sent again"
            } else {
                "check host, bot_id and api_version with `kore-feedback config show`"
            },
        ),
        StopReason::Refused { concern: Concern::Tls, .. } => (
            "cannot connect to the server securely",
            "set ca_file to the certificate authority of the host, if it is a private installation",
        ),
        StopReason::Unreachable { .. } => (
            "cannot reach the server",
            "check the host, the network and any proxy, or wait longer with --wait-for-target",
        ),
        StopReason::Unconfirmed { .. } => {
            let hint = format!("ask the server about the rows in doubt with `kore-feedback runs verify {run}`");
            return ("the server is not confirming whether records were saved".into(), hint.into());
        }
    };
    (text.into(), hint.into())
}

fn rejections_text(rejections: &Rejections) -> String {
    let &Rejections { rejected, answered, same, .. } = rejections;
    let (rejected, of) = (grouped(rejected), counted(answered, "record"));
    if same == answered {
        return format!("the server rejected the first {of} with the same message");
    }
    format!("the server rejected {rejected} of {of}, {} with the same message", grouped(same))
}

/// When to try again, and the option that allows the wait.
fn later(wait: Duration, option: &str) -> String {
    let time = format_time_ahead(&clock::local_now(), wait);
    let time = time.rsplit_once(' ').map_or(format!("at {time}"), |(day, time)| format!("on {day} at {time}"));
    format!("try again {time} (in {}), or wait longer with {option}", format_duration(wait))
}

impl Advice for StoppedEarly {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Interrupted => None,
            Self::Stopped { run, bots, reason } => Some(explain(*run, reason, !bots.is_empty()).1.into_owned()),
            Self::Ledger(error) => error.hint(),
            Self::Credentials(error) => error.hint(),
            Self::Feed(error) => error.hint(),
        }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::Ledger(error) => error.kind(),
            Self::Feed(error) => error.kind(),
            _ => self.exit().into(),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Interrupted => Exit::Interrupted,
            Self::Stopped { reason: StopReason::Refused { concern: Concern::Tls, .. }, .. }
            | Self::Stopped { reason: StopReason::Unreachable { .. } | StopReason::RateLimited { .. }, .. } => {
                Exit::Unreachable
            }
            Self::Stopped { reason: StopReason::Refused { .. }, .. } | Self::Credentials(_) => Exit::Credentials,
            Self::Stopped { .. } | Self::Ledger(_) | Self::Feed(_) => Exit::Stopped,
        }
    }
}
