//! The check: the whole input is read and validated before the first call (decision 7). At 1,800 calls an hour, checking a
//! million rows costs nothing, while a wrong column found at row 90,000 costs two days.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::score_texts::ScoreTexts;
use crate::error::{Advice, ErrorKind, Location};
use crate::numbering::Numbering;
use crate::record::report_columns::added_to;
use crate::record::{
    CheckedRow, Checker, Duplicates, Feedback, MappingError, MappingOptions, Problem, ProblemKind, ResolvedMapping,
    ScoreRule, SkipReason, Tally,
};
use crate::source::{ContentHasher, Dialect, InputError, Inputs, Layout, Row, RowReader, SourceError, SourceOptions};
use crate::text::{excerpt, quoted};

/// How many problems are kept to be shown.
const SHOWN: usize = 10;
/// How many bots the rows of one input may name. Each has its own reader, workers and connections, and a column with more
/// values does not contain bots.
pub(crate) const MOST_BOTS: usize = 100;

#[derive(Debug, Clone, Default)]
pub(crate) struct CheckSettings {
    pub(crate) source: SourceOptions,
    pub(crate) rules: MappingOptions,
    pub(crate) score: ScoreRule,
    /// Whether rows in doubt of a failure report are sent.
    pub(crate) include_in_doubt: bool,
    /// Whether a first row that looks like data is an error.
    pub(crate) ensures_header: bool,
    /// Whether the rows must name the bots.
    pub(crate) needs_bots: bool,
}

#[derive(Debug)]
pub(crate) struct CheckReport {
    /// The hash of headers and rows.
    pub(crate) content: [u8; 32],
    /// Of several files, the first one's.
    pub(crate) dialect: Dialect,
    pub(crate) mapping: ResolvedMapping,
    pub(crate) rows: u64,
    pub(crate) valid: u64,
    pub(crate) invalid: u64,
    pub(crate) skipped: BTreeMap<SkipReason, u64>,
    pub(crate) problems: BTreeMap<ProblemKind, u64>,
    pub(crate) score_texts: ScoreTexts,
    pub(crate) first: Vec<ProblemRow>,
    /// The valid records of each bot, in the order of the input. One entry if rows name no bot.
    pub(crate) bots: Vec<BotRows>,
    pub(crate) duplicates: Duplicates,
    pub(crate) has_workbook: bool,
    /// Whether an intact row contains characters beyond ASCII: then the encoding is the right one.
    pub(crate) has_wide: bool,
    pub(crate) warnings: Vec<String>,
}

/// The valid records of one bot.
#[derive(Debug, Clone, Default)]
pub(crate) struct BotRows {
    /// The bot, if rows name it.
    pub(crate) bot_id: Option<String>,
    pub(crate) records: u64,
    pub(crate) tally: Tally,
}

#[derive(Debug, Clone)]
pub(crate) struct ProblemRow {
    pub(crate) row: u64,
    /// Which of the row's records it is, if it makes several and the problem is not that of the row as a whole.
    pub(crate) record: Option<String>,
    /// The file, if there are several.
    pub(crate) file: Option<String>,
    /// The row's first line.
    pub(crate) line: u64,
    pub(crate) problem: Problem,
}

/// Why an input cannot be checked. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckError {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("{name}: {error}")]
    Mapping { name: String, error: MappingError },
    #[error("{name}: no column {column}, which other files or sheets have and a field uses")]
    MissingColumn { name: String, column: String },
    #[error("{name} is a failure report, and other files are not, or have other columns at the end")]
    MixedReport { name: String },
    #[error("{name}: no bot_id in the rows or the profile")]
    NoBot { name: String },
    #[error("{name}: the first {rows} rows name more than {MOST_BOTS} bots, such as {}", quoted_list(examples))]
    TooManyBots { name: String, rows: u64, examples: Vec<String> },
}

fn quoted_list(texts: &[String]) -> String {
    texts.iter().map(|text| quoted(text, 40)).collect::<Vec<_>>().join(", ")
}

impl Advice for CheckError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Input(error) => error.kind(),
            Self::Source(error) => error.kind(),
            Self::Mapping { error, .. } => error.kind(),
            Self::MissingColumn { .. } | Self::MixedReport { .. } | Self::NoBot { .. } | Self::TooManyBots { .. } => {
                ErrorKind::Mapping
            }
        }
    }

    fn location(&self) -> Option<Location> {
        match self {
            Self::Input(error) => error.location(),
            Self::Source(error) => error.location(),
            Self::Mapping { name, .. }
            | Self::MissingColumn { name, .. }
            | Self::MixedReport { name }
            | Self::NoBot { name }
            | Self::TooManyBots { name, .. } => Some(Location::line(name, None)),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Input(error) => error.hint(),
            Self::Source(error) => error.hint(),
            Self::Mapping { error, .. } => error.hint(),
            Self::NoBot { .. } => None,
            Self::MissingColumn { .. } => Some(
                "import this file separately, or take the field from a column that all have, or from --set FIELD=VALUE".to_owned(),
            ),
            Self::MixedReport { .. } => Some("import this file separately".to_owned()),
            Self::TooManyBots { .. } => Some(
                "check that bot_id is taken from the right column: --map bot_id=COLUMN names another, --set bot_id=ID sends all rows to \
                 one bot"
                    .to_owned(),
            ),
        }
    }
}

/// Reads the whole input and checks every row.
///
/// # Errors
/// [`CheckError`]; invalid rows are not an error.
pub(crate) fn check(inputs: &Inputs, settings: &CheckSettings) -> Result<CheckReport, CheckError> {
    let mut rows = inputs.open(&settings.source)?;
    if settings.ensures_header {
        rows.ensure_headers()?;
    }
    let dialect = rows.dialect().clone();
    let mut mapping = ResolvedMapping::resolve(rows.headers(), dialect.delimiter.map(char::from), &settings.rules)
        .map_err(|error| CheckError::Mapping { name: excerpt(&inputs.name(), 200), error })?;
    check_parts(rows.layout(), &mapping, &settings.rules)?;
    mapping.set_places(rows.layout().parts.iter().map(|part| &*part.place));
    if settings.needs_bots && !mapping.names_bots() && mapping.constant_bot().is_none() {
        return Err(CheckError::NoBot { name: excerpt(&inputs.name(), 200) });
    }
    let checker = |mapping: &ResolvedMapping| Checker::new(mapping.clone(), settings.score, settings.include_in_doubt);
    if let Some(size) = mapping.pending_sample() {
        mapping.set_sample(choose_sample(inputs, &settings.source, (checker(&mapping), mapping.numbering()), size)?);
    }
    let (mut checker, numbering) = (checker(&mapping), mapping.numbering());
    let mut report = CheckReport::begin(dialect, mapping);
    let (mut row, mut duplicates) = (Row::default(), Vec::new());
    let mut content = ContentHasher::new(rows.headers());
    while rows.read(&mut row)? {
        content.add(&row);
        report.count_row(&row);
        for part in numbering.parts() {
            let Some(judged) = checker.check(&row, part) else { continue };
            if let CheckedRow::Skipped(SkipReason::Duplicate { of: Some(first) }) = judged {
                duplicates.push((numbering.number(row.number, part), first));
            }
            report.count(&rows, (&row, part), judged);
        }
        if report.bots.len() > MOST_BOTS {
            return Err(report.too_many_bots(inputs));
        }
    }
    report.duplicates = duplicates.into();
    report.warnings = rows.warnings();
    report.has_workbook = rows.has_workbook();
    report.content = content.finish();
    Ok(report)
}

/// Checks that every file and sheet has the columns that are used.
fn check_parts(layout: &Layout, mapping: &ResolvedMapping, rules: &MappingOptions) -> Result<(), CheckError> {
    for part in layout.different_parts() {
        let name = part.name.clone();
        let missing = |(index, column): &(usize, &String)| mapping.uses(*index) && !part.columns.contains(column);
        if let Some((_, column)) = layout.columns.iter().enumerate().find(missing) {
            return Err(CheckError::MissingColumn { name, column: quoted(column, 60) });
        }
        // Filters and skip rules use columns, too.
        if let Err(error) = ResolvedMapping::resolve(&part.columns, None, rules) {
            return Err(CheckError::Mapping { name, error });
        }
        let added = added_to(&part.columns);
        if !added.is_empty() && added != added_to(&layout.columns) {
            return Err(CheckError::MixedReport { name });
        }
    }
    Ok(())
}

/// Chooses `size` of the valid rows, always the same, so that a resumed run continues with its own rows: those whose numbers have the smallest hashes. A larger sample contains every smaller one.
///
/// # Errors
/// When the input cannot be read.
fn choose_sample(
    inputs: &Inputs,
    source: &SourceOptions,
    (mut checker, numbering): (Checker, Numbering),
    size: u64,
) -> Result<BTreeSet<u64>, CheckError> {
    let mut rows = inputs.open(source)?;
    let (mut row, mut chosen) = (Row::default(), BinaryHeap::new());
    while rows.read(&mut row)? {
        let mut is_valid = false;
        // Every record is checked: with --dedupe, later ones may duplicate it.
        for part in numbering.parts() {
            is_valid |= matches!(checker.check(&row, part), Some(CheckedRow::Valid(_)));
        }
        if is_valid {
            chosen.push((hash(row.number), row.number));
            if chosen.len() as u64 > size {
                chosen.pop();
            }
        }
    }
    Ok(chosen.into_iter().map(|(_, number)| number).collect())
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014), which is a bijection: no two rows have the same hash.
fn hash(number: u64) -> u64 {
    let mut hash = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

impl BotRows {
    fn count(&mut self, record: &Feedback<'_>) {
        self.records += 1;
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
            score_texts: ScoreTexts::default(),
            first: Vec::new(),
            bots: Vec::new(),
            duplicates: [].into(),
            has_workbook: false,
            has_wide: false,
            warnings: Vec::new(),
        }
    }

    fn count_row(&mut self, row: &Row) {
        self.rows += 1;
        self.has_wide = self.has_wide || (row.error.is_none() && !row.is_ascii());
    }

    fn count(&mut self, rows: &RowReader<'_>, (row, part): (&Row, u32), judged: CheckedRow<'_>) {
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
                    self.score_texts.count(&problem);
                    if self.first.len() < SHOWN {
                        let file = rows.part_name().map(|name| excerpt(name, 60));
                        let record = self.mapping.record_in_words(part);
                        self.first.push(ProblemRow { row: row.number, record, file, line: row.line, problem });
                    }
                }
            }
        }
    }

    /// The entry of the bot that the record is sent to.
    fn bot(&mut self, record: &Feedback<'_>) -> &mut BotRows {
        let bot_id = record.bot_id();
        // Exports are often sorted by bot, and comparing a hundred texts is fast.
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

    /// About how many rows were not skipped.
    pub(crate) fn checked_rows(&self) -> u64 {
        (self.valid + self.invalid) / self.mapping.records().len().max(1) as u64
    }

    /// All records: as many as rows, if each makes one.
    pub(crate) fn records(&self) -> u64 {
        self.valid + self.invalid + self.all_skipped()
    }

    /// All records skipped, for any reason.
    pub(crate) fn all_skipped(&self) -> u64 {
        self.skipped.values().sum()
    }
}
