//! The end of an import: what is left is counted, reported and said.

use std::io;
use std::path::{Path, PathBuf};

use super::command::Import;
use crate::clock;
use crate::commands::error::CommandError;
use crate::commands::input::remove_kept_inputs;
use crate::commands::setup::Bots;
use crate::commands::stop_reason::StoppedEarly;
use crate::exit::Exit;
use crate::ledger::{Counts, LedgerError, Run, Store};
use crate::report::{BotView, ExistingFile, OutputError, ReportError, Summary, SummaryView, keep_aside};
use crate::text::counted;

/// What the end is about.
pub(super) struct Finish<'a> {
    pub(super) import: &'a Import<'a>,
    pub(super) store: &'a Store,
    pub(super) run: Run,
}

impl Finish<'_> {
    /// Reports a run that has just been worked on, and gives the exit code.
    pub(super) fn end(self, early: Option<StoppedEarly>) -> Result<Exit, CommandError> {
        let counts = self.store.counts(&self.run)?;
        // A signal that came when there was nothing left to interrupt changes nothing.
        let early = early.filter(|early| !(matches!(early, StoppedEarly::Interrupted) && counts.unsent == 0));
        if counts.unsent == 0 {
            self.store.finish(self.run.id, clock::now())?;
        }
        if counts.not_saved() == 0 {
            remove_kept_inputs(self.store.directory(), self.run.id);
        }
        // The run's result must not be lost because a report about it can't be written.
        let report = self.write_report(&counts);
        let failures_file = report.as_ref().ok().cloned().flatten();
        let told = self.summarise(self.summary(counts, failures_file)?, early.is_some());
        let told = told.map_err(|OutputError(reason)| ReportError::Summary { reason });
        if let Some(early) = early {
            for untold in [report.err(), told.err()].into_iter().flatten() {
                self.import.printer.warning(untold);
            }
            return Err(early.into());
        }
        report?;
        told?;
        Ok(if counts.not_saved() == 0 { Exit::Success } else { Exit::SomeNotSaved })
    }

    /// Reports a run that had nothing left to send.
    pub(super) fn end_without_sending(self) -> Result<Exit, CommandError> {
        self.import.printer.note(format_args!("run {} has nothing left to send", self.run.id));
        let counts = self.store.counts(&self.run)?;
        let failures_file = self.run.report.as_ref().map(|(path, _)| path.clone());
        self.summarise(self.summary(counts, failures_file)?, false)?;
        Ok(if counts.not_saved() == 0 { Exit::Success } else { Exit::SomeNotSaved })
    }

    fn write_report(&self, counts: &Counts) -> Result<Option<PathBuf>, ReportError> {
        let path = self.import.report_path();
        // Unsent rows are no failures: a resumed run sends them.
        let failures = counts.failed() + counts.in_doubt;
        self.clear_the_place(&path, failures > 0)?;
        if failures == 0 {
            self.store.set_report(self.run.id, None)?;
            return Ok(None);
        }
        let hash = self.import.failure_report(self.store, self.run.id).write(&path)?;
        self.store.set_report(self.run.id, Some((&path, hash)))?;
        Ok(Some(path))
    }

    /// What this run reported earlier goes, wherever it is: its rows may have been sent since. What somebody mended by
    /// hand, or another run reported, is kept.
    fn clear_the_place(&self, path: &Path, to_write: bool) -> Result<(), ReportError> {
        let printer = self.import.printer;
        let mut in_the_way = look(path, None)?;
        if let Some((last, hash)) = &self.run.report {
            let earlier = look(last, Some(*hash))?;
            match earlier {
                ExistingFile::Nothing => {}
                ExistingFile::Ours => std::fs::remove_file(last).map_err(|reason| failed(last, reason))?,
                ExistingFile::Other => printer.warning(format_args!(
                    "{}, this run's earlier report, has been changed since, and rows of it have been sent since: take \
                     care not to import them again",
                    last.display()
                )),
            }
            if last == path && earlier == ExistingFile::Ours {
                in_the_way = ExistingFile::Nothing;
            }
        }
        if in_the_way == ExistingFile::Other && to_write && self.import.args.failures.is_none() {
            let kept = keep_aside(path).map_err(|reason| failed(path, reason))?;
            printer.warning(format_args!("an older {} is kept as {}", path.display(), kept.display()));
        }
        Ok(())
    }

    fn summary(&self, counts: Counts, failures_file: Option<PathBuf>) -> Result<Summary, LedgerError> {
        let mut summary = Summary::new(Some(self.run.id.0), counts, self.import.began.elapsed(), failures_file);
        if self.import.setup.bots == Bots::OfRows {
            summary.bots = BotView::of_run(&self.run, &self.store.counts_by_bot(&self.run)?);
        }
        Ok(summary)
    }

    fn summarise(&self, summary: Summary, early: bool) -> Result<(), OutputError> {
        let import = self.import;
        let next = self.next(&summary, early);
        if import.json {
            import.printer.json(&summary)?;
            next.iter().for_each(|line| import.printer.note(format_args!("next: {line}")));
            return Ok(());
        }
        let (ledger, target) = (self.store.path(), import.setup.target_in_words(&self.run.bots));
        let width = import.printer.result_width();
        import.printer.result(SummaryView {
            summary: &summary,
            target: &target,
            ledger: &ledger,
            next: &next,
            width,
        })?;
        Ok(())
    }

    /// What to do next, the most urgent first.
    fn next(&self, summary: &Summary, early: bool) -> Vec<String> {
        let mut next = Vec::new();
        if summary.unsent > 0 {
            let rows = counted(summary.unsent, "unsent row");
            let why = if early { "go on" } else { "send them" };
            next.push(format!("{rows}: {why} with `{}`", self.import.command_to_resume(self.run.id, &[])));
        }
        if summary.in_doubt > 0 {
            let rows = counted(summary.in_doubt, "row");
            let command = self.import.command_to_resume(self.run.id, &["--resend-in-doubt"]);
            let look = if self.import.setup.is_sandbox {
                String::new()
            } else {
                format!(" `kore-feedback runs verify {}` asks the server;", self.run.id)
            };
            next.push(format!("{rows} may have been saved or not:{look} `{command}` sends them again"));
        }
        if let Some(report) = summary.failures_file.as_ref().filter(|_| summary.rejected + summary.invalid > 0) {
            let command = self.import.command_to_import(report);
            next.push(format!("mend the rows in the failure report, and import it with `{command}`"));
        }
        next
    }
}

fn look(path: &Path, written_last: Option<[u8; 32]>) -> Result<ExistingFile, ReportError> {
    ExistingFile::look(path, written_last).map_err(|reason| failed(path, reason))
}

fn failed(path: &Path, reason: io::Error) -> ReportError {
    ReportError::Write { path: path.to_owned(), reason }
}
