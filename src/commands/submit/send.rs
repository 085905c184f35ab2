//! Sends one record as a run with one row, and reports the outcome.

use std::sync::mpsc::Receiver;
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::SubmitArgs;
use crate::clock;
use crate::commands::error::{CommandError, Explain};
use crate::commands::setup::{Patience, Setup};
use crate::commands::stop_reason::StoppedEarly;
use crate::commands::strict::ensure_documented;
use crate::error::{Advice, ErrorKind};
use crate::exit::Exit;
use crate::ledger::{Lease, NewRun, OutcomeKind, ResendPolicy, RowEntry, RowState, RunId, RunKind, Store};
use crate::numbering::Numbering;
use crate::record::Feedback;
use crate::report::{AnswersView, OutputError, Printer};
use crate::run::{Events, Lane, LaneSettings, Prepared, RunEvent, feed_records, record_hash, run as run_lanes};
use crate::text::{excerpt, format_duration, printable};

/// A person or a CI job is waiting.
const PATIENCE: Patience =
    Patience { wait_for_target: Duration::from_secs(30), max_wait: Some(Duration::from_secs(60)) };
/// Takes the place of a mapping: a submitted record has no columns.
const MAPPING: &str = "submit";
/// The number of the only row.
const ROW: u64 = 1;
const SHOWN: usize = 60;

/// An earlier submit of the same record may have saved it. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("the same record has been in doubt since run {run}: it may have been saved")]
struct DuplicateInDoubt {
    run: RunId,
}

impl Advice for DuplicateInDoubt {
    fn kind(&self) -> ErrorKind {
        ErrorKind::AlreadySent
    }

    fn hint(&self) -> Option<String> {
        let run = self.run;
        Some(format!("ask the server with `kore-feedback runs verify {run}`, or submit the record again with --again"))
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{kind}{}{}", status_text(*status), detail_text(detail.as_deref()))]
struct NotSaved {
    run: RunId,
    kind: OutcomeKind,
    status: Option<u16>,
    detail: Option<String>,
}

fn status_text(status: Option<u16>) -> String {
    status.map_or_else(String::new, |status| format!(" with status {status}"))
}

fn detail_text(detail: Option<&str>) -> String {
    detail.map_or_else(String::new, |detail| format!(": {detail}"))
}

impl Advice for NotSaved {
    fn hint(&self) -> Option<String> {
        let run = self.run;
        (self.kind == OutcomeKind::InDoubt)
            .then(|| format!("before you submit it again, ask the server with `kore-feedback runs verify {run}`"))
    }

    fn exit(&self) -> Exit {
        Exit::SomeNotSaved
    }
}

pub(super) struct Submission<'a> {
    pub(super) args: &'a SubmitArgs,
    pub(super) setup: &'a Setup<'a>,
    pub(super) store: &'a Store,
}

impl Submission<'_> {
    pub(super) fn send(&self, feedback: &Feedback<'_>) -> Result<Exit, CommandError> {
        let body = feedback.body();
        let content = *blake3::hash(&body).as_bytes();
        self.ensure_no_duplicate_in_doubt(&content)?;
        let bot_id = self.setup.settings.bot_id()?;
        let resources = self.setup.resources(bot_id, self.store)?;
        let run = self.begin_run(content, bot_id)?;
        let _lease = Lease::take(self.store.directory(), run)?;
        let (events, receiver) = Events::channel();
        let progress = report_progress(receiver, self.setup.session.printer.clone());
        let row = Prepared { number: ROW, body, record: record_hash(feedback, None), spare: None };
        let lane = Lane { bot: None, resources, settings: self.lane_settings(run), feed: feed_records(vec![row]) };
        let ended = run_lanes(vec![lane], events).explain("cannot start sending")?;
        self.store.mark_claims_in_doubt(run, "the command ended before the response arrived", clock::now())?;
        self.store.finish(run, clock::now())?;
        // If the thread panicked, the server's record is lost, but the outcome is in the ledger.
        let record = progress.join().ok().flatten();
        self.report(run, record, StoppedEarly::from_end(run, ended))
    }

    /// A record that may have been saved must not be sent again by accident.
    fn ensure_no_duplicate_in_doubt(&self, content: &[u8; 32]) -> Result<(), CommandError> {
        if self.args.again || self.setup.is_sandbox {
            return Ok(());
        }
        for run in self.store.runs_with_identity(self.setup.identity(content, MAPPING))? {
            if self.store.counts(&run)?.in_doubt > 0 {
                return Err(DuplicateInDoubt { run: run.id }.into());
            }
        }
        Ok(())
    }

    fn begin_run(&self, content: [u8; 32], bot_id: &str) -> Result<RunId, CommandError> {
        // Without its options: they name the respondent, and a submit is not resumed.
        let new = NewRun {
            rows: 1,
            records: 1,
            bots: vec![(bot_id.to_owned(), 1)],
            ..self.setup.new_run(RunKind::Submit, content, MAPPING.to_owned())
        };
        Ok(self.store.begin(&new, clock::now())?)
    }

    fn lane_settings(&self, run: RunId) -> LaneSettings {
        let mut settings = self.setup.lane_settings((run, Numbering::SINGLE), ResendPolicy::NEVER, 1, PATIENCE);
        // A rejected token that was minted from a freshly read secret stays rejected; one retry covers a race.
        settings.breaker.refusals = 2;
        settings
    }

    fn report(&self, run: RunId, record: Option<Value>, early: Option<StoppedEarly>) -> Result<Exit, CommandError> {
        let entry = self.store.row_cursor(run).find(ROW)?;
        if let (Some(record), Some(entry)) = (&record, &entry) {
            self.report_saved(run, record, entry).map_err(CommandError::after_sending)?;
            if self.args.sending.strict_answers {
                ensure_documented(&AnswersView::new(&[(entry.deviations, 1)]))?;
            }
            return Ok(Exit::Success);
        }
        let not_saved = not_saved(run, entry);
        self.setup.session.printer.json(&json!({
            "run": run.0,
            "outcome": not_saved.kind.as_str(),
            "status": not_saved.status,
            "detail": not_saved.detail,
        }))?;
        Err(early.map_or_else(|| not_saved.into(), CommandError::from))
    }

    fn report_saved(&self, run: RunId, record: &Value, entry: &RowEntry) -> Result<(), OutputError> {
        if self.setup.session.is_json() {
            let mut json = record.clone();
            json["run"] = run.0.into();
            json["outcome"] = OutcomeKind::Saved.as_str().into();
            json["status"] = entry.status.into();
            return self.setup.session.printer.json(&json);
        }
        let id = entry.server_id.as_deref().unwrap_or_default();
        let field = |name: &str| match record.get(name) {
            Some(Value::String(text)) => excerpt(text, SHOWN),
            Some(value) => excerpt(&value.to_string(), SHOWN),
            None => "?".to_owned(),
        };
        let (kind, score, name) = (field("type"), field("score"), field("name"));
        let (uid, target) = (field("channelUId"), self.setup.target_in_words(&[]));
        self.setup
            .session
            .printer
            .result(format_args!("saved {kind} {score} of {uid} for {name:?} as {id} at {target}"))?;
        if self.setup.is_sandbox {
            self.setup.session.printer.note("sent to a local sandbox; nothing reached the real API");
        }
        Ok(())
    }
}

/// Without an entry in the ledger, nothing was sent.
fn not_saved(run: RunId, entry: Option<RowEntry>) -> NotSaved {
    let Some(RowEntry { state, status, detail, .. }) = entry else {
        return NotSaved { run, kind: OutcomeKind::Unsent, status: None, detail: None };
    };
    let kind = match state {
        RowState::Settled(kind) => kind,
        RowState::Claimed => OutcomeKind::InDoubt,
    };
    NotSaved { run, kind, status, detail }
}

/// Reports pauses and retries. Returns the server's record when the run has ended, if there is one.
fn report_progress(events: Receiver<RunEvent>, printer: Printer) -> JoinHandle<Option<Value>> {
    spawn(move || {
        let mut saved = None;
        for event in events {
            match event {
                RunEvent::Saved { record, .. } => {
                    saved = Some(serde_json::from_str(&record).unwrap_or(Value::String(record)))
                }
                RunEvent::Paused { why, wait, .. } => {
                    printer.note(format_args!("paused: {why}; retrying in {}", format_duration(wait)));
                }
                RunEvent::Waiting { why, .. } => printer.note(why),
                RunEvent::Retrying { why, wait, .. } => {
                    printer.detail(format_args!("retrying in {}: {why}", format_duration(wait)));
                }
                RunEvent::Warning(text) => printer.warning(printable(&text)),
                RunEvent::Stopping => printer.note("stopping: waiting for the response (Ctrl-C again to abandon it)"),
                RunEvent::Settled { .. }
                | RunEvent::NotSaved { .. }
                | RunEvent::SentMeanwhile { .. }
                | RunEvent::BotStopped { .. }
                | RunEvent::TimeLeft(_)
                | RunEvent::Windows(_) => {}
            }
        }
        saved
    })
}
