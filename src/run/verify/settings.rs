//! How a run is verified, and what is reported meanwhile.
//!
//! All times are those of the server's clock: it stamps the records. The range requested is the run's, an hour longer at
//! both ends.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use jiff::SignedDuration;

use crate::ledger::{Run, RunBot};
use crate::record::Fingerprint;
use crate::run::read::ReadEvent;

/// How much a record's time may differ from that of its call.
pub(super) const MARGIN: SignedDuration = SignedDuration::from_hours(1);

/// Finds the respondents of records by their fingerprints; `None` if that is not possible.
pub(crate) type FindRespondents<'a> = dyn Fn(&HashSet<Fingerprint>) -> Option<HashMap<Fingerprint, String>> + 'a;

/// How a run is verified.
#[derive(Debug, Clone)]
pub(crate) struct VerifySettings {
    /// The run. The caller holds its lease.
    pub run: Run,
    /// The bot of the run whose records are read.
    pub bot: RunBot,
    /// How long one call may take.
    pub timeout: Duration,
    /// The longest of the rate-limit windows; `None` without limits.
    pub longest_window: Option<Duration>,
    /// Whether to look for every saved row, too, even if few rows are in doubt.
    pub all: bool,
    /// The least time in which the server may still save a record after its request went unanswered.
    pub settle: Duration,
    /// How long to keep reading for rows that are not found but may still appear.
    pub wait: Duration,
    /// How long a record may take to appear, whatever the rows around it show. Until then, a row that is not found may
    /// still appear.
    pub visible_within: Duration,
}

/// Progress of a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum VerifyEvent {
    /// Progress of reading.
    Reading(ReadEvent),
    /// The server's clock is used, which differs from this machine's.
    ClocksDiffer {
        /// How, in words.
        difference: String,
    },
    /// Some rows were not found; all records are read again after a pause.
    NotFoundYet {
        /// How many rows.
        rows: u64,
        /// How long the pause is.
        wait: Duration,
    },
}
