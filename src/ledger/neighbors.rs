//! Other processes that call the same bot: their calls, so that all of them together stay within its rate limits, and
//! their wishes, so that they share these fairly.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, params};

use super::millis::{from_millis, to_millis};
use super::request::{Admission, Call, ForeignCalls, Look, Turn};
use super::turns::{Place, Wish, is_first};
use super::{LedgerError, RunId, attempts};

/// A wish is refreshed this often, in milliseconds.
const REFRESH: i64 = 500;
/// A wish is not written again for a smaller difference, in milliseconds.
const SAME_MOMENT: i64 = 2;

/// What the writer knows of other processes, by scope.
#[derive(Debug)]
pub(super) struct Neighbors {
    session: String,
    scopes: HashMap<Arc<str>, Neighborhood>,
}

/// The processes that call one bot.
#[derive(Debug, Default)]
struct Neighborhood {
    /// SQLite's `data_version` when calls and wishes were read.
    data_version: Option<i64>,
    calls: ForeignCalls,
    wishes: Vec<Wish>,
    /// Our own place; `None` before the first call or wish.
    place: Option<Place>,
    /// When our recorded wish can use a slot, and when it was written.
    wish: Option<(i64, i64)>,
}

impl Neighbors {
    /// `session` tells this process's calls from those of others.
    pub(super) fn new(session: String) -> Self {
        Self { session, scopes: HashMap::new() }
    }

    /// Why this call cannot start now: its permit does not take all calls of other processes into account, or another
    /// process goes first. `None` if it can.
    ///
    /// This runs under the write lock, so that a claim is granted only in view of every claim before it. What is read
    /// here was committed by others: it stays true if the transaction that reads it fails.
    pub(super) fn objection<T>(
        &mut self,
        call: &Call,
        transaction: &Transaction<'_>,
        scope: &Arc<str>,
    ) -> Result<Option<Admission<T>>, LedgerError> {
        let Some(since) = call.windows_since else { return Ok(None) };
        let known = self.scopes.entry(Arc::clone(scope)).or_default();
        known.read(transaction, scope, &self.session, since)?;
        if call.foreign_version != known.calls.version {
            return Ok(Some(Admission::Stale(known.calls.clone())));
        }
        Ok((!known.is_first(transaction, &self.session, call.now)?).then_some(Admission::OthersTurn))
    }

    /// Takes into account that this process has made a call: others that wait go first now.
    pub(super) fn called(
        &mut self,
        attempt: i64,
        transaction: &Transaction<'_>,
        scope: &str,
    ) -> Result<(), LedgerError> {
        let Some(known) = self.scopes.get_mut(scope) else { return Ok(()) };
        known.place = Some(Place { last_attempt: attempt, session: self.session.clone() });
        if known.wish.take().is_some() {
            transaction
                .prepare_cached("DELETE FROM waiting WHERE scope = ?1 AND session = ?2")?
                .execute(params![scope, self.session])?;
        }
        Ok(())
    }

    /// Records that this process waits, and returns what the others do.
    pub(super) fn look(
        &mut self,
        look: &Look,
        transaction: &Transaction<'_>,
        scope: &Arc<str>,
    ) -> Result<Turn, LedgerError> {
        let known = self.scopes.entry(Arc::clone(scope)).or_default();
        known.read(transaction, scope, &self.session, look.windows_since)?;
        if let Some(ready_at) = look.ready_at {
            known.record_wish(transaction, scope, &self.session, (to_millis(ready_at), to_millis(look.now)))?;
        }
        let is_ours = known.is_first(transaction, &self.session, look.now)?;
        Ok(Turn { is_ours, calls: known.calls.clone() })
    }
}

impl Neighborhood {
    /// Reads calls and wishes again if any other connection has written since.
    fn read(
        &mut self,
        transaction: &Transaction<'_>,
        scope: &str,
        session: &str,
        since: Timestamp,
    ) -> Result<(), LedgerError> {
        let current: i64 = transaction.pragma_query_value(None, "data_version", |row| row.get(0))?;
        if self.data_version == Some(current) {
            return Ok(());
        }
        let (answered_at, latest_run) = calls_since(transaction, scope, session, since)?;
        let is_news = answered_at.iter().any(|answer| self.calls.answered_at.binary_search(answer).is_err());
        self.calls = ForeignCalls { version: self.calls.version + u64::from(is_news), answered_at, latest_run };
        self.wishes = wishes(transaction, scope, session)?;
        self.data_version = Some(current);
        Ok(())
    }

    fn is_first(&mut self, connection: &Connection, session: &str, now: Timestamp) -> Result<bool, LedgerError> {
        Ok(self.wishes.is_empty() || is_first(&self.place(connection, session)?, &self.wishes, to_millis(now)))
    }

    fn place(&mut self, connection: &Connection, session: &str) -> Result<Place, LedgerError> {
        if let Some(place) = &self.place {
            return Ok(place.clone());
        }
        let last_attempt = attempts::last(connection)?;
        Ok(self.place.insert(Place { last_attempt, session: session.to_owned() }).clone())
    }

    fn record_wish(
        &mut self,
        transaction: &Transaction<'_>,
        scope: &str,
        session: &str,
        (ready_at, now): (i64, i64),
    ) -> Result<(), LedgerError> {
        if self
            .wish
            .is_some_and(|(ready, written)| (ready - ready_at).abs() <= SAME_MOMENT && (now - written).abs() < REFRESH)
        {
            return Ok(());
        }
        let last_attempt = self.place(transaction, session)?.last_attempt;
        transaction
            .prepare_cached(
                "INSERT INTO waiting (scope, session, last_attempt, ready_at, refreshed_at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET last_attempt = ?3, ready_at = ?4, refreshed_at = ?5",
            )?
            .execute(params![scope, session, last_attempt, ready_at, now])?;
        self.wish = Some((ready_at, now));
        Ok(())
    }
}

/// The answer times of the calls in this scope that other sessions made and that count after the given time, and the run
/// of the latest.
fn calls_since(
    connection: &Connection,
    scope: &str,
    session: &str,
    since: Timestamp,
) -> Result<(Vec<Timestamp>, Option<RunId>), LedgerError> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(answered_at, answer_due), run, calls FROM attempts
         WHERE scope = ?1 AND answer_due > ?2 AND session <> ?3 AND coalesce(answered_at, answer_due) > ?2
         ORDER BY 1",
    )?;
    let (mut answers, mut latest_run) = (Vec::new(), None);
    let mut calls = statement.query(params![scope, to_millis(since), session])?;
    while let Some(call) = calls.next()? {
        answers.extend(std::iter::repeat_n(from_millis(call.get(0)?), call.get(2)?));
        latest_run = call.get::<_, Option<i64>>(1)?.map(RunId);
    }
    Ok((answers, latest_run))
}

fn wishes(connection: &Connection, scope: &str, session: &str) -> Result<Vec<Wish>, LedgerError> {
    let mut statement = connection.prepare_cached(
        "SELECT last_attempt, session, ready_at, refreshed_at FROM waiting WHERE scope = ?1 AND session <> ?2",
    )?;
    let wishes = statement.query_map([scope, session], |row| {
        let place = Place { last_attempt: row.get(0)?, session: row.get(1)? };
        Ok(Wish { place, ready_at: row.get(2)?, refreshed_at: row.get(3)? })
    })?;
    Ok(wishes.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use crate::ledger::{Admission, Call, Look, Store, Turn, Writer};

    /// In the future: a new writer deletes old calls.
    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(4_000_000_000 + second).unwrap()
    }

    fn writer(dir: &std::path::Path, session: &str) -> Writer {
        Writer::start(Store::open(dir).unwrap(), "scope".to_owned(), session.to_owned())
    }

    /// Calls in view of everything that others have done.
    async fn call(writer: &Writer, now: Timestamp) -> Admission<()> {
        let mut foreign_version = 0;
        loop {
            let windows_since = Some(now - SignedDuration::from_secs(60));
            match writer.start_call(Call { now, answer_due: now, windows_since, foreign_version }).await.unwrap() {
                Admission::Granted(call) => {
                    writer.end_call(call, now).await.unwrap();
                    return Admission::Granted(());
                }
                Admission::Stale(calls) => foreign_version = calls.version,
                Admission::SentBefore(run) => panic!("a read was sent by {run}"),
                Admission::OthersTurn => return Admission::OthersTurn,
            }
        }
    }

    async fn look(writer: &Writer, now: Timestamp) -> Turn {
        let windows_since = now - SignedDuration::from_secs(60);
        writer.look(Look { now, windows_since, ready_at: Some(now) }).await.unwrap()
    }

    #[tokio::test]
    async fn a_waiting_process_gets_its_turn() {
        let dir = tempfile::tempdir().unwrap();
        let (run, submit) = (writer(dir.path(), "a"), writer(dir.path(), "b"));
        assert!(matches!(call(&run, at(0)).await, Admission::Granted(())));
        look(&submit, at(1)).await;
        assert!(matches!(call(&run, at(1)).await, Admission::Granted(())));
        assert!(matches!(call(&run, at(1)).await, Admission::OthersTurn));
        assert!(!look(&run, at(1)).await.is_ours && look(&submit, at(1)).await.is_ours);
        assert!(matches!(call(&submit, at(1)).await, Admission::Granted(())));
        // Its wish is fulfilled.
        assert!(look(&run, at(1)).await.is_ours);
        for _ in 0..3 {
            assert!(matches!(call(&run, at(1)).await, Admission::Granted(())));
        }
    }

    #[tokio::test]
    async fn processes_that_wait_take_turns() {
        let dir = tempfile::tempdir().unwrap();
        let writers = [writer(dir.path(), "a"), writer(dir.path(), "b"), writer(dir.path(), "c")];
        let mut order = Vec::new();
        for second in 0..12 {
            for writer in &writers {
                look(writer, at(second)).await;
            }
            for (number, writer) in writers.iter().enumerate() {
                if matches!(call(writer, at(second)).await, Admission::Granted(())) {
                    order.push(number);
                    break;
                }
            }
        }
        assert_eq!(order, [0, 1, 2].repeat(4));
    }

    #[tokio::test]
    async fn a_wish_that_is_not_refreshed_expires() {
        let dir = tempfile::tempdir().unwrap();
        let (run, dead) = (writer(dir.path(), "b"), writer(dir.path(), "a"));
        look(&dead, at(0)).await;
        assert!(matches!(call(&run, at(1)).await, Admission::OthersTurn));
        assert!(matches!(call(&run, at(2)).await, Admission::Granted(())));
        look(&dead, at(3)).await;
        assert!(matches!(call(&run, at(4)).await, Admission::OthersTurn));
    }
}
