//! Sends the records as one run, like a submit with several rows.

use std::collections::HashMap;
use std::sync::mpsc::Receiver;
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use serde_json::Value;

use crate::cli::SmokeArgs;
use crate::clock;
use crate::commands::error::{CommandError, Explain};
use crate::commands::setup::{Patience, Setup};
use crate::commands::stop_reason::StoppedEarly;
use crate::ledger::{Lease, NewRun, ResendPolicy, RowEntry, RunId, RunKind, Store};
use crate::numbering::Numbering;
use crate::record::{Draft, Feedback, FeedbackType, Field};
use crate::report::Printer;
use crate::run::{
    Events, Lane, LaneResources, LaneSettings, Prepared, RunEvent, feed_records, record_hash, run as run_lanes,
};
use crate::text::{format_duration, printable};

/// A CI job is waiting.
const PATIENCE: Patience =
    Patience { wait_for_target: Duration::from_secs(30), max_wait: Some(Duration::from_secs(60)) };
/// Takes the place of a mapping: the records have no columns.
const MAPPING: &str = "smoke";
const MESSAGE: &str = "Sent by kore-feedback smoke";

/// The records and what became of them.
pub(super) struct Sent {
    pub(super) run: RunId,
    pub(super) records: Vec<SentRecord>,
    /// Why not all of them were sent.
    pub(super) stopped: Option<StoppedEarly>,
}

pub(super) struct SentRecord {
    pub(super) feedback_type: FeedbackType,
    pub(super) body: Vec<u8>,
    /// What the ledger knows; `None` if it was not sent.
    pub(super) entry: Option<RowEntry>,
    /// The server's record, if it was saved.
    pub(super) answer: Option<Value>,
    /// How long the last answer took.
    pub(super) took: Option<Duration>,
}

/// One draft of each type. Its score changes a survey's result as little as possible.
pub(super) fn drafts(args: &SmokeArgs, setup: &Setup<'_>) -> Vec<Draft> {
    let defaults = setup.settings.defaults();
    let default = |field, otherwise: &str| defaults.get(&field).cloned().unwrap_or_else(|| otherwise.to_owned());
    let draft = |feedback_type| {
        let mut draft = Draft::default();
        let score = match feedback_type {
            FeedbackType::Nps => "7",
            FeedbackType::Csat => "3",
            FeedbackType::Thumb => "1",
        };
        draft.set(Field::Type, feedback_type.wire_name());
        draft.set(Field::Score, score);
        draft.set(Field::Name, args.name.clone().unwrap_or_default());
        draft.set(Field::ChannelUid, &args.channel_uid);
        draft.set(Field::Channel, args.channel.clone().unwrap_or_else(|| default(Field::Channel, "rtm")));
        draft.set(Field::Language, args.language.clone().unwrap_or_else(|| default(Field::Language, "en")));
        draft.set(Field::Message, MESSAGE);
        draft
    };
    args.types().into_iter().map(draft).collect()
}

pub(super) fn send(
    records: &[Feedback<'_>],
    setup: &Setup<'_>,
    store: &Store,
    resources: LaneResources,
) -> Result<Sent, CommandError> {
    let rows: Vec<Prepared> = (1..).zip(records).map(|(number, record)| prepared(number, record)).collect();
    let run = begin_run(&rows, setup, store)?;
    let _lease = Lease::take(store.directory(), run)?;
    let (events, receiver) = Events::channel();
    let progress = listen(receiver, setup.session.printer.clone());
    let settings = lane_settings(run, rows.len() as u64, setup);
    let lane = Lane { bot: None, resources, settings, feed: feed_records(rows) };
    let ended = run_lanes(vec![lane], events).explain("cannot start sending")?;
    store.mark_claims_in_doubt(run, "the command ended before the response arrived", clock::now())?;
    store.finish(run, clock::now())?;
    // If the thread panicked, the answers are lost, but the outcomes are in the ledger.
    let mut heard = progress.join().unwrap_or_default();
    let mut cursor = store.row_cursor(run);
    let sent = (1..).zip(records).map(|(number, record)| {
        let entry = cursor.find(number)?;
        let (answer, took) = (heard.answers.remove(&number), heard.took.get(&number).copied());
        Ok(SentRecord { feedback_type: record.feedback_type(), body: record.body(), entry, answer, took })
    });
    let records = sent.collect::<Result<_, CommandError>>()?;
    Ok(Sent { run, records, stopped: StoppedEarly::from_end(run, ended) })
}

fn prepared(number: u64, record: &Feedback<'_>) -> Prepared {
    Prepared { number, body: record.body(), record: record_hash(record, None), spare: None }
}

fn begin_run(rows: &[Prepared], setup: &Setup<'_>, store: &Store) -> Result<RunId, CommandError> {
    let bodies: Vec<u8> = rows.iter().flat_map(|row| row.body.iter().copied()).collect();
    let number = rows.len() as u64;
    let new = NewRun {
        rows: number,
        records: number,
        bots: vec![(setup.settings.bot_id()?.to_owned(), number)],
        ..setup.new_run(RunKind::Submit, *blake3::hash(&bodies).as_bytes(), MAPPING.to_owned())
    };
    Ok(store.begin(&new, clock::now())?)
}

/// One record after the other, so that their times do not depend on each other.
fn lane_settings(run: RunId, records: u64, setup: &Setup<'_>) -> LaneSettings {
    let mut settings = setup.lane_settings((run, Numbering::SINGLE), ResendPolicy::NEVER, records, PATIENCE);
    settings.breaker.refusals = 2;
    LaneSettings { concurrency: 1, ..settings }
}

/// What the events of a run said.
#[derive(Default)]
struct Heard {
    /// The server's records, by row.
    answers: HashMap<u64, Value>,
    took: HashMap<u64, Duration>,
}

fn listen(events: Receiver<RunEvent>, printer: Printer) -> JoinHandle<Heard> {
    spawn(move || {
        let mut heard = Heard::default();
        for event in events {
            match event {
                RunEvent::NotSaved { id, took, .. } => heard.took.extend(took.map(|took| (id.row, took))),
                RunEvent::Saved { id, record, took, .. } => {
                    heard.took.insert(id.row, took);
                    heard.answers.insert(id.row, serde_json::from_str(&record).unwrap_or(Value::String(record)));
                }
                RunEvent::Paused { why, wait, .. } | RunEvent::Retrying { why, wait, .. } => {
                    printer.note(format_args!("retrying in {}: {}", format_duration(wait), printable(&why)));
                }
                RunEvent::Waiting { why, .. } => printer.note(why),
                RunEvent::Stopping => printer.note("stopping: waiting for the response (Ctrl-C again to abandon it)"),
                // The checks say the same, and of which record.
                RunEvent::Warning(_)
                | RunEvent::Settled { .. }
                | RunEvent::SentMeanwhile { .. }
                | RunEvent::BotStopped { .. }
                | RunEvent::TimeLeft(_)
                | RunEvent::Windows(_) => {}
            }
        }
        heard
    })
}
