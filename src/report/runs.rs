//! Earlier runs, for people and for programs.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::PathBuf;

use comfy_table::{CellAlignment, ContentArrangement};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use super::findings::plain_table;
use super::time::date;
use crate::ledger::{Counts, RowEntry, RowState, Run, RunBot};
use crate::text::{counted, excerpt, excerpt_of_both_ends, grouped, printable, printable_json};

/// How much of a bot's id is shown: the vendor's have 39 characters.
const LEAST_OF_BOT_ID: usize = 12;
const MOST_OF_BOT_ID: usize = 44;

/// A run with its figures, as JSON has it.
#[derive(Debug, Clone, Serialize)]
pub struct RunView {
    /// The run's number.
    pub run: i64,
    /// `import` or `submit`.
    pub kind: &'static str,
    /// `running`, `finished` or `unfinished`.
    pub state: &'static str,
    /// Whether it went to a sandbox in the process.
    pub sandbox: bool,
    /// The profile's name, if one was used.
    pub profile: Option<String>,
    /// The environment's address.
    pub host: String,
    /// The bot; null where there are several.
    pub bot_id: Option<String>,
    /// Each bot with its rows.
    pub bots: Vec<BotView>,
    /// The input's name.
    pub input: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended with nothing left to send.
    pub finished_at: Option<Timestamp>,
    /// All rows of the input.
    pub rows: u64,
    /// On the server.
    pub saved: u64,
    /// The server said no.
    pub rejected: u64,
    /// Not valid, never sent.
    pub invalid: u64,
    /// Left out on purpose.
    pub skipped: u64,
    /// Not sent, and will be by a resumed run.
    pub unsent: u64,
    /// Perhaps on the server; while the run is going on, also what is in flight.
    pub in_doubt: u64,
    /// The failure report that was written last.
    pub failures_file: Option<PathBuf>,
}

/// How the rows of one bot stand, as JSON has it.
#[derive(Debug, Clone, Serialize)]
pub struct BotView {
    /// The bot.
    pub bot_id: String,
    /// The rows that go to it.
    pub rows: u64,
    /// On the server.
    pub saved: u64,
    /// The server said no.
    pub rejected: u64,
    /// Not sent, and will be by a resumed run.
    pub unsent: u64,
    /// Perhaps on the server.
    pub in_doubt: u64,
}

impl BotView {
    /// The view of each bot of a run.
    pub fn of_run(run: &Run, counts: &[Counts]) -> Vec<Self> {
        run.bots.iter().zip(counts).map(|(bot, counts)| Self::new(bot, counts)).collect()
    }

    fn new(bot: &RunBot, counts: &Counts) -> Self {
        Self {
            bot_id: bot.bot_id.clone(),
            rows: counts.rows,
            saved: counts.saved,
            rejected: counts.rejected,
            unsent: counts.unsent,
            in_doubt: counts.in_doubt,
        }
    }

    /// The view of a bot that nothing has been sent to.
    pub fn unsent(bot_id: String, rows: u64) -> Self {
        Self { bot_id, rows, saved: 0, rejected: 0, unsent: rows, in_doubt: 0 }
    }

    /// A table of bots, a line each. An id that is too long for it is cut in its middle: all of it stands in the JSON.
    pub fn table(bots: &[Self], width: u16) -> String {
        let headers = ["rows", "saved", "rejected", "unsent", "in doubt"];
        let figures = |bot: &Self| [bot.rows, bot.saved, bot.rejected, bot.unsent, bot.in_doubt].map(grouped);
        let widest =
            |column: usize| bots.iter().map(|bot| figures(bot)[column].len()).chain([headers[column].len()]).max();
        let taken: usize = (0..headers.len()).filter_map(widest).map(|widest| widest + 2).sum();
        // The blank before an id, and one on either side of the table.
        let room = usize::from(width).saturating_sub(taken + 3).clamp(LEAST_OF_BOT_ID, MOST_OF_BOT_ID);
        let mut table = plain_table(&[&[" bot"], &headers[..]].concat(), width);
        for bot in bots {
            let bot_id = match bot.bot_id.chars().count() {
                short if short <= room => excerpt(&bot.bot_id, room),
                // The cut takes a place, too.
                _ => excerpt_of_both_ends(&bot.bot_id, room - 1),
            };
            table.add_row(std::iter::once(format!(" {bot_id}")).chain(figures(bot)));
        }
        table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
        table.trim_fmt()
    }
}

impl RunView {
    /// The view of a run with its bots; `running` says whether a process works on it now.
    pub fn new(run: Run, counts: Counts, bots: Vec<BotView>, running: bool) -> Self {
        let state = match (running, run.finished_at) {
            (true, _) => "running",
            (false, Some(_)) => "finished",
            (false, None) => "unfinished",
        };
        Self {
            run: run.id.0,
            kind: run.kind.as_str(),
            state,
            sandbox: run.sandbox,
            profile: run.profile,
            host: run.host,
            bot_id: match &run.bots[..] {
                [bot] => Some(bot.bot_id.clone()),
                _ => None,
            },
            bots,
            input: run.input,
            started_at: run.started_at,
            finished_at: run.finished_at,
            rows: counts.rows,
            saved: counts.saved,
            rejected: counts.rejected,
            invalid: counts.invalid,
            skipped: counts.skipped,
            unsent: counts.unsent,
            in_doubt: counts.in_doubt,
            failures_file: run.report.map(|(path, _)| path),
        }
    }

    fn bot_in_words(&self) -> String {
        self.bot_id.as_ref().map_or_else(|| counted(self.bots.len() as u64, "bot"), |bot_id| format!("bot {bot_id}"))
    }

    /// Every figure on a line of its own.
    pub fn details(&self, zone: &TimeZone, width: u16) -> String {
        let sandbox = if self.sandbox { " (sandbox)" } else { "" };
        let mut lines = vec![
            format!("Run {}: {}, {}{sandbox}", self.run, self.kind, self.state),
            format!("  input     {}", printable(&self.input)),
            format!("  target    {}, {}", printable(&self.host), printable(&self.bot_in_words())),
            format!("  started   {}", date(self.started_at, zone)),
        ];
        lines.extend(self.profile.as_ref().map(|profile| format!("  profile   {}", printable(profile))));
        lines.extend(self.finished_at.map(|moment| format!("  finished  {}", date(moment, zone))));
        lines.push(format!("  rows      {:>9}", grouped(self.rows)));
        let figures = [
            ("saved", self.saved),
            ("rejected", self.rejected),
            ("invalid", self.invalid),
            ("skipped", self.skipped),
            ("unsent", self.unsent),
            ("in doubt", self.in_doubt),
        ];
        lines.extend(figures.map(|(word, number)| format!("  {word:<9} {:>9}", grouped(number))));
        if self.bots.len() > 1 {
            lines.push(BotView::table(&self.bots, width));
        }
        lines.extend(
            self.failures_file.as_ref().map(|path| format!("  failures  {}", printable(&path.display().to_string()))),
        );
        lines.join("\n")
    }
}

/// All runs, a line each.
pub fn runs_table(runs: &[RunView], zone: &TimeZone, width: u16) -> String {
    let mut table = plain_table(
        &["run", "started", "state", "input", "bot", "rows", "saved", "failed", "unsent", "in doubt"],
        width,
    );
    for run in runs {
        let bot = match &run.bot_id {
            _ if run.sandbox => "sandbox".to_owned(),
            Some(bot_id) => excerpt(bot_id, 14),
            None => counted(run.bots.len() as u64, "bot"),
        };
        let input = if run.kind == "submit" { "(submit)".to_owned() } else { tail(&run.input, 30) };
        table.add_row([
            run.run.to_string(),
            date(run.started_at, zone),
            run.state.to_owned(),
            input,
            bot,
            grouped(run.rows),
            grouped(run.saved),
            grouped(run.rejected + run.invalid),
            grouped(run.unsent),
            grouped(run.in_doubt),
        ]);
    }
    // A run is a line, however wide.
    table.set_content_arrangement(ContentArrangement::Disabled).trim_fmt()
}

/// The end of a path says more than its beginning.
fn tail(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return printable(text).into_owned();
    }
    let end: String = text.chars().skip(length - most + 1).collect();
    format!("…{}", printable(&end))
}

/// The header of the rows' CSV.
pub const ROW_COLUMNS: [&str; 5] = ["row", "outcome", "status", "server_id", "error"];

/// One row of a run, as JSON has it and as the CSV's columns do.
#[derive(Debug, Serialize)]
struct RowView<'a> {
    row: u64,
    outcome: &'static str,
    status: Option<u16>,
    server_id: Option<&'a str>,
    error: Option<Cow<'a, str>>,
}

impl<'a> RowView<'a> {
    fn new(entry: &'a RowEntry, running: bool) -> Self {
        let outcome = match entry.state {
            RowState::Settled(kind) => kind.as_str(),
            RowState::Claimed if running => "in flight",
            RowState::Claimed => "in doubt",
        };
        let error = entry.detail.as_deref().map(printable);
        Self { row: entry.row, outcome, status: entry.status, server_id: entry.server_id.as_deref(), error }
    }
}

/// Writes a row as a line of CSV.
///
/// # Errors
/// If writing fails.
pub fn write_row<W: Write>(entry: &RowEntry, running: bool, out: &mut csv::Writer<W>) -> io::Result<()> {
    let row = RowView::new(entry, running);
    let status = row.status.map_or_else(String::new, |status| status.to_string());
    let (id, error) = (row.server_id.unwrap_or_default(), row.error.as_deref().unwrap_or_default());
    out.write_record([row.row.to_string().as_str(), row.outcome, &status, id, error]).map_err(io_error)
}

/// Writes a row as an element of a JSON array, on a line of its own.
///
/// # Errors
/// If writing fails.
pub fn write_json_row(entry: &RowEntry, running: bool, is_first: bool, out: &mut dyn Write) -> io::Result<()> {
    let row = serde_json::to_string(&RowView::new(entry, running))?;
    write!(out, "{}\n  {}", if is_first { "" } else { "," }, printable_json(&row))
}

/// The system's error that made writing CSV fail. `io::Error::from` hides its kind, and with it a closed pipe.
pub fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
