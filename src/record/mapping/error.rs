//! Why a header and what was said about it don't give seven fields: everything at once.

use std::fmt;

use super::{ColumnBy, ConstantBy};
use crate::error::Advice;
use crate::record::{Field, ProblemKind};
use crate::text::{excerpt, quoted};

/// How many of an input's columns a message shows.
const COLUMNS_SHOWN: usize = 12;
/// Characters of a quoted text shown.
const SHOWN: usize = 80;

/// Why no mapping could be made, with every reason there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingError {
    /// The reasons; at least one.
    pub problems: Vec<MappingProblem>,
    /// The input's columns.
    pub headers: Vec<String>,
}

/// One reason why no mapping could be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MappingProblem {
    /// The input has one column only, which is almost always a wrong delimiter.
    OneColumn {
        /// The delimiter it was read with.
        delimiter: char,
        /// The one header.
        header: String,
    },
    /// A field has several of `--map` and `--set`.
    GivenTwice {
        /// The field.
        field: Field,
        /// The options, as they were written.
        options: Vec<String>,
    },
    /// A column was named that the input doesn't have.
    NoSuchColumn {
        /// The field that should come from it.
        field: Field,
        /// The column.
        column: String,
        /// Who named it.
        by: ColumnBy,
        /// The column that may be meant.
        nearest: Option<String>,
    },
    /// A rule for rows, or a template, names a column that the input doesn't have.
    NoSuchColumnFor {
        /// What names it: `--filter`, or the skip rule and its reason.
        what: String,
        /// The column.
        column: String,
        /// The column that may be meant.
        nearest: Option<String>,
    },
    /// `--include` names a reason that no rule skips rows for.
    NoSuchSkip {
        /// The reason.
        given: String,
        /// The reasons that there are.
        known: Vec<String>,
    },
    /// Several columns could be meant.
    Ambiguous {
        /// The field that should come from one of them.
        field: Field,
        /// Each with its place, from 0.
        columns: Vec<(usize, String)>,
    },
    /// Nothing gives the field a value.
    Unfilled {
        /// The field.
        field: Field,
        /// What to give for it, in the mapping's or preset's words.
        needed: Option<String>,
    },
    /// A value for every row that no row can have.
    BadConstant {
        /// The field.
        field: Field,
        /// The value.
        value: String,
        /// Who gave it.
        by: ConstantBy,
        /// What is wrong with it.
        kind: ProblemKind,
    },
}

impl fmt::Display for MappingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneColumn { delimiter, header } => {
                let delimiter = if *delimiter == '\t' { "tab".into() } else { format!("{delimiter:?}") };
                write!(f, "with {delimiter} as delimiter the input has one column only, {}", quoted(header, SHOWN))
            }
            Self::GivenTwice { field, options } => {
                write!(f, "{field}: given more than once ({})", excerpt(&options.join(", "), 200))
            }
            Self::NoSuchColumn { field, column, by, nearest } => {
                write!(f, "{field}: there is no column {} (named by {by})", quoted(column, SHOWN))?;
                nearest.iter().try_for_each(|nearest| write!(f, ", but {}", quoted(nearest, SHOWN)))
            }
            Self::Ambiguous { field, columns } => {
                let place =
                    |(index, header): &(usize, String)| format!("{} (column {})", quoted(header, SHOWN), index + 1);
                write!(f, "{field}: several columns could be meant: {}", list(columns.iter().map(place)))
            }
            Self::NoSuchColumnFor { what, column, nearest } => {
                write!(f, "{}: there is no column {}", excerpt(what, 100), quoted(column, SHOWN))?;
                nearest.iter().try_for_each(|nearest| write!(f, ", but {}", quoted(nearest, SHOWN)))
            }
            Self::NoSuchSkip { given, known } if known.is_empty() => {
                write!(f, "--include {}: no rule skips any rows", quoted(given, SHOWN))
            }
            Self::NoSuchSkip { given, known } => {
                let known = list(known.iter().map(|known| excerpt(known, 60)));
                write!(f, "--include {}: rows are skipped for {known} only", quoted(given, SHOWN))
            }
            Self::Unfilled { field, needed: None } => write!(f, "{field}: no column and no value"),
            Self::Unfilled { field, needed: Some(needed) } => {
                write!(f, "{field}: no column and no value; needed is {}", excerpt(needed, 160))
            }
            Self::BadConstant { field, value, by, kind } => {
                write!(f, "{field}: {} from {by}: {kind}", quoted(value, SHOWN))
            }
        }
    }
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the input's columns and the options given don't make a record:")?;
        for problem in &self.problems {
            write!(f, "\n  - {problem}")?;
        }
        write!(f, "\n  columns seen: {}", list(self.headers.iter().map(|header| quoted(header, SHOWN))))
    }
}

impl std::error::Error for MappingError {}

impl Advice for MappingError {
    fn hint(&self) -> Option<String> {
        let has = |wanted: fn(&MappingProblem) -> bool| self.problems.iter().any(wanted);
        let mut hints = Vec::new();
        if has(|problem| matches!(problem, MappingProblem::OneColumn { .. })) {
            hints.push("give the delimiter with --delimiter, such as --delimiter ';' or --delimiter tab".to_owned());
        }
        if let Some(MappingProblem::Unfilled { field, .. }) =
            self.problems.iter().find(|problem| matches!(problem, MappingProblem::Unfilled { .. }))
        {
            hints.push(format!(
                "name a field's column with --map {field}=COLUMN, or give every row the same value with --set {field}=VALUE; `kore-feedback inspect FILE` shows what the file \
                 holds and proposes a mapping"
            ));
        }
        if has(|problem| matches!(problem, MappingProblem::NoSuchColumn { .. })) {
            hints.push("--map field=COLUMN takes a column's header as it was seen".to_owned());
        }
        if has(|problem| matches!(problem, MappingProblem::Ambiguous { .. })) {
            let hint = "choose with --map field=COLUMN, by the name shown here or by its place, such as '#3'";
            hints.push(hint.to_owned());
        }
        if has(|problem| matches!(problem, MappingProblem::GivenTwice { .. })) {
            hints.push("give each field one --map or one --set".to_owned());
        }
        (!hints.is_empty()).then(|| hints.join("; "))
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
