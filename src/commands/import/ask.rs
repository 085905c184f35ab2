//! Asks at the terminal for the fields without a source, and adds the answers to the options.

use std::path::Path;

use dialoguer::{Input, Select, theme::ColorfulTheme};

use crate::cli::{ImportArgs, InputArgs};
use crate::commands::error::{CommandError, Explain};
use crate::commands::inspect::Inspection;
use crate::commands::prompt;
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
    let has_terminal = session.context.stdin_is_terminal && session.context.stderr_is_terminal;
    is_open && has_terminal && !session.is_json()
}

/// Shows the input and the proposed mapping, asks for open fields, and returns the options with the answers.
pub(super) fn ask(args: &ImportArgs, session: Session<'_>) -> Result<ImportArgs, CommandError> {
    let settings = session.settings()?;
    let inspection = Inspection::of(args, &settings, session.context)?;
    let view = inspection.view("", session.printer);
    session.printer.note(format_args!("{}\n\n{}\n", view.input(), view.mapping()));
    let theme = ColorfulTheme::default();
    let mut args = args.clone();
    args.input.preset = inspection.preset();
    for proposal in &inspection.proposals {
        ask_field(&theme, &inspection.columns, proposal, &mut args.input)?;
    }
    if let Some(path) = ask_path(&theme)? {
        Inspection::of(&args, &settings, session.context)?.write(Path::new(&path), session.context)?;
        session.printer.note(format_args!("wrote the mapping to {path}: use it next time with --mapping {path}"));
    }
    Ok(args)
}

/// Asks for the source of a field, unless it is known, and adds the answer to the options.
fn ask_field(
    theme: &ColorfulTheme,
    columns: &InputColumns,
    proposal: &Proposal,
    options: &mut InputArgs,
) -> Result<(), CommandError> {
    let field = proposal.field;
    let likely = match &proposal.state {
        Proposed::Known(_) | Proposed::Wrong(_) => return Ok(()),
        Proposed::Guess { header } => Some(header),
        Proposed::Open { candidates, .. } => candidates.first(),
    };
    let labels = columns.columns.iter().map(|column| {
        let samples = column.samples.join(", ");
        format!("{}  ({samples})", column.shown_header())
    });
    let items: Vec<String> = std::iter::once("the same value for every row".to_owned()).chain(labels).collect();
    let likely = likely.and_then(|header| columns.columns.iter().position(|column| column.header == *header));
    let chosen = Select::with_theme(theme)
        .with_prompt(format!("Source of {field}"))
        .items(&items)
        .default(likely.map_or(0, |index| index + 1))
        .interact()
        .explain("cannot ask for a column")?;
    match chosen.checked_sub(1) {
        Some(index) => options.map.push(Assignment { field, text: columns.columns[index].header.clone() }),
        None => options.set.push(Assignment { field, text: ask_value(theme, field)? }),
    }
    Ok(())
}

fn ask_value(theme: &ColorfulTheme, field: Field) -> Result<String, CommandError> {
    if field == Field::Type {
        let items = FeedbackType::ALL.map(FeedbackType::wire_name);
        let select = Select::with_theme(theme).with_prompt("Feedback type").items(items).default(0);
        return Ok(items[select.interact().explain("cannot ask for the type")?].to_owned());
    }
    prompt::ask_value(theme, field, format!("Value of {field} in every row"), None).explain("cannot ask for a value")
}

fn ask_path(theme: &ColorfulTheme) -> Result<Option<String>, CommandError> {
    let path = Input::<String>::with_theme(theme)
        .with_prompt("Save this mapping to a file? File name, or nothing to skip")
        .allow_empty(true)
        .interact_text()
        .explain("cannot ask for a file name")?;
    Ok(Some(path).filter(|path| !path.trim().is_empty()))
}
