//! Rules that look at a row's cells. Each is generic over its column `C`: a name until the header is known, then an index.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::record::FoldedSet;
use crate::source::Row;
use crate::text::excerpt;

/// A column contains one of some values, or none of them. Case and surrounding blanks are ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition<C = String> {
    pub column: C,
    pub values: FoldedSet,
    /// Whether the cell must be one of the values, or must not.
    pub is: bool,
}

/// Rows to skip, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkipRule<C = String> {
    /// A short name for `--include`, besides the reason.
    pub key: Option<String>,
    /// Counted, and stored in the ledger.
    pub reason: Arc<str>,
    pub when: Condition<C>,
}

/// `Status=IP Address` or `Status!=Spam`: keeps only the rows that meet a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter<C = String> {
    pub keep: Condition<C>,
    /// The filter as written. Filters that were merged are joined with "or".
    pub text: Arc<str>,
}

/// What makes two rows duplicates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dedupe<C = String> {
    /// All fields are equal, as they would be sent.
    Record,
    /// The cells of these columns are equal.
    Columns(Vec<C>),
}

/// A filter without a column or without `=`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a filter; expected COLUMN=VALUE or COLUMN!=VALUE")]
pub struct FilterError(String);

impl<C> Condition<C> {
    /// The same condition for a column that was found; `None` if it was not.
    pub fn with_column<D>(&self, column: Option<D>) -> Option<Condition<D>> {
        Some(Condition { column: column?, values: self.values.clone(), is: self.is })
    }
}

impl Condition<usize> {
    pub(super) fn matches(&self, row: &Row) -> bool {
        self.values.contains(row.cell(self.column).unwrap_or_default()) == self.is
    }
}

impl<C> SkipRule<C> {
    /// Whether `--include` means this rule by `name`.
    pub fn is_named(&self, name: &str) -> bool {
        self.key.as_deref().is_some_and(|key| key.eq_ignore_ascii_case(name)) || self.reason.eq_ignore_ascii_case(name)
    }

    /// Its key, or its reason if it has none.
    pub fn name(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.reason)
    }
}

impl Filter {
    /// Merges filters with `=` for the same column: any of their values will do. A row must match all other filters.
    pub(super) fn merged(filters: &[Self]) -> Vec<Self> {
        let mut merged: Vec<Self> = Vec::new();
        for filter in filters {
            let fits = |other: &&mut Self| filter.keep.is && other.keep.is && other.keep.column == filter.keep.column;
            match merged.iter_mut().find(fits) {
                Some(other) => {
                    other.keep.values = other.keep.values.union(&filter.keep.values);
                    other.text = format!("{other} or {filter}").into();
                }
                None => merged.push(filter.clone()),
            }
        }
        merged
    }
}

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || FilterError(excerpt(text, 60));
        let (column, value) = text.split_once('=').ok_or_else(error)?;
        let (column, is) = column.strip_suffix('!').map_or((column, true), |column| (column, false));
        let (column, value) = (column.trim(), value.trim());
        if column.is_empty() {
            return Err(error());
        }
        let text = format!("{column}{}{value}", if is { "=" } else { "!=" }).into();
        Ok(Self { keep: Condition { column: column.to_owned(), values: FoldedSet::new([value]), is }, text })
    }
}

impl<C> fmt::Display for Filter<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Condition, Filter};
    use crate::record::FoldedSet;

    #[test]
    fn a_filter_is_a_column_and_a_value() {
        for (text, column, value, is) in [
            ("Status=IP Address", "Status", "IP Address", true),
            ("Status != Spam", "Status", "Spam", false),
            ("Note=a=b", "Note", "a=b", true),
            ("Note=", "Note", "", true),
        ] {
            let keep = Condition { column: column.to_owned(), values: FoldedSet::new([value]), is };
            assert_eq!(text.parse::<Filter>().map(|filter| filter.keep), Ok(keep), "{text}");
        }
        assert_eq!("Status != Spam ".parse::<Filter>().unwrap().to_string(), "Status!=Spam");
        for text in ["Status", "=x", "!=x", " = "] {
            assert!(text.parse::<Filter>().unwrap_err().to_string().contains("COLUMN=VALUE"), "{text}");
        }
    }
}
