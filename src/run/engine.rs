//! The engine: one thread with all the HTTP. A run has a lane for each bot, side by side; signals end them all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use super::end::{End, Ended};
use super::event::{Events, RunEvent};
use super::lane::{ActiveLane, Lane};
use super::phase::{Phase, Phases, follow_signals};
use super::shared_gate::SharedGate;
use super::time_left::Forecasts;

/// A wait for a window that is longer than this is said.
const WORTH_SAYING: Duration = Duration::from_secs(3);

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
    let lanes: Vec<Arc<ActiveLane>> = opened.collect();
    let phases: Vec<Phases> = lanes.iter().map(|lane| lane.phases().clone()).collect();
    let watch = shared.clone().map(|gate| tokio::spawn(end_together(gate, phases.clone())));
    let (told, interrupted) = (events.clone(), Arc::new(AtomicBool::new(false)));
    let by_signal = Arc::clone(&interrupted);
    let signals = tokio::spawn(follow_signals(phases, move |anything| {
        by_signal.store(anything, Ordering::Relaxed);
        told.send(RunEvent::Stopping);
    }));
    let clock = tokio::spawn(tell_time_left(lanes.clone(), events.clone()));
    let mut working: JoinSet<(Option<String>, End)> = lanes.iter().map(|lane| work_one(Arc::clone(lane))).collect();
    let (mut end, mut stopped) = (End::Complete, Vec::new());
    while let Some(joined) = working.join_next().await {
        let (bot, lane_end) = joined.unwrap_or_else(|broken| std::panic::resume_unwind(broken.into_panic()));
        let for_all = shared.as_ref().and_then(SharedGate::fault);
        if let (Some(bot), End::Stopped(fault), None) = (bot, &lane_end, for_all) {
            let others_continue = lanes.iter().any(|lane| lane.is_busy());
            events.send(RunEvent::BotStopped { bot: bot.clone(), reason: fault.clone(), others_continue });
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
    let is_cut_short = end.rank() <= 1 && lanes.iter().any(|lane| lane.left() > 0);
    if let (Some(fault), true) = (shared.and_then(|gate| gate.fault()), is_cut_short) {
        // What all bots met is named after none, whichever had been given up before.
        (end, stopped) = (End::Stopped(fault), Vec::new());
    }
    if interrupted.load(Ordering::Relaxed) && End::Interrupted.rank() > end.rank() {
        end = End::Interrupted;
    }
    Ended { end, stopped }
}

/// Several bots share host and credentials, and one gate for them; one bot has its own only.
fn shared_gates(lanes: &[Lane]) -> Vec<SharedGate> {
    // The lane without a bot comes last, and sends nothing.
    let bots = lanes.iter().filter(|lane| lane.bot.is_some()).count();
    match lanes {
        [first, ..] if bots > 1 => SharedGate::for_bots(first.settings.breaker, bots),
        _ => Vec::new(),
    }
}

/// What ends the run for all bots ends it at once, for those too that wait for a window.
async fn end_together(gate: SharedGate, all: Vec<Phases>) {
    gate.ended().await;
    for phases in all {
        phases.advance_to(Phase::Stopping);
    }
}

async fn work_one(lane: Arc<ActiveLane>) -> (Option<String>, End) {
    let bot = lane.bot().map(str::to_owned);
    (bot, lane.work().await)
}

/// Says once a second how long the rest takes, and which window makes the run wait.
async fn tell_time_left(lanes: Vec<Arc<ActiveLane>>, events: Events) {
    let mut every_second = tokio::time::interval(Duration::from_secs(1));
    // What was missed need not be said any more.
    every_second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let is_busy = |lane: usize| lanes[lane].is_busy();
    let mut forecasts = Forecasts::new(lanes.len());
    loop {
        every_second.tick().await;
        for lane in forecasts.due(is_busy) {
            forecasts.note(lane, lanes[lane].time_left());
            // Between two of them the calls go on.
            tokio::task::yield_now().await;
        }
        events.send(RunEvent::TimeLeft(forecasts.longest(is_busy)));
        let busy = || lanes.iter().filter(|lane| lane.is_busy());
        // With one bot that waits and another that is being sent to, the run goes on.
        let waits: Option<Vec<_>> =
            busy().map(|lane| lane.waits_for().filter(|(_, wait)| *wait >= WORTH_SAYING)).collect();
        if let Some((limit, wait)) = waits.and_then(|waits| waits.into_iter().min_by_key(|(_, wait)| *wait)) {
            events.send(RunEvent::Paused { bot: None, why: format!("{limit} is used up"), wait });
        }
    }
}
