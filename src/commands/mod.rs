//! One file per subcommand: settings → pipeline → report → exit code. Knows everything, decides nothing.

mod completions;
mod config;
mod ending;
mod import;
mod presets;
mod runs;
mod sandbox;
mod settings;
mod setup;
mod submit;
mod token;
mod verify;

use crate::cli::{Arguments, Command};
use crate::credentials::CredentialError;
use crate::delivery::ClientError;
use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::LedgerError;
use crate::record::{DraftError, RefusedDraft};
use crate::report::{Printer, ReportError};
use crate::run::CheckError;
use crate::run::verify::VerifyError;
use crate::sandbox::SandboxError;
use crate::settings::{Context, InitialConfigError, MappingFileError, SettingsError};
use crate::source::InputError;

/// Runs the command and reports its error, if it ends with one.
pub fn run(arguments: Arguments, context: &Context) -> Exit {
    let printer = Printer::new(context, arguments.global.quiet, arguments.global.verbose);
    match dispatch(arguments, context, &printer) {
        Ok(exit) => exit,
        Err(error) => {
            let (exit, hint) = advice(&error);
            printer.error(&error, hint.as_deref());
            exit
        }
    }
}

fn dispatch(arguments: Arguments, context: &Context, printer: &Printer) -> anyhow::Result<Exit> {
    let global = &arguments.global;
    match &arguments.command {
        Command::Submit(args) => submit::submit(args, global, context, printer),
        Command::Import(args) => import::import(args, global, context, printer),
        Command::Token(args) => token::run(args, global, context, printer),
        Command::Runs(args) => runs::runs(args, global, context, printer),
        Command::Presets(args) => presets::presets(args, global, printer),
        Command::Sandbox(args) => sandbox::sandbox(args, global, printer),
        Command::Config(args) => config::run(args, global, context, printer),
        Command::Completions(args) => completions::completions(args, printer),
    }
}

/// The exit code and the hint of the first error in the chain that knows them.
fn advice(error: &anyhow::Error) -> (Exit, Option<String>) {
    for cause in error.chain() {
        if let Some(known) = as_advice(cause) {
            return (known.exit(), known.hint());
        }
    }
    (Exit::Usage, None)
}

/// The error as one that can give advice: every such type of the crate stands here once.
fn as_advice<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a dyn Advice> {
    macro_rules! known {
        ($($error:ty),+ $(,)?) => {
            $(if let Some(error) = cause.downcast_ref::<$error>() {
                return Some(error);
            })+
        };
    }
    known!(
        CheckError,
        ClientError,
        CredentialError,
        DraftError,
        InitialConfigError,
        InputError,
        LedgerError,
        MappingFileError,
        RefusedDraft,
        ReportError,
        SandboxError,
        SettingsError,
        VerifyError,
        ending::EndedEarly,
        import::ImportRefused,
        import::InputGone,
        import::InvalidRows,
        import::ReportRefused,
        import::TooFewFiles,
        submit::DoubtfulTwin,
        submit::Incomplete,
        submit::NotSaved,
        verify::VerifyRefused,
    );
    None
}
