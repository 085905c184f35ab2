//! One row after the other: mapped, validated, judged.

use super::made::Made;
use super::mapping::{FieldSource, Mapping};
use super::seen::{Duplicates, Seen, Twins};
use super::validate::{check_value, validate};
use super::{Feedback, Field, Problem, ProblemKind, ScoreRule, SkipReason};
use crate::source::{Row, RowError};

/// The `_outcome` of a failure report's row that may have been saved.
const IN_DOUBT: &str = "in doubt";

/// Judges the rows of one input, in their order. Judging a valid row allocates nothing, unless a template or the memory of
/// what has been seen is asked for.
#[derive(Debug, Clone)]
pub struct Checker {
    mapping: Mapping,
    rule: ScoreRule,
    /// The column of a failure report's outcomes, when rows in doubt there are left alone.
    outcomes: Option<usize>,
    made: Made,
    twins: Twins,
}

/// What a row turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Judged<'a> {
    /// A record that can be sent.
    Valid(Feedback<'a>),
    /// A row that can't, and why; at least one reason.
    Invalid(Vec<Problem>),
    /// A row that isn't meant to be sent.
    Skipped(SkipReason),
}

impl Checker {
    /// A checker for the rows of the input that the mapping was made for. `include_in_doubt` takes the rows that a failure
    /// report calls in doubt for rows like others.
    pub fn new(mapping: Mapping, rule: ScoreRule, include_in_doubt: bool) -> Self {
        // `_outcome` is the second of the columns that a report adds.
        let outcomes = (mapping.is_failure_report() && !include_in_doubt).then(|| mapping.own_columns() + 1);
        Self { mapping, rule, outcomes, made: Made::default(), twins: Twins::Sought(Seen::default()) }
    }

    /// The same for an input that has been judged before, and has these duplicates: then the rows may be judged in any
    /// order, and some of them not at all.
    #[must_use]
    pub fn knowing(self, duplicates: Duplicates) -> Self {
        Self { twins: Twins::Known(duplicates), ..self }
    }

    /// The mapping that rows are read by.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// What the row is. A blank row is blank however many cells it has.
    pub fn check<'a>(&'a mut self, row: &'a Row) -> Judged<'a> {
        let unpicked = self.mapping.rows().unpicked(row.number);
        if unpicked.is_some() && self.mapping.rows().dedupe().is_none() {
            return unpicked.map_or(Judged::Skipped(SkipReason::Blank), Judged::Skipped);
        }
        let judged = self.judge(row);
        match unpicked {
            Some(reason) => Judged::Skipped(reason),
            None => judged,
        }
    }

    fn judge<'a>(&'a mut self, row: &'a Row) -> Judged<'a> {
        let own = self.mapping.own_columns();
        if row.cells().take(own).all(|cell| cell.trim_start().is_empty()) {
            return Judged::Skipped(SkipReason::Blank);
        }
        if let Some(fault) = row.error {
            return Judged::Invalid(vec![self.faulty(row, fault)]);
        }
        if self.outcomes.and_then(|column| row.cell(column)).is_some_and(|outcome| outcome.trim() == IN_DOUBT) {
            return Judged::Skipped(SkipReason::InDoubtBefore);
        }
        if let Some(reason) = self.mapping.rows().skip(row) {
            return Judged::Skipped(reason);
        }
        let inexact = self.inexact(row);
        if !inexact.is_empty() {
            return Judged::Invalid(inexact);
        }
        self.made.render(&self.mapping, row);
        if self.is_no_answer(row) {
            return Judged::Skipped(SkipReason::NoAnswer);
        }
        self.made.convert(&self.mapping, row);
        let Self { mapping, rule, made, twins, .. } = self;
        let texts = Field::ALL.map(|field| made.text(mapping, row, field));
        // Blanks around an id that addresses something are never meant.
        let written = mapping.names_bots().then(|| made.text(mapping, row, Field::BotId));
        let bot = written.map(str::trim);
        let wrong_bot =
            written.and_then(|bot| check_value(Field::BotId, bot.trim()).or_else(|| unmapped(mapping, bot)));
        match validate(texts, *rule) {
            Ok(feedback) if made.failed.is_empty() && wrong_bot.is_none() => {
                match twins.first_alike(mapping, row, texts, bot) {
                    Some(first) => Judged::Skipped(SkipReason::Duplicate { of: Some(first) }),
                    None => match mapping.rows().sent_before(row.number, bot.or(mapping.bot_of_all())) {
                        Some(reason) => Judged::Skipped(reason),
                        None => Judged::Valid(feedback.for_bot(bot)),
                    },
                }
            }
            judged => {
                let mut findings = judged.err().unwrap_or_default();
                findings.extend(wrong_bot.map(|kind| (Field::BotId, kind)));
                Judged::Invalid(made.problems(mapping, row, findings))
            }
        }
    }

    /// The numbers that the workbook has lost digits of, where something is made of them.
    fn inexact(&self, row: &Row) -> Vec<Problem> {
        let used = row.inexact.iter().filter(|column| self.mapping.uses(**column));
        used.map(|column| self.in_column(row, *column, ProblemKind::InexactNumber)).collect()
    }

    /// Only what comes from the row can be the lack of an answer.
    fn is_no_answer(&self, row: &Row) -> bool {
        let is_constant = matches!(self.mapping.source(Field::Score), Some(FieldSource::Constant { .. }));
        !is_constant && self.mapping.rows().is_no_answer(self.made.given(&self.mapping, row, Field::Score))
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

    /// A problem with a column, whichever field comes from it.
    fn in_column(&self, row: &Row, column: usize, kind: ProblemKind) -> Problem {
        let field = self.mapping.fields().find(|(_, source)| source.column() == Some(column)).map(|(field, _)| field);
        let header = self.mapping.headers().get(column).cloned();
        Problem::new(header, field, row.cell(column).unwrap_or_default(), kind)
    }
}

/// Where values are mapped to bots, what stands for none of them would be sent to a bot of that name.
fn unmapped(mapping: &Mapping, bot: &str) -> Option<ProblemKind> {
    let values = &mapping.conversion(Field::BotId)?.values;
    let is_meant = || values.means(bot) || values.means(bot.trim());
    (!values.is_empty() && !is_meant()).then_some(ProblemKind::UnmappedBot)
}

#[cfg(test)]
mod tests;
