//! `runs resume`, `runs failures` and `runs saved`: an earlier import by its number, with the options that the ledger stored.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::checked::Import;
use super::error::ImportRefused;
use super::report::input_report;
use crate::cli::{GlobalArgs, ImportArgs};
use crate::commands::error::CommandError;
use crate::commands::input::{STANDARD_INPUT, kept_input, spool};
use crate::commands::session::Session;
use crate::commands::setup::Setup;
use crate::exit::Exit;
use crate::ledger::{ResendPolicy, Run, RunKind, Store};
use crate::record::Fingerprint;
use crate::report::{InputReport, ListedRecords, Printer, PrinterOptions};
use crate::run::MaxRejected;
use crate::source::{ContentHasher, Input, InputError, Inputs, Row};

const VERSION: u32 = 1;

/// The options of a run, as JSON with a version in the ledger. A run is resumed with them, whatever the command line and
/// the working directory are then.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct StoredOptions {
    version: u32,
    /// The working directory of the command: a mapping file and the failure report are relative to it.
    directory: PathBuf,
    config: Option<PathBuf>,
    profile: Option<String>,
    #[serde(flatten)]
    args: ImportArgs,
}

impl StoredOptions {
    /// The options as the ledger stores them. `None` if a path is not Unicode: such a run is
    /// resumed from its file.
    pub(super) fn to_json(import: &Import<'_>) -> Result<Option<String>, InputError> {
        let directory = import.session.context.working_directory.clone();
        let mut args = import.args.clone();
        args.input.files = Inputs::expand(&args.input.files, &directory)?;
        // A mapping may say how the file is read, and may change until the run is resumed.
        args.input = args.input.with_source(import.source.clone());
        let (config, profile) = (import.global.config.clone(), import.global.profile.clone());
        Ok(serde_json::to_string(&Self { version: VERSION, directory, config, profile, args }).ok())
    }

    fn of(run: &Run) -> Result<Self, ImportRefused> {
        if run.kind != RunKind::Import {
            return Err(ImportRefused::NoImport { run: run.id });
        }
        let stored = run.options.as_deref().and_then(|json| serde_json::from_str::<Self>(json).ok());
        stored.filter(|stored| stored.version == VERSION).ok_or(ImportRefused::NoOptions { run: run.id })
    }
}

/// What may differ when a run is resumed; `None` for the run's own option.
#[derive(Debug, Clone, Default)]
pub(in crate::commands) struct ResumeOptions {
    pub(in crate::commands) resend: ResendPolicy,
    pub(in crate::commands) max_rejected: Option<MaxRejected>,
    pub(in crate::commands) on_finish: Option<String>,
}

/// Resumes an unfinished run.
pub(in crate::commands) fn resume(
    run: &Run,
    options: ResumeOptions,
    store: &Store,
    session: Session<'_>,
) -> Result<Exit, CommandError> {
    with_import(run, options, store, true, session, |import| import.run())
}

/// Marks the rows of a run that have no outcome in the ledger as in doubt: it may have lost what was sent. Returns their
/// number.
pub(in crate::commands) fn recover(run: &Run, store: &Store, session: Session<'_>) -> Result<u64, CommandError> {
    with_import(run, ResumeOptions::default(), store, true, session, |import| import.mark_lost_rows(store, run.id))
}

/// Reads the input of a run again, for a report. Needs no target.
pub(super) fn with_input<T>(
    run: &Run,
    store: &Store,
    session: Session<'_>,
    work: impl FnOnce(&Import<'_>) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    with_import(run, ResumeOptions::default(), store, false, session, work)
}

/// The respondents of these records, from the input of the run.
pub(in crate::commands) fn respondents(
    run: &Run,
    wanted: &HashSet<Fingerprint>,
    store: &Store,
    session: Session<'_>,
) -> Result<HashMap<Fingerprint, String>, CommandError> {
    // Whatever there is to say was said when the run was sent.
    let quiet = Printer::new(session.context, PrinterOptions { quiet: true, ..PrinterOptions::default() });
    let session = Session { printer: &quiet, ..session };
    with_import(run, ResumeOptions::default(), store, true, session, |import| import.respondents(wanted))
}

/// Reads the input of a run again, with the options that the run was started with.
fn with_import<T>(
    run: &Run,
    ResumeOptions { resend, max_rejected, on_finish }: ResumeOptions,
    store: &Store,
    needs_target: bool,
    session: Session<'_>,
    work: impl FnOnce(&Import<'_>) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let stored = StoredOptions::of(run)?;
    let args = ImportArgs {
        resume: true,
        resend_in_doubt: resend.in_doubt,
        rejected: resend.rejected,
        max_rejected: max_rejected.or(stored.args.max_rejected),
        on_finish: on_finish.or(stored.args.on_finish),
        again: false,
        allow_unfinished: false,
        dry_run: !needs_target,
        ..stored.args
    };
    let absolute = session.global.absolute(&session.context.working_directory);
    // Options given now override the stored ones.
    let global = GlobalArgs {
        config: absolute.config.or(stored.config),
        profile: absolute.profile.or(stored.profile),
        ..absolute
    };
    let context = session.context.in_directory(stored.directory);
    let session = Session { global: &global, context: &context, printer: session.printer };
    let setup = Setup::for_rows(&args.sending, !needs_target, session)?;
    let inputs = open_again(&args.input.files, run, store)?;
    let mut import = Import::check(&args, setup, inputs)?;
    import.resumed_run = Some(run.id);
    ensure_unchanged(run, &import.input, import.report.content)?;
    work(&import)
}

/// Prints the failure report of a run. Needs the input and the ledger, but no target: nothing is sent.
pub(in crate::commands) fn failures(run: &Run, store: &Store, printer: &Printer) -> Result<Exit, CommandError> {
    with_report(run, ListedRecords::Failures, store, |report| print(report, "failures", printer))
}

/// Prints the saved records of a run, or writes them to a file. Needs the input and the ledger, too.
pub(in crate::commands) fn saved(
    run: &Run,
    store: &Store,
    file: Option<&Path>,
    session: Session<'_>,
) -> Result<Exit, CommandError> {
    with_report(run, ListedRecords::Saved, store, |report| {
        let Some(file) = file else { return print(report, "saved", session.printer) };
        let path = session.context.working_directory.join(file);
        let list = report.write(&path)?;
        if !list.may_replace()? {
            let problem = format!("{} exists and has other lines", file.display());
            return Err(ImportRefused::ListExists { problem }.into());
        }
        list.replace()?;
        let file = file.display().to_string();
        Ok(session.result(&file, &json!({ "run": run.id.0, "file": file }))?)
    })
}

fn print(report: &InputReport<'_>, key: &str, printer: &Printer) -> Result<(), CommandError> {
    match printer.is_json() {
        true => printer.json_array(key, |array| Ok(report.write_json(array)?)),
        false => printer.stream(|out| Ok(report.write_to(out)?)),
    }
}

/// Reads the input of a run again, for a report about its records.
fn with_report(
    run: &Run,
    records: ListedRecords,
    store: &Store,
    work: impl FnOnce(&InputReport<'_>) -> Result<(), CommandError>,
) -> Result<Exit, CommandError> {
    let args = StoredOptions::of(run)?.args.input;
    let inputs = open_again(&args.files, run, store)?;
    let source = args.source();
    let mut rows = inputs.open(&source)?;
    let (dialect, headers) = (rows.dialect().clone(), rows.headers().to_vec());
    let mut row = Row::default();
    let mut content = ContentHasher::new(&headers);
    while rows.read(&mut row)? {
        content.add(&row);
    }
    ensure_unchanged(run, &inputs, content.finish())?;
    work(&input_report(records, &source, (&inputs, &dialect, &headers), store, run))?;
    Ok(Exit::Success)
}

/// `content` is the hash of the input's rows.
fn ensure_unchanged(run: &Run, inputs: &Inputs, content: [u8; 32]) -> Result<(), CommandError> {
    let content = if run.is_of_bytes { inputs.byte_hash()? } else { content };
    if content == run.content {
        return Ok(());
    }
    Err(ImportRefused::InputChanged { run: run.id, input: run.input.clone() }.into())
}

fn open_again(files: &[PathBuf], run: &Run, store: &Store) -> Result<Inputs, CommandError> {
    let inputs = files.iter().enumerate().map(|(index, file)| open_kept(file, index, run, store));
    Ok(Inputs::new(inputs.collect::<Result<_, _>>()?)?)
}

/// One input of a run: the kept copy if it came through a pipe, else the file.
fn open_kept(file: &Path, index: usize, run: &Run, store: &Store) -> Result<Input, CommandError> {
    let kept = kept_input(store.directory(), run.id, index);
    let is_standard_input = file == Path::new("-");
    if kept.exists() {
        let name = if is_standard_input { STANDARD_INPUT.to_owned() } else { file.display().to_string() };
        return Ok(Input::persisted(&kept, name)?);
    }
    if is_standard_input {
        return Err(ImportRefused::NotKept { run: run.id }.into());
    }
    Ok(Input::file(file, &spool(store.directory()))?)
}
