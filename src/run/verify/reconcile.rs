//! Compares the server's records with the ledger's rows. Pure; the assumptions are listed in the parent module.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use super::evidence::Evidence;
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
