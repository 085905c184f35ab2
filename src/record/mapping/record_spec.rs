//! One of several records of a row, as a mapping file and the command line say it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::Assignment;
use super::spec::{AssignmentError, FieldSource, FieldSpec, MatchedBy};
use crate::error::Advice;
use crate::record::{Conversion, Field, FoldedSet};
use crate::text::excerpt;

/// The most records that can be made of a row.
pub(crate) const MAX_RECORDS: usize = 50;

/// What differs from the fields that all records share.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RecordSpec {
    pub fields: BTreeMap<Field, FieldSpec>,
    /// Replaces the shared texts.
    pub no_answer: Option<FoldedSet>,
}

impl RecordSpec {
    /// The record's number and, if it is known, its name.
    pub fn in_words(&self, number: usize) -> String {
        let name = self.fields.get(&Field::Name).and_then(|spec| spec.source.as_ref());
        match name {
            Some(FieldSource::Constant(name)) => format!("{number} ({})", excerpt(name, 40)),
            _ => number.to_string(),
        }
    }
}

/// `type=NPS,name=Relationship,score=Q1`: a record as `--record` takes it. The respondent and the score are columns, all
/// other fields are values; `column:` and `value:` say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordOption(Vec<(Field, Origin)>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    is_column: bool,
    /// Whether `column:` or `value:` was given.
    is_explicit: bool,
    text: String,
}

const COLUMN: &str = "column:";
const VALUE: &str = "value:";

/// Text that is no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordOptionError {
    #[error(transparent)]
    Assignment(#[from] AssignmentError),
    #[error("{0} is given twice")]
    Twice(Field),
    #[error("unclosed quote in {0:?}")]
    Unclosed(String),
}

impl FromStr for RecordOption {
    type Err = RecordOptionError;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        let parts = split(given).ok_or_else(|| RecordOptionError::Unclosed(excerpt(given, 80)))?;
        let mut origins: Vec<(Field, Origin)> = Vec::new();
        for part in parts {
            let Assignment { field, text } = part.parse()?;
            if origins.iter().any(|(other, _)| *other == field) {
                return Err(RecordOptionError::Twice(field));
            }
            origins.push((field, Origin::new(field, text)));
        }
        Ok(Self(origins))
    }
}

/// Splits at commas, except between double quotes. A quote counts as such at the start of a part or right after its `=`, and
/// is doubled inside quotes. `None` if a quote is not closed.
fn split(text: &str) -> Option<Vec<String>> {
    let (mut parts, mut part, mut is_quoted, mut was_quoted) = (Vec::new(), String::new(), false, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let may_open = !was_quoted && (part.is_empty() || part.find('=') == Some(part.len() - 1));
        match c {
            '"' if is_quoted && chars.next_if_eq(&'"').is_some() => part.push('"'),
            '"' if is_quoted => is_quoted = false,
            '"' if may_open => (is_quoted, was_quoted) = (true, true),
            ',' if !is_quoted => {
                parts.push(std::mem::take(&mut part));
                was_quoted = false;
            }
            c => part.push(c),
        }
    }
    parts.push(part);
    (!is_quoted).then_some(parts)
}

impl Origin {
    fn new(field: Field, text: String) -> Self {
        let explicit = |prefix: &str| text.strip_prefix(prefix).map(str::to_owned);
        match (explicit(COLUMN), explicit(VALUE)) {
            (Some(text), _) => Self { is_column: true, is_explicit: true, text },
            (None, Some(text)) => Self { is_column: false, is_explicit: true, text },
            (None, None) => Self { is_column: is_usually_column(field), is_explicit: false, text },
        }
    }
}

/// Respondents and scores differ from row to row; the other fields are the survey's.
const fn is_usually_column(field: Field) -> bool {
    matches!(field, Field::ChannelUid | Field::Score)
}

impl RecordOption {
    /// A record with the score of this column, a value for each of these fields, and `…` for the type if that is unknown.
    pub fn of_score(column: &str, values: impl IntoIterator<Item = (Field, String)>) -> Self {
        let value = |(field, text)| (field, Origin { is_column: false, is_explicit: false, text });
        let score = Origin { is_column: true, is_explicit: false, text: column.to_owned() };
        Self(values.into_iter().map(value).chain([(Field::Score, score)]).collect())
    }

    pub fn spec(&self) -> RecordSpec {
        let fields = self.0.iter().map(|(field, origin)| (*field, origin.spec())).collect();
        RecordSpec { fields, no_answer: None }
    }
}

impl Origin {
    fn spec(&self) -> FieldSpec {
        let text = self.text.clone();
        FieldSpec {
            source: Some(if self.is_column { FieldSource::Column(text) } else { FieldSource::Constant(text) }),
            conversion: Conversion::default(),
            needed: None,
            by: if self.is_explicit { MatchedBy::RecordExplicitly } else { MatchedBy::Record },
        }
    }
}

impl fmt::Display for RecordOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (field, origin)) in self.0.iter().enumerate() {
            let is_usual = origin.is_column == is_usually_column(*field);
            let is_ambiguous = origin.text.starts_with(COLUMN) || origin.text.starts_with(VALUE);
            let prefix = match (is_usual && !origin.is_explicit && !is_ambiguous, origin.is_column) {
                (true, _) => "",
                (false, true) => COLUMN,
                (false, false) => VALUE,
            };
            let text = format!("{prefix}{}", origin.text);
            let separator = if place > 0 { "," } else { "" };
            match text.contains([',', '"']) {
                true => write!(f, "{separator}{field}=\"{}\"", text.replace('"', "\"\""))?,
                false => write!(f, "{separator}{field}={text}")?,
            }
        }
        Ok(())
    }
}

impl Advice for RecordOptionError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Assignment(error) => error.hint(),
            Self::Twice(_) => None,
            Self::Unclosed(_) => Some("close the quote; inside quotes, double it (\"\")".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    use super::{Origin, RecordOption, RecordOptionError};
    use crate::record::{Field, FieldSource};

    fn parsed(text: &str) -> Vec<(Field, FieldSource<String>)> {
        let spec = text.parse::<RecordOption>().unwrap().spec();
        spec.fields.into_iter().map(|(field, spec)| (field, spec.source.unwrap())).collect()
    }

    #[test]
    fn scores_are_columns_and_names_values() {
        let column = |text: &str| FieldSource::Column(text.to_owned());
        let value = |text: &str| FieldSource::Constant(text.to_owned());
        for (text, expected) in [
            ("type=NPS,score=Q1", vec![(Field::Score, column("Q1")), (Field::Type, value("NPS"))]),
            ("score=\"Q1, overall\",name=A", vec![(Field::Name, value("A")), (Field::Score, column("Q1, overall"))]),
            ("\"score=Q1, overall\"", vec![(Field::Score, column("Q1, overall"))]),
            ("name=\"say \"\"hi\"\"\"", vec![(Field::Name, value("say \"hi\""))]),
            ("name=5\" screen", vec![(Field::Name, value("5\" screen"))]),
            ("name=column:Survey,score=value:5", vec![(Field::Name, column("Survey")), (Field::Score, value("5"))]),
            ("message=a=b", vec![(Field::Message, value("a=b"))]),
        ] {
            assert_eq!(parsed(text), expected, "{text}");
        }
    }

    #[test]
    fn a_wrong_record_says_why() {
        let error = |text: &str| text.parse::<RecordOption>().unwrap_err();
        assert_eq!(error("score=a,score=b"), RecordOptionError::Twice(Field::Score));
        assert!(matches!(error("name=\"a"), RecordOptionError::Unclosed(_)));
        assert!(error("score=a,b").to_string().contains("no ="), "{}", error("score=a,b"));
        assert!(error("scroe=a").to_string().contains("did you mean \"score\""));
    }

    proptest! {
        #[test]
        fn any_record_reads_back_as_written(
            origins in prop::collection::btree_map(0..8_usize, (any::<bool>(), any::<bool>(), any::<String>()), 1..5),
        ) {
            let origin = |(field, (is_column, is_explicit, text)): (usize, (bool, bool, String))| {
                (Field::ROW[field], Origin { is_column, is_explicit, text })
            };
            let record = RecordOption(origins.into_iter().map(origin).collect());
            let again: RecordOption = record.to_string().parse().unwrap();
            prop_assert_eq!(again.to_string(), record.to_string());
            let sources = |record: &RecordOption| {
                record.spec().fields.into_iter().map(|(field, spec)| (field, spec.source)).collect::<Vec<_>>()
            };
            prop_assert_eq!(sources(&again), sources(&record));
        }
    }
}
