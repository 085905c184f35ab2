//! What makes a record invalid: kinds that can be counted, and messages that say what is allowed. And why a row is skipped.

use std::fmt;
use std::sync::Arc;

use super::field::{FeedbackType, Field};
use crate::numbering::RecordId;
use crate::text::excerpt;

/// How much of a value is shown.
const SHOWN: usize = 60;

/// One thing that is wrong with a record. `Display` says what is wrong in which field, but not the row or the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The column's header, if the problem is in a column.
    pub column: Option<String>,
    pub field: Option<Field>,
    /// Shortened and safe to print.
    pub value: String,
    pub kind: ProblemKind,
}

/// What can be wrong, in the order of the checks. `Display` is the message; `name` is what such problems are counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumMessage, strum::IntoStaticStr)]
pub enum ProblemKind {
    #[strum(to_string = "too few cells", message = "fewer cells than the header")]
    TooFewCells,
    #[strum(to_string = "too many cells", message = "more cells than the header; quote texts with the delimiter")]
    TooManyCells,
    #[strum(to_string = "not UTF-8", message = "not valid UTF-8")]
    NotUtf8,
    #[strum(to_string = "undecodable text", message = "not valid in the input's encoding; set another with --encoding")]
    Undecodable,
    #[strum(to_string = "not a JSON object", message = "not a JSON object")]
    NotAnObject,
    #[strum(to_string = "key twice", message = "the object has this key twice")]
    RepeatedKey,
    #[strum(to_string = "no such record", message = "the mapping makes no record of this number")]
    NoSuchRecord,
    /// A workbook's number with more digits than its format can represent.
    #[strum(to_string = "number with lost digits", message = "the workbook lost its last digits; enter it as text")]
    InexactNumber,
    #[strum(to_string = "cell not a number", message = "not a number, but a filter or skip rule compares it with one")]
    NotComparable,
    #[strum(
        to_string = "cell not a date",
        message = "not a date such as 2026-01-31, but a filter or skip rule compares it with one; for dates in another form, \
                   give the rule a date key in a mapping, such as date = \"%d/%m/%Y\""
    )]
    NotADate,
    #[strum(to_string = "missing field", message = "required, but missing")]
    Missing,
    #[strum(to_string = "empty field", message = "required, but empty")]
    Empty,
    #[strum(
        to_string = "control character",
        message = "contains a control character; only message may contain line breaks and tabs"
    )]
    ControlCharacter,
    #[strum(to_string = "lost character", message = "contains U+FFFD: an earlier conversion lost a character")]
    LostCharacter,
    #[strum(to_string = "not a bot id", message = "not a bot id: one word such as st-0b5c…, without / \\ ? # %")]
    NotABotId,
    #[strum(to_string = "bot not mapped", message = "the mapping's values contain no bot for this")]
    UnmappedBot,
    #[strum(to_string = "unknown type", message = "unknown type; expected NPS, CSAT or THUMB")]
    UnknownType,
    #[strum(to_string = "score not a number", message = "not a number")]
    NotANumber,
    #[strum(to_string = "score with a plus sign", message = "not a number; remove the plus sign")]
    LeadingPlus,
    #[strum(to_string = "score with separators", message = "not a number; use a decimal point and no separators")]
    SeparatorInNumber,
    #[strum(
        to_string = "score that could be two numbers",
        message = "could be a decimal or have a separator of thousands; set decimal = \".\" or \",\" in a mapping"
    )]
    AmbiguousNumber,
    #[strum(
        to_string = "score with other separators",
        message = "not a number with the mapping's decimal sign, such as 1.000,5 for a comma and 1,000.5 for a point"
    )]
    WrongSeparators,
    #[strum(to_string = "score not finite", message = "not a finite number")]
    NotFinite,
    #[strum(to_string = "score too large", message = "too large to be sent exactly")]
    TooLarge,
    #[strum(to_string = "score not on the source scale", message = "not on the scale that the mapping converts from")]
    OffSourceScale,
    OutOfScale(FeedbackType),
    #[strum(to_string = "template failed", message = "the mapping's template failed")]
    Template,
}

impl ProblemKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::OutOfScale(FeedbackType::Nps) => "NPS score out of scale",
            Self::OutOfScale(FeedbackType::Csat) => "CSAT score out of scale",
            Self::OutOfScale(FeedbackType::Thumb) => "THUMB score out of scale",
            other => other.into(),
        }
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::OutOfScale(of) = self else {
            return f.write_str(strum::EnumMessage::get_message(self).unwrap_or_default());
        };
        let (low, high) = of.scale().into_inner();
        match of {
            FeedbackType::Thumb => write!(f, "a {of} score is {low} or {high}"),
            FeedbackType::Csat => write!(f, "a {of} score is a whole number from {low} to {high}"),
            FeedbackType::Nps => write!(f, "an {of} score is a whole number from {low} to {high}"),
        }
    }
}

impl Problem {
    pub(super) fn new(column: Option<String>, field: Option<Field>, value: &str, kind: ProblemKind) -> Self {
        Self { column, field, value: excerpt(value, SHOWN), kind }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(f, "{field}: {}", self.kind),
            None => self.kind.fmt(f),
        }
    }
}

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
    /// `--filter` or a filter of the mapping; contains the filter and which of the two it is.
    Filtered(Arc<str>),
    /// The same as an earlier one; `None` where all such are counted together.
    Duplicate { of: Option<RecordId> },
    /// Not in `--rows`.
    NotInRows,
    /// Sent, or maybe sent, by this run.
    SentBefore { run: i64 },
    /// This run has sent another record with its key.
    ChangedSince { run: i64 },
    /// An earlier row of the input has its key, and another record.
    ChangedInInput { since: RecordId },
    /// Not chosen by `--sample`.
    NotInSample,
}

impl SkipReason {
    /// Whether a single record of a row is skipped for it, not the row as a whole.
    pub fn is_of_record(&self) -> bool {
        matches!(self, Self::Duplicate { .. } | Self::SentBefore { .. })
    }

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
            Self::Filtered(filter) => return write!(f, "excluded by {filter}"),
            Self::Duplicate { of: Some(first) } => return write!(f, "duplicate of {first}"),
            Self::Duplicate { of: None } => "duplicate of an earlier row",
            Self::NotInRows => "excluded by --rows",
            Self::SentBefore { run } => return write!(f, "sent by run {run}"),
            Self::ChangedSince { run } => return write!(f, "changed since run {run} sent its key"),
            Self::ChangedInInput { since } => return write!(f, "same key as {since}, but another record"),
            Self::NotInSample => "not in the sample",
        })
    }
}

#[cfg(test)]
mod tests {
    use strum::EnumMessage;

    use super::ProblemKind;
    use crate::record::FeedbackType;

    #[test]
    fn every_kind_has_a_message() {
        assert_eq!(ProblemKind::Empty.get_message(), Some("required, but empty"));
        assert_eq!(ProblemKind::TooFewCells.name(), "too few cells");
        assert_eq!(ProblemKind::OutOfScale(FeedbackType::Thumb).to_string(), "a THUMB score is 0 or 1");
    }
}
