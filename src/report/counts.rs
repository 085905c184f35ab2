//! The rows of a run by outcome.

use serde::Serialize;

use crate::ledger::Counts;
use crate::text::grouped;

/// The JSON keys of [`Counts`], in the documented order.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct CountsView {
    pub rows: u64,
    pub saved: u64,
    pub rejected: u64,
    pub invalid: u64,
    pub skipped: u64,
    pub unsent: u64,
    /// While the run is in progress, this includes requests in flight.
    pub in_doubt: u64,
}

impl From<Counts> for CountsView {
    fn from(counts: Counts) -> Self {
        let Counts { rows, saved, rejected, invalid, skipped, unsent, in_doubt } = counts;
        Self { rows, saved, rejected, invalid, skipped, unsent, in_doubt }
    }
}

impl CountsView {
    /// A line for each outcome.
    pub(super) fn outcome_lines(&self) -> impl Iterator<Item = String> {
        let outcomes = [
            ("saved", self.saved),
            ("rejected", self.rejected),
            ("invalid", self.invalid),
            ("skipped", self.skipped),
            ("unsent", self.unsent),
            ("in doubt", self.in_doubt),
        ];
        outcomes.into_iter().map(|(outcome, rows)| count_line(outcome, rows))
    }
}

pub(super) fn count_line(label: &str, count: u64) -> String {
    format!("  {label:<9} {:>9}", grouped(count))
}
