//! The fields of an answer, in about a fifth of the time that a [`Value`] takes: most are texts that are only compared.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::entries::Entries;

/// A JSON object.
#[derive(Debug, Default)]
pub(super) struct Fields<'a>(Vec<(Name<'a>, Field<'a>)>);

#[derive(Debug, serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Debug)]
enum Field<'a> {
    Text(Cow<'a, str>),
    Other(Value),
}

impl<'a> Fields<'a> {
    /// `None` if the text is no JSON object.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok().map(|Entries(fields)| Self(fields))
    }

    /// A field, even one that is null.
    pub(super) fn any(&self, name: &str) -> Option<Value> {
        self.field(name).map(|field| match field {
            Field::Text(text) => Value::from(text.as_ref()),
            Field::Other(value) => value.clone(),
        })
    }

    /// A field; a null is missing.
    pub(super) fn get(&self, name: &str) -> Option<Value> {
        self.any(name).filter(|value| !value.is_null())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.field(name).is_some_and(|field| !matches!(field, Field::Other(Value::Null)))
    }

    /// Of equal names, the last one counts, as in other parsers.
    fn field(&self, name: &str) -> Option<&Field<'a>> {
        self.0.iter().rfind(|(known, _)| known.0 == name).map(|(_, field)| field)
    }
}

impl<'de> Deserialize<'de> for Field<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = Field<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Field<'de>, E> {
        Ok(Field::Text(text.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Field<'de>, E> {
        Ok(Field::Text(text.to_owned().into()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Field<'de>, E> {
        Ok(Field::Other(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Field<'de>, E> {
        Ok(Field::Other(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Field<'de>, E> {
        Ok(Field::Other(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Field<'de>, E> {
        Ok(Field::Other(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Field<'de>, E> {
        Ok(Field::Other(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Field<'de>, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(items)).map(Field::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Field<'de>, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(entries)).map(Field::Other)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::Fields;

    #[test]
    fn fields_are_those_of_the_parsed_object() {
        let text = r#" {"a": 1, "b\n": "x\u00fc", "c" : [1, {"a": 2}] , "d": null, "a": "last", "e": 1.50, "f": -7,
                         "g": true, "h": {"i": ["j"]}, "i": 18446744073709551615} "#;
        let (fields, parsed): (_, Value) = (Fields::of(text).unwrap(), serde_json::from_str(text).unwrap());
        for (name, value) in parsed.as_object().unwrap() {
            assert_eq!(fields.any(name).as_ref(), Some(value), "{name}");
        }
        assert!(fields.get("a").is_some() && fields.any("z").is_none());
        assert!(fields.any("d").is_some() && fields.get("d").is_none() && !fields.has("d"), "a null is missing");
    }

    #[test]
    fn what_is_no_object_has_no_fields() {
        for text in
            ["", "[]", "7", r#"{"a":1"#, r#"{"a":1}}"#, r#"{"a":01}"#, r#"{"a":1e999}"#, r#"{"a":"\ud800"}"#, "<html>"]
        {
            assert!(Fields::of(text).is_none(), "{text}");
        }
    }
}
