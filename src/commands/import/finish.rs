//! The end of an import: counts, failure report, summary and next steps.

use std::io;
use std::path::{Path, PathBuf};

use super::checked::Import;
use super::on_finish::on_finish;
use super::sent_before::SentBefore;
use crate::cli::{ImportArgs, InputArgs, RowArgs};
use crate::clock;
use crate::commands::command_line::{import_command, resume_command, with_options};
use crate::commands::error::CommandError;
use crate::commands::findings::checked_view;
use crate::commands::input::remove_kept_inputs;
use crate::commands::setup::Bots;
use crate::commands::stop_reason::StoppedEarly;
use crate::commands::strict::ensure_documented;
use crate::exit::Exit;
use crate::ledger::{Counts, LedgerError, Run, Store};
use crate::report::{
    AnswersView, BotView, ExistingFile, ListedRecords, OutputError, ReportError, ReportKind, Summary, SummaryView,
    keep_aside, with_outcome_tones,
};
use crate::run::verify::VerifyError;
use crate::source::{Format, SourceOptions};
use crate::text::{counted, shell_command};

/// An import and its run.
pub(super) struct ImportRun<'a> {
    pub(super) import: &'a Import<'a>,
    pub(super) store: &'a Store,
    pub(super) run: Run,
    pub(super) compared: SentBefore,
}

impl<'a> ImportRun<'a> {
    pub(super) fn new(import: &'a Import<'a>, store: &'a Store, run: Run) -> Self {
        Self { import, store, run, compared: SentBefore::default() }
    }
}

impl ImportRun<'_> {
    /// Reports a run that has just been sending. `interrupted` is why its verification ended early.
    pub(super) fn end(
        self,
        stopped: Option<StoppedEarly>,
        interrupted: Option<VerifyError>,
    ) -> Result<Exit, CommandError> {
        let counts = self.store.counts(&self.run)?;
        // A signal after the last row was sent interrupted nothing.
        let stopped = stopped.filter(|stopped| !(matches!(stopped, StoppedEarly::Interrupted) && counts.unsent == 0));
        if counts.unsent == 0 {
            self.store.finish(self.run.id, clock::now())?;
        }
        if counts.not_saved() == 0 {
            remove_kept_inputs(self.store.directory(), self.run.id);
        }
        // The summary must be printed even if the report cannot be written.
        let report = self.write_report(&counts);
        let saved = self.write_saved();
        let failures_file = report.as_ref().ok().cloned().flatten();
        let summary = self.summary(counts, failures_file)?;
        let next = self.next_steps(&summary, stopped.as_ref());
        let printed = self.print_summary(&summary, &next);
        let page = self.write_page(&next);
        let ended = match stopped {
            Some(stopped) => {
                for failed in [report.err(), saved.err(), printed.err(), page.err()].into_iter().flatten() {
                    self.import.session.printer.warning(failed);
                }
                Err(stopped.into())
            }
            None => report
                .and(saved)
                .and(printed)
                .and(page)
                .map_err(CommandError::from)
                .and_then(|()| self.exit(&counts, &summary.answers)),
        };
        let ended = ended.and_then(|exit| interrupted.map_or(Ok(exit), |interrupted| Err(interrupted.into())));
        self.on_finish(&summary, ended.as_ref().map_or_else(|error| error.exit, |exit| *exit));
        ended
    }

    /// Runs the command of `--on-finish`, if there is one.
    fn on_finish(&self, summary: &Summary, exit: Exit) {
        let Some(command) = &self.import.args.on_finish else { return };
        let mut summary = serde_json::to_value(summary).unwrap_or_default();
        summary["exit_code"] = (exit as u8).into();
        let session = self.import.session;
        on_finish(command, &summary, &session.context.working_directory, session.printer);
    }

    /// Reports a run that has nothing left to send.
    pub(super) fn end_without_sending(self) -> Result<Exit, CommandError> {
        self.import.session.printer.note(format_args!("run {} has nothing left to send", self.run.id));
        let counts = self.store.counts(&self.run)?;
        let failures_file = self.run.report.as_ref().map(|(path, _)| path.clone());
        let summary = self.summary(counts, failures_file)?;
        let next = self.next_steps(&summary, None);
        self.print_summary(&summary, &next)?;
        self.write_saved()?;
        self.write_page(&next)?;
        self.exit(&counts, &summary.answers)
    }

    fn exit(&self, counts: &Counts, answers: &AnswersView) -> Result<Exit, CommandError> {
        if self.import.args.sending.strict_answers {
            ensure_documented(answers)?;
        }
        Ok(if counts.not_saved() == 0 { Exit::Success } else { Exit::SomeNotSaved })
    }

    fn write_report(&self, counts: &Counts) -> Result<Option<PathBuf>, ReportError> {
        let path = self.import.report_path();
        // Unsent rows are not failures: a resumed run sends them.
        let has_failures = counts.failed() + counts.in_doubt > 0;
        let is_in_the_way = self.remove_earlier_report(&path)?;
        if !has_failures {
            self.store.set_report(self.run.id, None)?;
            return Ok(None);
        }
        if is_in_the_way {
            self.keep_aside(ReportKind::Failures, &path)?;
        }
        let report = self.import.input_report(ListedRecords::Failures, self.store, &self.run);
        let hash = report.write(&path)?.replace()?;
        self.store.set_report(self.run.id, Some((&path, hash)))?;
        Ok(Some(path))
    }

    /// Writes the list that `--saved` asks for. A file with other lines at its path is kept.
    fn write_saved(&self) -> Result<(), ReportError> {
        let Some(path) = self.import.saved_path() else { return Ok(()) };
        let list = self.import.input_report(ListedRecords::Saved, self.store, &self.run).write(&path)?;
        if !list.may_replace()? {
            self.keep_aside(ReportKind::Saved, &path)?;
        }
        list.replace().map(drop)
    }

    /// Renames a file that is in the way of a report.
    fn keep_aside(&self, kind: ReportKind, path: &Path) -> Result<(), ReportError> {
        let kept = keep_aside(path).map_err(|reason| kind.failed(self.run.id, path, reason))?;
        let (path, kept) = (path.display(), kept.display());
        self.import.session.printer.warning(format_args!("renamed an existing {path} to {kept}"));
        Ok(())
    }

    /// Removes this run's earlier report, wherever it is: its rows may have been sent since. Keeps files that were edited or
    /// that belong to another run. Returns whether such a file is at `path`.
    fn remove_earlier_report(&self, path: &Path) -> Result<bool, ReportError> {
        let is_foreign = self.inspect(path, None)? == ExistingFile::Other;
        let Some((last, hash)) = &self.run.report else { return Ok(is_foreign) };
        let earlier = self.inspect(last, Some(*hash))?;
        match earlier {
            ExistingFile::None => {}
            ExistingFile::Ours => std::fs::remove_file(last).map_err(|reason| self.failed(last, reason))?,
            ExistingFile::Other => self.import.session.printer.warning(format_args!(
                "{} is this run's earlier report, was edited, and contains rows that have been sent since: do not import \
                 them again",
                last.display()
            )),
        }
        Ok(is_foreign && !(last == path && earlier == ExistingFile::Ours))
    }

    fn inspect(&self, path: &Path, last_hash: Option<[u8; 32]>) -> Result<ExistingFile, ReportError> {
        ExistingFile::inspect(path, last_hash).map_err(|reason| self.failed(path, reason))
    }

    fn failed(&self, path: &Path, reason: io::Error) -> ReportError {
        ReportKind::Failures.failed(self.run.id, path, reason)
    }

    fn summary(&self, counts: Counts, failures_file: Option<PathBuf>) -> Result<Summary, LedgerError> {
        let elapsed = self.import.started.elapsed();
        let mut summary = Summary::new(Some(self.run.id.0), counts, elapsed, failures_file);
        let SentBefore { overlap, meanwhile, .. } = &self.compared;
        (summary.sent_before, summary.changed) = (overlap.sent + meanwhile.values().sum::<u64>(), overlap.changed);
        summary.answers = AnswersView::new(&self.store.deviations(self.run.id)?);
        let mut checked = checked_view(&self.import.report);
        for (by, records) in meanwhile {
            *checked.skipped_by_reason.entry(format!("sent by run {by}")).or_default() += records;
        }
        summary.checked = Some(checked);
        if self.import.setup.bots == Bots::OfRows {
            summary.bots = BotView::of_run(&self.run, &self.store.counts_by_bot(&self.run)?);
        }
        Ok(summary)
    }

    fn print_summary(&self, summary: &Summary, next: &[String]) -> Result<(), ReportError> {
        let run = self.run.id;
        self.try_print(summary, next).map_err(|OutputError(reason)| ReportError::Summary { run, reason })
    }

    fn try_print(&self, summary: &Summary, next: &[String]) -> Result<(), OutputError> {
        let import = self.import;
        if import.session.is_json() {
            import.session.printer.json(summary)?;
            next.iter().for_each(|line| import.session.printer.note(format_args!("next: {line}")));
            return Ok(());
        }
        let (ledger, target) = (self.store.path(), import.setup.target_in_words(&self.run.bots));
        let width = import.session.printer.result_width();
        let view = SummaryView { summary, target: &target, ledger: &ledger, next, width };
        import.session.printer.styled_result(&with_outcome_tones(&view.to_string()))
    }

    /// What to do next, as far as the ledger knows.
    pub(super) fn next_steps_of_ledger(&self) -> Result<Vec<String>, LedgerError> {
        let failures_file = self.run.report.as_ref().map(|(path, _)| path.clone());
        let summary = self.summary(self.store.counts(&self.run)?, failures_file)?;
        Ok(self.next_steps(&summary, None))
    }

    /// What to do next, the most urgent first.
    fn next_steps(&self, summary: &Summary, stopped: Option<&StoppedEarly>) -> Vec<String> {
        let (run, import, unit) = (self.run.id, self.import, self.run.numbering.unit());
        let mut next = Vec::new();
        if summary.counts.unsent > 0 {
            let command = resume_command(run, None, &import.global);
            next.push(format!(
                "{}: resume with `{command}`",
                counted(summary.counts.unsent, &format!("unsent {unit}"))
            ));
        }
        if stopped.is_some_and(StoppedEarly::is_by_rejections) {
            let command = resume_command(run, Some("--rejected"), &import.global);
            let records = counted(summary.counts.rejected, &format!("rejected {unit}"));
            next.push(format!("{records}: if the records are right, send them again with `{command}`"));
        }
        if summary.counts.in_doubt > 0 {
            let command = resume_command(run, Some("--resend-in-doubt"), &import.global);
            let verify = match import.setup.is_sandbox {
                true => String::new(),
                false => format!("ask the server with `kore-feedback runs verify {run}`, or "),
            };
            next.push(format!("{} in doubt: {verify}resend with `{command}`", counted(summary.counts.in_doubt, unit)));
        }
        if let Some(report) =
            summary.failures_file.as_ref().filter(|_| summary.counts.rejected + summary.counts.invalid > 0)
        {
            let command = self.command_to_import(report);
            next.push(format!("fix the rows in the failure report, then import it with `{command}`"));
        }
        next.iter().map(|step| with_options(step, &import.global)).collect()
    }

    /// The options of the input as they apply to its failure report: CSV with a header, and with the input's delimiter. What
    /// a mapping or preset says about the file is overridden.
    fn input_of_report(&self, input: InputArgs) -> InputArgs {
        let (of_input, of_options) = (&self.import.source, input.source());
        let is_described = input.mapping.is_some() || input.preset.is_some();
        let csv = if self.import.report.dialect.delimiter == Some(b'\t') { Format::Tsv } else { Format::Csv };
        let has_no_header = of_input.header_rows == Some(0);
        input.with_source(SourceOptions {
            format: of_input.format.filter(|_| is_described).map(|_| csv),
            sheets: Vec::new(),
            header_rows: of_options
                .header_rows
                .filter(|rows| *rows > 0)
                .or((has_no_header && is_described).then_some(1)),
            skip_lines: of_input.skip_lines.filter(|_| is_described).map(|_| 0),
            records_at: None,
            ..of_options
        })
    }

    /// The command that imports the failure report. Options for columns and sending apply to it, too; options about row
    /// numbers, the format of the original file, or this run do not. The options are spelled out, so that the command can be
    /// read and edited, and works without the ledger.
    fn command_to_import(&self, report: &Path) -> String {
        let import = self.import;
        let ImportArgs { input, rows, .. } = import.args.clone();
        let args = ImportArgs {
            input: InputArgs { files: Vec::new(), ..self.input_of_report(input) },
            rows: RowArgs { rows: Vec::new(), sample: None, exclude_run: Vec::new(), ..rows },
            dry_run: false,
            failures: None,
            saved: None,
            report: None,
            resume: false,
            resend_in_doubt: false,
            rejected: false,
            // A record that was sent twice on purpose was sent before.
            again: self.run.again,
            only_new: import.args.only_new && !self.run.again,
            allow_unfinished: false,
            ..import.args.clone()
        };
        let command = import_command(&[report.to_owned()], &args, Some(&import.global));
        if import.resumed_run.is_none() {
            return command;
        }
        // Its paths are relative to the directory in which the run started.
        let directory = import.session.context.working_directory.as_os_str();
        format!("{} && {command}", shell_command(["cd".as_ref(), directory]))
    }
}
