//! The failure report: the rows that were not saved, in a file that can be fixed and imported.

use std::fs;
use std::io::{self, Seek as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, json};

use super::OutputError;
use super::document::ArrayWriter;
use super::rows::io_error;
use crate::error::{Advice, ErrorKind};
use crate::exit::Exit;
use crate::ledger::{LedgerError, OutcomeKind, RowEntry, RowState, RunId, Store};
use crate::numbering::{Numbering, RecordId};
use crate::private;
use crate::record::{place_text, report_columns};
use crate::source::{HashingReader, InputError, Inputs, Row, RowReader, SourceError, SourceOptions};
use crate::text::{not_a_formula, printable};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

#[derive(Debug)]
pub(crate) struct FailureReport<'a> {
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

/// The report or the summary cannot be written. The ledger has the outcome of every row all the same.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportError {
    #[error("cannot write the failure report {}: {reason}", path.display())]
    Write {
        path: PathBuf,
        #[source]
        reason: io::Error,
    },
    #[error("cannot print the summary: {reason}")]
    Summary {
        #[source]
        reason: io::Error,
    },
    #[error("cannot write the failure report: {0}")]
    Input(#[from] InputError),
    #[error("cannot write the failure report: {0}")]
    Source(#[from] SourceError),
    #[error("cannot write the failure report: {0}")]
    Ledger(#[from] LedgerError),
}

impl Advice for ReportError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Output
    }

    fn hint(&self) -> Option<String> {
        let command = match self {
            Self::Summary { .. } => "show the results with `kore-feedback runs list`",
            _ => "print the report with `kore-feedback runs failures N`",
        };
        Some(format!("the ledger has the outcome of every row: {command}"))
    }

    fn exit(&self) -> Exit {
        Exit::SomeNotSaved
    }
}

impl FailureReport<'_> {
    /// Writes the report, readable only by the user, as a whole or not at all. Returns the hash of its content.
    ///
    /// It is CSV in UTF-8, whatever the input was. The input's own columns come first, with all header rows as they are; then
    /// the row's number, the number of the record if rows make several, the outcome, the HTTP status and the reason, which no
    /// spreadsheet reads as a formula. The rows of several files share one report: below the header of the first file
    /// if all have its columns, else below the names of all columns.
    ///
    /// # Errors
    /// [`ReportError`]; an earlier report at this path then stays as it is.
    pub(crate) fn write(&self, path: &Path) -> Result<[u8; 32], ReportError> {
        let failed = |reason| ReportError::Write { path: path.to_owned(), reason };
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // tempfile creates files with mode 0600.
        let file = tempfile::Builder::new().prefix(".failures-").tempfile_in(directory).map_err(failed)?;
        let mut out = self.csv_writer(file).map_err(failed)?;
        self.write_rows(&mut out, &failed)?;
        let mut file = out.into_inner().map_err(|error| failed(error.into_error()))?;
        file.as_file().sync_all().map_err(failed)?;
        let hash = file.rewind().and_then(|()| hash_of(file.as_file())).map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        Ok(hash)
    }

    /// Prints the report.
    ///
    /// # Errors
    /// [`ReportError`].
    pub(crate) fn write_to(&self, out: impl io::Write) -> Result<(), ReportError> {
        let mut out = self.csv_writer(out).map_err(stdout_failed)?;
        self.write_rows(&mut out, &stdout_failed)?;
        out.flush().map_err(stdout_failed)
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
            let failure = json!({
                "row": number,
                "record": record,
                "outcome": outcome.as_str(),
                "status": entry.status,
                "error": entry.detail.as_deref().map(printable),
                "cells": cells.map(|(column, cell)| (header(column), cell.into())).collect::<Map<_, _>>(),
            });
            array.push(&failure).map_err(|OutputError(reason)| stdout_failed(reason))
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

    /// Calls `write` for each record that was not saved.
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
                let Some(outcome) = failure(&entry) else { continue };
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
        report_columns::of_run(self.numbering)
    }

    /// The cells of these columns.
    fn added_cells(&self, entry: &RowEntry, outcome: OutcomeKind) -> Vec<String> {
        let RecordId { row, record } = self.numbering.id(entry.row);
        let cell = |column: &&str| match *column {
            report_columns::ROW => row.to_string(),
            report_columns::RECORD => record.map_or_else(String::new, |record| record.to_string()),
            report_columns::OUTCOME => outcome.as_str().to_owned(),
            report_columns::STATUS => entry.status.map_or_else(String::new, |status| status.to_string()),
            _ => entry.detail.as_deref().map(printable).map(not_a_formula).unwrap_or_default().into(),
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

fn stdout_failed(reason: io::Error) -> ReportError {
    ReportError::Write { path: PathBuf::from("standard output"), reason }
}

fn hash_of(file: &fs::File) -> io::Result<[u8; 32]> {
    HashingReader::new(file).finish()
}

/// The report's path unless `--failures` gives another: next to the input, or in the working directory if the input came
/// through a pipe.
pub(crate) fn default_path(input: Option<&Path>) -> PathBuf {
    let Some(path) = input else { return PathBuf::from("stdin.failures.csv") };
    let mut name = path.file_stem().unwrap_or(path.as_os_str()).to_owned();
    name.push(".failures.csv");
    path.with_file_name(name)
}

/// The file at the path of a report.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ExistingFile {
    None,
    /// This run's last report, unchanged.
    Ours,
    /// Another run's report, one that was edited, or anything else, such as a symbolic link.
    Other,
}

impl ExistingFile {
    /// Compares the file with the hash of this run's last report. Reads regular files only.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn inspect(path: &Path, last_hash: Option<[u8; 32]>) -> io::Result<Self> {
        match fs::symlink_metadata(path) {
            Ok(found) if last_hash.is_none() || !found.is_file() => return Ok(Self::Other),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::None),
            found => found?,
        };
        let found = hash_of(&private::open_regular(path)?)?;
        Ok(if last_hash == Some(found) { Self::Ours } else { Self::Other })
    }
}

/// Renames whatever is in the way of a report, without opening it, and returns its new path.
///
/// # Errors
/// When the file cannot be renamed.
pub(crate) fn keep_aside(path: &Path) -> io::Result<PathBuf> {
    let stem = path.file_stem().unwrap_or(path.as_os_str());
    let kept_as = |number: u32| {
        let mut name = stem.to_owned();
        name.push(format!(".kept-{number}"));
        if let Some(extension) = path.extension() {
            name.push(".");
            name.push(extension);
        }
        path.with_file_name(name)
    };
    let is_free = |kept: &PathBuf| fs::symlink_metadata(kept).is_err();
    let free = (1..u32::MAX).map(kept_as).find(is_free).ok_or(io::ErrorKind::AlreadyExists)?;
    fs::rename(path, &free)?;
    Ok(free)
}

/// The outcome, if the row belongs in the report. Unsent rows do not: a resumed run sends them, and an import of the report
/// would send them again.
fn failure(entry: &RowEntry) -> Option<OutcomeKind> {
    match entry.state {
        RowState::Settled(OutcomeKind::Saved | OutcomeKind::Skipped | OutcomeKind::Unsent) => None,
        RowState::Settled(kind) => Some(kind),
        RowState::Claimed => Some(OutcomeKind::InDoubt),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{ExistingFile, default_path, hash_of, keep_aside};

    #[test]
    fn the_report_is_next_to_its_input() {
        assert_eq!(default_path(Some(Path::new("q3/nps.csv"))), Path::new("q3/nps.failures.csv"));
        assert_eq!(default_path(Some(Path::new("export"))), Path::new("export.failures.csv"));
        assert_eq!(default_path(None), Path::new("stdin.failures.csv"));
    }

    #[test]
    fn an_edited_report_is_not_ours() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("in.failures.csv");
        assert_eq!(ExistingFile::inspect(&path, None).unwrap(), ExistingFile::None);
        fs::write(&path, "ours").unwrap();
        let ours = hash_of(&fs::File::open(&path).unwrap()).unwrap();
        assert_eq!(ExistingFile::inspect(&path, Some(ours)).unwrap(), ExistingFile::Ours);
        fs::write(&path, "edited").unwrap();
        assert_eq!(ExistingFile::inspect(&path, Some(ours)).unwrap(), ExistingFile::Other);
        assert_eq!(ExistingFile::inspect(&path, None).unwrap(), ExistingFile::Other);
    }

    #[test]
    fn keeping_aside_never_overwrites() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("in.failures.csv");
        for (content, kept_as) in [("one", "in.failures.kept-1.csv"), ("two", "in.failures.kept-2.csv")] {
            fs::write(&path, content).unwrap();
            let kept = keep_aside(&path).unwrap();
            assert_eq!(kept, dir.path().join(kept_as));
            assert_eq!(fs::read_to_string(kept).unwrap(), content);
            assert!(!path.exists());
        }
    }
}
