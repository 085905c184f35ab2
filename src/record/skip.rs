//! Why a row isn't meant to be sent.

use std::fmt;
use std::sync::Arc;

/// Why a row isn't meant to be sent. `Display` is what the ledger writes down.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// All its cells are empty or blank.
    Blank,
    /// An earlier run left it in doubt: it may have been saved.
    InDoubtBefore,
    /// Nobody answered.
    NoAnswer,
    /// A rule of the mapping or preset leaves it out; the rule's reason.
    Rule(Arc<str>),
    /// `--filter` leaves it out; the filter as it was written.
    Filtered(Arc<str>),
    /// An earlier row is the same; which, where one row is meant and not all such rows.
    Duplicate {
        /// The earlier row's number.
        of: Option<u64>,
    },
    /// `--rows` names others.
    NotInRows,
    /// An earlier run has sent it, or may have.
    SentBefore {
        /// That run's number.
        run: i64,
    },
    /// `--sample` chose others.
    NotInSample,
}

impl SkipReason {
    /// The reason as it is counted: without what is only true of one row.
    #[must_use]
    pub fn in_general(self) -> Self {
        match self {
            Self::Duplicate { .. } => Self::Duplicate { of: None },
            other => other,
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blank => "blank row",
            Self::InDoubtBefore => "in doubt in an earlier run",
            Self::NoAnswer => "no answer",
            Self::Rule(reason) => reason,
            Self::Filtered(filter) => return write!(f, "left out by --filter {filter}"),
            Self::Duplicate { of: Some(row) } => return write!(f, "duplicate of row {row}"),
            Self::Duplicate { of: None } => "duplicate of an earlier row",
            Self::NotInRows => "left out by --rows",
            Self::SentBefore { run } => return write!(f, "sent by run {run}"),
            Self::NotInSample => "not in the sample",
        })
    }
}
