//! Runs the command that the command line names, and turns its error into an exit code. Also prints the completion scripts,
//! which are generated from the definition of the whole command line.

use clap::CommandFactory;
use clap_complete::Shell;

use super::error::CommandError;
use super::session::Session;
use super::{config, import, inspect, presets, responses, runs, sandbox, submit, token};
use crate::cli::{Arguments, Command, ResponsesCommand};
use crate::exit::Exit;
use crate::report::{OutputError, Printer};
use crate::rlimit;
use crate::settings::Context;
use crate::signals::survive_file_size_limit;

/// Runs the command and prints the error it ends with, if any.
pub fn run(Arguments { global, command }: Arguments, context: &Context) -> Exit {
    rlimit::forbid_core_dumps();
    let printer = Printer::new(context, global.quiet, global.verbose);
    // If this fails, the process ends without a message when a file exceeds the size limit.
    let _ = survive_file_size_limit();
    dispatch(&command, Session { global: &global, context, printer: &printer }).unwrap_or_else(|error| {
        printer.error(error.error.as_ref(), error.hint.as_deref());
        error.exit
    })
}

fn dispatch(command: &Command, session: Session<'_>) -> Result<Exit, CommandError> {
    match command {
        Command::Submit(args) => submit::submit(args, session),
        Command::Import(args) => import::import(args, session),
        Command::Inspect(args) => inspect::inspect(args, session),
        Command::Token(args) => token::token(args, session),
        Command::Runs(args) => runs::runs(args, session),
        Command::Responses(ResponsesCommand::Export(args)) => responses::export(args, session),
        Command::Responses(ResponsesCommand::Scores(args)) => responses::scores(args, session),
        Command::Presets(args) => presets::presets(args, session),
        Command::Sandbox(args) => sandbox::sandbox(args, session),
        Command::Config(args) => config::config(args, session),
        Command::Completions { shell } => completions(*shell, session),
    }
}

/// Prints the completion script of a shell.
fn completions(shell: Shell, session: Session<'_>) -> Result<Exit, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "kore-feedback", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let script = if shell == Shell::Bash { with_one_spelling(&script) } else { script };
    session.printer.stream(|out| Ok::<_, OutputError>(out.write_all(script.as_bytes())?))?;
    Ok(Exit::Success)
}

/// The bash script of clap_complete 4.6 spells the hyphen in the program's name in two ways, so that nothing is completed
/// after a subcommand (<https://github.com/clap-rs/clap/issues/6421>).
fn with_one_spelling(script: &str) -> String {
    script.replace("kore__subcmd__feedback", "kore__feedback")
}
