//! Reads the client secret from its configured source: never more than a limit, and wiped from memory after use.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::CredentialError;
use crate::settings::{Context, SecretSource};
use crate::text::{excerpt, format_duration};

/// Long enough for a password manager's daemon, short enough not to look hung.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

impl SecretSource {
    /// Reads the secret. It is never empty.
    ///
    /// # Errors
    /// If it is missing, empty or not UTF-8; a command can also fail or take longer than ten seconds.
    pub(crate) fn read(&self, context: &Context) -> Result<SecretString, CredentialError> {
        match self {
            Self::Inline(secret) => not_empty(secret.clone(), || "nothing between the quotes".to_owned()),
            Self::Environment(name) => from_variable(name, context),
            Self::File(path) => from_file(path),
            Self::Command(words) => from_command(words, COMMAND_TIMEOUT),
        }
    }
}

fn not_empty(secret: SecretString, origin: impl FnOnce() -> String) -> Result<SecretString, CredentialError> {
    if secret.expose_secret().trim().is_empty() { Err(CredentialError::Empty(origin())) } else { Ok(secret) }
}

fn from_variable(name: &str, context: &Context) -> Result<SecretString, CredentialError> {
    let value = context.variable_os(name).ok_or_else(|| CredentialError::NoVariable(shown_variable(name)))?;
    let origin = || format!("the environment variable {}", shown_variable(name));
    let secret = value.to_str().ok_or_else(|| CredentialError::NotUnicode(origin()))?;
    not_empty(SecretString::from(secret), origin)
}

/// Sooner or later somebody writes the secret itself in place of the variable's name. A name in capitals is no secret.
fn shown_variable(name: &str) -> String {
    if name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_') {
        name.to_owned()
    } else {
        "named by client_secret_env".to_owned()
    }
}

fn from_file(path: &Path) -> Result<SecretString, CredentialError> {
    let bytes = read_file("the client secret file", path)?;
    let origin = || format!("the file {}", path.display());
    let text = std::str::from_utf8(&bytes).map_err(|_| CredentialError::NotUnicode(origin()))?;
    let secret = text.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']);
    if secret.contains(['\r', '\n']) {
        return Err(CredentialError::SeveralLines(path.to_owned()));
    }
    not_empty(secret.into(), origin)
}

fn from_command(words: &[OsString], timeout: Duration) -> Result<SecretString, CredentialError> {
    let output = run(words, timeout)?;
    let origin = || format!("the first line of {}", program_name(words));
    let line = output.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = std::str::from_utf8(line).map_err(|_| CredentialError::NotUnicode(origin()))?;
    not_empty(line.trim_end_matches('\r').into(), origin)
}

/// The largest secret, key or command output that is read, in bytes.
const MAX_SIZE: u64 = 64 * 1024;

/// Reads a whole small file; `what` names it in errors.
pub(super) fn read_file(what: &'static str, path: &Path) -> Result<Zeroizing<Vec<u8>>, CredentialError> {
    let unreadable = |source| unreadable(what, path, source);
    let bytes = File::open(path).and_then(|file| at_most(file, MAX_SIZE + 1)).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_SIZE {
        return Err(CredentialError::TooLarge { what, path: path.to_owned(), limit: MAX_SIZE });
    }
    Ok(bytes)
}

/// The name of a file that does not exist may be the secret itself, pasted in place of its file.
fn unreadable(what: &'static str, path: &Path, source: io::Error) -> CredentialError {
    if path.symlink_metadata().is_ok() {
        return CredentialError::Unreadable { what, path: path.to_owned(), source };
    }
    let directory = path.ancestors().skip(1).find(|directory| directory.is_dir());
    CredentialError::NoFile { what, directory: directory.unwrap_or(Path::new(".")).to_owned() }
}

fn at_most(from: impl Read, limit: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    from.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// How often to check a command that closed its output but still runs.
const POLL_INTERVAL: Duration = Duration::from_millis(5);
/// How long to wait for the standard error of a finished command: another process may keep the pipe open.
const STDERR_WAIT: Duration = Duration::from_millis(200);
const MAX_STDERR: u64 = 4 * 1024;
const SHOWN: usize = 200;

type Output = Zeroizing<Vec<u8>>;

/// Runs the command that prints the secret, without a shell and without input. Returns its output, if it succeeds in time.
///
/// # Errors
/// If it cannot be started, fails, or still runs after `timeout`; then it is killed.
fn run(words: &[OsString], timeout: Duration) -> Result<Output, CredentialError> {
    let program = program_name(words);
    let is_alone = words.len() == 1;
    let shown = if is_alone { "its only word, which may be a secret".to_owned() } else { program.clone() };
    let not_run = |source| CredentialError::CommandNotRun { program: shown.clone(), source };
    let mut child = start(words).map_err(not_run)?;
    let stdout = read_in_background(child.stdout.take(), MAX_SIZE);
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
fn program_name(words: &[OsString]) -> String {
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
            let output = at_most(&mut pipe, limit).unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use secrecy::{ExposeSecret, SecretString};

    use super::from_command;
    use crate::credentials::CredentialError;
    use crate::settings::{Context, SecretSource};

    fn read(source: &SecretSource) -> Result<String, CredentialError> {
        let context = Context::with_variables(&[("MY_SECRET", "s3cr3t"), ("EMPTY", "")]);
        source.read(&context).map(|secret| secret.expose_secret().to_owned())
    }

    fn file_of(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn command_of(words: &[&str]) -> SecretSource {
        SecretSource::Command(words.iter().map(Into::into).collect())
    }

    #[test]
    fn each_source_is_read() {
        assert_eq!(read(&SecretSource::Inline(SecretString::from("a b"))).unwrap(), "a b");
        assert_eq!(read(&SecretSource::Environment("MY_SECRET".into())).unwrap(), "s3cr3t");
        for text in ["s3cr3t", "s3cr3t\n", "s3cr3t\r\n", "\u{feff}s3cr3t\n\n"] {
            let file = file_of(text.as_bytes());
            assert_eq!(read(&SecretSource::File(file.path().into())).unwrap(), "s3cr3t", "{text:?}");
        }
    }

    #[test]
    fn an_empty_secret_is_an_error() {
        assert!(matches!(read(&SecretSource::Environment("EMPTY".into())), Err(CredentialError::Empty(_))));
        assert!(matches!(read(&SecretSource::Inline(SecretString::from(" "))), Err(CredentialError::Empty(_))));
        let file = file_of(b"\n");
        assert!(matches!(read(&SecretSource::File(file.path().into())), Err(CredentialError::Empty(_))));
    }

    #[test]
    fn a_possible_secret_in_a_name_is_hidden() {
        let error = read(&SecretSource::Environment("NOT_SET".into())).unwrap_err();
        assert!(error.to_string().contains("NOT_SET"), "{error}");
        let error = read(&SecretSource::Environment("hunter2".into())).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }

    #[test]
    fn a_file_must_contain_one_line_of_text() {
        let several = file_of(b"one\ntwo\n");
        assert!(matches!(read(&SecretSource::File(several.path().into())), Err(CredentialError::SeveralLines(_))));
        let binary = file_of(&[0xff, 0xfe, 0x00]);
        assert!(matches!(read(&SecretSource::File(binary.path().into())), Err(CredentialError::NotUnicode(_))));
        let large = file_of(&[b'x'; 70_000]);
        assert!(matches!(read(&SecretSource::File(large.path().into())), Err(CredentialError::TooLarge { .. })));
        let directory = SecretSource::File("/".into());
        assert!(matches!(read(&directory), Err(CredentialError::Unreadable { .. })));
    }

    #[test]
    fn a_possible_secret_in_a_path_is_hidden() {
        let dir = tempfile::tempdir().unwrap();
        for pasted in ["hunter2", "hunter2/+3=", &format!("hunter2{}", "x".repeat(300))] {
            let error = read(&SecretSource::File(dir.path().join(pasted))).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
            assert!(error.to_string().contains(dir.path().to_str().unwrap()), "{error}");
        }
        let error = read(&command_of(&["hunter2"])).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_command_prints_the_secret_first() {
        assert_eq!(read(&command_of(&["printf", "s3cr3t\\r\\nuser: jo\\n"])).unwrap(), "s3cr3t");
        assert_eq!(read(&command_of(&["echo", "a; b $HOME"])).unwrap(), "a; b $HOME");
    }

    #[cfg(unix)]
    #[test]
    fn a_failed_command_is_reported_without_its_arguments() {
        let error = read(&command_of(&["sh", "-c", "echo locked >&2; exit 3 # hunter2"])).unwrap_err();
        assert_eq!(error.to_string(), "client_secret_command: sh failed with exit code 3: \"locked\"");
        assert!(!format!("{error:?}").contains("hunter2"));
        let error = read(&command_of(&["no-such-program-at-all", "hunter2"])).unwrap_err();
        assert!(matches!(error, CredentialError::CommandNotRun { .. }));
        assert!(!format!("{error} {error:?}").contains("hunter2"));
        assert!(matches!(read(&command_of(&["true"])), Err(CredentialError::Empty(_))));
    }

    #[cfg(unix)]
    #[test]
    fn a_command_is_killed_at_its_timeout() {
        let words = ["sleep".into(), "60".into()];
        let started = std::time::Instant::now();
        let error = from_command(&words, Duration::from_millis(30)).unwrap_err();
        assert!(error.to_string().contains("did not finish within"), "{error}");
        assert!(started.elapsed() < Duration::from_secs(30));
    }

    #[cfg(unix)]
    #[test]
    fn a_child_holding_the_pipe_is_not_awaited() {
        let words = ["sh".into(), "-c".into(), "echo s3cr3t; sleep 60 & exit 0".into()];
        let started = std::time::Instant::now();
        // Whether the line was read or the command timed out, it must not take the child's minute.
        let _ = from_command(&words, Duration::from_millis(300));
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}
