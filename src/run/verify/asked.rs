//! Few rows in doubt are looked for by their respondents, together with the saved rows sent next to them: that takes a few
//! calls instead of one for every 50 rows of the run. Pure.
//!
//! What is found that way is found. A row is absent only if the evidence would be the same with all records read: the rows
//! next to it are visible, and every record that was read belongs to a row. Otherwise, everything is read.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::reconcile::Findings;
use super::snapshot::ServerRecord;
use super::verified::UndecidedReason;
use crate::ledger::{RunId, SentRow, TimeRange};
use crate::record::Fingerprint;

/// How many respondents are asked for in one call. The vendor states no limit.
pub(super) const RESPONDENTS: usize = 25;
/// Records per page.
const PAGE: usize = 50;

/// The rows to look for, by number and by fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    rows: HashSet<u64>,
    pub(super) fingerprints: HashSet<Fingerprint>,
}

impl Wanted {
    /// The rows in doubt of the run and the saved rows sent next to them, if looking for these takes far fewer calls than
    /// reading all records. `rows` are those of all runs, `range` is the time of which records are read.
    pub(super) fn choose(rows: &[SentRow], run: RunId, range: TimeRange) -> Option<Self> {
        let wanted = Self::next_to_doubt(rows, run, range);
        let own_rows = rows.iter().filter(|row| row.run == run).count();
        let (calls, pages) = (wanted.fingerprints.len().div_ceil(RESPONDENTS), own_rows.div_ceil(PAGE));
        (calls > 0 && 2 * calls < pages).then_some(wanted)
    }

    /// The rows in doubt of the run and the saved rows sent next to them.
    pub(super) fn next_to_doubt(rows: &[SentRow], run: RunId, range: TimeRange) -> Self {
        let own = || rows.iter().filter(|row| row.run == run);
        let in_doubt: Vec<&SentRow> = own().filter(|row| row.is_in_doubt()).collect();
        let fingerprints: HashSet<Fingerprint> = in_doubt.iter().map(|row| row.fingerprint).collect();
        let unconfirmed = rows
            .iter()
            .filter(|row| fingerprints.contains(&row.fingerprint) && (row.is_in_doubt() || row.is_inferred()));
        let neighbors = Neighbors::of(own().filter(|row| range.covers(row)));
        let next_to = unconfirmed.flat_map(|row| neighbors.of_row(row));
        let chosen: Vec<&SentRow> = in_doubt.iter().copied().chain(next_to).collect();
        Self {
            rows: chosen.iter().map(|row| row.row).collect(),
            fingerprints: chosen.iter().map(|row| row.fingerprint).collect(),
        }
    }

    /// The respondents to ask for. Also in lower and upper case: a server may have changed that.
    pub(super) fn respondents(&self, found: &HashMap<Fingerprint, String>) -> Option<Vec<String>> {
        let known = self.fingerprints.iter().map(|fingerprint| found.get(fingerprint));
        let known: BTreeSet<&String> = known.collect::<Option<_>>()?;
        let spellings = |uid: &&String| BTreeSet::from([(*uid).clone(), uid.to_lowercase(), uid.to_uppercase()]);
        Some(known.iter().flat_map(spellings).collect())
    }

    /// The rows of all runs that the records that were read say something about.
    pub(super) fn rows_of(&self, rows: Vec<SentRow>, run: RunId, records: &[ServerRecord]) -> Vec<SentRow> {
        let ids: HashSet<&str> = records.iter().filter_map(|record| record.id.as_deref()).collect();
        let has_record = |row: &SentRow| row.server_id.as_deref().is_some_and(|id| ids.contains(id));
        let is_asked = |row: &SentRow| {
            (row.run == run && self.rows.contains(&row.row)) || self.fingerprints.contains(&row.fingerprint)
        };
        rows.into_iter().filter(|row| is_asked(row) || has_record(row)).collect()
    }
}

/// Whether reading all records could not change these findings, except for what time alone changes.
pub(super) fn is_conclusive(findings: &Findings, rows: &[SentRow], records: &[ServerRecord]) -> bool {
    let is_final = |reason| {
        matches!(reason, UndecidedReason::Recent | UndecidedReason::SentByOthers | UndecidedReason::OtherRunGoing)
    };
    let fingerprints: HashSet<&Fingerprint> = rows.iter().map(|row| &row.fingerprint).collect();
    let ids: HashSet<&str> = rows.iter().filter_map(|row| row.server_id.as_deref()).collect();
    let has_row = |record: &ServerRecord| {
        record.fingerprint.as_ref().is_some_and(|fingerprint| fingerprints.contains(fingerprint))
            || record.id.as_deref().is_some_and(|id| ids.contains(id))
    };
    findings.undecided.iter().all(|(_, reason)| is_final(*reason))
        && (findings.absent.is_empty() || records.iter().all(has_row))
}

/// The rows that an answer said were saved, ordered by when their calls ended, and by when they were sent.
struct Neighbors<'a> {
    by_end: Vec<&'a SentRow>,
    by_claim: Vec<&'a SentRow>,
}

impl<'a> Neighbors<'a> {
    fn of(rows: impl Iterator<Item = &'a SentRow>) -> Self {
        let mut by_end: Vec<_> = rows.filter(|row| row.is_saved() && !row.is_inferred()).collect();
        let mut by_claim = by_end.clone();
        by_end.sort_by_key(|row| row.ended_at);
        by_claim.sort_by_key(|row| row.claimed_at);
        Self { by_end, by_claim }
    }

    /// The last one that ended before this row was sent, and the first one that was sent after its call ended.
    fn of_row(&self, row: &SentRow) -> impl Iterator<Item = &'a SentRow> + use<'a> {
        let before = self.by_end.partition_point(|saved| saved.ended_at <= row.claimed_at);
        let before = before.checked_sub(1).map(|index| self.by_end[index]);
        let after = self.by_claim.partition_point(|saved| saved.claimed_at < row.ended_at);
        before.into_iter().chain(self.by_claim.get(after).copied())
    }
}
