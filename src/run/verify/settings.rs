use std::time::Duration;

use crate::ledger::{Run, RunBot};

/// How a run is verified.
#[derive(Debug, Clone)]
pub struct VerifySettings {
    /// The run. The caller holds its lease.
    pub run: Run,
    /// The bot of the run whose records are read.
    pub bot: RunBot,
    /// How long one call may take.
    pub timeout: Duration,
    /// The longest of the rate-limit windows; `None` without limits.
    pub longest_window: Option<Duration>,
    /// How long to keep reading for rows that are not found but may still appear.
    pub wait: Duration,
    /// How long a record may take to appear, whatever the rows around it show. Until then, a row that is not found may
    /// still appear.
    pub visible_within: Duration,
}

/// Progress of a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerifyEvent {
    /// A page was read.
    Read {
        /// Records read so far.
        records: u64,
        /// The total, if the server says so.
        total: Option<u64>,
    },
    /// Nothing is requested for a while.
    Paused {
        /// Why.
        why: String,
        /// For how long.
        wait: Duration,
    },
    /// Some rows were not found; all records are read again after a pause.
    NotFoundYet {
        /// How many rows.
        rows: u64,
        /// How long the pause is.
        wait: Duration,
    },
}
