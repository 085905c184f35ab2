//! The seven fields of a `saveFeedback` body (contract: "Request Body Parameters"), and all that is wrong with them.

use serde_json::{Map, Number, Value};

use super::answer::Refusal;
use super::store::SurveyType;

/// A body with seven good fields.
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
    /// Reads a body. Fields that the contract doesn't name are passed over.
    pub(super) fn read(body: &[u8]) -> Result<Self, Refusal> {
        let refused = |message: &str| Refusal::of_body(vec![message.to_owned()]);
        let Ok(value) = serde_json::from_slice(body) else { return Err(refused("the body is not valid JSON")) };
        let Value::Object(fields) = value else { return Err(refused("the body is not a JSON object")) };
        let mut reader = Reader { fields, problems: Vec::new() };
        let submission = Self {
            channel_uid: reader.filled("channelUId"),
            name: reader.filled("name"),
            score: reader.number("score"),
            channel: reader.filled("channel"),
            survey_type: reader.survey_type(),
            language: reader.filled("language"),
            message: reader.text("message"),
        };
        if reader.problems.is_empty() { Ok(submission) } else { Err(Refusal::of_body(reader.problems)) }
    }
}

/// Takes fields out of an object and notes what is wrong with each. What it returns for a bad field is never used.
struct Reader {
    fields: Map<String, Value>,
    problems: Vec<String>,
}

impl Reader {
    fn text(&mut self, name: &str) -> String {
        match self.fields.remove(name) {
            Some(Value::String(text)) => text,
            other => self.problem(name, other.as_ref(), "string"),
        }
    }

    /// A text that is there: "required" is read strictly, and only `message` is empty in the contract's sample.
    fn filled(&mut self, name: &str) -> String {
        match self.fields.remove(name) {
            Some(Value::String(text)) if text.is_empty() => self.problem(name, None, "string"),
            Some(Value::String(text)) => text,
            other => self.problem(name, other.as_ref(), "string"),
        }
    }

    fn number(&mut self, name: &str) -> Number {
        match self.fields.remove(name) {
            Some(Value::Number(number)) => number,
            other => {
                self.problem(name, other.as_ref(), "number");
                Number::from(0)
            }
        }
    }

    fn survey_type(&mut self) -> SurveyType {
        let text = self.filled("type");
        let known = SurveyType::ALL.into_iter().find(|survey_type| survey_type.as_str() == text);
        if known.is_none() && !text.is_empty() {
            self.problems.push("type must be one of THUMB, NPS, CSAT".to_owned());
        }
        known.unwrap_or(SurveyType::Thumb)
    }

    fn problem(&mut self, name: &str, found: Option<&Value>, wanted: &str) -> String {
        self.problems.push(match found {
            None | Some(Value::Null) => format!("{name} is required"),
            Some(_) => format!("{name} must be a {wanted}"),
        });
        String::new()
    }
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
        let refusal = Submission::read(body.to_string().as_bytes()).unwrap_err();
        assert!(refusal.problems.iter().all(|problem| problem.code == 400));
        refusal.problems.into_iter().map(|problem| problem.msg).collect()
    }

    #[test]
    fn the_contracts_sample_is_taken() {
        let read = Submission::read(sample().to_string().as_bytes()).unwrap();
        assert_eq!((read.channel_uid.as_str(), read.survey_type), ("qatesting@vomoto.com", SurveyType::Thumb));
        assert_eq!(read.message, "");
    }

    #[test]
    fn each_field_is_required_and_of_its_type() {
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
    fn a_score_in_quotes_an_empty_name_and_a_type_in_lower_case_are_each_named() {
        let mut body = sample();
        (body["score"], body["name"], body["type"]) = (json!("4"), json!(""), json!("nps"));
        let expected = ["name is required", "score must be a number", "type must be one of THUMB, NPS, CSAT"];
        assert_eq!(problems(&body), expected);
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for body in ["", "{", "[]", "null", "\"x\"", "{\"score\":1e999}", "\u{feff}{}"] {
            assert_eq!(Submission::read(body.as_bytes()).unwrap_err().status, 400, "{body}");
        }
        assert_eq!(Submission::read(b"{\"name\":\"\xff\"}").unwrap_err().status, 400);
    }
}
