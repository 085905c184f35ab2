//! The response of `getFeedbackSurveyResponses`.

use serde::Serialize;
use serde_json::Number;

use super::save_response::AccountIds;
use super::store::{RecordId, StoredRecord, api_time};

/// One page of records.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<'a> {
    more_available: bool,
    total_count: usize,
    result: Vec<Response<'a>>,
}

impl<'a> Page<'a> {
    pub(super) fn new(
        more_available: bool,
        total_count: usize,
        page: &[&'a StoredRecord],
        ids: &'a AccountIds,
    ) -> Self {
        Self { more_available, total_count, result: page.iter().map(|record| Response::new(record, ids)).collect() }
    }
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
    /// The respondent's own words, which `saveFeedback` has no field for: null if there are none.
    comments: Option<&'a str>,
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
            comments: None,
            timestamp: api_time(record.saved_at),
        }
    }
}
