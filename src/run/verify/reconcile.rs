//! Compares the server's records with the ledger's rows. Pure; the assumptions are listed in the parent module.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;

use super::matching::{MatchedBy, Matching};
use super::snapshot::Snapshot;
use super::verified::UndecidedReason;
use crate::ledger::SentRow;
use crate::record::Fingerprint;

/// What happened to the run's rows, as far as it can be told. Every row in doubt is in exactly one of the first three.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// Rows in doubt that are on the server, with their ids if it sends any.
    pub(super) saved: Vec<(u64, Option<String>)>,
    /// Rows in doubt that are not on the server.
    pub(super) absent: Vec<u64>,
    /// Rows that stay in doubt, and why.
    pub(super) undecided: Vec<(u64, UndecidedReason)>,
    /// Rows known to be saved that are not visible.
    pub(super) missing: Vec<u64>,
    /// Records that are equal to a row of the run but belong to no row of any run.
    pub(super) surplus: u64,
}

impl Findings {
    /// How many rows may be found by reading again: undecided ones that time may resolve, absent ones younger than
    /// `visible_within`, and saved ones that are not visible.
    pub(super) fn may_appear(&self, snapshot: &Snapshot<'_>, visible_within: Duration) -> u64 {
        let ages: HashMap<u64, Duration> = snapshot.own_rows().map(|row| (row.row, row.age(snapshot.now))).collect();
        let is_young = |row: &&u64| ages.get(row).is_some_and(|age| *age < visible_within);
        let unresolved = self.undecided.iter().filter(|(_, reason)| reason.may_resolve_later()).count();
        (unresolved + self.absent.iter().filter(is_young).count() + self.missing.len()) as u64
    }
}

/// Determines what happened to the run's rows.
pub(super) fn reconcile(snapshot: &Snapshot<'_>) -> Findings {
    let in_doubt = rows_in_doubt(snapshot);
    let mut matching = Matching::new(snapshot);
    let evidence = Evidence::gather(snapshot, &matching, |fingerprint| in_doubt.contains_key(fingerprint));
    let equal_rows = equal_rows(snapshot, &matching, &in_doubt);
    let mut findings = Findings::default();
    for (fingerprint, rows) in &in_doubt {
        if let Some(equal_rows) = equal_rows.get(fingerprint) {
            decide(rows, equal_rows, &evidence, &mut matching, &mut findings);
        }
    }
    findings.undecided.sort_unstable();
    findings.saved.sort_unstable();
    findings.absent.sort_unstable();
    findings.missing = matching.missing(snapshot.run);
    let undecided: HashSet<u64> = findings.undecided.iter().map(|(row, _)| *row).collect();
    findings.surplus = matching.surplus(snapshot, &undecided);
    findings
}

/// The run's rows in doubt in the order they were sent, grouped by fingerprint: equal rows are decided together.
type RowsInDoubt<'a> = BTreeMap<Fingerprint, Vec<&'a SentRow>>;

fn rows_in_doubt<'a>(snapshot: &Snapshot<'a>) -> RowsInDoubt<'a> {
    let mut in_doubt = RowsInDoubt::new();
    for row in snapshot.own_rows().filter(|row| row.is_in_doubt()) {
        in_doubt.entry(row.fingerprint).or_default().push(row);
    }
    for rows in in_doubt.values_mut() {
        rows.sort_unstable_by_key(|row| (row.claimed_at, row.row));
    }
    in_doubt
}

/// What is known about all rows, of any run, that are equal to a row in doubt.
#[derive(Default)]
struct EqualRows<'a> {
    /// The most records that our POSTs can have made, beyond those of saved rows.
    most_records: u64,
    /// Whether another run in progress has such a row in doubt: it may still get the record's id in an answer.
    in_doubt_elsewhere: bool,
    /// Rows whose own record may not be the one that was found.
    unconfirmed: Vec<&'a SentRow>,
}

fn equal_rows<'a>(
    snapshot: &Snapshot<'a>,
    matching: &Matching<'a>,
    in_doubt: &RowsInDoubt<'a>,
) -> HashMap<Fingerprint, EqualRows<'a>> {
    let mut by_fingerprint: HashMap<Fingerprint, EqualRows<'_>> = HashMap::new();
    for (row, matched_by) in matching.rows().filter(|(row, _)| in_doubt.contains_key(&row.fingerprint)) {
        let equal_rows = by_fingerprint.entry(row.fingerprint).or_default();
        equal_rows.most_records += row.attempts.saturating_sub(u64::from(row.is_saved()));
        equal_rows.in_doubt_elsewhere |= row.is_in_doubt() && snapshot.active_runs.contains(&row.run);
        if row.is_in_doubt() || row.is_inferred() || matched_by == MatchedBy::Fields {
            equal_rows.unconfirmed.push(row);
        }
    }
    by_fingerprint
}

/// Decides equal rows in doubt together, because they are interchangeable.
fn decide(
    rows: &[&SentRow],
    equal_rows: &EqualRows<'_>,
    evidence: &Evidence<'_>,
    matching: &mut Matching<'_>,
    findings: &mut Findings,
) {
    let [SentRow { fingerprint, .. }, ..] = rows else { return };
    let found = matching.unmatched(fingerprint);
    let mut keep_in_doubt =
        |rows: &[&SentRow], reason| findings.undecided.extend(rows.iter().map(|row| (row.row, reason)));
    if evidence.nothing_visible {
        return keep_in_doubt(rows, UndecidedReason::NothingVisible);
    }
    if found > 0 && equal_rows.in_doubt_elsewhere {
        return keep_in_doubt(rows, UndecidedReason::OtherRunGoing);
    }
    if found as u64 > equal_rows.most_records {
        return keep_in_doubt(rows, UndecidedReason::SentByOthers);
    }
    let (saved, not_found) = rows.split_at(found.min(rows.len()));
    // While the record of any equal row may still appear, the records that were found may belong to any of them.
    match equal_rows.unconfirmed.iter().find_map(|row| evidence.against_absence(row)) {
        Some(reason) => keep_in_doubt(not_found, reason),
        None => findings.absent.extend(not_found.iter().map(|row| row.row)),
    }
    let ids = matching.take(fingerprint, saved.len());
    findings.saved.extend(saved.iter().map(|row| row.row).zip(ids));
}

/// How long the server may still work on a request after this side stopped waiting for its answer, by default.
pub(crate) const SETTLE_TIME: Duration = Duration::from_secs(5 * 60);
/// How many timeouts of a request that takes at least: a server that is late may be very late.
const TIMEOUTS: u32 = 4;
/// How long a record may take to appear after the server has answered.
pub(super) const VISIBLE_TIME: Duration = Duration::from_secs(60);

/// What the saved rows show about rows that are not found.
struct Evidence<'a> {
    now: Timestamp,
    settle: Duration,
    /// One of the run's rows was found.
    any_visible: bool,
    /// The run has saved rows, and none of them are visible.
    nothing_visible: bool,
    /// A row may be on the server although it is not recognized.
    reads_back_otherwise: bool,
    /// The rows that an answer said were saved, and what makes them visible, ordered by when they were sent.
    by_claim: Vec<(&'a SentRow, MatchedBy)>,
    /// The same rows, ordered by when their calls ended.
    by_end: Vec<(&'a SentRow, MatchedBy)>,
}

impl<'a> Evidence<'a> {
    /// `is_in_doubt` says which fingerprints rows in doubt of the run have.
    fn gather(snapshot: &Snapshot<'a>, matching: &Matching<'a>, is_in_doubt: impl Fn(&Fingerprint) -> bool) -> Self {
        let own_saved = || matching.saved_rows().filter(|(row, _)| row.run == snapshot.run);
        let mut own = own_saved().peekable();
        // Rows of other runs at the edges may have records outside the range that was read.
        let in_range = || matching.saved_rows().filter(|(row, _)| snapshot.range.covers(row));
        let any_missing = in_range().any(|(_, matched_by)| matched_by == MatchedBy::Nothing);
        // A row recognized only by fields that it shares with a row in doubt, of any run, proves nothing: the record
        // may be the other row's.
        let ambiguous: HashSet<&Fingerprint> = snapshot
            .rows
            .iter()
            .filter(|row| row.is_in_doubt() || row.is_inferred())
            .map(|row| &row.fingerprint)
            .collect();
        let seen_by = |row: &SentRow, matched_by| match matched_by {
            MatchedBy::Fields if ambiguous.contains(&row.fingerprint) => MatchedBy::Nothing,
            matched_by => matched_by,
        };
        let finds_doubtful =
            snapshot.own_rows().any(|row| row.is_in_doubt() && matching.unmatched(&row.fingerprint) > 0);
        let sees_saved = own_saved().any(|(row, matched_by)| seen_by(row, matched_by) != MatchedBy::Nothing);
        let answered = in_range().filter(|(row, _)| !row.is_inferred());
        let mut by_claim: Vec<_> = answered.map(|(row, matched_by)| (row, seen_by(row, matched_by))).collect();
        let mut by_end = by_claim.clone();
        by_claim.sort_by_key(|(row, _)| row.claimed_at);
        by_end.sort_by_key(|(row, _)| row.ended_at);
        Self {
            now: snapshot.now,
            settle: snapshot.settle,
            any_visible: finds_doubtful || sees_saved,
            nothing_visible: own.peek().is_some() && own.all(|(_, matched_by)| matched_by == MatchedBy::Nothing),
            reads_back_otherwise: (matching.fields_changed && matching.unmatched_except(is_in_doubt) > 0)
                || (!matching.ids_agree && any_missing),
            by_claim,
            by_end,
        }
    }

    /// Why a row that was not found can't be called absent; `None` if it can.
    fn against_absence(&self, row: &SentRow) -> Option<UndecidedReason> {
        if self.reads_back_otherwise {
            return Some(UndecidedReason::ReadsBackOtherwise);
        }
        let before = self.by_end.partition_point(|(saved, _)| saved.ended_at <= row.claimed_at);
        let before = before.checked_sub(1).map(|index| self.by_end[index].1);
        let after = self.by_claim.partition_point(|(saved, _)| saved.claimed_at < row.ended_at);
        let after = self.by_claim.get(after).map(|(_, seen_by)| *seen_by);
        let is_recent = row.age(self.now) < self.settle_time(row);
        match (before, after) {
            (None, None) if !self.any_visible => Some(UndecidedReason::NoNeighbour),
            (Some(MatchedBy::Nothing), _) | (_, Some(MatchedBy::Nothing)) => Some(UndecidedReason::NeighbourMissing),
            // A record that is equal to the next row's may be somebody else's. Only its id shows that records sent after the
            // row in doubt are visible already.
            (_, after) if is_recent && !(shows_end(row.status) && after == Some(MatchedBy::Id)) => {
                Some(UndecidedReason::Recent)
            }
            _ => None,
        }
    }

    /// How long after the end of a row's call its record may still appear.
    fn settle_time(&self, row: &SentRow) -> Duration {
        if shows_end(row.status) {
            return VISIBLE_TIME.min(self.settle);
        }
        self.settle.max(row.timeout * TIMEOUTS)
    }
}

/// Whether an answer with this status shows that the server is done with the request. A gateway may answer 502, 504 and
/// other errors of its own while the server behind it is still working.
fn shows_end(status: Option<u16>) -> bool {
    matches!(status, Some(200..=299 | 500 | 503))
}
