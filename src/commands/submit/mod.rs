//! `submit`: a draft, completed → a record → a run of one.

mod ask;
mod listen;
mod request;

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use self::listen::listen;
use self::request::{as_curl, as_http};
use super::setup::{Setup, Subject};
use super::stop_reason::StoppedEarly;
use crate::cli::{GlobalArgs, OutputFormat, SubmitArgs};
use crate::clock;
use crate::commands::error::{CommandError, Explain};
use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::{Lease, Outcome, OutcomeKind, ResendPolicy, RowEntry, RowState, RunId, RunKind, Store};
use crate::record::{Draft, Feedback, Field, RefusedDraft, ScoreRule};
use crate::report::Printer;
use crate::run::{Events, Lane, Prepared, feed_one, run as run_rows};
use crate::settings::{Context, Settings};
use crate::text::{excerpt, printable_json};

const WAIT_FOR_TARGET: Duration = Duration::from_secs(30);
/// The mapping of a record that nobody mapped.
const BY_HAND: &str = "submit";
/// The most that a record in a file can be.
const MOST_JSON: u64 = 1024 * 1024;
const ROW: u64 = 1;

/// Runs `submit`.
pub(super) fn submit(
    args: &SubmitArgs,
    global: &GlobalArgs,
    context: &Context,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let setup = Setup::new(global, &args.sending, context, printer)?;
    let rule = if args.any_score { ScoreRule::Any } else { ScoreRule::InScale };
    let draft = complete(args, &setup.settings, context, rule)?;
    let feedback = draft.check(rule)?;
    if args.dry_run {
        return show_request(args, &setup, &feedback, printer);
    }
    let store = Store::open(&setup.settings.state_dir()?)?;
    remember(&store, &feedback)?;
    let submission = Submission { args, global, setup: &setup, store: &store, printer };
    submission.send(&feedback, context)
}

/// The record from a file, then options, then the profile's defaults, then whoever sits at the terminal.
fn complete(args: &SubmitArgs, settings: &Settings, context: &Context, rule: ScoreRule) -> Result<Draft, CommandError> {
    let mut draft = match &args.json {
        Some(file) => read_json(file)?,
        None => Draft::default(),
    };
    for field in Field::ALL {
        if let Some(text) = args.value(field) {
            draft.set(field, text);
        }
    }
    for (field, text) in settings.defaults() {
        draft.set_default(field, &text);
    }
    let missing: Vec<Field> = draft.missing().collect();
    let takes_stdin = args.json.as_deref() == Some(Path::new("-"));
    if missing.is_empty() {
        return Ok(draft);
    }
    if context.stdin_is_terminal && context.stderr_is_terminal && !takes_stdin {
        let last = Store::open_existing(&settings.state_dir()?)?.map_or_else(|| Ok(Vec::new()), |s| s.last_values())?;
        ask::ask(&mut draft, &missing, &last, rule)?;
        return Ok(draft);
    }
    // Everything that is missing or wrong is named at once.
    draft.check(rule).map_err(|refused| Incomplete { missing, refused })?;
    Ok(draft)
}

fn read_json(file: &Path) -> Result<Draft, CommandError> {
    let mut text = String::new();
    let (name, read) = if file == Path::new("-") {
        ("standard input".to_owned(), std::io::stdin().lock().take(MOST_JSON).read_to_string(&mut text))
    } else {
        let opened = std::fs::File::open(file);
        (file.display().to_string(), opened.and_then(|file| file.take(MOST_JSON).read_to_string(&mut text)))
    };
    read.explain(format!("cannot read {name}"))?;
    Draft::from_json(text.strip_prefix('\u{feff}').unwrap_or(&text))
        .map_err(|error| CommandError::from(error).context(name))
}

/// What is offered when the next record is asked for. The respondent's id is not: the next one is somebody else.
fn remember(store: &Store, feedback: &Feedback<'_>) -> Result<(), CommandError> {
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

/// One record on its way.
struct Submission<'a> {
    args: &'a SubmitArgs,
    global: &'a GlobalArgs,
    setup: &'a Setup,
    store: &'a Store,
    printer: &'a Printer,
}

impl Submission<'_> {
    fn send(&self, feedback: &Feedback<'_>, context: &Context) -> Result<Exit, CommandError> {
        let body = feedback.body();
        let content = *blake3::hash(&body).as_bytes();
        self.refuse_a_doubtful_twin(&content)?;
        let bot_id = self.setup.settings.bot_id()?;
        let resources = self.setup.resources(bot_id, self.store, context)?;
        let subject = Subject {
            kind: RunKind::Submit,
            input: String::new(),
            content,
            mapping: BY_HAND.to_owned(),
            rows: 1,
            bots: vec![(bot_id.to_owned(), 1)],
        };
        let run = self.store.begin(&self.setup.new_run(subject, context), clock::now())?;
        let _lease = Lease::take(self.store.directory(), run)?;
        let mut settings = self.setup.lane_settings(run, &self.args.sending, ResendPolicy::Never, 1, WAIT_FOR_TARGET);
        // A token that was refused once, fresh from the secret, will be refused again; one retry is for a race.
        settings.breaker.refusals = 2;
        // Somebody waits for it, or a CI job does: not for hours.
        settings.breaker.rate_limited = Some(settings.breaker.wait_for_target);
        let (events, told) = Events::channel();
        let listener = listen(told, self.printer.clone());
        let row = Prepared { number: ROW, body, fingerprint: feedback.fingerprint() };
        let end = run_rows(vec![Lane { bot: None, resources, settings, feed: feed_one(row) }], events)
            .explain("cannot start sending")?;
        self.store.mark_claims_in_doubt(run, "the command ended before the answer came", clock::now())?;
        self.store.finish(run, clock::now())?;
        // A listener that broke has lost the server's words; what became of the record is in the ledger.
        let record = listener.join().ok().flatten();
        self.tell(run, record, StoppedEarly::from_end(end))
    }

    /// Decision 1: what may have been saved is not sent again by accident.
    fn refuse_a_doubtful_twin(&self, content: &[u8; 32]) -> Result<(), CommandError> {
        if self.args.again || self.setup.is_sandbox {
            return Ok(());
        }
        for twin in self.store.runs_with_identity(self.setup.identity(content, BY_HAND))? {
            if self.store.counts(&twin)?.in_doubt > 0 {
                return Err(DoubtfulTwin { run: twin.id }.into());
            }
        }
        Ok(())
    }

    fn tell(&self, run: RunId, record: Option<Value>, early: Option<StoppedEarly>) -> Result<Exit, CommandError> {
        let json = self.global.output == OutputFormat::Json;
        let entry = self.store.row_cursor(run).find(1)?;
        match (record, entry) {
            (Some(record), Some(entry)) => self.tell_saved(&record, &entry, json),
            (_, entry) => {
                let outcome = outcome(entry);
                if json {
                    self.printer.json(&json!({
                        "run": run.0,
                        "outcome": outcome.kind.as_str(),
                        "status": outcome.status,
                        "error": outcome.detail,
                    }))?;
                }
                Err(early.map_or_else(|| NotSaved { outcome, run }.into(), CommandError::from))
            }
        }
    }

    fn tell_saved(&self, record: &Value, entry: &RowEntry, json: bool) -> Result<Exit, CommandError> {
        if json {
            self.printer.json(record)?;
        } else {
            let id = entry.server_id.as_deref().unwrap_or_default();
            let field = |name: &str| match record.get(name) {
                Some(Value::String(text)) => excerpt(text, 60),
                Some(value) => excerpt(&value.to_string(), 60),
                None => "?".to_owned(),
            };
            self.printer.result(format_args!(
                "saved {} {} of {} for {:?} as {id}",
                field("type"),
                field("score"),
                field("channelUId"),
                field("name"),
            ))?;
            if self.setup.is_sandbox {
                self.printer.note("sent to the sandbox on this machine: nothing real");
            }
        }
        Ok(Exit::Success)
    }
}

fn outcome(entry: Option<RowEntry>) -> Outcome {
    let unsent = || Outcome { kind: OutcomeKind::Unsent, status: None, server_id: None, detail: None };
    entry.map_or_else(unsent, |entry| Outcome {
        kind: match entry.state {
            RowState::Settled(kind) => kind,
            RowState::Claimed => OutcomeKind::InDoubt,
        },
        status: entry.status,
        server_id: entry.server_id,
        detail: entry.detail,
    })
}

/// The record is not whole, and nobody can be asked.
#[derive(Debug, thiserror::Error)]
#[error("{refused}")]
pub(super) struct Incomplete {
    missing: Vec<Field>,
    refused: RefusedDraft,
}

impl Advice for Incomplete {
    fn hint(&self) -> Option<String> {
        let options: Vec<String> =
            self.missing.iter().map(|field| format!("--{}", field.key().replace('_', "-"))).collect();
        Some(format!("give {}, or set defaults in the profile; on a terminal, submit asks", options.join(", ")))
    }
}

/// An earlier submit of the same record may have been saved.
#[derive(Debug, thiserror::Error)]
#[error("the same record is in doubt since run {run}: it may have been saved")]
pub(super) struct DoubtfulTwin {
    run: RunId,
}

impl Advice for DoubtfulTwin {
    fn hint(&self) -> Option<String> {
        let run = self.run;
        Some(format!("`kore-feedback runs verify {run}` looks for it on the server; --again submits it all the same"))
    }
}

/// The record was sent, and not saved.
#[derive(Debug, thiserror::Error)]
#[error("{}{}{}", outcome.kind, status_in_words(outcome), outcome.detail.as_deref().map_or_else(String::new, |detail| format!(": {detail}")))]
pub(super) struct NotSaved {
    outcome: Outcome,
    run: RunId,
}

fn status_in_words(outcome: &Outcome) -> String {
    outcome.status.map_or_else(String::new, |status| format!(" with status {status}"))
}

impl Advice for NotSaved {
    fn hint(&self) -> Option<String> {
        (self.outcome.kind == OutcomeKind::InDoubt).then(|| {
            format!(
                "it may have been saved or not (run {}): look on the dashboard before you submit it again",
                self.run
            )
        })
    }

    fn exit(&self) -> Exit {
        Exit::SomeNotSaved
    }
}
