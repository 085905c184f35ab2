//! The fields of an answer. Most are never looked at, so each is parsed when it is.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::entries::Entries;

/// A JSON object.
#[derive(Debug, Default)]
pub(super) struct Fields<'a>(Vec<(Name<'a>, &'a RawValue)>);

#[derive(Debug, Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Fields<'a> {
    /// `None` if the text is no JSON object.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok().map(|Entries(fields)| Self(fields))
    }

    /// A field, even one that is null.
    pub(super) fn any(&self, name: &str) -> Option<Value> {
        let raw = self.raw(name)?;
        // Syntactically right, but no value: half a surrogate pair, or a number that is too large.
        Some(serde_json::from_str(raw).unwrap_or_else(|_| Value::from(raw)))
    }

    /// A field; a null is missing.
    pub(super) fn get(&self, name: &str) -> Option<Value> {
        self.has(name).then(|| self.any(name)).flatten()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.raw(name).is_some_and(|raw| raw != "null")
    }

    /// Of equal names, the last one counts, as in other parsers.
    fn raw(&self, name: &str) -> Option<&'a str> {
        self.0.iter().rfind(|(known, _)| known.0 == name).map(|(_, value)| value.get())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Fields;

    #[test]
    fn fields_are_those_of_the_parsed_object() {
        let text = r#" {"a": 1, "b\n": "x\u00fc", "c" : [1, {"a": 2}] , "d": null, "a": "last", "e": 1.50} "#;
        let (fields, parsed): (_, Value) = (Fields::of(text).unwrap(), serde_json::from_str(text).unwrap());
        for (name, value) in parsed.as_object().unwrap() {
            assert_eq!(fields.any(name).as_ref(), Some(value), "{name}");
        }
        assert!(
            fields.get("a").is_some() && !fields.has("d") && fields.get("d").is_none() && fields.any("f").is_none()
        );
    }

    #[test]
    fn what_is_no_object_has_no_fields() {
        for text in ["", "[]", "7", r#"{"a":1"#, r#"{"a":1}}"#, r#"{"a":01}"#, "<html>"] {
            assert!(Fields::of(text).is_none(), "{text}");
        }
    }

    #[test]
    fn an_unusable_value_is_its_text() {
        let fields = Fields::of(r#"{"a":"\ud800","b":1e999}"#).unwrap();
        assert_eq!((fields.get("a"), fields.get("b")), (Some(json!(r#""\ud800""#)), Some(json!("1e999"))));
    }
}
