//! The shells and their scripts. Three come from clap_complete.

use std::io;

use clap_complete::env::{Elvish, Fish, Powershell, Shells};

use super::bash::Bash;
use super::zsh::Zsh;

/// The variable by which a script says that it wants completions.
pub(super) const VARIABLE: &str = "KORE_FEEDBACK_COMPLETE";

const NAME: &str = "kore-feedback";

pub(super) const SHELLS: Shells<'static> = Shells(&[&Bash, &Elvish, &Fish, &Powershell, &Zsh]);

/// The script of the shell with this name.
pub(in crate::commands) fn script(shell: &str) -> io::Result<Vec<u8>> {
    let shell = SHELLS.completer(shell).ok_or(io::ErrorKind::Unsupported)?;
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, NAME, NAME, NAME, &mut script)?;
    Ok([script.trim_ascii(), b"\n"].concat())
}
