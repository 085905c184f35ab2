//! What is found over worlds made at random: nothing is doubled, and every row in doubt has one fate.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{OTHER, RUN, World, apply, kind, record};
use crate::ledger::{OutcomeKind, RowState, SentRow};
use crate::record::Fingerprint;
use crate::run::verify::{ServerRecord, reconcile};

/// How the ids of the server's list compare with those that saving gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ids {
    Same,
    Different,
    None,
}

#[derive(Debug, Clone, Copy)]
enum Fate {
    Saved,
    DoubtButSaved,
    DoubtAndAbsent,
    Rejected,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        5 => Just(Fate::Saved),
        2 => Just(Fate::DoubtButSaved),
        2 => Just(Fate::DoubtAndAbsent),
        1 => Just(Fate::Rejected),
    ]
}

/// Two runs whose rows lie mixed, with what the server really has of each kind.
#[derive(Debug, Clone)]
struct Truth {
    world: World,
    /// Records of ours, visible or not yet, and when they were saved.
    saved: Vec<(Timestamp, ServerRecord)>,
    /// Records of others.
    foreign: Vec<ServerRecord>,
}

impl Truth {
    /// So many seconds after the last row, with the records of the last few not visible yet.
    fn look(&mut self, age: i64, lag: i64) {
        self.world.now = self.world.rows.iter().map(|row| row.ended_at).max().unwrap() + SignedDuration::from_secs(age);
        let visible_until = self.world.now - SignedDuration::from_secs(lag);
        let visible = self.saved.iter().filter(|(saved_at, _)| *saved_at <= visible_until);
        self.world.records = visible.map(|(_, record)| record.clone()).chain(self.foreign.clone()).collect();
    }

    /// For each kind: our records there will be once the absent rows are sent again, and rows that were sent.
    fn totals(&self) -> Vec<(usize, usize)> {
        let kinds: BTreeSet<Fingerprint> = self.world.rows.iter().map(|row| row.fingerprint).collect();
        let total = |kind: Fingerprint| {
            let rows = || self.world.rows.iter().filter(move |row| row.fingerprint == kind);
            let is = |row: &&SentRow, outcome| row.state == RowState::Settled(outcome);
            let resent = rows().filter(|row| is(row, OutcomeKind::Unsent)).count();
            let saved = self.saved.iter().filter(|(_, record)| record.fingerprint == Some(kind)).count();
            (saved + resent, rows().filter(|row| !is(row, OutcomeKind::Rejected)).count())
        };
        kinds.into_iter().map(total).collect()
    }
}

fn truth(rows: &[(bool, Fate, u8, bool)], ids: Ids) -> Truth {
    let mut world = World::new();
    let mut saved = Vec::new();
    for (index, (is_own, fate, number, answered)) in rows.iter().enumerate() {
        let id = format!("{index}");
        let (state, known) = match fate {
            Fate::Saved => (OutcomeKind::Saved, Some(id.as_str())),
            Fate::DoubtButSaved | Fate::DoubtAndAbsent => (OutcomeKind::InDoubt, None),
            Fate::Rejected => (OutcomeKind::Rejected, None),
        };
        let row = world.row(if *is_own { RUN } else { OTHER }, RowState::Settled(state), *number, known);
        if !answered && state == OutcomeKind::InDoubt {
            row.status = None;
        }
        if matches!(fate, Fate::Saved | Fate::DoubtButSaved) {
            let id = match ids {
                Ids::Same => Some(id),
                Ids::Different => Some(format!("other {id}")),
                Ids::None => None,
            };
            saved.push((row.ended_at, ServerRecord { id, fingerprint: Some(kind(*number)) }));
        }
    }
    let mut truth = Truth { world, saved, foreign: Vec::new() };
    truth.look(100, 0);
    truth
}

fn rows() -> impl Strategy<Value = Vec<(bool, Fate, u8, bool)>> {
    // Few kinds, so that many rows are equal.
    prop::collection::vec((prop::bool::weighted(0.7), fate(), 0_u8..8, any::<bool>()), 1..30)
}

fn ids() -> impl Strategy<Value = Ids> {
    prop_oneof![2 => Just(Ids::Same), 1 => Just(Ids::Different), 1 => Just(Ids::None)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_record_is_doubled_whatever_is_not_visible_yet(
        rows in rows(),
        ids in ids(),
        looks in prop::collection::vec((0_i64..90, 0_i64..60, any::<bool>()), 1..4),
        strangers in 0_u8..3,
    ) {
        let mut truth = truth(&rows, ids);
        truth.foreign = (0..strangers).map(|number| record(&format!("stranger {number}"), 200 + number)).collect();
        let mut age = 0;
        for (later, lag, is_own) in looks {
            age += later;
            truth.look(age, lag);
            apply(&mut truth.world, if is_own { RUN } else { OTHER });
            for (records, rows) in truth.totals() {
                prop_assert!(records <= rows, "{} records of {} equal rows", records, rows);
            }
        }
    }

    #[test]
    fn when_all_is_visible_every_row_gets_one_record(rows in rows()) {
        let mut truth = truth(&rows, Ids::Same);
        let undecided = apply(&mut truth.world, RUN) + apply(&mut truth.world, OTHER);
        if rows.iter().any(|(_, fate, ..)| matches!(fate, Fate::Saved)) {
            prop_assert_eq!(undecided, 0);
            for (records, rows) in truth.totals() {
                prop_assert_eq!(records, rows);
            }
        }
        let settled = reconcile(&truth.world.question(RUN));
        prop_assert_eq!((settled.missing, settled.surplus), (vec![], 0));
    }

    #[test]
    fn equal_records_of_others_never_double_one_of_ours(
        rows in rows(), foreign in prop::collection::vec(0_u8..8, 1..5), age in 0_i64..200,
    ) {
        let mut truth = truth(&rows, Ids::Same);
        let foreign = foreign.iter().enumerate().map(|(index, number)| record(&format!("foreign {index}"), *number));
        truth.foreign = foreign.collect();
        truth.look(age, 0);
        apply(&mut truth.world, RUN);
        for (records, rows) in truth.totals() {
            prop_assert!(records <= rows, "{} records of {} equal rows", records, rows);
        }
    }

    #[test]
    fn every_row_in_doubt_has_one_fate_and_no_record_is_given_away_twice(
        rows in rows(), ids in ids(), lag in 0_i64..200, age in 0_i64..200, busy in any::<bool>(),
    ) {
        let mut truth = truth(&rows, ids);
        truth.look(age, lag);
        if busy {
            truth.world.busy.insert(OTHER);
        }
        let found = truth.world.find();
        let mut fated: Vec<u64> = found.saved.iter().map(|(row, _)| *row).collect();
        fated.extend(&found.absent);
        fated.extend(found.undecided.iter().map(|(row, _)| *row));
        fated.sort_unstable();
        let is_doubt = |row: &&SentRow| row.run == RUN && row.state == RowState::Settled(OutcomeKind::InDoubt);
        let doubts: Vec<u64> = truth.world.rows.iter().filter(is_doubt).map(|row| row.row).collect();
        prop_assert_eq!(fated, doubts);
        let mut given: Vec<&String> = found.saved.iter().filter_map(|(_, id)| id.as_ref()).collect();
        given.extend(truth.world.rows.iter().filter_map(|row| row.server_id.as_ref()));
        let number = given.len();
        given.sort_unstable();
        given.dedup();
        prop_assert_eq!(given.len(), number);
    }
}
