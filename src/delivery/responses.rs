//! `getFeedbackSurveyResponses`: the query, and the page of records that answers it. Pure.
//!
//! Reading is strict where a mistake would make a record seem absent, and lenient elsewhere: a page without its list, or
//! without the word on whether it is the last, is an error; a record with a field that nobody expects, or without one,
//! is still a record.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::verdict::LONGEST_ID;
use crate::text;

const QUOTED: usize = 200;

/// Which records are asked for: those stamped from one moment to another, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResponsesQuery {
    /// The earliest stamp, included.
    pub(crate) from: Timestamp,
    /// The latest stamp, included.
    pub(crate) to: Timestamp,
    /// The most records of one page. What the vendor allows is not documented.
    pub(crate) limit: u32,
    /// How many of the oldest to pass over.
    pub(crate) skip: u64,
}

impl ResponsesQuery {
    /// The request body: JSON.
    pub(crate) fn body(&self) -> Vec<u8> {
        let iso8601 = |moment| format!("{moment:.3}");
        json!({
            "filters": {"from": iso8601(self.from), "to": iso8601(self.to)},
            // Without an order the latest would come first, and every new record would shift the pages behind it.
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
    /// Whether records follow on another page.
    pub(crate) more_available: bool,
    /// How many records there are in all, as far as the server says so.
    pub(crate) total_count: Option<u64>,
    /// The records of this page.
    pub(crate) records: Vec<SurveyResponse>,
}

/// A record as it reads back. Of what the server did not send, or sent in another form, nothing is known.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct SurveyResponse {
    /// `_id` (or `_Id`, as the other call's documentation has it).
    pub(crate) id: Option<String>,
    /// `surveyName`: the save call's `name`.
    pub(crate) name: Option<String>,
    /// `surveyType`: the save call's `type`, and `Like/Dislike` for its `THUMB`.
    pub(crate) survey_type: Option<String>,
    /// `channelUId`.
    pub(crate) channel_uid: Option<String>,
    /// `channel`.
    pub(crate) channel: Option<String>,
    /// `language`.
    pub(crate) language: Option<String>,
    /// `score`, a number or the text of one.
    pub(crate) score: Option<f64>,
}

/// Why an answer is no page of records. What it would have held is unknown, and not absent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PageError {
    /// It isn't JSON, or not all of it.
    #[error("the answer is not JSON: {0}")]
    NotJson(String),
    /// A field that tells what was read is not there, or is of another kind.
    #[error("the answer has no {field} as it should have: {body}")]
    Field {
        /// The field's name.
        field: &'static str,
        /// The answer's start.
        body: String,
    },
    /// Something in the list is no record.
    #[error("entry {number} of the answer's result is no record")]
    Entry {
        /// Which one, from 1.
        number: usize,
    },
}

impl SurveyPage {
    /// Reads an answer's body.
    ///
    /// # Errors
    /// [`PageError`] for whatever leaves open which records there are.
    pub(crate) fn read(body: &str) -> Result<Self, PageError> {
        let page: Value = serde_json::from_str(body).map_err(|error| PageError::NotJson(error.to_string()))?;
        let lacks = |field| PageError::Field { field, body: text::excerpt(body, QUOTED) };
        let more_available =
            page.get("moreAvailable").and_then(Value::as_bool).ok_or_else(|| lacks("moreAvailable"))?;
        let total_count = match page.get("totalCount") {
            None | Some(Value::Null) => None,
            Some(count) => Some(count.as_u64().ok_or_else(|| lacks("totalCount"))?),
        };
        let entries = page.get("result").and_then(Value::as_array).ok_or_else(|| lacks("result"))?;
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

impl SurveyResponse {
    fn read(fields: &Map<String, Value>) -> Self {
        let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            // Cut as the save call's id is, so that the two compare.
            id: text("_id")
                .or_else(|| text("_Id"))
                .filter(|id| !id.is_empty())
                .map(|id| text::excerpt(&id, LONGEST_ID)),
            name: text("surveyName"),
            survey_type: text("surveyType"),
            channel_uid: text("channelUId"),
            channel: text("channel"),
            language: text("language"),
            score: fields.get("score").and_then(number),
        }
    }
}

fn number(score: &Value) -> Option<f64> {
    let number = match score {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    };
    number.filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{PageError, ResponsesQuery, SurveyPage, SurveyResponse};

    fn query() -> ResponsesQuery {
        ResponsesQuery {
            from: "2026-11-22T12:00:00Z".parse().unwrap(),
            to: "2026-11-22T13:00:00.5Z".parse().unwrap(),
            limit: 500,
            skip: 1000,
        }
    }

    fn read(page: &Value) -> Result<SurveyPage, PageError> {
        SurveyPage::read(&page.to_string())
    }

    /// The one record of a page with these fields.
    fn record(fields: Value) -> SurveyResponse {
        let page = json!({"moreAvailable": false, "totalCount": 1, "result": [fields]});
        read(&page).unwrap().records.remove(0)
    }

    #[test]
    fn the_query_is_the_vendors() {
        let body: Value = serde_json::from_slice(&query().body()).unwrap();
        let filters = json!({"from": "2026-11-22T12:00:00.000Z", "to": "2026-11-22T13:00:00.500Z"});
        let sort = json!({"by": "timestamp", "order": "asc"});
        assert_eq!(body, json!({"filters": filters, "sort": sort, "limit": 500, "skip": 1000}));
    }

    #[test]
    fn a_record_reads_with_all_its_fields() {
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
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn fields_that_are_missing_strange_or_of_another_kind_leave_a_record() {
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
    fn a_page_that_leaves_open_what_there_is_is_an_error() {
        let lacking = |page: Value| match read(&page) {
            Err(PageError::Field { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(lacking(json!({"result": []})), "moreAvailable");
        assert_eq!(lacking(json!({"moreAvailable": "no", "result": []})), "moreAvailable");
        assert_eq!(lacking(json!({"moreAvailable": false})), "result");
        assert_eq!(lacking(json!({"moreAvailable": false, "result": {}})), "result");
        assert_eq!(lacking(json!({"moreAvailable": false, "totalCount": "many", "result": []})), "totalCount");
        assert_eq!(lacking(json!({"errors": [{"msg": "no", "code": 1}]})), "moreAvailable");
        assert_eq!(lacking(json!([])), "moreAvailable");
        let odd = json!({"moreAvailable": false, "result": [{}, null]});
        assert_eq!(read(&odd), Err(PageError::Entry { number: 2 }));
        assert!(matches!(SurveyPage::read(""), Err(PageError::NotJson(_))));
        assert!(matches!(SurveyPage::read("<html>"), Err(PageError::NotJson(_))));
    }

    #[test]
    fn an_empty_page_is_one() {
        let page = read(&json!({"moreAvailable": false, "totalCount": 0, "result": [], "more": 1})).unwrap();
        assert_eq!(page, SurveyPage { more_available: false, total_count: Some(0), records: Vec::new() });
        assert_eq!(read(&json!({"moreAvailable": false, "result": []})).unwrap().total_count, None);
    }

    proptest! {
        #[test]
        fn a_page_that_breaks_off_anywhere_is_never_read(records in 0_usize..5, cut in any::<prop::sample::Index>()) {
            let result = vec![json!({"_id": "ä", "score": 3}); records];
            let whole = json!({"moreAvailable": false, "totalCount": records, "result": result}).to_string();
            let chars: Vec<char> = whole.chars().collect();
            let broken: String = chars[..cut.index(chars.len())].iter().collect();
            prop_assert!(SurveyPage::read(&broken).is_err());
            prop_assert_eq!(SurveyPage::read(&whole).unwrap().records.len(), records);
        }

        #[test]
        fn no_text_makes_it_panic(body in ".{0,200}") {
            let _ = SurveyPage::read(&body);
        }
    }
}
