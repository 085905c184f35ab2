//! Which records of `getFeedbackSurveyResponses` are wanted. Pure.
//!
//! Version B of the vendor's page has these filters, version A only the one by channel. So they are sent to the server, and
//! applied again here: a server that ignores a filter returns more, never something else.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::survey_response::SurveyResponse;
use crate::record::FeedbackType;

/// The conditions that a record must meet; by default none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ResponseFilter {
    pub(crate) survey: Option<String>,
    pub(crate) survey_type: Option<FeedbackType>,
    pub(crate) channel: Option<String>,
    /// One of these respondents; all if it is empty.
    pub(crate) channel_uids: Vec<String>,
    pub(crate) score: Option<ScoreRange>,
}

/// Scores between two numbers, both included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct ScoreRange {
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl ResponseFilter {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The filters as a part of the request. No value stands for likes, so that type is filtered here alone.
    pub(super) fn to_json(&self) -> Map<String, Value> {
        let mut filters = Map::new();
        let mut add = |name: &str, value: Option<Value>| filters.extend(value.map(|value| (name.to_owned(), value)));
        let type_name = self.survey_type.filter(|of| *of != FeedbackType::Thumb).map(FeedbackType::wire_name);
        add("channel", self.channel.as_ref().map(|channel| json!([channel])));
        add("surveyName", self.survey.as_ref().map(|survey| json!([survey])));
        add("surveyType", type_name.map(|name| json!([name.to_lowercase()])));
        add("channelUIds", (!self.channel_uids.is_empty()).then(|| json!(self.channel_uids)));
        add("score", self.score.map(|range| json!({"min": number(range.min), "max": number(range.max)})));
        filters
    }

    pub(crate) fn matches(&self, response: &SurveyResponse) -> bool {
        let is = |wanted: &Option<String>, text: &Option<String>| wanted.is_none() || wanted == text;
        let survey_type = || response.survey_type.as_deref().and_then(FeedbackType::parse);
        is(&self.survey, &response.name)
            && is(&self.channel, &response.channel)
            && (self.survey_type.is_none() || self.survey_type == survey_type())
            && (self.channel_uids.is_empty() || response.channel_uid.iter().any(|uid| self.channel_uids.contains(uid)))
            && self
                .score
                .is_none_or(|range| response.score.is_some_and(|score| range.min <= score && score <= range.max))
    }
}

/// A whole number without a decimal point: the documented scores are integers.
fn number(score: f64) -> Value {
    if score.fract() == 0.0 { json!(score as i64) } else { json!(score) }
}

/// `0..6`, or one score.
impl FromStr for ScoreRange {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (min, max) = text.split_once("..").unwrap_or((text, text));
        let read = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        let (min, max) = read(min).zip(read(max)).ok_or("write two scores, such as 0..6, or one")?;
        if min > max {
            return Err("the first score must not be larger than the second");
        }
        Ok(Self { min, max })
    }
}

impl fmt::Display for ScoreRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.min, self.max)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{ResponseFilter, ScoreRange};
    use crate::delivery::SurveyResponse;
    use crate::record::FeedbackType;

    fn response() -> SurveyResponse {
        let text = |text: &str| Some(text.to_owned());
        SurveyResponse {
            name: text("Post-chat"),
            survey_type: text("Like/Dislike"),
            channel_uid: text("jo@example.com"),
            channel: text("rtm"),
            score: Some(1.0),
            ..SurveyResponse::default()
        }
    }

    fn filter(text: Value) -> ResponseFilter {
        let mut all = json!({"survey": null, "survey_type": null, "channel": null, "channel_uids": [], "score": null});
        all.as_object_mut().unwrap().extend(text.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    }

    #[test]
    fn every_condition_must_be_met() {
        for (conditions, matches) in [
            (json!({}), true),
            (json!({"survey": "Post-chat", "survey_type": "THUMB", "channel": "rtm"}), true),
            (json!({"survey": "post-chat"}), false),
            (json!({"survey_type": "NPS"}), false),
            (json!({"channel": "email"}), false),
            (json!({"channel_uids": ["a", "jo@example.com"]}), true),
            (json!({"channel_uids": ["Jo@example.com"]}), false),
            (json!({"score": {"min": 0.0, "max": 1.0}}), true),
            (json!({"score": {"min": 1.5, "max": 9.0}}), false),
        ] {
            assert_eq!(filter(conditions.clone()).matches(&response()), matches, "{conditions}");
        }
        let without_score = SurveyResponse { score: None, ..response() };
        assert!(!filter(json!({"score": {"min": 0.0, "max": 1.0}})).matches(&without_score));
    }

    #[test]
    fn filters_have_the_documented_form() {
        let all = json!({"survey": "s", "survey_type": "NPS", "channel": "c", "channel_uids": ["u"],
                         "score": {"min": 0.0, "max": 6.5}});
        let sent = json!({"surveyName": ["s"], "surveyType": ["nps"], "channel": ["c"], "channelUIds": ["u"],
                          "score": {"min": 0, "max": 6.5}});
        assert_eq!(Value::Object(filter(all).to_json()), sent);
        let likes = ResponseFilter { survey_type: Some(FeedbackType::Thumb), ..ResponseFilter::default() };
        assert!(likes.to_json().is_empty() && !likes.is_empty());
    }

    #[test]
    fn score_ranges_are_read_strictly() {
        let range = |text: &str| text.parse::<ScoreRange>().map(|range| range.to_string());
        assert_eq!(range("0..6").as_deref(), Ok("0..6"));
        assert_eq!(range("9").as_deref(), Ok("9..9"));
        for text in ["", "6..0", "a..b", "1..", "NaN", "0..inf"] {
            assert!(range(text).is_err(), "{text}");
        }
    }
}
