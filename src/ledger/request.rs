//! What is asked of the ledger around one POST or read, and what it grants.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{ResendPolicy, RunId};

/// A commit lies between the intent and the last byte of the request; a slow disk may take this long for it.
const COMMIT_SLACK: Duration = Duration::from_secs(5);

/// The bot that calls are made to.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// Host and bot: all processes that call it share its rate limits.
    pub(super) scope: Arc<str>,
    /// The bot's number in the run.
    pub(super) bot: u32,
}

/// A call to the server that takes a place in the rate-limit windows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    /// When the call is about to be made.
    pub now: Timestamp,
    /// The latest time at which its answer can arrive.
    pub answer_due: Timestamp,
    /// Calls of other processes that were answered before this time no longer count in any window; `None` without
    /// rate limits.
    pub windows_since: Option<Timestamp>,
    /// The [`ForeignCalls::version`] that the permit for this call takes into account; 0 for none.
    pub foreign_version: u64,
}

impl Call {
    /// A call at `now` that ends within `timeout`, under rate limits of which the longest window is given.
    pub(crate) fn new(
        now: Timestamp,
        timeout: Duration,
        longest_window: Option<Duration>,
        foreign_version: u64,
    ) -> Self {
        Self {
            now,
            answer_due: now.saturating_add(timeout + COMMIT_SLACK).unwrap_or(now),
            windows_since: longest_window.map(|window| now.saturating_sub(window).unwrap_or(now)),
            foreign_version,
        }
    }
}

impl Call {
    /// The timeout of a call, as [`Call::new`] was given it.
    pub(super) fn timeout_of(now: Timestamp, answer_due: Timestamp) -> Duration {
        Duration::try_from(answer_due.duration_since(now)).unwrap_or_default().saturating_sub(COMMIT_SLACK)
    }
}

/// A request to send one row with one POST.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub run: RunId,
    pub row: u64,
    pub(crate) record: RecordHash,
    /// How many equal records other processes may send meanwhile before this one must not be sent any more: the input has as
    /// many that this run does not send. `None` if it does not matter what others send.
    pub(crate) spare: Option<u64>,
    pub resend: ResendPolicy,
    pub call: Call,
}

/// What the ledger remembers of a record, to recognize it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RecordHash {
    /// Hash of the fields that the server can read back: all but the message.
    pub(crate) fingerprint: [u8; 16],
    /// Hash of the message.
    pub(crate) message: u32,
    /// Hash of the key columns.
    pub(crate) key: Option<i64>,
}

impl RecordHash {
    /// The part of the fingerprint by which records are compared.
    pub(super) fn prefix(&self) -> [u8; 8] {
        std::array::from_fn(|index| self.fingerprint[index])
    }
}

/// A look at what other processes do while this one waits for the rate limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub now: Timestamp,
    /// As in [`Call`].
    pub windows_since: Timestamp,
    /// When this process can use a slot, as far as it knows; `None` if it does not wait for a full window.
    pub ready_at: Option<Timestamp>,
}

/// The answer to a [`Look`].
#[derive(Debug)]
pub(crate) struct Turn {
    /// Whether no other process goes first.
    pub is_ours: bool,
    pub calls: ForeignCalls,
}

/// Calls of other processes that may still count in some window.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ForeignCalls {
    /// Goes up whenever new calls are detected; 0 before any.
    pub version: u64,
    /// When each call was answered, in order. For a call that is still open, or will never be answered because its
    /// process died, the latest time at which the server can have counted it.
    pub answered_at: Vec<Timestamp>,
    /// The run of the latest call, if it was made for one.
    pub latest_run: Option<RunId>,
}

impl ForeignCalls {
    /// The times of the answers relative to `now`; those still to come are positive.
    pub(crate) fn relative_to(&self, now: Timestamp) -> Vec<SignedDuration> {
        self.answered_at.iter().map(|answered_at| answered_at.duration_since(now)).collect()
    }
}

/// The answer to a [`Claim`] or a [`Call`].
#[derive(Debug)]
pub(crate) enum Admission<T> {
    /// The intent is on the disk: make the call.
    Granted(T),
    /// Other processes have called the same bot since the permit was given: check the windows again with these calls.
    Stale(ForeignCalls),
    /// Another process has waited longer for the rate limit: look again soon.
    OthersTurn,
    /// This run has sent the record: it must not be sent.
    SentBefore(RunId),
}

/// Proof that the intent to send a row is durable. Only the ledger makes one, and each allows one POST.
#[derive(Debug)]
pub(crate) struct Claimed {
    pub(super) run: RunId,
    pub(super) row: u64,
    pub(super) claimed_at: Timestamp,
    /// Its line in `attempts`, which gets the time of the answer; `None` if calls share one.
    pub(super) attempt: Option<i64>,
}

/// A recorded call that sends no row and has no answer yet.
#[derive(Debug)]
pub(crate) struct OpenCall {
    /// As in [`Claimed`].
    pub(super) attempt: Option<i64>,
}
