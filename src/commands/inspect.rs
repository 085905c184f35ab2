//! `inspect`: shows what an input contains and proposes a mapping, without a target and without sending anything. `import`
//! uses the [`Inspection`], too, to ask for what is missing.

use std::path::Path;
use std::time::Instant;

use super::ask_header;
use super::command_line::import_command;
use super::error::CommandError;
use super::findings::{self, checked_summary, invalid_hint};
use super::input::{note_waiting, open_all};
use super::rules::check_settings;
use super::score_hint::{score_hint, suggested_score};
use super::session::Session;
use crate::cli::{GlobalArgs, ImportArgs, InputArgs, InspectFileArgs};
use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::Overlap;
use crate::record::{
    Assignment, Conversion, Field, MappingError, MappingOptions, MappingProblem, Proposal, Proposed, RecordProposal,
    RecordSpec, ResolvedMapping, propose, propose_records,
};
use crate::report::{InspectionView, Printer, problems_table};
use crate::run::{CheckError, CheckReport, CheckSettings, ColumnStats, InputColumns, check, inspect_columns};
use crate::settings::{Context, MappingFile, Preset, Settings, Source, preset, presets, score_rule, write_mapping};
use crate::source::Inputs;
use crate::text::counted;

/// How many rows the columns are judged by.
const ROWS: u64 = 10_000;

pub(super) fn inspect(args: &InspectFileArgs, session: Session<'_>) -> Result<Exit, CommandError> {
    note_waiting(&args.input.files, session);
    match inspect_as_described(args, session) {
        Err(error) if ask_header::can_ask(&error, session) => {
            let input = ask_header::ask(&args.input, &error, session)?;
            inspect_as_described(&InspectFileArgs { input, ..args.clone() }, session)
        }
        result => result,
    }
}

fn inspect_as_described(args: &InspectFileArgs, session: Session<'_>) -> Result<Exit, CommandError> {
    let (started, printer) = (Instant::now(), session.printer);
    let settings = session.settings()?;
    let import = ImportArgs { input: args.input.clone(), ..ImportArgs::default() };
    let inspection = Inspection::of_records(&import, &settings, session.context)?;
    if let Some(path) = &args.write_mapping {
        inspection.write(path, session.context)?;
        printer.note(format_args!("wrote the mapping to {}", path.display()));
    }
    // Shown even if the input cannot be read to its end.
    let (checked, failed) = match inspection.check() {
        Ok(checked) => (checked, None),
        Err(error) => (None, Some(error)),
    };
    let command = inspection.import_command(session.global);
    let view = inspection.view(&command, printer);
    if session.is_json() {
        let summary = checked.as_ref().map(|report| checked_summary(report, &Overlap::default(), started.elapsed()));
        printer.json(&view.json(summary.as_ref()))?;
    } else {
        printer.result(format_args!("{}\n\n{}", view.input(), view.mapping()))?;
    }
    match &checked {
        Some(report) => print_checked(report, &settings, printer),
        None => inspection.columns.warnings.iter().for_each(|warning| printer.warning(warning)),
    }
    if let Some(error) = failed {
        return Err(error.into());
    }
    if let Some(hint) = &inspection.hint {
        printer.hint(hint);
    }
    if !session.is_json() {
        print_next_step(args, &inspection, &command, checked.as_ref(), printer);
    }
    Ok(Exit::Success)
}

fn print_checked(report: &CheckReport, settings: &Settings, printer: &Printer) {
    report.warnings.iter().for_each(|warning| printer.warning(warning));
    findings::print_skipped(report, printer);
    if report.invalid > 0 {
        let rows = counted(report.rows, "row");
        let table = problems_table(report, printer.table_width());
        printer.warning(format_args!("{} of {rows} cannot be sent:\n{table}", report.invalid));
    }
    findings::print_preview(report, settings, false, printer);
}

fn print_next_step(
    args: &InspectFileArgs,
    inspection: &Inspection,
    command: &str,
    checked: Option<&CheckReport>,
    printer: &Printer,
) {
    if let Some(report) = checked.filter(|report| report.invalid > 0) {
        printer.hint(invalid_hint(report));
    } else if let Some((column, conversion)) = &inspection.score {
        printer.hint(score_hint(column, Some(conversion)));
    }
    match (&args.write_mapping, inspection.is_complete()) {
        (Some(path), _) => printer.hint(format_args!(
            "edit {}, then check it with `{}`",
            path.display(),
            inspection.command_with_mapping(path)
        )),
        (None, true) => printer.hint(format_args!("check the import with `{command}`")),
        (None, false) => printer.hint(format_args!(
            "replace each … in `{command}`, or write the mapping to a file with --write-mapping FILE and edit it"
        )),
    }
}

/// What is known and guessed about an input: its columns, its preset, and the source of each field.
pub(super) struct Inspection {
    inputs: Inputs,
    pub(super) columns: InputColumns,
    preset: Option<Preset>,
    /// How the rows are read, by the options and the preset.
    settings: CheckSettings,
    pub(super) proposals: Vec<Proposal>,
    /// The score's column and how its texts could be converted, if they are no numbers.
    score: Option<(String, Conversion)>,
    /// Problems with the options that concern no single field.
    problems: Vec<String>,
    hint: Option<String>,
    /// The options, the guesses, and a `…` for each open field.
    completed: ImportArgs,
}

impl Inspection {
    pub(super) fn of(args: &ImportArgs, settings: &Settings, context: &Context) -> Result<Self, CommandError> {
        Self::with_records(args, settings, context, |_, _| Vec::new())
    }

    /// The same. Each of several columns that look like scores becomes a record of its own.
    fn of_records(args: &ImportArgs, settings: &Settings, context: &Context) -> Result<Self, CommandError> {
        Self::with_records(args, settings, context, |columns, proposals| {
            let has_scores = columns.columns.iter().filter(|column| looks_like_score(column));
            propose_records(proposals, has_scores.map(|column| column.header.as_str()))
        })
    }

    fn with_records(
        args: &ImportArgs,
        settings: &Settings,
        context: &Context,
        propose_records: impl FnOnce(&InputColumns, &[Proposal]) -> Vec<RecordProposal>,
    ) -> Result<Self, CommandError> {
        let inputs = open_all(&args.input.files, settings)?;
        let mut settings = CheckSettings { needs_bots: false, ..check_settings(args, settings, context)? };
        let columns = inspect_columns(&inputs, &settings.source, ROWS)?;
        let headers = headers(&columns);
        let rules = &mut settings.rules;
        let preset = match &args.input {
            InputArgs { preset: Some(name), .. } => Some(preset(name, &Source::Argument("--preset"))?),
            InputArgs { mapping: Some(_), .. } => None,
            _ => presets()?.into_iter().find(|preset| preset.recognizes(&headers)),
        };
        if let Some(detected) = preset.as_ref().filter(|_| args.input.preset.is_none()) {
            rules.spec = std::mem::take(&mut rules.spec).over(detected.spec.clone());
        }
        let has_numbers = |column: usize| columns.columns[column].numbers.is_some();
        let mut proposals = propose(&headers, rules, &has_numbers);
        let records = propose_records(&columns, &proposals);
        if !records.is_empty() {
            rules.spec.records = records.iter().map(RecordProposal::spec).collect();
            proposals = propose(&headers, rules, &has_numbers);
        }
        let score = suggested_score(&columns.columns, &rules.spec, &proposals);
        let mut completed = completed(args, preset.as_ref(), &proposals);
        completed.input.record.extend(records.iter().map(RecordProposal::option));
        let wrong = other_problems(&columns, &headers, rules, &proposals);
        let (problems, hint) = (wrong.problems.iter().map(ToString::to_string).collect(), wrong.hint());
        Ok(Self { inputs, columns, preset, settings, proposals, score, problems, hint, completed })
    }

    /// Checks every row by the known and guessed sources; `None` if a source is open or wrong.
    fn check(&self) -> Result<Option<CheckReport>, CheckError> {
        if !self.is_complete() || !self.problems.is_empty() {
            return Ok(None);
        }
        let mut settings = self.settings.clone();
        for Proposal { field, state } in &self.proposals {
            if let Proposed::Guess { header } = state {
                settings.rules.map.push((*field, header.clone()));
            }
        }
        check(&self.inputs, &settings).map(Some)
    }

    /// Whether every field has a source.
    fn is_complete(&self) -> bool {
        let is_open = |proposal: &Proposal| matches!(proposal.state, Proposed::Open { .. } | Proposed::Wrong(_));
        let has_open =
            |record: &RecordSpec| record.fields.values().any(|spec| spec.source.is_none() && spec.needed.is_some());
        !self.proposals.iter().any(is_open) && !self.settings.rules.spec.records.iter().any(has_open)
    }

    /// The preset, whether detected or given.
    pub(super) fn preset(&self) -> Option<String> {
        self.completed.input.preset.clone()
    }

    pub(super) fn view<'a>(&'a self, command: &'a str, printer: &Printer) -> InspectionView<'a> {
        let Self { columns, preset, settings, proposals, score, problems, .. } = self;
        let (description, width) = (&settings.rules.spec, printer.table_width());
        let score_rule = score.as_ref().map(|(column, conversion)| score_rule(column, conversion));
        let preset = preset.as_ref();
        InspectionView { columns, preset, description, proposals, score_rule, problems, command, width }
    }

    /// The command that checks the import with the proposed mapping.
    fn import_command(&self, global: &GlobalArgs) -> String {
        let dry_run = ImportArgs { dry_run: true, ..self.completed.clone() };
        import_command(&self.completed.input.files, &dry_run, Some(global))
    }

    fn command_with_mapping(&self, mapping: &Path) -> String {
        let mapping = Some(mapping.to_string_lossy().into_owned());
        let args =
            ImportArgs { dry_run: true, input: InputArgs { mapping, ..InputArgs::default() }, ..ImportArgs::default() };
        import_command(&self.completed.input.files, &args, None)
    }

    /// Writes the proposed mapping to a new file.
    pub(super) fn write(&self, path: &Path, context: &Context) -> Result<(), CommandError> {
        let headers = headers(&self.columns);
        let text = MappingFile {
            input: &self.columns.name,
            command: &self.command_with_mapping(path),
            score: self.score.as_ref().map(|(_, conversion)| conversion),
            ..MappingFile::new(&headers, &self.proposals, &self.settings.rules, &self.settings.source)
        };
        Ok(write_mapping(&context.working_directory.join(path), &text.text())?)
    }
}

/// Whether all values are numbers of a survey's scale.
fn looks_like_score(column: &ColumnStats) -> bool {
    column.numbers.is_some_and(|(least, greatest)| least >= 0.0 && greatest <= 10.0)
}

fn headers(columns: &InputColumns) -> Vec<String> {
    columns.columns.iter().map(|column| column.header.clone()).collect()
}

fn completed(args: &ImportArgs, preset: Option<&Preset>, proposals: &[Proposal]) -> ImportArgs {
    let mut completed = args.clone();
    let input = &mut completed.input;
    input.preset = preset.map(|preset| preset.name.to_owned());
    for &Proposal { field, ref state } in proposals {
        let open = Assignment { field, text: "…".to_owned() };
        match state {
            Proposed::Guess { header } => input.map.push(Assignment { field, text: header.clone() }),
            Proposed::Open { .. } if matches!(field, Field::Score | Field::ChannelUid | Field::BotId) => {
                input.map.push(open);
            }
            Proposed::Open { .. } => input.set.push(open),
            Proposed::Known(_) | Proposed::PerRecord | Proposed::Wrong(_) => {}
        }
    }
    completed
}

fn other_problems(
    columns: &InputColumns,
    headers: &[String],
    rules: &MappingOptions,
    proposals: &[Proposal],
) -> MappingError {
    let resolved = ResolvedMapping::resolve(headers, columns.dialect.delimiter.map(char::from), rules);
    let mut problems = resolved.err().map(|error| error.problems).unwrap_or_default();
    // A list of addresses is rightly a single column: all other fields may be constants.
    let is_open = proposals.iter().any(|proposal| matches!(proposal.state, Proposed::Open { .. }));
    problems.retain(|problem| match problem {
        MappingProblem::OneColumn { .. } => is_open,
        // What is wrong with one of several records is not among the proposals.
        MappingProblem::InRecord { problem, .. } => !matches!(**problem, MappingProblem::Unfilled { .. }),
        MappingProblem::ReportOfRecords => true,
        MappingProblem::NoSuchSkip { .. } | MappingProblem::UnknownColumn { .. } => true,
        _ => false,
    });
    MappingError { problems, headers: headers.to_vec() }
}
