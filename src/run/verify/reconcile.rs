//! The server's records against the ledger's rows. Pure; what is assumed is said in [`super`].

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;

use super::account::{Account, Seen};
use super::evidence::{Evidence, UndecidedReason, later};
use crate::delivery::SurveyResponse;
use crate::ledger::{OutcomeKind, RowState, RunId, SentRow};
use crate::record::{FeedbackType, Fingerprint, fingerprint};

/// A record as the server gives it back, reduced to what it is recognised by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerRecord {
    /// The server's id, if it gives one.
    pub id: Option<String>,
    /// What equal records share; `None` where a field is missing that each of ours has.
    pub fingerprint: Option<Fingerprint>,
}

impl From<&SurveyResponse> for ServerRecord {
    fn from(response: &SurveyResponse) -> Self {
        let fingerprint = || {
            Some(fingerprint(
                response.name.as_deref()?,
                FeedbackType::parse(response.survey_type.as_deref()?)?,
                response.channel_uid.as_deref()?,
                response.channel.as_deref()?,
                response.language.as_deref()?,
                response.score?,
            ))
        };
        Self { id: response.id.clone(), fingerprint: fingerprint() }
    }
}

/// What is asked: which of the run's rows are among the records.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The run whose rows they are.
    pub run: RunId,
    /// The time, by our clock, of which all records are among those read.
    pub span: (Timestamp, Timestamp),
    /// The server's records.
    pub records: &'a [ServerRecord],
    /// Every row, of this and of other runs, that may have a record among them. Read after the records.
    pub rows: &'a [SentRow],
    /// Other runs that a process is working on now.
    pub busy: &'a BTreeSet<RunId>,
    /// This moment.
    pub now: Timestamp,
}

/// What became of the run's rows, as far as it can be told. Every row in doubt is in exactly one of the first three.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Rows in doubt that are on the server, with their ids where it gives any.
    pub saved: Vec<(u64, Option<String>)>,
    /// Rows in doubt that are surely not.
    pub absent: Vec<u64>,
    /// Rows in doubt that stay so, and why.
    pub undecided: Vec<(u64, UndecidedReason)>,
    /// Rows known to be saved that can't be seen.
    pub missing: Vec<u64>,
    /// Records that are equal to a row of the run and accounted for by no row of any run.
    pub surplus: u64,
}

impl Findings {
    /// How many rows another look may still find: rows not found of which nothing could be told, or that are younger than
    /// `visible_within`, and saved rows that can't be seen.
    pub(super) fn may_appear(&self, question: &Question<'_>, visible_within: Duration) -> u64 {
        let over: HashMap<u64, Timestamp> = question.own().map(|row| (row.row, row.ended_at)).collect();
        let is_young =
            |row: &&u64| over.get(row).is_some_and(|ended_at| question.now < later(*ended_at, visible_within));
        let open = self.undecided.iter().filter(|(_, why)| why.may_pass()).count();
        (open + self.absent.iter().filter(is_young).count() + self.missing.len()) as u64
    }
}

impl<'a> Question<'a> {
    pub(super) fn own(&self) -> impl Iterator<Item = &'a SentRow> + use<'a> {
        let run = self.run;
        self.rows.iter().filter(move |row| row.run == run)
    }
}

/// Says what became of the run's rows.
pub fn reconcile(question: &Question<'_>) -> Findings {
    let doubts = doubts(question);
    let mut account = Account::open(question);
    let evidence = Evidence::gather(question, &account, &doubts);
    let rivals = rivals(question, &account, &doubts);
    let mut findings = Findings::default();
    for (kind, rows) in &doubts {
        if let Some(rivals) = rivals.get(kind) {
            decide(&evidence, rivals, &mut account, kind, rows, &mut findings);
        }
    }
    findings.undecided.sort_unstable();
    findings.saved.sort_unstable();
    findings.absent.sort_unstable();
    findings.missing = account.unseen(question.run);
    let undecided: HashSet<u64> = findings.undecided.iter().map(|(row, _)| *row).collect();
    findings.surplus = account.surplus(question, &undecided);
    findings
}

/// Rows in doubt, equal ones together, in the order they were sent.
pub(super) type Doubts<'a> = BTreeMap<Fingerprint, Vec<&'a SentRow>>;

fn doubts<'a>(question: &Question<'a>) -> Doubts<'a> {
    let mut doubts = Doubts::new();
    for row in question.own().filter(|row| is_open(row)) {
        doubts.entry(row.fingerprint).or_default().push(row);
    }
    for rows in doubts.values_mut() {
        rows.sort_unstable_by_key(|row| (row.claimed_at, row.row));
    }
    doubts
}

pub(super) fn is_open(row: &SentRow) -> bool {
    matches!(row.state, RowState::Claimed | RowState::Settled(OutcomeKind::InDoubt))
}

pub(super) fn is_saved(row: &SentRow) -> bool {
    row.state == RowState::Settled(OutcomeKind::Saved)
}

/// Whether the row is saved by what was found here earlier, and not by an answer to its POST: the record that it is known
/// by may have been made by an equal row.
pub(super) fn is_inferred(row: &SentRow) -> bool {
    is_saved(row) && row.status.is_none()
}

/// Who else may have made, or may yet be given, a record that is equal to a row in doubt.
#[derive(Default)]
struct Rivals<'a> {
    /// How many records, beside those that saved rows are known by, all our POSTs can have made at the most.
    ours_at_most: u64,
    /// Whether a run that is going on has an equal row whose fate is open: its own id may yet come.
    open_elsewhere: bool,
    /// Rows of any run whose own records may not have been the ones that were seen.
    unconfirmed: Vec<&'a SentRow>,
}

/// The rivals of each kind of row in doubt.
fn rivals<'a>(question: &Question<'a>, account: &Account<'a>, doubts: &Doubts<'a>) -> HashMap<Fingerprint, Rivals<'a>> {
    let mut rivals: HashMap<Fingerprint, Rivals<'_>> = HashMap::new();
    for (row, seen) in account.rows().filter(|(row, _)| doubts.contains_key(&row.fingerprint)) {
        let rivals = rivals.entry(row.fingerprint).or_default();
        rivals.ours_at_most += row.attempts.saturating_sub(u64::from(is_saved(row)));
        rivals.open_elsewhere |= is_open(row) && question.busy.contains(&row.run);
        if is_open(row) || is_inferred(row) || seen == Seen::ByFields {
            rivals.unconfirmed.push(row);
        }
    }
    rivals
}

/// Decides equal rows in doubt together: they are interchangeable.
fn decide(
    evidence: &Evidence<'_>,
    rivals: &Rivals<'_>,
    account: &mut Account<'_>,
    kind: &Fingerprint,
    rows: &[&SentRow],
    findings: &mut Findings,
) {
    let mut leave = |rows: &[&SentRow], why| findings.undecided.extend(rows.iter().map(|row| (row.row, why)));
    let found = account.free(kind);
    if evidence.nothing_visible {
        return leave(rows, UndecidedReason::NothingVisible);
    }
    if found > 0 && rivals.open_elsewhere {
        return leave(rows, UndecidedReason::OtherRunGoing);
    }
    if found as u64 > rivals.ours_at_most {
        return leave(rows, UndecidedReason::SentByOthers);
    }
    let (saved, rest) = rows.split_at(found.min(rows.len()));
    // If the record of any equal row may still appear, those that are there may be any's.
    match rivals.unconfirmed.iter().find_map(|row| evidence.against_absence(row)) {
        Some(why) => leave(rest, why),
        None => findings.absent.extend(rest.iter().map(|row| row.row)),
    }
    let ids = account.take(kind, saved.len());
    findings.saved.extend(saved.iter().map(|row| row.row).zip(ids));
}
