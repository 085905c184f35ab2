//! Which record on the server is whose. Pure.

use std::collections::{HashMap, HashSet, VecDeque};

use super::reconcile::{Question, ServerRecord, is_open, is_saved};
use crate::ledger::{RunId, SentRow};
use crate::record::Fingerprint;

/// Records that are equal and that nobody accounts for so far, in the server's order.
#[derive(Default)]
struct Free {
    with_id: VecDeque<usize>,
    without_id: VecDeque<usize>,
}

impl Free {
    fn len(&self) -> usize {
        self.with_id.len() + self.without_id.len()
    }
}

/// How a saved row was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    No,
    ById,
    ByFields,
}

/// Which record is whose.
pub(super) struct Account<'a> {
    rows: &'a [SentRow],
    records: &'a [ServerRecord],
    /// For each row, if it is saved, how it was seen.
    seen: Vec<Seen>,
    free: HashMap<Fingerprint, Free>,
    /// Free records that can't be compared.
    unreadable: usize,
    ids_compare: bool,
    altered: bool,
}

impl<'a> Account<'a> {
    /// Gives each saved row the record that it is known by, as far as there is one.
    pub(super) fn open(question: &Question<'a>) -> Self {
        let mut account = Self {
            rows: question.rows,
            records: question.records,
            seen: vec![Seen::No; question.rows.len()],
            free: HashMap::new(),
            unreadable: 0,
            ids_compare: false,
            altered: false,
        };
        let taken = account.settle_by_id();
        account.set_free(&taken);
        account.settle_by_fields();
        account
    }

    fn settle_by_id(&mut self) -> HashSet<usize> {
        let with_id = |(index, record): (usize, &'a ServerRecord)| Some((record.id.as_deref()?, index));
        let by_id: HashMap<&str, usize> = self.records.iter().enumerate().filter_map(with_id).collect();
        let mut taken = HashSet::new();
        for (index, row) in self.rows.iter().enumerate().filter(|(_, row)| is_saved(row)) {
            let Some(&record) = row.server_id.as_deref().and_then(|id| by_id.get(id)) else { continue };
            self.seen[index] = Seen::ById;
            self.ids_compare = true;
            self.altered |= self.records[record].fingerprint != Some(row.fingerprint);
            taken.insert(record);
        }
        taken
    }

    fn set_free(&mut self, taken: &HashSet<usize>) {
        for (index, record) in self.records.iter().enumerate().filter(|(index, _)| !taken.contains(index)) {
            let Some(kind) = record.fingerprint else {
                self.unreadable += 1;
                continue;
            };
            let free = self.free.entry(kind).or_default();
            if record.id.is_some() { &mut free.with_id } else { &mut free.without_id }.push_back(index);
        }
    }

    /// Saved rows that no id was found for account for equal records: for any, where ids don't compare; else only where
    /// the record or the row has none.
    fn settle_by_fields(&mut self) {
        for (row, seen) in self.rows.iter().zip(&mut self.seen) {
            if !is_saved(row) || *seen != Seen::No {
                continue;
            }
            let Some(free) = self.free.get_mut(&row.fingerprint) else { continue };
            let takes_any = !self.ids_compare || row.server_id.is_none();
            let record = free.without_id.pop_front().or_else(|| takes_any.then(|| free.with_id.pop_front()).flatten());
            if record.is_some() {
                *seen = Seen::ByFields;
            }
        }
    }

    /// Whether the ids of this call are those that saving gave.
    pub(super) fn ids_compare(&self) -> bool {
        self.ids_compare
    }

    /// Whether a record that was found by its id has other fields than were sent.
    pub(super) fn altered(&self) -> bool {
        self.altered
    }

    /// How many records nobody accounts for, less those of the kinds that are known.
    pub(super) fn strangers(&self, is_known: impl Fn(&Fingerprint) -> bool) -> usize {
        let strange = self.free.iter().filter(|(kind, _)| !is_known(kind)).map(|(_, free)| free.len());
        strange.sum::<usize>() + self.unreadable
    }

    /// How many records of a kind nobody accounts for.
    pub(super) fn free(&self, kind: &Fingerprint) -> usize {
        self.free.get(kind).map_or(0, Free::len)
    }

    /// Takes at most that many free records of a kind, and gives their ids.
    pub(super) fn take(&mut self, kind: &Fingerprint, number: usize) -> Vec<Option<String>> {
        let Some(free) = self.free.get_mut(kind) else { return Vec::new() };
        let next = || free.with_id.pop_front().or_else(|| free.without_id.pop_front());
        std::iter::from_fn(next).take(number).map(|record| self.records[record].id.clone()).collect()
    }

    /// The rows of all runs, and how they were seen.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&'a SentRow, Seen)> {
        self.rows.iter().zip(self.seen.iter().copied())
    }

    /// The saved ones of them.
    pub(super) fn saved(&self) -> impl Iterator<Item = (&'a SentRow, Seen)> {
        self.rows().filter(|(row, _)| is_saved(row))
    }

    /// The saved rows of a run that were not seen.
    pub(super) fn unseen(&self, run: RunId) -> Vec<u64> {
        self.saved().filter(|(row, seen)| row.run == run && *seen == Seen::No).map(|(row, _)| row.row).collect()
    }

    /// Free records that are equal to a row of the run, less those that rows in doubt may account for: other runs', and
    /// the run's own that stay so.
    pub(super) fn surplus(&self, question: &Question<'_>, undecided: &HashSet<u64>) -> u64 {
        let mut free: HashMap<&Fingerprint, usize> =
            question.own().map(|row| (&row.fingerprint, self.free(&row.fingerprint))).collect();
        for row in self.rows.iter().filter(|row| is_open(row)) {
            if let Some(free) = free.get_mut(&row.fingerprint)
                && (row.run != question.run || undecided.contains(&row.row))
            {
                *free = free.saturating_sub(1);
            }
        }
        free.values().map(|free| *free as u64).sum()
    }
}
