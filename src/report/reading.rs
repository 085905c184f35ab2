//! Progress while records are read from the server: a bar on a terminal, an occasional line elsewhere.

use std::cell::Cell;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::Printer;
use super::progress::new_bar;
use crate::run::read::{ReadEvent, ScanEvent};
use crate::text::{counted, format_duration, grouped, printable};

const INTERVAL: Duration = Duration::from_secs(10);

/// Prints what a reader reports.
#[derive(Debug)]
pub(crate) struct ReadProgress<'a> {
    printer: &'a Printer,
    /// Hidden without a terminal.
    bar: ProgressBar,
    last_printed: Cell<Instant>,
    started: Cell<Instant>,
    records: Cell<u64>,
    total: Cell<Option<u64>>,
}

impl<'a> ReadProgress<'a> {
    /// Shows a bar if standard error is a terminal.
    pub(crate) fn new(printer: &'a Printer, on_terminal: bool) -> Self {
        let now = Instant::now();
        let bar = new_bar(0, on_terminal, printer);
        let (last_printed, started) = (Cell::new(now), Cell::new(now));
        Self { printer, bar, last_printed, started, records: Cell::new(0), total: Cell::new(None) }
    }

    /// The records are read again from the start.
    pub(crate) fn restart(&self) {
        self.records.set(0);
        self.total.set(None);
        self.started.set(Instant::now());
    }

    pub(crate) fn show_scan(&self, event: ScanEvent) {
        match event {
            ScanEvent::Expected { records, time } => {
                self.total.set(Some(records));
                if time >= INTERVAL {
                    let (records, time) = (counted(records, "record"), format_duration(time));
                    self.note(&format!("{records} to read: about {time}"));
                }
            }
            ScanEvent::Reading(event) => self.show(event),
        }
    }

    pub(crate) fn show(&self, event: ReadEvent) {
        match event {
            ReadEvent::Answered { .. } => {}
            ReadEvent::Read { records, total } => self.count(records, total),
            ReadEvent::Waiting { why } => self.note(&why),
            ReadEvent::Paused { why, wait } => {
                self.note(&format!("paused: {}; retrying in {}", printable(&why), format_duration(wait)));
            }
        }
    }

    fn note(&self, line: &str) {
        self.bar.suspend(|| self.printer.note(line));
    }

    fn count(&self, records: u64, total: Option<u64>) {
        // A later slice has a smaller total.
        self.total.set(self.total.get().or(total));
        self.records.set(self.records.get() + records);
        self.bar.set_length(self.total.get().unwrap_or_default().max(self.records.get()));
        self.bar.set_position(self.records.get());
        self.bar.set_message(self.time_left().unwrap_or_default());
        if self.bar.is_hidden() && self.last_printed.get().elapsed() >= INTERVAL {
            self.last_printed.set(Instant::now());
            self.printer.note(self.line());
        } else {
            self.bar.suspend(|| self.printer.detail(self.line()));
        }
    }

    /// `1,200 records of 5,000 read, 2 min left`
    fn line(&self) -> String {
        let of = self.left().map_or_else(String::new, |left| format!(" of {}", grouped(self.records.get() + left)));
        let time_left = self.time_left().map_or_else(String::new, |time| format!(", {time}"));
        format!("{}{of} read{time_left}", counted(self.records.get(), "record"))
    }

    /// How many records are left, if that is known: some servers count only the page.
    fn left(&self) -> Option<u64> {
        self.total.get()?.checked_sub(self.records.get()).filter(|left| *left > 0)
    }

    fn time_left(&self) -> Option<String> {
        let (read, left) = (self.records.get(), self.left()?);
        let time = self.started.get().elapsed().mul_f64(left as f64 / read.max(1) as f64);
        (time >= Duration::from_secs(1)).then(|| format!("{} left", format_duration(time)))
    }
}

impl Drop for ReadProgress<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
