//! The ledger's tables, versioned by `PRAGMA user_version`; each migration is applied once, in order, in one transaction.
//!
//! - `runs`: one line a run. `content` is the BLAKE3 hash of the input's bytes, `identity` that of content, mapping and
//!   target together; `finished_at` is null while the run can be resumed. `command` is the
//!   command line that began an import, as a JSON array, and `directory` where it was given. `report` is the failure report
//!   that was written last, with its hash. Times are milliseconds since 1970, UTC.
//! - `bots`: the bots that a run's rows go to, numbered from 1, each with how many of them were found to be valid.
//! - `rows`: what became of each row: `claimed` (sent or about to be, no outcome yet), `saved`, `rejected`, `invalid`,
//!   `skipped`, `unsent` or `in doubt`. A row that is missing has not been reached yet. `fingerprint` is a hash of the
//!   fields that the server can read back; no respondent's answer is kept here. `bot` is the number of the bot that it was
//!   sent to, null for a row that never was, and for one that an older version sent to its run's only bot. `claimed_at` is
//!   when the last POST was about to leave, `answer_due` when its answer would have come at the latest, `changed_at` when
//!   the state was reached. `status` is that of the last answer; a saved row without one was in doubt, and found on the
//!   server afterwards.
//! - `attempts`: every call of the last days, so that rolling limits hold across runs and processes.
//! - `last_values`: what `submit` offers when it asks.

use rusqlite::Connection;

use super::LedgerError;

/// "KFBK", so that `file` and careful people can tell what the file is.
const APPLICATION_ID: i32 = 0x4b46_424b;

const MIGRATIONS: [&str; 2] = [ONE_BOT_A_RUN, SEVERAL_BOTS_A_RUN];

const ONE_BOT_A_RUN: &str = "CREATE TABLE runs (
         run         INTEGER PRIMARY KEY AUTOINCREMENT,
         kind        TEXT NOT NULL CHECK (kind IN ('import', 'submit')),
         sandbox     INTEGER NOT NULL,
         profile     TEXT,
         host        TEXT NOT NULL,
         bot_id      TEXT NOT NULL,
         api_version TEXT NOT NULL,
         input       TEXT NOT NULL,
         content     BLOB NOT NULL,
         mapping     TEXT NOT NULL,
         identity    BLOB NOT NULL,
         rows        INTEGER NOT NULL,
         started_at  INTEGER NOT NULL,
         finished_at INTEGER,
         command     TEXT NOT NULL,
         directory   TEXT NOT NULL,
         report      TEXT,
         report_hash BLOB
     ) STRICT;
     CREATE INDEX runs_by_identity ON runs (identity);
     CREATE INDEX runs_by_content ON runs (content);
     CREATE TABLE rows (
         run         INTEGER NOT NULL REFERENCES runs (run),
         row         INTEGER NOT NULL,
         state       TEXT NOT NULL CHECK (state IN
                     ('claimed', 'saved', 'rejected', 'invalid', 'skipped', 'unsent', 'in doubt')),
         status      INTEGER,
         server_id   TEXT,
         detail      TEXT,
         fingerprint BLOB,
         attempts    INTEGER NOT NULL DEFAULT 0,
         claimed_at  INTEGER,
         answer_due  INTEGER,
         changed_at  INTEGER NOT NULL,
         PRIMARY KEY (run, row)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE attempts (
         attempt     INTEGER PRIMARY KEY,
         scope       TEXT NOT NULL,
         session     TEXT NOT NULL,
         claimed_at  INTEGER NOT NULL,
         answer_due  INTEGER NOT NULL,
         answered_at INTEGER
     ) STRICT;
     CREATE INDEX attempts_by_scope ON attempts (scope, answer_due);
     CREATE TABLE last_values (
         field TEXT PRIMARY KEY,
         value TEXT NOT NULL
     ) STRICT, WITHOUT ROWID;";

const SEVERAL_BOTS_A_RUN: &str = "CREATE TABLE bots (
         run    INTEGER NOT NULL REFERENCES runs (run),
         bot    INTEGER NOT NULL,
         bot_id TEXT NOT NULL,
         rows   INTEGER NOT NULL,
         PRIMARY KEY (run, bot)
     ) STRICT, WITHOUT ROWID;
     INSERT INTO bots SELECT run, 1, bot_id, rows - (SELECT count(*) FROM rows
                                                     WHERE rows.run = runs.run AND state IN ('invalid', 'skipped'))
                      FROM runs;
     ALTER TABLE runs DROP COLUMN bot_id;
     ALTER TABLE rows ADD COLUMN bot INTEGER;
     UPDATE rows SET bot = 1 WHERE claimed_at IS NOT NULL;";

/// The number of the bot that a row was sent to, as SQL; null for a row that never was sent. A process of version 1 that
/// was running during the migration wrote rows without it: they went to the only bot that a run had then.
pub(super) const BOT_OF_ROW: &str = "iif(rows.claimed_at IS NULL, NULL, coalesce(rows.bot, 1))";

/// The schema's version that this build reads and writes.
const VERSION: usize = MIGRATIONS.len();

/// Brings the ledger to this build's version.
///
/// # Errors
/// [`LedgerError::NewerSchema`] when a later build wrote it; otherwise what SQLite says.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), LedgerError> {
    if version(connection)? == VERSION {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    // Read again under the lock: another process may have migrated it meanwhile.
    let found = version(&transaction)?;
    if found > VERSION {
        return Err(LedgerError::NewerSchema { found, supported: VERSION });
    }
    for migration in &MIGRATIONS[found..] {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", i64::try_from(VERSION).unwrap_or(i64::MAX))?;
    transaction.commit()?;
    Ok(())
}

fn version(connection: &Connection) -> Result<usize, LedgerError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    // A negative version was never written by us; as the largest it is refused as unknown.
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rusqlite::Connection;

    use super::{ONE_BOT_A_RUN, VERSION, version};
    use crate::ledger::{OutcomeKind, RowState, RunBot, RunId, Store, TimeRange};

    #[test]
    fn version_1_ledgers_are_migrated() {
        let dir = tempfile::tempdir().unwrap();
        let old = Connection::open(dir.path().join("ledger.db")).unwrap();
        old.execute_batch(ONE_BOT_A_RUN).unwrap();
        old.execute_batch(
            "INSERT INTO runs VALUES (3, 'import', 0, NULL, 'https://bots.kore.ai', 'st-1', '1.1', '/in.csv',
                                      zeroblob(32), 'm', zeroblob(32), 5, 1000, NULL, '[\"import\"]', '/', NULL, NULL);
             INSERT INTO rows VALUES (3, 1, 'saved', 200, 'id-1', NULL, zeroblob(16), 1, 2000, 32000, 2100),
                                     (3, 2, 'invalid', NULL, NULL, 'no score', NULL, 0, NULL, NULL, 2200),
                                     (3, 3, 'claimed', NULL, NULL, NULL, zeroblob(16), 1, 2300, 32300, 2300);
             PRAGMA user_version = 1;",
        )
        .unwrap();
        drop(old);

        let store = Store::open(dir.path()).unwrap();
        let run = store.run(RunId(3)).unwrap();
        let RunBot { number, bot_id, rows } = &run.bots[0];
        assert_eq!((*number, &**bot_id, *rows, run.rows), (1, "st-1", 4, 5));
        let states: Vec<_> = store.row_pages(run.id).flat_map(Result::unwrap).map(|row| row.state).collect();
        let settled = RowState::Settled;
        assert_eq!(states, [settled(OutcomeKind::Saved), settled(OutcomeKind::Invalid), RowState::Claimed]);
        let counts = store.counts_by_bot(&run).unwrap();
        assert_eq!((counts[0].saved, counts[0].invalid, counts[0].in_doubt), (1, 0, 1));
        let all = TimeRange { from: Timestamp::UNIX_EPOCH, to: Timestamp::MAX };
        assert_eq!(store.sent_rows(("https://bots.kore.ai", "st-1"), all).unwrap().len(), 2);
        // A process of the first version that was at work meanwhile goes on writing rows as it knows them.
        let old = Connection::open(dir.path().join("ledger.db")).unwrap();
        let left_behind =
            "INSERT INTO rows (run, row, state, fingerprint, attempts, claimed_at, answer_due, changed_at)
                           VALUES (3, 4, 'claimed', zeroblob(16), 1, 2400, 32400, 2400)";
        old.execute(left_behind, []).unwrap();
        assert_eq!(store.counts_by_bot(&run).unwrap()[0].in_doubt, 2);
        let bots: Vec<_> = store.row_pages(run.id).flat_map(Result::unwrap).map(|row| row.bot).collect();
        assert_eq!(bots, [Some(1), None, Some(1), Some(1)]);
        assert_eq!(store.sent_rows(("https://bots.kore.ai", "st-1"), all).unwrap().len(), 3);
        let range = store.sending_range(&run, &run.bots[0]).unwrap().unwrap();
        assert_eq!(range.to.as_millisecond(), 2400);
        // What is found to be valid when the run is taken up is what counts from then on.
        let taken_up = store.set_bots(run.id, &[("st-1".to_owned(), 3), ("st-2".to_owned(), 1)]).unwrap();
        let rows: Vec<_> = taken_up.bots.iter().map(|bot| (bot.number, bot.rows)).collect();
        assert_eq!(rows, [(1, 3), (2, 1)]);
        drop(store);
        assert_eq!(version(&Connection::open(dir.path().join("ledger.db")).unwrap()).unwrap(), VERSION);
    }
}
