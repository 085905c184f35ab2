//! `--on-finish`: a command at the end of a run, without a shell, with the JSON summary on its standard input. Whatever becomes
//! of it, the run's outcome stays as it is.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::report::Printer;
use crate::signals::Signals;
use crate::text::{excerpt, format_duration};

/// A notification takes seconds. A command that hangs must not keep a finished import from ending.
const TIMEOUT: Duration = Duration::from_secs(10 * 60);
const POLL_INTERVAL: Duration = Duration::from_millis(20);
const SHOWN: usize = 200;

/// Why the command did not succeed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("not a command")]
    NoCommand,
    #[error("cannot run it: {0}")]
    NotRun(#[from] io::Error),
    #[error("it ended with {0}")]
    Status(ExitStatus),
    #[error("it did not finish within {} and was killed", format_duration(TIMEOUT))]
    Timeout,
    #[error("interrupted")]
    Interrupted,
}

/// Runs the command and waits for it. A failure is a warning that names the program, not its arguments: they may be secret.
pub(super) fn on_finish(command: &str, summary: &Value, directory: &Path, printer: &Printer) {
    let words = shell_words::split(command).unwrap_or_default();
    let name = excerpt(words.first().map_or("", String::as_str), SHOWN);
    printer.detail(format_args!("--on-finish: running {name}"));
    if let Err(failure) = run(&words, summary, directory) {
        printer.warning(format_args!("--on-finish: {name}: {failure}; this does not change the outcome of the run"));
    }
}

fn run(words: &[String], summary: &Value, directory: &Path) -> Result<(), Failure> {
    let (program, arguments) = words.split_first().ok_or(Failure::NoCommand)?;
    // A name is searched for on PATH, as a shell does.
    let is_path = program.contains(['/', std::path::MAIN_SEPARATOR]);
    let program = if is_path { directory.join(program) } else { program.into() };
    let mut command = Command::new(program);
    // Standard output has the results of this process alone.
    command.args(arguments).current_dir(directory).stdin(Stdio::piped()).stdout(io::stderr());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut child = command.spawn()?;
    pass(summary, &mut child);
    match runtime.block_on(wait(&mut child)) {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::Status(status)),
        Err(failure) => {
            // It may have ended in between; either way it is gone afterwards.
            let _ = child.kill();
            let _ = child.wait();
            Err(failure)
        }
    }
}

/// Writes on a thread, because the command may read late, or not at all.
fn pass(summary: &Value, child: &mut Child) {
    let text = format!("{summary}\n");
    if let Some(mut stdin) = child.stdin.take() {
        // A command that needs no summary may close its input.
        std::thread::spawn(move || {
            let _ = stdin.write_all(text.as_bytes());
        });
    }
}

async fn wait(child: &mut Child) -> Result<ExitStatus, Failure> {
    let mut signals = Signals::listen()?;
    let deadline = Instant::now() + TIMEOUT;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() >= deadline {
            return Err(Failure::Timeout);
        }
        tokio::select! {
            is_signal = signals.next() => if is_signal { return Err(Failure::Interrupted) },
            () = sleep(POLL_INTERVAL) => {}
        }
    }
}
