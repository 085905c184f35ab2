//! `import`: check everything → decide which run it is → send → report.

mod choice;
mod earlier;
mod finish;
mod plan;
mod preview;
mod rules;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use encoding_rs::UTF_8;

pub(super) use self::choice::ImportRefused;
use self::choice::{Choice, choose, ensure_not_sent_in_part};
pub(super) use self::earlier::{InputGone, failures, resume};
use self::finish::Finish;
use self::rules::{check_settings, source};
use super::ending::EndedEarly;
use super::setup::{Setup, Subject};
use super::verify::verify_at_end;
use crate::cli::{GlobalArgs, ImportArgs, OutputFormat};
use crate::clock;
use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::{Counts, Lease, Leave, Run, RunId, RunKind, Store};
use crate::record::{ProblemKind, ScoreRule};
use crate::report::{
    FailureReport, Opening, Printer, Screen, Summary, default_path, mapping_table, problems_table, schedule,
};
use crate::run::{CheckReport, Events, FeedSettings, Lane, Machinery, check, feed_input, run as run_rows};
use crate::settings::{Context, Settings};
use crate::source::{EncodingBy, Input, InputError, Inputs};
use crate::text::{counted, excerpt, shell_command};

const WAIT_FOR_TARGET: Duration = Duration::from_secs(600);
/// What messages and the ledger call it.
const STANDARD_INPUT: &str = "standard input";
/// Claims that a process left behind when it died.
pub(super) const DIED: &str = "the process ended before the answer came";
/// Claims that this process gave up waiting for.
const ABANDONED: &str = "the run ended before the answer came";

/// Everything an import knows once its input has been checked.
struct Import<'a> {
    args: &'a ImportArgs,
    context: &'a Context,
    printer: &'a Printer,
    json: bool,
    setup: Setup,
    input: Arc<Inputs>,
    report: CheckReport,
    began: Instant,
    /// Whether it was taken up by its run's number: then it goes on by that, too.
    by_number: bool,
    /// `--state-dir`, from wherever it is said again.
    state_dir: Option<PathBuf>,
}

/// Runs `import`.
pub(super) fn import(
    args: &ImportArgs,
    global: &GlobalArgs,
    context: &Context,
    printer: &Printer,
) -> anyhow::Result<Exit> {
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
) -> anyhow::Result<Exit> {
    let setup = Setup::new(global, &args.sending, context, printer)?;
    let inputs = open_all(args, &setup.settings)?;
    Import::check(args, global, context, printer, setup, inputs)?.run()
}

fn open_all(args: &ImportArgs, settings: &Settings) -> anyhow::Result<Inputs> {
    let spool = spool(&settings.state_dir()?);
    let files = Inputs::expand(&args.files, Path::new(""))?;
    let inputs = files.iter().map(|file| open(file, &spool)).collect::<Result<_, _>>()?;
    Ok(Inputs::new(inputs)?)
}

fn open(file: &Path, spool: &Path) -> Result<Input, InputError> {
    if file == Path::new("-") {
        return Input::spooled(&mut std::io::stdin().lock(), STANDARD_INPUT.to_owned(), spool);
    }
    Input::file(file, spool)
}

/// Where inputs that came through pipes are kept.
fn spool(state_dir: &Path) -> PathBuf {
    state_dir.join("spool")
}

/// Where an input of a run is kept, if it came through a pipe; `place` is its place among several, from 0.
fn kept_input(state_dir: &Path, run: RunId, place: usize) -> PathBuf {
    let name = if place == 0 { format!("run-{run}") } else { format!("run-{run}-{place}") };
    spool(state_dir).join(name)
}

/// Removes what is kept of a run's inputs: nothing of it will be sent or reported again. Files of the user's stay.
pub(super) fn forget_kept_inputs(state_dir: &Path, run: RunId) {
    let (first, others) = (format!("run-{run}"), format!("run-{run}-"));
    for entry in std::fs::read_dir(spool(state_dir)).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name == first || name.starts_with(&others)) {
            // Where it can't be removed a copy stays, for its owner alone.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

impl<'a> Import<'a> {
    /// Reads and validates the whole input.
    fn check(
        args: &'a ImportArgs,
        global: &GlobalArgs,
        context: &'a Context,
        printer: &'a Printer,
        setup: Setup,
        input: Inputs,
    ) -> anyhow::Result<Self> {
        let began = Instant::now();
        let report = check(&input, &check_settings(args, &setup.settings, context)?)?;
        let json = global.output == OutputFormat::Json;
        let state_dir = global.state_dir.as_ref().map(|path| context.working_directory.join(path));
        let input = Arc::new(input);
        Ok(Self { args, context, printer, json, setup, input, report, began, by_number: false, state_dir })
    }

    /// All that comes after the check.
    fn run(&self) -> anyhow::Result<Exit> {
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
        if self.input.each().iter().any(is_report) {
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
        self.printer.note(format_args!("{name}: {rows}, {}", report.shape));
        report.warnings.iter().for_each(|warning| self.printer.warning(warning));
        self.printer.note(mapping_table(&report.mapping, self.printer.table_width()));
        for (reason, rows) in &report.skipped {
            self.printer.note(format_args!("skipped: {} ({reason})", counted(*rows, "row")));
        }
    }

    /// Decision 5: invalid rows stop the run before it starts.
    fn refuse_invalid(&self) -> anyhow::Result<Exit> {
        self.print_summary_json(None, self.checked_counts(), None)?;
        let refused = InvalidRows {
            input: excerpt(&self.input.name(), 200),
            invalid: self.report.invalid,
            rows: self.report.rows,
            table: problems_table(&self.report, self.printer.table_width()),
            unknown_encoding: self.report.problems.contains_key(&ProblemKind::NotUtf8),
        };
        Err(refused.into())
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
            self.tell_time(report.valid);
        }
    }

    fn tell_time(&self, rows: u64) {
        let time = self.setup.pacer().time_for(rows);
        let schedule = schedule(rows, self.setup.limits(), time, &clock::local_now());
        self.printer.note(format_args!("to send: {schedule}"));
    }

    /// Where there is nothing to send and nothing to report no run begins.
    fn end_with_nothing_to_do(&self) -> anyhow::Result<Exit> {
        if self.json {
            self.print_summary_json(None, self.checked_counts(), None)?;
        } else {
            let rows = counted(self.report.rows, "row");
            self.printer.result(format_args!("{}: {rows}, nothing to send", excerpt(&self.input.name(), 200)))?;
        }
        Ok(Exit::Success)
    }

    fn end_dry(&self) -> anyhow::Result<Exit> {
        if self.json {
            self.print_summary_json(None, self.checked_counts(), None)?;
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

    /// The rows as the check found them, none of them sent.
    fn checked_counts(&self) -> Counts {
        let report = &self.report;
        Counts {
            rows: report.rows,
            invalid: report.invalid,
            skipped: report.all_skipped(),
            unsent: report.valid,
            ..Counts::default()
        }
    }

    fn send(&self) -> anyhow::Result<Exit> {
        let store = Store::open(&self.setup.settings.state_dir()?)?;
        let identity = self.setup.identity(&self.report.content, &self.report.mapping.canonical());
        let same = store.runs_of(identity)?;
        let latest = same.first().map(|run| run.id);
        let unfinished = match choose(&store, same, self)? {
            Choice::Done(run) => return self.finish(&store, run).end_without_sending(),
            Choice::Resume(run) => Some(run),
            Choice::New => None,
        };
        // Before a run begins: a secret that can't be had must not leave an unfinished run behind.
        let machinery = self.setup.machinery(&store, self.context)?;
        let (run, verb) = match unfinished {
            Some(run) => (run, "resuming"),
            None => (self.begin(&store, latest)?, "starting"),
        };
        let _lease = Lease::take(store.directory(), run.id)?;
        store.claims_into_doubt(run.id, DIED, clock::now())?;
        self.printer.note(format_args!("{verb} run {} to {}", run.id, self.setup.target_in_words()));
        self.work(&store, run, machinery)
    }

    /// Writes down that the run begins. Its input is kept first if it came through a pipe, so that it can be resumed.
    fn begin(&self, store: &Store, latest: Option<RunId>) -> anyhow::Result<Run> {
        ensure_not_sent_in_part(store, self)?;
        self.tell_relatives(store)?;
        let subject = Subject {
            kind: RunKind::Import,
            input: self.input_in_ledger(),
            content: self.report.content,
            mapping: self.report.mapping.canonical(),
            rows: self.report.rows,
        };
        let new = self.setup.new_run(subject, self.context);
        let run = if self.setup.is_sandbox {
            store.begin(&new, clock::now())?
        } else {
            store.begin_after(latest, &new, clock::now())?
        };
        for (place, input) in self.input.each().iter().enumerate() {
            input.keep(&kept_input(store.directory(), run, place))?;
        }
        Ok(store.run(run)?)
    }

    /// The input's name wherever it is resumed from; of several, all of them.
    fn input_in_ledger(&self) -> String {
        let name = |input: &Input| match input.path() {
            Some(path) => self.context.working_directory.join(path).to_string_lossy().into_owned(),
            None => input.name().to_owned(),
        };
        self.input.each().iter().map(name).collect::<Vec<_>>().join(", ")
    }

    fn work(&self, store: &Store, run: Run, machinery: Machinery) -> anyhow::Result<Exit> {
        let leave = if self.args.resend_in_doubt { Leave::ResendInDoubt } else { Leave::None };
        let before = store.counts(&run)?;
        let again = if leave == Leave::ResendInDoubt { before.in_doubt } else { 0 };
        let to_send = before.unsent + again;
        if self.args.resume {
            self.tell_time(to_send);
        }
        let plan = self.setup.plan(run.id, &self.args.sending, leave, to_send, WAIT_FOR_TARGET);
        let (events, shown) = Events::channel();
        let opening = Opening { counts: before, on_terminal: self.context.stderr_is_terminal };
        let screen = Screen::start(shown, opening, self.printer.clone());
        let feed = feed_input(Arc::clone(&self.input), self.feed_settings(leave), store.reader()?, run.id);
        let end = run_rows(vec![Lane { machinery, plan, feed }], events)?;
        drop(screen);
        let early = EndedEarly::from_end(end);
        // A disk that is full keeps the ledger from being tidied, too; how the run stands is told all the same.
        let untidied = store.claims_into_doubt(run.id, ABANDONED, clock::now()).err();
        let early = early.or(untidied.map(EndedEarly::Ledger));
        if self.args.verify {
            verify_at_end(&self.setup, store, &run, early.as_ref(), self.context, self.printer)?;
        }
        self.finish(store, run).end(early)
    }

    fn feed_settings(&self, leave: Leave) -> FeedSettings {
        FeedSettings {
            source: source(self.args),
            mapping: self.report.mapping.clone(),
            score: if self.args.any_score { ScoreRule::Any } else { ScoreRule::InScale },
            include_in_doubt: self.args.include_in_doubt,
            leave,
        }
    }

    /// The same file read with another mapping, or sent elsewhere, is another import; it is worth a word all the same.
    fn tell_relatives(&self, store: &Store) -> anyhow::Result<()> {
        let relatives = store.runs_with_content(&self.report.content)?;
        let is_relative = |run: &&Run| {
            let is_left_out = self.args.rows.except_run.contains(&run.id.0);
            !run.sandbox && !is_left_out && run.bot_id == self.setup.target.bot_id
        };
        let Some(latest) = relatives.iter().find(is_relative) else { return Ok(()) };
        if !self.setup.is_sandbox && !self.args.again {
            let saved = counted(store.counts(latest)?.saved, "row");
            self.printer.warning(format_args!(
                "run {} has sent this same file to this bot before, with another mapping or to another host ({saved} saved): is this meant?",
                latest.id
            ));
        }
        Ok(())
    }

    fn finish<'b>(&'b self, store: &'b Store, run: Run) -> Finish<'b> {
        Finish { import: self, store, run }
    }

    fn print_summary_json(
        &self,
        run: Option<i64>,
        counts: Counts,
        failures_file: Option<PathBuf>,
    ) -> anyhow::Result<()> {
        if self.json {
            self.printer.json(&Summary::new(run, counts, self.began.elapsed(), failures_file))?;
        }
        Ok(())
    }

    fn failure_report<'b>(&'b self, ledger: &'b Store, run: RunId) -> FailureReport<'b> {
        let CheckReport { shape, mapping, .. } = &self.report;
        let is_marked = |by| by == EncodingBy::Mark;
        let marked = self.args.encoding.is_some()
            || shape.encoding.is_some_and(|encoding| is_marked(encoding.by) || encoding.name != UTF_8.name());
        let delimiter = shape.delimiter.or(self.args.delimiter).unwrap_or(b',');
        FailureReport { input: &self.input, source: source(self.args), delimiter, mapping, marked, ledger, run }
    }

    /// Where the failure report goes.
    fn report_path(&self) -> PathBuf {
        let path = self.args.failures.clone().unwrap_or_else(|| default_path(self.input.path()));
        self.context.working_directory.join(path)
    }

    /// The command that goes on with this run: this one, with `--resume`; by its number when the input came through a
    /// pipe, and was kept.
    fn command_to_resume(&self, run: RunId, more: &[&str]) -> String {
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

    /// What was said of config and profile is in the ledger; where that is has to be said again.
    fn command_by_number(&self, run: RunId, more: &[&str]) -> String {
        let number = run.to_string();
        let ledger = self.state_dir.as_ref().map(|path| [OsStr::new("--state-dir"), path.as_os_str()]);
        let words = ["kore-feedback", "runs", "resume", &number].into_iter().chain(more.iter().copied());
        shell_command(words.map(OsStr::new).chain(ledger.into_iter().flatten()))
    }
}

/// Some rows can't be sent, and nobody has said to leave them out.
#[derive(Debug, thiserror::Error)]
#[error("{input}: {invalid} of {} can't be sent; nothing was sent\n{table}", counted(*rows, "row"))]
pub(super) struct InvalidRows {
    input: String,
    invalid: u64,
    rows: u64,
    table: String,
    /// Whether another encoding may be all that is wrong.
    unknown_encoding: bool,
}

impl Advice for InvalidRows {
    fn hint(&self) -> Option<String> {
        let hint = if self.unknown_encoding {
            "the file is not UTF-8: give its encoding, such as --encoding windows-1252"
        } else {
            "mend the file, or import the valid rows with --skip-invalid: the others go into the failure report"
        };
        Some(hint.to_owned())
    }
}

/// The failure report can't be where it would go. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReportRefused {
    #[error("the failure report would overwrite the input: {}", path.display())]
    OverInput { path: PathBuf },
    #[error("the failure report can't be written: {} is a directory", path.display())]
    Directory { path: PathBuf },
    #[error("the failure report can't be written: there is no directory for {}", path.display())]
    NoDirectory { path: PathBuf },
}

impl Advice for ReportRefused {
    fn hint(&self) -> Option<String> {
        Some("name another file with --failures".to_owned())
    }
}
