//! One file per subcommand: settings → pipeline → report → exit code. Knows everything, decides nothing.

mod sandbox;

use crate::cli::{Arguments, Command};
use crate::error::Advice;
use crate::exit::Exit;
use crate::report::Printer;
use crate::settings::Context;

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

fn dispatch(arguments: Arguments, _context: &Context, printer: &Printer) -> anyhow::Result<Exit> {
    let global = arguments.global;
    match arguments.command {
        Command::Sandbox(arguments) => sandbox::run(arguments, global.output, printer),
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

/// Every error type of the crate that can give advice.
fn as_advice<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a dyn Advice> {
    known::<crate::sandbox::SandboxError>(cause)
}

fn known<'a, E: Advice + 'static>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a dyn Advice> {
    cause.downcast_ref::<E>().map(|error| error as &dyn Advice)
}
