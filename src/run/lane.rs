//! One bot's part of a run: its rows, its workers and its rate limit.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::answers::Answers;
use super::event::{End, Events, RunEvent};
use super::feed::Feed;
use super::gate::Gate;
use super::phase::{Phase, Phases};
use super::sender::{Delivered, Pending, Ready, RecordSender, Unrecorded};
use super::settings::LaneSettings;
use super::turns::Turns;
use crate::clock;
use crate::credentials::TokenSource;
use crate::delivery::Client;
use crate::ledger::{Outcome, OutcomeKind, RecordHash, RunId, Writer};
use crate::pacing::{Limit, Pacer};

#[derive(Debug, Clone)]
pub(crate) struct LaneResources {
    pub(crate) client: Client,
    pub(crate) tokens: TokenSource,
    pub(crate) pacer: Pacer,
    pub(crate) writer: Writer,
}

/// The rows of one bot, and how they are sent.
#[derive(Debug)]
pub(crate) struct Lane {
    /// The bot, if rows name several.
    pub(crate) bot: Option<String>,
    pub(crate) resources: LaneResources,
    pub(crate) settings: LaneSettings,
    pub(crate) feed: Feed,
}

impl Lane {
    pub(super) fn activate(self, gate: Gate, events: Events, answers: Arc<Answers>) -> ActiveLane {
        let Self { bot, resources, settings, feed } = self;
        let LaneResources { client, tokens, pacer, writer } = resources;
        let phases = Phases::new();
        let turns = Turns::new(pacer.clone(), writer.clone(), settings.send.longest_window);
        ActiveLane {
            sender: RecordSender {
                bot,
                client,
                tokens,
                pacer,
                turns,
                gate,
                writer,
                events,
                settings: settings.send,
                phases,
                answers,
            },
            rows: Mutex::new(Rows { feed, ready: VecDeque::new() }),
            left: AtomicU64::new(settings.to_send),
            concurrency: settings.concurrency,
        }
    }
}

/// A lane whose rows are being sent.
pub(super) struct ActiveLane {
    sender: RecordSender,
    rows: Mutex<Rows>,
    left: AtomicU64,
    concurrency: usize,
}

struct Rows {
    feed: Feed,
    /// Rows that came from the feed and no worker has taken yet.
    ready: VecDeque<Pending>,
}

impl ActiveLane {
    pub(super) fn phases(&self) -> &Phases {
        &self.sender.phases
    }

    pub(super) fn bot(&self) -> Option<&str> {
        self.sender.bot.as_deref()
    }

    /// How many rows are still to be sent.
    pub(super) fn left(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }

    /// Whether there are rows to send and they will be sent.
    pub(super) fn is_busy(&self) -> bool {
        self.left() > 0 && self.phases().now() == Phase::Running
    }

    pub(super) fn time_left(&self) -> Duration {
        self.sender.pacer.time_for(self.left())
    }

    pub(super) fn windows(&self) -> Vec<(Limit, u64)> {
        self.sender.pacer.usage()
    }

    /// The limit whose window is full for longest, and for how long.
    pub(super) fn full_window(&self) -> Option<(Limit, Duration)> {
        self.sender.pacer.full_for()
    }

    /// Processes all rows; returns how that ended.
    pub(super) async fn work(self: Arc<Self>) -> End {
        let mut workers: JoinSet<Result<(), End>> =
            (0..self.concurrency).map(|_| Arc::clone(&self).run_worker()).collect();
        let mut end = End::Complete;
        while let Some(joined) = workers.join_next().await {
            let done = joined.unwrap_or_else(|broken| std::panic::resume_unwind(broken.into_panic()));
            let Err(reason) = done else { continue };
            // The first worker that cannot continue stops the others.
            self.phases().advance_to(Phase::Stopping);
            if matches!(end, End::Complete) {
                end = reason;
            }
        }
        self.rows.lock().await.feed.close();
        // From here on, a signal has nothing to interrupt in this lane.
        self.phases().advance_to(Phase::Stopping);
        self.sender.gate.leave();
        end
    }

    async fn run_worker(self: Arc<Self>) -> Result<(), End> {
        let mut answered = None;
        loop {
            // The outcome of one row and the intent of the next share a commit, unless the next one has to wait. If the outcome
            // cannot be recorded, the next one is not sent.
            let (outcome, next) = (pin!(self.record_outcome(answered)), pin!(async { Ok(self.next_ready().await) }));
            let ((), next) = tokio::try_join!(outcome, next)?;
            let Some(ready) = next? else { return Ok(()) };
            answered = match self.sender.deliver(ready).await? {
                Delivered::Answered(outcome) => Some(outcome),
                Delivered::Done => {
                    self.count_done();
                    None
                }
                Delivered::Later(row) => {
                    self.rows.lock().await.ready.push_back(row);
                    None
                }
            };
        }
    }

    async fn record_outcome(&self, answered: Option<Unrecorded>) -> Result<(), End> {
        let Some(outcome) = answered else { return Ok(()) };
        self.sender.record(outcome).await?;
        self.count_done();
        Ok(())
    }

    fn count_done(&self) {
        // Rows that were not counted when the run began must not make it wrap.
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
    }

    /// The next row with a durable intent; `None` at the end of the input and once the run is asked to stop.
    async fn next_ready(&self) -> Result<Option<Ready>, End> {
        while let Some(row) = self.next_row().await? {
            if let Some(ready) = self.sender.claim(row).await? {
                return Ok(Some(ready));
            }
            self.count_done();
        }
        Ok(None)
    }

    /// The next row to send; `None` at the end of the input and once the run is asked to stop.
    async fn next_row(&self) -> Result<Option<Pending>, End> {
        let next = async {
            let mut rows = self.rows.lock().await;
            loop {
                if let Some(row) = rows.ready.pop_front() {
                    return Ok(Some(row));
                }
                let Some(batch) = rows.feed.recv().await else { return Ok(None) };
                let batch = batch.map_err(End::Feed)?;
                self.record(batch.settled).await?;
                self.learn(batch.learned).await?;
                rows.ready.extend(batch.to_send.into_iter().map(|row| self.sender.pending(row)));
            }
        };
        self.phases().before(Phase::Stopping, pin!(next)).await.unwrap_or(Ok(None))
    }

    /// Records records that an earlier run has sent, with their keys.
    async fn learn(&self, learned: Vec<(u64, RecordHash, RunId)>) -> Result<(), End> {
        if learned.is_empty() {
            return Ok(());
        }
        let (sender, records) = (&self.sender, learned.len() as u64);
        sender.writer.learn_keys(sender.settings.run, learned, clock::now()).await.map_err(End::Ledger)?;
        sender.events.send(RunEvent::Settled { kind: OutcomeKind::Skipped, records });
        Ok(())
    }

    /// Records the outcomes of records that are not sent.
    async fn record(&self, settled: Vec<(u64, Outcome)>) -> Result<(), End> {
        if settled.is_empty() {
            return Ok(());
        }
        let records = settled.iter().filter(|(_, outcome)| outcome.kind == OutcomeKind::Skipped).count() as u64;
        let sender = &self.sender;
        let id = |number: u64| sender.settings.numbering.id(number);
        let invalid = settled.iter().filter(|(_, outcome)| outcome.kind == OutcomeKind::Invalid);
        let invalid: Vec<_> = invalid.map(|(number, outcome)| (id(*number), outcome.detail.clone())).collect();
        sender.writer.record_outcomes(sender.settings.run, settled, clock::now()).await.map_err(End::Ledger)?;
        sender.events.send(RunEvent::Settled { kind: OutcomeKind::Skipped, records });
        for (id, why) in invalid {
            sender.events.send(RunEvent::NotSaved { id, kind: OutcomeKind::Invalid, status: None, why, took: None });
        }
        Ok(())
    }
}
