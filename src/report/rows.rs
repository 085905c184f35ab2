//! The rows of a run with their outcomes, as CSV and JSON.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use crate::ledger::{RowEntry, RowState};
use crate::text::{not_a_formula, printable, printable_json};

/// The header of the CSV.
pub(crate) const ROW_COLUMNS: [&str; 6] = ["row", "outcome", "status", "server_id", "error", "server_time"];

#[derive(Debug, Serialize)]
struct RowView<'a> {
    row: u64,
    outcome: &'static str,
    status: Option<u16>,
    server_id: Option<Cow<'a, str>>,
    error: Option<Cow<'a, str>>,
    server_time: Option<String>,
}

impl<'a> RowView<'a> {
    fn new(entry: &'a RowEntry, is_running: bool) -> Self {
        let outcome = match entry.state {
            RowState::Settled(kind) => kind.as_str(),
            RowState::Claimed if is_running => "in flight",
            RowState::Claimed => "in doubt",
        };
        let [server_id, error] = [&entry.server_id, &entry.detail].map(|text| text.as_deref().map(printable));
        let server_time = entry.server_time.map(|time| format!("{time:.3}"));
        Self { row: entry.row, outcome, status: entry.status, server_id, error, server_time }
    }
}

/// Writes a row as a line of CSV, to a writer that adds no header. No text from the server reads as a formula.
///
/// # Errors
/// If writing fails.
pub(crate) fn write_row<W: Write>(entry: &RowEntry, is_running: bool, out: &mut csv::Writer<W>) -> io::Result<()> {
    let row = RowView::new(entry, is_running);
    let [server_id, error] = [row.server_id, row.error].map(|text| text.map(not_a_formula));
    out.serialize(RowView { server_id, error, ..row }).map_err(io_error)
}

/// Writes a row as an element of a JSON array, on its own line.
///
/// # Errors
/// If writing fails.
pub(crate) fn write_json_row(
    entry: &RowEntry,
    is_running: bool,
    is_first: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let row = serde_json::to_string(&RowView::new(entry, is_running))?;
    write!(out, "{}\n  {}", if is_first { "" } else { "," }, printable_json(&row))
}

/// The I/O error behind a CSV error. `io::Error::from` would hide its kind, and with it a closed pipe.
pub(crate) fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
