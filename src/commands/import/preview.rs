//! Before anything is sent: how it will read, and what looks odd in it.

use std::ffi::OsStr;

use super::Import;
use crate::record::{Oddity, SkipReason, Tally};
use crate::report::{Printer, preview};
use crate::run::CheckReport;
use crate::text::{counted, shell_command};

impl Import<'_> {
    /// Shows the preview and its warnings. Who resumes a run has seen them when it began.
    pub(super) fn tell_preview(&self) {
        if !self.args.resume || self.args.dry_run {
            tell(&self.report.tally, self.setup.is_sandbox, self.printer);
        }
    }
}

/// Shows how these records will read, and what looks odd in them.
pub(super) fn tell(tally: &Tally, is_sandbox: bool, printer: &Printer) {
    printer.drawing(&preview(tally, printer.columns()));
    for oddity in Oddity::find_in(tally) {
        printer.caution(oddity);
    }
    if tally.records() > 0 && !is_sandbox {
        printer.caution(format_args!(
            "the API takes no date: on the dashboard each record carries the day on which it is sent, not that of the \
             answer ({} here)",
            counted(tally.records(), "record")
        ));
    }
}

/// Says which rows are left out on purpose, by reason, and where none is left how to let them in.
pub(super) fn tell_skipped(report: &CheckReport, printer: &Printer) {
    for (reason, rows) in &report.skipped {
        printer.note(format_args!("skipped: {} ({reason})", counted(*rows, "row")));
    }
    let by_rule = report.skipped.keys().find_map(|reason| match reason {
        SkipReason::Rule(words) => Some(words),
        _ => None,
    });
    if let Some(words) = by_rule.filter(|_| report.valid + report.invalid == 0) {
        let option = shell_command([OsStr::new("--include"), OsStr::new(&**words)]);
        printer.hint(format_args!("no row is left to send; `{option}` lets in those that are skipped as {words}"));
    }
}
