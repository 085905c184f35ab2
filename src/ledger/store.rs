//! The ledger's file: opened, migrated, and asked by commands. The hot path, claims and outcomes, is the writer's.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior, params};

use super::runs::{self, Counts, Identity, NewRun, Run, RunBot, RunId};
use super::sent::{self, SentRow};
use super::settled::{self, RowEntry};
use super::{LedgerError, schema};
use crate::private;

const FILE: &str = "ledger.db";
/// Other processes hold the write lock for one group commit at a time.
const WAIT_FOR_LOCK: Duration = Duration::from_secs(15);
/// Between two tries at what SQLite doesn't wait for.
const BETWEEN_TRIES: Duration = Duration::from_millis(5);

/// An open ledger.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    directory: PathBuf,
}

impl Store {
    /// Opens the ledger of this state directory, and makes both where they don't exist: readable by the user alone.
    ///
    /// # Errors
    /// [`LedgerError::Create`], [`LedgerError::Newer`], or what SQLite says, about a damaged file among others.
    pub fn open(directory: &Path) -> Result<Self, LedgerError> {
        create_private(directory)?;
        let mut connection = Connection::open(directory.join(FILE))?;
        connection.busy_timeout(WAIT_FOR_LOCK)?;
        write_ahead(&connection)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        schema::migrate(&mut connection)?;
        Ok(Self { connection, directory: directory.to_owned() })
    }

    /// Opens the ledger only to look into it; `None` when there is none yet.
    ///
    /// # Errors
    /// As for [`Store::open`].
    pub fn open_existing(directory: &Path) -> Result<Option<Self>, LedgerError> {
        if directory.join(FILE).exists() { Self::open(directory).map(Some) } else { Ok(None) }
    }

    /// A second connection to the same ledger, for another thread.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn reader(&self) -> Result<Self, LedgerError> {
        let connection = Connection::open_with_flags(self.path(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(WAIT_FOR_LOCK)?;
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

    /// Writes down that a run begins.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn begin(&self, run: &NewRun, now: Timestamp) -> Result<RunId, LedgerError> {
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        let begun = runs::insert(&transaction, run, now)?;
        transaction.commit()?;
        Ok(begun)
    }

    /// Takes note of the bots that a run that is taken up sends to, and how many rows go to each, and gives the run with
    /// them.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn with_bots(&self, run: RunId, bots: &[(String, u64)]) -> Result<Run, LedgerError> {
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        runs::add_bots(&transaction, run, bots)?;
        transaction.commit()?;
        self.run(run)
    }

    /// Writes down that an import begins, if no other of the same identity has begun since `latest` was the latest:
    /// between looking and beginning lies time in which another process may have begun the very same one.
    ///
    /// # Errors
    /// [`LedgerError::AnotherBegan`], or what SQLite says.
    pub fn begin_after(&self, latest: Option<RunId>, run: &NewRun, now: Timestamp) -> Result<RunId, LedgerError> {
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        let found = runs::by_hash(&transaction, "identity", &run.identity.0)?.first().map(|run| run.id);
        if let Some(other) = found.filter(|_| found != latest) {
            return Err(LedgerError::AnotherBegan { run: other });
        }
        let begun = runs::insert(&transaction, run, now)?;
        transaction.commit()?;
        Ok(begun)
    }

    /// The run of this number.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRun`], or what SQLite says.
    pub fn run(&self, run: RunId) -> Result<Run, LedgerError> {
        runs::by_id(&self.connection, run)?.ok_or(LedgerError::NoSuchRun { run })
    }

    /// All runs, in order.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn runs(&self) -> Result<Vec<Run>, LedgerError> {
        runs::all(&self.connection)
    }

    /// The runs of this identity, the latest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn runs_of(&self, identity: Identity) -> Result<Vec<Run>, LedgerError> {
        runs::by_hash(&self.connection, "identity", &identity.0)
    }

    /// The runs of an input with this content, whatever their mapping and target, the latest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn runs_with_content(&self, content: &[u8; 32]) -> Result<Vec<Run>, LedgerError> {
        runs::by_hash(&self.connection, "content", content)
    }

    /// How the rows of a run stand. Claims without an outcome count as in doubt, which they are unless the run is being
    /// worked on.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn counts(&self, run: &Run) -> Result<Counts, LedgerError> {
        runs::counts(&self.connection, run.id, run.rows)
    }

    /// How the rows of each of a run's bots stand: those that are not valid, or left out, are no bot's.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn counts_by_bot(&self, run: &Run) -> Result<Vec<Counts>, LedgerError> {
        runs::counts_by_bot(&self.connection, run)
    }

    /// What the ledger has of the rows after this one, in order, at most this many.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn rows_after(&self, run: RunId, row: u64, most: u32) -> Result<Vec<RowEntry>, LedgerError> {
        settled::rows_after(&self.connection, run, row, most)
    }

    /// Takes note that claims of a process that is gone are in doubt (invariant 4). To be called under the run's lease.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn claims_into_doubt(&self, run: RunId, why: &str, now: Timestamp) -> Result<u64, LedgerError> {
        let changed = self.connection.execute(
            "UPDATE rows SET state = 'in doubt', detail = ?2, changed_at = ?3 WHERE run = ?1 AND state = 'claimed'",
            params![run.0, why, millis(now)],
        )?;
        Ok(changed as u64)
    }

    /// Takes note that nothing of the run is left to send.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn finish(&self, run: RunId, now: Timestamp) -> Result<(), LedgerError> {
        self.connection.execute("UPDATE runs SET finished_at = ?2 WHERE run = ?1", params![run.0, millis(now)])?;
        Ok(())
    }

    /// Takes note that something of the run is left to send again.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn reopen(&self, run: RunId) -> Result<(), LedgerError> {
        self.connection.execute("UPDATE runs SET finished_at = NULL WHERE run = ?1", [run.0])?;
        Ok(())
    }

    /// The time in which the run's POSTs to one of its bots were made: from the run's start until the last of them was let
    /// go. `None` before the first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn sending_span(&self, run: &Run, bot: &RunBot) -> Result<Option<(Timestamp, Timestamp)>, LedgerError> {
        sent::span(&self.connection, run, bot)
    }

    /// The rows of all runs to this bot of which a POST was made in this time.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn sent_rows(
        &self,
        (host, bot_id): (&str, &str),
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Vec<SentRow>, LedgerError> {
        sent::between(&self.connection, (host, bot_id), (from, to))
    }

    /// Takes note of the failure report that was written last, or that there is none.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn set_report(&self, run: RunId, report: Option<(&Path, [u8; 32])>) -> Result<(), LedgerError> {
        let (path, hash) = report.map(|(path, hash)| (path.display().to_string(), hash)).unzip();
        let sql = "UPDATE runs SET report = ?2, report_hash = ?3 WHERE run = ?1";
        self.connection.execute(sql, params![run.0, path, hash])?;
        Ok(())
    }

    /// What was typed last for a field.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn last_values(&self) -> Result<Vec<(String, String)>, LedgerError> {
        let mut statement = self.connection.prepare("SELECT field, value FROM last_values")?;
        let values = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        Ok(values)
    }

    /// Remembers what was typed for a field.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn remember_value(&self, field: &str, value: &str) -> Result<(), LedgerError> {
        self.connection.execute(
            "INSERT INTO last_values (field, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
            [field, value],
        )?;
        Ok(())
    }

    /// The same ledger, which gives up at once when another process holds it.
    #[cfg(test)]
    pub(super) fn without_waiting(self) -> Self {
        self.connection.busy_timeout(Duration::ZERO).unwrap();
        self
    }

    /// Gives the connection away, to the writer.
    pub(super) fn into_connection(self) -> Connection {
        self.connection
    }
}

/// Switches to the write-ahead log, which the file remembers. SQLite doesn't wait for that when another process is about
/// to do the same, so this does.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let began = Instant::now();
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if is_busy(&error) && began.elapsed() < WAIT_FOR_LOCK => std::thread::sleep(BETWEEN_TRIES),
            done => return done,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

/// The ledger names servers' words about customers' records: for its owner's eyes.
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

pub(super) fn millis(moment: Timestamp) -> i64 {
    moment.as_millisecond()
}

pub(super) fn timestamp(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{FILE, LedgerError, Store};
    use crate::error::Advice;

    #[test]
    fn a_ledger_of_a_later_version_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        drop(Store::open(dir.path()).unwrap());
        let connection = Connection::open(dir.path().join(FILE)).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        let error = Store::open(dir.path()).unwrap_err();
        assert!(matches!(error, LedgerError::Newer { found: 99, .. }), "{error}");
    }

    #[test]
    fn a_damaged_ledger_is_told_and_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let damaged = b"this was a ledger once, and is now something else entirely".repeat(20);
        std::fs::write(dir.path().join(FILE), &damaged).unwrap();
        let error = Store::open(dir.path()).unwrap_err();
        assert!(error.hint().unwrap().contains("damaged"), "{error}");
        assert_eq!(std::fs::read(dir.path().join(FILE)).unwrap(), damaged);
    }

    #[cfg(unix)]
    #[test]
    fn the_ledger_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state/kore-feedback");
        let store = Store::open(&state).unwrap();
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&state), mode(&store.path())), (0o700, 0o600));
    }

    #[test]
    fn of_two_imports_that_begin_at_once_one_begins() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (Store::open(dir.path()).unwrap(), Store::open(dir.path()).unwrap());
        let run = crate::ledger::model::new_run();
        let now = jiff::Timestamp::UNIX_EPOCH;
        let begun = one.begin_after(None, &run, now).unwrap();
        assert!(matches!(other.begin_after(None, &run, now), Err(LedgerError::AnotherBegan { run }) if run == begun));
        assert!(other.begin_after(Some(begun), &run, now).is_ok());
    }

    #[test]
    fn a_ledger_that_several_make_at_once_is_made_for_all_of_them() {
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
    fn looking_for_a_ledger_makes_none() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Store::open_existing(dir.path()).unwrap().is_none());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
