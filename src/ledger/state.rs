//! The state of one row, and which states may follow which: pure, so that the rules can be read and tested on their own.

use std::fmt;

/// Where a row stands in the ledger. A row that the ledger has never seen has no state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowState {
    /// Its intent is durable and its outcome is not: a POST may be on its way.
    Claimed,
    /// It has an outcome.
    Settled(OutcomeKind),
}

/// The settled end of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutcomeKind {
    /// The server has it.
    Saved,
    /// The server said no.
    Rejected,
    /// Never sent: not a valid record.
    Invalid,
    /// Never sent: no answer in it, a duplicate, filtered.
    Skipped,
    /// Given up before the server took it; a resumed run sends it.
    Unsent,
    /// It may have been saved.
    InDoubt,
}

impl OutcomeKind {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Saved, Self::Rejected, Self::Invalid, Self::Skipped, Self::Unsent, Self::InDoubt];

    /// The outcome's word in reports and in the ledger.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Rejected => "rejected",
            Self::Invalid => "invalid",
            Self::Skipped => "skipped",
            Self::Unsent => "unsent",
            Self::InDoubt => "in doubt",
        }
    }
}

impl fmt::Display for OutcomeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What became of a row, with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Which outcome.
    pub kind: OutcomeKind,
    /// The HTTP status it came with, if there was one.
    pub status: Option<u16>,
    /// The server's id of the record, when it was saved.
    pub server_id: Option<String>,
    /// Why, in words, when it was not.
    pub detail: Option<String>,
}

impl Outcome {
    /// An outcome with a reason and nothing more.
    pub fn because(kind: OutcomeKind, detail: impl Into<String>) -> Self {
        Self { kind, status: None, server_id: None, detail: Some(detail.into()) }
    }
}

/// What the user has given leave to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Leave {
    /// Nothing: a row in doubt stays in doubt.
    #[default]
    None,
    /// Rows in doubt may be sent again.
    ResendInDoubt,
}

impl RowState {
    /// The state's word in the ledger.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Settled(kind) => kind.word(),
        }
    }

    /// The state that a word of the ledger means.
    pub fn from_word(word: &str) -> Option<Self> {
        let all = OutcomeKind::ALL.into_iter().map(Self::Settled).chain([Self::Claimed]);
        all.into_iter().find(|state| state.word() == word)
    }
}

/// Whether a row in this state may be claimed (invariants 1 and 2).
pub(super) fn may_be_claimed(state: Option<RowState>, leave: Leave) -> bool {
    match state {
        None | Some(RowState::Settled(OutcomeKind::Unsent)) => true,
        Some(RowState::Settled(OutcomeKind::InDoubt)) => leave == Leave::ResendInDoubt,
        Some(RowState::Claimed | RowState::Settled(_)) => false,
    }
}

/// Whether a row in this state may get this outcome.
pub(super) fn may_be_settled(state: Option<RowState>, outcome: OutcomeKind) -> bool {
    use OutcomeKind::{InDoubt, Invalid, Rejected, Saved, Skipped, Unsent};
    match (state, outcome) {
        // Found without sending.
        (None, Invalid | Skipped | Unsent) => true,
        // Checked more strictly by a later resume.
        (Some(RowState::Settled(Unsent)), Invalid | Skipped) => true,
        // What a POST came to.
        (Some(RowState::Claimed), Saved | Rejected | Unsent | InDoubt) => true,
        // Doubt resolved by asking the server.
        (Some(RowState::Settled(InDoubt)), Saved | Unsent) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Leave, OutcomeKind, RowState, may_be_claimed, may_be_settled};

    #[test]
    fn only_new_and_unsent_rows_are_claimed_without_leave() {
        for kind in OutcomeKind::ALL {
            let claimable = may_be_claimed(Some(RowState::Settled(kind)), Leave::None);
            assert_eq!(claimable, kind == OutcomeKind::Unsent, "{kind}");
        }
        assert!(may_be_claimed(None, Leave::None));
        assert!(!may_be_claimed(Some(RowState::Claimed), Leave::ResendInDoubt));
    }

    #[test]
    fn leave_opens_rows_in_doubt_and_nothing_else() {
        for kind in OutcomeKind::ALL {
            let opened = may_be_claimed(Some(RowState::Settled(kind)), Leave::ResendInDoubt)
                && !may_be_claimed(Some(RowState::Settled(kind)), Leave::None);
            assert_eq!(opened, kind == OutcomeKind::InDoubt, "{kind}");
        }
    }

    #[test]
    fn a_saved_or_rejected_row_never_gets_another_outcome() {
        for last in [OutcomeKind::Saved, OutcomeKind::Rejected, OutcomeKind::Invalid, OutcomeKind::Skipped] {
            for next in OutcomeKind::ALL {
                assert!(!may_be_settled(Some(RowState::Settled(last)), next), "{last} → {next}");
            }
        }
    }

    #[test]
    fn nothing_is_saved_or_in_doubt_without_having_been_claimed() {
        for kind in [OutcomeKind::Saved, OutcomeKind::Rejected, OutcomeKind::InDoubt] {
            assert!(!may_be_settled(None, kind), "{kind}");
            assert!(may_be_settled(Some(RowState::Claimed), kind), "{kind}");
        }
    }

    #[test]
    fn every_word_reads_back() {
        for state in OutcomeKind::ALL.into_iter().map(RowState::Settled).chain([RowState::Claimed]) {
            assert_eq!(RowState::from_word(state.word()), Some(state));
        }
        assert_eq!(RowState::from_word("lost"), None);
    }
}
