//! `getFeedbackSurveyResponses`, in both versions that the vendor's page has had.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::fields::{FieldReader, string};
use super::page_of_records::Page;
use super::response::ApiError;
use super::responses_api::ResponsesApi;
use super::save_response::AccountIds;
use super::store::{Store, StoredRecord};
use super::survey_type::SurveyType;

/// The page size of the vendor's sample.
const DEFAULT_LIMIT: usize = 50;
/// Version B: "at most 50 records a call".
const MAX_LIMIT: usize = 50;
/// Version A states no cap; an answer stays small enough to be built in memory.
const MAX_LIMIT_UNSTATED: usize = 1000;
/// Version B: "at most 90 days".
const MAX_SPAN: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A valid request body.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Query {
    from: Timestamp,
    to: Timestamp,
    channels: Option<Vec<String>>,
    filters: Filters,
    ascending: bool,
    limit: usize,
    skip: usize,
}

/// The filters that only version B has.
#[derive(Debug, Clone, Default, PartialEq)]
struct Filters {
    survey_types: Option<Vec<String>>,
    survey_names: Option<Vec<String>>,
    channel_uids: Option<Vec<String>>,
    user_ids: Option<Vec<String>>,
    session_ids: Option<Vec<String>>,
    min_score: Option<f64>,
    max_score: Option<f64>,
}

impl Query {
    pub(super) fn parse(body: &[u8], api: ResponsesApi) -> Result<Self, ApiError> {
        let mut fields = FieldReader::new(body)?;
        if !fields.get("filters").is_some_and(Value::is_object) {
            return Err(ApiError::invalid_body(["filters is required".to_owned()]));
        }
        let from = fields.required("filters.from", "an ISO 8601 date", timestamp).unwrap_or_default();
        let to = fields.required("filters.to", "an ISO 8601 date", timestamp).unwrap_or(from);
        if from > to {
            fields.problem("filters.from must not be after filters.to");
        }
        let query = Self {
            from,
            to,
            channels: fields.optional("filters.channel", "an array of strings", strings),
            filters: if api == ResponsesApi::B { Filters::read(&mut fields) } else { Filters::default() },
            ascending: is_ascending(&mut fields),
            limit: fields.optional("limit", "a whole number", whole).unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT_UNSTATED),
            skip: fields.optional("skip", "a whole number", whole).unwrap_or_default(),
        };
        if api == ResponsesApi::B {
            query.check_caps(&mut fields);
        }
        fields.finish(query)
    }

    fn check_caps(&self, fields: &mut FieldReader) {
        if self.limit > MAX_LIMIT {
            fields.problem("limit must be at most 50");
        }
        if self.to.duration_since(self.from) > MAX_SPAN {
            fields.problem("filters.from and filters.to must be at most 90 days apart");
        }
    }

    /// The requested page of the bot's records.
    pub(super) fn run<'a>(&self, bot_id: &str, store: &'a Store, ids: &'a AccountIds) -> Page<'a> {
        let is_wanted = |record: &&StoredRecord| {
            *record.bot_id == *bot_id
                && is_among(&self.channels, &record.channel)
                && self.filters.match_record(record, ids)
        };
        let mut matching: Vec<_> = store.between(self.from, self.to).iter().filter(is_wanted).collect();
        if !self.ascending {
            matching.reverse();
        }
        let page: Vec<_> = matching.iter().skip(self.skip).take(self.limit).copied().collect();
        let more_available = self.skip.saturating_add(page.len()) < matching.len();
        Page::new(more_available, matching.len(), &page, ids)
    }
}

impl Filters {
    fn read(fields: &mut FieldReader) -> Self {
        let mut texts = |name: &str| fields.optional(name, "an array of strings", strings);
        let mut filters = Self {
            survey_types: texts("filters.surveyType"),
            survey_names: texts("filters.surveyName"),
            channel_uids: texts("filters.channelUIds"),
            user_ids: texts("filters.userId"),
            session_ids: texts("filters.sessionId"),
            ..Self::default()
        };
        filters.min_score = fields.optional("filters.score.min", "a number", |score| score.as_f64());
        filters.max_score = fields.optional("filters.score.max", "a number", |score| score.as_f64());
        let unknown = |survey_type: &&String| !["csat", "nps", "ces"].contains(&survey_type.as_str());
        if let Some(unknown) = filters.survey_types.iter().flatten().find(unknown) {
            fields.problem(format!("filters.surveyType must be csat, nps or ces, not {unknown:?}"));
        }
        filters
    }

    fn match_record(&self, record: &StoredRecord, ids: &AccountIds) -> bool {
        let survey_type = match record.survey_type {
            SurveyType::Csat => "csat",
            SurveyType::Nps => "nps",
            // Version B names no filter for it.
            SurveyType::Thumb => "",
        };
        let score = record.score.as_f64().unwrap_or_default();
        is_among(&self.survey_types, survey_type)
            && is_among(&self.survey_names, &record.name)
            && is_among(&self.channel_uids, &record.channel_uid)
            && is_among(&self.user_ids, &ids.user_id)
            && is_among(&self.session_ids, &ids.session_id)
            && self.min_score.is_none_or(|min| score >= min)
            && self.max_score.is_none_or(|max| score <= max)
    }
}

fn is_among(wanted: &Option<Vec<String>>, text: &str) -> bool {
    wanted.as_ref().is_none_or(|wanted| wanted.iter().any(|wanted| wanted == text))
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

#[cfg(test)]
mod tests {
    use super::Query;
    use crate::sandbox::ResponsesApi;
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
        ask_version(ResponsesApi::A, store, body)
    }

    fn ask_version(api: ResponsesApi, store: &Store, body: &Value) -> Value {
        let query = Query::parse(body.to_string().as_bytes(), api).unwrap();
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
        assert_eq!(record["comments"], Value::Null);
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
        assert_eq!(scores(&answer), (200..250).rev().collect::<Vec<_>>());
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
            let error = Query::parse(body.to_string().as_bytes(), ResponsesApi::A).unwrap_err();
            assert!(error.errors[0].msg.contains(expected), "{body}: {error:?}");
        }
    }

    #[test]
    fn version_b_filters_and_version_a_ignores_them() {
        let store = store(30);
        let ids = AccountIds::generate(0);
        for (filter, value, matching) in [
            ("score", json!({"min": 3, "max": 5}), vec![5, 4, 3]),
            ("score", json!({"max": 1}), vec![1, 0]),
            ("channelUIds", json!(["b", "a"]), (0..30).rev().collect()),
            ("channelUIds", json!(["A"]), vec![]),
            ("surveyName", json!(["n"]), (0..30).rev().collect()),
            ("surveyName", json!(["m"]), vec![]),
            ("surveyType", json!(["nps", "csat"]), vec![]),
            ("userId", json!([ids.user_id]), (0..30).rev().collect()),
            ("sessionId", json!([]), vec![]),
        ] {
            let mut filters = day();
            filters[filter] = value;
            let body = json!({"filters": filters});
            assert_eq!(scores(&ask_version(ResponsesApi::B, &store, &body)), matching, "{body}");
            assert_eq!(scores(&ask_version(ResponsesApi::A, &store, &body)).len(), 30, "{body}");
        }
    }

    #[test]
    fn version_b_caps_pages_and_days() {
        let span = |to: &str| json!({"from": "2024-01-01", "to": to});
        for (body, problem) in [
            (json!({"filters": day(), "limit": 51}), "limit must be at most 50"),
            (json!({"filters": span("2024-03-31T00:00:00.001Z")}), "at most 90 days apart"),
            (
                json!({"filters": {"from": "2024-01-01", "to": "2024-01-02", "surveyType": ["thumb"]}}),
                "csat, nps or ces",
            ),
        ] {
            let parse = |api| Query::parse(body.to_string().as_bytes(), api);
            let error = parse(ResponsesApi::B).unwrap_err();
            assert!(error.errors[0].msg.contains(problem), "{body}: {error:?}");
            assert!(parse(ResponsesApi::A).is_ok(), "{body}");
        }
        let longest = json!({"filters": span("2024-03-31"), "limit": 50});
        assert!(Query::parse(longest.to_string().as_bytes(), ResponsesApi::B).is_ok());
    }
}
