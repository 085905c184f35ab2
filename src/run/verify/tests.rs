//! Findings case by case; [`random`] checks properties over random scenarios.

mod random;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::SETTLE_TIME;
use super::reconcile::{Findings, VISIBLE_TIME, reconcile};
use super::snapshot::{ServerRecord, Snapshot};
use crate::delivery::SurveyResponse;
use crate::ledger::{OutcomeKind, RowState, RunId, SentRow, TimeRange};
use crate::record::{FeedbackType, Fingerprint, fingerprint};

const RUN: RunId = RunId(1);
const OTHER: RunId = RunId(2);

fn at(seconds: i64) -> Timestamp {
    "2026-11-22T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

/// A different fingerprint for each number.
fn fingerprint_no(number: u8) -> Fingerprint {
    [number; 16]
}

fn record(id: &str, number: u8) -> ServerRecord {
    ServerRecord { id: Some(id.to_owned()), fingerprint: Some(fingerprint_no(number)) }
}

/// Rows sent ten seconds apart, each call ending after one second, and the records that the server returns.
#[derive(Debug, Clone)]
struct Scenario {
    rows: Vec<SentRow>,
    records: Vec<ServerRecord>,
    active_runs: BTreeSet<RunId>,
    now: Timestamp,
}

impl Scenario {
    fn new() -> Self {
        Self { rows: Vec::new(), records: Vec::new(), active_runs: BTreeSet::new(), now: at(100_000) }
    }

    fn row(&mut self, run: RunId, state: RowState, number: u8, id: Option<&str>) -> &mut SentRow {
        let row = self.rows.iter().filter(|row| row.run == run).count() as u64 + 1;
        let start = 10 * i64::try_from(self.rows.len()).unwrap();
        self.rows.push(SentRow {
            run,
            row,
            state,
            status: Some(if state == RowState::Settled(OutcomeKind::Saved) { 200 } else { 500 }),
            server_id: id.map(str::to_owned),
            fingerprint: fingerprint_no(number),
            attempts: 1,
            claimed_at: at(start),
            ended_at: at(start + 1),
            timeout: Duration::from_secs(1),
        });
        self.rows.last_mut().unwrap()
    }

    /// Adds a saved row.
    fn saved(mut self, id: &str, number: u8) -> Self {
        self.row(RUN, RowState::Settled(OutcomeKind::Saved), number, Some(id));
        self
    }

    /// Adds a row in doubt.
    fn in_doubt(mut self, number: u8) -> Self {
        self.row(RUN, RowState::Settled(OutcomeKind::InDoubt), number, None);
        self
    }

    fn in_doubt_with(mut self, number: u8, change: impl FnOnce(&mut SentRow)) -> Self {
        change(self.row(RUN, RowState::Settled(OutcomeKind::InDoubt), number, None));
        self
    }

    /// Adds a row of another run.
    fn other(mut self, outcome: OutcomeKind, id: Option<&str>, number: u8) -> Self {
        self.row(OTHER, RowState::Settled(outcome), number, id);
        self
    }

    /// Adds records on the server.
    fn shows(mut self, records: &[ServerRecord]) -> Self {
        self.records.extend_from_slice(records);
        self
    }

    /// Sets the time to this long after the last row's answer.
    fn after(mut self, wait: Duration) -> Self {
        self.now = self.rows.last().unwrap().ended_at + wait;
        self
    }

    fn snapshot(&self, run: RunId) -> Snapshot<'_> {
        let range = TimeRange { from: at(-1800), to: at(1_000_000) };
        Snapshot {
            run,
            range,
            records: &self.records,
            rows: &self.rows,
            active_runs: &self.active_runs,
            now: self.now,
            settle: SETTLE_TIME,
        }
    }

    fn find(&self) -> Findings {
        reconcile(&self.snapshot(RUN))
    }

    /// What was found for each row in doubt, in order: an id, `absent`, or the reason's name.
    fn outcomes(&self) -> Vec<String> {
        let found = self.find();
        let saved = found.saved.iter().map(|(row, id)| (*row, id.clone().unwrap_or_else(|| "saved".to_owned())));
        let absent = found.absent.iter().map(|row| (*row, "absent".to_owned()));
        let undecided = found.undecided.iter().map(|(row, why)| (*row, why.name().to_owned()));
        let outcomes: BTreeMap<u64, String> = saved.chain(absent).chain(undecided).collect();
        outcomes.into_values().collect()
    }
}

#[test]
fn records_are_recognized_by_their_fields() {
    let response = SurveyResponse {
        id: Some("a".to_owned()),
        name: Some("Thumb".to_owned()),
        survey_type: Some("Like/Dislike".to_owned()),
        channel_uid: Some("jo@example.com".to_owned()),
        channel: Some("rtm".to_owned()),
        language: Some("en".to_owned()),
        score: Some(1.0),
        ..SurveyResponse::default()
    };
    let sent = fingerprint("Thumb", FeedbackType::Thumb, "jo@example.com", "rtm", "en", 1.0);
    assert_eq!(ServerRecord::from(&response).fingerprint, Some(sent));
    let lacking = SurveyResponse { language: None, ..response.clone() };
    assert_eq!(ServerRecord::from(&lacking), ServerRecord { id: Some("a".to_owned()), fingerprint: None });
    let unknown = SurveyResponse { survey_type: Some("CES".to_owned()), ..response };
    assert_eq!(ServerRecord::from(&unknown).fingerprint, None);
}

#[test]
fn a_row_in_doubt_is_found_or_absent() {
    let scenario = Scenario::new().saved("a", 1).in_doubt(2).in_doubt(3).saved("b", 4);
    let scenario = scenario.shows(&[record("a", 1), record("x", 2), record("b", 4)]);
    assert_eq!(scenario.outcomes(), ["x", "absent"]);
    assert_eq!((scenario.find().missing, scenario.find().surplus), (vec![], 0));
}

#[test]
fn missing_saved_rows_are_listed() {
    let scenario = Scenario::new().saved("a", 1).saved("b", 2).saved("c", 2).shows(&[record("a", 1), record("c", 2)]);
    assert_eq!(scenario.find().missing, [2]);
}

#[test]
fn equal_rows_share_the_records_found() {
    let scenario = Scenario::new().saved("a", 1).in_doubt(2).in_doubt(2).in_doubt(2).saved("b", 3);
    let around = scenario.shows(&[record("a", 1), record("b", 3)]);
    assert_eq!(around.clone().shows(&[record("x", 2)]).outcomes(), ["x", "absent", "absent"]);
    assert_eq!(around.clone().shows(&[record("x", 2), record("y", 2)]).outcomes(), ["x", "y", "absent"]);
    assert_eq!(around.outcomes(), ["absent", "absent", "absent"]);
}

#[test]
fn a_saved_rows_record_is_not_reused() {
    let scenario = Scenario::new().saved("a", 1).in_doubt(1).saved("b", 2);
    assert_eq!(scenario.clone().shows(&[record("a", 1), record("b", 2)]).outcomes(), ["absent"]);
    assert_eq!(scenario.shows(&[record("a", 1), record("x", 1), record("b", 2)]).outcomes(), ["x"]);
}

#[test]
fn another_runs_record_is_not_reused() {
    let scenario = Scenario::new().saved("a", 1).in_doubt(2).saved("b", 3).other(OutcomeKind::Saved, Some("o"), 2);
    assert_eq!(scenario.shows(&[record("a", 1), record("b", 3), record("o", 2)]).outcomes(), ["absent"]);
}

#[test]
fn two_runs_never_share_a_record() {
    let mut scenario = Scenario::new().saved("a", 1).in_doubt(2).saved("b", 3).other(OutcomeKind::InDoubt, None, 2);
    scenario = scenario.shows(&[record("a", 1), record("b", 3), record("x", 2)]);
    assert_eq!(scenario.outcomes(), ["x"]);
    apply(&mut scenario, RUN);
    let other = reconcile(&scenario.snapshot(OTHER));
    assert_eq!(other.absent, [1]);
    scenario.active_runs.insert(OTHER);
    scenario.rows[1].state = RowState::Settled(OutcomeKind::InDoubt);
    scenario.rows[1].server_id = None;
    assert_eq!(
        scenario.outcomes(),
        ["other_run_going"],
        "an answer to the other run may still show that x is its record"
    );
}

#[test]
fn surplus_equal_records_leave_rows_in_doubt() {
    let scenario = Scenario::new().saved("a", 1).in_doubt(2).saved("b", 3).shows(&[record("a", 1), record("b", 3)]);
    let scenario = scenario.shows(&[record("x", 2), record("y", 2)]);
    assert_eq!(scenario.outcomes(), ["sent_by_others"]);
    assert_eq!(scenario.find().surplus, 1, "one of the two may be ours");
    // Unless the row was sent twice.
    let mut twice = scenario.clone();
    twice.rows[1].attempts = 2;
    assert_eq!(twice.outcomes(), ["x"]);
    assert_eq!(twice.find().surplus, 1);
}

#[test]
fn an_empty_server_proves_nothing() {
    let scenario = Scenario::new().saved("a", 1).in_doubt(2).saved("b", 3);
    assert_eq!(scenario.outcomes(), ["nothing_visible"]);
    assert_eq!(scenario.find().missing, [1, 3]);
    assert_eq!(scenario.shows(&[record("s", 9)]).outcomes(), ["nothing_visible"]);
    // Without any saved row, a record that is found proves something; one that is not found proves nothing.
    let alone = Scenario::new().in_doubt(2).in_doubt(3);
    assert_eq!(alone.outcomes(), ["no_neighbour", "no_neighbour"]);
    // A record that is found shows that records can be found; the time does the rest.
    let alone = alone.shows(&[record("x", 2)]);
    assert_eq!(alone.outcomes(), ["x", "absent"]);
    assert_eq!(alone.after(Duration::from_secs(1)).outcomes(), ["x", "recent"]);
}

#[test]
fn absence_requires_visible_neighbors() {
    let scenario = Scenario::new().saved("a", 1).in_doubt(2).saved("b", 3).saved("c", 4);
    assert_eq!(scenario.clone().shows(&[record("a", 1), record("c", 4)]).outcomes(), ["neighbour_missing"]);
    assert_eq!(scenario.clone().shows(&[record("b", 3), record("c", 4)]).outcomes(), ["neighbour_missing"]);
    assert_eq!(scenario.shows(&[record("a", 1), record("b", 3)]).outcomes(), ["absent"], "c is not next to it");
}

#[test]
fn the_last_row_may_appear_for_a_minute() {
    let last = Scenario::new().saved("a", 1).in_doubt(2).shows(&[record("a", 1)]);
    assert_eq!(last.clone().after(VISIBLE_TIME - Duration::from_secs(1)).outcomes(), ["recent"]);
    assert_eq!(last.after(VISIBLE_TIME).outcomes(), ["absent"]);
}

#[test]
fn unanswered_requests_take_the_settling_time() {
    let outcomes_with = |status, timeout, seconds| {
        let change = |row: &mut SentRow| (row.status, row.timeout) = (status, Duration::from_secs(timeout));
        let scenario = Scenario::new().saved("a", 1).in_doubt_with(2, change).saved("b", 3);
        let mut scenario = scenario.shows(&[record("a", 1), record("b", 3)]);
        scenario.now = scenario.rows[1].ended_at + Duration::from_secs(seconds);
        scenario.outcomes().remove(0)
    };
    let outcomes = |status, seconds| outcomes_with(status, 1, seconds);
    assert_eq!(outcomes_with(None, 120, 479), "recent", "four times the timeout have not passed");
    assert_eq!(outcomes_with(None, 120, 480), "absent");
    for status in [None, Some(502), Some(504)] {
        assert_eq!(
            (outcomes(status, 299).as_str(), outcomes(status, 300).as_str()),
            ("recent", "absent"),
            "{status:?}"
        );
    }
    for status in [200, 500, 503] {
        assert_eq!(outcomes(Some(status), 20), "absent", "{status}");
    }
}

#[test]
fn equal_rows_become_absent_together() {
    let scenario = Scenario::new().saved("a", 1).in_doubt(2).saved("b", 3).in_doubt(2);
    let scenario = scenario.shows(&[record("a", 1), record("b", 3), record("x", 2)]);
    assert_eq!(scenario.clone().after(Duration::from_secs(1)).outcomes(), ["x", "recent"]);
    assert_eq!(scenario.after(SETTLE_TIME).outcomes(), ["x", "absent"]);
}

#[test]
fn an_equal_rows_record_confirms_no_row() {
    let scenario = Scenario::new().saved("a", 1).in_doubt(2).saved("b", 3).in_doubt(2);
    let mut scenario = scenario.shows(&[record("a", 1), record("b", 3), record("x", 2)]);
    scenario.rows[1].status = None;
    scenario.rows[1].ended_at = at(35);
    scenario.now = at(36);
    assert_eq!(scenario.outcomes(), ["x", "recent"]);
    apply(&mut scenario, RUN);
    let scenario = scenario.saved("c", 4).shows(&[record("c", 4)]);
    assert_eq!(
        scenario.outcomes(),
        ["recent"],
        "x may be the second row's, and the first row's record may still appear"
    );
    assert_eq!(scenario.after(SETTLE_TIME).outcomes(), ["absent"]);
}

#[test]
fn other_ids_require_matching_by_fields() {
    let scenario = Scenario::new().saved("a", 1).in_doubt(2).in_doubt(3).saved("b", 4).saved("c", 4);
    let all = scenario.clone().shows(&[record("1", 1), record("2", 2), record("3", 4), record("4", 4)]);
    assert_eq!(all.outcomes(), ["2", "absent"]);
    assert_eq!(all.find().missing, [0; 0]);
    let lacking = scenario.shows(&[record("1", 1), record("2", 2), record("3", 4)]);
    assert_eq!(lacking.outcomes(), ["2", "reads_back_otherwise"]);
    assert_eq!(lacking.find().missing, [5]);
}

#[test]
fn ambiguous_matches_by_fields_prove_nothing() {
    // The one record may belong to the saved row or to the row in doubt.
    let scenario = Scenario::new().saved("a", 1).in_doubt(1).shows(&[record("1", 1)]);
    assert_eq!(scenario.outcomes(), ["no_neighbour"]);
    assert_eq!(scenario.shows(&[record("2", 1)]).outcomes(), ["2"]);
}

#[test]
fn records_without_ids_count() {
    let without_id = |number| ServerRecord { id: None, fingerprint: Some(fingerprint_no(number)) };
    let scenario = Scenario::new().saved("a", 1).in_doubt(2).in_doubt(3).saved("b", 4);
    let scenario = scenario.shows(&[without_id(1), without_id(2), without_id(4)]);
    assert_eq!(scenario.outcomes(), ["saved", "absent"]);
}

#[test]
fn changed_fields_make_unknown_records_ambiguous() {
    let scenario = Scenario::new().saved("a", 1).in_doubt(2).saved("b", 3);
    let altered = scenario.shows(&[record("a", 8), record("b", 3)]);
    assert_eq!(altered.outcomes(), ["absent"], "every record belongs to a row");
    assert_eq!(altered.clone().shows(&[record("s", 9)]).outcomes(), ["reads_back_otherwise"]);
    let unreadable = ServerRecord { id: Some("s".to_owned()), fingerprint: None };
    assert_eq!(altered.shows(&[unreadable]).outcomes(), ["reads_back_otherwise"]);
}

#[test]
fn unknown_records_alone_change_nothing() {
    let unreadable = ServerRecord { id: None, fingerprint: None };
    let scenario = Scenario::new().saved("a", 1).in_doubt(2).saved("b", 3);
    let scenario = scenario.shows(&[record("a", 1), record("s", 9), unreadable, record("b", 3)]);
    assert_eq!(scenario.outcomes(), ["absent"]);
    assert_eq!(scenario.find().surplus, 0);
}

#[test]
fn surplus_records_are_counted() {
    let scenario = Scenario::new().saved("a", 1).saved("b", 1).shows(&[record("a", 1), record("b", 1), record("c", 1)]);
    assert_eq!(scenario.find().surplus, 1);
}

#[test]
fn rejected_rows_are_not_looked_for() {
    let mut scenario = Scenario::new().saved("a", 1).saved("r", 2).shows(&[record("a", 1)]);
    scenario.rows[1].state = RowState::Settled(OutcomeKind::Rejected);
    assert_eq!(scenario.find(), Findings::default());
}

#[test]
fn rows_outside_the_range_are_no_neighbors() {
    let mut scenario = Scenario::new().other(OutcomeKind::Saved, Some("o"), 9).in_doubt(2).saved("a", 1);
    scenario = scenario.shows(&[record("a", 1)]);
    assert_eq!(scenario.outcomes(), ["neighbour_missing"]);
    scenario.rows[0].claimed_at = at(-3000);
    scenario.rows[0].ended_at = at(-2999);
    assert_eq!(scenario.outcomes(), ["absent"]);
}

#[test]
fn reading_repeats_while_rows_may_appear() {
    let wait = Duration::from_secs(300);
    let may_appear = |scenario: &Scenario| scenario.find().may_appear(&scenario.snapshot(RUN), wait);
    let scenario = Scenario::new().saved("a", 1).in_doubt(2).saved("b", 3).shows(&[record("a", 1), record("b", 3)]);
    assert_eq!(may_appear(&scenario.clone().after(Duration::from_secs(100))), 1, "absent, and younger than `wait`");
    assert_eq!(may_appear(&scenario.clone().after(Duration::from_secs(300))), 0);
    let lost = Scenario::new().saved("a", 1).saved("b", 2).shows(&[record("a", 1)]);
    assert_eq!(may_appear(&lost), 1, "a saved row that is not visible");
    let others = scenario.shows(&[record("x", 2), record("y", 2)]);
    assert_eq!(may_appear(&others), 0, "time does not show whose they are");
}

/// Applies the findings to the rows; returns how many stay in doubt.
fn apply(scenario: &mut Scenario, run: RunId) -> usize {
    let found = reconcile(&scenario.snapshot(run));
    apply_findings(scenario, run, &found)
}

fn apply_findings(scenario: &mut Scenario, run: RunId, found: &Findings) -> usize {
    for row in scenario.rows.iter_mut().filter(|row| row.run == run) {
        if let Some((_, id)) = found.saved.iter().find(|(number, _)| *number == row.row) {
            row.state = RowState::Settled(OutcomeKind::Saved);
            row.server_id.clone_from(id);
            row.status = None;
        } else if found.absent.contains(&row.row) {
            row.state = RowState::Settled(OutcomeKind::Unsent);
        }
    }
    found.undecided.len()
}
