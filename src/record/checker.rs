//! Turns one row after the other into records: mapped, converted, validated.

use super::dedupe::{Deduplicator, Duplicates, SeenRecords};
use super::derived::Derived;
use super::mapping::{RecordMapping, ResolvedMapping, report_columns};
use super::validate::{check_value, validate};
use super::{Feedback, Field, Problem, ProblemKind, ScoreRule, SkipReason};
use crate::numbering::Numbering;
use crate::source::{Row, RowError};
use crate::text::trimmed;

/// The `_outcome` in a failure report of a row that may have been saved.
const IN_DOUBT: &str = "in doubt";

/// Checks the rows of one input in order. Checking a valid row allocates nothing, except for templates and for the memory of
/// `--dedupe`.
#[derive(Debug, Clone)]
pub struct Checker {
    mapping: ResolvedMapping,
    rule: ScoreRule,
    /// The column of a failure report's outcomes, if rows in doubt are to be skipped.
    outcome_column: Option<usize>,
    /// The column of a failure report that says which record of the row is meant.
    record_column: Option<usize>,
    numbering: Numbering,
    input_columns: usize,
    names_bots: bool,
    derived: Derived,
    deduplicator: Deduplicator,
    /// The row that was looked at last, and whether records are made of it.
    latest: (u64, bool),
}

/// A record, or a row as a whole, after all checks.
#[derive(Debug, Clone, PartialEq)]
pub enum CheckedRow<'a> {
    /// A record to send.
    Valid(Feedback<'a>),
    /// At least one problem.
    Invalid(Vec<Problem>),
    /// Not meant to be sent.
    Skipped(SkipReason),
}

impl Checker {
    /// A checker for the input whose header the mapping was resolved against. `include_in_doubt` sends the rows that a
    /// failure report calls in doubt like all others.
    pub fn new(mapping: ResolvedMapping, rule: ScoreRule, include_in_doubt: bool) -> Self {
        let column = |name| report_columns::position(mapping.headers(), name);
        Self {
            outcome_column: column(report_columns::OUTCOME).filter(|_| !include_in_doubt),
            record_column: column(report_columns::RECORD),
            numbering: mapping.numbering(),
            input_columns: mapping.input_columns(),
            names_bots: mapping.names_bots(),
            rule,
            derived: Derived::default(),
            deduplicator: Deduplicator::Detect(SeenRecords::default()),
            latest: (0, false),
            mapping,
        }
    }

    /// For an input that was checked before and has these duplicates. Rows may then come in any order and be left out.
    #[must_use]
    pub fn with_duplicates(self, duplicates: Duplicates) -> Self {
        Self { deduplicator: Deduplicator::Known(duplicates), ..self }
    }

    /// The hash of the key columns for a part of a row: of their texts in the order of the options, so that a renamed column changes nothing.
    /// `None` without `--key`, and if all are blank: such a row is identified by its record. Ledgers store it.
    pub(crate) fn key(&self, row: &Row, part: u32) -> Option<i64> {
        let cells =
            || self.mapping.rows.selection.key.iter().map(|column| trimmed(row.cell(*column).unwrap_or_default()));
        if cells().all(str::is_empty) {
            return None;
        }
        let mut hasher = blake3::Hasher::new();
        for cell in cells() {
            hasher.update(&(cell.len() as u64).to_le_bytes()).update(cell.as_bytes());
        }
        // A row's first record has the key that it has alone.
        if part > 1 {
            hasher.update(&part.to_le_bytes());
        }
        let mut hash = [0; 8];
        hasher.finalize_xof().fill(&mut hash);
        Some(i64::from_le_bytes(hash))
    }

    /// Whether the row is one in doubt of a failure report, which is only checked because it may be sent a second time. The ledger
    /// may know more by now.
    pub(crate) fn is_resent(&self, row: &Row) -> bool {
        let column = report_columns::position(self.mapping.headers(), report_columns::OUTCOME);
        column.and_then(|column| row.cell(column)).is_some_and(|outcome| outcome.trim() == IN_DOUBT)
    }

    /// Checks a part of a row. `None` if nothing is to be said about it: rows make a record for each score
    /// that is answered, and part 0 of a row that makes several is only for what concerns the row as a whole.
    ///
    /// With `--dedupe`, rows that are not selected are checked too: a selected row may duplicate one of them.
    #[inline]
    pub fn check<'a>(&'a mut self, row: &'a Row, part: u32) -> Option<CheckedRow<'a>> {
        let Some(reason) = self.mapping.rows.not_selected(row.number) else { return self.check_part(row, part) };
        if self.mapping.rows.selection.dedupe.is_some() {
            self.check_part(row, part);
        }
        (part == 0).then_some(CheckedRow::Skipped(reason))
    }

    #[inline]
    fn check_part<'a>(&'a mut self, row: &'a Row, part: u32) -> Option<CheckedRow<'a>> {
        if !self.numbering.is_multiple() {
            if let Some(unusable) = self.unusable(row) {
                return Some(unusable);
            }
            return Some(self.check_record(row, 0).unwrap_or(CheckedRow::Skipped(SkipReason::NoAnswer)));
        }
        if part == 0 {
            return self.check_whole(row);
        }
        if self.latest.0 != row.number {
            self.check_whole(row);
        }
        if self.latest.1 && self.is_wanted(row, part) { self.check_record(row, part) } else { None }
    }

    /// Checks a row that makes several records as far as it concerns all of them.
    fn check_whole(&mut self, row: &Row) -> Option<CheckedRow<'static>> {
        let found = self.unusable(row).or_else(|| self.wrong_record(row)).or_else(|| {
            let is_answered =
                (1..self.numbering.parts().end).any(|part| self.is_wanted(row, part) && self.is_answered(row, part));
            (!is_answered).then_some(CheckedRow::Skipped(SkipReason::NoAnswer))
        });
        self.latest = (row.number, found.is_none());
        found
    }

    /// A line of a failure report that names a record that the mapping does not have.
    fn wrong_record(&self, row: &Row) -> Option<CheckedRow<'static>> {
        let column = self.record_column?;
        let is_known = (1..self.numbering.parts().end).any(|part| self.is_wanted(row, part));
        (!is_known).then(|| CheckedRow::Invalid(vec![self.in_column(row, column, ProblemKind::NoSuchRecord)]))
    }

    /// Whether this record of the row is meant: all of them, unless a failure report names one.
    fn is_wanted(&self, row: &Row, part: u32) -> bool {
        let named = self.record_column.and_then(|column| row.cell(column)).map(trimmed).unwrap_or_default();
        named.is_empty() || named.parse() == Ok(part)
    }

    /// Renders the record's templates to see whether its score is answered.
    fn is_answered(&mut self, row: &Row, part: u32) -> bool {
        let record = record_of(&self.mapping, part);
        self.derived.render(record, row);
        !record.is_no_answer(|| self.derived.original(record, row, Field::Score))
    }

    /// Checks one record of a row; `None` if its score is not answered.
    #[inline]
    fn check_record<'a>(&'a mut self, row: &'a Row, part: u32) -> Option<CheckedRow<'a>> {
        if !self.is_answered(row, part) {
            return None;
        }
        let Self { mapping, rule, derived, deduplicator, names_bots, numbering, .. } = self;
        let record = record_of(mapping, part);
        let inexact = inexact(mapping, record, row);
        if !inexact.is_empty() {
            return Some(CheckedRow::Invalid(inexact));
        }
        derived.convert(record, row);
        // A value map may have blanks around its bots.
        let bot = names_bots.then(|| trimmed(derived.text(record, row, Field::BotId)));
        let bot_problem = bot.and_then(|bot| check_value(Field::BotId, bot).or_else(|| unmapped(record, bot)));
        Some(match validate(derived.texts(record, row), derived.score, *rule) {
            Ok(feedback) if !derived.has_failed() && bot_problem.is_none() => {
                let feedback = feedback.for_bot(bot);
                if let Some(first) = deduplicator.duplicate_of(mapping, (row, part), &feedback) {
                    return Some(CheckedRow::Skipped(SkipReason::Duplicate { of: Some(first) }));
                }
                let bot = bot.or(mapping.constant_bot());
                let sent_before = mapping.rows.sent_before((*numbering, row.number, part), bot);
                sent_before.map_or(CheckedRow::Valid(feedback), CheckedRow::Skipped)
            }
            checked => {
                let mut findings = checked.err().unwrap_or_default();
                findings.extend(bot_problem.map(|kind| (Field::BotId, kind)));
                CheckedRow::Invalid(derived.problems(record, row, findings))
            }
        })
    }

    /// What can be said of a row before its fields are derived. A blank row is blank, however many cells it has.
    #[inline]
    fn unusable(&self, row: &Row) -> Option<CheckedRow<'static>> {
        if row.cells().take(self.input_columns).all(|cell| trimmed(cell).is_empty()) {
            return Some(CheckedRow::Skipped(SkipReason::Blank));
        }
        if let Some(fault) = row.error {
            return Some(CheckedRow::Invalid(vec![self.faulty(row, fault)]));
        }
        let outcome = self.outcome_column.and_then(|column| row.cell(column));
        if outcome.is_some_and(|outcome| outcome.trim() == IN_DOUBT) {
            return Some(CheckedRow::Skipped(SkipReason::InDoubtBefore));
        }
        match self.mapping.rows.skip(row) {
            Ok(None) => {}
            Ok(Some(reason)) => return Some(CheckedRow::Skipped(reason)),
            Err((column, kind)) => return Some(CheckedRow::Invalid(vec![self.in_column(row, column, kind)])),
        }
        None
    }

    fn faulty(&self, row: &Row, fault: RowError) -> Problem {
        let (column, kind) = match fault {
            RowError::Ragged { found, expected } => {
                let kind = if found < expected { ProblemKind::TooFewCells } else { ProblemKind::TooManyCells };
                return Problem::new(None, None, &format!("{found} instead of {expected}"), kind);
            }
            RowError::NotAnObject { .. } => {
                return Problem::new(None, None, row.cell(0).unwrap_or_default(), ProblemKind::NotAnObject);
            }
            RowError::RepeatedKey { column } => (column, ProblemKind::RepeatedKey),
            RowError::NotUtf8 { column } => (column, ProblemKind::NotUtf8),
            RowError::Undecodable { column, .. } => (column, ProblemKind::Undecodable),
        };
        self.in_column(row, column, kind)
    }

    fn in_column(&self, row: &Row, column: usize, kind: ProblemKind) -> Problem {
        problem_in_column(&self.mapping, row, column, kind)
    }
}

/// The record that a part of a row stands for.
fn record_of(mapping: &ResolvedMapping, part: u32) -> &RecordMapping {
    &mapping.records()[(part as usize).saturating_sub(1)]
}

/// The cells whose last digits the workbook has lost, as far as a field of the record uses them.
fn inexact(mapping: &ResolvedMapping, record: &RecordMapping, row: &Row) -> Vec<Problem> {
    let used = row.inexact.iter().filter(|column| record.uses(**column));
    used.map(|column| problem_in_column(mapping, row, *column, ProblemKind::InexactNumber)).collect()
}

fn problem_in_column(mapping: &ResolvedMapping, row: &Row, column: usize, kind: ProblemKind) -> Problem {
    let field = mapping.records().iter().find_map(|record| record.field_of(column));
    let header = mapping.headers().get(column).cloned();
    Problem::new(header, field, row.cell(column).unwrap_or_default(), kind)
}

/// If the mapping translates values to bots, a value it does not know must not be sent to a bot of that name.
fn unmapped(record: &RecordMapping, bot: &str) -> Option<ProblemKind> {
    let values = &record.conversion(Field::BotId)?.values;
    (!values.is_empty() && !values.has_meaning(bot)).then_some(ProblemKind::UnmappedBot)
}

#[cfg(test)]
mod tests;
