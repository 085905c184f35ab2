//! What makes a record invalid, in words that say what is allowed, and in kinds that can be counted.

use std::fmt;

use super::{FeedbackType, Field};
use crate::text::excerpt;

/// How much of a value is shown.
const SHOWN: usize = 60;

/// One thing that is wrong with a record. `Display` says what, and what is allowed; not where, and not the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The header of the column it is in, if it is in a column.
    pub column: Option<String>,
    /// The field it is in, if it is in one.
    pub field: Option<Field>,
    /// The value, cut and safe to print.
    pub value: String,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What can be wrong; the order is that of the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// Fewer cells than the header.
    TooFewCells,
    /// More cells than the header.
    TooManyCells,
    /// The input is taken to be UTF-8 and this isn't.
    NotUtf8,
    /// It means nothing in the input's encoding.
    Undecodable,
    /// Something else than a JSON object where a record should be.
    NotAnObject,
    /// A workbook's number with more digits than it can hold.
    InexactNumber,
    /// A required field isn't there at all.
    Missing,
    /// A required field is empty or blank.
    Empty,
    /// A control character, other than the line breaks and tabs that `message` may hold.
    ControlCharacter,
    /// U+FFFD: an earlier conversion lost a character here.
    LostCharacter,
    /// No id that an address can hold.
    NotABotId,
    /// None of the bots that the mapping's values stand for.
    UnmappedBot,
    /// None of the feedback types.
    UnknownType,
    /// No number.
    NotANumber,
    /// A number with a plus before it.
    LeadingPlus,
    /// A number with a decimal comma or thousands separators.
    SeparatorInNumber,
    /// Not a number, or infinite.
    NotFinite,
    /// A number too large to be sent exactly.
    TooLarge,
    /// A number that isn't on the scale that the mapping converts from.
    OffSourceScale,
    /// A number that isn't on the scale of the record's type.
    OutOfScale(FeedbackType),
    /// The mapping's template can't be filled in from this row.
    Template,
}

impl ProblemKind {
    /// A short name to count it under.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooFewCells => "too few cells",
            Self::TooManyCells => "too many cells",
            Self::NotUtf8 => "not UTF-8",
            Self::Undecodable => "undecodable text",
            Self::NotAnObject => "not a JSON object",
            Self::InexactNumber => "number with lost digits",
            Self::Missing => "missing field",
            Self::Empty => "empty field",
            Self::ControlCharacter => "control character",
            Self::LostCharacter => "lost character",
            Self::NotABotId => "not a bot id",
            Self::UnmappedBot => "bot not mapped",
            Self::UnknownType => "unknown type",
            Self::NotANumber => "score not a number",
            Self::LeadingPlus => "score with a plus sign",
            Self::SeparatorInNumber => "score with a comma or separator",
            Self::NotFinite => "score not finite",
            Self::TooLarge => "score too large",
            Self::OffSourceScale => "score off the scale converted from",
            Self::Template => "template can't be filled in",
            Self::OutOfScale(FeedbackType::Nps) => "NPS score out of scale",
            Self::OutOfScale(FeedbackType::Csat) => "CSAT score out of scale",
            Self::OutOfScale(FeedbackType::Thumb) => "THUMB score out of scale",
        }
    }
}

/// What is wrong and what is allowed, such as ``"an NPS score is a whole number from 0 to 10"``.
impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooFewCells => "fewer cells than the header",
            Self::TooManyCells => "more cells than the header: a delimiter in a text needs quotes around the text",
            Self::NotUtf8 => "bytes that are not UTF-8",
            Self::Undecodable => "bytes that mean nothing in the input's encoding: give the right one with --encoding",
            Self::NotAnObject => "not a JSON object",
            Self::InexactNumber => {
                "a number whose last digits the workbook has lost: format such columns as text before they are filled in"
            }
            Self::Missing => "required, and missing",
            Self::Empty => "empty, and required",
            Self::ControlCharacter => {
                "a control character; only message may hold line breaks and tabs, nothing holds others"
            }
            Self::LostCharacter => "U+FFFD stands where an earlier conversion lost a character",
            Self::NotABotId => "not a bot id: one word such as st-0b5c…, without / \\ ? # %",
            Self::UnmappedBot => "the mapping's values name no bot for this",
            Self::UnknownType => "not a type: it is NPS, CSAT or THUMB",
            Self::NotANumber => "not a number",
            Self::LeadingPlus => "a number is written without a plus sign",
            Self::SeparatorInNumber => {
                "a number is written with a point before decimals, and without thousands separators"
            }
            Self::NotFinite => "not a finite number",
            Self::TooLarge => "too large a number to be sent exactly",
            Self::OffSourceScale => "not on the scale that the mapping converts from",
            Self::Template => "the mapping's template can't be filled in",
            Self::OutOfScale(of) => {
                let (least, most) = of.scale().into_inner();
                return match of {
                    FeedbackType::Thumb => write!(f, "a {of} score is {least} or {most}"),
                    FeedbackType::Csat => write!(f, "a {of} score is a whole number from {least} to {most}"),
                    FeedbackType::Nps => write!(f, "an {of} score is a whole number from {least} to {most}"),
                };
            }
        })
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
