//! Turns one row after the other into a record: mapped, converted, validated.

use super::dedupe::{Deduplicator, Duplicates, SeenRecords};
use super::derived::Derived;
use super::mapping::{FieldSource, ResolvedMapping, report_columns};
use super::validate::{check_value, validate};
use super::{Feedback, Field, Problem, ProblemKind, ScoreRule, SkipReason};
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
    derived: Derived,
    deduplicator: Deduplicator,
}

/// A row after all checks.
#[derive(Debug, Clone, PartialEq)]
pub enum CheckedRow<'a> {
    /// A record to send.
    Valid(Feedback<'a>),
    /// At least one problem.
    Invalid(Vec<Problem>),
    /// A row that is not meant to be sent.
    Skipped(SkipReason),
}

impl Checker {
    /// A checker for the input whose header the mapping was resolved against. `include_in_doubt` sends the rows that a
    /// failure report calls in doubt like all others.
    pub fn new(mapping: ResolvedMapping, rule: ScoreRule, include_in_doubt: bool) -> Self {
        let outcome_column = report_columns::position(mapping.headers(), report_columns::OUTCOME);
        let outcome_column = outcome_column.filter(|_| !include_in_doubt);
        let deduplicator = Deduplicator::Detect(SeenRecords::default());
        Self { mapping, rule, outcome_column, derived: Derived::default(), deduplicator }
    }

    /// For an input that was checked before and has these duplicates. Rows may then come in any order and be left out.
    #[must_use]
    pub fn with_duplicates(self, duplicates: Duplicates) -> Self {
        Self { deduplicator: Deduplicator::Known(duplicates), ..self }
    }

    /// Checks a row. With `--dedupe`, rows that are not selected are checked too: a selected row may duplicate one of them.
    pub fn check<'a>(&'a mut self, row: &'a Row) -> CheckedRow<'a> {
        match self.mapping.rows.not_selected(row.number) {
            None => self.check_record(row),
            Some(reason) => {
                if self.mapping.rows.selection.dedupe.is_some() {
                    self.check_record(row);
                }
                CheckedRow::Skipped(reason)
            }
        }
    }

    fn check_record<'a>(&'a mut self, row: &'a Row) -> CheckedRow<'a> {
        if let Some(unusable) = self.unusable(row) {
            return unusable;
        }
        self.derived.render(&self.mapping, row);
        if self.is_no_answer(row) {
            return CheckedRow::Skipped(SkipReason::NoAnswer);
        }
        self.derived.convert(&self.mapping, row);
        let Self { mapping, rule, derived, deduplicator, .. } = self;
        // A value map may have blanks around its bots.
        let bot = mapping.names_bots().then(|| trimmed(derived.text(mapping, row, Field::BotId)));
        let bot_problem = bot.and_then(|bot| check_value(Field::BotId, bot).or_else(|| unmapped(mapping, bot)));
        match validate(derived.texts(mapping, row), derived.score, *rule) {
            Ok(record) if !derived.has_failed() && bot_problem.is_none() => {
                let record = record.for_bot(bot);
                if let Some(first) = deduplicator.duplicate_of(mapping, (row, 0), &record) {
                    return CheckedRow::Skipped(SkipReason::Duplicate { of: Some(first) });
                }
                let sent_before =
                    mapping.rows.sent_before((mapping.numbering(), row.number, 0), bot.or(mapping.constant_bot()));
                sent_before.map_or(CheckedRow::Valid(record), CheckedRow::Skipped)
            }
            checked => {
                let mut findings = checked.err().unwrap_or_default();
                findings.extend(bot_problem.map(|kind| (Field::BotId, kind)));
                CheckedRow::Invalid(derived.problems(mapping, row, findings))
            }
        }
    }

    /// What can be said of a row before its fields are derived. A blank row is blank, however many cells it has.
    fn unusable(&self, row: &Row) -> Option<CheckedRow<'static>> {
        if row.cells().take(self.mapping.input_columns()).all(|cell| trimmed(cell).is_empty()) {
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
        let inexact = self.inexact(row);
        (!inexact.is_empty()).then_some(CheckedRow::Invalid(inexact))
    }

    /// The cells whose last digits the workbook has lost, as far as a field uses them.
    fn inexact(&self, row: &Row) -> Vec<Problem> {
        let used = row.inexact.iter().filter(|column| self.mapping.uses(**column));
        used.map(|column| self.in_column(row, *column, ProblemKind::InexactNumber)).collect()
    }

    /// A constant score is an answer, whatever `--no-answer` says.
    fn is_no_answer(&self, row: &Row) -> bool {
        let source = self.mapping.source(Field::Score).map(|matched| &matched.source);
        !matches!(source, Some(FieldSource::Constant(_)))
            && self.mapping.rows.is_no_answer(self.derived.original(&self.mapping, row, Field::Score))
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
            RowError::NotUtf8 { column } => (column, ProblemKind::NotUtf8),
            RowError::Undecodable { column, .. } => (column, ProblemKind::Undecodable),
        };
        self.in_column(row, column, kind)
    }

    fn in_column(&self, row: &Row, column: usize, kind: ProblemKind) -> Problem {
        let field = self.mapping.field_of(column);
        let header = self.mapping.headers().get(column).cloned();
        Problem::new(header, field, row.cell(column).unwrap_or_default(), kind)
    }
}

/// If the mapping translates values to bots, a value it does not know must not be sent to a bot of that name.
fn unmapped(mapping: &ResolvedMapping, bot: &str) -> Option<ProblemKind> {
    let values = &mapping.conversion(Field::BotId)?.values;
    (!values.is_empty() && !values.has_meaning(bot)).then_some(ProblemKind::UnmappedBot)
}

#[cfg(test)]
mod tests;
