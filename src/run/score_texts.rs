//! The texts that were found where a score is expected, as long as there are few, to suggest how to convert them.

use crate::record::{BoundedCounts, Conversion, Field, Problem, ProblemKind, suggest_conversion};

/// The most distinct values that count as few: a scale from 0 to 10 and one more.
pub(super) const FEW: usize = 12;

/// The texts of the first column with such texts.
#[derive(Debug, Clone)]
pub(crate) struct ScoreTexts {
    column: Option<String>,
    texts: BoundedCounts<u64>,
    number: u64,
}

impl Default for ScoreTexts {
    fn default() -> Self {
        Self { column: None, texts: BoundedCounts::new(FEW), number: 0 }
    }
}

impl ScoreTexts {
    pub(super) fn count(&mut self, problem: &Problem) {
        let is_text = matches!(problem.kind, ProblemKind::NotANumber | ProblemKind::SeparatorInNumber);
        if problem.field != Some(Field::Score) || !is_text {
            return;
        }
        let Some(column) = &problem.column else { return };
        if *self.column.get_or_insert_with(|| column.clone()) == *column {
            self.texts.count(&problem.value);
            self.number += 1;
        }
    }

    /// The column, and a conversion of its texts if there are few. Words in less than half of these rows are errors rather
    /// than scores.
    pub(crate) fn suggestion(&self, rows: u64) -> Option<(&str, Option<Conversion>)> {
        let texts: Vec<_> = self.texts.all_by_count().into_iter().map(|(text, _)| text).collect();
        let conversion = suggest_conversion(&texts);
        let are_numbers = conversion.as_ref().is_some_and(|conversion| conversion.values.is_empty());
        (are_numbers || self.number * 2 > rows).then_some((self.column.as_deref()?, conversion))
    }
}
