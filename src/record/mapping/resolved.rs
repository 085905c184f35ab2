//! A mapping for one header: every column is an index.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::record_mapping::RecordMapping;
use super::report_columns;
use super::row_selection::RowRules;
use crate::numbering::Numbering;
use crate::source::Place;
use crate::text::excerpt;

/// How the rows below one header become records, and which of them are sent.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolvedMapping {
    /// At least one.
    pub(super) records: Vec<RecordMapping>,
    pub(in crate::record) rows: RowRules,
    pub(super) headers: Vec<String>,
    /// The files and sheets, if a template uses their names: then they are a part of what the records are.
    pub(super) places: Vec<Place>,
}

impl ResolvedMapping {
    /// The records that are made of each row; at least one.
    pub fn records(&self) -> &[RecordMapping] {
        &self.records
    }

    /// How the records of all rows are numbered.
    pub fn numbering(&self) -> Numbering {
        Numbering::new(u32::try_from(self.records.len()).unwrap_or(u32::MAX))
    }

    /// A part of a row for people: `2 (Relationship)`; `None` for a row as a whole and for its only record.
    pub fn record_in_words(&self, part: u32) -> Option<String> {
        let record = self.records.get((part as usize).checked_sub(1)?)?;
        Some(match record.label() {
            Some(label) => format!("{part} ({})", excerpt(label, 40)),
            None => part.to_string(),
        })
    }

    /// Whether the bot depends on the row or on the record.
    pub fn names_bots(&self) -> bool {
        self.records.iter().any(|record| record.bot.is_some()) && self.constant_bot().is_none()
    }

    /// The bot given for all records.
    pub fn constant_bot(&self) -> Option<&str> {
        let (first, others) = self.records.split_first()?;
        let bot = first.constant_bot()?;
        others.iter().all(|record| record.constant_bot() == Some(bot)).then_some(bot)
    }

    /// The size of the sample, if one was asked for and not chosen yet.
    pub fn pending_sample(&self) -> Option<u64> {
        self.rows.selection.sample.filter(|_| self.rows.sampled.is_none())
    }

    /// Sets the rows of the sample.
    pub fn set_sample(&mut self, chosen: BTreeSet<u64>) {
        self.rows.sampled = Some(Arc::new(chosen));
    }

    /// Sets the files and sheets of the input.
    pub fn set_places<'a>(&mut self, places: impl Iterator<Item = &'a Place>) {
        if self.records.iter().any(RecordMapping::uses_places) {
            self.places = places.cloned().collect();
        }
    }

    /// Whether a field of any record comes from this column, alone or in a template.
    pub(crate) fn uses(&self, column: usize) -> bool {
        self.records.iter().any(|record| record.uses(column))
    }

    /// The same mapping for all rows that excluded runs have sent, too.
    #[must_use]
    pub(crate) fn without_excluded_runs(mut self) -> Self {
        self.rows.selection.excluded_runs.clear();
        self
    }

    /// Whether rows that some runs have sent are left out.
    pub(crate) fn excludes_runs(&self) -> bool {
        !self.rows.selection.excluded_runs.is_empty()
    }

    /// Whether an excluded run has sent this part of a row to the bot.
    pub(crate) fn is_excluded(&self, part: (Numbering, u64, u32), bot_id: &str) -> bool {
        self.rows.sent_before(part, Some(bot_id)).is_some()
    }

    /// Whether rows are identified by key columns.
    pub(crate) fn has_key(&self) -> bool {
        !self.rows.selection.key.is_empty()
    }

    /// All headers, including those that a failure report adds.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The headers of the columns that no field uses.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        let columns = |record: &RecordMapping| {
            record.fields().flat_map(|(_, source)| record.columns_of(source)).collect::<Vec<usize>>()
        };
        let used: BTreeSet<usize> = self.records.iter().flat_map(columns).collect();
        let own = self.headers[..self.input_columns()].iter().enumerate();
        own.filter(move |(column, _)| !used.contains(column)).map(|(_, header)| header.as_str())
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
