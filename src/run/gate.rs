//! The waiting side of [`CircuitBreaker`]: workers pass while the target is fit, one at a time while it is being tried.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::health::{BreakerPolicy, CircuitBreaker, Flow, StopReason};
use crate::delivery::Verdict;
use crate::pacing::Moment;

/// Lets attempts through, as the target's health allows.
#[derive(Debug)]
pub(super) struct Gate {
    origin: Instant,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    health: CircuitBreaker,
    probing: bool,
}

/// Leave to make one attempt, as far as the target's health goes. Held until its verdict has been observed.
#[derive(Debug)]
pub(super) struct Pass<'a> {
    gate: &'a Gate,
    probe: bool,
}

impl Gate {
    pub(super) fn new(breaker: BreakerPolicy) -> Self {
        let state = State { health: CircuitBreaker::new(breaker), probing: false };
        Self { origin: Instant::now(), state: Mutex::new(state), changed: Notify::new() }
    }

    /// Waits until an attempt may be made; the fault once none may be made any more.
    pub(super) async fn pass(&self) -> Result<Pass<'_>, StopReason> {
        loop {
            let changed = self.changed.notified();
            let wait_until = {
                let mut state = self.state();
                match state.health.flow().clone() {
                    Flow::Tripped(fault) => return Err(fault),
                    Flow::Closed => return Ok(Pass { gate: self, probe: false }),
                    Flow::HalfOpen { from } if !state.probing && from <= self.now() => {
                        state.probing = true;
                        return Ok(Pass { gate: self, probe: true });
                    }
                    Flow::HalfOpen { from } => (!state.probing).then_some(from),
                }
            };
            match wait_until {
                Some(moment) => tokio::select! {
                    () = sleep_until(self.origin + moment) => {}
                    () = changed => {}
                },
                None => changed.await,
            }
        }
    }

    /// Whether a pass that was given earlier still holds: trouble may have begun since.
    pub(super) fn admits(&self, pass: &Pass<'_>) -> bool {
        pass.probe || *self.state().health.flow() == Flow::Closed
    }

    /// Takes note of a verdict; gives a pause that begins with it, and why.
    pub(super) fn observe(&self, verdict: &Verdict, asked: Duration) -> Option<(Duration, String)> {
        let now = self.now();
        let pause = self.state().health.observe(verdict, asked, now);
        self.changed.notify_waiters();
        pause
    }

    /// Whether the server has taken or judged a record since this moment.
    pub(super) fn good_since(&self, moment: Moment) -> bool {
        self.state().health.good_since(moment)
    }

    /// How many refusals have come in a row.
    pub(super) fn refused(&self) -> u32 {
        self.state().health.refused()
    }

    pub(super) fn now(&self) -> Moment {
        self.origin.elapsed()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A pure state machine runs under the lock; a poisoned one still holds a consistent state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.probe {
            self.gate.state().probing = false;
            self.gate.changed.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, timeout};

    use super::{BreakerPolicy, Gate, StopReason, Verdict};

    fn gate() -> Gate {
        Gate::new(BreakerPolicy {
            refusals: 2,
            doubts: 1,
            wait_for_target: Duration::from_secs(600),
            rate_limited: None,
        })
    }

    fn doubt() -> Verdict {
        Verdict::InDoubt { status: None, message: "silence".to_owned() }
    }

    #[tokio::test(start_paused = true)]
    async fn in_trouble_one_attempt_is_made_at_a_time_after_a_pause() {
        let gate = gate();
        let early = gate.pass().await.unwrap();
        gate.observe(&doubt(), Duration::ZERO);
        assert!(!gate.admits(&early));
        let start = Instant::now();
        let probe = gate.pass().await.unwrap();
        assert!(start.elapsed() >= Duration::from_secs(10));
        assert!(gate.admits(&probe));
        assert!(timeout(Duration::from_secs(3600), gate.pass()).await.is_err(), "a second one got through");
        drop(probe);
        assert!(gate.pass().await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_save_lets_everybody_through_and_a_fault_nobody() {
        let gate = gate();
        gate.observe(&doubt(), Duration::ZERO);
        gate.observe(
            &Verdict::Saved { id: "1".to_owned(), status: 200, record: serde_json::Value::Null },
            Duration::ZERO,
        );
        let (_one, _two) = (gate.pass().await.unwrap(), gate.pass().await.unwrap());
        for _ in 0..2 {
            let concern = crate::delivery::Concern::Target;
            gate.observe(&Verdict::Refused { concern, status: Some(404), message: "gone".to_owned() }, Duration::ZERO);
        }
        assert!(matches!(gate.pass().await, Err(StopReason::Refused { .. })));
    }
}
