//! What other processes did on the same bot, so that all of them together stay within its rolling limits.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::LedgerError;
use super::store::{millis, timestamp};

/// A call of another process that some window may still hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherCall {
    /// When it was answered; while that is open, or will stay so because the process died, the latest moment at which
    /// the server can have counted it.
    pub answered_at: Timestamp,
}

/// All such calls, as of one look.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Others {
    /// Counts the looks that found something new; 0 before any.
    pub version: u64,
    /// The calls, by when they were answered.
    pub calls: Vec<OtherCall>,
}

/// The calls on this bot that were not made by this session and not answered before the given moment.
pub(super) fn since(
    connection: &Connection,
    scope: &str,
    session: &str,
    since: Timestamp,
) -> Result<Vec<OtherCall>, LedgerError> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(answered_at, answer_due) FROM attempts
         WHERE scope = ?1 AND answer_due > ?2 AND session <> ?3 AND coalesce(answered_at, answer_due) > ?2
         ORDER BY 1",
    )?;
    let calls = statement.query_map(params![scope, millis(since), session], |row| {
        Ok(OtherCall { answered_at: timestamp(row.get(0)?) })
    })?;
    Ok(calls.collect::<Result<_, _>>()?)
}
