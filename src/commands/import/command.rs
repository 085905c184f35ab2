//! `import`: check everything → decide which run it is → send → report.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use encoding_rs::UTF_8;

use super::choice::ensure_excepted_are_here;
use super::error::{InvalidRows, ReportRefused};
use super::finish::Finish;
use super::plan;
use crate::cli::{GlobalArgs, ImportArgs, OutputFormat, import_of};
use crate::clock;
use crate::commands::error::CommandError;
use crate::commands::findings::{self, checked_summary, invalid_hint};
use crate::commands::input::open_all;
use crate::commands::rules::{check_settings, source};
use crate::commands::setup::{Bots, Setup};
use crate::exit::Exit;
use crate::ledger::{Run, RunId, Store};
use crate::record::Mapping;
use crate::report::{FailureReport, Printer, default_path, mapping_table, problems_table, time_estimate};
use crate::run::{CheckError, CheckReport, check};
use crate::settings::{Context, Settings};
use crate::source::{Dialect, EncodingSource, Input, Inputs};
use crate::text::{counted, excerpt, shell_command};

/// Everything an import knows once its input has been checked.
pub(super) struct Import<'a> {
    pub(super) args: &'a ImportArgs,
    pub(super) context: &'a Context,
    pub(super) printer: &'a Printer,
    pub(super) json: bool,
    pub(super) setup: Setup,
    pub(super) input: Arc<Inputs>,
    pub(super) report: CheckReport,
    pub(super) began: Instant,
    /// Whether it was taken up by its run's number: then it goes on by that, too.
    pub(super) by_number: bool,
    /// `--state-dir`, from wherever it is said again.
    pub(super) state_dir: Option<PathBuf>,
}

/// Runs `import`.
pub(in crate::commands) fn import(
    args: &ImportArgs,
    global: &GlobalArgs,
    context: &Context,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    if args.rows.plan {
        return plan::plan(args, global, context, printer);
    }
    match import_as_said(args, global, context, printer) {
        Err(error) if plan::can_ask(&error, global, context) => {
            let (args, context) = plan::ask(args, global, context, printer)?;
            import_as_said(&args, global, &context, printer)
        }
        ended => ended,
    }
}

fn import_as_said(
    args: &ImportArgs,
    global: &GlobalArgs,
    context: &Context,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let setup = Setup::for_rows(global, &args.sending, context, printer)?;
    let inputs = open_all(&args.files, &setup.settings)?;
    Import::check(args, global, context, printer, setup, inputs)?.run()
}

/// Which bots the rows go to: those that they name, one that was given for all, or the profile's.
fn bots(mapping: &Mapping, settings: &Settings) -> Result<Bots, CommandError> {
    if mapping.names_bots() {
        return Ok(Bots::OfRows);
    }
    let one = match mapping.bot_of_all() {
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
        let began = Instant::now();
        let checked = check(&input, &check_settings(args, &setup.settings, context)?);
        if let Err(CheckError::NoBot { .. }) = &checked {
            // What is missing is a setting, and there may be others with it.
            setup.settings.bot_id()?;
        }
        let report = checked?;
        setup.bots = bots(&report.mapping, &setup.settings)?;
        let json = global.output == OutputFormat::Json;
        let state_dir = global.state_dir.as_ref().map(|path| context.working_directory.join(path));
        let input = Arc::new(input);
        Ok(Self { args, context, printer, json, setup, input, report, began, by_number: false, state_dir })
    }

    /// All that comes after the check.
    pub(super) fn run(&self) -> Result<Exit, CommandError> {
        ensure_excepted_are_here(self)?;
        self.ensure_place_for_report()?;
        self.tell_findings();
        if self.report.invalid > 0 && !self.args.skip_invalid {
            return self.refuse_invalid();
        }
        self.tell_preview();
        self.tell_schedule();
        if self.args.dry_run {
            return self.end_dry();
        }
        if self.report.valid + self.report.invalid == 0 && !self.args.resume {
            return self.end_with_nothing_to_do();
        }
        self.send()
    }

    /// After hours of sending it would be late to hear that there is no place for the report.
    fn ensure_place_for_report(&self) -> Result<(), ReportRefused> {
        let path = self.report_path();
        let is_report = |input: &Input| match (path.canonicalize(), input.path().map(Path::canonicalize)) {
            (Ok(report), Some(Ok(input))) => report == input,
            _ => false,
        };
        if self.input.iter().any(is_report) {
            return Err(ReportRefused::OverInput { path });
        }
        if path.is_dir() {
            return Err(ReportRefused::Directory { path });
        }
        match path.parent() {
            Some(parent) if !parent.is_dir() => Err(ReportRefused::NoDirectory { path }),
            _ => Ok(()),
        }
    }

    fn tell_findings(&self) {
        let report = &self.report;
        let name = excerpt(&self.input.name(), 200);
        let rows = counted(report.rows, "row");
        self.printer.note(format_args!("{name}: {rows}, {}", report.dialect));
        report.warnings.iter().for_each(|warning| self.printer.warning(warning));
        self.printer.note(mapping_table(&report.mapping, self.printer.table_width()));
        findings::print_skipped(report, self.printer);
    }

    /// Decision 5: invalid rows stop the run before it starts.
    fn refuse_invalid(&self) -> Result<Exit, CommandError> {
        self.print_checked_json()?;
        let refused = InvalidRows {
            input: excerpt(&self.input.name(), 200),
            invalid: self.report.invalid,
            rows: self.report.rows,
            table: problems_table(&self.report, self.printer.table_width()),
            hint: invalid_hint(&self.report),
        };
        Err(refused.into())
    }

    /// A resumed run does not repeat what it showed when it started.
    fn tell_preview(&self) {
        if !self.args.resume || self.args.dry_run {
            findings::print_preview(&self.report, &self.setup.settings, self.setup.is_sandbox, self.printer);
        }
    }

    fn tell_schedule(&self) {
        let report = &self.report;
        if report.invalid > 0 {
            let invalid = counted(report.invalid, "invalid row");
            self.printer.warning(format_args!(
                "{invalid} will not be sent:\n{}",
                problems_table(report, self.printer.table_width())
            ));
        }
        // How much a resumed run still has to send, the ledger knows.
        if !self.args.resume || self.args.dry_run {
            let rows: Vec<u64> = self.bots().into_iter().map(|(_, rows)| rows).collect();
            self.tell_time(&rows);
        }
    }

    /// How long it takes: with several bots, each within its own limits, as long as the one with the most rows.
    pub(super) fn tell_time(&self, rows_by_bot: &[u64]) {
        let most = rows_by_bot.iter().copied().max().unwrap_or_default();
        let time = self.setup.pacer().time_for(most);
        let schedule = time_estimate(rows_by_bot, self.setup.limits(), time, &clock::local_now());
        self.printer.note(format_args!("to send: {schedule}"));
    }

    /// The bots that are sent to, and how many rows go to each.
    pub(super) fn bots(&self) -> Vec<(String, u64)> {
        match &self.setup.bots {
            Bots::One(bot) => vec![(bot.clone(), self.report.valid)],
            Bots::OfRows => {
                let named = self.report.bots.iter().filter_map(|bot| Some((bot.bot_id.clone()?, bot.rows)));
                named.collect()
            }
        }
    }

    /// Where there is nothing to send and nothing to report no run begins.
    fn end_with_nothing_to_do(&self) -> Result<Exit, CommandError> {
        if self.json {
            self.print_checked_json()?;
        } else {
            let rows = counted(self.report.rows, "row");
            self.printer.result(format_args!("{}: {rows}, nothing to send", excerpt(&self.input.name(), 200)))?;
        }
        Ok(Exit::Success)
    }

    fn end_dry(&self) -> Result<Exit, CommandError> {
        if self.json {
            self.print_checked_json()?;
        } else {
            self.printer.result(format_args!(
                "{}: {} can be sent, {} invalid, {} skipped; nothing was sent (--dry-run)",
                excerpt(&self.input.name(), 200),
                counted(self.report.valid, "row"),
                self.report.invalid,
                self.report.all_skipped(),
            ))?;
        }
        Ok(Exit::Success)
    }

    pub(super) fn finish<'b>(&'b self, store: &'b Store, run: Run) -> Finish<'b> {
        Finish { import: self, store, run }
    }

    fn print_checked_json(&self) -> Result<(), CommandError> {
        if self.json {
            self.printer.json(&checked_summary(&self.report, self.began.elapsed()))?;
        }
        Ok(())
    }

    pub(super) fn failure_report<'b>(&'b self, ledger: &'b Store, run: RunId) -> FailureReport<'b> {
        let CheckReport { dialect, mapping, .. } = &self.report;
        failure_report(self.args, &self.input, dialect, mapping.headers(), ledger, run)
    }

    /// Where the failure report goes.
    pub(super) fn report_path(&self) -> PathBuf {
        let path = self.args.failures.clone().unwrap_or_else(|| default_path(self.input.path()));
        self.context.working_directory.join(path)
    }

    /// The command that goes on with this run: this one, with `--resume`; by its number when the input came through a
    /// pipe, and was kept.
    pub(super) fn command_to_resume(&self, run: RunId, more: &[&str]) -> String {
        if self.by_number || !self.input.are_files() {
            return self.command_by_number(run, more);
        }
        let leave_out = ["--again", "--dry-run", "--resume", "--resend-in-doubt"];
        let given = self.context.arguments.iter().map(OsString::as_os_str);
        let mut words: Vec<&OsStr> = given.filter(|word| !leave_out.iter().any(|option| *word == *option)).collect();
        // Behind `--` every word is a file's name.
        let end = words.iter().position(|word| *word == "--").unwrap_or(words.len());
        words.splice(end..end, ["--resume"].iter().chain(more).map(OsStr::new));
        words.insert(0, OsStr::new("kore-feedback"));
        shell_command(words)
    }

    /// The command that imports this run's failure report: what was said of columns and target holds for it, too. What was
    /// said of rows by their numbers and of the file's form doesn't.
    pub(super) fn command_to_import(&self, report: &Path) -> String {
        let without = [
            ["again", "dry-run", "resume", "resend-in-doubt", "failures", "rows"],
            ["sample", "except-run", "format", "sheet", "plan", "write-mapping"],
        ];
        let by_number = self.state_dir.as_ref().filter(|_| self.by_number);
        let without = [without.as_flattened(), if by_number.is_some() { &["state-dir"] } else { &[] }].concat();
        let mut words = import_of(&self.context.arguments, report, &without);
        let ledger = by_number.map(|path| [OsString::from("--state-dir"), path.into()]);
        words.splice(0..0, ledger.into_iter().flatten());
        words.insert(0, "kore-feedback".into());
        let command = shell_command(words.iter().map(OsString::as_os_str));
        if !self.by_number {
            return command;
        }
        // What is named in it was named where the run began.
        let directory = shell_command([OsStr::new("cd"), self.context.working_directory.as_os_str()]);
        format!("{directory} && {command}")
    }

    /// What was said of config and profile is in the ledger; where that is has to be said again.
    fn command_by_number(&self, run: RunId, more: &[&str]) -> String {
        let number = run.to_string();
        let ledger = self.state_dir.as_ref().map(|path| [OsStr::new("--state-dir"), path.as_os_str()]);
        let words = ["kore-feedback", "runs", "resume", &number].into_iter().chain(more.iter().copied());
        shell_command(words.map(OsStr::new).chain(ledger.into_iter().flatten()))
    }
}

/// The failure report of an input that was found to be like this. Which column is which field doesn't matter to it.
pub(super) fn failure_report<'a>(
    args: &ImportArgs,
    input: &'a Inputs,
    dialect: &Dialect,
    headers: &'a [String],
    ledger: &'a Store,
    run: RunId,
) -> FailureReport<'a> {
    let is_marked = |source| source == EncodingSource::Bom;
    let marked = args.encoding.is_some()
        || dialect.encoding.is_some_and(|encoding| is_marked(encoding.source) || encoding.name != UTF_8.name());
    let delimiter = dialect.delimiter.or(args.delimiter).unwrap_or(b',');
    FailureReport { input, source: source(args), delimiter, headers, marked, ledger, run }
}
