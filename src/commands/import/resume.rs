//! `runs resume` and `runs failures`: an earlier import by its number, with the options that the ledger stored.

use std::path::{Path, PathBuf};

use super::checked::Import;
use super::error::CannotResume;
use super::options::StoredOptions;
use super::report::failure_report;
use crate::cli::{GlobalArgs, ImportArgs};
use crate::commands::error::CommandError;
use crate::commands::input::{STANDARD_INPUT, kept_input, spool};
use crate::commands::rules::source_options;
use crate::commands::setup::Setup;
use crate::exit::Exit;
use crate::ledger::{Run, RunKind, Store};
use crate::report::Printer;
use crate::settings::Context;
use crate::source::{Input, Inputs, Row};

/// Resumes an unfinished run.
pub(in crate::commands) fn resume(
    run: &Run,
    resend_in_doubt: bool,
    global: &GlobalArgs,
    store: &Store,
    context: &Context,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let stored = stored_options(run)?;
    let args = ImportArgs { resume: true, resend_in_doubt, again: false, dry_run: false, ..stored.args };
    let absolute = global.absolute(&context.working_directory);
    // Options given now override the stored ones.
    let global = GlobalArgs {
        config: absolute.config.clone().or(stored.config),
        profile: absolute.profile.clone().or(stored.profile),
        ..absolute
    };
    let context = context.in_directory(stored.directory);
    let setup = Setup::for_rows(&global, &args.sending, &context, printer)?;
    let inputs = open_again(&args.input.files, run, store)?;
    let mut import = Import::check(&args, &global, &context, printer, setup, inputs)?;
    import.is_resumed_by_number = true;
    ensure_unchanged(run, import.report.content)?;
    import.run()
}

/// Prints the failure report of a run. Needs the input and the ledger, but no target: nothing is sent.
pub(in crate::commands) fn failures(run: &Run, store: &Store, printer: &Printer) -> Result<Exit, CommandError> {
    let args = stored_options(run)?.args.input;
    let inputs = open_again(&args.files, run, store)?;
    let mut rows = inputs.open(&source_options(&args))?;
    let (dialect, headers) = (rows.dialect().clone(), rows.headers().to_vec());
    let mut row = Row::default();
    while rows.read(&mut row)? {}
    ensure_unchanged(run, rows.content_hash()?)?;
    let report = failure_report(&args, &inputs, &dialect, &headers, store, run.id);
    printer.stream(|out| Ok::<_, CommandError>(report.write_to(out)?))?;
    Ok(Exit::Success)
}

fn stored_options(run: &Run) -> Result<StoredOptions, CannotResume> {
    if run.kind == RunKind::Import { StoredOptions::of(run) } else { Err(CannotResume::NoImport { run: run.id }) }
}

fn ensure_unchanged(run: &Run, content: [u8; 32]) -> Result<(), CannotResume> {
    if content == run.content {
        return Ok(());
    }
    Err(CannotResume::InputChanged { run: run.id, input: run.input.clone() })
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
        return Err(CannotResume::NotKept { run: run.id }.into());
    }
    Ok(Input::file(file, &spool(store.directory()))?)
}
