//! Nothing is sent from a terminal before the user has seen where it goes. There is no undo.

use super::error::CommandError;
use super::prompt::Prompter;
use super::setup::Setup;
use crate::error::Advice;
use crate::text::counted;

/// The user said no. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("not confirmed; nothing was sent")]
pub(super) struct Declined;

impl Advice for Declined {}

/// Whether the user is asked before something is sent. A sandbox of this process may be sent anything.
pub(super) fn must_confirm(setup: &Setup<'_>, yes: bool) -> bool {
    setup.session.can_ask() && !yes && !setup.is_sandbox
}

/// Shows the whole target.
pub(super) fn show_target(setup: &Setup<'_>) {
    setup.session.printer.note(format_args!("target: {}", setup.target_in_words(&[])));
}

/// Asks whether this many records may be sent to the target.
pub(super) fn confirm_records(setup: &Setup<'_>, records: u64, bots: usize) -> Result<(), CommandError> {
    show_target(setup);
    let question = format!("Send {} to {}?", counted(records, "record"), setup.short_target(bots));
    if Prompter::new(setup.session)?.yes(&question)? { Ok(()) } else { Err(Declined.into()) }
}
