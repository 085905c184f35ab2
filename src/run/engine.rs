//! The engine: one thread with all the HTTP, so many workers at once, and an end that can be named.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::attempt::{Courier, SendSettings};
use super::event::{Events, RunEvent};
use super::feed::{Feed, FeedError, Prepared};
use super::gate::Gate;
use super::health::{Fault, Patience};
use super::phase::{Phase, Phases, follow_signals};
use crate::clock;
use crate::credentials::{CredentialError, TokenSource};
use crate::delivery::Client;
use crate::ledger::{LedgerError, Outcome, OutcomeKind, Writer};
use crate::pacing::Pacer;

/// A wait for a window that is longer than this is said.
const WORTH_SAYING: Duration = Duration::from_secs(3);

/// How a run ended.
#[derive(Debug)]
pub enum End {
    /// Every row has been taken up.
    Complete,
    /// By a signal.
    Interrupted,
    /// The target is not fit to be sent to.
    Fault(Fault),
    /// The ledger can't be written: nothing further may be sent.
    Ledger(LedgerError),
    /// No token can be had.
    Credentials(CredentialError),
    /// The input can't be read on.
    Feed(FeedError),
}

/// What a run works with.
#[derive(Debug)]
pub struct Machinery {
    /// Sends.
    pub client: Client,
    /// Mints.
    pub tokens: TokenSource,
    /// Paces.
    pub pacer: Pacer,
    /// Remembers.
    pub writer: Writer,
}

/// What a run does.
#[derive(Debug)]
pub struct Plan {
    /// How rows are sent.
    pub send: SendSettings,
    /// How many attempts may be in flight at once.
    pub concurrency: usize,
    /// How much trouble with the target is put up with.
    pub patience: Patience,
    /// How many rows there are to send, for the time that is left.
    pub to_send: u64,
}

/// Works a run off, and says how it ended. Blocks until then.
///
/// # Errors
/// When the runtime can't be made: nothing was sent.
pub fn run(machinery: Machinery, plan: Plan, feed: Feed, events: Events) -> std::io::Result<End> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(Engine::start(machinery, plan, feed, events).work()))
}

struct Engine {
    courier: Arc<Courier>,
    rows: Arc<Mutex<Rows>>,
    left: Arc<AtomicU64>,
    concurrency: usize,
}

/// What the feed has brought and no worker has taken yet.
struct Rows {
    feed: Feed,
    ready: VecDeque<Prepared>,
}

impl Engine {
    fn start(machinery: Machinery, plan: Plan, feed: Feed, events: Events) -> Self {
        let Machinery { client, tokens, pacer, writer } = machinery;
        let gate = Gate::new(plan.patience);
        let courier =
            Courier { client, tokens, pacer, gate, writer, events, settings: plan.send, phases: Phases::new() };
        Self {
            courier: Arc::new(courier),
            rows: Arc::new(Mutex::new(Rows { feed, ready: VecDeque::new() })),
            left: Arc::new(AtomicU64::new(plan.to_send)),
            concurrency: plan.concurrency,
        }
    }

    async fn work(self) -> End {
        let courier = &self.courier;
        let events = courier.events.clone();
        let signals = tokio::spawn(follow_signals(courier.phases.clone(), move || events.send(RunEvent::Draining)));
        let clock = tokio::spawn(tell_time_left(Arc::clone(courier), Arc::clone(&self.left)));
        let mut workers = JoinSet::new();
        for _ in 0..self.concurrency {
            workers.spawn(work(Arc::clone(courier), Arc::clone(&self.rows), Arc::clone(&self.left)));
        }
        let mut end = End::Complete;
        while let Some(joined) = workers.join_next().await {
            let reason = match joined {
                Ok(Ok(())) => continue,
                Ok(Err(reason)) => reason,
                Err(broken) => std::panic::resume_unwind(broken.into_panic()),
            };
            // The first worker that can't go on tells the others to land.
            courier.phases.advance_to(Phase::Draining);
            if matches!(end, End::Complete) {
                end = reason;
            }
        }
        signals.abort();
        clock.abort();
        match end {
            End::Complete if courier.phases.now() > Phase::Going => End::Interrupted,
            end => end,
        }
    }
}

async fn work(courier: Arc<Courier>, rows: Arc<Mutex<Rows>>, left: Arc<AtomicU64>) -> Result<(), End> {
    while let Some(row) = next_row(&courier, &rows).await? {
        courier.deliver(&row).await?;
        left.fetch_sub(1, Ordering::Relaxed);
    }
    Ok(())
}

/// The next row to send; `None` when there is none, or none shall be taken any more.
async fn next_row(courier: &Courier, rows: &Mutex<Rows>) -> Result<Option<Prepared>, End> {
    let next = async {
        let mut rows = rows.lock().await;
        loop {
            if let Some(row) = rows.ready.pop_front() {
                return Ok(Some(row));
            }
            let Some(batch) = rows.feed.recv().await else { return Ok(None) };
            let batch = batch.map_err(End::Feed)?;
            record(courier, batch.settled).await?;
            rows.ready.extend(batch.to_send);
        }
    };
    courier.phases.before(Phase::Draining, next).await.unwrap_or(Ok(None))
}

/// Writes down rows that need no sending.
async fn record(courier: &Courier, settled: Vec<(u64, Outcome)>) -> Result<(), End> {
    if settled.is_empty() {
        return Ok(());
    }
    let count = |kind| settled.iter().filter(|(_, outcome)| outcome.kind == kind).count() as u64;
    let counts = [OutcomeKind::Invalid, OutcomeKind::Skipped].map(|kind| (kind, count(kind)));
    courier.writer.record(courier.settings.run, settled, clock::now()).await.map_err(End::Ledger)?;
    for (kind, rows) in counts.into_iter().filter(|(_, rows)| *rows > 0) {
        courier.events.send(RunEvent::Settled { kind, rows });
    }
    Ok(())
}

/// Says once a second how long the rest takes.
async fn tell_time_left(courier: Arc<Courier>, left: Arc<AtomicU64>) {
    let mut every_second = tokio::time::interval(Duration::from_secs(1));
    loop {
        every_second.tick().await;
        let rows = left.load(Ordering::Relaxed);
        courier.events.send(RunEvent::TimeLeft(courier.pacer.time_for(rows)));
        if let Some((limit, wait)) = courier.pacer.full_for().filter(|(_, wait)| rows > 0 && *wait >= WORTH_SAYING) {
            courier.events.send(RunEvent::Holding { why: format!("{limit} is used up"), wait });
        }
    }
}
