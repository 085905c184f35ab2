//! What can go wrong with the ledger. Every error means: nothing further is sent.

use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::ErrorCode;

use super::{OutcomeKind, RunId};
use crate::error::Advice;
use crate::exit::Exit;

/// Why the ledger can't be read or written. Cheap to clone: one failed commit fails everybody who was part of it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LedgerError {
    /// The directory or the file can't be made.
    #[error("can't create {}: {reason}", path.display())]
    Create {
        /// What was to be made.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// SQLite says no.
    #[error("the ledger: {0}")]
    Sqlite(Arc<rusqlite::Error>),
    /// A later version of this tool has changed the file's schema.
    #[error("the ledger has schema version {found}, and this version of kore-feedback knows {known} and older")]
    Newer {
        /// The file's version.
        found: usize,
        /// The latest version known here.
        known: usize,
    },
    /// Another process is working on the run.
    #[error("run {run} is being worked on by another process")]
    Leased {
        /// Which run.
        run: RunId,
    },
    /// Another process has begun the same import meanwhile.
    #[error("the same import has been begun by another process just now, as run {run}")]
    AnotherBegan {
        /// The other's run.
        run: RunId,
    },
    /// The row's state does not allow a claim: sending it could send it twice.
    #[error("row {row} of run {run} can't be sent: it is {state}")]
    NotClaimable {
        /// Which run.
        run: RunId,
        /// Which row.
        row: u64,
        /// The row's state, as the ledger says it.
        state: &'static str,
    },
    /// The row's state does not allow this outcome.
    #[error("row {row} of run {run} can't become {outcome}: it is {state}")]
    NotSettleable {
        /// Which run.
        run: RunId,
        /// Which row.
        row: u64,
        /// The outcome that came.
        outcome: OutcomeKind,
        /// The row's state, as the ledger says it.
        state: &'static str,
    },
    /// There is no such run.
    #[error("there is no run {run} in the ledger")]
    NoSuchRun {
        /// Which run.
        run: RunId,
    },
    /// The thread that writes the ledger is gone.
    #[error("the ledger's writer has stopped")]
    WriterGone,
}

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(Arc::new(error))
    }
}

impl LedgerError {
    fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Sqlite(error) => error.sqlite_error_code(),
            _ => None,
        }
    }
}

impl Advice for LedgerError {
    fn hint(&self) -> Option<String> {
        let hint = match (self, self.code()) {
            (_, Some(ErrorCode::DiskFull)) => "the disk is full: make room, then resume; what was settled is kept",
            (_, Some(ErrorCode::SystemIoFailure)) => {
                "the disk can't be written: make sure that it has room and is well, then resume; what was settled is kept"
            }
            (_, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) => {
                "another process has held the ledger for long: wait for it to end, or see who has it open"
            }
            (_, Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied))
            | (Self::Create { .. }, _) => {
                "the state directory must be writable: choose another with --state-dir or KORE_FEEDBACK_STATE_DIR"
            }
            (_, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)) => {
                "the file is damaged and was left as it is: keep a copy, try `sqlite3 ledger.db .recover`, or restore a \
                 backup; a new ledger would not know what has been sent"
            }
            (Self::Newer { .. }, _) => "use the version of kore-feedback that wrote it, or a later one",
            (Self::Leased { .. }, _) => "wait for it to end, or stop it; then resume",
            (Self::AnotherBegan { .. }, _) => "one of them is enough",
            (Self::NoSuchRun { .. }, _) => "`kore-feedback runs list` names them all",
            _ => return None,
        };
        Some(hint.to_owned())
    }

    fn exit(&self) -> Exit {
        Exit::Usage
    }
}
