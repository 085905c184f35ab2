use std::io;
use std::time::Duration;

use crate::credentials::CredentialError;
use crate::delivery::Concern;
use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::LedgerError;
use crate::text::format_duration;

/// Why the server's records can't be read. No row is called absent because of records that were not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VerifyError {
    /// The async runtime can't start.
    #[error("cannot start the async runtime: {0}")]
    Runtime(#[source] io::Error),
    /// A signal arrived before anything was written.
    #[error("interrupted")]
    Interrupted,
    /// The ledger can't be read or written.
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
    #[error("cannot reach the target: {0}")]
    Unreachable(String),
    /// The server asks clients to wait for longer than verification does.
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

impl Advice for VerifyError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Runtime(_) | Self::Interrupted => return None,
            Self::Ledger(error) => return error.hint(),
            Self::Credentials(error) => return error.hint(),
            Self::Refused { concern: Concern::Credentials, .. } => {
                "add the scope \"Feedback Analytics\" (Admin Console: Bot Analytics), which reading requires; \
                 no row of this bot was changed"
            }
            Self::Refused { concern: Concern::Target, .. } => {
                "check host and bot_id; installations without getFeedbackSurveyResponses don't support verification; \
                 no row of this bot was changed"
            }
            Self::Refused { concern: Concern::Tls, .. } => {
                "if the host is a private installation, set ca_file to its certificate authority"
            }
            Self::Unreachable(_) => "check the host, the network and any proxy; no row of this bot was changed",
            Self::Unavailable { .. } => "try again after that time; no row of this bot was changed",
            Self::Unreadable(_) => "try again later; no row of this bot was changed",
        };
        Some(hint.to_owned())
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Interrupted => Exit::Interrupted,
            Self::Refused { concern: Concern::Credentials, .. } | Self::Credentials(_) => Exit::Credentials,
            Self::Refused { .. } | Self::Unreachable(_) | Self::Unavailable { .. } => Exit::Unreachable,
            Self::Runtime(_) | Self::Ledger(_) | Self::Unreadable(_) => Exit::Stopped,
        }
    }
}
