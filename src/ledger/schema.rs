//! The ledger's tables, versioned by `PRAGMA user_version`. Each migration is applied once, in order, in one
//! transaction.
//!
//! - `runs`: one line per run. `content` is the BLAKE3 hash of the input's decoded rows, or of its bytes if `content_of`
//!   says so: before schema 5. `identity` is that of content, mapping and target together. `finished_at` is null while
//!   the run can be resumed. `options` are those that an import started with, as JSON with a version; null for a submit,
//!   and for a run started before schema 3. `report` is the last failure report, with its hash. Times are milliseconds
//!   since 1970, UTC, by this machine's clock; `clock_offset` is how many milliseconds the server's clock was ahead of
//!   it. `again`: the run sends what other runs have sent, too. `sent_before` counts records skipped because an earlier
//!   run has sent them, which the table `rows` leaves out. `rows` counts the rows of the input, `records` the records
//!   that they make, of which there are at most `records_per_row` each.
//! - `bots`: the bots that a run's records go to, numbered from 1, each with its number of valid records.
//! - `records`: the state of each record, in as few bytes as possible. `id` has the run's number in the upper bits and the
//!   record's in the lower 36, see [`Numbering`](crate::numbering::Numbering): the row's own if each row makes one record. The
//!   states are `claimed` (sent or about to be, no outcome yet), `saved`, `rejected`, `invalid`, `skipped`, `unsent` or `in
//!   doubt`; [`RowState`](super::RowState) has their codes. The run has not reached a record that is missing here.
//!   `fingerprint` is a hash of the fields that the server can read back; no respondent's answer is stored. `bot` is the number
//!   of the bot that the record was sent to. `claimed_at` is when the last POST was about to be sent, in milliseconds after the
//!   run's `started_at`; null if there was none. The other times are in milliseconds after that, or after `started_at` if
//!   it is null; a clock that was set back makes them negative: `answer_due` is the latest time for the answer, `changed_at` when
//!   the state was reached, `server_time` the server's time of a saved record. `status` is that of the last answer, less 200; a
//!   saved record without one was in doubt and later found on the server. `server_id` is a blob if it is an even number of
//!   lower-case hexadecimal digits, else text. `deviations` has a bit for each field that the answer about it lacked, or gave
//!   with another value than was sent ([`Deviations`](super::Deviations)). `message` is a hash of the message, null for records
//!   of older versions; `key` is one of the columns of `--key`. A skipped record with a fingerprint was sent by an earlier run
//!   that did not know its key. While the state is `claimed`, `status`, `server_id`, `changed_at`, `server_time` and
//!   `deviations` mean nothing: they reserve room for the outcome.
//! - `rows`: a view of `records` for people, with words, whole times and the columns `run` and `row`. It finds the records of a
//!   run quickly, but searches these for a single row.
//! - `attempts`: every call of the last days, so that rate limits hold across runs and processes. `run` and `rows` are null for
//!   a call that sends no row. Calls that share a line number `calls`; `rows` lists the rows that they send, such as `1-64,70`.
//!   Before schema 11 each call had a line, without its row; `run` is null in those of schema 3.
//! - `waiting`: the processes that wait for a rate limit, see `turns.rs`.
//! - `last_values`: what `submit` offers as answers to its questions.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::{Lease, LedgerError, RunId};

/// "KFBK", so that `file` and people can tell what the file is.
const APPLICATION_ID: i32 = 0x4b46_424b;

/// A released migration never changes.
pub(super) const MIGRATIONS: [&str; 11] = [
    include_str!("migrations/1_one_bot_per_run.sql"),
    include_str!("migrations/2_several_bots_per_run.sql"),
    include_str!("migrations/3_options_as_json.sql"),
    include_str!("migrations/4_turns.sql"),
    include_str!("migrations/5_content_of_rows.sql"),
    include_str!("migrations/6_server_time.sql"),
    include_str!("migrations/7_several_records_per_row.sql"),
    include_str!("migrations/8_sent_before.sql"),
    include_str!("migrations/9_index_without_states.sql"),
    include_str!("migrations/10_compact_rows.sql"),
    include_str!("migrations/11_lines_of_calls.sql"),
];

/// The schema's version that this build reads and writes.
const VERSION: usize = MIGRATIONS.len();

/// Brings the ledger in this state directory to this build's version.
///
/// # Errors
/// [`LedgerError::NewerSchema`] if a later version wrote it, [`LedgerError::InUseByOlderVersion`] if a process of an older
/// version is working on a run.
pub(super) fn migrate(connection: &mut Connection, state_dir: &Path) -> Result<(), LedgerError> {
    if version(connection)? == VERSION {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read again under the lock: another process may have migrated the ledger since.
    let found = version(&transaction)?;
    if found > VERSION {
        return Err(LedgerError::NewerSchema { found, supported: VERSION });
    }
    if found > 0 && found < VERSION {
        ensure_unused(&transaction, state_dir)?;
    }
    for migration in &MIGRATIONS[found..] {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    Ok(transaction.commit()?)
}

/// A process that works on a run could not record the outcomes of requests in flight any more. One that takes a lease later
/// fails before its first request.
fn ensure_unused(connection: &Connection, state_dir: &Path) -> Result<(), LedgerError> {
    let mut statement = connection.prepare("SELECT run FROM runs WHERE finished_at IS NULL ORDER BY run")?;
    let runs = statement.query_map([], |row| Ok(RunId(row.get(0)?)))?;
    for run in runs {
        let run = run?;
        if Lease::is_held(state_dir, run) {
            return Err(LedgerError::InUseByOlderVersion { run });
        }
    }
    Ok(())
}

fn version(connection: &Connection) -> Result<usize, LedgerError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    // This program never writes a negative version; it is refused like one that is too new.
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use rusqlite::Connection;

    use super::{MIGRATIONS, VERSION, version};
    use crate::ledger::{
        Comparison, InputRecord, Lease, LedgerError, Need, OutcomeKind, RecordHash, RowState, RunBot, RunId, Store,
        TimeRange,
    };
    use crate::numbering::Numbering;

    #[test]
    fn version_1_ledgers_are_migrated() {
        let dir = tempfile::tempdir().unwrap();
        let old = Connection::open(dir.path().join("ledger.db")).unwrap();
        old.execute_batch(MIGRATIONS[0]).unwrap();
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
        let RunBot { number, bot_id, records } = &run.bots[0];
        assert_eq!((*number, &**bot_id, *records, run.rows, run.records), (1, "st-1", 4, 5, 5));
        assert_eq!(run.numbering, Numbering::SINGLE);
        let states: Vec<_> = store.rows(run.id).map(Result::unwrap).map(|row| row.state).collect();
        let settled = RowState::Settled;
        assert_eq!(states, [settled(OutcomeKind::Saved), settled(OutcomeKind::Invalid), RowState::Claimed]);
        let counts = store.counts_by_bot(&run).unwrap();
        assert_eq!((counts[0].saved, counts[0].invalid, counts[0].in_doubt), (1, 0, 1));
        let all = TimeRange { from: Timestamp::UNIX_EPOCH, to: Timestamp::MAX };
        assert_eq!(store.sent_rows(("https://bots.kore.ai", "st-1"), all, SignedDuration::ZERO).unwrap().len(), 2);
        let bots: Vec<_> = store.rows(run.id).map(Result::unwrap).map(|row| row.bot).collect();
        assert_eq!(bots, [Some(1), None, Some(1)]);
        let range = store.sending_range(&run, &run.bots[0], SignedDuration::ZERO).unwrap().unwrap();
        assert_eq!(range.to.as_millisecond(), 2300);
        // Resuming the run replaces the number of valid rows.
        let resumed = store.set_bots(run.id, &[("st-1".to_owned(), 3), ("st-2".to_owned(), 1)], 5).unwrap();
        let rows: Vec<_> = resumed.bots.iter().map(|bot| (bot.number, bot.records)).collect();
        assert_eq!(rows, [(1, 3), (2, 1)]);
        drop(store);
        assert_eq!(version(&Connection::open(dir.path().join("ledger.db")).unwrap()).unwrap(), VERSION);
    }

    #[test]
    fn a_run_in_progress_delays_the_migration() {
        let dir = tempfile::tempdir().unwrap();
        let old = Connection::open(dir.path().join("ledger.db")).unwrap();
        MIGRATIONS[..VERSION - 1].iter().for_each(|migration| old.execute_batch(migration).unwrap());
        old.execute_batch(&format!(
            "INSERT INTO runs (run, kind, sandbox, host, api_version, input, content, mapping, identity, rows, started_at)
             VALUES (3, 'import', 0, 'https://bots.kore.ai', '1.1', '/in.csv', zeroblob(32), 'm', zeroblob(32), 1, 1000);
             INSERT INTO bots VALUES (3, 1, 'st-1', 1);
             PRAGMA user_version = {};",
            VERSION - 1
        ))
        .unwrap();
        let lease = Lease::take(dir.path(), RunId(3)).unwrap();
        let error = Store::open(dir.path()).unwrap_err();
        assert!(matches!(error, LedgerError::InUseByOlderVersion { run: RunId(3) }), "{error}");
        // The older process can still record its outcomes.
        let row = "INSERT INTO records (id, state, attempts, changed_at) VALUES ((3 << 36) + 1, 1, 0, 1000)";
        assert_eq!(old.execute(row, []).unwrap(), 1);
        drop(lease);
        assert_eq!(Store::open(dir.path()).unwrap().rows(RunId(3)).count(), 1);
    }

    /// Rows of older ledgers have fingerprints, but neither messages nor keys.
    #[test]
    fn rows_sent_before_schema_8_are_recognized() {
        let dir = tempfile::tempdir().unwrap();
        let old = Connection::open(dir.path().join("ledger.db")).unwrap();
        old.execute_batch(MIGRATIONS[0]).unwrap();
        old.execute_batch(
            "INSERT INTO runs VALUES (3, 'import', 0, NULL, 'https://bots.kore.ai', 'st-1', '1.1', '/in.csv',
                                      zeroblob(32), 'm', zeroblob(32), 4, 1000, NULL, '[\"import\"]', '/', NULL, NULL);
             INSERT INTO rows VALUES (3, 1, 'saved', 200, 'id-1', NULL, zeroblob(16), 1, 2000, 32000, 2100),
                                     (3, 2, 'in doubt', NULL, NULL, NULL, zeroblob(16), 1, 2000, 32000, 2100),
                                     (3, 3, 'skipped', NULL, NULL, NULL, zeroblob(16), 1, 2000, 32000, 2200),
                                     (3, 4, 'rejected', 400, NULL, NULL, zeroblob(16), 1, 2300, 32300, 2300);",
        )
        .unwrap();
        for migration in &MIGRATIONS[1..7] {
            old.execute_batch(migration).unwrap();
        }
        old.pragma_update(None, "user_version", 7).unwrap();
        drop(old);

        let store = Store::open(dir.path()).unwrap();
        for (rows, first_key, expected) in [(2, None, 2), (3, None, 2), (3, Some(7), 2)] {
            let mut comparison = Comparison::begin().unwrap();
            for row in 1..=rows {
                let key = first_key.map(|key: i64| key + row);
                let record = RecordHash { fingerprint: [0; 16], message: 1, key };
                let record = InputRecord {
                    row: row.unsigned_abs(),
                    bot_id: "st-1",
                    record,
                    need: Need::First,
                    is_resent: false,
                };
                comparison.add(&record).unwrap();
            }
            let overlap = comparison.compare(&store.snapshot().unwrap(), "https://bots.kore.ai", None).unwrap();
            assert_eq!((overlap.sent, &overlap.runs[..]), (expected, &[(RunId(3), expected)][..]), "{first_key:?}");
        }
    }
}
