//! What to do about a column of texts where scores are expected.

use crate::record::{Conversion, Field, MappingSpec, Proposal, Proposed, Score, suggest_conversion};
use crate::run::ColumnStats;
use crate::settings::score_rule;
use crate::text::quoted;

/// What to do about a column whose texts are not scores. `conversion` is how they could be converted.
pub(super) fn score_hint(column: &str, conversion: Option<&Conversion>) -> String {
    let shown = quoted(column, 40);
    match conversion {
        Some(conversion) if conversion.values.is_empty() => format!(
            "column {shown} contains text around its numbers: write `{}` under [fields] or [[records]] in a mapping (`inspect FILE \
             --write-mapping NEW` writes one)",
            score_rule(column, conversion)
        ),
        Some(conversion) => format!(
            "column {shown} contains words, not scores: write `{}` under [fields] or [[records]] in a mapping, with a score in place of \
             each … (`inspect FILE --write-mapping NEW` writes one)",
            score_rule(column, conversion)
        ),
        None => format!(
            "column {shown} contains texts, not scores: take scores from another column with --map score=COLUMN, or \
             convert them in a mapping with values, number, decimal or scale"
        ),
    }
}

/// The score's column, and how its texts could become scores. `None` if there are many different ones, if most are numbers, or
/// if the spec converts them.
pub(super) fn suggested_score(
    columns: &[ColumnStats],
    spec: &MappingSpec,
    proposals: &[Proposal],
) -> Option<(String, Conversion)> {
    let header = match &proposals.iter().find(|proposal| proposal.field == Field::Score)?.state {
        Proposed::Known(matched) => &matched.columns().first()?.header,
        Proposed::Guess { header } => header,
        Proposed::Open { .. } | Proposed::PerRecord | Proposed::Wrong(_) => return None,
    };
    if spec.fields.get(&Field::Score).is_some_and(|spec| !spec.conversion.is_identity()) {
        return None;
    }
    let column = columns.iter().find(|column| column.header == *header)?;
    let is_answer = |text: &str| !spec.no_answer.as_ref().is_some_and(|words| words.contains(text));
    let answers = column.few_values().into_iter().filter(|(text, _)| is_answer(text));
    Some((header.clone(), suggestion(answers.collect())?))
}

/// A suggestion for these texts, each with the number of its rows.
fn suggestion(answers: Vec<(&str, u64)>) -> Option<Conversion> {
    let (numbers, texts): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(text, _)| Score::parse(text).is_ok());
    let rows = |answers: &[(&str, u64)]| answers.iter().map(|(_, rows)| rows).sum::<u64>();
    let are_most = rows(&texts) > rows(&numbers);
    let conversion = suggest_conversion(&texts.into_iter().map(|(text, _)| text).collect::<Vec<_>>())?;
    // A few words among numbers are errors rather than scores.
    (are_most || conversion.values.is_empty()).then_some(conversion)
}
