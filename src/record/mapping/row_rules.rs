//! Which rows of an input are sent, by rules resolved against its header.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{RowSelection, SkipRule};
use crate::record::{FoldedSet, SkipReason};
use crate::source::Row;

#[derive(Debug, Clone, PartialEq)]
pub(in crate::record) struct RowRules {
    pub(super) no_answer: Option<FoldedSet>,
    pub(super) skips: Vec<SkipRule<usize>>,
    pub(in crate::record) selection: RowSelection<usize>,
    /// The rows of the sample; `None` until they are chosen.
    pub(super) sampled: Option<Arc<BTreeSet<u64>>>,
}

impl RowRules {
    /// Why a row with these cells is skipped, whatever its record is.
    pub(in crate::record) fn skip(&self, row: &Row) -> Option<SkipReason> {
        if let Some(rule) = self.skips.iter().find(|rule| rule.when.matches(row)) {
            return Some(SkipReason::Rule(Arc::clone(&rule.reason)));
        }
        let filter = self.selection.filters.iter().find(|filter| !filter.keep.matches(row))?;
        Some(SkipReason::Filtered(Arc::clone(&filter.text)))
    }

    /// Whether this score means that nobody answered.
    pub(in crate::record) fn is_no_answer(&self, score: &str) -> bool {
        self.no_answer.as_ref().is_some_and(|texts| texts.contains(score))
    }

    /// Why the row of this number is not selected by `--rows` or `--sample`.
    pub(in crate::record) fn not_selected(&self, row: u64) -> Option<SkipReason> {
        let ranges = &self.selection.rows;
        if !ranges.is_empty() && !ranges.iter().any(|range| range.contains(row)) {
            return Some(SkipReason::NotInRows);
        }
        let sampled = self.sampled.as_ref()?;
        (!sampled.contains(&row)).then_some(SkipReason::NotInSample)
    }

    /// The excluded run that sent the row to this bot, if one did.
    pub(in crate::record) fn sent_before(&self, row: u64, bot_id: Option<&str>) -> Option<SkipReason> {
        let sent = self.selection.excluded_runs.iter().find(|run| run.contains(row, bot_id))?;
        Some(SkipReason::SentBefore { run: sent.run })
    }
}
