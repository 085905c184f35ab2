//! A record being built from options, a JSON object or answers at prompts. All fields are checked together at the end.

use serde_json::Value;

use super::validate::validate;
use super::{Feedback, Field, Problem, ProblemKind, ScoreRule};
use crate::entries::Entries;
use crate::error::{Advice, ErrorKind, did_you_mean, nearest};
use crate::text::{excerpt, quoted};

/// A record with unchecked and maybe missing fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    /// In the order of [`Field::BODY`].
    fields: [Option<String>; 7],
}

/// Everything that is wrong with a draft: at least one problem.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid record:{}", problems.iter().map(problem_line).collect::<String>())]
pub(crate) struct InvalidDraft {
    pub problems: Vec<Problem>,
}

/// Every reason why a text is no JSON object with the fields of a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid record in JSON:\n  - {}", reasons.join("\n  - "))]
pub(crate) struct DraftParseError {
    reasons: Vec<String>,
}

impl Draft {
    pub(crate) fn set(&mut self, field: Field, text: impl Into<String>) {
        self.fields[field as usize] = Some(text.into());
    }

    /// Sets a field that has no value yet.
    pub(crate) fn set_default(&mut self, field: Field, text: &str) {
        self.fields[field as usize].get_or_insert_with(|| text.to_owned());
    }

    pub(crate) fn get(&self, field: Field) -> Option<&str> {
        self.fields[field as usize].as_deref()
    }

    /// The fields without a value, in the order of [`Field::BODY`].
    pub(crate) fn missing(&self) -> impl Iterator<Item = Field> {
        Field::BODY.into_iter().filter(|field| self.get(*field).is_none())
    }

    /// # Errors
    /// All fields that are missing or wrong.
    pub(crate) fn check(&self, rule: ScoreRule) -> Result<Feedback<'_>, InvalidDraft> {
        let texts = self.fields.each_ref().map(|text| text.as_deref().unwrap_or_default());
        let checked = validate(texts, None, rule);
        let mut findings: Vec<_> = self.missing().map(|field| (field, ProblemKind::Missing)).collect();
        match checked {
            Ok(feedback) if findings.is_empty() => return Ok(feedback),
            Ok(_) => {}
            Err(found) => findings.extend(found.into_iter().filter(|(field, _)| self.get(*field).is_some())),
        }
        findings.sort();
        let problem = |(field, kind)| Problem::new(None, Some(field), self.get(field).unwrap_or_default(), kind);
        Err(InvalidDraft { problems: findings.into_iter().map(problem).collect() })
    }

    /// Checks the values that are there, and the score against its type.
    ///
    /// # Errors
    /// All fields that are wrong; missing fields are not.
    pub(crate) fn check_partial(&self, rule: ScoreRule) -> Result<(), InvalidDraft> {
        let Err(InvalidDraft { mut problems }) = self.check(rule) else { return Ok(()) };
        problems.retain(|problem| problem.kind != ProblemKind::Missing);
        if problems.is_empty() { Ok(()) } else { Err(InvalidDraft { problems }) }
    }

    /// Reads a JSON object whose keys are fields. `score` may be a number or a string; every other field is a string. `null`
    /// leaves a field without a value.
    ///
    /// # Errors
    /// When the text is not a JSON object, or contains unknown keys, duplicate keys or values of other types.
    pub(crate) fn from_json(text: &str) -> Result<Self, DraftParseError> {
        let Entries::<String, Value>(entries) = serde_json::from_str(text).map_err(|error| DraftParseError {
            reasons: vec![format!("not a JSON object: {}", excerpt(&error.to_string(), 200))],
        })?;
        let (mut draft, mut reasons, mut seen) = (Self::default(), Vec::new(), Vec::new());
        for (key, value) in entries {
            match field_of(&key).and_then(|field| Ok((field, text_of(field, value)?))) {
                Ok((field, _)) if seen.contains(&field) => reasons.push(format!("{field} appears twice")),
                Ok((field, text)) => {
                    seen.push(field);
                    draft.fields[field as usize] = text;
                }
                Err(reason) => reasons.push(reason),
            }
        }
        if reasons.is_empty() { Ok(draft) } else { Err(DraftParseError { reasons }) }
    }
}

/// Finds a field by its wire name or its key. Near misses are refused rather than guessed.
fn field_of(key: &str) -> Result<Field, String> {
    let is_named = |field: &Field| key == field.wire_name() || key == field.key();
    Field::BODY.into_iter().find(is_named).ok_or_else(|| {
        let known = nearest(key, Field::BODY.map(Field::wire_name));
        format!("{} is not a field{}", quoted(key, 40), did_you_mean(known))
    })
}

fn text_of(field: Field, value: Value) -> Result<Option<String>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) if field == Field::Score => Ok(Some(number.to_string())),
        // Parsing may have dropped digits or leading zeros.
        Value::Number(number) => {
            Err(format!("{field} must be a string; put {} in quotes", excerpt(&number.to_string(), 40)))
        }
        Value::Bool(_) => Err(format!("{field} must not be true or false")),
        Value::Array(_) => Err(format!("{field} must not be an array")),
        Value::Object(_) => Err(format!("{field} must not be an object")),
    }
}

fn problem_line(problem: &Problem) -> String {
    match problem.value.as_str() {
        "" => format!("\n  - {problem}"),
        value => format!("\n  - {problem} (got \"{value}\")"),
    }
}

impl Advice for InvalidDraft {
    fn kind(&self) -> ErrorKind {
        ErrorKind::InvalidRecord
    }

    fn hint(&self) -> Option<String> {
        let missing = self.problems.iter().filter(|problem| problem.kind == ProblemKind::Missing);
        let options: Vec<_> =
            missing.filter_map(|problem| Some(format!("--{}", problem.field?.key().replace('_', "-")))).collect();
        let options = options.join(", ");
        let hint = format!("give {options}, or set defaults in the profile; on a terminal, submit asks for them");
        (!options.is_empty()).then_some(hint)
    }
}

impl Advice for DraftParseError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::InvalidRecord
    }

    fn hint(&self) -> Option<String> {
        Some(format!("a record is one object with {}", Field::BODY.map(Field::wire_name).join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::Draft;
    use crate::error::Advice;
    use crate::record::{Field, ProblemKind, ScoreRule};

    const SAMPLE: &str = r#"{
        "channelUId":"qatesting@vomoto.com", "name":"Thumb", "score":0, "channel":"rtm", "type":"THUMB", "language":"en",
        "message":"" }"#;

    #[test]
    fn the_contracts_sample_is_valid() {
        let draft = Draft::from_json(SAMPLE).unwrap();
        let feedback = draft.check(ScoreRule::InScale).unwrap();
        assert_eq!(serde_json::to_value(feedback).unwrap(), serde_json::from_str::<serde_json::Value>(SAMPLE).unwrap());
    }

    #[test]
    fn scores_and_keys_have_two_forms() {
        for score in ["1", "1.0", "\"1\"", "\" 1.0 \""] {
            let draft =
                Draft::from_json(&format!(r#"{{"channel_uid": "7", "score": {score}, "name": null}}"#)).unwrap();
            assert_eq!(draft.get(Field::ChannelUid), Some("7"));
            assert_eq!(draft.get(Field::Name), None);
            let mut whole = Draft::from_json(SAMPLE).unwrap();
            whole.set(Field::Score, draft.get(Field::Score).unwrap());
            assert_eq!(whole.check(ScoreRule::InScale).unwrap().score().whole(), Some(1), "{score}");
        }
    }

    #[test]
    fn all_problems_are_one_error() {
        let mut draft = Draft::default();
        draft.set(Field::Type, "csat");
        draft.set(Field::Score, "6");
        draft.set(Field::Name, " ");
        draft.set_default(Field::Name, "not taken");
        draft.set_default(Field::Channel, "rtm");
        let refused = draft.check(ScoreRule::InScale).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "invalid record:\
            \n  - channel_uid: required, but missing\
            \n  - name: required, but empty\
            \n  - score: a CSAT score is a whole number from 1 to 5 (got \"6\")\
            \n  - language: required, but missing\
            \n  - message: required, but missing"
        );
        assert!(refused.hint().unwrap().starts_with("give --channel-uid, --language, --message,"));
        assert!(refused.problems.iter().all(|problem| problem.kind != ProblemKind::UnknownType));
    }

    #[test]
    fn invalid_json_says_why() {
        let json = r#"{"channelUID": "a", "name": "a", "name": "b", "channelUId": 7, "message": true, "zebra": 1}"#;
        assert_eq!(
            Draft::from_json(json).unwrap_err().to_string(),
            "invalid record in JSON:\
            \n  - \"channelUID\" is not a field; did you mean \"channelUId\"?\
            \n  - name appears twice\
            \n  - channel_uid must be a string; put 7 in quotes\
            \n  - message must not be true or false\
            \n  - \"zebra\" is not a field"
        );
        for (text, said) in
            [("", "EOF"), ("[1]", "sequence"), ("{\"name\": }", "line 1 column 10"), ("{} x", "trailing")]
        {
            let error = Draft::from_json(text).unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
