//! The right to work on a run, held by one process at a time.
//!
//! A lock on a file, not a line in a table: the system lets go of it when the process ends, however it ends, so there is
//! no dead holder to tell from a living one, and no process id that another program has got meanwhile.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use super::{LedgerError, RunId};
use crate::private;

/// Held while a process works on a run; let go by drop, or by the process's end.
#[derive(Debug)]
pub struct Lease {
    _locked: File,
}

impl Lease {
    /// Takes the lease of a run.
    ///
    /// # Errors
    /// [`LedgerError::Leased`] while another process holds it, [`LedgerError::Create`] when the lock can't be made.
    pub fn take(state_dir: &Path, run: RunId) -> Result<Self, LedgerError> {
        let path = state_dir.join("leases").join(format!("run-{run}"));
        let failed = |error: std::io::Error| LedgerError::Create { path: path.clone(), reason: error.to_string() };
        private::create_dir(&state_dir.join("leases")).map_err(failed)?;
        let file = OpenOptions::new().create(true).write(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _locked: file }),
            Err(TryLockError::WouldBlock) => Err(LedgerError::Leased { run }),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Whether some process works on the run now.
    pub fn is_held(state_dir: &Path, run: RunId) -> bool {
        let path = state_dir.join("leases").join(format!("run-{run}"));
        File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Lease, LedgerError, RunId};

    #[test]
    fn a_run_has_one_holder_until_it_lets_go() {
        let dir = tempfile::tempdir().unwrap();
        let run = RunId(7);
        let lease = Lease::take(dir.path(), run).unwrap();
        assert!(Lease::is_held(dir.path(), run));
        assert!(matches!(Lease::take(dir.path(), run), Err(LedgerError::Leased { run: RunId(7) })));
        assert!(Lease::take(dir.path(), RunId(8)).is_ok());
        drop(lease);
        assert!(!Lease::is_held(dir.path(), run));
        assert!(Lease::take(dir.path(), run).is_ok());
    }
}
