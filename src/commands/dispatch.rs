//! From the command line to the command, and from its error to the exit code.

use super::error::CommandError;
use super::{completions, config, import, inspect, presets, runs, sandbox, submit, token};
use crate::cli::{Arguments, Command};
use crate::exit::Exit;
use crate::report::Printer;
use crate::settings::Context;

/// Runs the command and prints the error it ends with, if any.
pub fn run(arguments: Arguments, context: &Context) -> Exit {
    let printer = Printer::new(context, arguments.global.quiet, arguments.global.verbose);
    dispatch(&arguments, context, &printer).unwrap_or_else(|error| {
        printer.error(error.error(), error.hint());
        error.exit()
    })
}

fn dispatch(arguments: &Arguments, context: &Context, printer: &Printer) -> Result<Exit, CommandError> {
    let global = &arguments.global;
    match &arguments.command {
        Command::Submit(args) => submit::submit(args, global, context, printer),
        Command::Import(args) => import::import(args, global, context, printer),
        Command::Inspect(args) => inspect::inspect(args, global, context, printer),
        Command::Token(args) => token::token(args, global, context, printer),
        Command::Runs(args) => runs::runs(args, global, context, printer),
        Command::Presets(args) => presets::presets(args, global, printer),
        Command::Sandbox(args) => sandbox::sandbox(args, global, printer),
        Command::Config(args) => config::config(args, global, context, printer),
        Command::Completions(args) => completions::completions(args, printer),
    }
}
