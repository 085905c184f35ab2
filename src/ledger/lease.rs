//! The right to work on a run, held by one process at a time.
//!
//! This is a lock on a file rather than a row in a table: the system releases it when the process ends, however it
//! ends. No dead holder has to be told from a living one, and no process id can be reused by another program.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::{LedgerError, RunId};
use crate::private;

/// Held while a process works on a run; released on drop or when the process ends.
#[derive(Debug)]
pub(crate) struct Lease {
    _locked: File,
}

impl Lease {
    /// Takes the lease of a run.
    ///
    /// # Errors
    /// [`LedgerError::InUse`] while another process holds it, [`LedgerError::Create`] if the lock can't be created.
    pub(crate) fn take(state_dir: &Path, run: RunId) -> Result<Self, LedgerError> {
        let path = path(state_dir, run);
        let failed = |error: std::io::Error| LedgerError::Create { path: path.clone(), reason: error.to_string() };
        private::create_dir(&lease_directory(state_dir)).map_err(failed)?;
        let file = private::file_options().create(true).write(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _locked: file }),
            Err(TryLockError::WouldBlock) => Err(LedgerError::InUse { run }),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Whether a process is working on the run now.
    pub(crate) fn is_held(state_dir: &Path, run: RunId) -> bool {
        File::open(path(state_dir, run))
            .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }
}

/// Where leases and witnesses are.
pub(super) fn lease_directory(state_dir: &Path) -> PathBuf {
    state_dir.join("leases")
}

fn path(state_dir: &Path, run: RunId) -> PathBuf {
    lease_directory(state_dir).join(format!("run-{run}"))
}

#[cfg(test)]
mod tests {
    use super::{Lease, LedgerError, RunId};

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_a_lease() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let _lease = Lease::take(dir.path(), RunId(7)).unwrap();
        let mode = std::fs::metadata(super::path(dir.path(), RunId(7))).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_lease_has_one_holder_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let run = RunId(7);
        let lease = Lease::take(dir.path(), run).unwrap();
        assert!(Lease::is_held(dir.path(), run));
        assert!(matches!(Lease::take(dir.path(), run), Err(LedgerError::InUse { run: RunId(7) })));
        assert!(Lease::take(dir.path(), RunId(8)).is_ok());
        drop(lease);
        assert!(!Lease::is_held(dir.path(), run));
        assert!(Lease::take(dir.path(), run).is_ok());
    }
}
