//! Which rows of an input are sent: the rules of a mapping, and what the command line selects: ranges, a sample, filters, each
//! record once, and none that a run has sent.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::clause::Clause;
use super::condition::Condition;
use super::rules::Filter;
use super::{Dedupe, SkipRule};
use crate::numbering::Numbering;
use crate::record::{ProblemKind, SkipReason};
use crate::source::Row;
use crate::text::excerpt;

#[derive(Debug, Clone, PartialEq)]
pub(in crate::record) struct RowRules {
    pub(super) skips: Vec<SkipRule<Condition<usize>>>,
    pub(in crate::record) selection: RowSelection<usize, Filter>,
    /// The rows of the sample; `None` until they are chosen.
    pub(super) sampled: Option<Arc<BTreeSet<u64>>>,
}

impl RowRules {
    /// Why a row with these cells is skipped, whatever its record is.
    ///
    /// # Errors
    /// The first cell that cannot be compared, and why, if nothing else skips the row.
    pub(in crate::record) fn skip(&self, row: &Row) -> Result<Option<SkipReason>, (usize, ProblemKind)> {
        let by_rule = |rule: &SkipRule<Condition<usize>>| {
            Ok(rule.when.matches(row)?.then(|| SkipReason::Rule(Arc::clone(&rule.reason))))
        };
        let by_filter =
            |filter: &Filter| Ok((!filter.keep.matches(row)?).then(|| SkipReason::Filtered(Arc::clone(&filter.text))));
        let mut failed = None;
        for found in self.skips.iter().map(by_rule).chain(self.selection.filters.iter().map(by_filter)) {
            match found {
                Ok(None) => {}
                Ok(reason) => return Ok(reason),
                Err(problem) => failed = failed.or(Some(problem)),
            }
        }
        failed.map_or(Ok(None), Err)
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

    /// The excluded run that sent this part of a row to this bot, if one did.
    pub(in crate::record) fn sent_before(
        &self,
        part: (Numbering, u64, u32),
        bot_id: Option<&str>,
    ) -> Option<SkipReason> {
        let sent = self.selection.excluded_runs.iter().find(|run| run.contains(part, bot_id))?;
        Some(SkipReason::SentBefore { run: sent.run })
    }
}

/// The rows to send. `C` is a column, and `F` a filter: names until the header is known, then indices.
#[derive(Debug, Clone, PartialEq)]
pub struct RowSelection<C = String, F = Clause> {
    /// All must keep a row. Those that list values of the same column are alternatives.
    pub filters: Vec<F>,
    /// Rows by number; empty for all.
    pub rows: Vec<RowRange>,
    /// How many rows to choose at random, always the same ones for the same input.
    pub sample: Option<u64>,
    /// Which rows are duplicates; only the first of them is sent.
    pub dedupe: Option<Dedupe<C>>,
    /// Rows that these runs sent are skipped.
    pub excluded_runs: Vec<ExcludedRun>,
    /// The columns that identify an answer; empty if its record does.
    pub key: Vec<C>,
}

/// The records that an earlier run has sent or may have sent, by bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcludedRun {
    pub run: i64,
    /// The bot of rows that name none.
    bot_id: Option<String>,
    numbering: Numbering,
    /// The numbers of each bot's records, in order and without overlap. Shared, because every bot has its own reader.
    sent: Arc<BTreeMap<String, Vec<RowRange>>>,
}

impl<C, F> Default for RowSelection<C, F> {
    fn default() -> Self {
        Self {
            filters: Vec::new(),
            rows: Vec::new(),
            sample: None,
            dedupe: None,
            excluded_runs: Vec::new(),
            key: Vec::new(),
        }
    }
}

impl ExcludedRun {
    /// A run that has sent nothing yet. `bot_id` is the bot of rows that name none.
    pub fn new(run: i64, numbering: Numbering, bot_id: Option<String>) -> Self {
        Self { run, bot_id, numbering, sent: Arc::default() }
    }

    /// Adds the number of a record that was sent to this bot. Records must come in order.
    pub fn add(&mut self, bot_id: &str, number: u64) {
        let sent = Arc::make_mut(&mut self.sent).entry(bot_id.to_owned()).or_default();
        match sent.last_mut() {
            Some(range) if range.last.saturating_add(1) == number => range.last = number,
            _ => sent.push(RowRange { first: number, last: number }),
        }
    }

    /// Whether this part of a row was sent to the bot it goes to now. If the run made another number of records of each row,
    /// it is unknown which of them this was, so any record of the row counts.
    pub fn contains(&self, (numbering, row, part): (Numbering, u64, u32), bot_id: Option<&str>) -> bool {
        let Some(sent) = bot_id.or(self.bot_id.as_deref()).and_then(|bot_id| self.sent.get(bot_id)) else {
            return false;
        };
        let number = numbering.number(row, part);
        let (first, last) = if numbering == self.numbering { (number, number) } else { self.numbering.numbers_of(row) };
        let behind = sent.partition_point(|range| range.first <= last);
        behind.checked_sub(1).is_some_and(|at| sent[at].last >= first)
    }
}

/// `1000-2000`, `1000-`, `-2000` or `7`: row numbers from 1, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowRange {
    pub first: u64,
    pub last: u64,
}

/// Text that is no range of rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a range of rows; expected 1000-2000, 1000-, -2000 or 7 (the first row below the header is 1)")]
pub struct RowRangeError(String);

impl RowRange {
    pub fn contains(self, row: u64) -> bool {
        (self.first..=self.last).contains(&row)
    }
}

impl FromStr for RowRange {
    type Err = RowRangeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || RowRangeError(excerpt(text, 40));
        let number = |part: &str, open: u64| match part.trim() {
            "" => Ok(open),
            digits => digits.parse::<u64>().map_err(|_| error()),
        };
        let range = match text.split_once('-') {
            Some((first, last)) if first.trim().is_empty() && last.trim().is_empty() => return Err(error()),
            Some((first, last)) => Self { first: number(first, 1)?, last: number(last, u64::MAX)? },
            None => number(text, 0).map(|row| Self { first: row, last: row })?,
        };
        if range.first == 0 || range.last < range.first { Err(error()) } else { Ok(range) }
    }
}

impl fmt::Display for RowRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self { first, last: u64::MAX } => write!(f, "{first}-"),
            Self { first, last } if first == last => write!(f, "{first}"),
            Self { first, last } => write!(f, "{first}-{last}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ExcludedRun, RowRange};
    use crate::numbering::Numbering;

    #[test]
    fn rows_of_a_run_are_kept_as_ranges() {
        let mut run = ExcludedRun::new(3, Numbering::SINGLE, Some("st-1".to_owned()));
        [1, 2, 3, 7, 9, 10].into_iter().for_each(|row| run.add("st-1", row));
        run.add("st-2", 4);
        let ranges: Vec<_> = run.sent["st-1"].iter().map(ToString::to_string).collect();
        assert_eq!(ranges, ["1-3", "7", "9-10"]);
        let held = |bot: Option<&str>| {
            (1..12).filter(|row| run.contains((Numbering::SINGLE, *row, 0), bot)).collect::<Vec<u64>>()
        };
        assert_eq!(held(None), [1, 2, 3, 7, 9, 10]);
        assert_eq!((held(Some("st-2")), held(Some("st-3"))), (vec![4], vec![]));
        assert!(!ExcludedRun::new(3, Numbering::SINGLE, None).contains((Numbering::SINGLE, 1, 0), None));
    }

    #[test]
    fn records_are_excluded_one_by_one() {
        let (numbering, other) = (Numbering::new(2), Numbering::new(3));
        let mut run = ExcludedRun::new(3, numbering, Some("st-1".to_owned()));
        run.add("st-1", numbering.number(7, 2));
        let held = |numbering, row| [1, 2].map(|part| run.contains((numbering, row, part), None));
        assert_eq!(held(numbering, 7), [false, true]);
        // Which records another number of them are is unknown.
        assert_eq!([held(other, 6), held(other, 7), held(other, 8)], [[false; 2], [true; 2], [false; 2]]);
    }

    #[test]
    fn either_end_of_a_range_may_be_open() {
        for (text, first, last) in
            [("1000-2000", 1000, 2000), ("5-", 5, u64::MAX), ("-5", 1, 5), ("7", 7, 7), (" 1 - 2 ", 1, 2)]
        {
            assert_eq!(text.parse::<RowRange>(), Ok(RowRange { first, last }), "{text}");
        }
        for text in ["", "-", "0", "0-5", "5-4", "a-b", "1-2-3", "-0", "1.5"] {
            assert!(text.parse::<RowRange>().is_err(), "{text}");
        }
        assert_eq!(["5-9", "5-", "7"].map(|text| text.parse::<RowRange>().unwrap().to_string()), ["5-9", "5-", "7"]);
    }
}
