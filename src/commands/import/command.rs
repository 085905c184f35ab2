//! The import command: checks the input, prints the findings, and goes on to send.

use std::sync::Arc;
use std::time::Instant;

use super::ask;
use super::choice::ensure_excluded_runs_fit;
use super::error::InvalidRows;
use crate::cli::{GlobalArgs, ImportArgs, OutputFormat};
use crate::clock;
use crate::commands::error::CommandError;
use crate::commands::findings::{self, checked_summary, invalid_hint};
use crate::commands::input::open_all;
use crate::commands::rules::check_settings;
use crate::commands::setup::{Bots, Setup};
use crate::exit::Exit;
use crate::record::ResolvedMapping;
use crate::report::{Printer, mapping_table, problems_table, time_estimate};
use crate::run::{CheckError, CheckReport, check};
use crate::settings::{Context, Settings};
use crate::source::Inputs;
use crate::text::{counted, excerpt};

/// An import whose input was checked.
pub(super) struct Import<'a> {
    pub(super) args: &'a ImportArgs,
    /// With absolute paths.
    pub(super) global: GlobalArgs,
    pub(super) context: &'a Context,
    pub(super) printer: &'a Printer,
    pub(super) setup: Setup,
    pub(super) input: Arc<Inputs>,
    pub(super) report: CheckReport,
    pub(super) started: Instant,
    /// Whether `runs resume` started it: the working directory is then that of the run.
    pub(super) is_resumed_by_number: bool,
}

pub(in crate::commands) fn import(
    args: &ImportArgs,
    global: &GlobalArgs,
    context: &Context,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    match check_and_send(args, global, context, printer) {
        Err(error) if ask::can_ask(&error, global, context) => {
            let completed = ask::ask(args, global, context, printer)?;
            check_and_send(&completed, global, context, printer)
        }
        result => result,
    }
}

fn check_and_send(
    args: &ImportArgs,
    global: &GlobalArgs,
    context: &Context,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let setup = Setup::for_rows(global, &args.sending, context, printer)?;
    let inputs = open_all(&args.input.files, &setup.settings)?;
    Import::check(args, global, context, printer, setup, inputs)?.run()
}

/// The bots that rows go to: those named in the rows, one set for all rows, or the profile's.
fn bots(mapping: &ResolvedMapping, settings: &Settings) -> Result<Bots, CommandError> {
    if mapping.names_bots() {
        return Ok(Bots::OfRows);
    }
    let one = match mapping.constant_bot() {
        Some(bot) => bot,
        None => settings.bot_id()?,
    };
    Ok(Bots::One(one.to_owned()))
}

impl<'a> Import<'a> {
    /// Reads and validates the whole input.
    pub(super) fn check(
        args: &'a ImportArgs,
        global: &GlobalArgs,
        context: &'a Context,
        printer: &'a Printer,
        mut setup: Setup,
        input: Inputs,
    ) -> Result<Self, CommandError> {
        let started = Instant::now();
        let checked = check(&input, &check_settings(args, &setup.settings, context)?);
        if let Err(CheckError::NoBot { .. }) = &checked {
            // A bot can come from the settings, too: this error names every missing setting.
            setup.settings.bot_id()?;
        }
        let report = checked?;
        setup.bots = bots(&report.mapping, &setup.settings)?;
        let global = global.absolute(&context.working_directory);
        let input = Arc::new(input);
        Ok(Self { args, global, context, printer, setup, input, report, started, is_resumed_by_number: false })
    }

    /// Everything after the check.
    pub(super) fn run(&self) -> Result<Exit, CommandError> {
        ensure_excluded_runs_fit(self)?;
        self.ensure_report_can_be_written()?;
        self.print_findings();
        if self.report.invalid > 0 && !self.args.skip_invalid {
            return self.refuse_invalid();
        }
        self.print_preview();
        if self.args.dry_run {
            let (valid, invalid) = (counted(self.report.valid, "row"), self.report.invalid);
            let skipped = self.report.all_skipped();
            return self.end_without_run(&format!(
                "{valid} can be sent, {invalid} invalid, {skipped} skipped; nothing was sent (--dry-run)"
            ));
        }
        if self.report.valid + self.report.invalid == 0 && !self.args.resume {
            return self.end_without_run(&format!("{}, nothing to send", counted(self.report.rows, "row")));
        }
        self.send()
    }

    pub(super) fn is_json(&self) -> bool {
        self.global.output == OutputFormat::Json
    }

    fn print_findings(&self) {
        let report = &self.report;
        let rows = counted(report.rows, "row");
        self.printer.note(format_args!("{}: {rows}, {}", self.short_name(), report.dialect));
        report.warnings.iter().for_each(|warning| self.printer.warning(warning));
        self.printer.note(mapping_table(&report.mapping, self.printer.table_width()));
        findings::print_skipped(report, self.printer);
    }

    /// Decision 5: invalid rows stop the run before it starts.
    fn refuse_invalid(&self) -> Result<Exit, CommandError> {
        self.print_checked_json()?;
        let refused = InvalidRows {
            input: self.short_name(),
            invalid: self.report.invalid,
            rows: self.report.rows,
            table: problems_table(&self.report, self.printer.table_width()),
            hint: invalid_hint(&self.report),
        };
        Err(refused.into())
    }

    /// Prints the preview and the duration. A resumed run does not repeat its preview, and only the ledger knows how many
    /// rows it still has to send.
    fn print_preview(&self) {
        let (report, is_new) = (&self.report, !self.args.resume || self.args.dry_run);
        if is_new {
            findings::print_preview(report, &self.setup.settings, self.setup.is_sandbox, self.printer);
        }
        if report.invalid > 0 {
            let invalid = counted(report.invalid, "invalid row");
            let table = problems_table(report, self.printer.table_width());
            self.printer.warning(format_args!("{invalid} will not be sent:\n{table}"));
        }
        if is_new {
            let rows: Vec<u64> = self.bots().into_iter().map(|(_, rows)| rows).collect();
            self.print_duration(&rows);
        }
    }

    /// Each bot has its own limits, so the bot with the most rows takes longest.
    pub(super) fn print_duration(&self, rows_by_bot: &[u64]) {
        let most = rows_by_bot.iter().copied().max().unwrap_or_default();
        let time = self.setup.pacer().time_for(most);
        let estimate = time_estimate(rows_by_bot, self.setup.limits(), time, &clock::local_now());
        self.printer.note(format_args!("to send: {estimate}"));
    }

    /// The bots to send to, and how many rows go to each.
    pub(super) fn bots(&self) -> Vec<(String, u64)> {
        match &self.setup.bots {
            Bots::One(bot) => vec![(bot.clone(), self.report.valid)],
            Bots::OfRows => {
                let named = self.report.bots.iter().filter_map(|bot| Some((bot.bot_id.clone()?, bot.rows)));
                named.collect()
            }
        }
    }

    fn end_without_run(&self, result: &str) -> Result<Exit, CommandError> {
        self.print_checked_json()?;
        if !self.is_json() {
            self.printer.result(format_args!("{}: {result}", self.short_name()))?;
        }
        Ok(Exit::Success)
    }

    fn print_checked_json(&self) -> Result<(), CommandError> {
        if self.is_json() {
            self.printer.json(&checked_summary(&self.report, self.started.elapsed()))?;
        }
        Ok(())
    }

    fn short_name(&self) -> String {
        excerpt(&self.input.name(), 200)
    }
}
