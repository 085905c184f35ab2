use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof, proptest};

use super::{Comparison, InputRecord, Known, Need};
use crate::ledger::model::new_run;
use crate::ledger::{
    Admission, Call, Claim, Claimed, Outcome, OutcomeKind, RecordHash, ResendPolicy, RowState, RunId, Store, Writer,
};

/// A row, its record and `spare`.
type Sent = (u64, RecordHash, Option<u64>);

/// Equal numbers are equal records.
fn hash(record: u8, message: u32) -> RecordHash {
    RecordHash { fingerprint: [record; 16], message, key: None }
}

fn begin(store: &Store) -> RunId {
    store.begin(&new_run(), Timestamp::UNIX_EPOCH).unwrap()
}

fn writer(directory: &Path, session: &str) -> Writer {
    Writer::start(Store::open(directory).unwrap(), "scope".to_owned(), session.to_owned())
}

/// A claim's reply; `None` if the record was sent before.
fn claim(writer: &Writer, run: RunId, (row, record, spare): Sent) -> Option<Claimed> {
    // A writer that starts deletes old lines.
    let now = crate::clock::now();
    let call = Call { now, answer_due: now, windows_since: None, foreign_version: 0 };
    let claim = Claim { run, row, record, spare, resend: ResendPolicy::NEVER, call };
    match wait(writer.claim(claim)).unwrap() {
        Admission::Granted(claimed) => Some(claimed),
        Admission::SentBefore(_) => None,
        other => panic!("{other:?}"),
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn numbered(records: &[(u8, u32)]) -> impl Iterator<Item = (u64, RecordHash)> {
    (1..).zip(records.iter().map(|(record, message)| hash(*record, *message)))
}

fn count(records: impl IntoIterator<Item = u8>) -> [u64; 3] {
    records.into_iter().fold([0; 3], |mut counts, record| {
        counts[usize::from(record)] += 1;
        counts
    })
}

fn compared(store: &Store, input: &[(u8, u32)]) -> (Arc<Comparison>, u64) {
    let mut comparison = Comparison::begin().unwrap();
    for (row, record) in numbered(input) {
        comparison.add(&InputRecord { row, bot_id: "st-1", record, need: Need::First, is_resent: false }).unwrap();
    }
    let overlap = comparison.compare(&store.snapshot().unwrap(), &new_run().host, None).unwrap();
    (Arc::new(comparison), overlap.sent)
}

/// Most of the records are equal, so that there are many copies.
fn records(most: usize) -> impl Strategy<Value = Vec<(u8, u32)>> {
    let record = prop_oneof![8 => 0..1_u8, 2 => 1..3_u8];
    prop::collection::vec((record, 0..3_u32), 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Of n equal records, of which s were sent, n - s are sent, whatever their order and their messages, and whether these
    /// were sent before the comparison or after.
    #[test]
    fn as_many_equal_records_are_sent_as_are_missing(
        sent in records(40), place in any::<prop::sample::Index>(), input in records(60)
    ) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let (first, second) = (begin(&store), begin(&store));
        let (one, other) = (writer(dir.path(), "one"), writer(dir.path(), "other"));
        let before = if sent.is_empty() { 0 } else { place.index(sent.len()) };
        let send = |rows: std::ops::Range<usize>| numbered(&sent).skip(rows.start).take(rows.len()).for_each(|(row, record)| {
            claim(&one, first, (row, record, None)).unwrap();
        });

        send(0..before);
        let (comparison, overlap) = compared(&store, &input);
        send(before..sent.len());
        other.start_after(Arc::clone(&comparison));
        let new = numbered(&input).filter(|(row, record)| match comparison.find(*row, "st-1", record).unwrap() {
            Known::New { spare } => claim(&other, second, (*row, *record, Some(spare))).is_some(),
            _ => false,
        });
        let new = count(new.map(|(_, record)| record.fingerprint[0]));

        let all = count(input.iter().map(|(record, _)| *record));
        let missing = |sent: &[(u8, u32)]| {
            let sent = count(sent.iter().map(|(record, _)| *record));
            std::array::from_fn::<u64, 3, _>(|record| all[record].saturating_sub(sent[record]))
        };
        assert_eq!(new, missing(&sent));
        assert_eq!(overlap, all.iter().sum::<u64>() - missing(&sent[..before]).iter().sum::<u64>());
    }
}

/// What happens to one of several processes, by its number.
#[derive(Debug, Clone, Copy)]
enum Event {
    Claims,
    IsAnswered(OutcomeKind),
    Dies,
}

/// An import of records, each with whether it is selected.
struct Import {
    run: RunId,
    input: Vec<(u8, bool)>,
    process: Option<Process>,
}

struct Process {
    writer: Writer,
    left: VecDeque<Sent>,
    in_flight: VecDeque<(Claimed, Sent)>,
}

impl Import {
    fn process(&mut self, store: &Store) -> &mut Process {
        let (run, input) = (self.run, &self.input);
        self.process.get_or_insert_with(|| Process::start(store, run, input))
    }

    fn act(&mut self, event: Event, store: &Store) {
        let run = self.run;
        match event {
            Event::Claims => self.process(store).claim(run),
            Event::IsAnswered(kind) => self.process(store).answer(kind),
            Event::Dies => {
                self.process = None;
                store.mark_claims_in_doubt(self.run, "died", Timestamp::UNIX_EPOCH).unwrap();
            }
        }
    }

    fn finish(&mut self, store: &Store) {
        while !self.process(store).is_done() {
            self.act(Event::Claims, store);
            self.act(Event::IsAnswered(OutcomeKind::Saved), store);
        }
    }
}

impl Process {
    fn start(store: &Store, run: RunId, input: &[(u8, bool)]) -> Self {
        let (snapshot, mut comparison) = (store.snapshot().unwrap(), Comparison::begin().unwrap());
        let mut known = snapshot.state_cursor(run);
        let mut needed = Vec::new();
        for ((row, record), (_, is_selected)) in
            numbered(&input.iter().map(|(record, _)| (*record, 0)).collect::<Vec<_>>()).zip(input)
        {
            let need = match known.find(row).unwrap().map(|(_, state)| state) {
                Some(RowState::Claimed | RowState::Settled(OutcomeKind::Saved | OutcomeKind::InDoubt)) => continue,
                Some(RowState::Settled(OutcomeKind::Unsent)) => Need::Again,
                None if *is_selected => Need::First,
                _ => Need::None,
            };
            comparison.add(&InputRecord { row, bot_id: "st-1", record, need, is_resent: false }).unwrap();
            needed.extend((need != Need::None).then_some((row, record)));
        }
        comparison.compare(&snapshot, &new_run().host, Some(run)).unwrap();
        let comparison = Arc::new(comparison);
        let new = |(row, record)| match comparison.find(row, "st-1", &record).unwrap() {
            Known::New { spare } => Some((row, record, Some(spare))),
            _ => None,
        };
        let left = needed.into_iter().filter_map(new).collect();
        let writer = writer(store.directory(), &fastrand::u64(..).to_string());
        writer.start_after(comparison);
        Self { writer, left, in_flight: VecDeque::new() }
    }

    fn claim(&mut self, run: RunId) {
        let Some(next) = self.left.pop_front() else { return };
        match claim(&self.writer, run, next) {
            Some(claimed) => self.in_flight.push_back((claimed, next)),
            None => {
                let skipped = vec![(next.0, Outcome::new(OutcomeKind::Skipped))];
                wait(self.writer.record_outcomes(run, skipped, Timestamp::UNIX_EPOCH)).unwrap();
            }
        }
    }

    fn answer(&mut self, kind: OutcomeKind) {
        let Some((claimed, row)) = self.in_flight.pop_front() else { return };
        wait(self.writer.settle(claimed, Outcome::new(kind), Timestamp::UNIX_EPOCH)).unwrap();
        if kind == OutcomeKind::Unsent {
            self.left.push_back(row);
        }
    }

    fn is_done(&self) -> bool {
        self.left.is_empty() && self.in_flight.is_empty()
    }
}

fn event() -> impl Strategy<Value = Event> {
    let kind = prop_oneof![2 => Just(OutcomeKind::Saved), 1 => Just(OutcomeKind::Unsent)];
    prop_oneof![6 => Just(Event::Claims), 4 => kind.prop_map(Event::IsAnswered), 1 => Just(Event::Dies)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Several imports that begin, die, and try again at any moment send as many equal records as the input with the most of
    /// them has. With selections: no more than that, and no fewer than any of them selects. A record that one import skips
    /// because another is sending it may not be sent by that one in the end.
    #[test]
    fn overlapping_imports_never_send_too_many(
        inputs in prop::collection::vec(prop::collection::vec((0..2_u8, prop::bool::weighted(0.8)), 0..8), 3),
        selects: bool,
        mut events in prop::collection::vec((0..3_usize, event()), 0..60),
        retries: bool,
    ) {
        events.retain(|(_, event)| retries || !matches!(event, Event::IsAnswered(OutcomeKind::Unsent)));
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let all = |input: Vec<(u8, bool)>| input.into_iter().map(|(record, is_selected)| (record, is_selected || !selects)).collect();
        let mut imports: Vec<_> =
            inputs.into_iter().map(|input| Import { run: begin(&store), input: all(input), process: None }).collect();
        events.iter().for_each(|(number, event)| imports[*number].act(*event, &store));
        imports.iter_mut().for_each(|import| import.finish(&store));

        for record in 0..2_u8 {
            let sent: usize = store.connection.query_row(
                "SELECT count(*) FROM rows WHERE state IN ('saved', 'in doubt') AND fingerprint = ?1", [[record; 16]], |row| row.get(0)
            ).unwrap();
            let count = |import: &Import, is_meant: fn(bool) -> bool| import.input.iter().filter(|(found, is_selected)| *found == record && is_meant(*is_selected)).count();
            let most = imports.iter().map(|import| count(import, |_| true)).max().unwrap();
            let selected = imports.iter().map(|import| count(import, |is_selected| is_selected)).max().unwrap();
            let fails = events.iter().any(|(_, event)| matches!(event, Event::IsAnswered(OutcomeKind::Unsent)));
            let least = if fails { 0 } else { selected };
            assert!((least..=most).contains(&sent), "{record}: {sent} sent, of {selected} to {most}");
        }
    }
}

#[test]
fn what_others_claim_is_seen() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let (one, other) = (begin(&store), begin(&store));
    let (first, second) = (writer(dir.path(), "one"), writer(dir.path(), "other"));
    let (comparison, _) = compared(&store, &[(0, 0), (1, 0)]);
    second.start_after(comparison);
    let rejected = claim(&first, one, (1, hash(0, 0), None)).unwrap();
    assert!(claim(&second, other, (2, hash(1, 0), Some(0))).is_some());
    assert!(claim(&second, other, (1, hash(0, 0), Some(0))).is_none());
    // A record that the server did not accept was not sent.
    wait(first.settle(rejected, Outcome::new(OutcomeKind::Rejected), Timestamp::UNIX_EPOCH)).unwrap();
    let (comparison, _) = compared(&store, &[(0, 0)]);
    let third = writer(dir.path(), "third");
    third.start_after(comparison);
    assert!(claim(&third, other, (1, hash(0, 0), Some(0))).is_some());
}

/// Lines that were deleted, or written by a version that lists no rows.
#[test]
fn unknown_claims_of_others_stop_a_process() {
    for forget in [
        "DELETE FROM attempts WHERE attempt <= 2",
        "DELETE FROM attempts",
        "UPDATE attempts SET rows = NULL WHERE attempt = 2",
    ] {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let (one, other) = (begin(&store), begin(&store));
        let (first, second) = (writer(dir.path(), "one"), writer(dir.path(), "other"));
        let send = |row| claim(&first, one, (row, hash(0, 0), None)).unwrap();
        send(1);
        second.start_after(compared(&store, &[(1, 0)]).0);
        send(2);
        send(3);
        store.connection.execute(forget, []).unwrap();
        let now = crate::clock::now();
        let call = Call { now, answer_due: now, windows_since: None, foreign_version: 0 };
        let asks = Claim { run: other, row: 1, record: hash(1, 0), spare: Some(0), resend: ResendPolicy::NEVER, call };
        let error = wait(second.claim(asks)).unwrap_err();
        assert!(matches!(error, crate::ledger::LedgerError::Unseen), "{forget}: {error}");
    }
}
