//! `getFeedbackSurveyResponses`. The default and maximum page size are not documented: the sandbox's are small, so that
//! a client that does not page is noticed.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Number, Value};

use super::fields::{FieldReader, string};
use super::response::ApiError;
use super::save_response::AccountIds;
use super::store::{RecordId, Store, StoredRecord, api_time};

const DEFAULT_LIMIT: usize = 100;
const MAX_LIMIT: usize = 1000;

/// A valid request body.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Query {
    from: Timestamp,
    to: Timestamp,
    channels: Option<Vec<String>>,
    ascending: bool,
    limit: usize,
    skip: usize,
}

impl Query {
    pub(super) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = FieldReader::new(body)?;
        if !fields.get("filters").is_some_and(Value::is_object) {
            return Err(ApiError::invalid_body(["filters is required".to_owned()]));
        }
        let from = fields.required("filters.from", "an ISO 8601 date", timestamp);
        let to = fields.required("filters.to", "an ISO 8601 date", timestamp);
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            fields.problem("filters.from must not be after filters.to");
        }
        let query = Self {
            from: from.unwrap_or_default(),
            to: to.unwrap_or_default(),
            channels: fields.optional("filters.channel", "an array of strings", strings),
            ascending: is_ascending(&mut fields),
            limit: fields.optional("limit", "a whole number", whole).unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT),
            skip: fields.optional("skip", "a whole number", whole).unwrap_or_default(),
        };
        fields.finish(query)
    }

    /// The requested page of the bot's records.
    pub(super) fn run<'a>(&self, bot_id: &str, store: &'a Store, ids: &'a AccountIds) -> Page<'a> {
        let is_wanted = |record: &&StoredRecord| {
            let has_channel = |channels: &Vec<String>| channels.iter().any(|channel| **channel == *record.channel);
            *record.bot_id == *bot_id && self.channels.as_ref().is_none_or(has_channel)
        };
        let mut matching: Vec<_> = store.between(self.from, self.to).iter().filter(is_wanted).collect();
        if !self.ascending {
            matching.reverse();
        }
        let page = matching.iter().skip(self.skip).take(self.limit);
        let result: Vec<_> = page.map(|record| Response::new(record, ids)).collect();
        let more_available = self.skip.saturating_add(result.len()) < matching.len();
        Page { more_available, total_count: matching.len(), result }
    }
}

/// An ISO 8601 time; without an offset it is UTC.
fn timestamp(value: Value) -> Option<Timestamp> {
    let text = value.as_str()?;
    let in_utc = || {
        let time: jiff::civil::DateTime = text.parse().ok()?;
        Some(time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    };
    text.parse().ok().or_else(in_utc)
}

fn strings(value: Value) -> Option<Vec<String>> {
    let Value::Array(values) = value else { return None };
    values.into_iter().map(string).collect()
}

fn whole(value: Value) -> Option<usize> {
    usize::try_from(value.as_u64()?).ok()
}

/// Whether the oldest records come first; by default the newest do.
fn is_ascending(fields: &mut FieldReader) -> bool {
    if fields.get("sort").is_none() {
        return false;
    }
    if fields.get("sort.by").is_some_and(|by| by != "timestamp") {
        fields.problem("sort.by must be timestamp");
    }
    let order = fields.get("sort.order").and_then(Value::as_str);
    let ascending = order == Some("asc");
    if !ascending && order != Some("desc") {
        fields.problem("sort.order must be asc or desc");
    }
    ascending
}

/// The response: one page of records.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<'a> {
    more_available: bool,
    total_count: usize,
    result: Vec<Response<'a>>,
}

/// A record with the field names of this endpoint.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    #[serde(rename = "_id")]
    id: RecordId,
    survey_name: &'a str,
    survey_type: &'a str,
    user_id: &'a str,
    #[serde(rename = "channelUId")]
    channel_uid: &'a str,
    session_id: &'a str,
    channel: &'a str,
    language: &'a str,
    score: &'a Number,
    /// The respondent's own words, which `saveFeedback` has no field for.
    comments: &'a str,
    timestamp: String,
}

impl<'a> Response<'a> {
    fn new(record: &'a StoredRecord, ids: &'a AccountIds) -> Self {
        Self {
            id: record.id,
            survey_name: &record.name,
            survey_type: record.survey_type.name_in_responses(),
            user_id: &ids.user_id,
            channel_uid: &record.channel_uid,
            session_id: &ids.session_id,
            channel: &record.channel,
            language: &record.language,
            score: &record.score,
            comments: "",
            timestamp: api_time(record.saved_at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Query;
    use crate::sandbox::save_response::AccountIds;
    use crate::sandbox::store::Store;
    use crate::sandbox::submission::Submission;
    use jiff::{Timestamp, ToSpan};
    use serde_json::{Value, json};

    fn start() -> Timestamp {
        "2024-05-01T12:00:00Z".parse().unwrap()
    }

    /// A store with one record per second, scores counting up, every third by e-mail.
    fn store(records: i64) -> Store {
        let mut store = Store::new(0);
        for score in 0..records {
            let channel = if score % 3 == 0 { "email" } else { "rtm" };
            let body = json!({"channelUId": "a", "name": "n", "score": score, "channel": channel,
                              "type": "THUMB", "language": "en", "message": "?"});
            store.save("st-1", Submission::parse(body.to_string().as_bytes()).unwrap(), start() + score.seconds());
        }
        store
    }

    fn ask(store: &Store, body: &Value) -> Value {
        let query = Query::parse(body.to_string().as_bytes()).unwrap();
        serde_json::to_value(query.run("st-1", store, &AccountIds::generate(0))).unwrap()
    }

    fn scores(answer: &Value) -> Vec<i64> {
        answer["result"].as_array().unwrap().iter().map(|record| record["score"].as_i64().unwrap()).collect()
    }

    fn day() -> Value {
        json!({"from": "2024-05-01T00:00:00.000Z", "to": "2024-05-02T00:00:00.000Z"})
    }

    #[test]
    fn a_record_has_the_documented_fields() {
        let answer = ask(&store(1), &json!({"filters": day()}));
        let record = &answer["result"][0];
        assert_eq!(record["surveyType"], "Like/Dislike");
        assert_eq!(record["timestamp"], "2024-05-01T12:00:00.000Z");
        let names: Vec<&str> = record.as_object().unwrap().keys().map(String::as_str).collect();
        let documented =
            "_id surveyName surveyType userId channelUId sessionId channel language score comments timestamp";
        assert_eq!(names.join(" "), documented);
    }

    #[test]
    fn pages_follow_until_no_more_are_available() {
        let store = store(250);
        let page = |skip: usize| {
            let sort = json!({"by": "timestamp", "order": "asc"});
            ask(&store, &json!({"filters": day(), "sort": sort, "limit": 100, "skip": skip}))
        };
        assert_eq!((scores(&page(0))[0], page(0)["moreAvailable"].clone()), (0, json!(true)));
        assert_eq!(scores(&page(200)), (200..250).collect::<Vec<_>>());
        assert_eq!((page(200)["moreAvailable"].clone(), page(200)["totalCount"].clone()), (json!(false), json!(250)));
        assert_eq!(page(150)["moreAvailable"], false);
        assert_eq!(scores(&page(300)), [0; 0]);
    }

    #[test]
    fn the_default_page_is_small_and_newest_first() {
        let answer = ask(&store(250), &json!({"filters": day()}));
        assert_eq!(scores(&answer), (150..250).rev().collect::<Vec<_>>());
        assert_eq!(scores(&ask(&store(2000), &json!({"filters": day(), "limit": 5000}))).len(), 1000);
    }

    #[test]
    fn time_spans_are_inclusive_and_channels_filter() {
        let filters = json!({"from": "2024-05-01T12:00:03Z", "to": "2024-05-01T14:00:09+02:00"});
        assert_eq!(scores(&ask(&store(30), &json!({"filters": filters}))), (3..=9).rev().collect::<Vec<_>>());
        let filters = json!({"from": "2024-05-01", "to": "2024-05-01T12:00:07", "channel": ["email", "sms"]});
        assert_eq!(scores(&ask(&store(30), &json!({"filters": filters}))), [6, 3, 0]);
    }

    #[test]
    fn invalid_queries_are_explained() {
        let cases = [
            (json!({}), "filters is required"),
            (json!({"filters": {"to": "2024-05-01"}}), "filters.from is required"),
            (json!({"filters": {"from": "yesterday", "to": "2024-05-01"}}), "filters.from must be an ISO 8601 date"),
            (json!({"filters": {"from": 1, "to": "2024-05-01"}}), "filters.from must be an ISO 8601 date"),
            (json!({"filters": {"from": "2024-05-02", "to": "2024-05-01"}}), "must not be after"),
            (json!({"filters": {"from": "2024-05-01", "to": "2024-05-01", "channel": "rtm"}}), "array of strings"),
            (json!({"filters": day(), "sort": {"by": "score", "order": "asc"}}), "sort.by"),
            (json!({"filters": day(), "sort": {"by": "timestamp"}}), "sort.order"),
            (json!({"filters": day(), "limit": -1}), "limit must be a whole number"),
            (json!({"filters": day(), "skip": "1"}), "skip must be a whole number"),
        ];
        for (body, expected) in cases {
            let error = Query::parse(body.to_string().as_bytes()).unwrap_err();
            assert!(error.errors[0].msg.contains(expected), "{body}: {error:?}");
        }
    }
}
