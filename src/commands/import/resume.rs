//! Earlier imports taken up again by their number: the command line that began one is read once more, where it was given.

use std::path::{Path, PathBuf};

use super::command::{Import, failure_report};
use crate::cli::{Command, GlobalArgs, ImportArgs, parse_again};
use crate::commands::error::{CommandError, Explain};
use crate::commands::input::{STANDARD_INPUT, kept_input, spool};
use crate::commands::rules::source;
use crate::commands::setup::Setup;
use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::{Run, RunId, RunKind, Store};
use crate::report::Printer;
use crate::settings::Context;
use crate::source::{Input, Inputs, Row};
use crate::text::printable;

/// Why an earlier run can't be taken up. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(in crate::commands) enum InputGone {
    #[error("run {run} was no import")]
    NoImport { run: RunId },
    #[error("the input of run {run} came through a pipe, and is not kept any longer")]
    NotKept { run: RunId },
    #[error("{} has changed since run {run}", printable(input))]
    Changed { run: RunId, input: String },
}

impl Advice for InputGone {
    fn hint(&self) -> Option<String> {
        match self {
            Self::NoImport { .. } => None,
            Self::NotKept { .. } => Some("pipe it in once more, to `kore-feedback import - --resume`".to_owned()),
            Self::Changed { run, .. } => Some(format!(
                "put the file back as it was; `kore-feedback runs show {run} --rows` says what has been sent"
            )),
        }
    }
}

/// Goes on with an unfinished run.
pub(in crate::commands) fn resume(
    run: &Run,
    resend_in_doubt: bool,
    global: &GlobalArgs,
    store: &Store,
    context: &Context,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let mut earlier = Earlier::of(run, global, context)?;
    earlier.args.resume = true;
    earlier.args.resend_in_doubt = resend_in_doubt;
    (earlier.args.again, earlier.args.dry_run) = (false, false);
    earlier.import(run, store, printer)
}

/// Prints the failure report of a run. It takes the input and the ledger, and no target: nothing is sent.
pub(in crate::commands) fn failures(
    run: &Run,
    global: &GlobalArgs,
    store: &Store,
    context: &Context,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let earlier = Earlier::of(run, global, context)?;
    let inputs = earlier.inputs(run, store)?;
    let mut rows = inputs.open(&source(&earlier.args))?;
    let (dialect, headers) = (rows.dialect().clone(), rows.headers().to_vec());
    let mut row = Row::default();
    while rows.read(&mut row)? {}
    ensure_unchanged(run, rows.content_hash()?)?;
    let report = failure_report(&earlier.args, &inputs, &dialect, &headers, store, run.id);
    printer.stream(|out| Ok::<_, CommandError>(report.write_to(out)?))?;
    Ok(Exit::Success)
}

/// What was said when a run began, as if it were said now.
struct Earlier {
    args: ImportArgs,
    global: GlobalArgs,
    context: Context,
}

impl Earlier {
    /// Reads the command line of a run. What is said of output, config and ledger now comes before what was said then.
    fn of(run: &Run, global: &GlobalArgs, context: &Context) -> Result<Self, CommandError> {
        if run.kind != RunKind::Import {
            return Err(InputGone::NoImport { run: run.id }.into());
        }
        let said = parse_again(&run.command).explain(format!("cannot read the options of run {}", run.id))?;
        let Command::Import(args) = said.command else { return Err(InputGone::NoImport { run: run.id }.into()) };
        let mut args = *args;
        args.files = Inputs::expand(&args.files, &run.directory)?;
        let then = |path: std::path::PathBuf| run.directory.join(path);
        let global = GlobalArgs {
            config: global.config.clone().or(said.global.config.map(then)),
            profile: global.profile.clone().or(said.global.profile),
            state_dir: global.state_dir.clone().or(said.global.state_dir.map(then)),
            ..global.clone()
        };
        let words = run.command.iter().map(Into::into).collect();
        let context = context.as_if_given(words, run.directory.clone());
        Ok(Self { args, global, context })
    }

    fn import(&self, run: &Run, store: &Store, printer: &Printer) -> Result<Exit, CommandError> {
        let setup = Setup::for_rows(&self.global, &self.args.sending, &self.context, printer)?;
        let inputs = self.inputs(run, store)?;
        let mut import = Import::check(&self.args, &self.global, &self.context, printer, setup, inputs)?;
        import.by_number = true;
        ensure_unchanged(run, import.report.content)?;
        import.run()
    }

    fn inputs(&self, run: &Run, store: &Store) -> Result<Inputs, CommandError> {
        let open = |(place, file): (usize, &PathBuf)| input(file, place, run, store);
        let inputs = self.args.files.iter().enumerate().map(open).collect::<Result<_, CommandError>>()?;
        Ok(Inputs::new(inputs)?)
    }
}

fn ensure_unchanged(run: &Run, content: [u8; 32]) -> Result<(), InputGone> {
    if content == run.content {
        return Ok(());
    }
    Err(InputGone::Changed { run: run.id, input: run.input.clone() })
}

/// One of a run's inputs: what came through a pipe is where it is kept.
fn input(file: &Path, place: usize, run: &Run, store: &Store) -> Result<Input, CommandError> {
    let kept = kept_input(store.directory(), run.id, place);
    let is_standard_input = file == Path::new("-");
    if kept.exists() {
        let name = if is_standard_input { STANDARD_INPUT.to_owned() } else { file.display().to_string() };
        return Ok(Input::persisted(&kept, name)?);
    }
    if is_standard_input {
        return Err(InputGone::NotKept { run: run.id }.into());
    }
    Ok(Input::file(file, &spool(store.directory()))?)
}
