//! Why a header and the options don't fill all fields: everything at once.

use std::fmt;
use std::mem::discriminant;

use super::{ClauseError, MatchedBy};
use crate::error::{Advice, ErrorKind, did_you_mean};
use crate::record::{Field, ProblemKind};
use crate::text::{excerpt, quoted};

/// How many of an input's columns a message shows.
const COLUMNS_SHOWN: usize = 12;
/// How much of a name or value a message shows.
const SHOWN: usize = 80;

/// Why no mapping could be made: at least one problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingError {
    pub problems: Vec<MappingProblem>,
    pub headers: Vec<String>,
}

/// One reason why no mapping could be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MappingProblem {
    /// Almost always a wrong delimiter.
    OneColumn { delimiter: char, header: String },
    /// A field has several `--map` and `--set`.
    GivenTwice { field: Field, options: Vec<String> },
    /// The column named for a field does not exist.
    NoSuchColumn { field: Field, column: String, by: MatchedBy, nearest: Option<String> },
    /// The column named by a rule for rows or by a template does not exist.
    UnknownColumn { named_by: String, column: String, nearest: Option<String> },
    /// A rule compares its column with a value that does not fit.
    BadCondition { named_by: String, error: ClauseError },
    /// `--include` names a reason that no rule skips rows for.
    NoSuchSkip { given: String, known: Vec<String> },
    /// Several columns match a field, each with its index.
    Ambiguous { field: Field, columns: Vec<(usize, String)> },
    /// The field has no source; `needed` is what the mapping or preset asks for.
    Unfilled { field: Field, needed: Option<String> },
    /// One of several records has this problem.
    InRecord { record: String, problem: Box<Self> },
    /// `--record` gives a field a value that is also the name of a column.
    ValueOrColumn { field: Field, text: String },
    /// The input is a failure report of records, and the mapping makes one record of each row.
    ReportOfRecords,
    /// No row can have this value.
    BadConstant { field: Field, value: String, by: MatchedBy, kind: ProblemKind },
}

impl fmt::Display for MappingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| quoted(text, SHOWN);
        match self {
            Self::OneColumn { delimiter, header } => {
                let delimiter = if *delimiter == '\t' { "tab".into() } else { format!("{delimiter:?}") };
                write!(f, "found only one column, {}, with {delimiter} as the delimiter", quoted(header))
            }
            Self::GivenTwice { field, options } => {
                write!(f, "{field}: set more than once ({})", excerpt(&options.join(", "), 200))
            }
            Self::NoSuchColumn { field, column, by, nearest } => {
                write!(f, "{field}: no column {} (named by {by}){}", quoted(column), did_you_mean(nearest.as_deref()))
            }
            Self::UnknownColumn { named_by, column, nearest } => {
                let named_by = excerpt(named_by, 100);
                write!(f, "{named_by}: no column {}{}", quoted(column), did_you_mean(nearest.as_deref()))
            }
            Self::BadCondition { named_by, error } => write!(f, "{}: {error}", excerpt(named_by, 100)),
            Self::Ambiguous { field, columns } => {
                let position = |(index, header): &(usize, String)| format!("{} (column {})", quoted(header), index + 1);
                write!(f, "{field}: matches several columns: {}", list(columns.iter().map(position)))
            }
            Self::NoSuchSkip { given, known } if known.is_empty() => {
                write!(f, "--include {}: there are no skip rules", quoted(given))
            }
            Self::NoSuchSkip { given, known } => {
                let known = list(known.iter().map(|known| excerpt(known, 60)));
                write!(f, "--include {}: no such skip rule; the rules are: {known}", quoted(given))
            }
            Self::Unfilled { field, needed: None } => write!(f, "{field}: no column and no value"),
            Self::Unfilled { field, needed: Some(needed) } => {
                write!(f, "{field}: no column and no value; provide {}", excerpt(needed, 160))
            }
            Self::InRecord { record, problem } => write!(f, "record {record}: {problem}"),
            Self::ValueOrColumn { field, text } => {
                write!(f, "{field}: {} is a value, but the input also has a column of this name", quoted(text))
            }
            Self::ReportOfRecords => f.write_str(
                "the input is a failure report of single records, but this mapping makes one record of each row",
            ),
            Self::BadConstant { field, value, by, kind } => {
                write!(f, "{field}: invalid value {} from {by}: {kind}", quoted(value))
            }
        }
    }
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot map the input's columns to the fields of a record:")?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  - {problem}"))?;
        write!(f, "\n  columns found: {}", list(self.headers.iter().map(|header| quoted(header, SHOWN))))
    }
}

impl std::error::Error for MappingError {}

impl Advice for MappingError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Mapping
    }

    /// One hint for each kind of problem.
    fn hint(&self) -> Option<String> {
        let is_first_of_kind = |(at, problem): &(usize, &MappingProblem)| {
            !self.problems[..*at].iter().any(|earlier| discriminant(earlier.itself()) == discriminant(problem.itself()))
        };
        let firsts = self.problems.iter().enumerate().filter(is_first_of_kind);
        let hints: Vec<_> = firsts.filter_map(|(_, problem)| problem.hint()).collect();
        (!hints.is_empty()).then(|| hints.join("; "))
    }
}

impl MappingProblem {
    fn hint(&self) -> Option<String> {
        match self {
            Self::OneColumn { .. } => Some("set the delimiter, such as --delimiter ';' or --delimiter tab".to_owned()),
            Self::Unfilled { field, .. } => Some(format!(
                "name the column with --map {field}=COLUMN, or give every row the same value with --set {field}=VALUE; \
                 `kore-feedback inspect FILE` shows the columns and proposes a mapping"
            )),
            Self::NoSuchColumn { .. } => Some("name one of the columns found".to_owned()),
            Self::Ambiguous { field, .. } => {
                Some(format!("choose with --map {field}=COLUMN, by a name shown here or by position, such as '#3'"))
            }
            Self::GivenTwice { field, .. } => Some(format!("give {field} only one --map or --set")),
            Self::InRecord { problem, .. } => problem.hint(),
            Self::ValueOrColumn { field, text } => Some(format!(
                "write {field}={} for the column, or {field}={} for the value",
                quoted(&format!("column:{text}"), SHOWN),
                quoted(&format!("value:{text}"), SHOWN)
            )),
            Self::ReportOfRecords => Some("import it with the mapping or the --record options of its run".to_owned()),
            Self::UnknownColumn { .. }
            | Self::BadCondition { .. }
            | Self::NoSuchSkip { .. }
            | Self::BadConstant { .. } => None,
        }
    }

    /// The problem without the record that has it.
    pub fn itself(&self) -> &Self {
        match self {
            Self::InRecord { problem, .. } => problem,
            other => other,
        }
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    let mut items: Vec<String> = items.collect();
    let more = items.len().saturating_sub(COLUMNS_SHOWN);
    items.truncate(COLUMNS_SHOWN);
    if more > 0 {
        items.push(format!("and {more} more"));
    }
    items.join(", ")
}
