//! TOML tables in which every value knows its line. Knows no key's meaning.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{SettingsError, convert};
use super::raw::{Form, Raw};
use super::source::{Source, Sourced};
use super::value::ValueError;
use crate::record::Field;

/// Parses a file and reads its root table, which messages call `name`. Relative paths in it start at the file's directory.
/// A syntax error has the parser's message, which quotes nothing of the text.
pub(super) fn parse<T>(
    name: &str,
    path: &Path,
    text: &str,
    home: Option<&Path>,
    read: impl FnOnce(Table<'_>) -> Result<T, SettingsError>,
) -> Result<T, SettingsError> {
    let file: Arc<Path> = path.into();
    let entries = DeTable::parse(text).map_err(|error| {
        let line = line_of(text, error.span().unwrap_or_default());
        let place = Source::File { profile: None, file: Arc::clone(&file), line };
        SettingsError::Syntax { place, what: error.message().to_owned() }
    })?;
    read(Table { file: &file, text, entries: entries.get_ref(), home, name: name.to_owned(), profile: None })
}

fn line_of(text: &str, span: Range<usize>) -> usize {
    text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1
}

/// A field, the key that names it, and its value.
type FieldEntry<'a> = (Field, &'a str, Sourced<Raw<'a>>);

/// One table of a file.
#[derive(Clone)]
pub(super) struct Table<'a> {
    file: &'a Arc<Path>,
    text: &'a str,
    entries: &'a DeTable<'a>,
    home: Option<&'a Path>,
    /// The table's name in messages, such as `[profiles.prod]`.
    name: String,
    profile: Option<Arc<str>>,
}

impl<'a> Table<'a> {
    /// The same table, read as a profile.
    pub(super) fn of_profile(self, name: &str) -> Self {
        Self { profile: Some(name.into()), ..self }
    }

    /// Every key with its value, in the order written.
    pub(super) fn entries(&self) -> Vec<(&'a str, Sourced<Raw<'a>>)> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries.into_iter().map(|(key, value)| (&**key.get_ref(), self.located(key.span(), value))).collect()
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<Sourced<Raw<'a>>> {
        let (key, value) = self.entries.get_key_value(key)?;
        Some(self.located(key.span(), value))
    }

    fn located(&self, span: Range<usize>, value: &'a Spanned<DeValue<'a>>) -> Sourced<Raw<'a>> {
        let base = self.file.parent().unwrap_or(Path::new(""));
        let raw = Raw { form: Form::Toml(value.get_ref()), base, home: self.home };
        Sourced::new(raw, self.source(line_of(self.text, span)))
    }

    fn source(&self, line: usize) -> Source {
        Source::File { profile: self.profile.clone(), file: Arc::clone(self.file), line }
    }

    /// Reads the value of a key, if there is one.
    pub(super) fn read<T>(
        &self,
        key: &str,
        read: impl FnOnce(Raw<'a>) -> Result<T, ValueError>,
    ) -> Result<Option<Sourced<T>>, SettingsError> {
        self.get(key).map(|raw| convert(key, raw, read)).transpose()
    }

    /// The same without the source.
    pub(super) fn value<T>(
        &self,
        key: &str,
        read: impl FnOnce(Raw<'a>) -> Result<T, ValueError>,
    ) -> Result<Option<T>, SettingsError> {
        Ok(self.read(key, read)?.map(|read| read.value))
    }

    /// The tables within the table of this key, each with its name.
    pub(super) fn named_tables(&self, key: &str) -> Result<Vec<(&'a str, Sourced<Self>)>, SettingsError> {
        let Some(tables) = self.table(key)?.map(|tables| tables.value) else { return Ok(Vec::new()) };
        tables.entries().into_iter().map(|(name, raw)| Ok((name, tables.as_table(name, raw)?))).collect()
    }

    pub(super) fn table(&self, key: &str) -> Result<Option<Sourced<Self>>, SettingsError> {
        self.get(key).map(|raw| self.as_table(key, raw)).transpose()
    }

    /// Reads the value of a key as a table.
    pub(super) fn as_table(&self, key: &str, raw: Sourced<Raw<'a>>) -> Result<Sourced<Self>, SettingsError> {
        convert(key, raw, |raw| match raw.form {
            Form::Toml(DeValue::Table(entries)) => Ok(self.below(entries, self.name_below(key))),
            _ => Err(raw.wrong_type("a table")),
        })
    }

    /// The list of tables that a key contains; empty without the key.
    pub(super) fn tables(&self, key: &str) -> Result<Vec<Sourced<Self>>, SettingsError> {
        let tables = self.value(key, |raw| {
            let Form::Toml(DeValue::Array(items)) = raw.form else { return Err(raw.wrong_type("a list of tables")) };
            items.iter().map(|item| self.item(key, raw, item)).collect()
        })?;
        Ok(tables.unwrap_or_default())
    }

    fn item(&self, key: &str, list: Raw<'_>, item: &'a Spanned<DeValue<'a>>) -> Result<Sourced<Self>, ValueError> {
        match item.get_ref() {
            DeValue::Table(entries) => {
                let table = self.below(entries, format!("[{}]", self.name_below(key)));
                Ok(Sourced::new(table, self.source(line_of(self.text, item.span()))))
            }
            _ => Err(list.wrong_type("a list of tables")),
        }
    }

    fn below(&self, entries: &'a DeTable<'a>, name: String) -> Self {
        Self { entries, name, ..self.clone() }
    }

    fn name_below(&self, key: &str) -> String {
        match self.name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
            Some(name) => format!("[{name}.{key}]"),
            None => format!("[{key}]"),
        }
    }

    /// The fields that this table has as keys, by either name, each with the key as written. `others` are the keys that are not
    /// fields.
    pub(super) fn fields(
        &self,
        known: &[Field],
        others: &[&'static str],
    ) -> Result<Vec<FieldEntry<'a>>, SettingsError> {
        let mut found: Vec<FieldEntry<'_>> = Vec::new();
        for (name, raw) in self.entries().into_iter().filter(|(name, _)| !others.contains(name)) {
            let Some(field) = known.iter().copied().find(|field| name == field.key() || name == field.wire_name())
            else {
                let known: Vec<_> = known.iter().map(|field| field.key()).chain(others.iter().copied()).collect();
                return Err(self.unknown(name, raw.source, &known));
            };
            if found.iter().any(|(other, ..)| *other == field) {
                return Err(SettingsError::twice(raw.source, field.key(), field.wire_name()));
            }
            found.push((field, name, raw));
        }
        Ok(found)
    }

    /// Rejects the first key that is not among the known ones.
    pub(super) fn reject_unknown(&self, known: &[&'static str]) -> Result<(), SettingsError> {
        match self.entries().into_iter().find(|(key, _)| !known.contains(key)) {
            Some((key, raw)) => Err(self.unknown(key, raw.source, known)),
            None => Ok(()),
        }
    }

    fn unknown(&self, key: &str, place: Source, known: &[&'static str]) -> SettingsError {
        let table = &self.name;
        let hint = format!("the keys of {table} are {}", known.join(", "));
        SettingsError::unknown(place, ("key", key), &format!(" in {table}"), known.iter().copied(), hint)
    }
}
