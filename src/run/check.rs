//! The checking pass: the whole input is read and validated before the first call (decision 5). At 1,800 calls an hour a
//! pass over a million rows costs nothing, and a wrong column found at row 90,000 costs two days.

use std::collections::BTreeMap;

use super::sample;
use crate::error::Advice;
use crate::record::{
    CheckedRow, Checker, Duplicates, Feedback, MappingError, MappingOptions, Problem, ProblemKind, ResolvedMapping,
    ScoreRule, SkipReason, Tally,
};
use crate::source::{Dialect, InputError, Inputs, Row, RowReader, SourceError, SourceOptions};
use crate::text::{excerpt, quoted};

/// How many of the problems are kept to be shown.
const SHOWN: usize = 10;
/// How many bots the rows of one input may name. Each has a reader, workers and connections of its own; and a column that
/// names more of them than anybody has holds something else.
pub(crate) const MOST_BOTS: usize = 100;

/// What is asked of an input.
#[derive(Debug, Clone, Default)]
pub(crate) struct CheckSettings {
    /// How its bytes are read.
    pub(crate) source: SourceOptions,
    /// Which column is which field.
    pub(crate) rules: MappingOptions,
    /// What a score may be.
    pub(crate) score: ScoreRule,
    /// Whether a failure report's rows in doubt are taken.
    pub(crate) include_in_doubt: bool,
    /// Whether there is no other bot than those that rows name.
    pub(crate) needs_bots: bool,
}

/// What the checking pass found.
#[derive(Debug)]
pub(crate) struct CheckReport {
    /// BLAKE3 of all bytes; of several files, of their hashes.
    pub(crate) content: [u8; 32],
    /// How the bytes were read; of several files, those of the first.
    pub(crate) dialect: Dialect,
    /// Which column is which field.
    pub(crate) mapping: ResolvedMapping,
    /// All rows.
    pub(crate) rows: u64,
    /// Rows that can be sent.
    pub(crate) valid: u64,
    /// Rows with at least one problem.
    pub(crate) invalid: u64,
    /// Rows that are left out on purpose, by reason.
    pub(crate) skipped: BTreeMap<SkipReason, u64>,
    /// How often each kind of problem was found.
    pub(crate) problems: BTreeMap<ProblemKind, u64>,
    /// The first problems.
    pub(crate) first: Vec<ProblemRow>,
    /// What the valid rows add up to, for each bot: the first in the input first. One entry where rows name no bot.
    pub(crate) bots: Vec<BotRows>,
    /// The rows that are duplicates, in order.
    pub(crate) duplicates: Duplicates,
    /// Whether one of the inputs is a workbook.
    pub(crate) has_workbook: bool,
    /// Whether a row without a fault has characters beyond ASCII: then the encoding that was read by is the right one.
    pub(crate) has_wide: bool,
    /// What people should know of the input though it could be read.
    pub(crate) warnings: Vec<String>,
}

/// The valid rows of one bot.
#[derive(Debug, Clone, Default)]
pub(crate) struct BotRows {
    /// The bot, where rows name it.
    pub(crate) bot_id: Option<String>,
    /// How many there are.
    pub(crate) rows: u64,
    /// What they add up to.
    pub(crate) tally: Tally,
}

/// A problem and where it is.
#[derive(Debug, Clone)]
pub(crate) struct ProblemRow {
    /// The row, from 1.
    pub(crate) row: u64,
    /// The file that it is in, if there are several.
    pub(crate) file: Option<String>,
    /// The line on which it begins, from 1.
    pub(crate) line: u64,
    /// What is wrong.
    pub(crate) problem: Problem,
}

/// Why an input can't be checked. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckError {
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
    /// Nobody names a bot.
    #[error("{name}: its rows name no bot, and there is no other")]
    NoBot {
        /// The input's name.
        name: String,
    },
    /// Its rows name more bots than anybody has.
    #[error("{name}: the first {rows} rows name more than {MOST_BOTS} bots, {} among them", quoted_list(examples))]
    TooManyBots {
        /// The input's name.
        name: String,
        /// How many rows were read.
        rows: u64,
        /// Some of them.
        examples: Vec<String>,
    },
}

fn quoted_list(texts: &[String]) -> String {
    texts.iter().map(|text| quoted(text, 40)).collect::<Vec<_>>().join(", ")
}

impl Advice for CheckError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Input(error) => error.hint(),
            Self::Source(error) => error.hint(),
            Self::Mapping { error, .. } => error.hint(),
            Self::NoBot { .. } => None,
            Self::TooManyBots { .. } => Some(
                "is bot_id taken from the right column? --map bot_id=COLUMN names another, --set bot_id=ID sends all rows to \
                 one bot"
                    .to_owned(),
            ),
        }
    }
}

/// Reads the whole input, and judges every row.
///
/// # Errors
/// [`CheckError`]; invalid rows are no error but a finding.
pub(crate) fn check(inputs: &Inputs, settings: &CheckSettings) -> Result<CheckReport, CheckError> {
    let mut rows = inputs.open(&settings.source)?;
    let dialect = rows.dialect().clone();
    let mut mapping = ResolvedMapping::resolve(rows.headers(), dialect.delimiter.map(char::from), &settings.rules)
        .map_err(|error| CheckError::Mapping { name: excerpt(&inputs.name(), 200), error })?;
    if settings.needs_bots && !mapping.names_bots() && mapping.constant_bot().is_none() {
        return Err(CheckError::NoBot { name: excerpt(&inputs.name(), 200) });
    }
    let checker = |mapping: &ResolvedMapping| Checker::new(mapping.clone(), settings.score, settings.include_in_doubt);
    if let Some(size) = mapping.pending_sample() {
        mapping.set_sample(sample::choose(inputs, &settings.source, checker(&mapping), size)?);
    }
    let mut checker = checker(&mapping);
    let mut report = CheckReport::begin(dialect, mapping);
    let (mut row, mut duplicates) = (Row::default(), Vec::new());
    while rows.read(&mut row)? {
        let judged = checker.check(&row);
        if let CheckedRow::Skipped(SkipReason::Duplicate { of: Some(first) }) = judged {
            duplicates.push((row.number, first));
        }
        report.count(&rows, &row, judged);
        if report.bots.len() > MOST_BOTS {
            return Err(report.too_many_bots(inputs));
        }
    }
    report.duplicates = duplicates.into();
    report.warnings = rows.warnings();
    report.has_workbook = rows.has_workbook();
    report.content = rows.content_hash()?;
    Ok(report)
}

impl BotRows {
    fn count(&mut self, record: &Feedback<'_>) {
        self.rows += 1;
        self.tally.count(record);
    }
}

impl CheckReport {
    fn begin(dialect: Dialect, mapping: ResolvedMapping) -> Self {
        Self {
            content: [0; 32],
            dialect,
            mapping,
            rows: 0,
            valid: 0,
            invalid: 0,
            skipped: BTreeMap::new(),
            problems: BTreeMap::new(),
            first: Vec::new(),
            bots: Vec::new(),
            duplicates: [].into(),
            has_workbook: false,
            has_wide: false,
            warnings: Vec::new(),
        }
    }

    fn count(&mut self, rows: &RowReader<'_>, row: &Row, judged: CheckedRow<'_>) {
        self.rows += 1;
        self.has_wide = self.has_wide || (row.error.is_none() && !row.is_ascii());
        match judged {
            CheckedRow::Valid(record) => {
                self.valid += 1;
                self.bot(&record).count(&record);
            }
            CheckedRow::Skipped(reason) => *self.skipped.entry(reason.without_details()).or_default() += 1,
            CheckedRow::Invalid(problems) => {
                self.invalid += 1;
                for problem in problems {
                    *self.problems.entry(problem.kind).or_default() += 1;
                    if self.first.len() < SHOWN {
                        let file = rows.file_of(row).map(|name| excerpt(name, 60));
                        self.first.push(ProblemRow { row: row.number, file, line: row.line, problem });
                    }
                }
            }
        }
    }

    /// The rows so far of the bot that the record goes to.
    fn bot(&mut self, record: &Feedback<'_>) -> &mut BotRows {
        let bot_id = record.bot_id();
        // Exports are often sorted by bot, and a hundred texts are soon compared.
        let place = self.bots.iter().rposition(|bot| bot.bot_id.as_deref() == bot_id);
        let place = place.unwrap_or_else(|| {
            self.bots.push(BotRows { bot_id: bot_id.map(str::to_owned), ..BotRows::default() });
            self.bots.len() - 1
        });
        &mut self.bots[place]
    }

    fn too_many_bots(&self, inputs: &Inputs) -> CheckError {
        let examples = self.bots.iter().filter_map(|bot| bot.bot_id.clone()).take(3).collect();
        CheckError::TooManyBots { name: excerpt(&inputs.name(), 200), rows: self.rows, examples }
    }

    /// How many rows are left out on purpose.
    pub(crate) fn all_skipped(&self) -> u64 {
        self.skipped.values().sum()
    }
}
