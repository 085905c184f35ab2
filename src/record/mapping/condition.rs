//! What a cell must be: one of some texts, a match of a pattern, or a number or date within bounds. Blanks around a cell and
//! the case of texts make no difference. A condition is generic over its column `C`: a name until the header is known, then
//! an index.

use regex::{Regex, RegexBuilder};
use serde_json::{Value, json};

use super::comparison::{Bound, Comparison};
use crate::record::{FoldedSet, ProblemKind};
use crate::source::Row;
use crate::text::trimmed;

/// The longest pattern, in bytes, and how much memory it may need once compiled. Matching takes time linear in the text.
const MAX_PATTERN: usize = 1_000;
const MAX_COMPILED: usize = 1 << 20;

/// A column and what its cells must be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition<C = String> {
    pub column: C,
    pub test: Test,
}

/// What a cell must be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    /// One of these texts; none of them unless `is`.
    OneOf { values: FoldedSet, is: bool },
    /// A text in which the pattern is found; is not found unless `is`.
    Pattern { pattern: Pattern, is: bool },
    /// A number or date on this side of the bound. A blank cell is on no side.
    Compared(Comparison, Bound),
}

/// A regular expression that ignores case.
#[derive(Debug, Clone)]
pub(crate) struct Pattern(Regex);

impl Pattern {
    /// # Errors
    /// Why the text is no pattern.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        if text.len() > MAX_PATTERN {
            return Err(format!("longer than {MAX_PATTERN} bytes"));
        }
        let mut builder = RegexBuilder::new(text);
        builder.case_insensitive(true).size_limit(MAX_COMPILED).dfa_size_limit(MAX_COMPILED);
        builder.build().map(Self).map_err(|error| match error {
            // The last line has the reason; those above it point at the place.
            regex::Error::Syntax(lines) => {
                lines.lines().last().map_or("", |line| line.trim_start_matches("error: ")).to_owned()
            }
            _ => "too large".to_owned(),
        })
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Test {
    fn matches(&self, cell: &str) -> Result<bool, ProblemKind> {
        let cell = trimmed(cell);
        match self {
            Self::OneOf { values, is } => Ok(values.contains(cell) == *is),
            Self::Pattern { pattern, is } => Ok(pattern.0.is_match(cell) == *is),
            Self::Compared(..) if cell.is_empty() => Ok(false),
            Self::Compared(comparison, bound) => Ok(comparison.holds(bound.compare(cell)?)),
        }
    }

    /// Equal for two tests if and only if they are the same. Ledgers contain it.
    fn canonical(&self) -> Vec<Value> {
        match self {
            Self::OneOf { values, is } => vec![json!(is), json!(values)],
            Self::Pattern { pattern, is } => vec![json!(if *is { "~" } else { "!~" }), json!(pattern.0.as_str())],
            Self::Compared(comparison, bound) => {
                vec![json!(comparison.to_string()), json!(bound.to_string()), json!(bound.form())]
            }
        }
    }
}

impl Condition<usize> {
    /// # Errors
    /// The column whose cell cannot be compared, and why.
    pub(super) fn matches(&self, row: &Row) -> Result<bool, (usize, ProblemKind)> {
        self.test.matches(row.cell(self.column).unwrap_or_default()).map_err(|kind| (self.column, kind))
    }

    pub(super) fn canonical(&self) -> Value {
        std::iter::once(json!(self.column)).chain(self.test.canonical()).collect()
    }
}
