//! Calls that other processes make to the same bot, so that all of them together stay within its rate limits.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Transaction, params};

use super::LedgerError;
use super::millis::{from_millis, to_millis};
use super::request::{Call, Target};

/// Calls of other processes that may still count in some window.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ForeignCalls {
    /// Goes up whenever new calls are detected; 0 before any.
    pub version: u64,
    /// When each call was answered, in order. For a call that is still open, or will never be answered because its
    /// process died, the latest time at which the server can have counted it.
    pub answered_at: Vec<Timestamp>,
}

impl ForeignCalls {
    /// The times of the answers relative to `now`; those still to come are positive.
    pub(crate) fn relative_to(&self, now: Timestamp) -> Vec<SignedDuration> {
        self.answered_at.iter().map(|answered_at| answered_at.duration_since(now)).collect()
    }
}

/// What the writer knows of other processes' calls, by scope.
#[derive(Debug, Default)]
pub(super) struct ForeignCallLog(HashMap<Arc<str>, Snapshot>);

/// The calls, and SQLite's `data_version` when they were read.
#[derive(Debug, Default)]
struct Snapshot {
    data_version: Option<i64>,
    calls: ForeignCalls,
}

impl ForeignCallLog {
    /// The calls of other processes, if the permit for this call does not take all of them into account.
    ///
    /// This runs under the write lock, so that a claim is granted only in view of every claim before it. What is read
    /// here was committed by others: it stays true if the transaction that reads it fails.
    pub(super) fn changes_since(
        &mut self,
        call: &Call,
        transaction: &Transaction<'_>,
        target: &Target,
        session: &str,
    ) -> Result<Option<ForeignCalls>, LedgerError> {
        let Some(since) = call.windows_since else { return Ok(None) };
        let Snapshot { data_version, calls } = self.0.entry(Arc::clone(&target.scope)).or_default();
        let current: i64 = transaction.pragma_query_value(None, "data_version", |row| row.get(0))?;
        if *data_version != Some(current) {
            let answered_at = calls_since(transaction, &target.scope, session, since)?;
            calls.version += u64::from(answered_at.iter().any(|answer| !calls.answered_at.contains(answer)));
            calls.answered_at = answered_at;
            *data_version = Some(current);
        }
        Ok((call.foreign_version != calls.version).then(|| calls.clone()))
    }
}

/// The answer times of the calls in this scope that other sessions made and that count after the given time.
fn calls_since(
    connection: &Connection,
    scope: &str,
    session: &str,
    since: Timestamp,
) -> Result<Vec<Timestamp>, LedgerError> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(answered_at, answer_due) FROM attempts
         WHERE scope = ?1 AND answer_due > ?2 AND session <> ?3 AND coalesce(answered_at, answer_due) > ?2
         ORDER BY 1",
    )?;
    let answers = statement.query_map(params![scope, to_millis(since), session], |row| Ok(from_millis(row.get(0)?)))?;
    Ok(answers.collect::<Result<_, _>>()?)
}
