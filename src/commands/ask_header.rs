//! Asks at the terminal whether a first row that looks like data is the header.

use dialoguer::{Select, theme::ColorfulTheme};

use super::error::{CommandError, Explain};
use super::session::Session;
use crate::cli::InputArgs;
use crate::run::CheckError;
use crate::source::{ContentError, SourceError};

/// Whether the answer can fix this error.
pub(super) fn can_ask(error: &CommandError, session: Session<'_>) -> bool {
    let is_header = matches!(
        error.downcast_ref(),
        Some(CheckError::Source(SourceError::Content { error: ContentError::NoHeader { .. }, .. }))
    );
    let has_terminal = session.context.stdin_is_terminal && session.context.stderr_is_terminal;
    is_header && has_terminal && !session.is_json()
}

/// Returns the options with the answer.
pub(super) fn ask(input: &InputArgs, error: &CommandError) -> Result<InputArgs, CommandError> {
    let items = ["it is data: there is no header", "it is the header"];
    let theme = ColorfulTheme::default();
    let select = Select::with_theme(&theme).with_prompt(error.to_string()).items(items).default(0);
    let is_header = select.interact().explain("cannot ask for the header")? == 1;
    Ok(InputArgs { no_header: !is_header, header_rows: is_header.then_some(1), ..input.clone() })
}
