//! A record in the making: fields collected from options, a JSON object or a person, and checked together at the end.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::validate::validate;
use super::{Feedback, Field, Problem, ProblemKind, ScoreRule};
use crate::error::{Advice, nearest};
use crate::text::excerpt;

/// A record of which fields may still be missing, and none has been checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// In the order of [`Field::ALL`].
    fields: [Option<String>; 7],
}

/// A draft is no valid record: everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedDraft {
    /// What is wrong; at least one problem.
    pub problems: Vec<Problem>,
}

/// A text is no record in JSON: every reason there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftError {
    reasons: Vec<String>,
}

impl Draft {
    /// Gives a field its value, whatever it had.
    pub fn set(&mut self, field: Field, text: impl Into<String>) {
        self.fields[field as usize] = Some(text.into());
    }

    /// Gives a field a value if it has none yet.
    pub fn set_default(&mut self, field: Field, text: &str) {
        self.fields[field as usize].get_or_insert_with(|| text.to_owned());
    }

    /// A field's value so far.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.fields[field as usize].as_deref()
    }

    /// The fields without a value, in the order of [`Field::ALL`].
    pub fn missing(&self) -> impl Iterator<Item = Field> {
        Field::ALL.into_iter().filter(|field| self.get(*field).is_none())
    }

    /// The valid record that the draft is.
    ///
    /// # Errors
    /// When fields are missing or wrong: all of them at once.
    pub fn check(&self, rule: ScoreRule) -> Result<Feedback<'_>, RefusedDraft> {
        let texts = self.fields.each_ref().map(|text| text.as_deref().unwrap_or_default());
        let checked = validate(texts, rule);
        let mut findings: Vec<_> = self.missing().map(|field| (field, ProblemKind::Missing)).collect();
        match checked {
            Ok(feedback) if findings.is_empty() => return Ok(feedback),
            Ok(_) => {}
            Err(found) => findings.extend(found.into_iter().filter(|(field, _)| self.get(*field).is_some())),
        }
        findings.sort();
        let problem = |(field, kind)| Problem::new(None, Some(field), self.get(field).unwrap_or_default(), kind);
        Err(RefusedDraft { problems: findings.into_iter().map(problem).collect() })
    }

    /// Whether what is there can become a valid record, whatever is still missing.
    ///
    /// # Errors
    /// When a value is wrong by itself, or a score for its type: everything but what is missing.
    pub fn check_given(&self, rule: ScoreRule) -> Result<(), RefusedDraft> {
        let Err(RefusedDraft { mut problems }) = self.check(rule) else { return Ok(()) };
        problems.retain(|problem| problem.kind != ProblemKind::Missing);
        if problems.is_empty() { Ok(()) } else { Err(RefusedDraft { problems }) }
    }

    /// Reads a JSON object whose keys are fields. `score` may be a number or a text, every other field is a text; `null`
    /// is a field without a value.
    ///
    /// # Errors
    /// When it isn't JSON, or not an object, or has keys that are no fields, keys twice or values of other types.
    pub fn from_json(text: &str) -> Result<Self, DraftError> {
        let Entries(entries) = serde_json::from_str(text).map_err(|error| DraftError {
            reasons: vec![format!("it is no JSON object: {}", excerpt(&error.to_string(), 200))],
        })?;
        let (mut draft, mut reasons, mut seen) = (Self::default(), Vec::new(), Vec::new());
        for (key, value) in entries {
            match field_of(&key).and_then(|field| Ok((field, text_of(field, value)?))) {
                Ok((field, _)) if seen.contains(&field) => reasons.push(format!("{field} is given twice")),
                Ok((field, text)) => {
                    seen.push(field);
                    draft.fields[field as usize] = text;
                }
                Err(reason) => reasons.push(reason),
            }
        }
        if reasons.is_empty() { Ok(draft) } else { Err(DraftError { reasons }) }
    }
}

/// The field that a key is, by its wire name or its key; near misses are refused rather than guessed.
fn field_of(key: &str) -> Result<Field, String> {
    let is_named = |field: &Field| key == field.wire_name() || key == field.key();
    Field::ALL.into_iter().find(is_named).ok_or_else(|| {
        let known = nearest(key, Field::ALL.map(Field::wire_name));
        let meant = known.map_or_else(String::new, |name| format!(" (did you mean {name}?)"));
        format!("\"{}\" is not a field{meant}", excerpt(key, 40))
    })
}

fn text_of(field: Field, value: Value) -> Result<Option<String>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) if field == Field::Score => Ok(Some(number.to_string())),
        // A number may have lost digits or zeros before it came here.
        Value::Number(number) => {
            Err(format!("{field} is a text: write \"{}\" in quotes", excerpt(&number.to_string(), 40)))
        }
        Value::Bool(_) => Err(format!("{field} can't be true or false")),
        Value::Array(_) => Err(format!("{field} can't be an array")),
        Value::Object(_) => Err(format!("{field} can't be an object")),
    }
}

/// A JSON object's entries as they stand, so that a key that stands there twice is seen.
struct Entries(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;

        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with the fields of a record")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(EntriesVisitor)
    }
}

impl fmt::Display for RefusedDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the record is not valid:")?;
        for problem in &self.problems {
            write!(f, "\n  - {problem}")?;
            if !problem.value.is_empty() {
                write!(f, ", and \"{}\" was given", problem.value)?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for RefusedDraft {}

impl Advice for RefusedDraft {
    fn hint(&self) -> Option<String> {
        let missing = self.problems.iter().filter(|problem| problem.kind == ProblemKind::Missing);
        let options: Vec<_> =
            missing.filter_map(|problem| Some(format!("--{}", problem.field?.key().replace('_', "-")))).collect();
        let options = options.join(", ");
        let hint = format!("give {options}, or set defaults in the profile; on a terminal, submit asks for them");
        (!options.is_empty()).then_some(hint)
    }
}

impl fmt::Display for DraftError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the JSON is no record:")?;
        self.reasons.iter().try_for_each(|reason| write!(f, "\n  - {reason}"))
    }
}

impl std::error::Error for DraftError {}

impl Advice for DraftError {
    fn hint(&self) -> Option<String> {
        Some(format!("a record is one object with {}", Field::ALL.map(Field::wire_name).join(", ")))
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
    fn the_contracts_sample_reads_and_is_valid() {
        let draft = Draft::from_json(SAMPLE).unwrap();
        let feedback = draft.check(ScoreRule::InScale).unwrap();
        assert_eq!(serde_json::to_value(feedback).unwrap(), serde_json::from_str::<serde_json::Value>(SAMPLE).unwrap());
    }

    #[test]
    fn a_score_may_be_a_number_or_a_text_and_keys_go_by_both_names() {
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
    fn everything_missing_and_everything_wrong_is_one_error() {
        let mut draft = Draft::default();
        draft.set(Field::Type, "csat");
        draft.set(Field::Score, "6");
        draft.set(Field::Name, " ");
        draft.set_default(Field::Name, "not taken");
        draft.set_default(Field::Channel, "rtm");
        let refused = draft.check(ScoreRule::InScale).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the record is not valid:\
            \n  - channel_uid: required, and missing\
            \n  - name: empty, and required\
            \n  - score: a CSAT score is a whole number from 1 to 5, and \"6\" was given\
            \n  - language: required, and missing\
            \n  - message: required, and missing"
        );
        assert!(refused.hint().unwrap().starts_with("give --channel-uid --language --message,"));
        assert!(refused.problems.iter().all(|problem| problem.kind != ProblemKind::UnknownType));
    }

    #[test]
    fn json_that_is_no_record_is_told_why() {
        let json = r#"{"channelUID": "a", "name": "a", "name": "b", "channelUId": 7, "message": true, "zebra": 1}"#;
        assert_eq!(
            Draft::from_json(json).unwrap_err().to_string(),
            "the JSON is no record:\
            \n  - \"channelUID\" is not a field (did you mean channelUId?)\
            \n  - name is given twice\
            \n  - channel_uid is a text: write \"7\" in quotes\
            \n  - message can't be true or false\
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
