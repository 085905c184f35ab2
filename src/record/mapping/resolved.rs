//! A mapping for one header: every column is an index.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::row_selection::RowRules;
use super::{FieldSource, MatchedSource, report_columns};
use crate::numbering::Numbering;
use crate::record::{Conversion, Field};

/// How the rows below one header become records, and which of them are sent.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolvedMapping {
    /// In the order of [`Field::BODY`].
    pub(super) sources: [MatchedSource; 7],
    /// `None` when all rows go to the target's bot.
    pub(super) bot: Option<MatchedSource>,
    /// In the order of [`Field::ROW`]; `None` for text that is sent as it is.
    pub(super) conversions: [Option<Box<Conversion>>; 8],
    pub(in crate::record) rows: RowRules,
    /// The columns by name, if a template needs them.
    pub(in crate::record) columns_by_name: Option<Arc<BTreeMap<String, usize>>>,
    pub(super) headers: Vec<String>,
}

impl ResolvedMapping {
    /// Each field and its source, in the order of [`Field::BODY`], then the bot if it has one.
    pub fn fields(&self) -> impl Iterator<Item = (Field, &MatchedSource)> {
        let bot = self.bot.iter().map(|source| (Field::BotId, source));
        Field::BODY.into_iter().zip(&self.sources).chain(bot)
    }

    /// How the records of all rows are numbered.
    pub fn numbering(&self) -> Numbering {
        Numbering::SINGLE
    }

    /// `None` only for the bot, when nothing says where it comes from.
    pub fn source(&self, field: Field) -> Option<&MatchedSource> {
        match field {
            Field::BotId => self.bot.as_ref(),
            _ => self.sources.get(field as usize),
        }
    }

    /// Whether each row names the bot it goes to.
    pub fn names_bots(&self) -> bool {
        self.bot.is_some() && self.constant_bot().is_none()
    }

    /// The bot given for all rows.
    pub fn constant_bot(&self) -> Option<&str> {
        match &self.bot.as_ref()?.source {
            FieldSource::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// How the field's text is converted; `None` if it is sent as it is.
    pub fn conversion(&self, field: Field) -> Option<&Conversion> {
        self.conversions[field as usize].as_deref()
    }

    /// Whether blanks around the field's text are sent.
    pub(in crate::record) fn keeps_blanks(&self, field: Field) -> bool {
        self.conversion(field).is_some_and(|conversion| conversion.keep_blanks)
    }

    /// The size of the sample, if one was asked for and not chosen yet.
    pub fn pending_sample(&self) -> Option<u64> {
        self.rows.selection.sample.filter(|_| self.rows.sampled.is_none())
    }

    /// Sets the rows of the sample.
    pub fn set_sample(&mut self, chosen: BTreeSet<u64>) {
        self.rows.sampled = Some(Arc::new(chosen));
    }

    /// All headers, including those that a failure report adds.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The headers of the columns that no field uses.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        let used: BTreeSet<usize> = self.fields().flat_map(|(_, source)| self.columns_of(source)).collect();
        let own = self.headers[..self.input_columns()].iter().enumerate();
        own.filter(move |(column, _)| !used.contains(column)).map(|(_, header)| header.as_str())
    }

    /// The first field whose text this column contains.
    pub(in crate::record) fn field_of(&self, column: usize) -> Option<Field> {
        let is_source = |matched: &MatchedSource| matched.columns().iter().any(|source| source.index == column);
        self.fields().find(|(_, matched)| is_source(matched)).map(|(field, _)| field)
    }

    /// Whether a field comes from this column, alone or in a template.
    pub(in crate::record) fn uses(&self, column: usize) -> bool {
        self.fields().any(|(_, source)| self.columns_of(source).contains(&column))
    }

    fn columns_of(&self, matched: &MatchedSource) -> Vec<usize> {
        match (&matched.source, &self.columns_by_name) {
            (FieldSource::Template(template), Some(columns)) => {
                template.columns().iter().filter_map(|name| columns.get(name).copied()).collect()
            }
            _ => matched.columns().iter().map(|column| column.index).collect(),
        }
    }

    /// Whether the input is a failure report of an earlier run.
    pub fn is_failure_report(&self) -> bool {
        self.input_columns() < self.headers.len()
    }

    /// How many columns the input has without those that a failure report adds.
    pub fn input_columns(&self) -> usize {
        report_columns::input_columns(&self.headers)
    }
}
