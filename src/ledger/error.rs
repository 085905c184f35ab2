//! What can go wrong with the ledger. After any of these errors, nothing further is sent.

use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::ErrorCode;

use super::{Distrust, OutcomeKind, RunId};
use crate::error::{Advice, ErrorKind};
use crate::exit::Exit;

/// Why the ledger can't be read or written. Cheap to clone: a failed commit fails every request that was part of it.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum LedgerError {
    #[error("cannot create {}: {reason}", path.display())]
    Create { path: PathBuf, reason: String },
    #[error("ledger: {0}")]
    Sqlite(Arc<rusqlite::Error>),
    #[error("the ledger has schema version {found}; this version of kore-feedback supports up to {supported}")]
    NewerSchema { found: usize, supported: usize },
    #[error("another process is working on run {run}")]
    InUse { run: RunId },
    #[error("another process has just started the same import as run {run}")]
    AlreadyStarted { run: RunId },
    /// Sending it could send a record twice. `row` is the record's number.
    #[error("cannot send record {row} of run {run}: it is {state}")]
    NotClaimable { run: RunId, row: u64, state: &'static str },
    #[error("record {row} of run {run} cannot become {outcome}: it is {state}")]
    NotSettleable { run: RunId, row: u64, outcome: OutcomeKind, state: &'static str },
    /// The ledger may not know all that was sent.
    #[error("the ledger may be incomplete for run {run}: {why}")]
    Untrusted { run: RunId, why: Distrust },
    #[error("the ledger is damaged: {problem}")]
    Damaged { problem: String },
    #[error("cannot use {}: {reason}", path.display())]
    Witness { path: PathBuf, reason: String },
    #[error("cannot store record {row} of run {run}: a run has at most {most} records")]
    TooManyRecords { run: RunId, row: u64, most: u64 },
    #[error("cannot update the ledger: run {run} is in progress with an older version of kore-feedback")]
    InUseByOlderVersion { run: RunId },
    #[error("the ledger is no longer at {}: it was moved, deleted or replaced", path.display())]
    Moved { path: PathBuf },
    /// Lines about calls of other processes are missing.
    #[error("what other imports have sent to the same bot meanwhile is unknown")]
    Unseen,
    #[error("no run {run} in the ledger")]
    NoSuchRun { run: RunId },
    #[error("the thread that writes the ledger has stopped")]
    WriterStopped,
}

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(Arc::new(error))
    }
}

impl Advice for LedgerError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Ledger
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Create { .. } => NOT_WRITABLE,
            Self::Sqlite(error) => sqlite_hint(error.sqlite_error_code()?)?,
            Self::NewerSchema { .. } => "use the version of kore-feedback that wrote the ledger, or a newer one",
            Self::InUse { .. } => "wait until it ends, or stop it, then resume",
            Self::InUseByOlderVersion { .. } => "wait until it ends, or stop it",
            Self::TooManyRecords { .. } => "divide the input into several files",
            Self::AlreadyStarted { .. } => "let that run finish; a second one is not needed",
            Self::Unseen => "resume the run: its input is then compared with what was sent",
            Self::NoSuchRun { .. } => "list all runs with `kore-feedback runs list`",
            Self::Untrusted { run, .. } => {
                return Some(format!("compare the run with the server: `kore-feedback runs verify {run} --recover`"));
            }
            Self::Damaged { .. } => DAMAGED,
            Self::Witness { .. } => "check that the disk has free space and no errors, and that you may write the file",
            Self::Moved { .. } => {
                "move it back, then resume; without it, nothing shows which records were sent: compare with the server \
                 before you import again"
            }
            Self::NotClaimable { .. } | Self::NotSettleable { .. } | Self::WriterStopped => return None,
        };
        Some(hint.to_owned())
    }

    fn exit(&self) -> Exit {
        Exit::Usage
    }
}

const NOT_WRITABLE: &str = "choose a writable state directory with --state-dir or KORE_FEEDBACK_STATE_DIR";

/// The runs are recovered from their witnesses, and their rows from the server.
const DAMAGED: &str = "the file is damaged: restore a backup, or move ledger.db and ledger.db-wal elsewhere; then recover each \
                       unfinished import with `kore-feedback runs verify N --recover`";

fn sqlite_hint(code: ErrorCode) -> Option<&'static str> {
    Some(match code {
        ErrorCode::DiskFull => {
            "free some disk space, then resume; answers that could not be written leave their rows in doubt"
        }
        ErrorCode::SystemIoFailure => {
            "check that the disk has free space and no errors, then resume; answers that could not be written leave their \
             rows in doubt"
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            "another process has locked the ledger for a long time: wait until it ends, or stop it"
        }
        ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => NOT_WRITABLE,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => DAMAGED,
        _ => return None,
    })
}
