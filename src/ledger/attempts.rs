//! The table `attempts`: calls to the server, so that rate limits hold across processes, and the rows that they send, so that
//! another process that sends to the same bot recognizes their records (`foreign_rows.rs`).
//!
//! A call under rate limits has a line of its own, with the time of its answer. All calls that a process without rate limits
//! starts in one commit share a line, and count until the latest of their answers is due.
//!
//! Lines are numbered without gaps, and only the first ones are deleted, never the last: who has seen line n knows whether a
//! later one is missing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, params};

use super::millis::to_millis;
use super::request::{Call, Target};
use super::{LedgerError, RunId, row_list};

/// Older lines are deleted; no window is longer than a day.
const KEPT: Duration = Duration::from_secs(25 * 60 * 60);

/// Records a call, which then counts in the windows of every process, and returns the number of its line.
pub(super) fn start(
    transaction: &Transaction<'_>,
    call: &Call,
    target: &Target,
    sends: Option<(RunId, u64)>,
    session: &str,
) -> Result<i64, LedgerError> {
    let (run, row) = sends.unzip();
    Line::of(call, row).insert(transaction, &target.scope, run, session)
}

pub(super) fn end(transaction: &Transaction<'_>, attempt: i64, now: Timestamp) -> Result<(), LedgerError> {
    transaction
        .prepare_cached("UPDATE attempts SET answered_at = ?2 WHERE attempt = ?1")?
        .execute(params![attempt, to_millis(now)])?;
    Ok(())
}

/// The number of the last line; 0 if there was none yet.
pub(super) fn last(connection: &Connection) -> Result<i64, LedgerError> {
    Ok(connection.prepare_cached("SELECT coalesce(max(attempt), 0) FROM attempts")?.query_row([], |row| row.get(0))?)
}

/// Whether a line after this one may have been deleted.
pub(super) fn has_gap_after(connection: &Connection, attempt: i64) -> Result<bool, LedgerError> {
    let sql = "SELECT coalesce((SELECT min(attempt) FROM attempts), 1) > ?1 + 1
                   OR coalesce((SELECT max(attempt) FROM attempts), 0) < ?1";
    Ok(connection.prepare_cached(sql)?.query_row([attempt], |row| row.get(0))?)
}

pub(super) fn delete_old(connection: &Connection, now: Timestamp) -> Result<(), LedgerError> {
    let before = now.checked_sub(KEPT).map_or(0, to_millis);
    let first_kept = "coalesce((SELECT attempt FROM attempts WHERE answer_due >= ?1 ORDER BY attempt LIMIT 1),
                               (SELECT max(attempt) FROM attempts))";
    connection.execute(&format!("DELETE FROM attempts WHERE attempt < {first_kept}"), [before])?;
    connection.execute("DELETE FROM waiting WHERE refreshed_at < ?1", [before])?;
    Ok(())
}

/// Calls without rate limits that share a commit.
#[derive(Debug, Default)]
pub(super) struct CallsOfCommit(BTreeMap<(Arc<str>, Option<RunId>), Line>);

impl CallsOfCommit {
    pub(super) fn add(&mut self, call: &Call, target: &Target, sends: Option<(RunId, u64)>) {
        let (run, row) = sends.unzip();
        let line = Line::of(call, row);
        self.0.entry((Arc::clone(&target.scope), run)).and_modify(|lines| lines.merge(&line)).or_insert(line);
    }

    pub(super) fn write(self, transaction: &Transaction<'_>, session: &str) -> Result<(), LedgerError> {
        self.0.into_iter().try_for_each(|((scope, run), line)| {
            line.insert(transaction, &scope, run, session)?;
            Ok(())
        })
    }
}

#[derive(Debug)]
struct Line {
    calls: u64,
    claimed_at: i64,
    answer_due: i64,
    rows: Vec<u64>,
}

impl Line {
    fn of(call: &Call, row: Option<u64>) -> Self {
        let (claimed_at, answer_due) = (to_millis(call.now), to_millis(call.answer_due));
        Self { calls: 1, claimed_at, answer_due, rows: row.into_iter().collect() }
    }

    fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.claimed_at = self.claimed_at.min(other.claimed_at);
        self.answer_due = self.answer_due.max(other.answer_due);
        self.rows.extend(&other.rows);
    }

    fn insert(
        self,
        transaction: &Transaction<'_>,
        scope: &str,
        run: Option<RunId>,
        session: &str,
    ) -> Result<i64, LedgerError> {
        let rows = (!self.rows.is_empty()).then(|| row_list::to_text(self.rows));
        transaction
            .prepare_cached(
                "INSERT INTO attempts (scope, session, run, claimed_at, answer_due, calls, rows)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                scope,
                session,
                run.map(|run| run.0),
                self.claimed_at,
                self.answer_due,
                self.calls,
                rows
            ])?;
        Ok(transaction.last_insert_rowid())
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use tokio::task::JoinSet;

    use super::delete_old;
    use crate::ledger::model::new_run;
    use crate::ledger::{Admission, Call, Claim, RecordHash, ResendPolicy, RunId, Store, Writer};

    type Line = (i64, u64, Option<String>);

    fn lines(store: &Store) -> Vec<Line> {
        let mut lines = store.connection.prepare("SELECT attempt, calls, rows FROM attempts").unwrap();
        lines.query_map([], |row| row.try_into()).unwrap().map(Result::unwrap).collect()
    }

    fn started(dir: &std::path::Path) -> (Store, Writer) {
        let store = Store::open(dir).unwrap();
        store.begin(&new_run(), Timestamp::UNIX_EPOCH).unwrap();
        let writer = Writer::start(Store::open(dir).unwrap(), "scope".to_owned(), "one".to_owned());
        (store, writer)
    }

    fn call(limits: bool) -> Call {
        let now = crate::clock::now();
        let windows_since = limits.then(|| now - SignedDuration::from_secs(60));
        Call { now, answer_due: now + SignedDuration::from_secs(30), windows_since, foreign_version: 0 }
    }

    /// Claims the rows at the same time.
    async fn claim(writer: &Writer, rows: impl IntoIterator<Item = u64>, call: Call) {
        let record = RecordHash { fingerprint: [0; 16], message: 0, key: None };
        let (run, spare, resend) = (RunId(1), None, ResendPolicy::NEVER);
        let claims = rows.into_iter().map(|row| (writer.clone(), Claim { run, row, record, spare, resend, call }));
        let mut claims: JoinSet<_> =
            claims.map(|(writer, claim)| async move { writer.claim(claim).await.unwrap() }).collect();
        while let Some(admission) = claims.join_next().await {
            assert!(matches!(admission.unwrap(), Admission::Granted(_)));
        }
    }

    #[tokio::test]
    async fn calls_without_limits_share_lines() {
        let dir = tempfile::tempdir().unwrap();
        let (store, writer) = started(dir.path());
        // While the ledger is locked, requests queue up.
        let lock = rusqlite::Connection::open(store.path()).unwrap();
        lock.execute_batch("BEGIN IMMEDIATE").unwrap();
        let unlocked = async {
            tokio::task::yield_now().await;
            lock.execute_batch("COMMIT").unwrap();
        };
        tokio::join!(claim(&writer, (1..=64).chain([70]), call(false)), unlocked);
        let lines = lines(&store);
        let rows: Vec<u64> = lines
            .iter()
            .flat_map(|line| super::row_list::ranges(line.2.as_deref().unwrap()).unwrap())
            .flatten()
            .collect();
        let all: Vec<u64> = (1..=64).chain([70]).collect();
        assert_eq!(rows, all, "{lines:?}");
        assert!(lines.len() <= 2 && lines.iter().map(|line| line.1).sum::<u64>() == 65, "{lines:?}");
    }

    #[tokio::test]
    async fn each_call_of_a_line_fills_windows() {
        let dir = tempfile::tempdir().unwrap();
        let (store, writer) = started(dir.path());
        claim(&writer, 1..=3, call(false)).await;
        store.connection.execute("UPDATE attempts SET calls = calls + 4 WHERE attempt = 1", []).unwrap();
        let limited = Writer::start(Store::open(dir.path()).unwrap(), "scope".to_owned(), "other".to_owned());
        match limited.start_call(call(true)).await.unwrap() {
            Admission::Stale(calls) => assert_eq!(calls.answered_at.len(), 7),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn only_the_oldest_lines_are_deleted() {
        let dir = tempfile::tempdir().unwrap();
        let (store, writer) = started(dir.path());
        for row in 1..=4 {
            claim(&writer, [row], call(true)).await;
        }
        let day = SignedDuration::from_hours(26);
        let age = |attempts: &str| {
            store.connection.execute(&format!("UPDATE attempts SET answer_due = 0 WHERE attempt IN ({attempts})"), [])
        };
        let numbers = || lines(&store).into_iter().map(|line| line.0).collect::<Vec<_>>();
        age("1, 3").unwrap();
        delete_old(&store.connection, crate::clock::now()).unwrap();
        assert_eq!(numbers(), [2, 3, 4]);
        // The last one keeps its number taken.
        delete_old(&store.connection, crate::clock::now() + day).unwrap();
        assert_eq!(numbers(), [4]);
    }
}
