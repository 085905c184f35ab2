//! The checking pass: the whole input is read and validated before the first call (decision 5). At 1,800 calls an hour a
//! pass over a million rows costs nothing, and a wrong column found at row 90,000 costs two days.

use std::collections::BTreeMap;

use super::sample;
use crate::error::Advice;
use crate::record::{
    Checker, Judged, Mapping, MappingError, MappingRules, Problem, ProblemKind, ScoreRule, SkipReason, Tally,
};
use crate::source::{Hashing, Input, InputError, Row, Rows, Shape, SourceError, SourceOptions};
use crate::text::excerpt;

/// How many of the problems are kept to be shown.
const SHOWN: usize = 10;

/// What is asked of an input.
#[derive(Debug, Clone, Default)]
pub struct CheckSettings {
    /// How its bytes are read.
    pub source: SourceOptions,
    /// Which column is which field.
    pub rules: MappingRules,
    /// What a score may be.
    pub score: ScoreRule,
    /// Whether a failure report's rows in doubt are taken.
    pub include_in_doubt: bool,
}

/// What the checking pass found.
#[derive(Debug)]
pub struct CheckReport {
    /// BLAKE3 of all bytes.
    pub content: [u8; 32],
    /// How the bytes were read.
    pub shape: Shape,
    /// Which column is which field.
    pub mapping: Mapping,
    /// All rows.
    pub rows: u64,
    /// Rows that can be sent.
    pub valid: u64,
    /// Rows with at least one problem.
    pub invalid: u64,
    /// Rows that are left out on purpose, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// How often each kind of problem was found.
    pub problems: BTreeMap<ProblemKind, u64>,
    /// The first problems.
    pub first: Vec<ProblemRow>,
    /// What the valid rows add up to.
    pub tally: Tally,
}

/// A problem and where it is.
#[derive(Debug, Clone)]
pub struct ProblemRow {
    /// The row, from 1.
    pub row: u64,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// What is wrong.
    pub problem: Problem,
}

/// Why an input can't be checked. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// It can't be had.
    #[error(transparent)]
    Input(#[from] InputError),
    /// It can't be read as rows.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Its columns don't make seven fields.
    #[error("{name}: {error}")]
    Mapping {
        /// The input's name.
        name: String,
        /// What is wrong with them.
        error: MappingError,
    },
}

impl Advice for CheckError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Input(error) => error.hint(),
            Self::Source(error) => error.hint(),
            Self::Mapping { error, .. } => error.hint(),
        }
    }
}

/// Reads the whole input, and judges every row.
///
/// # Errors
/// [`CheckError`]; invalid rows are no error but a finding.
pub fn check(input: &Input, settings: &CheckSettings) -> Result<CheckReport, CheckError> {
    let mut bytes = Hashing::new(input.read()?);
    let mut rows = Rows::open(&mut bytes, input.name(), settings.source)?;
    let shape = rows.shape();
    let mut mapping = Mapping::resolve(rows.headers(), Some(char::from(shape.delimiter)), &settings.rules)
        .map_err(|error| CheckError::Mapping { name: excerpt(input.name(), 200), error })?;
    let checker = |mapping: &Mapping| Checker::new(mapping.clone(), settings.score, settings.include_in_doubt);
    if let Some(size) = mapping.sample_to_choose() {
        mapping.set_sample(sample::choose(input, settings.source, checker(&mapping), size)?);
    }
    let mut checker = checker(&mapping);
    let mut report = CheckReport::begin(shape, mapping);
    let mut row = Row::default();
    while rows.read(&mut row)? {
        report.count(&row, checker.check(&row));
    }
    drop(rows);
    let unreadable = |reason| InputError::Unreadable { name: input.name().to_owned(), reason };
    report.content = bytes.finish().map_err(unreadable)?;
    Ok(report)
}

impl CheckReport {
    fn begin(shape: Shape, mapping: Mapping) -> Self {
        Self {
            content: [0; 32],
            shape,
            mapping,
            rows: 0,
            valid: 0,
            invalid: 0,
            skipped: BTreeMap::new(),
            problems: BTreeMap::new(),
            first: Vec::new(),
            tally: Tally::default(),
        }
    }

    fn count(&mut self, row: &Row, judged: Judged<'_>) {
        self.rows += 1;
        match judged {
            Judged::Valid(record) => {
                self.valid += 1;
                self.tally.count(&record);
            }
            Judged::Skipped(reason) => *self.skipped.entry(reason.in_general()).or_default() += 1,
            Judged::Invalid(problems) => {
                self.invalid += 1;
                for problem in problems {
                    *self.problems.entry(problem.kind).or_default() += 1;
                    if self.first.len() < SHOWN {
                        self.first.push(ProblemRow { row: row.number, line: row.line, problem });
                    }
                }
            }
        }
    }

    /// How many rows are left out on purpose.
    pub fn all_skipped(&self) -> u64 {
        self.skipped.values().sum()
    }
}
