//! Where a field's text comes from, and what decided that.

use crate::record::Template;

/// Where a field's text comes from. A column `C` is a name in a spec, and a [`Column`] once it was found in a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldSource<C = Column> {
    /// The cell of one column.
    Column(C),
    /// The same text for every row.
    Constant(String),
    /// Text put together from several columns.
    Template(Template),
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

    /// The index of the column it is, if it is one.
    pub fn column(&self) -> Option<usize> {
        match &self.source {
            FieldSource::Column(column) => Some(column.index),
            FieldSource::Constant(_) | FieldSource::Template(_) => None,
        }
    }
}
