//! A record as `getFeedbackSurveyResponses` returns it. Pure.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::verdict::LONGEST_ID;
use crate::text;

/// A record as the server returns it. Fields that are missing or have another type are `None`.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct SurveyResponse {
    /// `_id`, or `_Id` as in the documentation of `saveFeedback`.
    pub(crate) id: Option<String>,
    /// `surveyName`, which is `name` in `saveFeedback`.
    pub(crate) name: Option<String>,
    /// `surveyType`, which is `type` in `saveFeedback`; `Like/Dislike` instead of `THUMB`.
    pub(crate) survey_type: Option<String>,
    /// `channelUId`.
    pub(crate) channel_uid: Option<String>,
    /// `channel`.
    pub(crate) channel: Option<String>,
    /// `language`.
    pub(crate) language: Option<String>,
    /// `score`, a number or a string that contains one.
    pub(crate) score: Option<f64>,
    /// `comments`.
    pub(crate) comments: Option<String>,
    /// `userId`.
    pub(crate) user_id: Option<String>,
    /// `sessionId`.
    pub(crate) session_id: Option<String>,
    /// `timestamp`, as the server writes it.
    pub(crate) timestamp: Option<String>,
}

impl SurveyResponse {
    pub(super) fn read(fields: &Map<String, Value>) -> Self {
        let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            // Shortened like the id from `saveFeedback`, so that the two can be compared.
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
            comments: text("comments"),
            user_id: text("userId"),
            session_id: text("sessionId"),
            timestamp: text("timestamp"),
        }
    }

    /// When the server saved the record.
    pub(crate) fn time(&self) -> Option<Timestamp> {
        self.timestamp.as_deref()?.parse().ok()
    }
}

fn number(score: &Value) -> Option<f64> {
    let number = match score {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    };
    number.filter(|number| number.is_finite())
}
