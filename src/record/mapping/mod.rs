//! Which column, constant or template is which field, what is made of it, and which rows are sent.

mod canonical;
mod description;
mod error;
mod resolve;
mod rows;
mod rules;
mod selection;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use super::{Conversion, Field, Template};

pub use description::{DescribedBy, Description, FieldRule, Origin, SkipRule};
pub use error::{MappingError, MappingProblem};
pub use resolve::own_columns;
pub(super) use rows::{Dedupe, RowRules};
pub use rules::{Assignment, AssignmentError, MappingRules};
pub use selection::{DedupeRule, Except, Filter, RowRange, SelectionError, SelectionRules};

/// The columns that a failure report adds behind the input's own. An input that ends with them is such a report.
pub const REPORT_COLUMNS: [&str; 4] = ["_row", "_outcome", "_status", "_error"];

/// Where each of the seven fields comes from, and the bot if rows name it, for one header.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// In the order of [`Field::ALL`].
    sources: [FieldSource; 7],
    /// `None` where all rows go to the target's bot.
    bot: Option<FieldSource>,
    /// In the order of [`Field::OF_ROWS`]; `None` for what is taken as it stands.
    conversions: [Option<Box<Conversion>>; 8],
    rows: RowRules,
    /// The columns by name, when a template asks for them.
    names: Option<Arc<BTreeMap<String, usize>>>,
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
    /// Put together from several columns of each row.
    Template {
        /// The template.
        template: Template,
        /// Who gave it.
        by: DescribedBy,
    },
}

/// How a field's column was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnBy {
    /// Named with `--map`.
    Map,
    /// Named in a mapping.
    Mapping,
    /// Named in a preset.
    Preset,
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
    /// A mapping.
    Mapping,
    /// A preset.
    Preset,
    /// The profile's `defaults`.
    Default,
}

impl Mapping {
    /// Each field and where it comes from, in the order of [`Field::ALL`]; last the bot, if something is said of it.
    pub fn fields(&self) -> impl Iterator<Item = (Field, &FieldSource)> {
        let bot = self.bot.iter().map(|source| (Field::BotId, source));
        Field::ALL.into_iter().zip(&self.sources).chain(bot)
    }

    /// Where a field comes from; `None` only for the bot, where nothing is said of it.
    pub fn source(&self, field: Field) -> Option<&FieldSource> {
        match field {
            Field::BotId => self.bot.as_ref(),
            _ => self.sources.get(field as usize),
        }
    }

    /// Whether each row names the bot that it goes to.
    pub fn names_bots(&self) -> bool {
        self.bot.is_some() && self.bot_of_all().is_none()
    }

    /// The bot that was given for all rows.
    pub fn bot_of_all(&self) -> Option<&str> {
        match &self.bot {
            Some(FieldSource::Constant { value, .. }) => Some(value),
            _ => None,
        }
    }

    /// What is made of the field's text, unless it is taken as it stands.
    pub fn conversion(&self, field: Field) -> Option<&Conversion> {
        self.conversions[field as usize].as_deref()
    }

    /// The rules for rows.
    pub(super) fn rows(&self) -> &RowRules {
        &self.rows
    }

    /// The columns by name, when a template asks for them.
    pub(super) fn names(&self) -> Option<&Arc<BTreeMap<String, usize>>> {
        self.names.as_ref()
    }

    /// How many rows to choose at random, when that was asked for and hasn't been done.
    pub fn sample_to_choose(&self) -> Option<u64> {
        self.rows.sample.as_ref().filter(|sample| sample.rows.is_none()).map(|sample| sample.size)
    }

    /// Says which rows were chosen.
    pub fn set_sample(&mut self, chosen: BTreeSet<u64>) {
        if let Some(sample) = &mut self.rows.sample {
            sample.rows = Some(Arc::new(chosen));
        }
    }

    /// The input's header, a failure report's own columns included.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The headers of the columns that no field comes from.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        let in_templates: BTreeSet<usize> =
            self.fields().flat_map(|(_, source)| self.template_columns(source)).collect();
        let is_used = move |column: usize| {
            self.fields().any(|(_, source)| source.column() == Some(column)) || in_templates.contains(&column)
        };
        let own = self.headers[..self.own_columns()].iter().enumerate();
        own.filter(move |(column, _)| !is_used(*column)).map(|(_, header)| header.as_str())
    }

    /// Whether a field comes from this column, or is put together from it.
    pub(super) fn uses(&self, column: usize) -> bool {
        let is_used =
            |source: &FieldSource| source.column() == Some(column) || self.template_columns(source).contains(&column);
        self.fields().any(|(_, source)| is_used(source))
    }

    fn template_columns(&self, source: &FieldSource) -> Vec<usize> {
        let (FieldSource::Template { template, .. }, Some(names)) = (source, &self.names) else { return Vec::new() };
        template.columns().iter().filter_map(|name| names.get(name).copied()).collect()
    }

    /// Whether the input is a failure report: its rows have been through a run before.
    pub fn is_failure_report(&self) -> bool {
        self.is_failure_report
    }

    /// How many columns are the input's own and not a failure report's.
    pub fn own_columns(&self) -> usize {
        self.headers.len() - if self.is_failure_report { REPORT_COLUMNS.len() } else { 0 }
    }
}

impl FieldSource {
    /// The column it comes from, if it comes from one.
    pub fn column(&self) -> Option<usize> {
        match self {
            Self::Column { index, .. } => Some(*index),
            Self::Constant { .. } | Self::Template { .. } => None,
        }
    }
}

impl fmt::Display for DescribedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ColumnBy::from(*self).fmt(f)
    }
}

impl fmt::Display for ColumnBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Map => "--map",
            Self::Mapping => "the mapping",
            Self::Preset => "the preset",
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
            Self::Mapping => "the mapping",
            Self::Preset => "the preset",
            Self::Default => "the profile's defaults",
        })
    }
}
