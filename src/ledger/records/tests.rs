//! Whatever is written is read back, by this program and through the view.

use jiff::Timestamp;
use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
use rusqlite::types::{ToSql, ToSqlOutput, Value};
use rusqlite::{Connection, Row};

use super::{LAST_ROW, record_id};
use crate::ledger::model::new_run;
use crate::ledger::schema::MIGRATIONS;
use crate::ledger::{
    Admission, Call, Claim, Deviations, LedgerError, Outcome, OutcomeKind, RecordHash, ResendPolicy, RowEntry,
    RowState, RunId, Store, Writer,
};

#[test]
fn no_two_runs_share_an_id() {
    let id = |run, row| record_id(RunId(run), row);
    assert_eq!(id(1, LAST_ROW).unwrap() + 1, id(2, 0).unwrap());
    for (run, row) in [(1, LAST_ROW + 1), (1, u64::MAX), (1 << 27, 1), (i64::MAX, 1)] {
        assert!(matches!(id(run, row), Err(LedgerError::TooManyRecords { .. })), "{run}, {row}");
    }
}

/// The queries that read a run's records in order do not sort them, and read only these.
#[test]
fn a_runs_records_are_read_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let plan = |sql: &str| -> Vec<String> {
        let mut plan = store.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        plan.query_map([1], |row| row.get(3)).unwrap().map(Result::unwrap).collect()
    };
    let by_range = "SEARCH records USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)";
    let page =
        "SELECT id, state FROM records WHERE id > ?1 << 36 AND id <= (?1 << 36) + 0xFFFFFFFFF ORDER BY id LIMIT 9";
    assert_eq!(plan(page), [by_range]);
    let view = "SELECT count(*) FROM rows WHERE run = ?1 AND state = 'saved'";
    assert_eq!(plan(view), ["SEARCH runs USING INTEGER PRIMARY KEY (rowid=?)", by_range]);
}

/// What is known of one record.
#[derive(Debug, Clone)]
struct Written {
    fingerprint: [u8; 16],
    message: u32,
    key: Option<i64>,
    bot: u32,
    /// All times are milliseconds.
    claimed_at: i64,
    answer_due: i64,
    changed_at: i64,
    /// `None` for a claim without an outcome.
    outcome: Option<Outcome>,
}

/// Clocks jump back and forth.
fn time() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => 1_800_000_000_000..1_800_000_100_000_i64,
        1 => -5_000_000_000_000..5_000_000_000_000_i64,
        1 => Just(Timestamp::MIN.as_second() * 1000),
        1 => Just(Timestamp::MAX.as_second() * 1000),
    ]
}

fn server_id() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        4 => "[0-9a-f]{24}".prop_map(Some),
        1 => Just(None),
        1 => "[0-9a-f]{0,5}".prop_map(Some),
        1 => "[0-9A-F]{4}".prop_map(Some),
        1 => "\\PC{0,8}".prop_map(Some),
        1 => Just(Some("ab\0cd".to_owned())),
    ]
}

fn outcome() -> impl Strategy<Value = Outcome> {
    const KINDS: &[OutcomeKind] =
        &[OutcomeKind::Saved, OutcomeKind::Rejected, OutcomeKind::Unsent, OutcomeKind::InDoubt];
    let deviations = prop::option::of(prop::sample::select(Deviations::FIELDS)).prop_map(|field| {
        let mut deviations = Deviations::default();
        field.into_iter().for_each(|field| deviations.add_changed(field));
        deviations
    });
    let details = prop::option::of("\\PC{0,8}");
    let parts = (prop::sample::select(KINDS), any::<Option<u16>>(), server_id(), details, prop::option::of(time()));
    (parts, deviations).prop_map(|((kind, status, server_id, detail, server_time), deviations)| Outcome {
        server_time: server_time.map(at),
        deviations,
        status,
        server_id,
        detail,
        ..Outcome::new(kind)
    })
}

fn written() -> impl Strategy<Value = Written> {
    let hash = (any::<[u8; 16]>(), any::<u32>(), any::<Option<i64>>(), 1..3_u32);
    (hash, (time(), time(), time()), prop::option::weighted(0.8, outcome())).prop_map(
        |((fingerprint, message, key, bot), (claimed_at, answer_due, changed_at), outcome)| Written {
            fingerprint,
            message,
            key,
            bot,
            claimed_at,
            answer_due,
            changed_at,
            outcome,
        },
    )
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap()
}

/// Claims all records, then records their outcomes.
async fn write(dir: &std::path::Path, run: RunId, records: &[Written]) {
    let writer = Writer::start(Store::open(dir).unwrap(), "scope".to_owned(), "session".to_owned());
    for group in records.chunks(3) {
        let mut in_flight = Vec::new();
        for written in group {
            let row = records.iter().position(|other| std::ptr::eq(other, written)).unwrap() as u64 + 1;
            let record = RecordHash { fingerprint: written.fingerprint, message: written.message, key: written.key };
            let (now, answer_due) = (at(written.claimed_at), at(written.answer_due));
            let call = Call { now, answer_due, windows_since: None, foreign_version: 0 };
            let claim = Claim { run, row, record, spare: None, resend: ResendPolicy::NEVER, call };
            let claimed = writer.for_bot("scope".to_owned(), written.bot).claim(claim).await.unwrap();
            let Admission::Granted(claimed) = claimed else { panic!("{claimed:?}") };
            in_flight.extend(written.outcome.clone().map(|outcome| (claimed, outcome, at(written.changed_at))));
        }
        for (claimed, outcome, changed_at) in in_flight {
            writer.settle(claimed, outcome, changed_at).await.unwrap();
        }
    }
}

fn entry((row, written): (u64, &Written)) -> RowEntry {
    let outcome = written.outcome.clone();
    RowEntry {
        row,
        state: outcome.as_ref().map_or(RowState::Claimed, |outcome| RowState::Settled(outcome.kind)),
        bot: Some(written.bot),
        status: outcome.as_ref().and_then(|outcome| outcome.status),
        server_id: outcome.as_ref().and_then(|outcome| outcome.server_id.clone()),
        detail: outcome.as_ref().and_then(|outcome| outcome.detail.clone()),
        server_time: outcome.as_ref().and_then(|outcome| outcome.server_time),
        deviations: outcome.map(|outcome| outcome.deviations).unwrap_or_default(),
    }
}

/// A line of the view: what a person reads.
fn line((row, written): (u64, &Written)) -> Vec<Value> {
    let entry = entry((row, written));
    let Ok(ToSqlOutput::Owned(deviations)) = entry.deviations.to_sql() else { panic!("{entry:?}") };
    let changed_at = if entry.state == RowState::Claimed { written.claimed_at } else { written.changed_at };
    vec![
        Value::Integer(1),
        row.cast_signed().into(),
        entry.state.as_str().to_owned().into(),
        entry.status.into(),
        entry.server_id.into(),
        entry.detail.into(),
        written.fingerprint.to_vec().into(),
        Value::Integer(1),
        written.claimed_at.into(),
        written.answer_due.into(),
        changed_at.into(),
        written.bot.into(),
        entry.server_time.map(Timestamp::as_millisecond).into(),
        deviations,
        written.message.into(),
        written.key.into(),
    ]
}

fn lines_of_view(store: &Store) -> Vec<Vec<Value>> {
    let mut view = store.connection.prepare("SELECT * FROM rows").unwrap();
    let values = |row: &Row<'_>| (0..16).map(|column| row.get(column)).collect();
    view.query_map([], values).unwrap().map(Result::unwrap).collect()
}

/// A ledger of the last schema with a table `rows` in whole times and words.
fn old_ledger(dir: &std::path::Path, started_at: i64, records: &[Written]) {
    let old = Connection::open(dir.join("ledger.db")).unwrap();
    MIGRATIONS[..9].iter().for_each(|migration| old.execute_batch(migration).unwrap());
    let run = "INSERT INTO runs (run, kind, sandbox, host, api_version, input, content, mapping, identity, rows, started_at)
               VALUES (1, 'import', 0, 'https://bots.kore.ai', '1.1', '/in.csv', zeroblob(32), '', zeroblob(32), 9, ?1)";
    old.execute(run, [started_at]).unwrap();
    let insert = format!("INSERT INTO rows VALUES ({})", ["?"; 16].join(", "));
    for line in (1..).zip(records).map(line) {
        old.execute(&insert, rusqlite::params_from_iter(line)).unwrap();
    }
    old.pragma_update(None, "user_version", 9).unwrap();
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn records_are_read_as_they_were_written(records in prop::collection::vec(written(), 1..9), started_at in time()) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let run = store.begin(&new_run(), at(started_at)).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(write(dir.path(), run, &records));
        let read: Vec<_> = store.rows(run).map(Result::unwrap).collect();
        prop_assert_eq!(read, (1..).zip(&records).map(entry).collect::<Vec<_>>());
        let mut states = store.state_cursor(run);
        for record in (1..).zip(&records).map(entry) {
            prop_assert_eq!(states.find(record.row).unwrap(), Some((record.row, record.state)));
        }
        prop_assert_eq!(lines_of_view(&store), (1..).zip(&records).map(line).collect::<Vec<_>>());
    }

    #[test]
    fn migrated_records_are_shown_as_before(records in prop::collection::vec(written(), 1..9), started_at in time()) {
        let dir = tempfile::tempdir().unwrap();
        old_ledger(dir.path(), started_at, &records);
        let store = Store::open(dir.path()).unwrap();
        prop_assert_eq!(lines_of_view(&store), (1..).zip(&records).map(line).collect::<Vec<_>>());
    }
}
