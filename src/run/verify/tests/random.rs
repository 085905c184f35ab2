//! Properties over random scenarios: no record is doubled, and every row in doubt gets one outcome.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{OTHER, RUN, Scenario, apply, apply_findings, fingerprint_no, record};
use crate::ledger::{OutcomeKind, RowState, SentRow};
use crate::record::Fingerprint;
use crate::run::verify::asked::{Wanted, is_conclusive};
use crate::run::verify::reconcile::{Findings, reconcile};
use crate::run::verify::snapshot::{ServerRecord, Snapshot};

/// Whether the ids in the server's list are those that saving returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ids {
    Same,
    Different,
    None,
}

#[derive(Debug, Clone, Copy)]
enum TrueOutcome {
    Saved,
    InDoubtAndSaved,
    InDoubtAndAbsent,
    Rejected,
}

fn true_outcome() -> impl Strategy<Value = TrueOutcome> {
    prop_oneof![
        5 => Just(TrueOutcome::Saved),
        2 => Just(TrueOutcome::InDoubtAndSaved),
        2 => Just(TrueOutcome::InDoubtAndAbsent),
        1 => Just(TrueOutcome::Rejected),
    ]
}

/// The interleaved rows of two runs, and the records that the server really has.
#[derive(Debug, Clone)]
struct Truth {
    scenario: Scenario,
    /// Our records, visible or not yet, and when they were saved.
    saved: Vec<(Timestamp, ServerRecord)>,
    /// Records that others saved.
    foreign: Vec<ServerRecord>,
}

impl Truth {
    /// Reads the server `age` seconds after the last row, when the records of the last `lag` seconds are not visible
    /// yet.
    fn read(&mut self, age: i64, lag: i64) {
        self.scenario.now =
            self.scenario.rows.iter().map(|row| row.ended_at).max().unwrap() + SignedDuration::from_secs(age);
        let visible_until = self.scenario.now - SignedDuration::from_secs(lag);
        let visible = self.saved.iter().filter(|(saved_at, _)| *saved_at <= visible_until);
        self.scenario.records = visible.map(|(_, record)| record.clone()).chain(self.foreign.clone()).collect();
    }

    /// For each fingerprint: our records once the absent rows were sent again, and the rows that were sent.
    fn totals(&self) -> Vec<(usize, usize)> {
        let fingerprints: BTreeSet<Fingerprint> = self.scenario.rows.iter().map(|row| row.fingerprint).collect();
        let total = |fingerprint: Fingerprint| {
            let rows = || self.scenario.rows.iter().filter(move |row| row.fingerprint == fingerprint);
            let is = |row: &&SentRow, outcome| row.state == RowState::Settled(outcome);
            let resent = rows().filter(|row| is(row, OutcomeKind::Unsent)).count();
            let saved = self.saved.iter().filter(|(_, record)| record.fingerprint == Some(fingerprint)).count();
            (saved + resent, rows().filter(|row| !is(row, OutcomeKind::Rejected)).count())
        };
        fingerprints.into_iter().map(total).collect()
    }
}

fn truth(rows: &[(bool, TrueOutcome, u8, bool)], ids: Ids) -> Truth {
    let mut scenario = Scenario::new();
    let mut saved = Vec::new();
    for (index, (is_own, true_outcome, number, answered)) in rows.iter().enumerate() {
        let id = format!("{index}");
        let (state, server_id) = match true_outcome {
            TrueOutcome::Saved => (OutcomeKind::Saved, Some(id.as_str())),
            TrueOutcome::InDoubtAndSaved | TrueOutcome::InDoubtAndAbsent => (OutcomeKind::InDoubt, None),
            TrueOutcome::Rejected => (OutcomeKind::Rejected, None),
        };
        let row = scenario.row(if *is_own { RUN } else { OTHER }, RowState::Settled(state), *number, server_id);
        if !answered && state == OutcomeKind::InDoubt {
            row.status = None;
        }
        if matches!(true_outcome, TrueOutcome::Saved | TrueOutcome::InDoubtAndSaved) {
            let id = match ids {
                Ids::Same => Some(id),
                Ids::Different => Some(format!("other {id}")),
                Ids::None => None,
            };
            // The server may still work on a request that it has not answered.
            let late = if row.status.is_none() { index * 53 % 239 } else { 0 };
            let saved_at = row.ended_at + Duration::from_secs(late as u64);
            saved.push((saved_at, ServerRecord { id, fingerprint: Some(fingerprint_no(*number)) }));
        }
    }
    let mut truth = Truth { scenario, saved, foreign: Vec::new() };
    truth.read(400, 0);
    truth
}

fn rows() -> impl Strategy<Value = Vec<(bool, TrueOutcome, u8, bool)>> {
    // Few fingerprints, so that many rows are equal.
    prop::collection::vec((prop::bool::weighted(0.7), true_outcome(), 0_u8..8, any::<bool>()), 1..30)
}

fn ids() -> impl Strategy<Value = Ids> {
    prop_oneof![2 => Just(Ids::Same), 1 => Just(Ids::Different), 1 => Just(Ids::None)]
}

/// Records that others saved, some of them equal to ours.
fn foreign_records(numbers: &[u8]) -> Vec<ServerRecord> {
    numbers.iter().enumerate().map(|(index, number)| record(&format!("foreign {index}"), *number)).collect()
}

/// What is found by asking for the rows in doubt and those next to them, each respondent having two kinds of records; `None` if
/// that is not conclusive.
fn found_by_respondent(scenario: &Scenario) -> Option<Findings> {
    let whole = scenario.snapshot(RUN);
    let wanted = Wanted::next_to_doubt(&scenario.rows, RUN, whole.range);
    let respondent = |fingerprint: &Fingerprint| fingerprint[0] / 2;
    let asked: BTreeSet<u8> = wanted.fingerprints.iter().map(respondent).collect();
    let is_asked = |record: &&ServerRecord| record.fingerprint.is_some_and(|of| asked.contains(&respondent(&of)));
    let records: Vec<_> = scenario.records.iter().filter(is_asked).cloned().collect();
    let rows = wanted.rows_of(scenario.rows.clone(), RUN, &records);
    let found = reconcile(&Snapshot { records: &records, rows: &rows, ..whole });
    is_conclusive(&found, &rows, &records).then_some(found)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn late_records_are_never_doubled(
        rows in rows(),
        ids in ids(),
        readings in prop::collection::vec((0_i64..200, 0_i64..60, any::<bool>()), 1..4),
        foreign in prop::collection::vec(0_u8..16, 0..3),
    ) {
        let mut truth = truth(&rows, ids);
        truth.foreign = foreign_records(&foreign);
        let mut age = 0;
        for (later, lag, is_own) in readings {
            age += later;
            truth.read(age, lag);
            apply(&mut truth.scenario, if is_own { RUN } else { OTHER });
            for (records, rows) in truth.totals() {
                prop_assert!(records <= rows, "{} records of {} equal rows", records, rows);
            }
        }
    }

    #[test]
    fn late_records_are_never_doubled_by_respondent(
        rows in rows(),
        ids in ids(),
        readings in prop::collection::vec((0_i64..200, 0_i64..60), 1..4),
        foreign in prop::collection::vec(0_u8..16, 0..3),
    ) {
        let mut truth = truth(&rows, ids);
        truth.foreign = foreign_records(&foreign);
        let mut age = 0;
        for (later, lag) in readings {
            age += later;
            truth.read(age, lag);
            if let Some(found) = found_by_respondent(&truth.scenario) {
                apply_findings(&mut truth.scenario, RUN, &found);
            }
            for (records, rows) in truth.totals() {
                prop_assert!(records <= rows, "{} records of {} equal rows", records, rows);
            }
        }
    }

    #[test]
    fn respondents_tell_what_all_records_tell(rows in rows()) {
        let truth = truth(&rows, Ids::Same);
        if let Some(asked) = found_by_respondent(&truth.scenario) {
            let all = truth.scenario.find();
            prop_assert_eq!((asked.saved, asked.absent), (all.saved, all.absent));
        }
    }

    #[test]
    fn visible_records_match_one_row_each(rows in rows()) {
        let mut truth = truth(&rows, Ids::Same);
        let undecided = apply(&mut truth.scenario, RUN) + apply(&mut truth.scenario, OTHER);
        if rows.iter().any(|(_, true_outcome, ..)| matches!(true_outcome, TrueOutcome::Saved)) {
            prop_assert_eq!(undecided, 0);
            for (records, rows) in truth.totals() {
                prop_assert_eq!(records, rows);
            }
        }
        let settled = reconcile(&truth.scenario.snapshot(RUN));
        prop_assert_eq!((settled.missing, settled.surplus), (vec![], 0));
    }

    #[test]
    fn equal_foreign_records_never_double_ours(
        rows in rows(), foreign in prop::collection::vec(0_u8..8, 1..5), age in 0_i64..200,
    ) {
        let mut truth = truth(&rows, Ids::Same);
        truth.foreign = foreign_records(&foreign);
        truth.read(age, 0);
        apply(&mut truth.scenario, RUN);
        for (records, rows) in truth.totals() {
            prop_assert!(records <= rows, "{} records of {} equal rows", records, rows);
        }
    }

    #[test]
    fn every_row_in_doubt_has_one_outcome(
        rows in rows(), ids in ids(), lag in 0_i64..200, age in 0_i64..200, active_runs in any::<bool>(),
    ) {
        let mut truth = truth(&rows, ids);
        truth.read(age, lag);
        if active_runs {
            truth.scenario.active_runs.insert(OTHER);
        }
        let found = truth.scenario.find();
        let mut found_rows: Vec<u64> = found.saved.iter().map(|(row, _)| *row).collect();
        found_rows.extend(&found.absent);
        found_rows.extend(found.undecided.iter().map(|(row, _)| *row));
        found_rows.sort_unstable();
        let is_in_doubt = |row: &&SentRow| row.run == RUN && row.state == RowState::Settled(OutcomeKind::InDoubt);
        let in_doubt: Vec<u64> = truth.scenario.rows.iter().filter(is_in_doubt).map(|row| row.row).collect();
        prop_assert_eq!(found_rows, in_doubt);
        let mut ids: Vec<&String> = found.saved.iter().filter_map(|(_, id)| id.as_ref()).collect();
        ids.extend(truth.scenario.rows.iter().filter_map(|row| row.server_id.as_ref()));
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), all);
    }
}
