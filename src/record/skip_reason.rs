//! Why a row is skipped.

use std::fmt;
use std::sync::Arc;

/// The reason. `Display` is what the ledger stores.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// All cells are empty.
    Blank,
    /// An earlier run left it in doubt: it may have been saved.
    InDoubtBefore,
    /// Nobody answered.
    NoAnswer,
    /// A skip rule of the mapping or preset; contains the rule's reason.
    Rule(Arc<str>),
    /// `--filter`; contains the filter.
    Filtered(Arc<str>),
    /// The same as an earlier row; `None` where all such rows are counted together.
    Duplicate { of: Option<u64> },
    /// Not in `--rows`.
    NotInRows,
    /// Sent, or maybe sent, by a run that `--exclude-run` names.
    SentBefore { run: i64 },
    /// Not chosen by `--sample`.
    NotInSample,
}

impl SkipReason {
    /// The reason without what only applies to one row, for counting.
    #[must_use]
    pub fn without_details(self) -> Self {
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
            Self::Filtered(filter) => return write!(f, "excluded by --filter {filter}"),
            Self::Duplicate { of: Some(row) } => return write!(f, "duplicate of row {row}"),
            Self::Duplicate { of: None } => "duplicate of an earlier row",
            Self::NotInRows => "excluded by --rows",
            Self::SentBefore { run } => return write!(f, "sent by run {run}"),
            Self::NotInSample => "not in the sample",
        })
    }
}
