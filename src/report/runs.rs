//! Runs in the ledger, for people and as JSON.

use std::path::PathBuf;

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::counts::{BotView, count_line, outcome_lines};
use super::format::format_date;
use super::line::fitted;
use crate::ledger::{Counts, Run, RunKind};
use crate::text::{counted, grouped, id_tail, printable};

/// A run, as JSON shows it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RunView {
    run: i64,
    /// `import` or `submit`.
    kind: &'static str,
    /// `running`, `finished`, `unfinished` or, for a submit that never went out, `unsent`.
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
            // A submit is not resumed.
            (false, Some(_)) if run.kind == RunKind::Submit && counts.unsent > 0 => "unsent",
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

    pub(super) fn number(&self) -> i64 {
        self.run
    }

    /// What was sent where and when, for a report.
    pub(super) fn facts(&self, zone: &TimeZone) -> Vec<(&'static str, String)> {
        let state = format!("{}{}", self.state, if self.sandbox { ", sent to a sandbox" } else { "" });
        let bots: Vec<String> = self.bots.iter().map(|bot| bot.in_words()).collect();
        let mut facts = vec![("state", state)];
        facts.extend((!self.input.is_empty()).then(|| ("input", printable(&self.input).into_owned())));
        facts.push(("host", printable(&self.host).into_owned()));
        facts.push((if bots.len() == 1 { "bot" } else { "bots" }, bots.join(", ")));
        facts.extend(self.profile.as_ref().map(|profile| ("profile", printable(profile).into_owned())));
        facts.push(("started", format_date(self.started_at, zone)));
        facts.extend(self.finished_at.map(|time| ("finished", format_date(time, zone))));
        facts.push(("rows", grouped(self.counts.rows)));
        facts.extend((self.counts.records != self.counts.rows).then(|| ("records", grouped(self.counts.records))));
        facts
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

    fn input_name(&self) -> String {
        match self.kind {
            "submit" => "(submit)".to_owned(),
            _ => self.input.split(", ").map(file_name).collect::<Vec<_>>().join(", "),
        }
    }

    fn short_bot(&self) -> String {
        match &self.bot_id {
            _ if self.sandbox => "sandbox".to_owned(),
            Some(bot_id) => id_tail(bot_id),
            None => self.bot_count(),
        }
    }
}

/// The narrowest that the input's name is cut to.
const MIN_INPUT: usize = 10;

/// A line for each run. A narrow terminal gets fewer columns: first without those that have only zeros, then without the total, the
/// time of day and the bot.
pub(crate) fn runs_table(runs: &[RunView], zone: &TimeZone, width: u16) -> String {
    let width = usize::from(width);
    let fits = |omitted: usize| {
        let (columns, taken) = columns(runs, zone, omitted);
        let room = width.saturating_sub(taken);
        (room >= MIN_INPUT || omitted == MOST_OMITTED).then_some((columns, room.max(MIN_INPUT)))
    };
    let Some((columns, room)) = (0..=MOST_OMITTED).find_map(fits) else { return String::new() };
    let inputs: Vec<String> = runs.iter().map(|run| fitted(&run.input_name(), room)).collect();
    let input_width = inputs.iter().map(|input| input.width()).fold("input".len(), usize::max);
    let line = |row: usize| {
        let cells = columns.iter().map(|column| match column.name {
            "input" => padded(if row == 0 { "input" } else { &inputs[row - 1] }, input_width),
            _ => column.cell(row),
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    (0..=runs.len()).map(line).collect::<Vec<_>>().join("\n")
}

const MOST_OMITTED: usize = 4;

/// A column of the table; that of the inputs is filled in last.
struct Column {
    name: &'static str,
    cells: Vec<String>,
    is_number: bool,
}

impl Column {
    fn width(&self) -> usize {
        self.cells.iter().map(|cell| cell.width()).fold(self.name.len(), usize::max)
    }

    /// Row 0 is the header.
    fn cell(&self, row: usize) -> String {
        let (text, width) = (if row == 0 { self.name } else { &self.cells[row - 1] }, self.width());
        if self.is_number { format!("{text:>width$}") } else { padded(text, width) }
    }
}

/// The columns that are left without the first `omitted` candidates, and the width of all but that of the inputs.
fn columns(runs: &[RunView], zone: &TimeZone, omitted: usize) -> (Vec<Column>, usize) {
    let of = |name, is_number, cell: &dyn Fn(&RunView) -> String| Column {
        name,
        cells: runs.iter().map(cell).collect(),
        is_number,
    };
    let date = |run: &RunView| {
        let date = format_date(run.started_at, zone);
        if omitted >= 3 { date.split(' ').next().unwrap_or_default().to_owned() } else { date }
    };
    let mut columns = vec![
        of("run", true, &|run| run.run.to_string()),
        of("started", false, &date),
        of("state", false, &|run| run.state.to_owned()),
        of("input", false, &|_| String::new()),
    ];
    if omitted < 4 {
        columns.push(of("bot", false, &RunView::short_bot));
    }
    if omitted < 2 {
        columns.push(of("total", true, &|run| grouped(run.counts.records)));
    }
    columns.push(of("saved", true, &|run| grouped(run.counts.saved)));
    let others = [
        of("failed", true, &|run| grouped(run.counts.rejected + run.counts.invalid)),
        of("unsent", true, &|run| grouped(run.counts.unsent)),
        of("doubt", true, &|run| grouped(run.counts.in_doubt)),
    ];
    columns.extend(others.into_iter().filter(|other| omitted == 0 || other.cells.iter().any(|cell| cell != "0")));
    let taken = columns.iter().filter(|column| column.name != "input").map(|column| column.width() + 2).sum();
    (columns, taken)
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// The name of the file: its directory is the same for most runs, and `runs show` has it.
fn file_name(path: &str) -> String {
    printable(path.rsplit(['/', '\\']).next().unwrap_or(path)).into_owned()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use unicode_width::UnicodeWidthStr;

    use super::{RunView, runs_table};
    use crate::ledger::Counts;

    fn view(run: i64, input: &str, counts: Counts) -> RunView {
        RunView {
            run,
            kind: "import",
            state: "unfinished",
            sandbox: false,
            profile: None,
            host: "https://bots.kore.ai".to_owned(),
            bot_id: Some("st-00000000-0000-0000-0000-0000000000f1".to_owned()),
            bots: Vec::new(),
            input: input.to_owned(),
            started_at: "2026-11-22T12:00:00Z".parse().unwrap(),
            finished_at: None,
            clock_offset_ms: None,
            counts,
            failures_file: None,
        }
    }

    #[test]
    fn the_list_of_runs_fits_the_terminal() {
        let big = 100_000;
        let full = Counts { saved: big, rejected: big, unsent: big, in_doubt: big, ..Counts::all_unsent(big, big) };
        let long = format!("/home/jo/{}.csv", "exporté".repeat(20));
        for runs in
            [vec![view(1, &long, Counts::all_unsent(3, 3))], vec![view(12_345, &long, full), view(2, "a.csv", full)]]
        {
            for width in [80, 100, 120] {
                let table = runs_table(&runs, &TimeZone::UTC, width);
                assert!(table.lines().all(|line| line.width() <= width.into()), "{table}");
                assert!(table.contains("saved") && table.contains("expo"), "{table}");
            }
        }
        let table =
            runs_table(&[view(1, "/home/jo/feedback.csv", Counts::all_unsent(1_200, 1_200))], &TimeZone::UTC, 80);
        insta::assert_snapshot!(table, @"
        run  started           state       input         bot       total  saved  unsent
          1  2026-11-22 12:00  unfinished  feedback.csv  st-…00f1  1,200      0   1,200
        ");
    }
}
