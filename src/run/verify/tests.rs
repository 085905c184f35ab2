//! What is found, case by case; over worlds made at random in [`worlds`].

mod worlds;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Findings, Question, SETTLE_TIME, ServerRecord, UndecidedReason, reconcile};
use crate::delivery::SurveyResponse;
use crate::ledger::{OutcomeKind, RowState, RunId, SentRow};
use crate::record::{FeedbackType, Fingerprint, fingerprint};

const RUN: RunId = RunId(1);
const OTHER: RunId = RunId(2);

fn at(seconds: i64) -> Timestamp {
    "2026-11-22T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

/// What equal records share: a kind of their own for each number.
fn kind(number: u8) -> Fingerprint {
    [number; 16]
}

fn record(id: &str, number: u8) -> ServerRecord {
    ServerRecord { id: Some(id.to_owned()), fingerprint: Some(kind(number)) }
}

/// Rows sent ten seconds apart, in the order of their numbers, each answered within one.
#[derive(Debug, Clone)]
struct World {
    rows: Vec<SentRow>,
    records: Vec<ServerRecord>,
    busy: BTreeSet<RunId>,
    now: Timestamp,
}

impl World {
    fn new() -> Self {
        Self { rows: Vec::new(), records: Vec::new(), busy: BTreeSet::new(), now: at(100_000) }
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
            fingerprint: kind(number),
            attempts: 1,
            claimed_at: at(start),
            ended_at: at(start + 1),
        });
        self.rows.last_mut().unwrap()
    }

    /// A row that is known to be saved.
    fn saved(mut self, id: &str, number: u8) -> Self {
        self.row(RUN, RowState::Settled(OutcomeKind::Saved), number, Some(id));
        self
    }

    /// A row in doubt.
    fn doubt(mut self, number: u8) -> Self {
        self.row(RUN, RowState::Settled(OutcomeKind::InDoubt), number, None);
        self
    }

    fn doubt_with(mut self, number: u8, change: impl FnOnce(&mut SentRow)) -> Self {
        change(self.row(RUN, RowState::Settled(OutcomeKind::InDoubt), number, None));
        self
    }

    /// A row of another run.
    fn other(mut self, outcome: OutcomeKind, id: Option<&str>, number: u8) -> Self {
        self.row(OTHER, RowState::Settled(outcome), number, id);
        self
    }

    /// What the server shows.
    fn shows(mut self, records: &[ServerRecord]) -> Self {
        self.records.extend_from_slice(records);
        self
    }

    /// This long after the last row's answer.
    fn after(mut self, wait: Duration) -> Self {
        self.now = self.rows.last().unwrap().ended_at + wait;
        self
    }

    fn question(&self, run: RunId) -> Question<'_> {
        let span = (at(-1800), at(1_000_000));
        Question { run, span, records: &self.records, rows: &self.rows, busy: &self.busy, now: self.now }
    }

    fn find(&self) -> Findings {
        reconcile(&self.question(RUN))
    }

    /// What became of the rows in doubt, in their order: an id, `absent`, or the reason's name.
    fn fates(&self) -> Vec<String> {
        let found = self.find();
        let saved = found.saved.iter().map(|(row, id)| (*row, id.clone().unwrap_or_else(|| "saved".to_owned())));
        let absent = found.absent.iter().map(|row| (*row, "absent".to_owned()));
        let undecided = found.undecided.iter().map(|(row, why)| (*row, why.name().to_owned()));
        let fates: BTreeMap<u64, String> = saved.chain(absent).chain(undecided).collect();
        fates.into_values().collect()
    }
}

#[test]
fn a_record_is_recognised_by_the_fields_that_read_back() {
    let response = SurveyResponse {
        id: Some("a".to_owned()),
        name: Some("Thumb".to_owned()),
        survey_type: Some("Like/Dislike".to_owned()),
        channel_uid: Some("jo@example.com".to_owned()),
        channel: Some("rtm".to_owned()),
        language: Some("en".to_owned()),
        score: Some(1.0),
    };
    let sent = fingerprint("Thumb", FeedbackType::Thumb, "jo@example.com", "rtm", "en", 1.0);
    assert_eq!(ServerRecord::from(&response).fingerprint, Some(sent));
    let lacking = SurveyResponse { language: None, ..response.clone() };
    assert_eq!(ServerRecord::from(&lacking), ServerRecord { id: Some("a".to_owned()), fingerprint: None });
    let unknown = SurveyResponse { survey_type: Some("CES".to_owned()), ..response };
    assert_eq!(ServerRecord::from(&unknown).fingerprint, None);
}

#[test]
fn a_row_in_doubt_is_found_or_surely_absent() {
    let world = World::new().saved("a", 1).doubt(2).doubt(3).saved("b", 4);
    let world = world.shows(&[record("a", 1), record("x", 2), record("b", 4)]);
    assert_eq!(world.fates(), ["x", "absent"]);
    assert_eq!((world.find().missing, world.find().surplus), (vec![], 0));
}

#[test]
fn saved_rows_that_the_server_does_not_have_are_named() {
    let world = World::new().saved("a", 1).saved("b", 2).saved("c", 2).shows(&[record("a", 1), record("c", 2)]);
    assert_eq!(world.find().missing, [2]);
}

#[test]
fn equal_rows_share_what_is_found() {
    let world = World::new().saved("a", 1).doubt(2).doubt(2).doubt(2).saved("b", 3);
    let around = world.shows(&[record("a", 1), record("b", 3)]);
    assert_eq!(around.clone().shows(&[record("x", 2)]).fates(), ["x", "absent", "absent"]);
    assert_eq!(around.clone().shows(&[record("x", 2), record("y", 2)]).fates(), ["x", "y", "absent"]);
    assert_eq!(around.fates(), ["absent", "absent", "absent"]);
}

#[test]
fn a_record_that_a_saved_row_is_known_by_is_not_the_doubtful_ones() {
    let world = World::new().saved("a", 1).doubt(1).saved("b", 2);
    assert_eq!(world.clone().shows(&[record("a", 1), record("b", 2)]).fates(), ["absent"]);
    assert_eq!(world.shows(&[record("a", 1), record("x", 1), record("b", 2)]).fates(), ["x"]);
}

#[test]
fn a_record_of_another_run_is_not_this_ones() {
    let world = World::new().saved("a", 1).doubt(2).saved("b", 3).other(OutcomeKind::Saved, Some("o"), 2);
    assert_eq!(world.shows(&[record("a", 1), record("b", 3), record("o", 2)]).fates(), ["absent"]);
}

#[test]
fn two_runs_in_doubt_about_equal_rows_get_one_record_each() {
    let mut world = World::new().saved("a", 1).doubt(2).saved("b", 3).other(OutcomeKind::InDoubt, None, 2);
    world = world.shows(&[record("a", 1), record("b", 3), record("x", 2)]);
    assert_eq!(world.fates(), ["x"]);
    apply(&mut world, RUN);
    let other = reconcile(&world.question(OTHER));
    assert_eq!(other.absent, [1]);
    world.busy.insert(OTHER);
    world.rows[1].state = RowState::Settled(OutcomeKind::InDoubt);
    world.rows[1].server_id = None;
    assert_eq!(world.fates(), ["other_run_going"], "the other may be told that x is its own");
}

#[test]
fn more_equal_records_than_were_sent_are_somebody_elses_in_part() {
    let world = World::new().saved("a", 1).doubt(2).saved("b", 3).shows(&[record("a", 1), record("b", 3)]);
    let world = world.shows(&[record("x", 2), record("y", 2)]);
    assert_eq!(world.fates(), ["sent_by_others"]);
    assert_eq!(world.find().surplus, 1, "one of the two may be ours");
    // Unless the row was sent twice, with leave.
    let mut twice = world.clone();
    twice.rows[1].attempts = 2;
    assert_eq!(twice.fates(), ["x"]);
    assert_eq!(twice.find().surplus, 1);
}

#[test]
fn a_server_that_shows_nothing_proves_nothing() {
    let world = World::new().saved("a", 1).doubt(2).saved("b", 3);
    assert_eq!(world.fates(), ["nothing_visible"]);
    assert_eq!(world.find().missing, [1, 3]);
    assert_eq!(world.shows(&[record("s", 9)]).fates(), ["nothing_visible"]);
    // Without any saved row, being found proves something and not being found does not.
    let alone = World::new().doubt(2).doubt(3).shows(&[record("x", 2)]);
    assert_eq!(alone.fates(), ["x", "no_neighbour"]);
}

#[test]
fn what_was_sent_next_to_it_must_be_visible_for_a_row_to_be_absent() {
    let world = World::new().saved("a", 1).doubt(2).saved("b", 3).saved("c", 4);
    assert_eq!(world.clone().shows(&[record("a", 1), record("c", 4)]).fates(), ["neighbour_missing"]);
    assert_eq!(world.clone().shows(&[record("b", 3), record("c", 4)]).fates(), ["neighbour_missing"]);
    assert_eq!(world.shows(&[record("a", 1), record("b", 3)]).fates(), ["absent"], "c is further off");
}

#[test]
fn the_last_row_of_a_run_may_appear_for_a_minute() {
    let last = World::new().saved("a", 1).doubt(2).shows(&[record("a", 1)]);
    assert_eq!(last.clone().after(SETTLE_TIME - Duration::from_secs(1)).fates(), ["recent"]);
    assert_eq!(last.after(SETTLE_TIME).fates(), ["absent"]);
}

#[test]
fn without_an_answer_the_request_may_go_on_for_a_minute() {
    let fates = |status, seconds| {
        let world = World::new().saved("a", 1).doubt_with(2, |row| row.status = status).saved("b", 3);
        let mut world = world.shows(&[record("a", 1), record("b", 3)]);
        world.now = world.rows[1].ended_at + Duration::from_secs(seconds);
        world.fates().remove(0)
    };
    for status in [None, Some(502), Some(504)] {
        assert_eq!((fates(status, 59).as_str(), fates(status, 60).as_str()), ("recent", "absent"), "{status:?}");
    }
    for status in [200, 500, 503] {
        assert_eq!(fates(Some(status), 20), "absent", "{status}");
    }
}

#[test]
fn as_long_as_one_of_equal_rows_may_appear_none_of_them_is_absent() {
    let world = World::new().saved("a", 1).doubt(2).saved("b", 3).doubt(2);
    let world = world.shows(&[record("a", 1), record("b", 3), record("x", 2)]);
    assert_eq!(world.clone().after(Duration::from_secs(1)).fates(), ["x", "recent"]);
    assert_eq!(world.after(SETTLE_TIME).fates(), ["x", "absent"]);
}

#[test]
fn a_row_that_was_given_an_equal_ones_record_may_have_its_own_appear() {
    let world = World::new().saved("a", 1).doubt(2).saved("b", 3).doubt(2);
    let mut world = world.shows(&[record("a", 1), record("b", 3), record("x", 2)]);
    world.rows[1].status = None;
    world.rows[1].ended_at = at(35);
    world.now = at(36);
    assert_eq!(world.fates(), ["x", "recent"]);
    apply(&mut world, RUN);
    let world = world.saved("c", 4).shows(&[record("c", 4)]);
    assert_eq!(world.fates(), ["recent"], "x may be the second one's, and the first one's may be on its way");
    assert_eq!(world.after(SETTLE_TIME).fates(), ["absent"]);
}

#[test]
fn under_other_ids_everything_is_recognised_by_its_fields() {
    let world = World::new().saved("a", 1).doubt(2).doubt(3).saved("b", 4).saved("c", 4);
    let all = world.clone().shows(&[record("1", 1), record("2", 2), record("3", 4), record("4", 4)]);
    assert_eq!(all.fates(), ["2", "absent"]);
    assert_eq!(all.find().missing, [0; 0]);
    let lacking = world.shows(&[record("1", 1), record("2", 2), record("3", 4)]);
    assert_eq!(lacking.fates(), ["2", "reads_back_otherwise"]);
    assert_eq!(lacking.find().missing, [5]);
}

#[test]
fn under_other_ids_a_row_equal_to_one_in_doubt_proves_nothing() {
    // The one record may be the saved row's or the doubtful one's.
    let world = World::new().saved("a", 1).doubt(1).shows(&[record("1", 1)]);
    assert_eq!(world.fates(), ["no_neighbour"]);
    assert_eq!(world.shows(&[record("2", 1)]).fates(), ["2"]);
}

#[test]
fn records_without_ids_count_as_well() {
    let nameless = |number| ServerRecord { id: None, fingerprint: Some(kind(number)) };
    let world = World::new().saved("a", 1).doubt(2).doubt(3).saved("b", 4);
    let world = world.shows(&[nameless(1), nameless(2), nameless(4)]);
    assert_eq!(world.fates(), ["saved", "absent"]);
}

#[test]
fn where_records_read_back_otherwise_a_stranger_may_be_the_one_in_doubt() {
    let world = World::new().saved("a", 1).doubt(2).saved("b", 3);
    let altered = world.shows(&[record("a", 8), record("b", 3)]);
    assert_eq!(altered.fates(), ["absent"], "every record is somebody's");
    assert_eq!(altered.clone().shows(&[record("s", 9)]).fates(), ["reads_back_otherwise"]);
    let unreadable = ServerRecord { id: Some("s".to_owned()), fingerprint: None };
    assert_eq!(altered.shows(&[unreadable]).fates(), ["reads_back_otherwise"]);
}

#[test]
fn strangers_alone_change_nothing() {
    let unreadable = ServerRecord { id: None, fingerprint: None };
    let world = World::new().saved("a", 1).doubt(2).saved("b", 3);
    let world = world.shows(&[record("a", 1), record("s", 9), unreadable, record("b", 3)]);
    assert_eq!(world.fates(), ["absent"]);
    assert_eq!(world.find().surplus, 0);
}

#[test]
fn a_record_that_nobody_accounts_for_is_told() {
    let world = World::new().saved("a", 1).saved("b", 1).shows(&[record("a", 1), record("b", 1), record("c", 1)]);
    assert_eq!(world.find().surplus, 1);
}

#[test]
fn rows_that_were_not_taken_are_not_looked_for() {
    let mut world = World::new().saved("a", 1).saved("r", 2).shows(&[record("a", 1)]);
    world.rows[1].state = RowState::Settled(OutcomeKind::Rejected);
    assert_eq!(world.find(), Findings::default());
}

#[test]
fn another_runs_row_at_the_edge_of_what_was_read_is_no_neighbour() {
    let mut world = World::new().other(OutcomeKind::Saved, Some("o"), 9).doubt(2).saved("a", 1);
    world = world.shows(&[record("a", 1)]);
    assert_eq!(world.fates(), ["neighbour_missing"]);
    world.rows[0].claimed_at = at(-3000);
    world.rows[0].ended_at = at(-2999);
    assert_eq!(world.fates(), ["absent"]);
}

#[test]
fn another_look_is_worth_it_while_something_may_appear() {
    let wait = Duration::from_secs(300);
    let looks = |world: &World| world.find().may_appear(&world.question(RUN), wait);
    let world = World::new().saved("a", 1).doubt(2).saved("b", 3).shows(&[record("a", 1), record("b", 3)]);
    assert_eq!(looks(&world.clone().after(Duration::from_secs(100))), 1, "absent, and younger than asked for");
    assert_eq!(looks(&world.clone().after(Duration::from_secs(300))), 0);
    let lost = World::new().saved("a", 1).saved("b", 2).shows(&[record("a", 1)]);
    assert_eq!(looks(&lost), 1, "a saved row that can't be seen");
    let others = world.shows(&[record("x", 2), record("y", 2)]);
    assert_eq!(looks(&others), 0, "time does not tell whose they are");
}

/// Writes into the rows what was found.
fn apply(world: &mut World, run: RunId) -> usize {
    let found = reconcile(&world.question(run));
    for row in world.rows.iter_mut().filter(|row| row.run == run) {
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

#[test]
fn every_reason_has_its_own_words() {
    let all = [
        UndecidedReason::NothingVisible,
        UndecidedReason::NoNeighbour,
        UndecidedReason::NeighbourMissing,
        UndecidedReason::Recent,
        UndecidedReason::ReadsBackOtherwise,
        UndecidedReason::SentByOthers,
        UndecidedReason::OtherRunGoing,
    ];
    let names: BTreeSet<&str> = all.iter().map(|why| why.name()).collect();
    let words: BTreeSet<String> = all.iter().map(ToString::to_string).collect();
    assert_eq!((names.len(), words.len()), (all.len(), all.len()));
}
