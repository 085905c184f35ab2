//! What the server and the ledger have, as of one reading.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use crate::delivery::SurveyResponse;
use crate::ledger::{RunId, SentRow, TimeRange};
use crate::record::{FeedbackType, Fingerprint, fingerprint};

/// A record on the server, reduced to what identifies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServerRecord {
    /// The server's id, if it sends one.
    pub(super) id: Option<String>,
    /// What equal records share; `None` if a field is missing that all of our records have.
    pub(super) fingerprint: Option<Fingerprint>,
}

impl From<&SurveyResponse> for ServerRecord {
    fn from(response: &SurveyResponse) -> Self {
        let fingerprint = || {
            Some(fingerprint(
                response.name.as_deref()?,
                FeedbackType::parse(response.survey_type.as_deref()?)?,
                response.channel_uid.as_deref()?,
                response.channel.as_deref()?,
                response.language.as_deref()?,
                response.score?,
            ))
        };
        Self { id: response.id.clone(), fingerprint: fingerprint() }
    }
}

/// The server's records and the ledger's rows of the same time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Snapshot<'a> {
    /// The run that is verified.
    pub(super) run: RunId,
    /// The time, by the server's clock like all others here, of which all records were read.
    pub(super) range: TimeRange,
    pub(super) records: &'a [ServerRecord],
    /// The rows of all runs that may have a record among these. Read after the records.
    pub(super) rows: &'a [SentRow],
    /// Other runs that a process is working on now.
    pub(super) active_runs: &'a BTreeSet<RunId>,
    /// The time when the records were read: by our clock or the server's, whichever is earlier.
    pub(super) now: Timestamp,
    /// See [`VerifySettings`](super::settings::VerifySettings).
    pub(super) settle: Duration,
}

impl<'a> Snapshot<'a> {
    /// The rows of the run that is verified.
    pub(super) fn own_rows(&self) -> impl Iterator<Item = &'a SentRow> + use<'a> {
        let run = self.run;
        self.rows.iter().filter(move |row| row.run == run)
    }
}
