//! Whether the ledger is still where it was opened. A process can write to a file that was moved or deleted, but the next one finds
//! another ledger or none there, and would send everything again.

use std::path::{Path, PathBuf};

use super::LedgerError;

/// Where the ledger's file is, and which file that is.
#[derive(Debug)]
pub(super) struct Location {
    path: PathBuf,
    file: Option<FileId>,
}

/// The device and the file's number there.
type FileId = (u64, u64);

impl Location {
    pub(super) fn of(path: PathBuf) -> Self {
        let file = file_id(&path);
        Self { path, file }
    }

    /// Fails if another file is there now, or none.
    pub(super) fn ensure_unchanged(&self) -> Result<(), LedgerError> {
        match file_id(&self.path) == self.file {
            true => Ok(()),
            false => Err(LedgerError::Moved { path: self.path.clone() }),
        }
    }
}

/// Only looks at the path: opening the file and closing it again would release SQLite's locks on it.
#[cfg(unix)]
fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::metadata(path).ok()?;
    Some((found.dev(), found.ino()))
}

/// Elsewhere, an open file can be neither moved nor deleted.
#[cfg(not(unix))]
fn file_id(_: &Path) -> Option<FileId> {
    None
}
