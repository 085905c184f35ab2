//! Runs `submit`.

use serde_json::json;
use url::Url;

use super::ask::{Questions, taken_lines};
use super::draft::{given_fields, reads_stdin};
use super::send::Submission;
use crate::cli::SubmitArgs;
use crate::commands::confirm::{must_confirm, show_target};
use crate::commands::error::{CommandError, Explain};
use crate::commands::prompt::Prompter;
use crate::commands::session::Session;
use crate::commands::setup::Setup;
use crate::exit::Exit;
use crate::ledger::{OutcomeKind, Store};
use crate::record::{Draft, Feedback, Field, ScoreRule};
use crate::text::printable_json;

pub(in crate::commands) fn submit(args: &SubmitArgs, session: Session<'_>) -> Result<Exit, CommandError> {
    // The result, unless more becomes known.
    session.printer.json(&json!({ "run": null, "outcome": OutcomeKind::Unsent.as_str() }))?;
    let setup = Setup::new(&args.sending, session)?;
    let rule = if args.allow_any_score { ScoreRule::Any } else { ScoreRule::InScale };
    let draft = complete_draft(args, &setup, rule)?;
    let feedback = draft.check(rule)?;
    if args.dry_run {
        return show_request(args.curl, &setup, &feedback);
    }
    let store = Store::open(&setup.settings.state_dir()?)?;
    store.ensure_complete()?;
    remember_values(&store, &feedback)?;
    Submission { args, setup: &setup, store: &store }.send(&feedback)
}

/// The record as given and, on a terminal, as answered and confirmed. Without a terminal, it may be incomplete: the check
/// then reports everything that is missing or wrong at once.
fn complete_draft(args: &SubmitArgs, setup: &Setup<'_>, rule: ScoreRule) -> Result<Draft, CommandError> {
    let mut draft = given_fields(args, setup)?;
    let missing: Vec<Field> = if reads_stdin(args) { Vec::new() } else { draft.missing().collect() };
    let confirms = must_confirm(setup, args.yes) && !args.dry_run;
    if !setup.session.can_ask() || (missing.is_empty() && !confirms) {
        return Ok(draft);
    }
    if !setup.is_sandbox {
        show_target(setup);
    }
    let last =
        Store::open_existing(&setup.settings.state_dir()?)?.map_or_else(|| Ok(Vec::new()), |s| s.last_values())?;
    let questions = Questions { prompter: Prompter::new(setup.session)?, last, rule };
    let taken = questions.complete(&mut draft, &missing, confirms)?;
    if !confirms {
        return Ok(draft);
    }
    loop {
        if !taken.is_empty() {
            setup.session.printer.note(taken_lines(&draft, &taken));
        }
        if questions.confirm(&draft.check(rule)?, &taken, setup)? {
            return Ok(draft);
        }
        taken.iter().try_for_each(|field| questions.ask(&mut draft, *field))?;
    }
}

fn show_request(curl: bool, setup: &Setup<'_>, feedback: &Feedback<'_>) -> Result<Exit, CommandError> {
    let url = setup.client(setup.settings.bot_id()?)?.save_feedback_url().clone();
    let body = serde_json::to_string_pretty(feedback).explain("cannot write the record as JSON")?;
    let (body, printer) = (printable_json(&body), setup.session.printer);
    if printer.is_json() {
        printer.json(&json!({
            "run": null,
            "outcome": OutcomeKind::Unsent.as_str(),
            "request": { "method": "POST", "url": url.as_str(), "body": feedback },
            "curl": as_curl(&url, &body),
        }))?;
        return Ok(Exit::Success);
    }
    printer.result(if curl { as_curl(&url, &body) } else { as_http(&url, &body) })?;
    Ok(Exit::Success)
}

/// The request as sent, without the token.
fn as_http(url: &Url, body: &str) -> String {
    format!("POST {url}\nauth: [token]\ncontent-type: application/json\n\n{body}")
}

/// A curl command that mints its token when it runs.
fn as_curl(url: &Url, body: &str) -> String {
    format!(
        "curl {} \\\n  --header \"$(kore-feedback token --header)\" \\\n  --header 'content-type: application/json' \\\n  \
         --data-raw {}",
        shell_words::quote(url.as_str()),
        shell_words::quote(body),
    )
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

#[cfg(test)]
mod tests {
    use super::as_curl;

    #[test]
    fn a_body_with_quotes_survives_the_shell() {
        let curl = as_curl(&"https://bots.kore.ai/x".parse().unwrap(), r#"{"name":"It's \"so\" $HOME"}"#);
        let words = shell_words::split(&curl.replace("\\\n", "")).unwrap();
        assert_eq!(words.last().unwrap(), r#"{"name":"It's \"so\" $HOME"}"#);
    }
}
