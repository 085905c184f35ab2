//! The result of a verification.

use std::collections::BTreeMap;
use std::fmt;

use strum::{IntoStaticStr, VariantArray};

/// The result of a verification, as the ledger has it now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Verified {
    /// Rows that were in doubt.
    pub in_doubt_before: u64,
    /// Rows that were known to be saved, and looked for: all of them, or those sent next to rows in doubt.
    pub saved_before: u64,
    /// Whether only rows in doubt and rows sent next to them were looked for.
    pub only_doubt: bool,
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
    pub(crate) fn still_in_doubt(&self) -> u64 {
        self.undecided.values().sum()
    }

    /// Adds the result for another bot of the same run.
    #[must_use]
    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.in_doubt_before += other.in_doubt_before;
        self.saved_before += other.saved_before;
        self.only_doubt |= other.only_doubt;
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
    pub(crate) fn is_clean(&self) -> bool {
        self.undecided.is_empty() && self.missing.is_empty()
    }
}

/// Why a row stays in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum UndecidedReason {
    /// None of the run's saved rows are visible.
    NothingVisible,
    /// There is no saved row to compare with, neither before nor after it.
    NoNeighbour,
    /// The saved row sent just before or after it is not visible either.
    NeighbourMissing,
    /// Too little time has passed: the server may still save its record.
    Recent,
    /// A saved row reads back with other fields than were sent, and some records belong to no row; or rows read back
    /// with other ids, and not all of them are recognized by their fields.
    ReadsBackOtherwise,
    /// There are more equal records than were sent from here.
    SentByOthers,
    /// Another run in progress has an equal row whose outcome is unknown.
    OtherRunGoing,
}

impl UndecidedReason {
    /// Whether reading again later may resolve it.
    pub const fn may_resolve_later(self) -> bool {
        matches!(self, Self::NothingVisible | Self::NoNeighbour | Self::NeighbourMissing | Self::Recent)
    }

    /// The reason's name in JSON output.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl fmt::Display for UndecidedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingVisible => {
                "none of the run's saved rows are visible on the server, so a missing record proves nothing"
            }
            Self::NoNeighbour => "not found, but no saved row was sent before or after it to compare with",
            Self::NeighbourMissing => {
                "not found, but neither is the saved row sent just before or after it: records may appear late"
            }
            Self::Recent => "not found, but the server may still save it: too little time has passed",
            Self::ReadsBackOtherwise => {
                "not found, but some saved rows are not recognized either: the server may have changed fields"
            }
            Self::SentByOthers => "the server has more equal records than were sent from here: others send them too",
            Self::OtherRunGoing => "another run in progress has an equal row whose outcome is unknown",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{UndecidedReason, VariantArray};

    #[test]
    fn every_reason_has_its_own_words() {
        let all = UndecidedReason::VARIANTS;
        let words: BTreeSet<String> = all.iter().map(ToString::to_string).collect();
        assert_eq!(words.len(), all.len());
    }
}
