//! Asks at the terminal whether a first row that looks like data is the header.

use super::error::CommandError;
use super::prompt::Prompter;
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
    is_header && session.can_ask() && !session.is_json()
}

/// Returns the options with the answer.
pub(super) fn ask(input: &InputArgs, error: &CommandError, session: Session<'_>) -> Result<InputArgs, CommandError> {
    session.printer.note(error);
    let items = ["it is data: there is no header", "it is the header"].map(str::to_owned);
    let is_header = Prompter::new(session)?.select("What is the first row?", &items, 0)? == 1;
    Ok(InputArgs { no_header: !is_header, header_rows: is_header.then_some(1), ..input.clone() })
}
