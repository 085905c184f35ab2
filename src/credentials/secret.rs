//! Reads the client secret from its configured source.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::{CredentialError, command, read};
use crate::settings::{Context, SecretSource};

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
    let bytes = read::file("the client secret file", path)?;
    let origin = || format!("the file {}", path.display());
    let text = std::str::from_utf8(&bytes).map_err(|_| CredentialError::NotUnicode(origin()))?;
    let secret = text.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']);
    if secret.contains(['\r', '\n']) {
        return Err(CredentialError::SeveralLines(path.to_owned()));
    }
    not_empty(secret.into(), origin)
}

fn from_command(words: &[OsString], timeout: Duration) -> Result<SecretString, CredentialError> {
    let output = command::run(words, timeout)?;
    let origin = || format!("the first line of {}", command::program_name(words));
    let line = output.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = std::str::from_utf8(line).map_err(|_| CredentialError::NotUnicode(origin()))?;
    not_empty(line.trim_end_matches('\r').into(), origin)
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
    fn a_name_that_may_be_the_secret_is_hidden() {
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
        let missing = SecretSource::File("/nowhere/at/all".into());
        assert!(matches!(read(&missing), Err(CredentialError::Unreadable { .. })));
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
    fn a_child_that_keeps_the_pipe_is_not_awaited() {
        let words = ["sh".into(), "-c".into(), "echo s3cr3t; sleep 60 & exit 0".into()];
        let started = std::time::Instant::now();
        // Whether the line was read or the command timed out, it must not take the child's minute.
        let _ = from_command(&words, Duration::from_millis(300));
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}
