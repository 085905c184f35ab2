//! Rows that were sent, with what is needed to compare them with the server's records.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Row, params};

use super::millis::{from_millis, offset_to_millis, to_millis};
use super::{Call, LedgerError, OutcomeKind, RowState, Run, RunBot, RunId, Store, TimeRange};

/// A row for which at least one POST was made, or was about to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SentRow {
    pub run: RunId,
    /// The row's number in the run's input.
    pub row: u64,
    pub state: RowState,
    /// The HTTP status of the last answer, if there was one.
    pub status: Option<u16>,
    /// The server's id of the record.
    pub server_id: Option<String>,
    /// Hash of the fields that the server can read back.
    pub fingerprint: [u8; 16],
    /// How many POSTs were made for the row, including those that the server did not accept.
    pub attempts: u64,
    /// When the last POST was about to be sent, by the server's clock.
    pub claimed_at: Timestamp,
    /// When this side stopped waiting for the answer to the last POST, by the server's clock.
    pub ended_at: Timestamp,
    /// How long this side would have waited for it.
    pub timeout: Duration,
}

impl SentRow {
    pub(crate) fn is_saved(&self) -> bool {
        self.state == RowState::Settled(OutcomeKind::Saved)
    }

    /// Whether the outcome is unknown, or not known yet.
    pub(crate) fn is_in_doubt(&self) -> bool {
        matches!(self.state, RowState::Claimed | RowState::Settled(OutcomeKind::InDoubt))
    }

    /// Whether the row counts as saved because a verification found a record for it, not because an answer said so. The
    /// record may have been created by an equal row.
    pub(crate) fn is_inferred(&self) -> bool {
        self.is_saved() && self.status.is_none()
    }

    /// How long ago the call ended.
    pub(crate) fn age(&self, now: Timestamp) -> Duration {
        Duration::try_from(now.duration_since(self.ended_at)).unwrap_or_default()
    }
}

/// A claim whose process died ended when its answer was due, no matter when that was detected.
const ENDED_AT: &str = "min(rows.changed_at, coalesce(rows.answer_due, rows.changed_at))";

/// How many milliseconds the server's clock was ahead of this machine's during a row's run; `?5` if it was not said.
const OFFSET: &str = "coalesce(clock_offset, ?5)";

/// A server's time of a record that differs more than this from that of its run is a mistake.
const CREDIBLE: SignedDuration = SignedDuration::from_hours(48);

impl Store {
    /// The time, by the server's clock, in which the run made calls to one of its bots: from the run's start to the end of
    /// the last call, and the times of all saved records. `None` before the first. `offset` is how far the server's clock is
    /// ahead, if the run did not learn it.
    pub(crate) fn sending_range(
        &self,
        run: &Run,
        bot: &RunBot,
        offset: SignedDuration,
    ) -> Result<Option<TimeRange>, LedgerError> {
        let sql = format!(
            "SELECT max({ENDED_AT}), min(server_time), max(server_time) FROM rows WHERE run = ?1 AND bot = ?2 AND claimed_at IS NOT NULL"
        );
        let times = |row: &Row<'_>| <(Option<i64>, Option<i64>, Option<i64>)>::try_from(row);
        let (last, first_saved, last_saved) = self.connection.query_row(&sql, params![run.id.0, bot.number], times)?;
        let Some(last) = last else { return Ok(None) };
        // It begins with the run, not with the first known claim: of a row sent again, only the last claim is known.
        let range = TimeRange { from: run.started_at, to: from_millis(last).max(run.started_at) };
        let range = range.shifted(run.clock_offset.unwrap_or(offset));
        let credible = range.widened(CREDIBLE);
        let saved = [first_saved, last_saved].into_iter().flatten().map(from_millis);
        Ok(Some(saved.filter(|time| credible.contains(*time)).fold(range, TimeRange::including)))
    }

    /// The rows of all runs that were sent to this host and bot in this time, by the server's clock. `offset` is how far it
    /// is ahead, for runs that did not learn it.
    pub(crate) fn sent_rows(
        &self,
        (host, bot_id): (&str, &str),
        range: TimeRange,
        offset: SignedDuration,
    ) -> Result<Vec<SentRow>, LedgerError> {
        let mut statement = self.connection.prepare(&sent_rows_sql())?;
        let (from, to) = (to_millis(range.from), to_millis(range.to));
        let rows = statement.query_map(params![host, bot_id, from, to, offset_to_millis(offset)], read)?;
        let mut rows: Vec<SentRow> = rows.collect::<Result<_, _>>()?;
        rows.sort_unstable_by_key(|row| (row.run, row.row));
        Ok(rows)
    }
}

/// Without the +, SQLite would first index all records of all runs by their bots.
fn sent_rows_sql() -> String {
    format!(
        "SELECT rows.run, row, state, status, server_id, fingerprint, attempts, rows.claimed_at + {OFFSET},
                {ENDED_AT} + {OFFSET}, coalesce(answer_due, rows.claimed_at) + {OFFSET}
         FROM runs JOIN bots USING (run) CROSS JOIN rows ON rows.run = runs.run AND +rows.bot = bots.bot
         WHERE host = ?1 AND bot_id = ?2 AND started_at + {OFFSET} <= ?4 AND rows.claimed_at + {OFFSET} <= ?4
           AND rows.changed_at + {OFFSET} >= ?3 AND fingerprint IS NOT NULL"
    )
}

fn read(row: &Row<'_>) -> rusqlite::Result<SentRow> {
    Ok(SentRow {
        run: RunId(row.get(0)?),
        row: row.get(1)?,
        state: row.get(2)?,
        status: row.get(3)?,
        server_id: row.get(4)?,
        fingerprint: row.get(5)?,
        attempts: row.get(6)?,
        claimed_at: from_millis(row.get(7)?),
        ended_at: from_millis(row.get(8)?),
        timeout: Call::timeout_of(from_millis(row.get(7)?), from_millis(row.get(9)?)),
    })
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use crate::ledger::model::new_run;
    use crate::ledger::{
        Admission, Call, Claim, Claimed, NewRun, Outcome, OutcomeKind, RecordHash, ResendPolicy, RunId, Store,
        TimeRange, Writer,
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap() + SignedDuration::from_secs(seconds)
    }

    fn range(from: i64, to: i64) -> TimeRange {
        TimeRange { from: at(from), to: at(to) }
    }

    /// A claim at this time, its answer due 30 seconds later.
    async fn claim(writer: &Writer, run: RunId, row: u64, seconds: i64) -> Claimed {
        let call = Call { now: at(seconds), answer_due: at(seconds + 30), windows_since: None, foreign_version: 0 };
        let resend = ResendPolicy { in_doubt: true, rejected: false };
        let claim = Claim {
            run,
            row,
            record: RecordHash { fingerprint: [7; 16], message: 0, key: None },
            spare: None,
            resend,
            call,
        };
        match writer.claim(claim).await.unwrap() {
            Admission::Granted(claimed) => claimed,
            other => panic!("{other:?}"),
        }
    }

    fn writer(dir: &std::path::Path, session: &str) -> Writer {
        Writer::start(Store::open(dir).unwrap(), "scope".to_owned(), session.to_owned())
    }

    #[test]
    fn other_runs_are_not_read_for_sent_rows() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let mut plan = store.connection.prepare(&format!("EXPLAIN QUERY PLAN {}", super::sent_rows_sql())).unwrap();
        let plan = plan.query_map([0; 5], |row| row.get::<_, String>(3)).unwrap();
        let of_records: Vec<_> = plan.map(Result::unwrap).filter(|step| step.contains("records")).collect();
        assert_eq!(of_records, ["SEARCH records USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"]);
    }

    #[tokio::test]
    async fn sent_rows_are_found_by_time() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let run = store.begin(&new_run(), at(0)).unwrap();
        let elsewhere = NewRun { bots: vec![("st-2".to_owned(), 10)], ..new_run() };
        let other = store.begin(&elsewhere, at(0)).unwrap();
        let entry = store.run(run).unwrap();
        let bot = entry.bots[0].clone();
        assert_eq!(store.sending_range(&entry, &bot, SignedDuration::ZERO).unwrap(), None);

        let writer = writer(dir.path(), "one");
        let answered = claim(&writer, run, 1, 10).await;
        let doubt = Outcome { status: Some(500), ..Outcome::with_detail(OutcomeKind::InDoubt, "oops") };
        writer.settle(answered, doubt, at(12)).await.unwrap();
        let _left_behind = claim(&writer, run, 2, 20).await;
        let _left_behind = claim(&writer, other, 1, 20).await;
        writer
            .record_outcomes(run, vec![(3, Outcome::with_detail(OutcomeKind::Invalid, "no score"))], at(20))
            .await
            .unwrap();
        // Detected an hour after the process died; the claim ended when its answer was due.
        store.mark_claims_in_doubt(run, "died", at(3600)).unwrap();

        let target = ("https://bots.kore.ai", "st-1");
        let sent = |from, to| store.sent_rows(target, range(from, to), SignedDuration::ZERO).unwrap();
        let times: Vec<_> = sent(0, 100).iter().map(|row| (row.row, row.claimed_at, row.ended_at)).collect();
        assert_eq!(times, [(1, at(10), at(12)), (2, at(20), at(50))]);
        assert_eq!(sent(0, 100)[0].status, Some(500));
        assert_eq!(store.sending_range(&entry, &bot, SignedDuration::ZERO).unwrap(), Some(range(0, 50)));
        assert_eq!(sent(13, 15), []);
        assert_eq!(sent(11, 15).len(), 1);

        // After a resend the last call counts, and the span still begins with the run.
        let _left_behind = claim(&writer, run, 1, 5000).await;
        assert_eq!((sent(4999, 5001)[0].row, sent(4999, 5001)[0].attempts), (1, 2));
        assert_eq!(store.sending_range(&entry, &bot, SignedDuration::ZERO).unwrap(), Some(range(0, 5000)));
    }

    #[tokio::test]
    async fn other_processes_see_a_call_until_its_answer() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (writer(dir.path(), "one"), writer(dir.path(), "two"));
        let now = crate::clock::now();
        let call = |foreign_version| Call {
            now,
            answer_due: now + SignedDuration::from_secs(30),
            windows_since: Some(now - SignedDuration::from_secs(60)),
            foreign_version,
        };
        let admission = one.start_call(call(0)).await.unwrap();
        let Admission::Granted(open) = admission else { panic!("{admission:?}") };
        let ends = |admission| match admission {
            Admission::Stale(calls) => calls.answered_at,
            other => panic!("the other call was not seen: {other:?}"),
        };
        let to_millis = |moment: Timestamp| Timestamp::from_millisecond(moment.as_millisecond()).unwrap();
        let due = to_millis(now + SignedDuration::from_secs(30));
        assert_eq!(ends(two.start_call(call(0)).await.unwrap()), [due]);
        one.end_call(open, now).await.unwrap();
        assert_eq!(ends(two.start_call(call(1)).await.unwrap()), [to_millis(now)]);
        assert!(matches!(two.start_call(call(2)).await.unwrap(), Admission::Granted(_)));
    }

    #[test]
    fn a_reopened_run_is_unfinished() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let run = store.begin(&new_run(), at(0)).unwrap();
        store.finish(run, at(1)).unwrap();
        store.reopen(run).unwrap();
        assert_eq!(store.run(run).unwrap().finished_at, None);
    }
}
