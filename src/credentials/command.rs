//! Runs the command that prints the client secret: without a shell, without input, with a timeout.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use secrecy::zeroize::Zeroizing;

use super::{CredentialError, read};
use crate::text::{excerpt, format_duration};

/// How often to check a command that closed its output but still runs.
const POLL_INTERVAL: Duration = Duration::from_millis(5);
/// How long to wait for the standard error of a finished command: another process may keep the pipe open.
const STDERR_WAIT: Duration = Duration::from_millis(200);
const MAX_STDERR: u64 = 4 * 1024;
const SHOWN: usize = 200;

type Output = Zeroizing<Vec<u8>>;

/// The output of the command, if it succeeds in time.
///
/// # Errors
/// If it cannot be started, fails, or still runs after `timeout`; then it is killed.
pub(super) fn run(words: &[OsString], timeout: Duration) -> Result<Output, CredentialError> {
    let program = program_name(words);
    let not_run = |source| CredentialError::CommandNotRun { program: program.clone(), source };
    let mut child = start(words).map_err(not_run)?;
    let stdout = read_in_background(child.stdout.take(), read::MAX_SIZE);
    let stderr = read_in_background(child.stderr.take(), MAX_STDERR);
    let deadline = Instant::now() + timeout;
    // Most commands exit when they close their output, so there is nothing left to poll for after this.
    let output = stdout.recv_timeout(timeout);
    let status = wait(&mut child, deadline).map_err(not_run)?;
    let problem = match (status, output) {
        (Some(status), Ok(output)) if status.success() => return Ok(output),
        (Some(status), Err(RecvTimeoutError::Disconnected)) if status.success() => return Ok(Output::default()),
        (Some(status), _) if !status.success() => format!("failed with {}", status_text(status)),
        _ => format!("did not finish within {} and was killed", format_duration(timeout)),
    };
    let stderr = stderr.recv_timeout(STDERR_WAIT).unwrap_or_default();
    Err(CredentialError::CommandFailed { program, problem, stderr: excerpt(&String::from_utf8_lossy(&stderr), SHOWN) })
}

/// The program's file name, for messages. Never the arguments.
pub(super) fn program_name(words: &[OsString]) -> String {
    let path = words.first().map(Path::new);
    let name = path.and_then(Path::file_name).unwrap_or_default();
    excerpt(&name.to_string_lossy(), SHOWN)
}

fn start(words: &[OsString]) -> std::io::Result<Child> {
    let (program, arguments) = words.split_first().ok_or(std::io::ErrorKind::InvalidInput)?;
    Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
}

/// Reads in a thread, so that neither pipe fills up and blocks the command.
fn read_in_background(pipe: Option<impl Read + Send + 'static>, limit: u64) -> Receiver<Output> {
    let (sender, receiver) = channel();
    if let Some(mut pipe) = pipe {
        thread::spawn(move || {
            let output = read::at_most(&mut pipe, limit).unwrap_or_default();
            // The receiver is gone if the command timed out.
            let _ = sender.send(output);
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        });
    }
    receiver
}

/// Waits until the command ends; kills it at the deadline.
fn wait(child: &mut Child, deadline: Instant) -> std::io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            // It may have ended in between; either way it is gone afterwards.
            let _ = child.kill();
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(POLL_INTERVAL);
    }
}

fn status_text(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            return format!("signal {signal}");
        }
    }
    status.code().map_or_else(|| "no exit code".to_owned(), |code| format!("exit code {code}"))
}
