//! Which rows the command line selects: ranges, a sample, filters, each record once, and none that a run has sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Dedupe, Filter, RowRange};

/// The rows to send. `C` is a column: a name until the header is known, then an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowSelection<C = String> {
    /// All must keep a row. Those with `=` for the same column are alternatives.
    pub filters: Vec<Filter<C>>,
    /// Rows by number; empty for all.
    pub rows: Vec<RowRange>,
    /// How many rows to choose at random, always the same ones for the same input.
    pub sample: Option<u64>,
    /// Which rows are duplicates; only the first of them is sent.
    pub dedupe: Option<Dedupe<C>>,
    /// Rows that these runs sent are skipped.
    pub excluded_runs: Vec<ExcludedRun>,
}

/// The rows that an earlier run has sent or may have sent, by bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcludedRun {
    pub run: i64,
    /// The bot of rows that name none.
    bot_id: Option<String>,
    /// Each bot's rows, in order and without overlap. Shared, because every bot has its own reader.
    sent: Arc<BTreeMap<String, Vec<RowRange>>>,
}

impl<C> Default for RowSelection<C> {
    fn default() -> Self {
        Self { filters: Vec::new(), rows: Vec::new(), sample: None, dedupe: None, excluded_runs: Vec::new() }
    }
}

impl ExcludedRun {
    /// A run that has sent nothing yet. `bot_id` is the bot of rows that name none.
    pub fn new(run: i64, bot_id: Option<String>) -> Self {
        Self { run, bot_id, sent: Arc::default() }
    }

    /// Adds a row that was sent to this bot. Rows must come in order.
    pub fn add(&mut self, bot_id: &str, row: u64) {
        let rows = Arc::make_mut(&mut self.sent).entry(bot_id.to_owned()).or_default();
        match rows.last_mut() {
            Some(range) if range.last.saturating_add(1) == row => range.last = row,
            _ => rows.push(RowRange { first: row, last: row }),
        }
    }

    /// Whether the row was sent to the bot it goes to now.
    pub fn contains(&self, row: u64, bot_id: Option<&str>) -> bool {
        let Some(rows) = bot_id.or(self.bot_id.as_deref()).and_then(|bot_id| self.sent.get(bot_id)) else {
            return false;
        };
        let behind = rows.partition_point(|range| range.first <= row);
        behind.checked_sub(1).is_some_and(|at| rows[at].contains(row))
    }
}

#[cfg(test)]
mod tests {
    use super::ExcludedRun;

    #[test]
    fn rows_of_a_run_are_kept_as_ranges() {
        let mut run = ExcludedRun::new(3, Some("st-1".to_owned()));
        [1, 2, 3, 7, 9, 10].into_iter().for_each(|row| run.add("st-1", row));
        run.add("st-2", 4);
        let ranges: Vec<_> = run.sent["st-1"].iter().map(ToString::to_string).collect();
        assert_eq!(ranges, ["1-3", "7", "9-10"]);
        let held = |bot: Option<&str>| (0..12).filter(|row| run.contains(*row, bot)).collect::<Vec<u64>>();
        assert_eq!(held(None), [1, 2, 3, 7, 9, 10]);
        assert_eq!((held(Some("st-2")), held(Some("st-3"))), (vec![4], vec![]));
        assert!(!ExcludedRun::new(3, None).contains(1, None));
    }
}
