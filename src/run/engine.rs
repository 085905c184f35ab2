//! The engine: one thread with all the HTTP. A run has a lane for each bot, side by side; signals end them all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use super::event::{Events, RunEvent};
use super::feed::FeedError;
use super::health::Fault;
use super::lane::{Lane, Road};
use super::phase::{Phase, Phases, follow_signals};
use super::shared_gate::SharedGate;
use super::time_left::Forecasts;
use crate::credentials::CredentialError;
use crate::ledger::LedgerError;

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

/// How a run ended, and which of several bots it could not be sent to.
#[derive(Debug)]
pub struct Ended {
    /// The reason that matters most; of several alike, the first.
    pub end: End,
    /// The bots that were given up, in the order in which that happened. None where what ended the run concerns all.
    pub stopped: Vec<String>,
}

/// Works a run off, and says how it ended. Blocks until then.
///
/// # Errors
/// When the runtime can't be made: nothing was sent.
pub fn run(lanes: Vec<Lane>, events: Events) -> std::io::Result<Ended> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(work(lanes, events)))
}

async fn work(lanes: Vec<Lane>, events: Events) -> Ended {
    let gates = shared_gates(&lanes);
    let shared = gates.first().cloned();
    let each_gate = gates.into_iter().map(Some).chain(std::iter::repeat(None));
    let opened = lanes.into_iter().zip(each_gate).map(|(lane, gate)| Arc::new(lane.open(gate, events.clone())));
    let roads: Vec<Arc<Road>> = opened.collect();
    let phases: Vec<Phases> = roads.iter().map(|road| road.phases().clone()).collect();
    let watch = shared.clone().map(|gate| tokio::spawn(end_together(gate, phases.clone())));
    let (told, interrupted) = (events.clone(), Arc::new(AtomicBool::new(false)));
    let by_signal = Arc::clone(&interrupted);
    let signals = tokio::spawn(follow_signals(phases, move |anything| {
        by_signal.store(anything, Ordering::Relaxed);
        told.send(RunEvent::Draining);
    }));
    let clock = tokio::spawn(tell_time_left(roads.clone(), events.clone()));
    let mut working: JoinSet<(Option<String>, End)> = roads.iter().map(|road| work_one(Arc::clone(road))).collect();
    let (mut end, mut stopped) = (End::Complete, Vec::new());
    while let Some(joined) = working.join_next().await {
        let (bot, lane_end) = joined.unwrap_or_else(|broken| std::panic::resume_unwind(broken.into_panic()));
        let for_all = shared.as_ref().and_then(SharedGate::fault);
        if let (Some(bot), End::Fault(fault), None) = (bot, &lane_end, for_all) {
            let others_go_on = roads.iter().any(|road| road.is_busy());
            events.send(RunEvent::BotStopped { bot: bot.clone(), fault: fault.clone(), others_go_on });
            stopped.push(bot);
        }
        // One bot that can't be sent to is no reason to leave the others waiting, nor the reason why they were left.
        if lane_end.rank() > end.rank() {
            end = lane_end;
        }
    }
    signals.abort();
    clock.abort();
    if let Some(watch) = watch {
        watch.abort();
    }
    let is_cut_short = end.rank() <= 1 && roads.iter().any(|road| road.left() > 0);
    if let (Some(fault), true) = (shared.and_then(|gate| gate.fault()), is_cut_short) {
        // What all bots met is named after none, whichever had been given up before.
        (end, stopped) = (End::Fault(fault), Vec::new());
    }
    if interrupted.load(Ordering::Relaxed) && End::Interrupted.rank() > end.rank() {
        end = End::Interrupted;
    }
    Ended { end, stopped }
}

impl End {
    /// What ends the whole run matters more than what ends one bot's part of it.
    fn rank(&self) -> u8 {
        match self {
            Self::Complete => 0,
            Self::Fault(_) => 1,
            Self::Interrupted => 2,
            Self::Ledger(_) | Self::Credentials(_) | Self::Feed(_) => 3,
        }
    }
}

/// Several bots share host and credentials, and one gate for them; one bot has its own only.
fn shared_gates(lanes: &[Lane]) -> Vec<SharedGate> {
    // The lane without a bot comes last, and sends nothing.
    let bots = lanes.iter().filter(|lane| lane.bot.is_some()).count();
    match lanes {
        [first, ..] if bots > 1 => SharedGate::for_bots(first.plan.patience, bots),
        _ => Vec::new(),
    }
}

/// What ends the run for all bots ends it at once, for those too that wait for a window.
async fn end_together(gate: SharedGate, all: Vec<Phases>) {
    gate.ended().await;
    for phases in all {
        phases.advance_to(Phase::Draining);
    }
}

async fn work_one(road: Arc<Road>) -> (Option<String>, End) {
    let bot = road.bot().map(str::to_owned);
    (bot, road.work().await)
}

/// Says once a second how long the rest takes, and which window makes the run wait.
async fn tell_time_left(roads: Vec<Arc<Road>>, events: Events) {
    let mut every_second = tokio::time::interval(Duration::from_secs(1));
    // What was missed need not be said any more.
    every_second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let is_busy = |lane: usize| roads[lane].is_busy();
    let mut forecasts = Forecasts::new(roads.len());
    loop {
        every_second.tick().await;
        for lane in forecasts.due(is_busy) {
            forecasts.note(lane, roads[lane].time_left());
            // Between two of them the calls go on.
            tokio::task::yield_now().await;
        }
        events.send(RunEvent::TimeLeft(forecasts.longest(is_busy)));
        let busy = || roads.iter().filter(|road| road.is_busy());
        // With one bot that waits and another that is being sent to, the run goes on.
        let waits: Option<Vec<_>> =
            busy().map(|road| road.waits_for().filter(|(_, wait)| *wait >= WORTH_SAYING)).collect();
        if let Some((limit, wait)) = waits.and_then(|waits| waits.into_iter().min_by_key(|(_, wait)| *wait)) {
            events.send(RunEvent::Holding { bot: None, why: format!("{limit} is used up"), wait });
        }
    }
}
