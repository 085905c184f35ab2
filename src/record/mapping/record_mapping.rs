//! How a row becomes one of its records.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{FieldSource, MatchedSource};
use crate::record::{Conversion, Field, FoldedSet, is_place};

/// One record that is made of every row that answers it. Knows columns by index.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordMapping {
    /// In the order of [`Field::BODY`].
    pub(super) sources: [MatchedSource; 7],
    /// `None` when the record goes to the target's bot.
    pub(super) bot: Option<MatchedSource>,
    /// In the order of [`Field::ROW`]; `None` for text that is sent as it is.
    pub(super) conversions: [Option<Box<Conversion>>; 8],
    pub(super) no_answer: Option<FoldedSet>,
    /// The columns by name, if a template needs them.
    pub(in crate::record) columns_by_name: Option<Arc<BTreeMap<String, usize>>>,
}

impl RecordMapping {
    /// Each field and its source, in the order of [`Field::BODY`], then the bot if it has one.
    pub fn fields(&self) -> impl Iterator<Item = (Field, &MatchedSource)> {
        let bot = self.bot.iter().map(|source| (Field::BotId, source));
        Field::BODY.into_iter().zip(&self.sources).chain(bot)
    }

    /// `None` only for the bot, when nothing says where it comes from.
    #[inline]
    pub fn source(&self, field: Field) -> Option<&MatchedSource> {
        match field {
            Field::BotId => self.bot.as_ref(),
            _ => self.sources.get(field as usize),
        }
    }

    /// The bot, if it is given as a value.
    pub fn constant_bot(&self) -> Option<&str> {
        match &self.bot.as_ref()?.source {
            FieldSource::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// How the field's text is converted; `None` if it is sent as it is.
    #[inline]
    pub fn conversion(&self, field: Field) -> Option<&Conversion> {
        self.conversions[field as usize].as_deref()
    }

    /// Whether blanks around the field's text are sent.
    #[inline]
    pub(in crate::record) fn keeps_blanks(&self, field: Field) -> bool {
        self.conversion(field).is_some_and(|conversion| conversion.keep_blanks)
    }

    /// Whether this score means that nobody answered. A constant score is an answer, whatever `--no-answer` says.
    pub(in crate::record) fn is_no_answer<'a>(&self, score: impl FnOnce() -> &'a str) -> bool {
        self.no_answer.as_ref().is_some_and(|texts| {
            !matches!(self.sources[Field::Score as usize].source, FieldSource::Constant(_)) && texts.contains(score())
        })
    }

    /// What tells the record apart from the others of its row: its name, or else the column of its score.
    pub fn label(&self) -> Option<&str> {
        let text = |field: Field| match &self.sources[field as usize].source {
            FieldSource::Constant(value) => Some(value.as_str()),
            FieldSource::Column(column) if field == Field::Score => Some(column.header.as_str()),
            _ => None,
        };
        text(Field::Name).or_else(|| text(Field::Score))
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

    /// Whether a template uses the names of files and sheets, and not columns with these names.
    pub(super) fn uses_places(&self) -> bool {
        let is_column = |name: &String| self.columns_by_name.as_ref().is_some_and(|columns| columns.contains_key(name));
        self.fields().any(|(_, matched)| match &matched.source {
            FieldSource::Template(template) => template.columns().iter().any(|name| is_place(name) && !is_column(name)),
            _ => false,
        })
    }

    pub(super) fn columns_of(&self, matched: &MatchedSource) -> Vec<usize> {
        match (&matched.source, &self.columns_by_name) {
            (FieldSource::Template(template), Some(columns)) => {
                template.columns().iter().filter_map(|name| columns.get(name).copied()).collect()
            }
            _ => matched.columns().iter().map(|column| column.index).collect(),
        }
    }
}
