//! `completions`: generated from the definition of the command line.

use clap::CommandFactory;
use clap_complete::Shell;

use super::error::CommandError;
use crate::cli::{Arguments, CompletionsArgs};
use crate::exit::Exit;
use crate::report::{OutputError, Printer};

/// Runs `completions`.
pub(super) fn completions(args: &CompletionsArgs, printer: &Printer) -> Result<Exit, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "kore-feedback", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let script = if args.shell == Shell::Bash { with_one_spelling(&script) } else { script };
    printer.stream(|out| Ok::<_, OutputError>(out.write_all(script.as_bytes())?))?;
    Ok(Exit::Success)
}

/// In the script for bash clap_complete 4.6 spells a hyphen of the program's name in two ways, and so completes nothing
/// behind a subcommand (<https://github.com/clap-rs/clap/issues/6421>).
fn with_one_spelling(script: &str) -> String {
    script.replace("kore__subcmd__feedback", "kore__feedback")
}
