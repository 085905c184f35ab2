//! What is known and what is guessed about an input: its columns, its preset, and the source of each field.

use std::path::Path;

use crate::cli::{GlobalArgs, ImportArgs, InputArgs};
use crate::commands::command_line::import_command;
use crate::commands::error::CommandError;
use crate::commands::input::open_all;
use crate::commands::rules::check_settings;
use crate::error::Advice;
use crate::record::{
    Assignment, Field, MappingError, MappingOptions, MappingProblem, Proposal, Proposed, ResolvedMapping, propose,
};
use crate::report::{InspectionView, Printer};
use crate::run::{CheckError, CheckReport, CheckSettings, InputColumns, check, inspect_columns};
use crate::settings::{Context, MappingFile, Preset, Settings, Source, preset, presets, write_mapping};
use crate::source::Inputs;

/// How many rows the columns are judged by.
const ROWS: u64 = 10_000;

pub(in crate::commands) struct Inspection {
    inputs: Inputs,
    pub(in crate::commands) columns: InputColumns,
    preset: Option<Preset>,
    /// How the rows are read, by the options and the preset.
    settings: CheckSettings,
    pub(in crate::commands) proposals: Vec<Proposal>,
    /// What is wrong with the options and concerns no single field.
    problems: Vec<String>,
    pub(super) hint: Option<String>,
    /// The options, the guesses, and a `…` for each open field.
    completed: ImportArgs,
}

impl Inspection {
    pub(in crate::commands) fn of(
        args: &ImportArgs,
        settings: &Settings,
        context: &Context,
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
        let proposals = propose(&headers, rules, &has_numbers);
        let completed = completed(args, preset.as_ref(), &proposals);
        let wrong = other_problems(&columns, &headers, rules, &proposals);
        let (problems, hint) = (wrong.problems.iter().map(ToString::to_string).collect(), wrong.hint());
        Ok(Self { inputs, columns, preset, settings, proposals, problems, hint, completed })
    }

    /// Checks every row by the known and guessed sources; `None` if a source is open or wrong.
    pub(super) fn check(&self) -> Result<Option<CheckReport>, CheckError> {
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
    pub(super) fn is_complete(&self) -> bool {
        let is_open = |proposal: &Proposal| matches!(proposal.state, Proposed::Open { .. } | Proposed::Wrong(_));
        !self.proposals.iter().any(is_open)
    }

    /// The preset, whether detected or given.
    pub(in crate::commands) fn preset(&self) -> Option<String> {
        self.completed.input.preset.clone()
    }

    pub(in crate::commands) fn view<'a>(&'a self, command: &'a str, printer: &Printer) -> InspectionView<'a> {
        let Self { columns, preset, settings, proposals, problems, .. } = self;
        let (description, width) = (&settings.rules.spec, printer.table_width());
        InspectionView { columns, preset: preset.as_ref(), description, proposals, problems, command, width }
    }

    /// The command that checks the import with the proposed mapping.
    pub(super) fn import_command(&self, global: &GlobalArgs) -> String {
        let dry_run = ImportArgs { dry_run: true, ..self.completed.clone() };
        import_command(&self.completed.input.files, &dry_run, Some(global))
    }

    pub(super) fn command_with_mapping(&self, mapping: &Path) -> String {
        let mapping = Some(mapping.to_string_lossy().into_owned());
        let args =
            ImportArgs { dry_run: true, input: InputArgs { mapping, ..InputArgs::default() }, ..ImportArgs::default() };
        import_command(&self.completed.input.files, &args, None)
    }

    /// Writes the proposed mapping to a new file.
    pub(in crate::commands) fn write(&self, path: &Path, context: &Context) -> Result<(), CommandError> {
        let text = MappingFile {
            input: &self.columns.name,
            command: &self.command_with_mapping(path),
            headers: &headers(&self.columns),
            proposals: &self.proposals,
            spec: &self.settings.rules.spec,
        };
        Ok(write_mapping(&context.working_directory.join(path), &text.text())?)
    }
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
            Proposed::Known(_) | Proposed::Wrong(_) => {}
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
        MappingProblem::NoSuchSkip { .. } | MappingProblem::UnknownColumn { .. } => true,
        _ => false,
    });
    MappingError { problems, headers: headers.to_vec() }
}
