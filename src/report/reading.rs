//! Progress while records are read from the server: an occasional line, with the time left.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::Printer;
use crate::run::read::ReadEvent;
use crate::text::{counted, format_duration, grouped, printable};

const INTERVAL: Duration = Duration::from_secs(10);

/// Prints what a reader reports.
#[derive(Debug)]
pub(crate) struct ReadProgress<'a> {
    printer: &'a Printer,
    last_printed: Cell<Instant>,
    records: Cell<u64>,
    total: Cell<Option<u64>>,
    started: Cell<Instant>,
}

impl<'a> ReadProgress<'a> {
    pub(crate) fn new(printer: &'a Printer) -> Self {
        let now = Instant::now();
        let (last_printed, started) = (Cell::new(now), Cell::new(now));
        Self { printer, last_printed, records: Cell::new(0), total: Cell::new(None), started }
    }

    /// The records are read again from the start.
    pub(crate) fn restart(&self) {
        self.records.set(0);
        self.total.set(None);
        self.started.set(Instant::now());
    }

    /// How many records there are, of all pages.
    pub(crate) fn expect(&self, total: u64) {
        self.total.set(Some(total));
    }

    pub(crate) fn show(&self, event: ReadEvent) {
        match event {
            ReadEvent::Read { records, total } => self.count(records, total),
            ReadEvent::Waiting { why } => self.printer.note(why),
            ReadEvent::Paused { why, wait } => {
                let (why, wait) = (printable(&why), format_duration(wait));
                self.printer.note(format_args!("paused: {why}; retrying in {wait}"));
            }
        }
    }

    fn count(&self, records: u64, total: Option<u64>) {
        // A later window has a smaller total.
        self.total.set(self.total.get().or(total));
        self.records.set(self.records.get() + records);
        if self.last_printed.get().elapsed() < INTERVAL {
            self.printer.detail(self.line());
        } else {
            self.last_printed.set(Instant::now());
            self.printer.note(self.line());
        }
    }

    /// `1,200 records of 5,000 read, 2 min left`
    fn line(&self) -> String {
        let read = self.records.get();
        // Some servers count only the page.
        let total = self.total.get().filter(|total| *total > read);
        let of = total.map_or_else(String::new, |total| format!(" of {}", grouped(total)));
        let left = total.filter(|_| read > 0).map(|total| {
            let left = self.started.get().elapsed().mul_f64((total - read) as f64 / read as f64);
            format!(", {} left", format_duration(left))
        });
        format!("{}{of} read{}", counted(read, "record"), left.unwrap_or_default())
    }
}
