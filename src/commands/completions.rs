//! `completions`: generated from the command line definition.

use clap::CommandFactory;
use clap_complete::Shell;

use super::error::CommandError;
use super::session::Session;
use crate::cli::Arguments;
use crate::exit::Exit;
use crate::report::OutputError;

pub(super) fn completions(shell: Shell, session: Session<'_>) -> Result<Exit, CommandError> {
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
