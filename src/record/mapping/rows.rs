//! Which rows of an input are sent, by rules made for its header.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::selection::{Except, RowRange};
use crate::record::{SkipReason, Words};
use crate::source::Row;

/// The rules for rows, each with the columns it looks at.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::record) struct RowRules {
    pub(super) no_answer: Option<Words>,
    pub(super) skips: Vec<Skip>,
    pub(super) filters: Vec<ColumnFilter>,
    pub(super) dedupe: Option<Dedupe>,
    pub(super) rows: Vec<RowRange>,
    pub(super) sample: Option<Sample>,
    pub(super) except: Vec<Except>,
}

/// A skip rule and its column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Skip {
    pub(super) column: usize,
    pub(super) values: Words,
    pub(super) when_is: bool,
    pub(super) reason: Arc<str>,
}

/// What a row must have in a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ColumnFilter {
    pub(super) column: usize,
    pub(super) values: Words,
    pub(super) is: bool,
    /// As it was written.
    pub(super) written: Arc<str>,
}

/// What makes two rows the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::record) enum Dedupe {
    Record,
    Columns(Vec<usize>),
}

/// Some rows chosen at random.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sample {
    pub(super) size: u64,
    /// Which; `None` until they are chosen.
    pub(super) rows: Option<Arc<BTreeSet<u64>>>,
}

impl RowRules {
    /// Why a row with these cells is left out, whatever its record is.
    pub(in crate::record) fn skip(&self, row: &Row) -> Option<SkipReason> {
        let has = |column: usize, values: &Words| values.contain(row.cell(column).unwrap_or_default());
        let skip = self.skips.iter().find(|skip| has(skip.column, &skip.values) == skip.when_is);
        if let Some(skip) = skip {
            return Some(SkipReason::Rule(Arc::clone(&skip.reason)));
        }
        let filter = self.filters.iter().find(|filter| has(filter.column, &filter.values) != filter.is);
        filter.map(|filter| SkipReason::Filtered(Arc::clone(&filter.written)))
    }

    /// Whether the text stands where a score would when nobody answered.
    pub(in crate::record) fn is_no_answer(&self, text: &str) -> bool {
        self.no_answer.as_ref().is_some_and(|words| words.contain(text))
    }

    /// Why the row of this number isn't one of those asked for.
    pub(in crate::record) fn unpicked(&self, row: u64) -> Option<SkipReason> {
        if !self.rows.is_empty() && !self.rows.iter().any(|range| range.contains(row)) {
            return Some(SkipReason::NotInRows);
        }
        let chosen = self.sample.as_ref().and_then(|sample| sample.rows.as_ref())?;
        (!chosen.contains(&row)).then_some(SkipReason::NotInSample)
    }

    /// The earlier run that has sent the row to this bot, if one has.
    pub(in crate::record) fn sent_before(&self, row: u64, bot_id: Option<&str>) -> Option<SkipReason> {
        let except = self.except.iter().find(|except| except.contains(row, bot_id))?;
        Some(SkipReason::SentBefore { run: except.run })
    }

    pub(in crate::record) fn dedupe(&self) -> Option<&Dedupe> {
        self.dedupe.as_ref()
    }
}
