//! Flattening a JSON object into cells.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::entries::Entries;

/// How deep nested objects become columns; deeper ones stay JSON in a cell.
const MAX_DEPTH: usize = 16;

/// How many keys without a column to remember.
const MAX_IGNORED: usize = 20;

const UNSET: (usize, usize) = (usize::MAX, usize::MAX);

/// The keys found so far.
#[derive(Default)]
pub(super) struct Columns {
    pub(super) names: Vec<String>,
    indexes: HashMap<String, usize>,
    /// Whether new keys are ignored rather than added.
    pub(super) is_complete: bool,
    /// Keys that the first objects do not have, and how often they occurred.
    pub(super) ignored: BTreeMap<String, u64>,
}

/// Flattens one object after the other, reusing its memory.
#[derive(Default)]
pub(super) struct Flattener {
    pub(super) columns: Columns,
    text: String,
    /// Where each column's cell is in the text; [`UNSET`] if the object does not have its key.
    spans: Vec<(usize, usize)>,
    /// The first column whose key the last object has twice.
    pub(super) repeated: Option<usize>,
    /// The path of the current key, such as `person.name`.
    path: String,
    /// The column after that of the previous key: objects usually have their keys in the same order.
    expected: usize,
}

impl Columns {
    /// Returns a key's column; adds it unless the columns are complete.
    fn index_of(&mut self, key: &str, expected: usize) -> Option<usize> {
        if self.names.get(expected).is_some_and(|name| name == key) {
            return Some(expected);
        }
        if let Some(&index) = self.indexes.get(key) {
            return Some(index);
        }
        if self.is_complete {
            self.ignore(key);
            return None;
        }
        let index = self.names.len();
        self.names.push(key.to_owned());
        self.indexes.insert(key.to_owned(), index);
        Some(index)
    }

    fn ignore(&mut self, key: &str) {
        if let Some(count) = self.ignored.get_mut(key) {
            *count += 1;
        } else if self.ignored.len() < MAX_IGNORED {
            self.ignored.insert(key.to_owned(), 1);
        }
    }
}

impl Flattener {
    /// The cells of the last object, one for each column.
    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.columns.names.len()).map(|column| {
            let span = self.spans.get(column).and_then(|&(start, end)| self.text.get(start..end));
            span.unwrap_or_default()
        })
    }

    /// Flattens an object. If the text is not one, returns the byte where parsing failed, from 1.
    pub(super) fn flatten(&mut self, text: &str) -> Result<(), usize> {
        self.text.clear();
        self.spans.clear();
        self.path.clear();
        self.expected = 0;
        self.repeated = None;
        self.flatten_nested(text, 1)
    }

    fn flatten_nested(&mut self, text: &str, depth: usize) -> Result<(), usize> {
        let entries: Entries<Key<'_>, &RawValue> = serde_json::from_str(text).map_err(|error| byte_of(text, &error))?;
        let parent = self.path.len();
        for (Key(key), value) in entries.0 {
            self.path.push_str(&key);
            let json = value.get();
            if json.starts_with('{') && depth < MAX_DEPTH {
                self.path.push('.');
                self.flatten_nested(json, depth + 1).map_err(|byte| offset_in(text, json) + byte)?;
            } else if let Some(column) = self.columns.index_of(&self.path, self.expected) {
                self.set_cell(column, &as_cell(json).ok_or_else(|| offset_in(text, json) + 1)?);
            }
            self.path.truncate(parent);
        }
        Ok(())
    }

    fn set_cell(&mut self, column: usize, cell: &str) {
        let start = self.text.len();
        self.text.push_str(cell);
        if self.spans.len() <= column {
            self.spans.resize(column + 1, UNSET);
        }
        if self.spans[column] != UNSET {
            self.repeated.get_or_insert(column);
        }
        self.spans[column] = (start, self.text.len());
        self.expected = column + 1;
    }
}

/// A value as a cell: strings without quotes, `null` as nothing, numbers and arrays exactly as written.
fn as_cell(json: &str) -> Option<Cow<'_, str>> {
    match json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(text) if !text.contains('\\') => Some(Cow::Borrowed(text)),
        Some(_) => serde_json::from_str(json).ok().map(Cow::Owned),
        None if json == "null" => Some(Cow::Borrowed("")),
        None => Some(Cow::Borrowed(json)),
    }
}

/// Where a part of the text starts, in bytes from 0.
fn offset_in(text: &str, part: &str) -> usize {
    part.as_ptr().addr().saturating_sub(text.as_ptr().addr())
}

/// The position of an error in the text, in bytes from 1.
fn byte_of(text: &str, error: &serde_json::Error) -> usize {
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    (before + error.column()).max(1)
}

/// A key, borrowed unless it has escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);
