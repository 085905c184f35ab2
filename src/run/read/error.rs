use std::time::Duration;

use crate::credentials::CredentialError;
use crate::delivery::Concern;
use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::LedgerError;
use crate::text::format_duration;

/// Why the server's records can't be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// The ledger, which all processes share rate limits through, can't be read or written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// No token can be created.
    #[error(transparent)]
    Credentials(#[from] CredentialError),
    /// The server refuses the call.
    #[error("the server refuses to return its records: {message}")]
    Refused {
        /// What the server objects to.
        concern: Concern,
        /// The server's message.
        message: String,
    },
    /// No connection.
    #[error("cannot reach the server: {0}")]
    Unreachable(String),
    /// The server asks clients to wait for longer than a reader does.
    #[error("the server asks clients to wait {}: {message}", format_duration(*wait))]
    Unavailable {
        wait: Duration,
        /// The server's message.
        message: String,
    },
    /// The answers are not lists of records, or the lists don't add up.
    #[error("cannot read the server's records: {0}")]
    Unreadable(String),
}

impl Advice for ReadError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Ledger(error) => return error.hint(),
            Self::Credentials(error) => return error.hint(),
            Self::Refused { concern: Concern::Credentials, .. } => {
                "give the app the scope for reading: \"Feedback Analytics\" (Admin Console: Bot Analytics), called \"Metrics\" \
                 in App Builder and \"Feedback Survey\" in the vendor's API list"
            }
            Self::Refused { concern: Concern::Target, .. } => {
                "check host and bot_id; some installations don't have getFeedbackSurveyResponses"
            }
            Self::Refused { concern: Concern::Tls, .. } => {
                "if the host is a private installation, set ca_file to its certificate authority"
            }
            Self::Unreachable(_) => "check the host, the network and any proxy",
            Self::Unavailable { .. } => "try again after that time",
            Self::Unreadable(_) => "try again later",
        };
        Some(hint.to_owned())
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Refused { concern: Concern::Credentials, .. } | Self::Credentials(_) => Exit::Credentials,
            Self::Refused { .. } | Self::Unreachable(_) | Self::Unavailable { .. } => Exit::Unreachable,
            Self::Ledger(_) | Self::Unreadable(_) => Exit::Stopped,
        }
    }
}
