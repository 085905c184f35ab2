//! `completions`: generated from the definition of the command line.

use clap::CommandFactory;

use crate::cli::{Arguments, CompletionsArgs};
use crate::exit::Exit;
use crate::report::Printer;

/// Runs `completions`.
pub(super) fn completions(args: &CompletionsArgs, printer: &Printer) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "kore-feedback", &mut script);
    printer.stream(|out| Ok(out.write_all(&script)?))?;
    Ok(Exit::Success)
}
