//! The body of a `saveFeedback` request (contract: "Request Body Parameters").

use serde_json::{Number, Value};

use super::fields::{FieldReader, string};
use super::response::ApiError;
use super::survey_type::SurveyType;

/// A valid body.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Submission {
    pub(super) channel_uid: String,
    pub(super) name: String,
    pub(super) score: Number,
    pub(super) channel: String,
    pub(super) survey_type: SurveyType,
    pub(super) language: String,
    pub(super) message: String,
}

impl Submission {
    /// Parses a body. Only `message` may be empty, as in the contract's sample; unknown fields are ignored.
    pub(super) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = FieldReader::new(body)?;
        let submission = Self {
            channel_uid: fields.text("channelUId").unwrap_or_default(),
            name: fields.text("name").unwrap_or_default(),
            score: fields.required("score", "a number", number).unwrap_or_else(|| Number::from(0)),
            channel: fields.text("channel").unwrap_or_default(),
            survey_type: survey_type(&mut fields).unwrap_or(SurveyType::Thumb),
            language: fields.text("language").unwrap_or_default(),
            message: fields.required("message", "a string", string).unwrap_or_default(),
        };
        fields.finish(submission)
    }
}

fn number(value: Value) -> Option<Number> {
    if let Value::Number(number) = value { Some(number) } else { None }
}

fn survey_type(fields: &mut FieldReader) -> Option<SurveyType> {
    let parsed = fields.text("type")?.parse().ok();
    if parsed.is_none() {
        fields.problem("type must be one of THUMB, NPS, CSAT");
    }
    parsed
}

#[cfg(test)]
mod tests {
    use super::Submission;
    use crate::sandbox::SurveyType;
    use serde_json::{Value, json};

    /// The contract's sample body.
    fn sample() -> Value {
        json!({"channelUId": "qatesting@vomoto.com", "name": "Thumb", "score": 0, "channel": "rtm",
               "type": "THUMB", "language": "en", "message": ""})
    }

    fn problems(body: &Value) -> Vec<String> {
        let error = Submission::parse(body.to_string().as_bytes()).unwrap_err();
        assert!(error.errors.iter().all(|entry| entry.code == 400));
        error.errors.into_iter().map(|entry| entry.msg).collect()
    }

    #[test]
    fn the_contracts_sample_is_valid() {
        let submission = Submission::parse(sample().to_string().as_bytes()).unwrap();
        assert_eq!(
            (submission.channel_uid.as_str(), submission.survey_type),
            ("qatesting@vomoto.com", SurveyType::Thumb)
        );
        assert_eq!(submission.message, "");
    }

    #[test]
    fn every_field_is_required_and_typed() {
        for (field, wanted) in [
            ("channelUId", "string"),
            ("name", "string"),
            ("score", "number"),
            ("channel", "string"),
            ("type", "string"),
            ("language", "string"),
            ("message", "string"),
        ] {
            let mut body = sample();
            body[field] = json!(["x"]);
            assert_eq!(problems(&body), [format!("{field} must be a {wanted}")]);
            body[field] = Value::Null;
            assert_eq!(problems(&body), [format!("{field} is required")]);
            body.as_object_mut().unwrap().remove(field);
            assert_eq!(problems(&body), [format!("{field} is required")]);
        }
    }

    #[test]
    fn every_problem_is_reported() {
        let mut body = sample();
        (body["score"], body["name"], body["type"]) = (json!("4"), json!(""), json!("nps"));
        let expected = ["name is required", "score must be a number", "type must be one of THUMB, NPS, CSAT"];
        assert_eq!(problems(&body), expected);
    }

    #[test]
    fn a_body_must_be_a_json_object() {
        for body in ["", "{", "[]", "null", "\"x\"", "{\"score\":1e999}", "\u{feff}{}"] {
            assert_eq!(Submission::parse(body.as_bytes()).unwrap_err().status, 400, "{body}");
        }
        assert_eq!(Submission::parse(b"{\"name\":\"\xff\"}").unwrap_err().status, 400);
    }
}
