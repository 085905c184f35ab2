//! Answers a completion script.

use std::ffi::OsString;

use clap_complete::env::EnvCompleter;

use super::bash;
use super::line::unquoted;
use super::shells::{SHELLS, VARIABLE};
use super::typed::Typed;
use super::values::with_values;
use crate::cli;
use crate::exit::Exit;
use crate::report::{OutputError, Printer, PrinterOptions};
use crate::settings::Context;

/// Prints what may be typed next, if a completion script asks.
pub fn complete(arguments: &[OsString], context: &Context) -> Option<Exit> {
    let shell = SHELLS.completer(context.variable_os(VARIABLE)?.to_str()?)?;
    let from = arguments.iter().position(|argument| argument == "--")? + 1;
    // Whoever types must not see an error in the middle of a line.
    let _ = answer(shell, &arguments[from..], context);
    Some(Exit::Success)
}

fn answer(shell: &dyn EnvCompleter, arguments: &[OsString], context: &Context) -> Result<(), OutputError> {
    let (words, current) = words(shell, arguments, context);
    let typed = Typed { context: context.clone(), words };
    let mut command = with_values(cli::command(), typed, current.to_string_lossy().starts_with('-'));
    let mut answer = Vec::new();
    shell.write_complete(&mut command, arguments.to_vec(), Some(&context.working_directory), &mut answer)?;
    Printer::new(context, PrinterOptions::default()).stream(|out| Ok::<_, OutputError>(out.write_all(&answer)?))
}

/// The words before the one that is being typed, and that word.
fn words(shell: &dyn EnvCompleter, arguments: &[OsString], context: &Context) -> (Vec<OsString>, OsString) {
    let mut words = if shell.name() == "bash" {
        bash::words(arguments)
    } else {
        arguments.iter().map(|word| unquoted(word)).collect()
    };
    let index = context.variable_os("_CLAP_COMPLETE_INDEX").and_then(|index| index.to_str()?.parse().ok());
    words.truncate(index.map_or(usize::MAX, |index: usize| index.saturating_add(1)));
    // zsh leaves out an empty word at the end.
    let is_at_end = index.is_none_or(|index| index < words.len());
    let current = if is_at_end { words.pop() } else { None };
    (words, current.unwrap_or_default())
}
