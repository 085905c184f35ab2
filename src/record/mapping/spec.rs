//! How an export's rows become records, as a preset, a mapping file, the config and the command line say it before any header
//! is known.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::{Clause, RecordSpec, RowSelection, SkipRule};
use crate::error::{Advice, did_you_mean, nearest};
use crate::record::{Conversion, Field, FoldedSet, Template};
use crate::source::Row;
use crate::text::{excerpt, trimmed};

/// Where each field comes from, how it is converted, and which rows are skipped.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MappingSpec {
    /// A field listed here is never matched to a column by its name alone.
    pub fields: BTreeMap<Field, FieldSpec>,
    /// Texts in place of a score that mean that nobody answered; such rows are skipped. With `None`, an empty score is
    /// an error.
    pub no_answer: Option<FoldedSet>,
    pub skip: Vec<SkipRule>,
    /// Only rows that meet all of these are sent. Those that list values of the same column are alternatives.
    pub filters: Vec<Clause>,
    /// The skip rules not to apply, by key or reason.
    pub include: Vec<String>,
    /// The records that are made of each row; empty for one record of the fields above.
    pub records: Vec<RecordSpec>,
}

/// What a spec says about one field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldSpec {
    /// `None` when the command line or the profile has to say it.
    pub source: Option<FieldSource<String>>,
    /// Applies to columns and templates; constants are sent as written.
    pub conversion: Conversion,
    /// What the user has to provide, for the message when nobody has.
    pub needed: Option<Arc<str>>,
    /// Who wrote the spec: a mapping or a preset.
    pub by: MatchedBy,
}

impl MappingSpec {
    /// Merges this spec over `base`: fields, `no_answer` and records of this one win, skip rules and includes add up.
    #[must_use]
    pub fn over(self, base: Self) -> Self {
        let mut fields = base.fields;
        fields.extend(self.fields);
        Self {
            fields,
            no_answer: self.no_answer.or(base.no_answer),
            skip: base.skip.into_iter().chain(self.skip).collect(),
            filters: base.filters.into_iter().chain(self.filters).collect(),
            include: base.include.into_iter().chain(self.include).collect(),
            records: if self.records.is_empty() { base.records } else { self.records },
        }
    }

    /// The skip rules that `include` does not disable.
    pub fn active_skips(&self) -> impl Iterator<Item = &SkipRule> {
        self.skip.iter().filter(|rule| !self.include.iter().any(|name| rule.is_named(name)))
    }
}

/// Where a field's text comes from. A column `C` is a name in a spec, and a [`Column`] once it was found in a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldSource<C = Column> {
    /// The cell of one column.
    Column(C),
    /// The first cell of these columns that is not blank.
    FirstOf(Vec<C>),
    /// The same text for every row.
    Constant(String),
    /// Text put together from several columns.
    Template(Template),
}

impl FieldSource<String> {
    /// The same as if every column were the first: what is said about it depends on the headers only.
    pub fn unresolved(&self) -> FieldSource {
        let column = |header: &String| Column { index: 0, header: header.clone() };
        match self {
            Self::Column(header) => FieldSource::Column(column(header)),
            Self::FirstOf(headers) => FieldSource::FirstOf(headers.iter().map(column).collect()),
            Self::Constant(value) => FieldSource::Constant(value.clone()),
            Self::Template(template) => FieldSource::Template(template.clone()),
        }
    }
}

/// A column of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its position, from 0.
    pub index: usize,
    pub header: String,
}

/// A field's source and what matched it to the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchedSource {
    pub source: FieldSource,
    pub matched_by: MatchedBy,
}

/// What decided where a field's text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
pub enum MatchedBy {
    #[strum(to_string = "--map")]
    Map,
    #[strum(to_string = "--set")]
    Set,
    #[strum(to_string = "--record")]
    Record,
    /// With `column:` or `value:`.
    #[strum(to_string = "--record")]
    RecordExplicitly,
    #[strum(to_string = "a guess by name")]
    RecordProposed,
    #[strum(to_string = "the mapping")]
    Mapping,
    #[strum(to_string = "the preset")]
    Preset,
    #[strum(to_string = "the profile's columns")]
    ProfileColumns,
    #[strum(to_string = "the profile's defaults")]
    ProfileDefaults,
    /// The header is the field's name.
    #[strum(to_string = "exact name")]
    ExactName,
    /// The header is the field's name except for case, `_`, `-` and spaces.
    #[strum(to_string = "similar name")]
    SimilarName,
}

impl MatchedSource {
    pub fn constant(value: String, matched_by: MatchedBy) -> Self {
        Self { source: FieldSource::Constant(value), matched_by }
    }

    /// The columns that it is, one or several.
    pub fn columns(&self) -> &[Column] {
        match &self.source {
            FieldSource::Column(column) => std::slice::from_ref(column),
            FieldSource::FirstOf(columns) => columns,
            FieldSource::Constant(_) | FieldSource::Template(_) => &[],
        }
    }

    /// The column that the row's text comes from, if it comes from one: the first that is not blank, or else the first.
    pub(in crate::record) fn column_in(&self, row: &Row) -> Option<&Column> {
        let is_blank = |column: &&Column| trimmed(row.cell(column.index).unwrap_or_default()).is_empty();
        match self.columns() {
            [only] => Some(only),
            columns => columns.iter().find(|column| !is_blank(column)).or(columns.first()),
        }
    }
}

/// Everything a header is resolved against. A field's source is decided in this order: `map` and `set`, `spec`, `columns`,
/// a header that is the field's name, `defaults`. The spec's conversion of a field also applies to a column from `map`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MappingOptions {
    /// `--map field=column`.
    pub map: Vec<(Field, String)>,
    /// `--set field=value`.
    pub set: Vec<(Field, String)>,
    /// The mapping over the preset.
    pub spec: MappingSpec,
    /// The rows to send.
    pub selection: RowSelection,
    /// The profile's `columns`.
    pub columns: BTreeMap<Field, String>,
    /// The profile's `defaults`.
    pub defaults: BTreeMap<Field, String>,
}

/// `field=text`, as `--map` and `--set` take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub field: Field,
    /// Everything after the first `=`, unchanged.
    pub text: String,
}

/// Text that assigns nothing to a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssignmentError {
    #[error("{0:?} contains no =; expected FIELD=TEXT")]
    NoEquals(String),
    #[error("{given:?} is not a field{}; the fields are {}", did_you_mean(*nearest), Field::ROW.map(Field::key).join(", "))]
    NoField { given: String, nearest: Option<&'static str> },
}

impl FromStr for Assignment {
    type Err = AssignmentError;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        let (name, text) = given.split_once('=').ok_or_else(|| AssignmentError::NoEquals(excerpt(given, 60)))?;
        let no_field = || AssignmentError::NoField {
            given: excerpt(name, 40),
            nearest: nearest(name.trim(), Field::ROW.map(Field::key)),
        };
        let field = Field::from_name(name).ok_or_else(no_field)?;
        Ok(Self { field, text: text.to_owned() })
    }
}

impl fmt::Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.field, self.text)
    }
}

impl Advice for AssignmentError {}

#[cfg(test)]
mod tests {
    use super::{Assignment, AssignmentError};
    use crate::record::Field;

    #[test]
    fn an_assignment_splits_at_the_first_equals_sign() {
        for (given, field, text) in [
            ("channel_uid=Kundennummer", Field::ChannelUid, "Kundennummer"),
            ("channelUId= E-Mail ", Field::ChannelUid, " E-Mail "),
            ("message=a=b", Field::Message, "a=b"),
            ("message=", Field::Message, ""),
        ] {
            assert_eq!(given.parse(), Ok(Assignment { field, text: text.into() }));
        }
    }

    #[test]
    fn a_wrong_assignment_says_why() {
        let error = "score".parse::<Assignment>().unwrap_err();
        assert!(matches!(error, AssignmentError::NoEquals(_)), "{error}");
        let error = "scroe=Q1".parse::<Assignment>().unwrap_err();
        let fields = "the fields are channel_uid, name, score, channel, type, language, message, bot_id";
        assert_eq!(error.to_string(), format!("\"scroe\" is not a field; did you mean \"score\"?; {fields}"));
        assert_eq!("q=1".parse::<Assignment>().unwrap_err().to_string(), format!("\"q\" is not a field; {fields}"));
    }
}
