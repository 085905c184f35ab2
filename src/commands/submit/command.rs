//! Runs `submit`.

use super::draft::complete_draft;
use super::request::{as_curl, as_http};
use super::send::Submission;
use crate::cli::{GlobalArgs, SubmitArgs};
use crate::commands::error::{CommandError, Explain};
use crate::commands::setup::Setup;
use crate::exit::Exit;
use crate::ledger::Store;
use crate::record::{Feedback, Field, ScoreRule};
use crate::report::Printer;
use crate::settings::Context;
use crate::text::printable_json;

pub(in crate::commands) fn submit(
    args: &SubmitArgs,
    global: &GlobalArgs,
    context: &Context,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let setup = Setup::new(global, &args.sending, context, printer)?;
    let rule = if args.allow_any_score { ScoreRule::Any } else { ScoreRule::InScale };
    let draft = complete_draft(args, &setup.settings, context, rule)?;
    let feedback = draft.check(rule)?;
    if args.dry_run {
        return show_request(args, &setup, &feedback, printer);
    }
    let store = Store::open(&setup.settings.state_dir()?)?;
    remember_values(&store, &feedback)?;
    Submission { args, global, setup: &setup, store: &store, printer }.send(&feedback, context)
}

fn show_request(
    args: &SubmitArgs,
    setup: &Setup,
    feedback: &Feedback<'_>,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let url = setup.client(setup.settings.bot_id()?)?.save_feedback_url().clone();
    let body = serde_json::to_string_pretty(feedback).explain("cannot write the record as JSON")?;
    let body = printable_json(&body);
    printer.result(if args.curl { as_curl(&url, &body) } else { as_http(&url, &body) })?;
    Ok(Exit::Success)
}

/// Saves what the next `submit` offers as answers. Not the respondent's id: the next respondent is somebody else.
fn remember_values(store: &Store, feedback: &Feedback<'_>) -> Result<(), CommandError> {
    let values = [
        (Field::Type, feedback.feedback_type().wire_name()),
        (Field::Name, feedback.name()),
        (Field::Channel, feedback.channel()),
        (Field::Language, feedback.language()),
        (Field::Message, feedback.message()),
    ];
    for (field, value) in values {
        store.remember_value(field.key(), value)?;
    }
    Ok(())
}
