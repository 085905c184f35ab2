//! Which column, or which constant, is which field.

mod error;
mod resolve;
mod rules;

use std::fmt::{self, Write};

use super::Field;

pub use error::{MappingError, MappingProblem};
pub use rules::{Assignment, AssignmentError, MappingRules};

/// The columns that a failure report adds behind the input's own. An input that ends with them is such a report.
pub const REPORT_COLUMNS: [&str; 4] = ["_row", "_outcome", "_status", "_error"];

/// Where each of the seven fields comes from, for one header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// In the order of [`Field::ALL`].
    sources: [FieldSource; 7],
    headers: Vec<String>,
    is_failure_report: bool,
}

/// Where a field comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldSource {
    /// From a column of each row.
    Column {
        /// The column, from 0.
        index: usize,
        /// Its header.
        header: String,
        /// How it was found.
        by: ColumnBy,
    },
    /// The same for every row.
    Constant {
        /// The value.
        value: String,
        /// Who gave it.
        by: ConstantBy,
    },
}

/// How a field's column was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnBy {
    /// Named with `--map`.
    Map,
    /// Named in the profile's `columns`.
    Profile,
    /// Its header is the field's name.
    ExactName,
    /// Its header is the field's name but for case, `_`, `-` and blanks.
    SimilarName,
}

/// Who gave a field's constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstantBy {
    /// `--set`.
    Set,
    /// The profile's `defaults`.
    Default,
}

impl Mapping {
    /// Each field and where it comes from, in the order of [`Field::ALL`].
    pub fn fields(&self) -> impl Iterator<Item = (Field, &FieldSource)> {
        Field::ALL.into_iter().zip(&self.sources)
    }

    /// Where a field comes from.
    pub fn source(&self, field: Field) -> &FieldSource {
        &self.sources[field as usize]
    }

    /// The input's header, a failure report's own columns included.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The headers of the columns that no field comes from.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        let is_used = |column| self.sources.iter().any(|source| source.column() == Some(column));
        let own = self.headers[..self.own_columns()].iter().enumerate();
        own.filter(move |(column, _)| !is_used(*column)).map(|(_, header)| header.as_str())
    }

    /// Whether the input is a failure report: its rows have been through a run before.
    pub fn is_failure_report(&self) -> bool {
        self.is_failure_report
    }

    /// How many columns are the input's own and not a failure report's.
    pub fn own_columns(&self) -> usize {
        self.headers.len() - if self.is_failure_report { REPORT_COLUMNS.len() } else { 0 }
    }

    /// A stable text of what the mapping does, for a run's identity: two mappings that make the same records of the same
    /// input have the same text, however their columns were found.
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        for (field, source) in self.fields() {
            // JSON strings keep the lines apart whatever the names hold.
            let (sign, value) = match source {
                FieldSource::Column { index, header, .. } => (format!("<{index}"), header),
                FieldSource::Constant { value, .. } => ("=".to_owned(), value),
            };
            let _ = writeln!(text, "{}{sign}{}", field.wire_name(), serde_json::Value::from(value.as_str()));
        }
        text
    }
}

impl FieldSource {
    /// The column it comes from, if it comes from one.
    pub fn column(&self) -> Option<usize> {
        match self {
            Self::Column { index, .. } => Some(*index),
            Self::Constant { .. } => None,
        }
    }
}

impl fmt::Display for ColumnBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Map => "--map",
            Self::Profile => "the profile's columns",
            Self::ExactName => "its name",
            Self::SimilarName => "its similar name",
        })
    }
}

impl fmt::Display for ConstantBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Set => "--set",
            Self::Default => "the profile's defaults",
        })
    }
}
