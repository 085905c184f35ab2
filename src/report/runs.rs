//! Runs in the ledger, for people and as JSON.

use std::path::PathBuf;

use comfy_table::ContentArrangement;
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use super::counts::{BotView, count_line, outcome_lines};
use super::format::{format_date, plain_table};
use crate::ledger::{Counts, Run};
use crate::text::{counted, excerpt, grouped, printable};

/// A run, as JSON shows it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RunView {
    run: i64,
    /// `import` or `submit`.
    kind: &'static str,
    /// `running`, `finished` or `unfinished`.
    state: &'static str,
    sandbox: bool,
    profile: Option<String>,
    host: String,
    /// Null if there are several bots.
    bot_id: Option<String>,
    bots: Vec<BotView>,
    input: String,
    started_at: Timestamp,
    /// When it ended with nothing left to send.
    finished_at: Option<Timestamp>,
    /// How many milliseconds the server's clock was ahead of this machine's; null if it was not said.
    clock_offset_ms: Option<i64>,
    #[serde(flatten)]
    counts: Counts,
    /// The latest failure report.
    failures_file: Option<PathBuf>,
}

impl RunView {
    /// `is_running` tells whether a process is working on the run.
    pub(crate) fn new(run: Run, counts: Counts, bots: Vec<BotView>, is_running: bool) -> Self {
        let state = match (is_running, run.finished_at) {
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
            bot_id: BotView::only_id(&bots),
            bots,
            input: run.input,
            started_at: run.started_at,
            finished_at: run.finished_at,
            clock_offset_ms: run.clock_offset.and_then(|offset| offset.as_millis().try_into().ok()),
            counts,
            failures_file: run.report.map(|(path, _)| path),
        }
    }

    /// Everything about the run, one fact per line.
    pub(crate) fn details(&self, zone: &TimeZone, width: u16) -> String {
        let sandbox = if self.sandbox { " (sandbox)" } else { "" };
        let bot = self.bot_id.as_ref().map_or_else(|| self.bot_count(), |bot_id| format!("bot {bot_id}"));
        let mut lines = vec![
            format!("Run {}: {}, {}{sandbox}", self.run, self.kind, self.state),
            format!("  input     {}", printable(&self.input)),
            format!("  target    {}, {}", printable(&self.host), printable(&bot)),
            format!("  started   {}", format_date(self.started_at, zone)),
        ];
        lines.extend(self.profile.as_ref().map(|profile| format!("  profile   {}", printable(profile))));
        lines.extend(self.finished_at.map(|time| format!("  finished  {}", format_date(time, zone))));
        lines.push(count_line("rows", self.counts.rows));
        if self.counts.records != self.counts.rows {
            lines.push(count_line("records", self.counts.records));
        }
        lines.extend(outcome_lines(&self.counts));
        if self.bots.len() > 1 {
            lines.push(BotView::table(&self.bots, width));
        }
        let path = self.failures_file.as_ref().map(|path| path.display().to_string());
        lines.extend(path.map(|path| format!("  failures  {}", printable(&path))));
        lines.join("\n")
    }

    fn bot_count(&self) -> String {
        counted(self.bots.len() as u64, "bot")
    }

    fn table_row(&self, zone: &TimeZone) -> [String; RUN_HEADERS.len()] {
        let bot = match &self.bot_id {
            _ if self.sandbox => "sandbox".to_owned(),
            Some(bot_id) => excerpt(bot_id, 14),
            None => self.bot_count(),
        };
        let counts = &self.counts;
        [
            self.run.to_string(),
            format_date(self.started_at, zone),
            self.state.to_owned(),
            if self.kind == "submit" { "(submit)".to_owned() } else { path_end(&self.input, 30) },
            bot,
            grouped(counts.records),
            grouped(counts.saved),
            grouped(counts.rejected + counts.invalid),
            grouped(counts.unsent),
            grouped(counts.in_doubt),
        ]
    }
}

const RUN_HEADERS: [&str; 10] =
    ["run", "started", "state", "input", "bot", "total", "saved", "failed", "unsent", "in doubt"];

/// A line for each run, however long it is.
pub(crate) fn runs_table(runs: &[RunView], zone: &TimeZone, width: u16) -> String {
    let mut table = plain_table(&RUN_HEADERS, width);
    table.add_rows(runs.iter().map(|run| run.table_row(zone)));
    table.set_content_arrangement(ContentArrangement::Disabled).trim_fmt()
}

/// The last characters of a path, which say more than the first.
fn path_end(path: &str, most: usize) -> String {
    let length = path.chars().count();
    if length <= most {
        return printable(path).into_owned();
    }
    let end: String = path.chars().skip(length - most + 1).collect();
    format!("…{}", printable(&end))
}
