//! What happens in a run and how it ends, as plain data. Sending an event never waits for a listener.

use std::time::Duration;

use super::circuit::StopReason;
use super::feed::FeedError;
use crate::credentials::CredentialError;
use crate::ledger::{LedgerError, OutcomeKind, RunId};
use crate::numbering::RecordId;
use crate::pacing::Limit;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RunEvent {
    /// Records that are not reported one by one have a durable outcome.
    Settled { kind: OutcomeKind, records: u64 },
    /// A record has the durable outcome that it was saved. `record` is the server's, as JSON.
    Saved { id: RecordId, status: Option<u16>, record: String, took: Duration },
    /// A record has another durable outcome. `why` is in the server's words or ours; `took` is how long the request took.
    NotSaved { id: RecordId, kind: OutcomeKind, status: Option<u16>, why: Option<String>, took: Option<Duration> },
    /// A record is skipped because another run has sent it since this run was compared with all others.
    SentMeanwhile { id: RecordId, by: RunId },
    /// A record is sent again after a wait, or later.
    Retrying { record: RecordId, why: String, wait: Duration },
    /// Nothing is sent for this long; to one bot only, if it is named.
    Paused { bot: Option<String>, why: String, wait: Duration },
    /// Another process uses the rate limit.
    Waiting { bot: Option<String>, why: String },
    /// No more is sent to one of the bots that rows name.
    BotStopped { bot: String, reason: StopReason, others_continue: bool },
    /// Something about the server's answers that people should know. Each is sent once.
    Warning(String),
    /// How long the rest takes at the rate limits.
    TimeLeft(Duration),
    /// How many calls the window of each rate limit contains.
    Windows(Vec<(Limit, u64)>),
    /// The run was asked to stop: only requests in flight are waited for.
    Stopping,
}

/// Where events go.
#[derive(Debug, Clone)]
pub(crate) struct Events(std::sync::mpsc::Sender<RunEvent>);

impl Events {
    pub(crate) fn channel() -> (Self, std::sync::mpsc::Receiver<RunEvent>) {
        let (sender, receiver) = std::sync::mpsc::channel();
        (Self(sender), receiver)
    }

    pub(crate) fn send(&self, event: RunEvent) {
        // The listener may be gone.
        let _ = self.0.send(event);
    }
}

/// How a run ended.
#[derive(Debug)]
pub(crate) enum End {
    /// All rows were processed.
    Complete,
    /// A signal stopped it.
    Interrupted,
    /// The circuit breaker tripped.
    Stopped(StopReason),
    /// The ledger cannot be written, so nothing more may be sent.
    Ledger(LedgerError),
    /// No token can be obtained.
    Credentials(CredentialError),
    /// The input cannot be read any further.
    Feed(FeedError),
}

/// How a run with one or more bots ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The most important reason; among equals, the first.
    pub(crate) end: End,
    /// The bots that were stopped on their own, in that order. Empty if the reason concerns all bots.
    pub(crate) stopped: Vec<String>,
}

impl End {
    /// What ends the whole run outranks what ends one bot's part of it.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Complete => 0,
            Self::Stopped(_) => 1,
            Self::Interrupted => 2,
            Self::Ledger(_) | Self::Credentials(_) | Self::Feed(_) => 3,
        }
    }
}
