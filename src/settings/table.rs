//! A config's tables with every line at hand. Knows TOML, and no key's meaning.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Number, Value};
use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::error::SettingsError;
use super::source::Source;
use super::value::ValueError;
use crate::error::nearest;

/// A value and the line of its key.
#[derive(Debug, Clone)]
pub(super) struct Written<T> {
    pub(super) value: T,
    pub(super) line: usize,
}

/// Parses a config.
///
/// # Errors
/// When it is no TOML: the message is the parser's, which quotes nothing of the text.
pub(super) fn parse<'t>(file: &Arc<Path>, text: &'t str) -> Result<Spanned<DeTable<'t>>, SettingsError> {
    DeTable::parse(text).map_err(|error| SettingsError::Syntax {
        file: Arc::clone(file),
        line: line_of(text, error.span().unwrap_or_default()),
        what: error.message().to_owned(),
    })
}

fn line_of(text: &str, span: Range<usize>) -> usize {
    text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1
}

/// One table of a config.
#[derive(Clone)]
pub(super) struct Table<'a> {
    file: &'a Arc<Path>,
    text: &'a str,
    entries: &'a DeTable<'a>,
    /// The table's name as people write it, such as `[profiles.prod]`.
    name: String,
    profile: Option<Arc<str>>,
}

impl<'a> Table<'a> {
    /// The config's outermost table.
    pub(super) fn outermost(file: &'a Arc<Path>, text: &'a str, entries: &'a DeTable<'a>) -> Self {
        Self::named("the config", file, text, entries)
    }

    /// The outermost table of a file that messages call this.
    pub(super) fn named(name: &str, file: &'a Arc<Path>, text: &'a str, entries: &'a DeTable<'a>) -> Self {
        Self { file, text, entries, name: name.to_owned(), profile: None }
    }

    /// The same, as a profile's table.
    pub(super) fn of_profile(self, name: &str) -> Self {
        Self { profile: Some(name.into()), ..self }
    }

    /// Every key with its line and its value, in the order in which they were written.
    pub(super) fn entries(&self) -> Vec<(&'a str, usize, &'a DeValue<'a>)> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries
            .into_iter()
            .map(|(key, value)| (&**key.get_ref(), line_of(self.text, key.span()), value.get_ref()))
            .collect()
    }

    /// The table that a key holds.
    ///
    /// # Errors
    /// When it holds something else.
    pub(super) fn table(&self, key: &str) -> Result<Option<Written<Self>>, SettingsError> {
        let entries = self.read(key, |value| match value {
            DeValue::Table(entries) => Ok(entries),
            other => Err(wrong_type("a table", other)),
        })?;
        Ok(entries.map(|entries| Written {
            line: entries.line,
            value: Self { entries: entries.value, name: self.name_of(key), ..self.clone() },
        }))
    }

    /// The tables that a key holds a list of.
    ///
    /// # Errors
    /// When it holds something else.
    pub(super) fn tables(&self, key: &str) -> Result<Vec<Written<Self>>, SettingsError> {
        let Some(items) = self.read(key, |value| match value {
            DeValue::Array(items) => Ok(items),
            other => Err(wrong_type("a list of tables", other)),
        })?
        else {
            return Ok(Vec::new());
        };
        let read = |item: &'a Spanned<DeValue<'a>>| match item.get_ref() {
            DeValue::Table(entries) => Ok(Written {
                line: line_of(self.text, item.span()),
                value: Self { entries, name: format!("[{}]", self.name_of(key)), ..self.clone() },
            }),
            other => Err(self.wrong(key, items.line, wrong_type("a list of tables", other))),
        };
        items.value.iter().map(read).collect()
    }

    fn name_of(&self, key: &str) -> String {
        match self.name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
            Some(name) => format!("[{name}.{key}]"),
            None => format!("[{key}]"),
        }
    }

    /// Refuses keys that nothing reads.
    ///
    /// # Errors
    /// For the first of them.
    pub(super) fn refuse_unknown(&self, known: &[&'static str]) -> Result<(), SettingsError> {
        match self.entries().into_iter().find(|(key, ..)| !known.contains(key)) {
            Some((key, line, _)) => Err(self.unknown(key, line, known)),
            None => Ok(()),
        }
    }

    /// The error of a key that nothing reads.
    pub(super) fn unknown(&self, key: &str, line: usize, known: &[&'static str]) -> SettingsError {
        SettingsError::UnknownKey {
            file: Arc::clone(self.file),
            line,
            key: key.to_owned(),
            table: self.name.clone(),
            nearest: nearest(key, known.iter().copied()),
            known: known.to_vec(),
        }
    }

    /// A key's value, if the key is there.
    ///
    /// # Errors
    /// With file, line and key, when the value is not what it must be.
    pub(super) fn read<T>(
        &self,
        key: &str,
        read: impl FnOnce(&'a DeValue<'a>) -> Result<T, ValueError>,
    ) -> Result<Option<Written<T>>, SettingsError> {
        let Some((_, line, value)) = self.entries().into_iter().find(|(name, ..)| *name == key) else {
            return Ok(None);
        };
        let value = read(value).map_err(|problem| self.wrong(key, line, problem))?;
        Ok(Some(Written { value, line }))
    }

    /// The error of a value that its key can't have.
    pub(super) fn wrong(&self, key: &str, line: usize, problem: ValueError) -> SettingsError {
        SettingsError::Value { key: key.to_owned(), place: self.source(line), problem }
    }

    /// What stands on that line, as a source.
    pub(super) fn source(&self, line: usize) -> Source {
        let file = Arc::clone(self.file);
        match &self.profile {
            Some(name) => Source::Profile { name: Arc::clone(name), file, line },
            None => Source::File { file, line },
        }
    }
}

/// A text, as it is.
pub(super) fn string<'a>(value: &'a DeValue<'a>) -> Result<&'a str, ValueError> {
    value.as_str().ok_or_else(|| wrong_type("a string in quotes", value))
}

/// A list of texts.
pub(super) fn strings<'a>(value: &'a DeValue<'a>) -> Result<Vec<&'a str>, ValueError> {
    const EXPECTED: &str = "a list of strings in quotes";
    let DeValue::Array(items) = value else { return Err(wrong_type(EXPECTED, value)) };
    items.iter().map(|item| item.get_ref().as_str().ok_or_else(|| wrong_type(EXPECTED, value))).collect()
}

/// A text, or a list of texts.
pub(super) fn one_or_more<'a>(value: &'a DeValue<'a>) -> Result<Vec<&'a str>, ValueError> {
    match value {
        DeValue::String(text) => Ok(vec![text]),
        other => strings(other),
    }
}

/// `true` or `false`.
pub(super) fn boolean(value: &DeValue<'_>) -> Result<bool, ValueError> {
    value.as_bool().ok_or_else(|| wrong_type("true or false", value))
}

/// A whole number, as its digits.
pub(super) fn digits(value: &DeValue<'_>) -> Result<String, ValueError> {
    match value {
        DeValue::Integer(number) => integer(number).map(|number| number.to_string()),
        other => Err(wrong_type("a whole number", other)),
    }
}

/// A number or a text, as the text.
pub(super) fn number_or_string(value: &DeValue<'_>) -> Result<String, ValueError> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) => integer(number).map(|number| number.to_string()),
        DeValue::Float(number) => Ok(number.as_str().to_owned()),
        other => Err(wrong_type("a number", other)),
    }
}

/// The same value in JSON. Dates become texts.
pub(super) fn json(value: &DeValue<'_>) -> Result<Value, ValueError> {
    Ok(match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => Value::from(integer(number)?),
        DeValue::Float(number) => number
            .as_str()
            .parse()
            .ok()
            .and_then(Number::from_f64)
            .map(Value::Number)
            .ok_or(ValueError::NotAJsonNumber)?,
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Datetime(moment) => Value::String(moment.to_string()),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect::<Result<_, _>>()?,
        DeValue::Table(entries) => entries
            .iter()
            .map(|(key, value)| Ok((key.get_ref().to_string(), json(value.get_ref())?)))
            .collect::<Result<_, ValueError>>()?,
    })
}

fn integer(number: &DeInteger<'_>) -> Result<i64, ValueError> {
    i64::from_str_radix(number.as_str(), number.radix()).map_err(|_| ValueError::TooLarge)
}

fn wrong_type(expected: &'static str, found: &DeValue<'_>) -> ValueError {
    let found = match found {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    ValueError::WrongType { expected, found }
}
