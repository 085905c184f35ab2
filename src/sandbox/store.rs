//! The saved records, in little memory, each with its time and id.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::Number;

use super::submission::Submission;
use super::survey_type::SurveyType;

/// A record's `_id`: 24 hexadecimal digits, unique.
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

impl Serialize for RecordId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A saved record, which serializes as `GET /records` lists it. Texts that many records have are stored once.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoredRecord {
    /// The `_id` in the response to the save.
    #[serde(rename = "_id")]
    pub id: RecordId,
    /// The bot it was sent to.
    #[serde(rename = "botId")]
    pub bot_id: Arc<str>,
    /// When it was saved, to the millisecond; never before an earlier record.
    #[serde(rename = "timestamp", serialize_with = "serialize_time")]
    pub saved_at: Timestamp,
    /// `channelUId`.
    #[serde(rename = "channelUId")]
    pub channel_uid: Box<str>,
    /// `name`.
    pub name: Arc<str>,
    /// `score`, as written in the body.
    pub score: Number,
    /// `channel`.
    pub channel: Arc<str>,
    /// `type`.
    #[serde(rename = "type")]
    pub survey_type: SurveyType,
    /// `language`.
    pub language: Arc<str>,
    /// `message`.
    pub message: Arc<str>,
}

/// A time in the API's format: UTC, with milliseconds.
pub(super) fn api_time(time: Timestamp) -> String {
    format!("{time:.3}")
}

fn serialize_time<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&api_time(*time))
}

/// All records, sorted by time.
#[derive(Debug)]
pub(super) struct Store {
    records: Vec<StoredRecord>,
    texts: HashSet<Arc<str>>,
    ids: IdSequence,
}

impl Store {
    pub(super) fn new(seed: u64) -> Self {
        Self { records: Vec::new(), texts: HashSet::new(), ids: IdSequence::new(seed) }
    }

    pub(super) fn records(&self) -> &[StoredRecord] {
        &self.records
    }

    /// Saves a record now, or at the last record's time if the clock went back since.
    pub(super) fn save(&mut self, bot_id: &str, submission: Submission, now: Timestamp) -> &StoredRecord {
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        let saved_at = self.records.last().map_or(now, |last| last.saved_at.max(now));
        let record = StoredRecord {
            id: self.ids.next(saved_at),
            bot_id: self.shared(bot_id.to_owned()),
            saved_at,
            channel_uid: submission.channel_uid.into(),
            name: self.shared(submission.name),
            score: submission.score,
            channel: self.shared(submission.channel),
            survey_type: submission.survey_type,
            language: self.shared(submission.language),
            message: self.shared(submission.message),
        };
        let index = self.records.len();
        self.records.push(record);
        &self.records[index]
    }

    fn shared(&mut self, text: String) -> Arc<str> {
        if let Some(shared) = self.texts.get(text.as_str()) {
            return Arc::clone(shared);
        }
        let shared: Arc<str> = text.into();
        self.texts.insert(Arc::clone(&shared));
        shared
    }

    /// The records saved in this time span, including both ends.
    pub(super) fn between(&self, from: Timestamp, to: Timestamp) -> &[StoredRecord] {
        let start = self.records.partition_point(|record| record.saved_at < from);
        let end = self.records.partition_point(|record| record.saved_at <= to);
        self.records.get(start..end).unwrap_or_default()
    }
}

/// Ids in the format of the contract's sample: seconds, five random bytes of this sandbox, a counter.
#[derive(Debug)]
struct IdSequence {
    random: [u8; 5],
    count: u32,
}

impl IdSequence {
    fn new(seed: u64) -> Self {
        let mut random = [0; 5];
        fastrand::Rng::with_seed(seed).fill(&mut random);
        Self { random, count: 0 }
    }

    fn next(&mut self, now: Timestamp) -> RecordId {
        let seconds = u32::try_from(now.as_second()).unwrap_or_default().to_be_bytes();
        let [_, count @ ..] = self.count.to_be_bytes();
        self.count = self.count.wrapping_add(1);
        let mut id = [0; 12];
        id[..4].copy_from_slice(&seconds);
        id[4..9].copy_from_slice(&self.random);
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
        Submission::parse(body.as_bytes()).unwrap()
    }

    #[test]
    fn ids_are_unique_and_have_24_hex_digits() {
        let mut store = Store::new(0);
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let ids: HashSet<String> = (0..70_000).map(|_| store.save("st-1", submission(), now).id.to_string()).collect();
        assert_eq!(ids.len(), 70_000);
        assert!(ids.iter().all(|id| id.len() == 24 && id.bytes().all(|b| b.is_ascii_hexdigit())));
    }

    #[test]
    fn records_stay_sorted_when_the_clock_goes_back() {
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
    fn equal_texts_are_stored_once() {
        let mut store = Store::new(0);
        store.save("st-1", submission(), Timestamp::UNIX_EPOCH);
        store.save("st-1", submission(), Timestamp::UNIX_EPOCH);
        let [one, two] = store.records() else { panic!("two records") };
        assert!(std::sync::Arc::ptr_eq(&one.name, &two.name));
        assert_eq!(one.score.to_string(), "4.5");
    }
}
