//! Which record on the server belongs to which row. Pure.

use std::collections::{HashMap, HashSet, VecDeque};

use super::snapshot::{ServerRecord, Snapshot};
use crate::ledger::{RunId, SentRow};
use crate::record::Fingerprint;

/// Equal records that belong to no row so far, as indices in the server's order.
#[derive(Default)]
struct Unmatched {
    with_id: VecDeque<usize>,
    without_id: VecDeque<usize>,
}

impl Unmatched {
    fn len(&self) -> usize {
        self.with_id.len() + self.without_id.len()
    }
}

/// How a saved row's record was recognized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MatchedBy {
    Nothing,
    Id,
    Fields,
}

pub(super) struct Matching<'a> {
    rows: &'a [SentRow],
    records: &'a [ServerRecord],
    /// For each row, if it is saved, how its record was recognized.
    matched_by: Vec<MatchedBy>,
    unmatched: HashMap<Fingerprint, Unmatched>,
    /// Unmatched records without a fingerprint.
    unreadable: usize,
    /// Whether the ids of the server's list are those that saving returned.
    pub(super) ids_agree: bool,
    /// Whether a record that was recognized by its id has other fields than were sent.
    pub(super) fields_changed: bool,
}

impl<'a> Matching<'a> {
    /// Matches each saved row with its record, if there is one.
    pub(super) fn new(snapshot: &Snapshot<'a>) -> Self {
        let mut matching = Self {
            rows: snapshot.rows,
            records: snapshot.records,
            matched_by: vec![MatchedBy::Nothing; snapshot.rows.len()],
            unmatched: HashMap::new(),
            unreadable: 0,
            ids_agree: false,
            fields_changed: false,
        };
        let matched = matching.match_by_id();
        matching.collect_unmatched(&matched);
        matching.match_by_fields();
        matching
    }

    /// Returns the indices of the records that were matched.
    fn match_by_id(&mut self) -> HashSet<usize> {
        let with_id = |(index, record): (usize, &'a ServerRecord)| Some((record.id.as_deref()?, index));
        let by_id: HashMap<&str, usize> = self.records.iter().enumerate().filter_map(with_id).collect();
        let mut matched = HashSet::new();
        for (row, matched_by) in self.rows.iter().zip(&mut self.matched_by).filter(|(row, _)| row.is_saved()) {
            let Some(&record) = row.server_id.as_deref().and_then(|id| by_id.get(id)) else { continue };
            *matched_by = MatchedBy::Id;
            self.ids_agree = true;
            self.fields_changed |= self.records[record].fingerprint != Some(row.fingerprint);
            matched.insert(record);
        }
        matched
    }

    fn collect_unmatched(&mut self, matched: &HashSet<usize>) {
        for (index, record) in self.records.iter().enumerate().filter(|(index, _)| !matched.contains(index)) {
            let Some(fingerprint) = record.fingerprint else {
                self.unreadable += 1;
                continue;
            };
            let unmatched = self.unmatched.entry(fingerprint).or_default();
            if record.id.is_some() { &mut unmatched.with_id } else { &mut unmatched.without_id }.push_back(index);
        }
    }

    /// Matches the remaining saved rows with equal records: with any if ids don't agree, otherwise only if the record
    /// or the row has no id.
    fn match_by_fields(&mut self) {
        for (row, matched_by) in self.rows.iter().zip(&mut self.matched_by) {
            if !row.is_saved() || *matched_by != MatchedBy::Nothing {
                continue;
            }
            let Some(unmatched) = self.unmatched.get_mut(&row.fingerprint) else { continue };
            let may_have_id = !self.ids_agree || row.server_id.is_none();
            let with_id = || may_have_id.then(|| unmatched.with_id.pop_front()).flatten();
            if unmatched.without_id.pop_front().or_else(with_id).is_some() {
                *matched_by = MatchedBy::Fields;
            }
        }
    }

    /// How many records belong to no row, except those that an excluded fingerprint describes.
    pub(super) fn unmatched_except(&self, is_excluded: impl Fn(&Fingerprint) -> bool) -> usize {
        let others = self.unmatched.iter().filter(|(fingerprint, _)| !is_excluded(fingerprint));
        others.map(|(_, unmatched)| unmatched.len()).sum::<usize>() + self.unreadable
    }

    /// How many records with this fingerprint belong to no row.
    pub(super) fn unmatched(&self, fingerprint: &Fingerprint) -> usize {
        self.unmatched.get(fingerprint).map_or(0, Unmatched::len)
    }

    /// Takes at most this many unmatched records with this fingerprint, and returns their ids.
    pub(super) fn take(&mut self, fingerprint: &Fingerprint, most: usize) -> Vec<Option<String>> {
        let Some(unmatched) = self.unmatched.get_mut(fingerprint) else { return Vec::new() };
        let next = || unmatched.with_id.pop_front().or_else(|| unmatched.without_id.pop_front());
        std::iter::from_fn(next).take(most).map(|record| self.records[record].id.clone()).collect()
    }

    /// The rows of all runs, and how the saved ones were recognized.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&'a SentRow, MatchedBy)> {
        self.rows.iter().zip(self.matched_by.iter().copied())
    }

    pub(super) fn saved_rows(&self) -> impl Iterator<Item = (&'a SentRow, MatchedBy)> {
        self.rows().filter(|(row, _)| row.is_saved())
    }

    /// The numbers of the run's saved rows that have no record.
    pub(super) fn missing(&self, run: RunId) -> Vec<u64> {
        let missing = |(row, matched_by): &(&SentRow, _)| row.run == run && *matched_by == MatchedBy::Nothing;
        self.saved_rows().filter(missing).map(|(row, _)| row.row).collect()
    }

    /// How many unmatched records are equal to a row of the run, less those that may belong to rows in doubt: of other
    /// runs, and `undecided` ones of this run.
    pub(super) fn surplus(&self, snapshot: &Snapshot<'_>, undecided: &HashSet<u64>) -> u64 {
        let mut unmatched: HashMap<&Fingerprint, usize> =
            snapshot.own_rows().map(|row| (&row.fingerprint, self.unmatched(&row.fingerprint))).collect();
        for row in self.rows.iter().filter(|row| row.is_in_doubt()) {
            if let Some(records) = unmatched.get_mut(&row.fingerprint)
                && (row.run != snapshot.run || undecided.contains(&row.row))
            {
                *records = records.saturating_sub(1);
            }
        }
        unmatched.values().map(|records| *records as u64).sum()
    }
}
