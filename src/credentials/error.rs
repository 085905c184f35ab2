//! Why there is no token.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::jwk::JwkError;
use crate::error::{Advice, ErrorKind};
use crate::settings::Algorithm;
use crate::text::{format_duration, grouped};

/// Why a secret or a token is unavailable or unreadable. No message contains a secret or a token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CredentialError {
    #[error("no client secret: the environment variable {0} is not set")]
    NoVariable(String),
    #[error("the client secret is empty: {0}")]
    Empty(String),
    #[error("the client secret is not UTF-8: {0}")]
    NotUnicode(String),
    #[error("cannot read {what} {}", path.display())]
    Unreadable {
        what: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot read {what}: {} has no file of that name", directory.display())]
    NoFile { what: &'static str, directory: PathBuf },
    #[error("the client secret file {} contains more than one line", .0.display())]
    SeveralLines(PathBuf),
    #[error("{what} {} is larger than {} bytes", path.display(), grouped(*limit))]
    TooLarge { what: &'static str, path: PathBuf, limit: u64 },
    #[error("client_secret_command: cannot run {program}")]
    CommandNotRun {
        /// Without arguments, and no word that stands alone: they may be secret.
        program: String,
        #[source]
        source: io::Error,
    },
    #[error("client_secret_command: {program} {problem}{}", after_colon(stderr))]
    CommandFailed {
        program: String,
        problem: String,
        /// The start of its standard error.
        stderr: String,
    },
    #[error("the private key {} cannot sign with {algorithm}: {reason}", path.display())]
    PrivateKey { path: PathBuf, algorithm: Algorithm, reason: String },
    #[error("the JWE public key {}: {problem}", path.display())]
    PublicKey { path: PathBuf, problem: JwkError },
    #[error("cannot encrypt the token")]
    Encryption,
    #[error("cannot sign the token with {algorithm}: {reason}")]
    Signing { algorithm: Algorithm, reason: String },
    #[error("a token that lives {} would expire after the last date that can be represented", format_duration(*.0))]
    ExpiresTooLate(Duration),
    #[error("not a JWT: {0}")]
    NotAToken(&'static str),
}

fn after_colon(stderr: &str) -> String {
    if stderr.is_empty() { String::new() } else { format!(": {stderr:?}") }
}

impl Advice for CredentialError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Credentials
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoVariable(name) => {
                return Some(format!("set {name}, or name another source of the secret in the profile"));
            }
            Self::PrivateKey { .. } => {
                "set private_key_file to an unencrypted RSA key of at least 2048 bits in PEM format"
            }
            Self::PublicKey { problem, .. } => return Some(problem.hint()),
            Self::CommandNotRun { .. } => {
                "write one word per string, starting with a program on PATH: no shell runs the command"
            }
            Self::CommandFailed { .. } => {
                "use a command that prints the secret as its first line and reads nothing from standard input"
            }
            Self::NoFile { .. } => {
                "set client_secret_file, private_key_file or jwe_public_key_file to the path of a file; its name is not shown \
                 here because it may be a secret"
            }
            Self::SeveralLines(_) => "put only the secret into the file",
            Self::NotAToken(_) => {
                "pass a token as `kore-feedback token` prints it: three parts joined by dots, or five if it is encrypted"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}
