//! The failure report: the rows that were not saved, in a file that can be mended and imported.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::runs::io_error;
use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::{LedgerError, OutcomeKind, RowEntry, RowState, RunId, Store};
use crate::record::{REPORT_COLUMNS, own_columns};
use crate::source::{HashingReader, InputError, Inputs, Row, SourceError, SourceOptions};
use crate::text::printable;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What a failure report is made of.
#[derive(Debug)]
pub struct FailureReport<'a> {
    /// The input, read once more.
    pub input: &'a Inputs,
    /// How its bytes are read.
    pub source: SourceOptions,
    /// What stands between two cells of the report.
    pub delimiter: u8,
    /// Its columns' names.
    pub headers: &'a [String],
    /// Whether the report begins with a byte order mark, which says UTF-8 whatever `--encoding` says: the options that
    /// the input was imported with then fit the report.
    pub marked: bool,
    /// What became of its rows.
    pub ledger: &'a Store,
    /// In which run.
    pub run: RunId,
}

/// Why the report can't be written. The run's result is in the ledger all the same.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The file can't be written.
    #[error("can't write the failure report {}: {reason}", path.display())]
    Write {
        /// The report.
        path: PathBuf,
        /// The system's reason.
        #[source]
        reason: io::Error,
    },
    /// What the run came to can't be printed.
    #[error("can't print the summary: {reason}")]
    Summary {
        /// The system's reason.
        #[source]
        reason: io::Error,
    },
    /// The input can't be had any more.
    #[error("can't write the failure report: {0}")]
    Input(#[from] InputError),
    /// The input can't be read any more.
    #[error("can't write the failure report: {0}")]
    Source(#[from] SourceError),
    /// The ledger can't be read.
    #[error("can't write the failure report: {0}")]
    Ledger(#[from] LedgerError),
}

impl Advice for ReportError {
    fn hint(&self) -> Option<String> {
        let command = match self {
            Self::Summary { .. } => "`kore-feedback runs list` shows what the run came to",
            _ => "`kore-feedback runs failures N` prints the report",
        };
        Some(format!("what became of each row is in the ledger: {command}"))
    }

    fn exit(&self) -> Exit {
        Exit::SomeNotSaved
    }
}

impl FailureReport<'_> {
    /// Writes the report, readable by the user alone, all of it or nothing. Gives the hash of what was written.
    ///
    /// It is CSV and UTF-8, whatever the input was. The input's own columns come first, with all rows of the header as
    /// they are; then the row's number, its outcome, the HTTP status and the reason. The rows of several files stand in one
    /// report, below the first one's header.
    ///
    /// # Errors
    /// [`ReportError`]; a report that stood there before is then untouched.
    pub fn write(&self, path: &Path) -> Result<[u8; 32], ReportError> {
        let failed = |reason| ReportError::Write { path: path.to_owned(), reason };
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // A temporary file is made with mode 0600.
        let file = tempfile::Builder::new().prefix(".failures-").tempfile_in(directory).map_err(failed)?;
        let mut out = self.csv_writer(file).map_err(failed)?;
        self.write_rows(&mut out, &failed)?;
        let file = out.into_inner().map_err(|error| failed(error.into_error()))?;
        file.as_file().sync_all().map_err(failed)?;
        let hash = hash_of(file.path()).map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        Ok(hash)
    }

    /// Writes the report to somewhere else than its file.
    ///
    /// # Errors
    /// [`ReportError`].
    pub fn write_to(&self, out: impl io::Write) -> Result<(), ReportError> {
        let failed = |reason| ReportError::Write { path: PathBuf::from("standard output"), reason };
        let mut out = self.csv_writer(out).map_err(failed)?;
        self.write_rows(&mut out, &failed)?;
        out.flush().map_err(failed)
    }

    fn csv_writer<W: io::Write>(&self, mut out: W) -> io::Result<csv::Writer<W>> {
        if self.marked {
            out.write_all(BYTE_ORDER_MARK)?;
        }
        Ok(csv::WriterBuilder::new().delimiter(self.delimiter).flexible(true).from_writer(out))
    }

    fn write_rows<W: io::Write>(
        &self,
        out: &mut csv::Writer<W>,
        failed: &impl Fn(io::Error) -> ReportError,
    ) -> Result<(), ReportError> {
        let mut rows = self.input.open(&self.source)?;
        for (place, header) in rows.header_rows().iter().enumerate() {
            let own = (0..own_columns(self.headers)).map(|column| header.get(column).map_or("", String::as_str));
            let added = if place == 0 { REPORT_COLUMNS } else { [""; REPORT_COLUMNS.len()] };
            out.write_record(own.chain(added)).map_err(|error| failed(io_error(error)))?;
        }
        let mut known = self.ledger.row_cursor(self.run);
        let mut row = Row::default();
        while rows.read(&mut row)? {
            let Some(entry) = known.find(row.number)? else { continue };
            let Some(outcome) = failure(&entry) else { continue };
            let number = row.number.to_string();
            let status = entry.status.map_or_else(String::new, |status| status.to_string());
            let error = entry.detail.as_deref().map(printable).unwrap_or_default();
            let added = [number.as_str(), outcome.as_str(), &status, &error];
            let cells = row.cells().take(self.own_cells(&row));
            out.write_record(cells.chain(added)).map_err(|error| failed(io_error(error)))?;
        }
        Ok(())
    }

    /// How many of a row's cells are the input's own. A ragged row keeps what it has and stays ragged, so that it is
    /// found again and not taken for another; only what an earlier report added to it goes.
    fn own_cells(&self, row: &Row) -> usize {
        let own = own_columns(self.headers);
        if row.len() == self.headers.len() {
            return own;
        }
        let before = row.len().saturating_sub(REPORT_COLUMNS.len());
        let cell = |column| row.cell(column).unwrap_or_default();
        let is_number = cell(before).parse::<u64>().is_ok();
        let is_outcome = OutcomeKind::ALL.iter().any(|kind| kind.as_str() == cell(before + 1));
        let is_failure_report = own < self.headers.len();
        if is_failure_report && is_number && is_outcome { before } else { row.len() }
    }
}

fn hash_of(path: &Path) -> io::Result<[u8; 32]> {
    HashingReader::new(fs::File::open(path)?).finish()
}

/// Where the report goes when nobody says: beside the input, or in the working directory when that came through a pipe.
pub fn default_path(input: Option<&Path>) -> PathBuf {
    let Some(path) = input else { return PathBuf::from("stdin.failures.csv") };
    let mut name = path.file_stem().unwrap_or(path.as_os_str()).to_owned();
    name.push(".failures.csv");
    path.with_file_name(name)
}

/// What stood where a report goes.
#[derive(Debug, PartialEq, Eq)]
pub enum ExistingFile {
    /// Nothing.
    Nothing,
    /// What this run wrote last.
    Ours,
    /// Something else: another run's report, or one that was mended by hand.
    Other,
}

impl ExistingFile {
    /// Looks at what stands there; `written_last` is the hash of what this run wrote there last.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn look(path: &Path, written_last: Option<[u8; 32]>) -> io::Result<Self> {
        match hash_of(path) {
            Ok(found) if written_last == Some(found) => Ok(Self::Ours),
            Ok(_) => Ok(Self::Other),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::Nothing),
            Err(error) => Err(error),
        }
    }
}

/// Renames a file out of a report's way, and gives its new name.
///
/// # Errors
/// When it can't be renamed.
pub fn keep_aside(path: &Path) -> io::Result<PathBuf> {
    let stem = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
    let free = (1..u32::MAX)
        .map(|number| path.with_file_name(format!("{stem}.kept-{number}.csv")))
        .find(|free| !free.exists())
        .unwrap_or_else(|| path.with_extension("kept.csv"));
    fs::rename(path, &free)?;
    Ok(free)
}

/// The outcome, if it belongs into the report. An unsent row does not: a resumed run sends it, and an import of the report
/// would have sent it as well.
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
    fn the_report_lies_beside_its_input() {
        assert_eq!(default_path(Some(Path::new("q3/nps.csv"))), Path::new("q3/nps.failures.csv"));
        assert_eq!(default_path(Some(Path::new("export"))), Path::new("export.failures.csv"));
        assert_eq!(default_path(None), Path::new("stdin.failures.csv"));
    }

    #[test]
    fn a_report_mended_by_hand_is_told_from_our_own() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("in.failures.csv");
        assert_eq!(ExistingFile::look(&path, None).unwrap(), ExistingFile::Nothing);
        fs::write(&path, "ours").unwrap();
        let ours = hash_of(&path).unwrap();
        assert_eq!(ExistingFile::look(&path, Some(ours)).unwrap(), ExistingFile::Ours);
        fs::write(&path, "mended").unwrap();
        assert_eq!(ExistingFile::look(&path, Some(ours)).unwrap(), ExistingFile::Other);
        assert_eq!(ExistingFile::look(&path, None).unwrap(), ExistingFile::Other);
    }

    #[test]
    fn what_is_kept_aside_never_replaces_anything() {
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
