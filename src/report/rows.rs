//! The records of a run with their outcomes, as CSV and JSON.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::OutputError;
use super::document::ArrayWriter;
use crate::ledger::{RowEntry, RowState};
use crate::numbering::{Numbering, RecordId};
use crate::text::{not_a_formula, printable};

/// The header of the CSV.
pub(crate) const ROW_COLUMNS: [&str; 7] = ["row", "outcome", "status", "server_id", "error", "server_time", "record"];

/// What the view of a record needs to know of its run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShownRun {
    pub numbering: Numbering,
    /// Whether a process is working on it.
    pub is_running: bool,
}

#[derive(Debug, Serialize)]
struct RowView<'a> {
    row: u64,
    outcome: &'static str,
    status: Option<u16>,
    server_id: Option<Cow<'a, str>>,
    error: Option<Cow<'a, str>>,
    server_time: Option<String>,
    /// Null for a row as a whole and for a row's only record.
    record: Option<u32>,
}

impl<'a> RowView<'a> {
    fn new(entry: &'a RowEntry, run: &ShownRun) -> Self {
        let outcome = match entry.state {
            RowState::Settled(kind) => kind.as_str(),
            RowState::Claimed if run.is_running => "in flight",
            RowState::Claimed => "in doubt",
        };
        let [server_id, error] = [&entry.server_id, &entry.detail].map(|text| text.as_deref().map(printable));
        let server_time = server_time(entry);
        let RecordId { row, record } = run.numbering.id(entry.row);
        Self { row, outcome, status: entry.status, server_id, error, server_time, record }
    }
}

pub(super) fn server_time(entry: &RowEntry) -> Option<String> {
    entry.server_time.map(|time| format!("{time:.3}"))
}

/// Writes a row as a line of CSV, to a writer that adds no header. No text from the server reads as a formula.
///
/// # Errors
/// If writing fails.
pub(crate) fn write_row<W: Write>(entry: &RowEntry, run: &ShownRun, out: &mut csv::Writer<W>) -> io::Result<()> {
    let row = RowView::new(entry, run);
    let [server_id, error] = [row.server_id, row.error].map(|text| text.map(not_a_formula));
    out.serialize(RowView { server_id, error, ..row }).map_err(io_error)
}

/// Adds a row to an array in JSON.
///
/// # Errors
/// If writing fails.
pub(crate) fn write_json_row(entry: &RowEntry, run: &ShownRun, array: &mut ArrayWriter<'_>) -> Result<(), OutputError> {
    array.push(&RowView::new(entry, run))
}

/// The I/O error behind a CSV error. `io::Error::from` would hide its kind, and with it a closed pipe.
pub(crate) fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
