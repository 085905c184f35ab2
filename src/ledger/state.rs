//! The state of one row, and which states may follow which: pure, so that the rules can be read and tested on their
//! own.

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::Deviations;

/// The state of a row in the ledger. A row that the ledger has never seen has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowState {
    /// Its intent is durable, its outcome is not: a POST may be in flight.
    Claimed,
    Settled(OutcomeKind),
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "lowercase", const_into_str)]
pub enum OutcomeKind {
    Saved,
    Rejected,
    /// Never sent: not a valid record.
    Invalid,
    /// Never sent: no answer in it, a duplicate, filtered.
    Skipped,
    /// The server did not accept it; a resumed run sends it again.
    Unsent,
    /// Sent, and nobody knows whether it was saved.
    #[strum(serialize = "in doubt")]
    InDoubt,
}

impl OutcomeKind {
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The outcome's word in reports and in the ledger.
    pub(crate) const fn as_str(self) -> &'static str {
        self.into_str()
    }
}

/// The outcome of a row, with what is known about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub kind: OutcomeKind,
    /// The HTTP status of the answer, if there was one.
    pub status: Option<u16>,
    /// The server's id of the record, if it was saved.
    pub server_id: Option<String>,
    /// Why it was not saved.
    pub detail: Option<String>,
    /// The server's time of the record, if it was saved.
    pub(crate) server_time: Option<Timestamp>,
    /// How the answer about a saved record deviates from the contract.
    pub(crate) deviations: Deviations,
}

impl Outcome {
    pub(crate) fn new(kind: OutcomeKind) -> Self {
        let deviations = Deviations::default();
        Self { kind, status: None, server_id: None, detail: None, server_time: None, deviations }
    }

    /// An outcome with a reason and nothing else.
    pub(crate) fn with_detail(kind: OutcomeKind, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..Self::new(kind) }
    }
}

/// What may be sent again besides unsent rows; by default nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ResendPolicy {
    /// Rows in doubt: they may then be saved twice.
    pub in_doubt: bool,
    /// Rows that the server rejected.
    pub rejected: bool,
}

impl ResendPolicy {
    pub(crate) const NEVER: Self = Self { in_doubt: false, rejected: false };

    /// Whether a row with this outcome may be sent.
    pub(crate) const fn allows(self, outcome: OutcomeKind) -> bool {
        match outcome {
            OutcomeKind::Unsent => true,
            OutcomeKind::InDoubt => self.in_doubt,
            OutcomeKind::Rejected => self.rejected,
            OutcomeKind::Saved | OutcomeKind::Invalid | OutcomeKind::Skipped => false,
        }
    }
}

impl RowState {
    pub(super) fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self::Claimed).chain(OutcomeKind::ALL.iter().copied().map(Self::Settled))
    }

    /// The state's number in the table `records`. SQLite stores 0 and 1 in no bytes.
    pub(super) const fn code(self) -> i64 {
        match self {
            Self::Claimed => 0,
            Self::Settled(OutcomeKind::Saved) => 1,
            Self::Settled(OutcomeKind::Rejected) => 2,
            Self::Settled(OutcomeKind::Invalid) => 3,
            Self::Settled(OutcomeKind::Skipped) => 4,
            Self::Settled(OutcomeKind::Unsent) => 5,
            Self::Settled(OutcomeKind::InDoubt) => 6,
        }
    }

    /// The state's word in reports, and in the ledger's view `rows`.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Settled(kind) => kind.as_str(),
        }
    }
}

/// From the table or the view.
impl FromSql for RowState {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let found = match value {
            ValueRef::Integer(code) => Self::all().find(|state| state.code() == code),
            word => {
                let word = word.as_str()?;
                Self::all().find(|state| state.as_str() == word)
            }
        };
        found.ok_or(FromSqlError::InvalidType)
    }
}

impl ToSql for RowState {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.code().into())
    }
}

/// Whether a row in this state may be claimed (invariants 1 and 2).
pub(super) fn may_be_claimed(state: Option<RowState>, resend: ResendPolicy) -> bool {
    match state {
        None => true,
        Some(RowState::Settled(outcome)) => resend.allows(outcome),
        Some(RowState::Claimed) => false,
    }
}

/// Whether a row in this state may get this outcome.
pub(super) fn may_be_settled(state: Option<RowState>, outcome: OutcomeKind) -> bool {
    use OutcomeKind::{InDoubt, Invalid, Rejected, Saved, Skipped, Unsent};
    match (state, outcome) {
        // Decided without a POST.
        (None, Invalid | Skipped | Unsent) => true,
        // A later resume checks more strictly.
        (Some(RowState::Settled(Unsent)), Invalid | Skipped) => true,
        // The result of a POST.
        (Some(RowState::Claimed), Saved | Rejected | Unsent | InDoubt) => true,
        // Doubt resolved by asking the server.
        (Some(RowState::Settled(InDoubt)), Saved | Unsent) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::types::{FromSql, ValueRef};

    use super::{OutcomeKind, ResendPolicy, RowState, may_be_claimed, may_be_settled};

    #[test]
    fn only_unsent_rows_are_claimed_by_default() {
        for &kind in OutcomeKind::ALL {
            let claimable = may_be_claimed(Some(RowState::Settled(kind)), ResendPolicy::NEVER);
            assert_eq!(claimable, kind == OutcomeKind::Unsent, "{kind}");
        }
        assert!(may_be_claimed(None, ResendPolicy::NEVER));
        let everything = ResendPolicy { in_doubt: true, rejected: true };
        assert!(!may_be_claimed(Some(RowState::Claimed), everything));
    }

    #[test]
    fn resend_policies_add_exactly_one_outcome() {
        let in_doubt = ResendPolicy { in_doubt: true, ..ResendPolicy::NEVER };
        let rejected = ResendPolicy { rejected: true, ..ResendPolicy::NEVER };
        for (resend, expected) in [(in_doubt, OutcomeKind::InDoubt), (rejected, OutcomeKind::Rejected)] {
            for &kind in OutcomeKind::ALL {
                let state = Some(RowState::Settled(kind));
                let added = may_be_claimed(state, resend) && !may_be_claimed(state, ResendPolicy::NEVER);
                assert_eq!(added, kind == expected, "{kind}");
            }
        }
    }

    #[test]
    fn final_outcomes_never_change() {
        for last in [OutcomeKind::Saved, OutcomeKind::Rejected, OutcomeKind::Invalid, OutcomeKind::Skipped] {
            for &next in OutcomeKind::ALL {
                assert!(!may_be_settled(Some(RowState::Settled(last)), next), "{last} → {next}");
            }
        }
    }

    #[test]
    fn results_of_a_post_require_a_claim() {
        for kind in [OutcomeKind::Saved, OutcomeKind::Rejected, OutcomeKind::InDoubt] {
            assert!(!may_be_settled(None, kind), "{kind}");
            assert!(may_be_settled(Some(RowState::Claimed), kind), "{kind}");
        }
    }

    #[test]
    fn codes_and_words_are_read_back() {
        for state in RowState::all() {
            for stored in [ValueRef::Integer(state.code()), ValueRef::Text(state.as_str().as_bytes())] {
                assert_eq!(RowState::column_result(stored).unwrap(), state);
            }
        }
        for stored in [ValueRef::Integer(7), ValueRef::Integer(-1), ValueRef::Text(b"lost"), ValueRef::Null] {
            assert!(RowState::column_result(stored).is_err());
        }
    }
}
