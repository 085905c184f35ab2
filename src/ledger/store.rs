//! The ledger's file. The modules of its tables add queries to [`Store`]; claims and outcomes, the hot path, go through
//! the writer.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use super::{LedgerError, schema, witness};
use crate::private;

const FILE: &str = "ledger.db";
/// Other processes hold the write lock for one group commit at a time.
const LOCK_TIMEOUT: Duration = Duration::from_secs(15);
/// Between retries of what SQLite itself does not wait for.
const RETRY_INTERVAL: Duration = Duration::from_millis(5);

/// An open ledger.
#[derive(Debug)]
pub(crate) struct Store {
    pub(super) connection: Connection,
    directory: PathBuf,
}

impl Store {
    /// Opens the ledger in this state directory. Creates both if they don't exist, accessible to the user alone.
    ///
    /// # Errors
    /// [`LedgerError::Create`], [`LedgerError::NewerSchema`], or an SQLite error, for example about a damaged file.
    pub(crate) fn open(directory: &Path) -> Result<Self, LedgerError> {
        create_private(directory)?;
        let mut connection = Connection::open(directory.join(FILE))?;
        connection.busy_timeout(LOCK_TIMEOUT)?;
        enable_write_ahead_log(&connection)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // Without it, SQLite plans a statement again for each new value of some parameters: for every claim.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        schema::migrate(&mut connection, directory)?;
        Ok(Self { connection, directory: directory.to_owned() })
    }

    /// Opens the ledger if there is one, or if there are imports that it should know; else creates nothing.
    pub(crate) fn open_existing(directory: &Path) -> Result<Option<Self>, LedgerError> {
        if directory.join(FILE).exists() || !witness::runs(directory)?.is_empty() {
            Self::open(directory).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Opens a read-only connection to the same ledger, for another thread.
    pub(crate) fn reader(&self) -> Result<Self, LedgerError> {
        let connection = Connection::open_with_flags(self.path(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(LOCK_TIMEOUT)?;
        Ok(Self { connection, directory: self.directory.clone() })
    }

    /// The same, which goes on seeing the ledger as it is now.
    pub(crate) fn snapshot(&self) -> Result<Self, LedgerError> {
        let reader = self.reader()?;
        // SQLite takes the snapshot with the first statement that reads.
        reader.connection.execute_batch("BEGIN; SELECT 1 FROM runs LIMIT 1;")?;
        Ok(reader)
    }

    /// The ledger's file in this state directory.
    pub(crate) fn path_in(directory: &Path) -> PathBuf {
        directory.join(FILE)
    }

    /// The ledger's file.
    pub(crate) fn path(&self) -> PathBuf {
        Self::path_in(&self.directory)
    }

    /// The state directory.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// What the user entered last for each field.
    pub(crate) fn last_values(&self) -> Result<Vec<(String, String)>, LedgerError> {
        let mut statement = self.connection.prepare("SELECT field, value FROM last_values")?;
        let values = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(values.collect::<Result<_, _>>()?)
    }

    /// Remembers what the user entered for a field.
    pub(crate) fn remember_value(&self, field: &str, value: &str) -> Result<(), LedgerError> {
        self.connection.execute(
            "INSERT INTO last_values (field, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
            [field, value],
        )?;
        Ok(())
    }

    /// Runs `write` in a transaction. If it fails, nothing is written.
    pub(super) fn write<T, E: From<LedgerError>>(
        &self,
        write: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let begun = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate);
        let transaction = begun.map_err(LedgerError::from)?;
        let written = write(&transaction)?;
        transaction.commit().map_err(LedgerError::from)?;
        Ok(written)
    }

    /// The same ledger, failing at once while another process holds the lock.
    #[cfg(test)]
    pub(super) fn without_waiting(self) -> Self {
        self.connection.busy_timeout(Duration::ZERO).unwrap();
        self
    }

    pub(super) fn into_connection(self) -> Connection {
        self.connection
    }
}

/// Switches to the write-ahead log; the file remembers this. SQLite does not wait if another process is about to do the
/// same, so this retries.
fn enable_write_ahead_log(connection: &Connection) -> rusqlite::Result<()> {
    let started = Instant::now();
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && started.elapsed() < LOCK_TIMEOUT =>
            {
                std::thread::sleep(RETRY_INTERVAL);
            }
            result => return result,
        }
    }
}

/// The ledger contains servers' messages about customers' records, so only the user may read it.
fn create_private(directory: &Path) -> Result<(), LedgerError> {
    let failed =
        |path: &Path, error: std::io::Error| LedgerError::Create { path: path.to_owned(), reason: error.to_string() };
    private::create_dir(directory).map_err(|error| failed(directory, error))?;
    let file = directory.join(FILE);
    if !file.exists() {
        private::file_options().create(true).append(true).open(&file).map_err(|error| failed(&file, error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{FILE, LedgerError, Store};
    use crate::error::Advice;

    #[test]
    fn a_newer_schema_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        drop(Store::open(dir.path()).unwrap());
        let connection = Connection::open(dir.path().join(FILE)).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        let error = Store::open(dir.path()).unwrap_err();
        assert!(matches!(error, LedgerError::NewerSchema { found: 99, .. }), "{error}");
    }

    #[test]
    fn a_damaged_ledger_is_reported_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let damaged = b"this used to be a ledger, and is now something else entirely".repeat(20);
        std::fs::write(dir.path().join(FILE), &damaged).unwrap();
        let error = Store::open(dir.path()).unwrap_err();
        assert!(error.hint().unwrap().contains("damaged"), "{error}");
        assert_eq!(std::fs::read(dir.path().join(FILE)).unwrap(), damaged);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_the_ledger() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state/kore-feedback");
        let store = Store::open(&state).unwrap();
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&state), mode(&store.path())), (0o700, 0o600));
    }

    #[test]
    fn an_import_is_started_only_once() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (Store::open(dir.path()).unwrap(), Store::open(dir.path()).unwrap());
        let run = crate::ledger::model::new_run();
        let begin = |store: &Store, latest| {
            let now = jiff::Timestamp::UNIX_EPOCH;
            store.begin_prepared(&run, now, |begun| store.ensure_not_started(begun, run.identity, latest))
        };
        let begun = begin(&one, None).unwrap();
        assert!(matches!(begin(&other, None), Err(LedgerError::AlreadyStarted { run }) if run == begun));
        assert_eq!(one.runs().unwrap().len(), 1);
        assert!(begin(&other, Some(begun)).is_ok());
    }

    #[test]
    fn concurrent_first_opens_all_succeed() {
        for _ in 0..20 {
            let dir = tempfile::tempdir().unwrap();
            let together = std::sync::Barrier::new(8);
            let open = || {
                together.wait();
                Store::open(dir.path()).map(drop)
            };
            let opened: Vec<_> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            assert!(opened.iter().all(Result::is_ok), "{opened:?}");
        }
    }

    #[test]
    fn open_existing_creates_nothing() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Store::open_existing(dir.path()).unwrap().is_none());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
