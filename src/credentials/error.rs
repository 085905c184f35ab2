//! Why there is no token.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::Advice;
use crate::pacing::duration_text;
use crate::settings::Algorithm;

/// Why a secret, a token, or an answer about a token is not to be had. None of it repeats a secret or a token.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// The variable that `client_secret_env` names is not set.
    #[error("the client secret is not there: the environment variable {0} is not set")]
    NoVariable(String),
    /// A secret of no characters.
    #[error("the client secret is empty: {0}")]
    Empty(String),
    /// A secret that is no text.
    #[error("the client secret is not UTF-8 text: {0}")]
    NotUnicode(String),
    /// A file that can't be read.
    #[error("{what} {} can't be read", path.display())]
    Unreadable {
        /// What the file is.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file with more in it than a secret.
    #[error("the client secret's file {} holds more than one line", .0.display())]
    SeveralLines(PathBuf),
    /// A file that is too large to be meant.
    #[error("{what} {} is larger than {most} bytes", path.display())]
    TooLarge {
        /// What the file is.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// The largest size that is read.
        most: u64,
    },
    /// A command that could not be started or watched.
    #[error("client_secret_command: {program} can't be run")]
    CommandNotRun {
        /// The program; its arguments may be secret.
        program: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A command that ended with an error.
    #[error("client_secret_command: {program} ended with {ended}{}", said_by(said))]
    CommandFailed {
        /// The program.
        program: String,
        /// Its exit code or the signal that ended it.
        ended: String,
        /// The start of what it wrote to standard error.
        said: String,
    },
    /// A command that did not end.
    #[error(
        "client_secret_command: {program} did not end within {} and was killed{}",
        duration_text(*after),
        said_by(said)
    )]
    CommandTimedOut {
        /// The program.
        program: String,
        /// How long it was given.
        after: Duration,
        /// The start of what it wrote to standard error.
        said: String,
    },
    /// A private key that can't sign.
    #[error("the private key {} can't sign with {algorithm}: {reason}", path.display())]
    PrivateKey {
        /// The key's file.
        path: PathBuf,
        /// What was to be signed with.
        algorithm: Algorithm,
        /// What the crypto library says.
        reason: String,
    },
    /// A signature that the crypto library refuses to make.
    #[error("the token can't be signed with {algorithm}: {reason}")]
    Signing {
        /// What was to be signed with.
        algorithm: Algorithm,
        /// What the crypto library says.
        reason: String,
    },
    /// A life that reaches past all time.
    #[error("a token that lives {} would end past the last moment that can be written", duration_text(*.0))]
    EndsTooLate(Duration),
    /// A text that is no token.
    #[error("that is no JWT: {0}")]
    NotAToken(&'static str),
    /// A token whose claims only the platform can read.
    #[error("that is an encrypted token (JWE): only the platform can read its claims")]
    Encrypted,
}

fn said_by(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(", saying {said:?}") }
}

impl Advice for CredentialError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoVariable(name) => format!("set {name}, or say in the profile where else the secret is"),
            Self::PrivateKey { .. } => {
                "private_key_file must be an unencrypted RSA key of at least 2048 bits in PEM form".to_owned()
            }
            Self::CommandNotRun { .. } => {
                "the command is run without a shell: one word per string, the program first, found on PATH".to_owned()
            }
            Self::CommandFailed { .. } | Self::CommandTimedOut { .. } => {
                "the command must print the secret as its first line, without asking anything on standard input"
                    .to_owned()
            }
            Self::SeveralLines(_) => "the file must hold the secret alone".to_owned(),
            Self::NotAToken(_) => {
                "a token is three parts joined by dots, as `kore-feedback token` prints it".to_owned()
            }
            _ => return None,
        })
    }
}
