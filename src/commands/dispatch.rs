//! Runs the command that the command line names, and turns its error into an exit code.

use clap_complete::Shell;
use serde_json::json;

use super::command_line::with_options;
use super::completion::script;
use super::error::{CommandError, Explain};
use super::session::Session;
use super::{config, import, inspect, presets, responses, runs, sandbox, smoke, submit, token};
use crate::cli::{self, Arguments, ColorWhen, Command, GlobalArgs, OutputFormat, ResponsesCommand};
use crate::error::{Advice, ErrorKind};
use crate::exit::Exit;
use crate::report::{ErrorView, Log, OutputError, Printer, PrinterOptions, chain};
use crate::rlimit;
use crate::settings::Context;
use crate::signals::survive_file_size_limit;

/// Runs the command and prints the error it ends with, if any.
pub fn run(Arguments { global, command }: Arguments, context: &Context) -> Exit {
    rlimit::forbid_core_dumps();
    // If this fails, the process ends without a message when a file exceeds the size limit.
    let _ = survive_file_size_limit();
    let printer = new_printer(&global, context);
    let (printer, log) = match open_log(&global) {
        Ok(Some(log)) => (printer.with_log(log), Ok(())),
        Ok(None) => (printer, Ok(())),
        Err(error) => (printer, Err(error)),
    };
    let session = Session { global: &global, context, printer: &printer };
    let ended = log.and_then(|()| match global.output == OutputFormat::Ndjson && !command.has_events() {
        true => Err(NoEvents.into()),
        false => dispatch(&command, session),
    });
    end(ended, &command, session)
}

/// A command with one result.
#[derive(Debug, thiserror::Error)]
#[error("--output ndjson is only for import and runs resume")]
struct NoEvents;

impl Advice for NoEvents {
    fn hint(&self) -> Option<String> {
        Some("use --output json".to_owned())
    }
}

/// Prints clap's message, and returns its exit code. `is_json` tells whether the arguments ask for JSON.
pub fn refuse(error: &clap::Error, is_json: bool, context: &Context) -> Exit {
    let exit = print_usage(error, context);
    if !is_json || exit == Exit::Success {
        return exit;
    }
    let message = error.render().to_string();
    let message = message.lines().next().unwrap_or_default().trim_start_matches("error: ");
    let view = ErrorView { kind: ErrorKind::Usage, message, hint: None, exit_code: exit as u8, location: None };
    Printer::new(context, PrinterOptions { quiet: true, ..PrinterOptions::default() }).with_json().print_json(
        Some(&view),
        exit,
        false,
    )
}

/// Prints clap's message, in ASCII if the locale has nothing else.
fn print_usage(error: &clap::Error, context: &Context) -> Exit {
    let is_terminal = if error.use_stderr() { context.stderr_is_terminal } else { context.stdout_is_terminal };
    if !context.is_ascii_only(is_terminal) {
        return cli::print_error(error);
    }
    let (printer, text) = (Printer::new(context, PrinterOptions::default()), error.render().to_string());
    if error.use_stderr() {
        printer.note(text.trim_end());
    } else {
        // If the pipe of `--help | head` is closed, there is nowhere to report the error.
        let _ = printer.result(text.trim_end());
    }
    cli::exit_of(error)
}

fn new_printer(global: &GlobalArgs, context: &Context) -> Printer {
    let color = match global.color {
        ColorWhen::Auto => None,
        ColorWhen::Always => Some(true),
        ColorWhen::Never => Some(false),
    };
    let options = PrinterOptions { quiet: global.quiet, verbose: global.verbose, color };
    let printer = Printer::new(context, options);
    match global.output {
        OutputFormat::Text => printer,
        OutputFormat::Json => printer.with_json(),
        OutputFormat::Ndjson => printer.with_ndjson(),
    }
}

fn open_log(global: &GlobalArgs) -> Result<Option<Log>, CommandError> {
    let Some(path) = &global.log_file else { return Ok(None) };
    Ok(Some(Log::open(path).explain(format!("cannot write the log {}", path.display()))?))
}

fn end(ended: Result<Exit, CommandError>, command: &Command, session: Session<'_>) -> Exit {
    let printer = session.printer;
    let error = match ended {
        Ok(exit) => return printer.finish(None, exit, command.sends()),
        Err(error) => error,
    };
    let hint = error.hint.map(|hint| with_options(&hint, session.global));
    let message = chain(error.error.as_ref());
    let view = ErrorView {
        kind: error.kind,
        message: &message,
        hint: hint.as_deref(),
        exit_code: error.exit as u8,
        location: error.location.as_deref(),
    };
    printer.finish(Some(&view), error.exit, command.sends())
}

fn dispatch(command: &Command, session: Session<'_>) -> Result<Exit, CommandError> {
    match command {
        Command::Submit(args) => submit::submit(args, session),
        Command::Import(args) => import::import(args, session),
        Command::Inspect(args) => inspect::inspect(args, session),
        Command::Smoke(args) => smoke::smoke(args, session),
        Command::Token(args) => token::token(args, session),
        Command::Runs(args) => runs::runs(args, session),
        Command::Responses(ResponsesCommand::Export(args)) => responses::export(args, session),
        Command::Responses(ResponsesCommand::Scores(args)) => responses::scores(args, session),
        Command::Presets(args) => presets::presets(args, session),
        Command::Sandbox(args) => sandbox::sandbox(args, session),
        Command::Config(args) => config::config(args, session),
        Command::Help { command } => Ok(print_usage(&cli::help(command), session.context)),
        Command::Completions { shell } => completions(*shell, session),
    }
}

/// Prints the completion script of a shell.
fn completions(shell: Shell, session: Session<'_>) -> Result<Exit, CommandError> {
    let script = script(&shell.to_string()).explain("cannot write the completion script")?;
    let script = String::from_utf8_lossy(&script);
    session.printer.json(&json!({ "shell": shell.to_string(), "script": script }))?;
    if !session.is_json() {
        session.printer.stream(|out| Ok::<_, OutputError>(out.write_all(script.as_bytes())?))?;
    }
    Ok(Exit::Success)
}
