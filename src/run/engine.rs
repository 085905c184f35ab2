//! The engine: one thread with all the HTTP. A run has one lane per bot, side by side; a signal stops them all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use super::answers::Answers;
use super::event::{End, Ended, Events, RunEvent};
use super::gate::Gate;
use super::lane::{ActiveLane, Lane};
use super::phase::{Phases, follow_signals};

/// A longer wait for the rate limit is reported.
const LONG_WAIT: Duration = Duration::from_secs(3);

/// Processes all rows; returns how the run ended. Blocks until then.
///
/// # Errors
/// When no runtime can be started. Nothing was sent.
pub(crate) fn run(lanes: Vec<Lane>, events: Events) -> std::io::Result<Ended> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(work(lanes, events)))
}

async fn work(lanes: Vec<Lane>, events: Events) -> Ended {
    let gates = gates(&lanes);
    let Some(gate) = gates.first().cloned() else { return Ended { end: End::Complete, stopped: Vec::new() } };
    let answers = Arc::new(Answers::default());
    let activate = |(lane, gate): (Lane, Gate)| Arc::new(lane.activate(gate, events.clone(), Arc::clone(&answers)));
    let lanes: Vec<Arc<ActiveLane>> = lanes.into_iter().zip(gates).map(activate).collect();
    let interrupted = Arc::new(AtomicBool::new(false));
    let signals = tokio::spawn(stop_on_signals(&lanes, events.clone(), Arc::clone(&interrupted)));
    let clock = tokio::spawn(report_time_left(lanes.clone(), events.clone()));
    let mut ended = join(&lanes, &gate, &events).await;
    signals.abort();
    clock.abort();
    let is_cut_short = ended.end.rank() <= 1 && lanes.iter().any(|lane| lane.left() > 0);
    if let (Some(reason), true) = (gate.stop_reason(), is_cut_short) {
        // A reason that concerns all bots names none, not even those stopped before.
        ended = Ended { end: End::Stopped(reason), stopped: Vec::new() };
    }
    if interrupted.load(Ordering::Relaxed) && End::Interrupted.rank() > ended.end.rank() {
        ended.end = End::Interrupted;
    }
    ended
}

/// All bots share one breaker. The lane of rows that go to no bot comes last and sends nothing.
fn gates(lanes: &[Lane]) -> Vec<Gate> {
    let Some(policy) = lanes.first().map(|lane| lane.settings.breaker) else { return Vec::new() };
    let bots = lanes.iter().filter(|lane| lane.bot.is_some()).count().max(1);
    Gate::for_bots(policy, bots).into_iter().chain(Gate::for_bots(policy, 1)).collect()
}

/// Runs all lanes to their end. A bot that cannot be sent to keeps no other waiting.
async fn join(lanes: &[Arc<ActiveLane>], gate: &Gate, events: &Events) -> Ended {
    let mut working: JoinSet<(Option<String>, End)> = lanes.iter().map(|lane| run_lane(Arc::clone(lane))).collect();
    let mut ended = Ended { end: End::Complete, stopped: Vec::new() };
    while let Some(joined) = working.join_next().await {
        let (bot, end) = joined.unwrap_or_else(|broken| std::panic::resume_unwind(broken.into_panic()));
        if let (Some(bot), End::Stopped(reason), None) = (bot, &end, gate.stop_reason()) {
            let others_continue = lanes.iter().any(|lane| lane.is_busy());
            events.send(RunEvent::BotStopped { bot: bot.clone(), reason: reason.clone(), others_continue });
            ended.stopped.push(bot);
        }
        if end.rank() > ended.end.rank() {
            ended.end = end;
        }
    }
    ended
}

async fn run_lane(lane: Arc<ActiveLane>) -> (Option<String>, End) {
    let bot = lane.bot().map(str::to_owned);
    (bot, lane.work().await)
}

fn stop_on_signals(
    lanes: &[Arc<ActiveLane>],
    events: Events,
    interrupted: Arc<AtomicBool>,
) -> impl Future<Output = ()> + use<> {
    let phases: Vec<Phases> = lanes.iter().map(|lane| lane.phases().clone()).collect();
    follow_signals(phases, move |was_running| {
        interrupted.store(was_running, Ordering::Relaxed);
        events.send(RunEvent::Stopping);
    })
}

/// Reports once a second how long the rest takes, and the rate limit that the run waits for.
async fn report_time_left(lanes: Vec<Arc<ActiveLane>>, events: Events) {
    let mut every_second = tokio::time::interval(Duration::from_secs(1));
    // A missed report is out of date.
    every_second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        every_second.tick().await;
        let busy = || lanes.iter().filter(|lane| lane.is_busy());
        let left = busy().map(|lane| lane.time_left()).max().unwrap_or_default();
        events.send(RunEvent::TimeLeft(left));
        // Each of several bots has its own windows.
        let mut of_busy = busy().map(|lane| lane.windows());
        if let (Some(windows), None) = (of_busy.next(), of_busy.next()) {
            events.send(RunEvent::Windows(windows));
        }
        // If only some bots wait, the run continues.
        let waits: Option<Vec<_>> =
            busy().map(|lane| lane.full_window().filter(|(_, wait)| *wait >= LONG_WAIT)).collect();
        if let Some((limit, wait)) = waits.and_then(|waits| waits.into_iter().min_by_key(|(_, wait)| *wait)) {
            events.send(RunEvent::Paused { bot: None, why: format!("{limit} is used up"), wait });
        }
    }
}
