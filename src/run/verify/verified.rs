use std::collections::BTreeMap;

use super::UndecidedReason;

/// The result of a verification, as the ledger has it now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Rows that were in doubt.
    pub in_doubt_before: u64,
    /// Rows that were known to be saved, and looked for.
    pub saved_before: u64,
    /// Records that were read: the run's own and others of its time.
    pub records: u64,
    /// Rows in doubt that were found.
    pub saved: u64,
    /// Rows in doubt that are not on the server; they are unsent now.
    pub absent: u64,
    /// Rows that stay in doubt, by reason.
    pub undecided: BTreeMap<UndecidedReason, u64>,
    /// Rows known to be saved that are not visible on the server.
    pub missing: Vec<u64>,
    /// Records that are equal to rows of this run but belong to no row of any run.
    pub surplus: u64,
}

impl Verified {
    /// Rows that stay in doubt.
    pub fn still_in_doubt(&self) -> u64 {
        self.undecided.values().sum()
    }

    /// Adds the result for another bot of the same run.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.in_doubt_before += other.in_doubt_before;
        self.saved_before += other.saved_before;
        self.records += other.records;
        self.saved += other.saved;
        self.absent += other.absent;
        for (reason, rows) in other.undecided {
            *self.undecided.entry(reason).or_default() += rows;
        }
        self.missing.extend(other.missing);
        self.missing.sort_unstable();
        self.surplus += other.surplus;
        self
    }

    /// Whether every row's outcome is known, and every saved row is visible.
    pub fn is_clean(&self) -> bool {
        self.undecided.is_empty() && self.missing.is_empty()
    }
}
