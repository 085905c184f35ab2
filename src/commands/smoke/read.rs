//! Reads from the server: whether it can be read at all, and the records that were just sent.

use std::cell::Cell;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::send::SentRecord;
use crate::clock;
use crate::commands::error::CommandError;
use crate::commands::reading::with_reader;
use crate::commands::setup::Setup;
use crate::delivery::{ResponseFilter, SurveyResponse};
use crate::ledger::TimeRange;
use crate::pacing::Backoff;
use crate::record::FeedbackType;
use crate::run::LaneResources;
use crate::run::read::{ReadError, Reader};

/// Between two looks for records that are not visible yet.
const PAUSES: Backoff = Backoff { first: Duration::from_millis(500), most: Duration::from_secs(5) };
/// Server times are inexact; and records that other clients send meanwhile must not be many.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);
/// Between the times that the server gives for one record.
const SAME_TIME: SignedDuration = SignedDuration::from_secs(2);

/// The records as they were read back, in the order in which they were sent. Nothing by default.
#[derive(Default)]
pub(super) struct Found {
    pub(super) records: Vec<Option<SurveyResponse>>,
    /// Why nothing could be read.
    pub(super) error: Option<ReadError>,
    pub(super) within: Duration,
}

/// How many records the last day has, if the server says so, and how long the answer took.
pub(super) type Counted = Result<(Option<u64>, Duration), ReadError>;

/// # Errors
/// Only an interruption; whether the server can be read is the result.
pub(super) fn count_recent(setup: &Setup<'_>, resources: &LaneResources) -> Result<Counted, CommandError> {
    let now = clock::now();
    let from = now.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(now);
    let took = Cell::new(Duration::ZERO);
    let counted = with_reader(setup, resources, &took, async |reader: &Reader<'_>| {
        reader.count(TimeRange { from, to: now }, &ResponseFilter::default()).await
    })?;
    Ok(counted.map(|(total, _)| (total, took.get())))
}

/// Looks for the records until all are found or the time is over.
pub(super) fn find(
    sent: &[SentRecord],
    setup: &Setup<'_>,
    resources: &LaneResources,
    since: Timestamp,
    within: Duration,
) -> Result<Found, CommandError> {
    let times = || sent.iter().filter_map(|record| record.entry.as_ref()?.server_time);
    let (from, to) = (times().min().unwrap_or(since), times().max().unwrap_or_else(clock::now));
    let range = TimeRange { from, to }.widened(MARGIN);
    let wanted = sent.iter().filter(|record| record.may_be_saved()).count();
    let records = with_reader(setup, resources, &Cell::default(), async |reader: &Reader<'_>| {
        let (started, mut pauses) = (Instant::now(), 0);
        loop {
            let read = reader.range(range, &filter(sent), Some).await?.records;
            let found: Vec<_> = sent.iter().map(|record| record.among(&read).cloned()).collect();
            let left = within.saturating_sub(started.elapsed());
            if found.iter().flatten().count() >= wanted || left.is_zero() {
                return Ok(found);
            }
            pauses += 1;
            sleep(PAUSES.ceiling(pauses).min(left)).await;
        }
    })?;
    Ok(match records {
        Ok(records) => Found { records, error: None, within },
        Err(error) => Found { records: Vec::new(), error: Some(error), within },
    })
}

/// By respondent: a server that knows the filter answers with one page.
fn filter(sent: &[SentRecord]) -> ResponseFilter {
    let uid = sent.first().and_then(|record| record.field("channelUId").as_str().map(str::to_owned));
    ResponseFilter { channel_uids: uid.into_iter().collect(), ..ResponseFilter::default() }
}

impl SentRecord {
    /// A field of the request.
    pub(super) fn field(&self, name: &str) -> Value {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        body[name].clone()
    }

    /// This record among those of the server: by its id, or else by its fields.
    fn among<'r>(&self, records: &'r [SurveyResponse]) -> Option<&'r SurveyResponse> {
        let id = self.entry.as_ref().and_then(|entry| entry.server_id.as_deref());
        let by_id = records.iter().find(|record| id.is_some() && record.id.as_deref() == id);
        by_id.or_else(|| records.iter().rev().find(|record| self.is_equal(record)))
    }

    /// Whether it has the same fields, and the time of the answer. An earlier smoke test has sent the same fields.
    fn is_equal(&self, record: &SurveyResponse) -> bool {
        let survey_type = record.survey_type.as_deref().and_then(FeedbackType::parse);
        let time = self.entry.as_ref().and_then(|entry| entry.server_time);
        let is_its_time =
            time.zip(record.time()).is_none_or(|(own, other)| own.duration_since(other).abs() <= SAME_TIME);
        self.may_be_saved()
            && is_its_time
            && survey_type == Some(self.feedback_type)
            && record.name.as_deref() == self.field("name").as_str()
            && record.channel_uid.as_deref() == self.field("channelUId").as_str()
    }
}
