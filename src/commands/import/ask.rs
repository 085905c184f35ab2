//! Asks at the terminal for the fields without a source, and adds the answers to the options.

use std::path::Path;

use crate::cli::{ImportArgs, InputArgs};
use crate::commands::error::CommandError;
use crate::commands::inspect::Inspection;
use crate::commands::prompt::Prompter;
use crate::commands::session::Session;
use crate::record::{Assignment, FeedbackType, Field, MappingProblem, Proposal, Proposed};
use crate::run::{CheckError, InputColumns};

/// Whether asking at the terminal can fix this error.
pub(super) fn can_ask(error: &CommandError, session: Session<'_>) -> bool {
    let is_open = match error.downcast_ref() {
        Some(CheckError::Mapping { error, .. }) => error
            .problems
            .iter()
            .any(|problem| matches!(problem, MappingProblem::Unfilled { .. } | MappingProblem::Ambiguous { .. })),
        _ => false,
    };
    is_open && session.can_ask() && !session.is_json()
}

/// Shows the input and the proposed mapping, asks for open fields, and returns the options with the answers.
pub(super) fn ask(args: &ImportArgs, session: Session<'_>) -> Result<ImportArgs, CommandError> {
    let settings = session.settings()?;
    let inspection = Inspection::of(args, &settings, session.context)?;
    let view = inspection.view("", session.printer);
    session.printer.note(format_args!("{}\n\n{}\n", view.input(), view.mapping()));
    let prompter = Prompter::new(session)?;
    let mut args = args.clone();
    args.input.preset = inspection.preset();
    for proposal in &inspection.proposals {
        ask_field(&prompter, &inspection.columns, proposal, &mut args.input)?;
    }
    if let Some(path) = ask_path(&prompter)? {
        Inspection::of(&args, &settings, session.context)?.write(Path::new(&path), session.context)?;
        session.printer.note(format_args!("wrote the mapping to {path}: use it next time with --mapping {path}"));
    }
    Ok(args)
}

/// Asks for the source of a field, unless it is known, and adds the answer to the options.
fn ask_field(
    prompter: &Prompter<'_>,
    columns: &InputColumns,
    proposal: &Proposal,
    options: &mut InputArgs,
) -> Result<(), CommandError> {
    let field = proposal.field;
    let likely = match &proposal.state {
        Proposed::Known(_) | Proposed::PerRecord | Proposed::Wrong(_) => return Ok(()),
        Proposed::Guess { header } => Some(header),
        Proposed::Open { candidates, .. } => candidates.first(),
    };
    let labels = columns.columns.iter().map(|column| {
        let samples = column.samples.join(", ");
        format!("{}  ({samples})", column.shown_header())
    });
    let items: Vec<String> = std::iter::once("the same value for every row".to_owned()).chain(labels).collect();
    let likely = likely.and_then(|header| columns.columns.iter().position(|column| column.header == *header));
    let chosen = prompter.select(&format!("Source of {field}"), &items, likely.map_or(0, |index| index + 1))?;
    match chosen.checked_sub(1) {
        Some(index) => options.map.push(Assignment { field, text: columns.columns[index].header.clone() }),
        None => options.set.push(Assignment { field, text: ask_value(prompter, field)? }),
    }
    Ok(())
}

fn ask_value(prompter: &Prompter<'_>, field: Field) -> Result<String, CommandError> {
    if field == Field::Type {
        let mut items = FeedbackType::ALL.map(|kind| kind.wire_name().to_owned());
        let chosen = prompter.select("Feedback type", &items, 0)?;
        return Ok(std::mem::take(&mut items[chosen]));
    }
    prompter.value(field, &format!("Value of {field} in every row"), None)
}

fn ask_path(prompter: &Prompter<'_>) -> Result<Option<String>, CommandError> {
    let path = prompter.text("Save this mapping to a file? File name, or nothing to skip", None, |_| None)?;
    Ok(Some(path).filter(|path| !path.trim().is_empty()))
}
