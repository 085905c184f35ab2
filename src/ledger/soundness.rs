//! Asks SQLite whether the ledger's file is damaged. For a long run this takes a while, so it can run beside other work.

use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

use rusqlite::{Connection, OpenFlags};

use super::{LedgerError, Store};

/// A search for damage on another thread.
#[derive(Debug)]
pub(crate) struct DamageSearch(Receiver<Result<(), LedgerError>>);

impl DamageSearch {
    /// Starts reading the ledger in this state directory, if there is one. Its schema may be an older one.
    pub(crate) fn start(directory: &Path) -> Self {
        let (sender, receiver) = sync_channel(1);
        let path = Store::path_in(directory);
        std::thread::spawn(move || {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let opened = Connection::open_with_flags(path, flags).map_err(LedgerError::from);
            // Nobody may be interested any more.
            let _ = sender.send(opened.and_then(|connection| ensure_sound(&connection)));
        });
        Self(receiver)
    }
}

impl Store {
    /// Makes sure that SQLite finds no damage in the file.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`].
    pub(crate) fn ensure_sound(&self) -> Result<(), LedgerError> {
        ensure_sound(&self.connection)
    }

    /// The same, with the result of a search that was started before. One that could not look says nothing.
    pub(super) fn ensure_found_sound(&self, search: Option<&DamageSearch>) -> Result<(), LedgerError> {
        match search.and_then(|search| search.0.recv().ok()) {
            Some(Ok(())) => Ok(()),
            Some(Err(_)) | None => self.ensure_sound(),
        }
    }
}

fn ensure_sound(connection: &Connection) -> Result<(), LedgerError> {
    let problem: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if problem == "ok" { Ok(()) } else { Err(LedgerError::Damaged { problem }) }
}

#[cfg(test)]
mod tests {
    use super::DamageSearch;
    use crate::ledger::model::new_run;
    use crate::ledger::{LedgerError, Store};

    #[test]
    fn a_search_finds_damage() {
        let directory = tempfile::tempdir().unwrap();
        assert!(DamageSearch::start(directory.path()).0.recv().unwrap().is_err(), "there is nothing to look at");
        let store = Store::open(directory.path()).unwrap();
        store.begin(&new_run(), jiff::Timestamp::UNIX_EPOCH).unwrap();
        drop(store);
        assert!(DamageSearch::start(directory.path()).0.recv().unwrap().is_ok());

        // Opened before, because some damage already prevents that.
        let store = Store::open(directory.path()).unwrap();
        let mut bytes = std::fs::read(Store::path_in(directory.path())).unwrap();
        let start = bytes.len() / 2;
        bytes[start..].iter_mut().step_by(64).for_each(|byte| *byte ^= 0xff);
        std::fs::write(Store::path_in(directory.path()), bytes).unwrap();
        let search = DamageSearch::start(directory.path());
        let found = store.ensure_found_sound(Some(&search));
        assert!(matches!(found, Err(LedgerError::Damaged { .. } | LedgerError::Sqlite(_))), "{found:?}");
    }
}
