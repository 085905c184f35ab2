//! A run that the command line names.

use std::path::Path;

use super::error::CommandError;
use crate::cli::RunNumber;
use crate::error::{Advice, ErrorKind};
use crate::ledger::{LedgerError, RunId, Store};

/// There is no run yet.
#[derive(Debug, thiserror::Error)]
#[error("no runs yet")]
struct NoRuns;

impl Advice for NoRuns {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Ledger
    }
}

/// The ledger, and the number of the run that was named.
pub(super) fn find_run(run: RunNumber, state_dir: &Path) -> Result<(Store, RunId), CommandError> {
    let store = Store::open_existing(state_dir)?;
    match run {
        RunNumber::Number(number) => {
            let run = RunId(number);
            Ok((store.ok_or(LedgerError::NoSuchRun { run })?, run))
        }
        RunNumber::Latest => {
            let store = store.ok_or(NoRuns)?;
            let latest = store.runs()?.last().ok_or(NoRuns)?.id;
            Ok((store, latest))
        }
    }
}
