//! What `getFeedbackSurveyResponses` is asked and answers. How many records a page holds is not documented: the
//! sandbox gives few unless asked, and never very many, so that who doesn't page notices.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Number, Value};

use super::answer::Refusal;
use super::saved::Identity;
use super::store::{Store, StoredRecord};

/// How many records a page holds when no `limit` is given.
const PAGE: usize = 100;
/// How many it holds at most.
const LARGEST_PAGE: usize = 1000;

/// A good body of the call.
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
    /// Reads a body.
    pub(super) fn read(body: &[u8]) -> Result<Self, Refusal> {
        let refused = |message: &str| Refusal::of_body(vec![message.to_owned()]);
        let Ok(value) = serde_json::from_slice(body) else { return Err(refused("the body is not valid JSON")) };
        let Value::Object(body) = value else { return Err(refused("the body is not a JSON object")) };
        let Some(Value::Object(filters)) = body.get("filters") else { return Err(refused("filters is required")) };
        let mut problems = Vec::new();
        let from = moment(filters, "from", &mut problems);
        let to = moment(filters, "to", &mut problems);
        let query = Self {
            from,
            to,
            channels: channels(filters, &mut problems),
            ascending: ascending(&body, &mut problems),
            limit: whole(&body, "limit", PAGE, &mut problems).min(LARGEST_PAGE),
            skip: whole(&body, "skip", 0, &mut problems),
        };
        if problems.is_empty() && from > to {
            problems.push("filters.from must not be after filters.to".to_owned());
        }
        if problems.is_empty() { Ok(query) } else { Err(Refusal::of_body(problems)) }
    }

    /// The page of the bot's records that is asked for.
    pub(super) fn answer<'a>(&self, bot_id: &str, store: &'a Store, identity: &'a Identity) -> Responses<'a> {
        let wanted = |record: &&StoredRecord| {
            let is_of = |channels: &Vec<String>| channels.iter().any(|channel| **channel == *record.channel);
            *record.bot_id == *bot_id && self.channels.as_ref().is_none_or(is_of)
        };
        let mut matching: Vec<&StoredRecord> = store.between(self.from, self.to).iter().filter(wanted).collect();
        if !self.ascending {
            matching.reverse();
        }
        let result: Vec<_> =
            matching.iter().skip(self.skip).take(self.limit).map(|record| Response::of(record, identity)).collect();
        let more_available = self.skip.saturating_add(result.len()) < matching.len();
        Responses { more_available, total_count: matching.len(), result }
    }
}

fn moment(filters: &Map<String, Value>, name: &str, problems: &mut Vec<String>) -> Timestamp {
    let read = match filters.get(name) {
        None | Some(Value::Null) => Err(format!("filters.{name} is required")),
        Some(Value::String(text)) => iso8601(text).ok_or_else(|| format!("filters.{name} must be an ISO 8601 date")),
        Some(_) => Err(format!("filters.{name} must be an ISO 8601 date")),
    };
    read.unwrap_or_else(|problem| {
        problems.push(problem);
        Timestamp::UNIX_EPOCH
    })
}

/// A moment with its offset, or one without, which is taken as UTC.
fn iso8601(text: &str) -> Option<Timestamp> {
    let civil = || {
        let moment: jiff::civil::DateTime = text.parse().ok()?;
        Some(moment.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    };
    text.parse().ok().or_else(civil)
}

fn channels(filters: &Map<String, Value>, problems: &mut Vec<String>) -> Option<Vec<String>> {
    let listed = match filters.get("channel") {
        None | Some(Value::Null) => return None,
        Some(Value::Array(channels)) => channels.iter().map(|channel| channel.as_str().map(str::to_owned)).collect(),
        Some(_) => None,
    };
    if listed.is_none() {
        problems.push("filters.channel must be an array of strings".to_owned());
    }
    listed
}

/// Whether the oldest come first; the latest do unless it is said otherwise.
fn ascending(body: &Map<String, Value>, problems: &mut Vec<String>) -> bool {
    let Some(sort) = body.get("sort").filter(|sort| !sort.is_null()) else { return false };
    if sort.get("by").is_some_and(|by| by != "timestamp") {
        problems.push("sort.by must be timestamp".to_owned());
    }
    match sort.get("order").and_then(Value::as_str) {
        Some("asc") => true,
        Some("desc") => false,
        _ => {
            problems.push("sort.order must be asc or desc".to_owned());
            false
        }
    }
}

fn whole(body: &Map<String, Value>, name: &str, default: usize, problems: &mut Vec<String>) -> usize {
    let Some(value) = body.get(name).filter(|value| !value.is_null()) else { return default };
    value.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or_else(|| {
        problems.push(format!("{name} must be a whole number"));
        default
    })
}

/// The answer: a page, and how many there are in all.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Responses<'a> {
    more_available: bool,
    total_count: usize,
    result: Vec<Response<'a>>,
}

/// A record as this call names its fields.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    #[serde(rename = "_id")]
    id: String,
    survey_name: &'a str,
    survey_type: &'a str,
    user_id: &'a str,
    #[serde(rename = "channelUId")]
    channel_uid: &'a str,
    session_id: &'a str,
    channel: &'a str,
    language: &'a str,
    score: &'a Number,
    /// The respondent's own words, which a save call has no field for.
    comments: &'a str,
    timestamp: String,
}

impl<'a> Response<'a> {
    fn of(record: &'a StoredRecord, identity: &'a Identity) -> Self {
        Self {
            id: record.id.to_string(),
            survey_name: &record.name,
            survey_type: record.survey_type.read_back(),
            user_id: &identity.user_id,
            channel_uid: &record.channel_uid,
            session_id: &identity.session_id,
            channel: &record.channel,
            language: &record.language,
            score: &record.score,
            comments: "",
            timestamp: format!("{:.3}", record.saved_at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Query;
    use crate::sandbox::saved::Identity;
    use crate::sandbox::store::Store;
    use crate::sandbox::submission::Submission;
    use jiff::{Timestamp, ToSpan};
    use serde_json::{Value, json};

    fn start() -> Timestamp {
        "2024-05-01T12:00:00Z".parse().unwrap()
    }

    /// A store with a record a second, scores counting up, every third one by e-mail.
    fn store(records: i64) -> Store {
        let mut store = Store::new(0);
        for score in 0..records {
            let channel = if score % 3 == 0 { "email" } else { "rtm" };
            let body = json!({"channelUId": "a", "name": "n", "score": score, "channel": channel,
                              "type": "THUMB", "language": "en", "message": "?"});
            store.save("st-1", Submission::read(body.to_string().as_bytes()).unwrap(), start() + score.seconds());
        }
        store
    }

    fn ask(store: &Store, body: &Value) -> Value {
        let query = Query::read(body.to_string().as_bytes()).unwrap();
        serde_json::to_value(query.answer("st-1", store, &Identity::invented(0))).unwrap()
    }

    fn scores(answer: &Value) -> Vec<i64> {
        answer["result"].as_array().unwrap().iter().map(|record| record["score"].as_i64().unwrap()).collect()
    }

    fn day() -> Value {
        json!({"from": "2024-05-01T00:00:00.000Z", "to": "2024-05-02T00:00:00.000Z"})
    }

    #[test]
    fn a_record_reads_back_under_the_names_of_this_call() {
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
    fn pages_follow_one_another_until_no_more_are_available() {
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
    fn without_an_order_the_latest_come_first_and_pages_are_small() {
        let answer = ask(&store(250), &json!({"filters": day()}));
        assert_eq!(scores(&answer), (150..250).rev().collect::<Vec<_>>());
        assert_eq!(scores(&ask(&store(2000), &json!({"filters": day(), "limit": 5000}))).len(), 1000);
    }

    #[test]
    fn both_ends_of_the_time_span_belong_to_it_and_channels_are_picked() {
        let filters = json!({"from": "2024-05-01T12:00:03Z", "to": "2024-05-01T14:00:09+02:00"});
        assert_eq!(scores(&ask(&store(30), &json!({"filters": filters}))), (3..=9).rev().collect::<Vec<_>>());
        let filters = json!({"from": "2024-05-01", "to": "2024-05-01T12:00:07", "channel": ["email", "sms"]});
        assert_eq!(scores(&ask(&store(30), &json!({"filters": filters}))), [6, 3, 0]);
    }

    #[test]
    fn what_it_cannot_be_asked_is_said() {
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
            let refusal = Query::read(body.to_string().as_bytes()).unwrap_err();
            assert!(refusal.problems[0].msg.contains(expected), "{body}: {refusal:?}");
        }
    }
}
