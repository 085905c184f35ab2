use std::path::Path;

use jiff::Timestamp;
use proptest::prelude::{ProptestConfig, prop, proptest};

use super::{Comparison, InputRecord, Known, Need};
use crate::ledger::model::new_run;
use crate::ledger::{Admission, Call, Claim, RecordHash, ResendPolicy, RunId, Store, Writer};

/// Equal numbers are equal records.
fn hash(record: u8, message: u32) -> RecordHash {
    RecordHash { fingerprint: [record; 16], message, key: None }
}

fn begin(store: &Store) -> RunId {
    store.begin(&new_run(), Timestamp::UNIX_EPOCH).unwrap()
}

/// Claims rows in this order, and returns whether each may be sent.
fn claim(directory: &Path, run: RunId, rows: &[(u64, RecordHash, Option<u64>)]) -> Vec<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let writer = Writer::start(Store::open(directory).unwrap(), "scope".to_owned(), "session".to_owned());
    let now = Timestamp::UNIX_EPOCH;
    let call = Call { now, answer_due: now, windows_since: None, foreign_version: 0 };
    let mut is_sent = |(row, record, copies): &(u64, RecordHash, Option<u64>)| {
        let claim = Claim { run, row: *row, record: *record, copies: *copies, resend: ResendPolicy::default(), call };
        match runtime.block_on(writer.claim(claim)).unwrap() {
            Admission::Granted(_) => true,
            Admission::SentBefore(_) => false,
            other => panic!("{other:?}"),
        }
    };
    rows.iter().map(&mut is_sent).collect()
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

fn compared(store: &Store, input: &[(u8, u32)]) -> (Comparison, u64) {
    let mut comparison = Comparison::begin().unwrap();
    for (row, record) in numbered(input) {
        comparison.add(&InputRecord { row, bot_id: "st-1", record, need: Need::First }).unwrap();
    }
    let overlap = comparison.compare(store, &new_run().host, None).unwrap();
    (comparison, overlap.sent)
}

/// Most of the records are equal, so that there are many copies.
fn records(most: usize) -> impl proptest::strategy::Strategy<Value = Vec<(u8, u32)>> {
    let record = proptest::prelude::prop_oneof![8 => 0..1_u8, 2 => 1..3_u8];
    prop::collection::vec((record, 0..3_u32), 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Of n equal records, of which s were sent, n - s are sent, whatever their order and their messages.
    #[test]
    fn as_many_equal_records_are_sent_as_are_missing(sent in records(40), input in records(60)) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let first: Vec<_> = numbered(&sent).map(|(row, record)| (row, record, None)).collect();
        claim(dir.path(), begin(&store), &first);

        let (comparison, overlap) = compared(&store, &input);
        let all = count(input.iter().map(|(record, _)| *record));
        let before = count(sent.iter().map(|(record, _)| *record));
        let known = |(row, record): (u64, RecordHash)| match comparison.find(row, "st-1", &record).unwrap() {
            Known::New { copies } => Some((row, record, Some(copies))),
            _ => None,
        };
        let new: Vec<_> = numbered(&input).filter_map(known).collect();
        // Without the comparison, as when another process sends the records at the same time.
        let every = numbered(&input).map(|(row, record)| (row, record, Some(all[usize::from(record.fingerprint[0])])));
        let every: Vec<_> = every.collect();
        let missing: Vec<_> = all.iter().zip(before).map(|(all, before)| all.saturating_sub(before)).collect();
        let run = begin(&store);
        assert_eq!(overlap, all.iter().sum::<u64>() - missing.iter().sum::<u64>());
        for rows in [new, every] {
            let may_be_sent = claim(dir.path(), run, &rows);
            let granted = rows.iter().zip(may_be_sent).filter(|(_, is_sent)| *is_sent);
            assert_eq!(count(granted.map(|((_, record, _), _)| record.fingerprint[0])), *missing);
            store.connection.execute("DELETE FROM records WHERE id >> 36 = ?1", [run.0]).unwrap();
        }
    }
}

/// The bound of a writer is not taken for the truth after another process has sent equal records.
#[test]
fn copies_sent_by_others_meanwhile_count() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let (one, other) = (begin(&store), begin(&store));
    let rows = |rows: std::ops::RangeInclusive<u64>| rows.map(|row| (row, hash(0, 0), Some(20))).collect::<Vec<_>>();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let writer = Writer::start(Store::open(dir.path()).unwrap(), "scope".to_owned(), "session".to_owned());
    let now = Timestamp::UNIX_EPOCH;
    let call = Call { now, answer_due: now, windows_since: None, foreign_version: 0 };
    let claim_one = |row| {
        let claim =
            Claim { run: one, row, record: hash(0, 0), copies: Some(20), resend: ResendPolicy::default(), call };
        matches!(runtime.block_on(writer.claim(claim)).unwrap(), Admission::Granted(_))
    };
    assert!((1..=5).all(claim_one));
    assert_eq!(claim(dir.path(), other, &rows(1..=20)).iter().filter(|is_sent| **is_sent).count(), 15);
    assert!(!(6..=20).any(claim_one));
}
