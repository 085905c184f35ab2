//! A report about the records of an input: its rows, with columns for what became of them.

use std::io::{self, Seek as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use tempfile::NamedTempFile;

use super::OutputError;
use super::document::ArrayWriter;
use super::existing_file::{hash_of, is_part_of};
use super::report_error::{ReportError, ReportKind};
use super::rows::{io_error, server_time};
use crate::ledger::{OutcomeKind, RowEntry, RowState, RunId, Store};
use crate::numbering::{Numbering, RecordId};
use crate::record::{place_text, report_columns};
use crate::source::{Inputs, Row, RowReader, SourceOptions};
use crate::text::{not_a_formula, printable};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

#[derive(Debug)]
pub(crate) struct InputReport<'a> {
    /// Which records it lists.
    pub records: ListedRecords,
    /// The input, which is read again.
    pub input: &'a Inputs,
    pub source: SourceOptions,
    /// The delimiter of the report.
    pub delimiter: u8,
    pub headers: &'a [String],
    /// The columns for the places of rows that templates use. They become columns of the report, as its own file and rows are
    /// others.
    pub places: Vec<&'static str>,
    /// Whether the report starts with a byte order mark. It marks UTF-8 whatever `--encoding` says, so that the options of
    /// the input work for the report, too.
    pub bom: bool,
    pub ledger: &'a Store,
    pub run: RunId,
    /// The run's.
    pub numbering: Numbering,
}

/// The records that a report lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListedRecords {
    /// Those that were not saved, in a file that can be fixed and imported. Unsent rows are not among them: a resumed run
    /// sends them, and an import of the report would send them again.
    Failures,
    Saved,
}

impl ListedRecords {
    fn kind(self) -> ReportKind {
        match self {
            Self::Failures => ReportKind::Failures,
            Self::Saved => ReportKind::Saved,
        }
    }

    /// The record's outcome, if the report lists it.
    fn outcome(self, entry: &RowEntry) -> Option<OutcomeKind> {
        let outcome = match entry.state {
            RowState::Settled(kind) => kind,
            RowState::Claimed => OutcomeKind::InDoubt,
        };
        let is_listed = match (self, outcome) {
            (_, OutcomeKind::Skipped | OutcomeKind::Unsent) => false,
            (Self::Failures, outcome) => outcome != OutcomeKind::Saved,
            (Self::Saved, outcome) => outcome == OutcomeKind::Saved,
        };
        is_listed.then_some(outcome)
    }

    /// The names of the columns that the report adds.
    fn columns(self, numbering: Numbering) -> &'static [&'static str] {
        match self {
            Self::Failures => report_columns::of_run(numbering),
            Self::Saved => report_columns::of_saved(numbering),
        }
    }

    /// What the report adds, besides the numbers, as JSON.
    fn json(self, entry: &RowEntry, outcome: OutcomeKind) -> Map<String, Value> {
        let text = |text: &Option<String>| text.as_deref().map(printable).into();
        let pairs: Vec<(&str, Value)> = match self {
            Self::Failures => vec![
                ("outcome", outcome.as_str().into()),
                ("status", entry.status.into()),
                ("error", text(&entry.detail)),
            ],
            Self::Saved => {
                vec![("server_id", text(&entry.server_id)), ("server_time", server_time(entry).into())]
            }
        };
        pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }
}

/// A report in a temporary file next to its path.
#[derive(Debug)]
pub(crate) struct WrittenReport {
    file: NamedTempFile,
    path: PathBuf,
    kind: ReportKind,
    run: RunId,
    hash: [u8; 32],
}

impl WrittenReport {
    /// Whether nothing is lost if the report replaces the file at its path: there is none, or the report has all of its lines.
    ///
    /// # Errors
    /// [`ReportError::Write`].
    pub(crate) fn may_replace(&self) -> Result<bool, ReportError> {
        let is_part = self.file.reopen().and_then(|report| is_part_of(&self.path, &report));
        is_part.map_err(|reason| self.kind.failed(self.run, &self.path, reason))
    }

    /// Gives the report its name. Returns the hash of its content.
    ///
    /// # Errors
    /// [`ReportError::Write`]; an earlier file at the path then stays as it is.
    pub(crate) fn replace(self) -> Result<[u8; 32], ReportError> {
        self.file.persist(&self.path).map_err(|error| self.kind.failed(self.run, &self.path, error.error))?;
        Ok(self.hash)
    }
}

impl InputReport<'_> {
    /// Writes the report to a temporary file, readable only by the user.
    ///
    /// It is CSV in UTF-8, whatever the input was. The input's own columns come first, with all header rows as they are; then
    /// the row's number, the number of the record if rows make several, and what became of it, in texts that no spreadsheet
    /// reads as a formula. The rows of several files share one report: below the header of the first file
    /// if all have its columns, else below the names of all columns.
    ///
    /// # Errors
    /// [`ReportError`].
    pub(crate) fn write(&self, path: &Path) -> Result<WrittenReport, ReportError> {
        let kind = self.records.kind();
        let failed = |reason| kind.failed(self.run, path, reason);
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // tempfile creates files with mode 0600.
        let file = tempfile::Builder::new().prefix(".report-").tempfile_in(directory).map_err(failed)?;
        let mut out = self.csv_writer(file).map_err(failed)?;
        self.write_rows(&mut out, &failed)?;
        let mut file = out.into_inner().map_err(|error| failed(error.into_error()))?;
        file.as_file().sync_all().map_err(failed)?;
        let hash = file.rewind().and_then(|()| hash_of(file.as_file())).map_err(failed)?;
        Ok(WrittenReport { file, path: path.to_owned(), kind, run: self.run, hash })
    }

    /// Prints the report.
    ///
    /// # Errors
    /// [`ReportError`].
    pub(crate) fn write_to(&self, out: impl io::Write) -> Result<(), ReportError> {
        let failed = |reason| OutputError(reason).into();
        let mut out = self.csv_writer(out).map_err(failed)?;
        self.write_rows(&mut out, &failed)?;
        out.flush().map_err(failed)
    }

    /// Prints the report as elements of a JSON array, with the input's cells by header.
    ///
    /// # Errors
    /// [`ReportError`].
    pub(crate) fn write_json(&self, array: &mut ArrayWriter<'_>) -> Result<(), ReportError> {
        let rows = self.input.open(&self.source)?;
        self.for_each(rows, |row, entry, outcome| {
            let RecordId { row: number, record } = self.numbering.id(entry.row);
            let cells = row.cells().take(self.own_cells(row)).enumerate();
            let header = |column| self.headers.get(column).map_or_else(|| format!("#{}", column + 1), String::clone);
            let mut element = Map::from_iter([("row".to_owned(), number.into()), ("record".to_owned(), record.into())]);
            element.extend(self.records.json(entry, outcome));
            element.insert(
                "cells".to_owned(),
                cells.map(|(column, cell)| (header(column), cell.into())).collect::<Map<_, _>>().into(),
            );
            Ok(array.push(&element)?)
        })
    }

    fn csv_writer<W: io::Write>(&self, mut out: W) -> io::Result<csv::Writer<W>> {
        if self.bom {
            out.write_all(BYTE_ORDER_MARK)?;
        }
        Ok(csv::WriterBuilder::new().delimiter(self.delimiter).flexible(true).from_writer(out))
    }

    fn write_rows<W: io::Write>(
        &self,
        out: &mut csv::Writer<W>,
        failed: &impl Fn(io::Error) -> ReportError,
    ) -> Result<(), ReportError> {
        let rows = self.input.open(&self.source)?;
        let joined;
        let header_rows = match rows.layout().is_uniform() {
            true => rows.header_rows(),
            // The rows of several headers cannot be joined, but the options may say how many there are.
            false => {
                joined = self.joined_header_rows();
                &joined
            }
        };
        for (index, header) in header_rows.iter().enumerate() {
            let own = (0..report_columns::input_columns(self.headers))
                .map(|column| header.get(column).map_or("", String::as_str));
            let added = self.places.iter().chain(self.added_columns());
            let added = added.map(|column| if index == 0 { *column } else { "" });
            out.write_record(own.chain(added)).map_err(|error| failed(io_error(error)))?;
        }
        self.for_each(rows, |row, entry, outcome| {
            let place = |name: &&str| place_text(name, row.place.as_deref(), row.number).unwrap_or_default();
            let added = self.places.iter().map(place).chain(self.added_cells(entry, outcome));
            let added: Vec<String> = added.collect();
            let cells = row.cells().take(self.own_cells(row)).chain(added.iter().map(String::as_str));
            out.write_record(cells).map_err(|error| failed(io_error(error)))
        })
    }

    /// Calls `write` for each record that the report lists.
    fn for_each(
        &self,
        mut rows: RowReader,
        mut write: impl FnMut(&Row, &RowEntry, OutcomeKind) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        let mut known = self.ledger.row_cursor(self.run);
        let mut row = Row::default();
        while rows.read(&mut row)? {
            for part in self.numbering.parts() {
                let Some(entry) = known.find(self.numbering.number(row.number, part))? else { continue };
                let Some(outcome) = self.records.outcome(&entry) else { continue };
                write(&row, &entry, outcome)?;
            }
        }
        Ok(())
    }

    /// The names of the columns as the first of as many rows as the options say.
    fn joined_header_rows(&self) -> Vec<Vec<String>> {
        let rows = usize::from(self.source.header_rows.unwrap_or(1).max(1));
        let mut joined = vec![self.headers.to_vec()];
        joined.resize(rows, Vec::new());
        joined
    }

    /// The names of the columns that the report adds.
    fn added_columns(&self) -> &'static [&'static str] {
        self.records.columns(self.numbering)
    }

    /// The cells of these columns.
    fn added_cells(&self, entry: &RowEntry, outcome: OutcomeKind) -> Vec<String> {
        let RecordId { row, record } = self.numbering.id(entry.row);
        let text = |text: &Option<String>| text.as_deref().map(printable).map(not_a_formula).unwrap_or_default().into();
        let cell = |column: &&str| match *column {
            report_columns::ROW => row.to_string(),
            report_columns::RECORD => record.map_or_else(String::new, |record| record.to_string()),
            report_columns::OUTCOME => outcome.as_str().to_owned(),
            report_columns::STATUS => entry.status.map_or_else(String::new, |status| status.to_string()),
            report_columns::SERVER_ID => text(&entry.server_id),
            report_columns::SERVER_TIME => server_time(entry).unwrap_or_default(),
            _ => text(&entry.detail),
        };
        self.added_columns().iter().map(cell).collect()
    }

    /// How many of a row's cells are the input's own. A row with missing or surplus cells keeps them, so that it is
    /// invalid in the report, too; only the columns that an earlier report added are removed.
    fn own_cells(&self, row: &Row) -> usize {
        let earlier = report_columns::added_to(self.headers);
        if row.len() == self.headers.len() {
            return row.len() - earlier.len();
        }
        let Some(outcome) = earlier.iter().position(|column| *column == report_columns::OUTCOME) else {
            return row.len();
        };
        let before = row.len().saturating_sub(earlier.len());
        let cell = |column| row.cell(column).unwrap_or_default();
        let is_number = cell(before).parse::<u64>().is_ok();
        let is_outcome = OutcomeKind::ALL.iter().any(|kind| kind.as_str() == cell(before + outcome));
        if is_number && is_outcome { before } else { row.len() }
    }
}
