use std::io;

use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::LedgerError;
use crate::run::read::ReadError;

/// Why rows can't be verified. No row is called absent because of records that were not read.
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
    /// The server's records can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl Advice for VerifyError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Runtime(_) | Self::Interrupted => None,
            Self::Ledger(error) => error.hint(),
            Self::Read(error @ (ReadError::Ledger(_) | ReadError::Credentials(_))) => error.hint(),
            Self::Read(error) => error.hint().map(|hint| format!("{hint}; no row of this bot was changed")),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Interrupted => Exit::Interrupted,
            Self::Runtime(_) | Self::Ledger(_) => Exit::Stopped,
            Self::Read(error) => error.exit(),
        }
    }
}
