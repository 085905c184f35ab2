//! Progress while rows are sent: a bar on a terminal, an occasional line elsewhere.

use std::collections::{BTreeMap, HashMap};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use dialoguer::console;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use unicode_width::UnicodeWidthStr;

use super::Printer;
use super::ascii::to_ascii;
use super::events::{not_saved_event, saved_event};
use super::format::format_time_ahead;
use crate::clock;
use crate::ledger::{Counts, OutcomeKind, RunId};
use crate::pacing::{Limit, duration_text};
use crate::run::RunEvent;
use crate::text::{format_duration, grouped, printable};

const REDRAW_INTERVAL: Duration = Duration::from_millis(100);
/// How long events gather before they are shown: to wake this thread for each one costs the engine a system call per record.
const GATHER: Duration = Duration::from_millis(20);
/// Without a terminal, the first line comes after this long.
const FIRST_LINE_AFTER: Duration = Duration::from_secs(5);
const LINE_INTERVAL: Duration = Duration::from_secs(60);

/// The state that progress starts from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProgressStart {
    /// A resumed run already has records with outcomes.
    pub counts: Counts,
    /// What records are called where they are counted.
    pub unit: &'static str,
    /// With several bots, a pause of one does not pause the run.
    pub several_bots: bool,
    /// Whether standard error is a terminal.
    pub on_terminal: bool,
}

/// The thread that shows a run's events until the run has ended.
#[derive(Debug)]
pub(crate) struct ProgressDisplay(Option<JoinHandle<SentMeanwhile>>);

/// How many records were skipped because other runs sent them meanwhile, by run.
pub(crate) type SentMeanwhile = BTreeMap<RunId, u64>;

impl ProgressDisplay {
    pub(crate) fn start(events: Receiver<RunEvent>, start: ProgressStart, printer: Printer) -> Self {
        let thread = std::thread::spawn(move || Progress::new(start, printer).follow(&events));
        Self(Some(thread))
    }

    /// Waits until the run has ended and all its events have been shown.
    pub(crate) fn end(mut self) -> SentMeanwhile {
        self.wait()
    }

    fn wait(&mut self) -> SentMeanwhile {
        let Some(thread) = self.0.take() else { return SentMeanwhile::default() };
        thread.thread().unpark();
        // If the thread panicked, less was shown, but the run is unaffected.
        thread.join().unwrap_or_default()
    }
}

impl Drop for ProgressDisplay {
    fn drop(&mut self) {
        self.wait();
    }
}

struct Progress {
    counts: Counts,
    unit: &'static str,
    printer: Printer,
    /// Hidden if there is no terminal.
    bar: ProgressBar,
    started: Instant,
    done_before: u64,
    next_line: Instant,
    time_left: Option<Duration>,
    /// How many calls each rate limit's window contains.
    windows: Vec<(Limit, u64)>,
    /// The width of the terminal when the bar was last drawn.
    columns: Option<u16>,
    /// Why nothing is sent at the moment.
    pause: Option<String>,
    /// Records that will not be sent in this run.
    unsent: u64,
    several_bots: bool,
    /// When the pause of each of several bots was last shown.
    bot_pauses: HashMap<String, Instant>,
    sent_meanwhile: SentMeanwhile,
}

impl Progress {
    fn new(start: ProgressStart, printer: Printer) -> Self {
        let now = Instant::now();
        let counts = start.counts;
        let bar = new_bar(counts.records, start.on_terminal, &printer);
        Self {
            counts,
            unit: start.unit,
            printer,
            bar,
            started: now,
            done_before: counts.records - counts.unsent,
            next_line: now + FIRST_LINE_AFTER,
            time_left: None,
            windows: Vec::new(),
            columns: None,
            pause: None,
            unsent: 0,
            several_bots: start.several_bots,
            bot_pauses: HashMap::new(),
            sent_meanwhile: SentMeanwhile::default(),
        }
    }

    fn follow(mut self, events: &Receiver<RunEvent>) -> SentMeanwhile {
        let mut last_redraw = Instant::now();
        loop {
            match events.recv_timeout(REDRAW_INTERVAL) {
                Ok(event) => std::iter::once(event).chain(events.try_iter()).for_each(|event| self.apply(event)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if last_redraw.elapsed() >= REDRAW_INTERVAL {
                self.redraw();
                last_redraw = Instant::now();
            }
            std::thread::park_timeout(GATHER);
        }
        self.redraw();
        self.bar.abandon();
        self.sent_meanwhile
    }

    fn apply(&mut self, event: RunEvent) {
        match event {
            RunEvent::Settled { kind, records } => self.count(kind, records),
            RunEvent::Saved { id, status, record, .. } => {
                self.count(OutcomeKind::Saved, 1);
                self.printer.event(|| saved_event(id, status, &record));
            }
            RunEvent::NotSaved { id, kind, status, why, .. } => {
                self.count(kind, 1);
                self.printer.event(|| not_saved_event(id, kind, status, why.as_deref()));
                let why = why.map(|why| format!(": {why}")).unwrap_or_default();
                self.detail(&format!("{id}: {kind}{why}"));
            }
            RunEvent::SentMeanwhile { id, by } => {
                self.count(OutcomeKind::Skipped, 1);
                *self.sent_meanwhile.entry(by).or_default() += 1;
                self.detail(&format!("{id}: skipped: sent by run {by}"));
            }
            RunEvent::Retrying { record, why, wait } if wait.is_zero() => {
                self.detail(&format!("{record}: retrying now: {why}"));
            }
            RunEvent::Retrying { record, why, wait } => {
                self.detail(&format!("{record}: retrying in {}: {why}", format_duration(wait)));
            }
            RunEvent::Paused { bot: Some(bot), why, wait } if self.several_bots => self.show_bot_pause(bot, &why, wait),
            RunEvent::Paused { why, wait, .. } => self.show_pause(&why, wait),
            RunEvent::Waiting { bot, why } => {
                let bot = bot.filter(|_| self.several_bots).map(|bot| format!("bot {bot}: ")).unwrap_or_default();
                self.line(&format!("{bot}{why}"));
            }
            RunEvent::BotStopped { bot, reason, others_continue } => {
                let others = if others_continue { " (other bots continue)" } else { "" };
                self.line(&format!("stopped sending to bot {bot}{others}: {}", reason.message()));
            }
            RunEvent::Warning(text) => self.bar.suspend(|| self.printer.warning(printable(&text))),
            RunEvent::TimeLeft(left) => self.time_left = Some(left),
            RunEvent::Windows(windows) => self.windows = windows,
            RunEvent::Stopping => {
                self.line("stopping: waiting for requests in flight (Ctrl-C again to abandon them)");
            }
        }
    }

    fn count(&mut self, kind: OutcomeKind, records: u64) {
        if kind == OutcomeKind::Unsent {
            self.unsent += records;
        } else {
            self.counts.settle(kind, records);
            self.pause = None;
        }
    }

    /// Shows that one of several bots is paused, but not again and again.
    fn show_bot_pause(&mut self, bot: String, why: &str, wait: Duration) {
        let now = Instant::now();
        let is_due = self.bot_pauses.get(&bot).is_none_or(|shown| now.duration_since(*shown) >= LINE_INTERVAL);
        if is_due || self.printer.is_verbose() {
            let wait = format_duration(wait);
            self.line(&format!("paused: bot {bot}: {why}; retrying in {wait}, other bots continue"));
            self.bot_pauses.insert(bot, now);
        }
    }

    fn show_pause(&mut self, why: &str, wait: Duration) {
        let end = format_time_ahead(&clock::local_now(), wait);
        let pause = format!("{}; retrying in {} ({end})", printable(why), format_duration(wait));
        if self.pause.is_none() || self.printer.is_verbose() {
            self.line(&format!("paused: {pause}"));
        }
        self.pause = Some(pause);
    }

    fn detail(&self, text: &str) {
        match self.printer.is_verbose() {
            true => self.bar.suspend(|| self.printer.detail(printable(text))),
            false => self.printer.detail(printable(text)),
        }
    }

    fn line(&self, text: &str) {
        self.bar.suspend(|| self.printer.note(printable(text)));
    }

    fn redraw(&mut self) {
        self.erase_wrapped_line();
        self.bar.set_position(self.done());
        self.bar.set_message(if self.printer.is_ascii() {
            to_ascii(&self.status()).into_owned()
        } else {
            self.status()
        });
        if self.bar.is_hidden() && Instant::now() >= self.next_line {
            self.next_line = Instant::now() + LINE_INTERVAL;
            let (done, all) = (grouped(self.done()), grouped(self.counts.records));
            self.printer.note(format_args!("{done} of {all} {}s: {}", self.unit, self.status()));
        }
    }

    /// A terminal that was made narrower has wrapped the last line, and indicatif erases only the end of it.
    fn erase_wrapped_line(&mut self) {
        let columns = self.printer.terminal_columns();
        if let (Some(before), Some(now)) = (self.columns, columns)
            && now < before
            && !self.bar.is_hidden()
        {
            let line = format!(" {}/{} · {}", grouped(self.done()), grouped(self.counts.records), self.status());
            let width = (BAR_WIDTH + line.width()).min(before.into());
            let rows_above = width.div_ceil(now.into()).saturating_sub(1);
            self.bar.suspend(|| self.printer.erase_above(rows_above));
        }
        self.columns = columns;
    }

    fn done(&self) -> u64 {
        self.counts.records - self.counts.unsent + self.unsent
    }

    /// `saved 180 · failed 2 · in doubt 1 · 59/min · 12 min left`.
    fn status(&self) -> String {
        let mut parts =
            vec![format!("saved {}", grouped(self.counts.saved)), format!("failed {}", grouped(self.counts.failed()))];
        for (outcome, rows) in [("in doubt", self.counts.in_doubt), ("unsent", self.unsent)] {
            parts.extend((rows > 0).then(|| format!("{outcome} {}", grouped(rows))));
        }
        if self.windows.is_empty() {
            parts.extend(self.rate());
        }
        parts.extend(self.pause.clone().or_else(|| self.time_left_text()));
        let windows: Vec<String> = self.windows.iter().map(|(limit, used)| window_text(limit, *used)).collect();
        parts.extend((!windows.is_empty()).then(|| windows.join(", ")));
        parts.join(" · ")
    }

    fn time_left_text(&self) -> Option<String> {
        let left = self.time_left.filter(|left| *left >= Duration::from_secs(1))?;
        (self.counts.unsent > self.unsent).then(|| format!("{} left", format_duration(left)))
    }

    fn rate(&self) -> Option<String> {
        let seconds = self.started.elapsed().as_secs_f64();
        let rows = self.done().saturating_sub(self.done_before) as f64;
        let per_second = rows / seconds;
        match seconds {
            ..0.5 => None,
            _ if per_second >= 10.0 => Some(format!("{}/s", grouped(per_second.round() as u64))),
            _ => Some(format!("{:.0}/min", per_second * 60.0)),
        }
    }
}

/// `42/60 this minute`.
fn window_text(limit: &Limit, used: u64) -> String {
    let window = match limit.per.as_secs() {
        60 => "this minute".to_owned(),
        3600 => "this hour".to_owned(),
        _ => format!("in {}", duration_text(limit.per)),
    };
    format!("{}/{} {window}", grouped(used), grouped(limit.calls.get().into()))
}

const BAR_WIDTH: usize = 20;
const TEMPLATE: &str = "{bar:20.cyan} {human_pos}/{human_len} · {wide_msg}";
const ASCII_TEMPLATE: &str = "{bar:20.cyan} {human_pos}/{human_len} | {wide_msg}";

/// A bar, hidden unless standard error is a terminal that can move its cursor.
pub(super) fn new_bar(rows: u64, on_terminal: bool, printer: &Printer) -> ProgressBar {
    let visible = on_terminal && printer.can_draw() && !printer.is_quiet();
    let target = if visible { ProgressDrawTarget::stderr_with_hz(10) } else { ProgressDrawTarget::hidden() };
    console::set_colors_enabled_stderr(printer.is_colored());
    let bar = ProgressBar::with_draw_target(Some(rows), target);
    let (template, chars) = if printer.is_ascii() { (ASCII_TEMPLATE, "=>-") } else { (TEMPLATE, "━╸─") };
    // A test checks that the template parses; otherwise the bar would have its default style.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars(chars));
    }
    bar
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use indicatif::ProgressStyle;

    use super::{Counts, OutcomeKind, Printer, Progress, ProgressStart, RunEvent, TEMPLATE};
    use crate::report::PrinterOptions;
    use crate::settings::Context;

    fn progress(counts: Counts) -> Progress {
        let printer =
            Printer::new(&Context::with_variables(&[]), PrinterOptions { quiet: true, ..PrinterOptions::default() });
        Progress::new(ProgressStart { counts, unit: "row", several_bots: true, on_terminal: false }, printer)
    }

    #[test]
    fn the_bar_template_parses() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }

    #[test]
    fn the_status_shows_outcomes_rate_and_time_left() {
        let mut progress = progress(Counts::all_unsent(10, 10));
        progress.apply(RunEvent::Settled { kind: OutcomeKind::Saved, records: 3 });
        progress.apply(RunEvent::Settled { kind: OutcomeKind::InDoubt, records: 1 });
        progress.apply(RunEvent::Settled { kind: OutcomeKind::Unsent, records: 1 });
        progress.apply(RunEvent::Settled { kind: OutcomeKind::Rejected, records: 2 });
        progress.apply(RunEvent::TimeLeft(Duration::from_secs(125)));
        progress.started = Instant::now() - Duration::from_secs(60);
        assert_eq!(progress.status(), "saved 3 · failed 2 · in doubt 1 · unsent 1 · 7/min · 2 min 5 s left");
        assert_eq!(progress.done(), 7);
    }

    #[test]
    fn the_status_shows_the_windows() {
        let mut progress = progress(Counts::all_unsent(10, 10));
        let windows = [("60/1m", 42), ("1800/1h", 1204), ("5/10s", 1)];
        progress.apply(RunEvent::Windows(windows.map(|(limit, used)| (limit.parse().unwrap(), used)).into()));
        progress.apply(RunEvent::TimeLeft(Duration::from_secs(125)));
        let expected = "saved 0 · failed 0 · 2 min 5 s left · 42/60 this minute, 1,204/1,800 this hour, 1/5 in 10s";
        assert_eq!(progress.status(), expected);
    }

    #[test]
    fn a_pause_shows_until_a_row_settles() {
        let mut progress = progress(Counts::all_unsent(10, 10));
        progress.apply(RunEvent::Paused {
            bot: None,
            why: "the door\u{1b}[2J is closed".to_owned(),
            wait: Duration::from_secs(30),
        });
        assert!(progress.status().contains("is closed; retrying in 30 s (") && !progress.status().contains('\u{1b}'));
        progress.apply(RunEvent::Settled { kind: OutcomeKind::Saved, records: 1 });
        assert!(!progress.status().contains("closed"));
    }

    #[test]
    fn a_paused_bot_does_not_pause_the_run() {
        let mut progress = progress(Counts::all_unsent(10, 10));
        let wait = Duration::from_secs(30);
        progress.apply(RunEvent::Paused { bot: Some("st-1".to_owned()), why: "the door is closed".to_owned(), wait });
        progress.apply(RunEvent::TimeLeft(Duration::from_secs(125)));
        assert!(!progress.status().contains("closed") && progress.status().contains("left"), "{}", progress.status());
    }
}
