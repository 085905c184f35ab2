//! What happens in a run, as plain data for whoever shows it. Nothing here waits for a listener.

use std::time::Duration;

use super::health::StopReason;
use crate::ledger::OutcomeKind;

/// Something that happened in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunEvent {
    /// Rows have an outcome, and it is durable.
    Settled {
        /// Which outcome.
        kind: OutcomeKind,
        /// How many rows.
        rows: u64,
    },
    /// A row was saved. Comes beside [`RunEvent::Settled`].
    Saved {
        /// The row.
        row: u64,
        /// The server's record.
        record: serde_json::Value,
    },
    /// A row was not saved; why. Comes beside [`RunEvent::Settled`].
    NotSaved {
        /// The row.
        row: u64,
        /// Its outcome.
        kind: OutcomeKind,
        /// Why, in the server's words or ours.
        why: String,
    },
    /// A row goes again, after a wait.
    Retrying {
        /// The row.
        row: u64,
        /// Why.
        why: String,
        /// How long it waits at least.
        wait: Duration,
    },
    /// Nothing is sent for a while.
    Paused {
        /// The bot that nothing is sent to, where there are several.
        bot: Option<String>,
        /// Why.
        why: String,
        /// How long.
        wait: Duration,
    },
    /// A bot that rows name can't be sent to any more.
    BotStopped {
        /// The bot.
        bot: String,
        /// What happened.
        reason: StopReason,
        /// Whether there are others that are still being sent to.
        others_continue: bool,
    },
    /// How long the rest takes at the limits.
    TimeLeft(Duration),
    /// The run has been asked to end: flying attempts land, nothing else is sent.
    Stopping,
}

/// Where events go. Cloned freely; sending never waits, and nobody need listen.
#[derive(Debug, Clone)]
pub struct Events(std::sync::mpsc::Sender<RunEvent>);

impl Events {
    /// A pair of ends.
    pub fn channel() -> (Self, std::sync::mpsc::Receiver<RunEvent>) {
        let (sender, receiver) = std::sync::mpsc::channel();
        (Self(sender), receiver)
    }

    /// Tells whoever listens.
    pub fn send(&self, event: RunEvent) {
        // A listener that has gone needs to know nothing.
        let _ = self.0.send(event);
    }
}
