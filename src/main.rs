//! Arguments in, exit code out.

use std::process::ExitCode;

use kore_feedback::settings::Context;
use kore_feedback::{cli, commands};

fn main() -> ExitCode {
    let context = Context::read();
    let arguments: Vec<_> = std::env::args_os().collect();
    if let Some(exit) = commands::complete(&arguments, &context) {
        return exit.into();
    }
    match cli::parse(&arguments) {
        Ok(arguments) => commands::run(arguments, &context).into(),
        Err(error) => commands::refuse(&error, cli::asks_for_json(arguments), &context).into(),
    }
}
