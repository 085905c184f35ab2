//! The waiting side of [`SharedBreaker`]: one gate that the attempts of all bots of a run pass besides their own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::health::{BreakerPolicy, Flow, StopReason};
use super::shared_health::SharedBreaker;
use crate::delivery::Verdict;
use crate::pacing::Moment;

/// Lets attempts to one bot through, as the health of host and app allows. Those of all bots share one state.
#[derive(Debug, Clone)]
pub(super) struct SharedGate {
    shared: Arc<Shared>,
    bot: usize,
}

#[derive(Debug)]
struct Shared {
    origin: Instant,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    health: SharedBreaker,
    probing: bool,
}

/// Leave to make one attempt, as far as the health of host and app goes. Held until its verdict has been observed,
/// and a refused secret read anew; never while a window is waited for: all bots may wait for it.
#[derive(Debug)]
pub(super) struct SharedPass<'a> {
    gate: &'a SharedGate,
    probe: bool,
}

impl SharedGate {
    /// A gate for each of so many bots.
    pub(super) fn for_bots(breaker: BreakerPolicy, bots: usize) -> Vec<Self> {
        let state = State { health: SharedBreaker::new(breaker, bots), probing: false };
        let shared = Shared { origin: Instant::now(), state: Mutex::new(state), changed: Notify::new() };
        let shared = Arc::new(shared);
        (0..bots).map(|bot| Self { shared: Arc::clone(&shared), bot }).collect()
    }

    /// A pass, if an attempt may be made now; the fault once none may be made any more.
    pub(super) fn try_pass(&self) -> Result<Option<SharedPass<'_>>, StopReason> {
        let mut state = self.state();
        match state.health.flow(self.bot) {
            Flow::Tripped(fault) => Err(fault),
            Flow::Closed => Ok(Some(SharedPass { gate: self, probe: false })),
            Flow::HalfOpen { from } if !state.probing && from <= self.now() => {
                state.probing = true;
                Ok(Some(SharedPass { gate: self, probe: true }))
            }
            Flow::HalfOpen { .. } => Ok(None),
        }
    }

    /// Waits until it is worth another try.
    pub(super) async fn wait(&self) {
        loop {
            // Registered before looking, so that a change between the look and the wait is not missed.
            let changed = self.shared.changed.notified();
            let wait_until = {
                let state = self.state();
                match state.health.flow(self.bot) {
                    Flow::HalfOpen { .. } if state.probing => None,
                    Flow::HalfOpen { from } if from > self.now() => Some(from),
                    _ => return,
                }
            };
            match wait_until {
                Some(moment) => tokio::select! {
                    () = sleep_until(self.shared.origin + moment) => {}
                    () = changed => {}
                },
                None => changed.await,
            }
        }
    }

    /// Waits until no attempt may be made any more.
    pub(super) async fn ended(&self) {
        loop {
            let changed = self.shared.changed.notified();
            if self.fault().is_some() {
                return;
            }
            changed.await;
        }
    }

    /// Why no attempt may be made any more.
    pub(super) fn fault(&self) -> Option<StopReason> {
        self.state().health.fault().cloned()
    }

    /// Whether nothing is known against host and app.
    pub(super) fn is_open(&self) -> bool {
        self.state().health.is_open()
    }

    /// How many refusals of the credentials have come in a row, over all bots.
    pub(super) fn refusals(&self) -> u32 {
        self.state().health.refusals()
    }

    /// Nothing more is sent to this bot.
    pub(super) fn leave(&self) {
        self.state().health.leave(self.bot);
        self.shared.changed.notify_waiters();
    }

    fn now(&self) -> Moment {
        self.shared.origin.elapsed()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A pure state machine runs under the lock; a poisoned one still holds a consistent state.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SharedPass<'_> {
    /// Takes note of what the attempt has led to; gives a pause that begins with it, and why.
    pub(super) fn observe(&self, verdict: &Verdict, asked: Duration) -> Option<(Duration, String)> {
        let gate = self.gate;
        let now = gate.now();
        let pause = gate.state().health.observe(gate.bot, verdict, asked, self.probe, now);
        gate.shared.changed.notify_waiters();
        pause
    }
}

impl Drop for SharedPass<'_> {
    fn drop(&mut self) {
        if self.probe {
            self.gate.state().probing = false;
            self.gate.shared.changed.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::{BreakerPolicy, SharedGate, Verdict};

    const PATIENCE: BreakerPolicy =
        BreakerPolicy { refusals: 5, doubts: 1, wait_for_target: Duration::from_secs(20), rate_limited: None };

    fn saved() -> Verdict {
        Verdict::Saved { id: "1".to_owned(), status: 200, record: serde_json::Value::Null }
    }

    #[tokio::test(start_paused = true)]
    async fn until_the_first_good_answer_one_attempt_is_made_at_a_time_over_all_bots() {
        let [one, other] = &SharedGate::for_bots(PATIENCE, 2)[..] else { panic!() };
        let probe = one.try_pass().unwrap().unwrap();
        assert!(other.try_pass().unwrap().is_none());
        assert!(timeout(Duration::from_secs(3600), other.wait()).await.is_err(), "a second one is let through");
        // A pass that was not used lets the next one try.
        drop(probe);
        other.wait().await;
        let probe = other.try_pass().unwrap().unwrap();
        probe.observe(&saved(), Duration::ZERO);
        let _both = (one.try_pass().unwrap().unwrap(), other.try_pass().unwrap().unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_reaches_every_bot() {
        let [one, other] = &SharedGate::for_bots(PATIENCE, 2)[..] else { panic!() };
        let ended = tokio::spawn({
            let other = other.clone();
            async move { other.ended().await }
        });
        while other.fault().is_none() {
            one.wait().await;
            if let Ok(Some(probe)) = one.try_pass() {
                probe.observe(&Verdict::InDoubt { status: None, message: "silence".to_owned() }, Duration::ZERO);
            }
        }
        ended.await.unwrap();
        other.wait().await;
        assert!(other.try_pass().is_err());
    }
}
