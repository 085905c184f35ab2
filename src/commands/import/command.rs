//! The import command: checks the input, prints the findings, and sends the rows.

use super::ask;
use super::checked::Import;
use super::choice::ensure_excluded_runs_fit;
use super::error::ImportRefused;
use crate::cli::ImportArgs;
use crate::commands::ask_header;
use crate::commands::error::CommandError;
use crate::commands::findings::{self, checked_summary, invalid_hint, location};
use crate::commands::input::{note_waiting, open_all};
use crate::commands::session::Session;
use crate::commands::setup::{Bots, Setup};
use crate::exit::Exit;
use crate::ledger::Overlap;
use crate::report::{mapping_table, problems_table, rows_and_records};
use crate::settings::listed;
use crate::text::counted;

const BOT_ID: &str = "bot_id";

pub(in crate::commands) fn import(args: &ImportArgs, session: Session<'_>) -> Result<Exit, CommandError> {
    match check_and_send(args, session) {
        Err(error) if ask_header::can_ask(&error, session) => {
            let input = ask_header::ask(&args.input, &error, session)?;
            import(&ImportArgs { input, ..args.clone() }, session)
        }
        Err(error) if ask::can_ask(&error, session) => {
            let completed = ask::ask(args, session)?;
            check_and_send(&completed, session)
        }
        result => result,
    }
}

fn check_and_send(args: &ImportArgs, session: Session<'_>) -> Result<Exit, CommandError> {
    let setup = Setup::for_rows(&args.sending, args.dry_run, session)?;
    note_waiting(&args.input.files, session);
    let inputs = open_all(&args.input.files, &setup.settings)?;
    Import::check(args, setup, inputs)?.run()
}

impl Import<'_> {
    /// Everything after the check.
    pub(super) fn run(&self) -> Result<Exit, CommandError> {
        ensure_excluded_runs_fit(self)?;
        self.ensure_reports_can_be_written()?;
        let (has_rows, is_refused) = (self.report.valid + self.report.invalid > 0, self.is_refused());
        let sends = !self.args.dry_run && !is_refused && (has_rows || self.args.resume);
        let chosen = if sends { Some(self.choose_run()?) } else { None };
        self.print_findings();
        if is_refused {
            return self.refuse_invalid();
        }
        self.print_preview();
        if self.args.dry_run {
            self.note_missing_settings();
            return self.end_dry_run();
        }
        match chosen {
            Some(chosen) => self.send(chosen),
            None => {
                let result = format!("{}, nothing to send", counted(self.report.rows, "row"));
                self.end_without_run(&Overlap::default(), &result)
            }
        }
    }

    fn is_refused(&self) -> bool {
        let (invalid, valid) = (self.report.invalid, self.report.valid);
        let may_skip = self.args.skip_invalid
            && !self.args.max_invalid.is_some_and(|most| most.is_exceeded(invalid, invalid + valid));
        invalid > 0 && !may_skip
    }

    /// A dry run needs no target; the import after it will.
    fn note_missing_settings(&self) {
        let mut missing = self.setup.settings.missing_for_import();
        missing.retain(|key| *key != BOT_ID || self.setup.bots == Bots::One(String::new()));
        if !missing.is_empty() {
            let them = if missing.len() == 1 { "it" } else { "them" };
            let missing_are = listed(&missing);
            self.session.printer.note(format_args!("{missing_are} not configured yet: an import needs {them}"));
        }
    }

    fn end_dry_run(&self) -> Result<Exit, CommandError> {
        let overlap = self.preview_sent_before()?.overlap;
        let valid = counted(self.report.valid - overlap.all(), self.unit());
        let (invalid, skipped) = (self.report.invalid, self.report.all_skipped() + overlap.all());
        self.end_without_run(
            &overlap,
            &format!("{valid} can be sent, {invalid} invalid, {skipped} skipped; nothing was sent (--dry-run)"),
        )
    }

    fn print_findings(&self) {
        let report = &self.report;
        let size = rows_and_records(report.rows, report.records());
        self.session.printer.note(format_args!("{}: {size}, {}", self.short_name(), report.dialect));
        report.warnings.iter().for_each(|warning| self.session.printer.warning(warning));
        self.session.printer.note(mapping_table(&report.mapping, self.session.printer.table_width()));
        findings::print_skipped(report, self.session.printer);
    }

    /// Invalid rows stop the import before anything is sent.
    fn refuse_invalid(&self) -> Result<Exit, CommandError> {
        self.print_checked_json(&Overlap::default())?;
        let refused = ImportRefused::InvalidRows {
            input: self.short_name(),
            invalid: self.report.invalid,
            size: rows_and_records(self.report.rows, self.report.records()),
            table: problems_table(&self.report, self.session.printer.table_width()),
            hint: match self.args.max_invalid {
                Some(_) => "fix the file, or allow more invalid rows with --max-invalid".to_owned(),
                None => invalid_hint(&self.report),
            },
            first: self.report.first.first().map(|found| Box::new(location(found, &self.short_name()))),
        };
        Err(refused.into())
    }

    /// Prints the preview and the duration. A resumed run does not repeat its preview, and only the ledger knows how many
    /// rows it still has to send.
    fn print_preview(&self) {
        let (report, is_new) = (&self.report, !self.args.resume || self.args.dry_run);
        if is_new {
            findings::print_preview(report, &self.setup.settings, self.setup.is_sandbox, self.session.printer);
        }
        if report.invalid > 0 {
            let invalid = counted(report.invalid, &format!("invalid {}", self.unit()));
            let table = problems_table(report, self.session.printer.table_width());
            self.session.printer.warning(format_args!("{invalid} will not be sent:\n{table}"));
        }
        if is_new && !self.args.only_new {
            let records: Vec<u64> = self.bots().into_iter().map(|(_, records)| records).collect();
            self.print_duration(&records);
        }
    }

    pub(super) fn end_without_run(&self, overlap: &Overlap, result: &str) -> Result<Exit, CommandError> {
        self.print_checked_json(overlap)?;
        if !self.session.is_json() {
            self.session.printer.result(format_args!("{}: {result}", self.short_name()))?;
        }
        Ok(Exit::Success)
    }

    fn print_checked_json(&self, overlap: &Overlap) -> Result<(), CommandError> {
        if self.session.is_json() {
            self.session.printer.json(&checked_summary(&self.report, overlap, self.started.elapsed()))?;
        }
        Ok(())
    }
}
