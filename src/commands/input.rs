//! Opening the inputs that the command line names. Inputs that come through a pipe are spooled, and kept while their run can
//! be resumed.

use std::path::{Path, PathBuf};

use super::error::CommandError;
use super::session::Session;
use crate::ledger::RunId;
use crate::settings::Settings;
use crate::source::{Input, InputError, Inputs};

/// The name of standard input in messages and in the ledger.
pub(super) const STANDARD_INPUT: &str = "standard input";

/// Says what the command waits for, if it reads from the keyboard.
pub(super) fn note_waiting(files: &[PathBuf], session: Session<'_>) {
    if session.context.stdin_is_terminal && files.iter().any(|file| file == Path::new("-")) {
        session.printer.note("waiting for rows: type or paste them, then press Enter and Ctrl-D");
    }
}

/// Opens these files, patterns included, as one input.
pub(super) fn open_all(files: &[PathBuf], settings: &Settings) -> Result<Inputs, CommandError> {
    let spool = spool(&settings.state_dir()?);
    let files = Inputs::expand(files, Path::new(""))?;
    let inputs = files.iter().map(|file| open(file, &spool)).collect::<Result<_, _>>()?;
    Ok(Inputs::new(inputs)?)
}

fn open(file: &Path, spool: &Path) -> Result<Input, InputError> {
    if file == Path::new("-") {
        return Input::spooled(&mut std::io::stdin().lock(), STANDARD_INPUT.to_owned(), spool);
    }
    Input::file(file, spool)
}

/// The directory of inputs that came through a pipe.
pub(super) fn spool(state_dir: &Path) -> PathBuf {
    state_dir.join("spool")
}

/// The file in which a run's input is kept if it came through a pipe; `index` is its position among several inputs.
pub(super) fn kept_input(state_dir: &Path, run: RunId, index: usize) -> PathBuf {
    let name = if index == 0 { format!("run-{run}") } else { format!("run-{run}-{index}") };
    spool(state_dir).join(name)
}

/// Removes the kept inputs of a run with nothing left to send or report. The user's own files stay.
pub(super) fn remove_kept_inputs(state_dir: &Path, run: RunId) {
    let (first, others) = (format!("run-{run}"), format!("run-{run}-"));
    for entry in std::fs::read_dir(spool(state_dir)).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name == first || name.starts_with(&others)) {
            // A copy that cannot be removed stays, readable by its owner only.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
