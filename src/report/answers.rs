//! How the answers about a run's saved rows deviate from the contract and from what was sent.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ledger::Deviations;
use crate::text::counted;

/// The number of saved rows for each field, as JSON and in words.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct AnswersView {
    /// Fields that the server saved with another value than was sent.
    changed_fields: BTreeMap<&'static str, u64>,
    /// Fields that the contract requires in an answer.
    missing_fields: BTreeMap<&'static str, u64>,
}

impl AnswersView {
    pub(crate) fn new(deviations: &[(Deviations, u64)]) -> Self {
        let mut view = Self::default();
        for (deviations, rows) in deviations {
            for field in deviations.changed() {
                *view.changed_fields.entry(field).or_default() += rows;
            }
            for field in deviations.missing() {
                *view.missing_fields.entry(field).or_default() += rows;
            }
        }
        view
    }

    /// `None` if all answers were as documented.
    pub(crate) fn in_words(&self) -> Option<String> {
        let fields = |fields: &BTreeMap<_, _>, what: &str| {
            let fields: Vec<_> =
                fields.iter().map(|(field, rows)| format!("{field} in {}", counted(*rows, "row"))).collect();
            (!fields.is_empty()).then(|| format!("{what}: {}", fields.join(", ")))
        };
        let both = [
            fields(&self.changed_fields, "changed by the server"),
            fields(&self.missing_fields, "missing from its responses"),
        ];
        let both: Vec<_> = both.into_iter().flatten().collect();
        (!both.is_empty()).then(|| both.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::{AnswersView, Deviations};

    #[test]
    fn rows_are_counted_for_each_field() {
        let mut one = Deviations::default();
        one.add_changed("name");
        let mut two = one;
        two.add_missing("orgId");
        two.add_changed("channel");
        let view = AnswersView::new(&[(one, 3), (two, 1)]);
        let words =
            "changed by the server: channel in 1 row, name in 4 rows; missing from its responses: orgId in 1 row";
        assert_eq!(view.in_words().unwrap(), words);
        assert_eq!(AnswersView::default().in_words(), None);
    }
}
