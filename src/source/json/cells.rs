//! One JSON object taken apart into cells.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// How deep objects in objects become columns; what is deeper stays JSON in a cell.
const DEEPEST: usize = 16;

/// How many keys without a column are remembered.
const OVERLOOKED: usize = 20;

/// The keys that were found, with the place of each.
#[derive(Default)]
pub(super) struct Columns {
    pub(super) names: Vec<String>,
    places: HashMap<String, usize>,
    /// Whether all of them are.
    pub(super) are_known: bool,
    /// Keys that the first objects don't have, and how often they were met.
    pub(super) overlooked: BTreeMap<String, u64>,
}

/// The cells of one object, in whatever order its keys have.
#[derive(Default)]
pub(super) struct Cells {
    text: String,
    /// Where in the text each column's cell is.
    places: Vec<(usize, usize)>,
    path: String,
}

impl Columns {
    /// The column of a key; `hint` is the one behind that of the key before. A key that has none gets one, or is
    /// remembered once the columns are known.
    fn of(&mut self, key: &str, hint: usize) -> Option<usize> {
        // Objects mostly have their keys in the same order.
        if self.names.get(hint).is_some_and(|name| name == key) {
            return Some(hint);
        }
        let found = self.places.get(key).copied();
        if found.is_some() {
            return found;
        }
        if self.are_known {
            self.overlook(key);
            return None;
        }
        self.names.push(key.to_owned());
        self.places.insert(key.to_owned(), self.names.len() - 1);
        Some(self.names.len() - 1)
    }

    fn overlook(&mut self, key: &str) {
        if let Some(met) = self.overlooked.get_mut(key) {
            *met += 1;
        } else if self.overlooked.len() < OVERLOOKED {
            self.overlooked.insert(key.to_owned(), 1);
        }
    }
}

impl Cells {
    /// The cells of the first columns, in the columns' order.
    pub(super) fn in_order(&self, columns: usize) -> impl Iterator<Item = &str> {
        (0..columns).map(|column| {
            let place = self.places.get(column).and_then(|&(start, end)| self.text.get(start..end));
            place.unwrap_or_default()
        })
    }
}

/// Takes an object apart into cells. Where it is none, the byte at which that is noticed, from 1.
pub(super) fn flatten(text: &str, cells: &mut Cells, columns: &mut Columns) -> Result<(), usize> {
    cells.text.clear();
    cells.places.clear();
    cells.path.clear();
    flatten_object(text, cells, columns, &mut 0, 1)
}

fn flatten_object(
    text: &str,
    cells: &mut Cells,
    columns: &mut Columns,
    hint: &mut usize,
    depth: usize,
) -> Result<(), usize> {
    let entries: Entries<'_> = serde_json::from_str(text).map_err(|error| byte_of(text, &error))?;
    let above = cells.path.len();
    for (key, value) in entries.0 {
        cells.path.push_str(&key);
        let json = value.get();
        if json.starts_with('{') && depth < DEEPEST {
            cells.path.push('.');
            flatten_object(json, cells, columns, hint, depth + 1)?;
        } else if let Some(column) = columns.of(&cells.path, *hint) {
            *hint = column + 1;
            let start = cells.text.len();
            cells.text.push_str(&as_cell(json).ok_or(1_usize)?);
            if cells.places.len() <= column {
                cells.places.resize(column + 1, (0, 0));
            }
            cells.places[column] = (start, cells.text.len());
        }
        cells.path.truncate(above);
    }
    Ok(())
}

/// A value as a cell: texts without their quotes, `null` as nothing, numbers and arrays exactly as they are written.
fn as_cell(json: &str) -> Option<Cow<'_, str>> {
    match json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(text) if !text.contains('\\') => Some(Cow::Borrowed(text)),
        Some(_) => serde_json::from_str(json).ok().map(Cow::Owned),
        None if json == "null" => Some(Cow::Borrowed("")),
        None => Some(Cow::Borrowed(json)),
    }
}

/// Where in the text an error is, in bytes from 1.
fn byte_of(text: &str, error: &serde_json::Error) -> usize {
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    (before + error.column()).max(1)
}

/// An object's keys and the text of its values, in order.
struct Entries<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some((Key(key), value)) = map.next_entry()? {
                    entries.push((key, value));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// A key, borrowed where it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}
