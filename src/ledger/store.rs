//! The ledger's file: opened, migrated, and queried by commands. Claims and outcomes, the hot path, go through the writer.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior, params};

use super::millis::to_millis;
use super::row_pages::{RowCursor, RowPages};
use super::sent_rows::{self, SentRow};
use super::{Counts, Identity, LedgerError, NewRun, Run, RunBot, RunId, TimeRange, counts, runs, schema};
use crate::private;

const FILE: &str = "ledger.db";
/// Other processes hold the write lock for one group commit at a time.
const LOCK_TIMEOUT: Duration = Duration::from_secs(15);
/// Between retries of what SQLite itself does not wait for.
const RETRY_INTERVAL: Duration = Duration::from_millis(5);

/// An open ledger.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    directory: PathBuf,
}

impl Store {
    /// Opens the ledger in this state directory. Creates both if they don't exist, accessible to the user alone.
    ///
    /// # Errors
    /// [`LedgerError::Create`], [`LedgerError::NewerSchema`], or an SQLite error, for example about a damaged file.
    pub fn open(directory: &Path) -> Result<Self, LedgerError> {
        create_private(directory)?;
        let mut connection = Connection::open(directory.join(FILE))?;
        connection.busy_timeout(LOCK_TIMEOUT)?;
        enable_write_ahead_log(&connection)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        schema::migrate(&mut connection)?;
        Ok(Self { connection, directory: directory.to_owned() })
    }

    /// Opens the ledger if there is one, and creates nothing.
    pub fn open_existing(directory: &Path) -> Result<Option<Self>, LedgerError> {
        if directory.join(FILE).exists() { Self::open(directory).map(Some) } else { Ok(None) }
    }

    /// Opens a read-only connection to the same ledger, for another thread.
    pub fn reader(&self) -> Result<Self, LedgerError> {
        let connection = Connection::open_with_flags(self.path(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(LOCK_TIMEOUT)?;
        Ok(Self { connection, directory: self.directory.clone() })
    }

    /// The ledger's file.
    pub fn path(&self) -> PathBuf {
        self.directory.join(FILE)
    }

    /// The state directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Records the start of a run.
    pub fn begin(&self, run: &NewRun, now: Timestamp) -> Result<RunId, LedgerError> {
        self.write(|transaction| runs::insert(transaction, run, now))
    }

    /// Records the start of an import, unless a run with the same identity was started after `latest`: another process
    /// may have started it since the caller looked.
    ///
    /// # Errors
    /// [`LedgerError::AlreadyStarted`], or if SQLite fails.
    pub fn begin_unless_started(
        &self,
        latest: Option<RunId>,
        run: &NewRun,
        now: Timestamp,
    ) -> Result<RunId, LedgerError> {
        self.write(|transaction| {
            let found = self.runs_with_identity(run.identity)?.first().map(|run| run.id);
            match found.filter(|_| found != latest) {
                Some(run) => Err(LedgerError::AlreadyStarted { run }),
                None => runs::insert(transaction, run, now),
            }
        })
    }

    /// Sets which bots a resumed run sends to, and how many rows go to each; returns the run with them.
    pub fn set_bots(&self, run: RunId, bots: &[(String, u64)]) -> Result<Run, LedgerError> {
        self.write(|transaction| runs::set_bots(transaction, run, bots))?;
        self.run(run)
    }

    /// The run with this number.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRun`], or if SQLite fails.
    pub fn run(&self, run: RunId) -> Result<Run, LedgerError> {
        let found = runs::select(&self.connection, "WHERE run = ?1", [run.0])?.pop();
        found.ok_or(LedgerError::NoSuchRun { run })
    }

    /// All runs, oldest first.
    pub fn runs(&self) -> Result<Vec<Run>, LedgerError> {
        runs::select(&self.connection, "ORDER BY run", [])
    }

    /// The runs with this identity, latest first.
    pub fn runs_with_identity(&self, identity: Identity) -> Result<Vec<Run>, LedgerError> {
        runs::select(&self.connection, "WHERE identity = ?1 ORDER BY run DESC", [identity.0])
    }

    /// The runs of an input with this content, whatever their mapping and target, latest first.
    pub fn runs_with_content(&self, content: &[u8; 32]) -> Result<Vec<Run>, LedgerError> {
        runs::select(&self.connection, "WHERE content = ?1 ORDER BY run DESC", [content])
    }

    /// How many rows of a run have each outcome. Claims without an outcome count as in doubt, which is true unless a
    /// process is working on the run.
    pub fn counts(&self, run: &Run) -> Result<Counts, LedgerError> {
        counts::of_run(&self.connection, run)
    }

    /// The same for each bot of a run. Invalid and skipped rows belong to no bot.
    pub fn counts_by_bot(&self, run: &Run) -> Result<Vec<Counts>, LedgerError> {
        counts::by_bot(&self.connection, run)
    }

    /// The rows of a run that the ledger knows, in order, a page at a time.
    pub fn row_pages(&self, run: RunId) -> RowPages<'_> {
        RowPages::new(&self.connection, run)
    }

    /// A cursor before the first row of a run.
    pub fn row_cursor(&self, run: RunId) -> RowCursor<'_> {
        RowCursor::new(self.row_pages(run))
    }

    /// Marks the claims that a dead process left behind as in doubt (invariant 4). Requires the run's lease.
    pub fn mark_claims_in_doubt(&self, run: RunId, why: &str, now: Timestamp) -> Result<u64, LedgerError> {
        let changed = self.connection.execute(
            "UPDATE rows SET state = 'in doubt', detail = ?2, changed_at = ?3 WHERE run = ?1 AND state = 'claimed'",
            params![run.0, why, to_millis(now)],
        )?;
        Ok(changed as u64)
    }

    /// Records that nothing of the run is left to send.
    pub fn finish(&self, run: RunId, now: Timestamp) -> Result<(), LedgerError> {
        self.connection.execute("UPDATE runs SET finished_at = ?2 WHERE run = ?1", params![run.0, to_millis(now)])?;
        Ok(())
    }

    /// Records that rows of the run are to be sent again.
    pub fn reopen(&self, run: RunId) -> Result<(), LedgerError> {
        self.connection.execute("UPDATE runs SET finished_at = NULL WHERE run = ?1", [run.0])?;
        Ok(())
    }

    /// The time in which the run made calls to one of its bots: from the run's start to the end of the last call. `None`
    /// before the first.
    pub fn sending_range(&self, run: &Run, bot: &RunBot) -> Result<Option<TimeRange>, LedgerError> {
        sent_rows::range(&self.connection, run, bot)
    }

    /// The rows of all runs that were sent to this host and bot in this time.
    pub fn sent_rows(&self, target: (&str, &str), range: TimeRange) -> Result<Vec<SentRow>, LedgerError> {
        sent_rows::between(&self.connection, target, range)
    }

    /// Records which failure report was written last, if there is one.
    pub fn set_report(&self, run: RunId, report: Option<(&Path, [u8; 32])>) -> Result<(), LedgerError> {
        let (path, hash) = report.map(|(path, hash)| (path.display().to_string(), hash)).unzip();
        let sql = "UPDATE runs SET report = ?2, report_hash = ?3 WHERE run = ?1";
        self.connection.execute(sql, params![run.0, path, hash])?;
        Ok(())
    }

    /// What the user entered last for each field.
    pub fn last_values(&self) -> Result<Vec<(String, String)>, LedgerError> {
        let mut statement = self.connection.prepare("SELECT field, value FROM last_values")?;
        let values = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        Ok(values)
    }

    /// Remembers what the user entered for a field.
    pub fn remember_value(&self, field: &str, value: &str) -> Result<(), LedgerError> {
        self.connection.execute(
            "INSERT INTO last_values (field, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
            [field, value],
        )?;
        Ok(())
    }

    fn write<T>(&self, write: impl FnOnce(&Transaction<'_>) -> Result<T, LedgerError>) -> Result<T, LedgerError> {
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        let written = write(&transaction)?;
        transaction.commit()?;
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
        let now = jiff::Timestamp::UNIX_EPOCH;
        let begun = one.begin_unless_started(None, &run, now).unwrap();
        assert!(
            matches!(other.begin_unless_started(None, &run, now), Err(LedgerError::AlreadyStarted { run }) if run == begun)
        );
        assert!(other.begin_unless_started(Some(begun), &run, now).is_ok());
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
