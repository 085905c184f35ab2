//! The screen while rows are sent: a bar on a terminal, a line now and then elsewhere. The only user of indicatif.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Printer;
use super::time::format_ahead;
use crate::clock;
use crate::ledger::{Counts, OutcomeKind};
use crate::run::RunEvent;
use crate::text::format_duration;
use crate::text::{grouped, printable};

/// How often the bar is drawn, and how often a line is printed where there is no terminal.
const DRAWN_EVERY: Duration = Duration::from_millis(100);
const FIRST_LINE_AFTER: Duration = Duration::from_secs(5);
const LINE_EVERY: Duration = Duration::from_secs(60);

/// What the screen starts from.
#[derive(Debug, Clone, Copy)]
pub struct ProgressStart {
    /// Where the run stands: a resumed one has rows with outcomes already.
    pub counts: Counts,
    /// Whether there are several bots: then one that holds does not make the run wait.
    pub several_bots: bool,
    /// Whether standard error is a terminal.
    pub on_terminal: bool,
}

/// The thread that shows a run's events until the run has ended.
#[derive(Debug)]
pub struct ProgressDisplay(Option<JoinHandle<()>>);

impl ProgressDisplay {
    /// Starts to show events.
    pub fn start(events: Receiver<RunEvent>, opening: ProgressStart, printer: Printer) -> Self {
        let thread = std::thread::spawn(move || View::new(opening, printer).follow(&events));
        Self(Some(thread))
    }
}

impl Drop for ProgressDisplay {
    /// Waits until all events have been shown; the run must have ended, or this waits for it.
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            // A screen that broke has shown less; the run is as it is.
            let _ = thread.join();
        }
    }
}

struct View {
    counts: Counts,
    printer: Printer,
    bar: Option<ProgressBar>,
    began: Instant,
    done_before: u64,
    next_line: Instant,
    left: Option<Duration>,
    waiting: Option<String>,
    gave_up: u64,
    several_bots: bool,
    /// The bots of several that hold, and when that was said.
    held: HashMap<String, Instant>,
}

impl View {
    fn new(opening: ProgressStart, printer: Printer) -> Self {
        let now = Instant::now();
        let counts = opening.counts;
        let bar = (opening.on_terminal && !printer.is_quiet()).then(|| new_bar(counts.rows));
        Self {
            counts,
            printer,
            bar,
            began: now,
            done_before: counts.rows - counts.unsent,
            next_line: now + FIRST_LINE_AFTER,
            left: None,
            waiting: None,
            gave_up: 0,
            several_bots: opening.several_bots,
            held: HashMap::new(),
        }
    }

    fn follow(mut self, events: &Receiver<RunEvent>) {
        let mut redraw = Instant::now();
        loop {
            match events.recv_timeout(DRAWN_EVERY) {
                Ok(event) => self.take(event),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if redraw.elapsed() >= DRAWN_EVERY {
                self.draw();
                redraw = Instant::now();
            }
        }
        self.draw();
        if let Some(bar) = &self.bar {
            bar.abandon();
        }
    }

    fn take(&mut self, event: RunEvent) {
        match event {
            RunEvent::Settled { kind: OutcomeKind::Unsent, rows } => self.gave_up += rows,
            RunEvent::Settled { kind, rows } => {
                self.counts.settle(kind, rows);
                self.waiting = None;
            }
            RunEvent::Saved { .. } => {}
            RunEvent::NotSaved { row, kind, why } => self.detail(&format!("row {row} {kind}: {why}")),
            RunEvent::Retrying { row, why, wait } => {
                self.detail(&format!("row {row} goes again in {}: {why}", format_duration(wait)));
            }
            RunEvent::Paused { bot: Some(bot), why, wait } if self.several_bots => self.hold_bot(bot, &why, wait),
            RunEvent::Paused { why, wait, .. } => self.hold(&why, wait),
            RunEvent::BotStopped { bot, reason, others_continue } => {
                let others = if others_continue { ", the others go on" } else { "" };
                self.line(&format!("bot {bot} is given up{others}: {}", reason.message()));
            }
            RunEvent::TimeLeft(left) => self.left = Some(left),
            RunEvent::Stopping => {
                self.line("ending: waiting for the answers that are on their way (Ctrl-C again: don't wait)");
            }
        }
    }

    /// The others go on, so this is no state of the run; and a bot that holds again and again says so now and then.
    fn hold_bot(&mut self, bot: String, why: &str, wait: Duration) {
        let now = Instant::now();
        let is_news = self.held.get(&bot).is_none_or(|said| now.duration_since(*said) >= LINE_EVERY);
        if is_news || self.printer.is_verbose() {
            self.line(&format!("holding: bot {bot}: {why}; going on in {}, others meanwhile", format_duration(wait)));
            self.held.insert(bot, now);
        }
    }

    fn hold(&mut self, why: &str, wait: Duration) {
        let until = format_ahead(&clock::local_now(), wait);
        let why = format!("{}; going on in {}, {until}", printable(why), format_duration(wait));
        if self.waiting.is_none() || self.printer.is_verbose() {
            self.line(&format!("holding: {why}"));
        }
        self.waiting = Some(why);
    }

    fn detail(&self, text: &str) {
        if self.printer.is_verbose() {
            self.line(text);
        }
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.printer.note(printable(text))),
            None => self.printer.note(printable(text)),
        }
    }

    fn draw(&mut self) {
        if let Some(bar) = &self.bar {
            bar.set_position(self.done());
            bar.set_message(self.state());
        } else if Instant::now() >= self.next_line {
            self.next_line = Instant::now() + LINE_EVERY;
            let (done, all) = (grouped(self.done()), grouped(self.counts.rows));
            self.printer.note(format_args!("{done} of {all} rows: {}", self.state()));
        }
    }

    fn done(&self) -> u64 {
        self.counts.rows - self.counts.unsent + self.gave_up
    }

    /// `saved 180 · failed 2 · in doubt 1 · 59/min · 12 min left`.
    fn state(&self) -> String {
        let mut parts =
            vec![format!("saved {}", grouped(self.counts.saved)), format!("failed {}", grouped(self.counts.failed()))];
        for (word, rows) in [("in doubt", self.counts.in_doubt), ("unsent", self.gave_up)] {
            parts.extend((rows > 0).then(|| format!("{word} {}", grouped(rows))));
        }
        parts.extend(self.rate());
        match (&self.waiting, self.left) {
            (Some(why), _) => parts.push(why.clone()),
            (None, Some(left)) if self.counts.unsent > self.gave_up && left >= Duration::from_secs(1) => {
                parts.push(format!("{} left", format_duration(left)));
            }
            _ => {}
        }
        parts.join(" · ")
    }

    fn rate(&self) -> Option<String> {
        let seconds = self.began.elapsed().as_secs_f64();
        let rows = self.done().saturating_sub(self.done_before) as f64;
        let per_second = rows / seconds;
        match seconds {
            ..0.5 => None,
            _ if per_second >= 10.0 => Some(format!("{}/s", grouped(per_second.round() as u64))),
            _ => Some(format!("{:.0}/min", per_second * 60.0)),
        }
    }
}

fn new_bar(rows: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(rows), ProgressDrawTarget::stderr_with_hz(10));
    // A template that doesn't parse would leave the default bar; the test below keeps it parsing.
    if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
        bar.set_style(style.progress_chars("━╸─"));
    }
    bar
}

const TEMPLATE: &str = "{bar:20.cyan} {human_pos}/{human_len} · {wide_msg}";

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use indicatif::ProgressStyle;

    use super::{Counts, OutcomeKind, Printer, ProgressStart, RunEvent, TEMPLATE, View};
    use crate::settings::Context;

    fn view(counts: Counts) -> View {
        let printer = Printer::new(&Context::with_variables(&[]), true, false);
        View::new(ProgressStart { counts, several_bots: true, on_terminal: false }, printer)
    }

    #[test]
    fn the_bars_template_parses() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }

    #[test]
    fn the_state_says_what_was_done_what_failed_and_what_is_left() {
        let mut view = view(Counts::all_unsent(10));
        view.take(RunEvent::Settled { kind: OutcomeKind::Saved, rows: 3 });
        view.take(RunEvent::Settled { kind: OutcomeKind::InDoubt, rows: 1 });
        view.take(RunEvent::Settled { kind: OutcomeKind::Unsent, rows: 1 });
        view.take(RunEvent::Settled { kind: OutcomeKind::Rejected, rows: 2 });
        view.take(RunEvent::TimeLeft(Duration::from_secs(125)));
        view.began = Instant::now() - Duration::from_secs(60);
        assert_eq!(view.state(), "saved 3 · failed 2 · in doubt 1 · unsent 1 · 7/min · 2 min 5 s left");
        assert_eq!(view.done(), 7);
    }

    #[test]
    fn a_hold_is_said_until_something_is_settled() {
        let mut view = view(Counts::all_unsent(10));
        view.take(RunEvent::Paused {
            bot: None,
            why: "the door\u{1b}[2J is closed".to_owned(),
            wait: Duration::from_secs(30),
        });
        assert!(view.state().contains("is closed; going on in 30 s") && !view.state().contains('\u{1b}'));
        view.take(RunEvent::Settled { kind: OutcomeKind::Saved, rows: 1 });
        assert!(!view.state().contains("closed"));
    }

    #[test]
    fn one_of_several_bots_that_holds_is_no_state_of_the_run() {
        let mut view = view(Counts::all_unsent(10));
        let wait = Duration::from_secs(30);
        view.take(RunEvent::Paused { bot: Some("st-1".to_owned()), why: "the door is closed".to_owned(), wait });
        view.take(RunEvent::TimeLeft(Duration::from_secs(125)));
        assert!(!view.state().contains("closed") && view.state().contains("left"), "{}", view.state());
    }
}
