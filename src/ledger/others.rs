//! What other processes did on the same bot, so that all of them together stay within its rolling limits.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, params};

use super::LedgerError;
use super::store::{millis, timestamp};
use super::writer::Bot;

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
fn calls_since(
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

/// What is known of the other processes, and SQLite's mark of the state it was read from.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    mark: Option<i64>,
    others: Others,
}

/// What is known of the other processes by scope, and beside it what one transaction finds out.
pub(super) struct View<'a> {
    known: &'a HashMap<Arc<str>, Seen>,
    pub(super) new: HashMap<Arc<str>, Seen>,
}

impl<'a> View<'a> {
    /// Nothing is found out yet.
    pub(super) fn new(known: &'a HashMap<Arc<str>, Seen>) -> Self {
        Self { known, new: HashMap::new() }
    }

    fn of(&mut self, scope: &Arc<str>) -> &mut Seen {
        let known = || self.known.get(scope).cloned().unwrap_or_default();
        self.new.entry(Arc::clone(scope)).or_insert_with(known)
    }
}

/// The others' calls, if they are not those in view of which the permit was given. Under the write lock: whoever is
/// granted a claim has seen every claim before.
pub(super) fn news(
    transaction: &Transaction<'_>,
    (windows_since, others_seen): (Option<Timestamp>, u64),
    bot: &Bot,
    session: &str,
    view: &mut View<'_>,
) -> Result<Option<Others>, LedgerError> {
    let Some(since) = windows_since else { return Ok(None) };
    let seen = view.of(&bot.scope);
    let mark: i64 = transaction.pragma_query_value(None, "data_version", |row| row.get(0))?;
    if seen.mark != Some(mark) {
        let calls = calls_since(transaction, &bot.scope, session, since)?;
        let new = calls.iter().any(|call| !seen.others.calls.contains(call));
        let version = seen.others.version + u64::from(new);
        *seen = Seen { mark: Some(mark), others: Others { version, calls } };
    }
    Ok((others_seen != seen.others.version).then(|| seen.others.clone()))
}
