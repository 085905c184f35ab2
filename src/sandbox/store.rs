//! What was saved: records kept small, each with a moment and an id of its own.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Number;

use super::submission::Submission;

/// The survey types that the contract names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SurveyType {
    /// Satisfaction, 1 to 5.
    Csat,
    /// Net promoter score, 0 to 10.
    Nps,
    /// Like or dislike, 1 or 0.
    Thumb,
}

impl SurveyType {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Csat, Self::Nps, Self::Thumb];

    /// Its name in a `saveFeedback` body.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csat => "CSAT",
            Self::Nps => "NPS",
            Self::Thumb => "THUMB",
        }
    }

    /// Its name in an answer of `getFeedbackSurveyResponses`.
    pub(super) const fn read_back(self) -> &'static str {
        match self {
            Self::Thumb => "Like/Dislike",
            other => other.as_str(),
        }
    }
}

impl fmt::Display for SurveyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A record's `_id`: 24 hexadecimal digits, no two alike.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordId([u8; 12]);

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A record as it was saved. Texts that many records share are kept once.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRecord {
    /// The `_id` that the save was answered with.
    pub id: RecordId,
    /// The bot that it was sent to.
    pub bot_id: Arc<str>,
    /// When it was saved, to the millisecond; never before the record saved before it.
    pub saved_at: Timestamp,
    /// `channelUId`.
    pub channel_uid: Box<str>,
    /// `name`.
    pub name: Arc<str>,
    /// `score`, as it was written.
    pub score: Number,
    /// `channel`.
    pub channel: Arc<str>,
    /// `type`.
    pub survey_type: SurveyType,
    /// `language`.
    pub language: Arc<str>,
    /// `message`.
    pub message: Arc<str>,
}

/// All records, in the order they were saved, which is also that of their moments.
#[derive(Debug)]
pub(super) struct Store {
    records: Vec<StoredRecord>,
    shared: HashSet<Arc<str>>,
    ids: Ids,
}

impl Store {
    pub(super) fn new(seed: u64) -> Self {
        Self { records: Vec::new(), shared: HashSet::new(), ids: Ids::new(seed) }
    }

    pub(super) fn records(&self) -> &[StoredRecord] {
        &self.records
    }

    /// Saves a record at this moment, or at the last record's when the clock has gone back since.
    pub(super) fn save(&mut self, bot_id: &str, submission: Submission, now: Timestamp) -> &StoredRecord {
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        let saved_at = self.records.last().map_or(now, |last| last.saved_at.max(now));
        let record = StoredRecord {
            id: self.ids.next(saved_at),
            bot_id: self.share(bot_id.to_owned()),
            saved_at,
            channel_uid: submission.channel_uid.into(),
            name: self.share(submission.name),
            score: submission.score,
            channel: self.share(submission.channel),
            survey_type: submission.survey_type,
            language: self.share(submission.language),
            message: self.share(submission.message),
        };
        let place = self.records.len();
        self.records.push(record);
        &self.records[place]
    }

    fn share(&mut self, text: String) -> Arc<str> {
        if let Some(shared) = self.shared.get(text.as_str()) {
            return Arc::clone(shared);
        }
        let shared: Arc<str> = text.into();
        self.shared.insert(Arc::clone(&shared));
        shared
    }

    /// The records saved from one moment to another, both included.
    pub(super) fn between(&self, from: Timestamp, to: Timestamp) -> &[StoredRecord] {
        let start = self.records.partition_point(|record| record.saved_at < from);
        let end = self.records.partition_point(|record| record.saved_at <= to);
        self.records.get(start..end).unwrap_or_default()
    }
}

/// Ids in the form of the contract's sample: the second, five bytes of the sandbox's own, a count.
#[derive(Debug)]
struct Ids {
    own: [u8; 5],
    count: u32,
}

impl Ids {
    fn new(seed: u64) -> Self {
        let mut own = [0; 5];
        fastrand::Rng::with_seed(seed).fill(&mut own);
        Self { own, count: 0 }
    }

    fn next(&mut self, now: Timestamp) -> RecordId {
        let second = u32::try_from(now.as_second()).unwrap_or_default().to_be_bytes();
        let [_, count @ ..] = self.count.to_be_bytes();
        self.count = self.count.wrapping_add(1);
        let mut id = [0; 12];
        id[..4].copy_from_slice(&second);
        id[4..9].copy_from_slice(&self.own);
        id[9..].copy_from_slice(&count);
        RecordId(id)
    }
}

#[cfg(test)]
mod tests {
    use super::Store;
    use crate::sandbox::submission::Submission;
    use jiff::{Timestamp, ToSpan};
    use std::collections::HashSet;

    fn submission() -> Submission {
        let body =
            r#"{"channelUId":"a","name":"n","score":4.5,"channel":"rtm","type":"CSAT","language":"en","message":""}"#;
        Submission::read(body.as_bytes()).unwrap()
    }

    #[test]
    fn ids_are_24_hexadecimal_digits_and_no_two_alike() {
        let mut store = Store::new(0);
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let ids: HashSet<String> = (0..70_000).map(|_| store.save("st-1", submission(), now).id.to_string()).collect();
        assert_eq!(ids.len(), 70_000);
        assert!(ids.iter().all(|id| id.len() == 24 && id.bytes().all(|b| b.is_ascii_hexdigit())));
    }

    #[test]
    fn records_stay_in_the_order_of_their_moments_when_the_clock_goes_back() {
        let mut store = Store::new(0);
        let now: Timestamp = "2024-05-01T12:00:00.123456Z".parse().unwrap();
        let first = store.save("st-1", submission(), now).saved_at;
        assert_eq!(first, "2024-05-01T12:00:00.123Z".parse().unwrap());
        assert_eq!(store.save("st-1", submission(), now - 1.hour()).saved_at, first);
        store.save("st-1", submission(), now + 1.second());
        assert_eq!(store.between(first, first).len(), 2);
        assert_eq!(store.between(first, now + 1.hour()).len(), 3);
        assert_eq!(store.between(now + 1.hour(), now).len(), 0);
    }

    #[test]
    fn texts_that_records_share_are_kept_once() {
        let mut store = Store::new(0);
        store.save("st-1", submission(), Timestamp::UNIX_EPOCH);
        store.save("st-1", submission(), Timestamp::UNIX_EPOCH);
        let [one, two] = store.records() else { panic!("two records") };
        assert!(std::sync::Arc::ptr_eq(&one.name, &two.name));
        assert_eq!(one.score.to_string(), "4.5");
    }
}
