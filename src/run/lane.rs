//! One bot's lane: its rows, so many workers, its own windows and its own health.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::attempt::{Delivered, Pending, RecordSender, SendSettings};
use super::end::End;
use super::event::{Events, RunEvent};
use super::feed::Feed;
use super::gate::Gate;
use super::health::BreakerPolicy;
use super::phase::{Phase, Phases};
use super::shared_gate::SharedGate;
use crate::clock;
use crate::credentials::TokenSource;
use crate::delivery::Client;
use crate::ledger::{Outcome, OutcomeKind, Writer};
use crate::pacing::{Limit, Pacer};

/// What a lane works with.
#[derive(Debug)]
pub struct LaneResources {
    /// Sends.
    pub client: Client,
    /// Mints.
    pub tokens: TokenSource,
    /// Paces.
    pub pacer: Pacer,
    /// Remembers.
    pub writer: Writer,
}

/// What a lane does.
#[derive(Debug)]
pub struct LaneSettings {
    /// How rows are sent.
    pub send: SendSettings,
    /// How many attempts may be in flight at once.
    pub concurrency: usize,
    /// How much trouble with the target is put up with.
    pub breaker: BreakerPolicy,
    /// How many rows there are to send, for the time that is left.
    pub to_send: u64,
}

/// The rows of one bot, and how they are sent.
#[derive(Debug)]
pub struct Lane {
    /// The bot, where there are several.
    pub bot: Option<String>,
    /// What it works with.
    pub resources: LaneResources,
    /// What it does.
    pub settings: LaneSettings,
    /// Where its rows come from.
    pub feed: Feed,
}

impl Lane {
    /// `shared` is the gate that it shares with other lanes, where there are any.
    pub(super) fn open(self, shared: Option<SharedGate>, events: Events) -> ActiveLane {
        let Self { bot, resources, settings, feed } = self;
        let LaneResources { client, tokens, pacer, writer } = resources;
        let (gate, phases) = (Gate::new(settings.breaker), Phases::new());
        ActiveLane {
            sender: RecordSender {
                bot,
                client,
                tokens,
                pacer,
                gate,
                shared,
                writer,
                events,
                settings: settings.send,
                phases,
            },
            rows: Mutex::new(Rows { feed, ready: VecDeque::new() }),
            left: AtomicU64::new(settings.to_send),
            concurrency: settings.concurrency,
        }
    }
}

/// A lane that is being worked on.
pub(super) struct ActiveLane {
    sender: RecordSender,
    rows: Mutex<Rows>,
    left: AtomicU64,
    concurrency: usize,
}

/// What the feed has brought and no worker has taken yet.
struct Rows {
    feed: Feed,
    ready: VecDeque<Pending>,
}

impl ActiveLane {
    pub(super) fn phases(&self) -> &Phases {
        &self.sender.phases
    }

    /// The bot, where there are several.
    pub(super) fn bot(&self) -> Option<&str> {
        self.sender.bot.as_deref()
    }

    /// How many rows have not been sent.
    pub(super) fn left(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }

    /// Whether there is something left to be sent, and it will be.
    pub(super) fn is_busy(&self) -> bool {
        self.left() > 0 && self.phases().now() == Phase::Going
    }

    pub(super) fn time_left(&self) -> Duration {
        self.sender.pacer.time_for(self.left())
    }

    /// The window that is full for longest, and for how long.
    pub(super) fn waits_for(&self) -> Option<(Limit, Duration)> {
        self.sender.pacer.full_for()
    }

    /// Works off all rows, and says how that ended.
    pub(super) async fn work(self: Arc<Self>) -> End {
        let mut workers: JoinSet<Result<(), End>> =
            (0..self.concurrency).map(|_| Arc::clone(&self).work_as_one()).collect();
        let mut end = End::Complete;
        while let Some(joined) = workers.join_next().await {
            let done = joined.unwrap_or_else(|broken| std::panic::resume_unwind(broken.into_panic()));
            let Err(reason) = done else { continue };
            // The first worker that can't go on tells the others to land.
            self.phases().advance_to(Phase::Stopping);
            if matches!(end, End::Complete) {
                end = reason;
            }
        }
        self.rows.lock().await.feed.close();
        // A signal finds nothing to interrupt here any more.
        self.phases().advance_to(Phase::Stopping);
        if let Some(shared) = &self.sender.shared {
            shared.leave();
        }
        end
    }

    async fn work_as_one(self: Arc<Self>) -> Result<(), End> {
        while let Some(row) = self.next_row().await? {
            match self.sender.deliver(row).await? {
                Delivered::Over => {
                    // Rows that were not counted when the run was taken up must not make it wrap.
                    let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
                }
                Delivered::Later(row) => self.rows.lock().await.ready.push_back(row),
            }
        }
        Ok(())
    }

    /// The next row to send; `None` when there is none, or none shall be taken any more.
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
                rows.ready.extend(batch.to_send.into_iter().map(Pending::new));
            }
        };
        self.phases().before(Phase::Stopping, next).await.unwrap_or(Ok(None))
    }

    /// Writes down rows that need no sending.
    async fn record(&self, settled: Vec<(u64, Outcome)>) -> Result<(), End> {
        if settled.is_empty() {
            return Ok(());
        }
        let count = |kind| settled.iter().filter(|(_, outcome)| outcome.kind == kind).count() as u64;
        let counts = [OutcomeKind::Invalid, OutcomeKind::Skipped].map(|kind| (kind, count(kind)));
        let sender = &self.sender;
        sender.writer.record_outcomes(sender.settings.run, settled, clock::now()).await.map_err(End::Ledger)?;
        for (kind, rows) in counts.into_iter().filter(|(_, rows)| *rows > 0) {
            sender.events.send(RunEvent::Settled { kind, rows });
        }
        Ok(())
    }
}
