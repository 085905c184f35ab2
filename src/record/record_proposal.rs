//! Proposes a record of its own for each of several columns that look like scores.

use std::collections::BTreeMap;

use super::mapping::{FieldSource, FieldSpec, MatchedBy, RecordOption, RecordSpec};
use super::proposal::is_named_like_score;
use super::{Conversion, FeedbackType, Field, Proposal, Proposed, fold};
use crate::text::excerpt;

/// How much of a header becomes the name of its survey.
const MAX_NAME: usize = 120;

/// A record with the score of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordProposal {
    score: String,
    /// The fields that differ from record to record; without a value if the user has to give it.
    values: Vec<(Field, Option<String>)>,
}

/// The records of an input that has several columns with names of scores; none if the score is known. `has_scores` are the
/// headers of the columns whose values look like scores.
pub(crate) fn propose_records<'a>(
    proposals: &[Proposal],
    has_scores: impl Iterator<Item = &'a str>,
) -> Vec<RecordProposal> {
    let state = |field| proposals.iter().find(|proposal| proposal.field == field).map(|proposal| &proposal.state);
    let scores: Vec<&str> = has_scores.filter(|header| is_named_like_score(header)).collect();
    let is_known = !matches!(state(Field::Score), Some(Proposed::Open { .. } | Proposed::Guess { .. }));
    if scores.len() < 2 || is_known {
        return Vec::new();
    }
    let is_open = |field: &Field| matches!(state(*field), Some(Proposed::Open { .. }));
    let record = |score: &&str| {
        let value = |field| match field {
            Field::Type => named_type(score).map(|of| of.wire_name().to_owned()),
            _ => Some(excerpt(score, MAX_NAME)),
        };
        let fields = [Field::Type, Field::Name].into_iter().filter(is_open);
        RecordProposal { score: (*score).to_owned(), values: fields.map(|field| (field, value(field))).collect() }
    };
    scores.iter().map(record).collect()
}

/// The type that a header names. It is never guessed from the numbers.
fn named_type(header: &str) -> Option<FeedbackType> {
    let words: Vec<String> = header.split(|c: char| !c.is_alphanumeric()).map(fold).collect();
    let is_named = |of: &FeedbackType| words.iter().any(|word| *word == fold(of.wire_name()));
    let mut named = FeedbackType::ALL.into_iter().filter(is_named);
    named.next().filter(|_| named.next().is_none())
}

impl RecordProposal {
    /// As it would be typed, with `…` for what the user has to give.
    pub(crate) fn option(&self) -> RecordOption {
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "…".to_owned());
        RecordOption::of_score(&self.score, self.values.iter().map(|(field, value)| (*field, text(value))))
    }

    pub(crate) fn spec(&self) -> RecordSpec {
        let spec = |source: Option<FieldSource<String>>| FieldSpec {
            needed: source.is_none().then(|| "NPS, CSAT or THUMB".into()),
            source,
            conversion: Conversion::default(),
            by: MatchedBy::RecordProposed,
        };
        let score = (Field::Score, spec(Some(FieldSource::Column(self.score.clone()))));
        let value = |(field, value): &(Field, Option<String>)| (*field, spec(value.clone().map(FieldSource::Constant)));
        let fields: BTreeMap<_, _> = self.values.iter().map(value).chain([score]).collect();
        RecordSpec { fields, no_answer: None }
    }
}

#[cfg(test)]
mod tests {
    use super::{named_type, propose_records};
    use crate::record::{FeedbackType, MappingOptions, propose};

    #[test]
    fn several_scores_are_records() {
        let options = |header: &str, rules: &MappingOptions| -> Vec<String> {
            let headers: Vec<String> = header.split('|').map(str::to_owned).collect();
            let proposals = propose(&headers, rules, &|_| true);
            let has_scores = headers.iter().map(String::as_str).filter(|header| !header.contains("id"));
            propose_records(&proposals, has_scores).iter().map(|one| one.option().to_string()).collect()
        };
        let plain = MappingOptions::default();
        assert_eq!(
            options("Email|Q1_NPS|Rating, overall|Comment", &plain),
            ["type=NPS,name=Q1_NPS,score=Q1_NPS", "type=…,name=\"Rating, overall\",score=\"Rating, overall\""]
        );
        assert!(options("Email|Q1_NPS|Comment", &plain).is_empty());
        assert!(options("Email|Q1_NPS|NPS id", &plain).is_empty());
        let set = vec![(super::Field::Type, "NPS".to_owned())];
        let named = options("Survey|Q1_NPS|Q2_NPS", &MappingOptions { set, ..MappingOptions::default() });
        assert_eq!(named, ["score=Q1_NPS", "score=Q2_NPS"]);
    }

    #[test]
    fn a_type_is_named_by_a_word() {
        for (header, of) in [
            ("Q1_NPS", Some(FeedbackType::Nps)),
            ("CSAT (1-5)", Some(FeedbackType::Csat)),
            ("Snps rating", None),
            ("NPS or CSAT", None),
        ] {
            assert_eq!(named_type(header), of, "{header}");
        }
    }
}
