//! Which rows are skipped, kept or duplicates. A rule has a [`Clause`] until the header is known, then a [`Condition`].

use std::sync::Arc;

use super::clause::Clause;
use super::condition::{Condition, Test};

/// Rows to skip, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct SkipRule<W = Clause> {
    /// A short name for `--include`, besides the reason.
    pub key: Option<String>,
    /// Counted, and stored in the ledger.
    pub reason: Arc<str>,
    pub when: W,
}

/// Keeps only the rows that meet a condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Filter {
    pub keep: Condition<usize>,
    /// The filter as written, and where. Filters that were merged are joined with "or".
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

impl<W> SkipRule<W> {
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
    /// Merges filters that list values of the same column: any of their values will do. A row must match all other filters.
    pub(super) fn merged(filters: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut merged: Vec<Self> = Vec::new();
        for filter in filters {
            if !merged.iter_mut().any(|other| other.merge(&filter)) {
                merged.push(filter);
            }
        }
        merged
    }

    fn merge(&mut self, filter: &Self) -> bool {
        let (own, other) = (&mut self.keep, &filter.keep);
        let (Test::OneOf { values, is: true }, Test::OneOf { values: more, is: true }) = (&mut own.test, &other.test)
        else {
            return false;
        };
        if own.column != other.column {
            return false;
        }
        *values = values.union(more);
        self.text = format!("{} or {}", self.text, filter.text).into();
        true
    }
}
