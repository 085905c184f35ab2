//! Running the command that prints the client secret: no shell, no input, an end to waiting.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use secrecy::zeroize::Zeroizing;

use super::{CredentialError, read};
use crate::text::excerpt;

/// How often a command that closed its output without ending is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// How long is waited for the last words of a command that has ended: another process may hold its pipes open.
const LAST_WORDS: Duration = Duration::from_millis(200);
const MOST_SAID: u64 = 4 * 1024;
const SHOWN: usize = 200;

type Output = Zeroizing<Vec<u8>>;

/// What the command prints, when it ends well and in time.
///
/// # Errors
/// When it can't be started, fails, or is not done after `patience`; it is killed then.
pub(super) fn run(words: &[OsString], patience: Duration) -> Result<Output, CredentialError> {
    let program = program_name(words);
    let not_run = |source| CredentialError::CommandNotRun { program: program.clone(), source };
    let mut child = start(words).map_err(not_run)?;
    let printed = listen(child.stdout.take(), read::MOST);
    let said = listen(child.stderr.take(), MOST_SAID);
    let deadline = Instant::now() + patience;
    // Most commands end with their output, so this waits without looking again and again.
    let output = printed.recv_timeout(patience);
    let ended = wait(&mut child, deadline).map_err(not_run)?;
    let said = || excerpt(&String::from_utf8_lossy(&said.recv_timeout(LAST_WORDS).unwrap_or_default()), SHOWN);
    match ended {
        None => Err(CredentialError::CommandTimedOut { program, after: patience, said: said() }),
        Some(status) if status.success() => match output {
            Ok(output) => Ok(output),
            Err(RecvTimeoutError::Disconnected) => Ok(Output::default()),
            Err(RecvTimeoutError::Timeout) => {
                Err(CredentialError::CommandTimedOut { program, after: patience, said: said() })
            }
        },
        Some(status) => Err(CredentialError::CommandFailed { program, ended: ending(status), said: said() }),
    }
}

/// The program's name without its directory, for messages. Never the arguments.
pub(super) fn program_name(words: &[OsString]) -> String {
    let path = words.first().map(Path::new);
    let name = path.and_then(Path::file_name).unwrap_or_default();
    excerpt(&name.to_string_lossy(), SHOWN)
}

fn start(words: &[OsString]) -> std::io::Result<Child> {
    let (program, arguments) = words.split_first().ok_or(std::io::ErrorKind::InvalidInput)?;
    Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
}

/// Reads in a thread of its own, so that neither pipe can fill up and stall the command.
fn listen(pipe: Option<impl Read + Send + 'static>, most: u64) -> Receiver<Output> {
    let (sender, receiver) = channel();
    if let Some(mut pipe) = pipe {
        thread::spawn(move || {
            let output = read::at_most(&mut pipe, most).unwrap_or_default();
            // Nobody listens any more when the command took too long.
            let _ = sender.send(output);
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        });
    }
    receiver
}

/// Waits for the end until the deadline; kills the command then.
fn wait(child: &mut Child, deadline: Instant) -> std::io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            // It may have ended by itself in between; either way it is gone afterwards.
            let _ = child.kill();
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(LOOK_EVERY);
    }
}

fn ending(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            return format!("signal {signal}");
        }
    }
    status.code().map_or_else(|| "no exit code".to_owned(), |code| format!("exit code {code}"))
}
