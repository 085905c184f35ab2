//! What happens in a run, as plain data. Sending an event never waits for a listener.

use std::time::Duration;

use serde_json::Value;

use super::circuit::StopReason;
use crate::ledger::OutcomeKind;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RunEvent {
    /// Rows have a durable outcome.
    Settled { kind: OutcomeKind, rows: u64 },
    /// The server's record of a row. Follows [`RunEvent::Settled`].
    Saved { row: u64, record: Value },
    /// Why a row was not saved, in the server's words or ours. Follows [`RunEvent::Settled`].
    NotSaved { row: u64, kind: OutcomeKind, why: String },
    /// A row is sent again after a wait, or later.
    Retrying { row: u64, why: String, wait: Duration },
    /// Nothing is sent for this long; to one bot only, if it is named.
    Paused { bot: Option<String>, why: String, wait: Duration },
    /// No more is sent to one of the bots that rows name.
    BotStopped { bot: String, reason: StopReason, others_continue: bool },
    /// How long the rest takes at the rate limits.
    TimeLeft(Duration),
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
