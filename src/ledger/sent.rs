//! Rows of which a POST was made, as whoever compares them with the server's records needs them.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::runs::BOT;
use super::state::RowState;
use super::store::{millis, timestamp};
use super::{LedgerError, Run, RunBot, RunId};

/// A row of which at least one POST was made, or was about to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRow {
    /// Its run.
    pub run: RunId,
    /// Its number in the run's input.
    pub row: u64,
    /// Where it stands.
    pub state: RowState,
    /// The HTTP status of the last answer, if there was one.
    pub status: Option<u16>,
    /// The server's id of the record.
    pub server_id: Option<String>,
    /// What the server can read back of it, hashed.
    pub fingerprint: [u8; 16],
    /// How many POSTs were made of it, those counted that the server surely did not take.
    pub attempts: u64,
    /// When the last of them was about to leave.
    pub claimed_at: Timestamp,
    /// When nobody here waited for its answer any more.
    pub over_at: Timestamp,
}

/// A claim that its process left behind has been over since its answer was due, whenever that was noticed.
const OVER_AT: &str = "min(rows.changed_at, coalesce(rows.answer_due, rows.changed_at))";

pub(super) fn span(
    connection: &Connection,
    run: &Run,
    bot: &RunBot,
) -> Result<Option<(Timestamp, Timestamp)>, LedgerError> {
    let sql = format!("SELECT max({OVER_AT}) FROM rows WHERE run = ?1 AND {BOT} = ?2");
    let last: Option<i64> = connection.query_row(&sql, params![run.id.0, bot.number], |row| row.get(0))?;
    // From the run's start, not from the first claim that is still known: a row that was sent again has only its last.
    Ok(last.map(|last| (run.started_at, timestamp(last).max(run.started_at))))
}

pub(super) fn between(
    connection: &Connection,
    (host, bot_id): (&str, &str),
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<SentRow>, LedgerError> {
    let sql = format!(
        "SELECT rows.run, row, state, status, server_id, fingerprint, attempts, rows.claimed_at, {OVER_AT}
         FROM runs JOIN rows USING (run) JOIN bots ON bots.run = rows.run AND bots.bot = {BOT}
         WHERE host = ?1 AND bot_id = ?2 AND started_at <= ?4
           AND rows.claimed_at <= ?4 AND rows.changed_at >= ?3 AND fingerprint IS NOT NULL
         ORDER BY rows.run, row"
    );
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map(params![host, bot_id, millis(from), millis(to)], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<SentRow> {
    let state: String = row.get(2)?;
    let count = |index| row.get::<_, i64>(index).map(|number| u64::try_from(number).unwrap_or_default());
    Ok(SentRow {
        run: RunId(row.get(0)?),
        row: count(1)?,
        // The schema's CHECK lets no other word in.
        state: RowState::from_word(&state).unwrap_or(RowState::Claimed),
        status: row.get(3)?,
        server_id: row.get(4)?,
        fingerprint: row.get(5)?,
        attempts: count(6)?,
        claimed_at: timestamp(row.get(7)?),
        over_at: timestamp(row.get(8)?),
    })
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use crate::ledger::model::new_run;
    use crate::ledger::{
        Call, CallAnswer, Claim, ClaimAnswer, Claimed, Leave, NewRun, Outcome, OutcomeKind, RunId, Store, Writer,
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap() + SignedDuration::from_secs(seconds)
    }

    /// A claim at this moment, its answer due 30 seconds later.
    async fn claim(writer: &Writer, run: RunId, row: u64, seconds: i64) -> Claimed {
        let claim = Claim {
            run,
            row,
            fingerprint: [7; 16],
            leave: Leave::ResendInDoubt,
            now: at(seconds),
            answer_due: at(seconds + 30),
            windows_since: None,
            others_seen: 0,
        };
        match writer.claim(claim).await.unwrap() {
            ClaimAnswer::Granted(claimed) => claimed,
            other => panic!("{other:?}"),
        }
    }

    fn writer(dir: &std::path::Path, session: &str) -> Writer {
        Writer::start(Store::open(dir).unwrap(), "scope".to_owned(), session.to_owned())
    }

    #[tokio::test]
    async fn rows_are_known_by_when_they_were_sent_and_let_go() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let run = store.begin(&new_run(), at(0)).unwrap();
        let elsewhere = NewRun { bots: vec![("st-2".to_owned(), 10)], ..new_run() };
        let other = store.begin(&elsewhere, at(0)).unwrap();
        let entry = store.run(run).unwrap();
        let bot = entry.bots[0].clone();
        assert_eq!(store.sending_span(&entry, &bot).unwrap(), None);

        let writer = writer(dir.path(), "one");
        let answered = claim(&writer, run, 1, 10).await;
        let doubt = Outcome { status: Some(500), ..Outcome::because(OutcomeKind::InDoubt, "oops") };
        writer.settle(answered, doubt, at(12)).await.unwrap();
        let _left_behind = claim(&writer, run, 2, 20).await;
        let _left_behind = claim(&writer, other, 1, 20).await;
        writer.record(run, vec![(3, Outcome::because(OutcomeKind::Invalid, "no score"))], at(20)).await.unwrap();
        // Noticed an hour after the process died: it was over when its answer was due.
        store.claims_into_doubt(run, "died", at(3600)).unwrap();

        let target = ("https://bots.kore.ai", "st-1");
        let sent = |from, to| store.sent_rows(target, (at(from), at(to))).unwrap();
        let times: Vec<_> = sent(0, 100).iter().map(|row| (row.row, row.claimed_at, row.over_at)).collect();
        assert_eq!(times, [(1, at(10), at(12)), (2, at(20), at(50))]);
        assert_eq!(sent(0, 100)[0].status, Some(500));
        assert_eq!(store.sending_span(&entry, &bot).unwrap(), Some((at(0), at(50))));
        assert_eq!(sent(13, 15), []);
        assert_eq!(sent(11, 15).len(), 1);

        // Sent again: its last call counts, and the run still begins where it did.
        let _left_behind = claim(&writer, run, 1, 5000).await;
        assert_eq!((sent(4999, 5001)[0].row, sent(4999, 5001)[0].attempts), (1, 2));
        assert_eq!(store.sending_span(&entry, &bot).unwrap(), Some((at(0), at(5000))));
    }

    #[tokio::test]
    async fn a_noted_call_is_seen_by_other_processes_until_its_answer() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (writer(dir.path(), "one"), writer(dir.path(), "two"));
        let now = crate::clock::now();
        let call = |others_seen| Call {
            now,
            answer_due: now + SignedDuration::from_secs(30),
            windows_since: Some(now - SignedDuration::from_secs(60)),
            others_seen,
        };
        let noted = one.note_call(call(0)).await.unwrap();
        let CallAnswer::Noted(noted) = noted else { panic!("{noted:?}") };
        let ends = |answer| match answer {
            CallAnswer::Others(others) => others.calls.iter().map(|call| call.answered_at).collect::<Vec<_>>(),
            CallAnswer::Noted(_) => panic!("the other call was not seen"),
        };
        let to_millis = |moment: Timestamp| Timestamp::from_millisecond(moment.as_millisecond()).unwrap();
        let due = to_millis(now + SignedDuration::from_secs(30));
        assert_eq!(ends(two.note_call(call(0)).await.unwrap()), [due]);
        one.note_answer(noted, now).await.unwrap();
        assert_eq!(ends(two.note_call(call(1)).await.unwrap()), [to_millis(now)]);
        assert!(matches!(two.note_call(call(2)).await.unwrap(), CallAnswer::Noted(_)));
    }

    #[test]
    fn a_run_with_something_left_to_send_again_is_open() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let run = store.begin(&new_run(), at(0)).unwrap();
        store.finish(run, at(1)).unwrap();
        store.reopen(run).unwrap();
        assert_eq!(store.run(run).unwrap().finished_at, None);
    }
}
