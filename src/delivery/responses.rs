//! `getFeedbackSurveyResponses`: the query and its answer, a page of records. Pure.
//!
//! Parsing is strict where a mistake would make a record seem absent: a page without `result` or `moreAvailable` is an
//! error. It is lenient elsewhere: a record may lack fields and have unknown ones.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::response_filter::ResponseFilter;
use super::survey_response::SurveyResponse;
use crate::text;

const QUOTED: usize = 200;

/// Asks for the records with a timestamp in a range, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ResponsesQuery {
    /// The earliest timestamp, inclusive.
    pub(crate) from: Timestamp,
    /// The latest timestamp, inclusive.
    pub(crate) to: Timestamp,
    /// The server may ignore it.
    pub(crate) filter: ResponseFilter,
    /// Records per page.
    pub(crate) limit: u32,
    /// How many of the oldest records to skip.
    pub(crate) skip: u64,
}

impl ResponsesQuery {
    /// The request body: JSON.
    pub(crate) fn body(&self) -> Vec<u8> {
        let iso8601 = |moment| format!("{moment:.3}");
        let mut filters = self.filter.to_json();
        filters.insert("from".to_owned(), iso8601(self.from).into());
        filters.insert("to".to_owned(), iso8601(self.to).into());
        json!({
            "filters": filters,
            // In descending order, every new record would shift all later pages.
            "sort": {"by": "timestamp", "order": "asc"},
            "limit": self.limit,
            "skip": self.skip,
        })
        .to_string()
        .into_bytes()
    }
}

/// One page of records.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SurveyPage {
    /// Whether there is another page.
    pub(crate) more_available: bool,
    /// How many records match in total, if the server says so.
    pub(crate) total_count: Option<u64>,
    pub(crate) records: Vec<SurveyResponse>,
}

/// Why an answer is not a page of records. Records that it may have contained are unknown, not absent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PageError {
    /// It is not JSON, or it is truncated.
    #[error("the response is not JSON: {0}")]
    NotJson(String),
    /// A required field is missing or has another type.
    #[error("the response has no valid {field}: {body}")]
    Field {
        field: &'static str,
        /// The start of the answer.
        body: String,
    },
    /// An entry of the list is not an object.
    #[error("entry {number} of the response's result is not an object")]
    Entry {
        /// Counted from 1.
        number: usize,
    },
}

impl SurveyPage {
    /// Parses the body of an answer.
    ///
    /// # Errors
    /// If it does not say for certain which records there are.
    pub(crate) fn read(body: &str) -> Result<Self, PageError> {
        let page: Value = serde_json::from_str(body).map_err(|error| PageError::NotJson(error.to_string()))?;
        let invalid = |field| PageError::Field { field, body: text::excerpt(body, QUOTED) };
        let more_available =
            page.get("moreAvailable").and_then(Value::as_bool).ok_or_else(|| invalid("moreAvailable"))?;
        let total_count = match page.get("totalCount") {
            None | Some(Value::Null) => None,
            Some(count) => Some(count.as_u64().ok_or_else(|| invalid("totalCount"))?),
        };
        let entries = page.get("result").and_then(Value::as_array).ok_or_else(|| invalid("result"))?;
        let read = |(index, entry): (usize, &Value)| {
            entry.as_object().map(SurveyResponse::read).ok_or(PageError::Entry { number: index + 1 })
        };
        Ok(Self {
            more_available,
            total_count,
            records: entries.iter().enumerate().map(read).collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{PageError, ResponseFilter, ResponsesQuery, SurveyPage, SurveyResponse};

    fn query() -> ResponsesQuery {
        ResponsesQuery {
            from: "2026-11-22T12:00:00Z".parse().unwrap(),
            to: "2026-11-22T13:00:00.5Z".parse().unwrap(),
            filter: ResponseFilter::default(),
            limit: 50,
            skip: 1000,
        }
    }

    fn read(page: &Value) -> Result<SurveyPage, PageError> {
        SurveyPage::read(&page.to_string())
    }

    /// The only record of a page, with these fields.
    fn record(fields: Value) -> SurveyResponse {
        let page = json!({"moreAvailable": false, "totalCount": 1, "result": [fields]});
        read(&page).unwrap().records.remove(0)
    }

    #[test]
    fn the_query_has_the_documented_form() {
        let body: Value = serde_json::from_slice(&query().body()).unwrap();
        let filters = json!({"from": "2026-11-22T12:00:00.000Z", "to": "2026-11-22T13:00:00.500Z"});
        let sort = json!({"by": "timestamp", "order": "asc"});
        assert_eq!(body, json!({"filters": filters, "sort": sort, "limit": 50, "skip": 1000}));
    }

    #[test]
    fn all_fields_of_a_record_are_read() {
        let read = record(json!({
            "_id": "641bfabf0353f52d915f7a87", "surveyName": "Thumb", "surveyType": "Like/Dislike", "userId": "u-1",
            "channelUId": "qatesting@vomoto.com", "sessionId": "s", "channel": "rtm", "language": "en", "score": 0,
            "comments": "", "timestamp": "2023-03-23T07:07:43.538Z",
        }));
        let expected = SurveyResponse {
            id: Some("641bfabf0353f52d915f7a87".to_owned()),
            name: Some("Thumb".to_owned()),
            survey_type: Some("Like/Dislike".to_owned()),
            channel_uid: Some("qatesting@vomoto.com".to_owned()),
            channel: Some("rtm".to_owned()),
            language: Some("en".to_owned()),
            score: Some(0.0),
            comments: Some(String::new()),
            user_id: Some("u-1".to_owned()),
            session_id: Some("s".to_owned()),
            timestamp: Some("2023-03-23T07:07:43.538Z".to_owned()),
        };
        assert_eq!(read, expected);
        assert_eq!(read.time(), "2023-03-23T07:07:43.538Z".parse().ok());
    }

    #[test]
    fn missing_unknown_and_mistyped_fields_are_tolerated() {
        assert_eq!(record(json!({})), SurveyResponse::default());
        assert_eq!(record(json!({"surprise": {"score": 4}})), SurveyResponse::default());
        assert_eq!(record(json!({"_id": 7, "score": null, "channel": ["rtm"]})), SurveyResponse::default());
        assert_eq!(record(json!({"_Id": "a"})).id.as_deref(), Some("a"));
        assert_eq!(record(json!({"_id": ""})).id, None);
        let score = |score: Value| record(json!({ "score": score })).score;
        assert_eq!(score(json!("9")), Some(9.0));
        assert_eq!(score(json!(" 4.0 ")), Some(4.0));
        assert_eq!(score(json!(4.5)), Some(4.5));
        assert_eq!(score(json!("nine")), None);
        assert_eq!(score(json!("NaN")), None);
    }

    #[test]
    fn an_incomplete_page_is_an_error() {
        let invalid = |page: Value| match read(&page) {
            Err(PageError::Field { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(invalid(json!({"result": []})), "moreAvailable");
        assert_eq!(invalid(json!({"moreAvailable": "no", "result": []})), "moreAvailable");
        assert_eq!(invalid(json!({"moreAvailable": false})), "result");
        assert_eq!(invalid(json!({"moreAvailable": false, "result": {}})), "result");
        assert_eq!(invalid(json!({"moreAvailable": false, "totalCount": "many", "result": []})), "totalCount");
        assert_eq!(invalid(json!({"errors": [{"msg": "no", "code": 1}]})), "moreAvailable");
        assert_eq!(invalid(json!([])), "moreAvailable");
        let mixed = json!({"moreAvailable": false, "result": [{}, null]});
        assert_eq!(read(&mixed), Err(PageError::Entry { number: 2 }));
        assert!(matches!(SurveyPage::read(""), Err(PageError::NotJson(_))));
        assert!(matches!(SurveyPage::read("<html>"), Err(PageError::NotJson(_))));
    }

    #[test]
    fn a_page_may_be_empty() {
        let page = read(&json!({"moreAvailable": false, "totalCount": 0, "result": [], "more": 1})).unwrap();
        assert_eq!(page, SurveyPage { more_available: false, total_count: Some(0), records: Vec::new() });
        assert_eq!(read(&json!({"moreAvailable": false, "result": []})).unwrap().total_count, None);
    }

    proptest! {
        #[test]
        fn a_truncated_page_is_an_error(records in 0_usize..5, cut in any::<prop::sample::Index>()) {
            let result = vec![json!({"_id": "ä", "score": 3}); records];
            let whole = json!({"moreAvailable": false, "totalCount": records, "result": result}).to_string();
            let chars: Vec<char> = whole.chars().collect();
            let truncated: String = chars[..cut.index(chars.len())].iter().collect();
            prop_assert!(SurveyPage::read(&truncated).is_err());
            prop_assert_eq!(SurveyPage::read(&whole).unwrap().records.len(), records);
        }

        #[test]
        fn no_body_causes_a_panic(body in ".{0,200}") {
            let _ = SurveyPage::read(&body);
        }
    }
}
