//! The waiting side of [`CircuitBreaker`]: workers wait here until an attempt may start.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::breaker::{CircuitBreaker, Next, Observed, Pass};
use super::circuit::{BreakerPolicy, StopReason};
use crate::delivery::Verdict;
use crate::pacing::{Moment, instant_at};

/// One bot's entrance to the breaker that all bots of a run share.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    shared: Arc<Shared>,
    bot: usize,
}

#[derive(Debug)]
struct Shared {
    origin: Instant,
    breaker: Mutex<CircuitBreaker>,
    changed: Notify,
    /// Notified of verdicts only if a circuit tripped: every worker waits for it, all the time.
    tripped: Notify,
}

/// Permission to make one attempt. Held until its verdict has been observed and a refused secret read again, but never
/// while a rate limit is waited for: all other workers may be waiting for it.
#[derive(Debug)]
pub(super) struct GatePermit {
    gate: Gate,
    pass: Pass,
}

impl Gate {
    /// One gate per bot, sharing one breaker.
    pub(super) fn for_bots(policy: BreakerPolicy, bots: usize) -> Vec<Self> {
        let shared = Arc::new(Shared {
            origin: Instant::now(),
            breaker: Mutex::new(CircuitBreaker::new(policy, bots)),
            changed: Notify::new(),
            tripped: Notify::new(),
        });
        (0..bots).map(|bot| Self { shared: Arc::clone(&shared), bot }).collect()
    }

    /// Waits until an attempt may start.
    ///
    /// # Errors
    /// Once none may start any more.
    pub(super) async fn ready(&self) -> Result<(), StopReason> {
        loop {
            // Registered before looking, so that no change in between is missed.
            let changed = self.shared.changed.notified();
            match self.next()? {
                Next::Now => return Ok(()),
                Next::AfterProbe => changed.await,
                Next::At(moment) => tokio::select! {
                    () = sleep_until(instant_at(self.shared.origin, moment)) => {}
                    () = changed => {}
                },
            }
        }
    }

    /// A permit, if an attempt may start now.
    ///
    /// # Errors
    /// Once none may start any more.
    pub(super) fn try_start(&self) -> Result<Option<GatePermit>, StopReason> {
        let pass = self.breaker().start(self.bot, self.now())?;
        Ok(pass.map(|pass| GatePermit { gate: self.clone(), pass }))
    }

    /// The future's output, or the reason as soon as no attempt may start any more.
    pub(super) async fn until_stopped<T>(&self, future: impl Future<Output = T>) -> Result<T, StopReason> {
        tokio::select! {
            biased;
            reason = self.stopped() => Err(reason),
            done = future => Ok(done),
        }
    }

    async fn stopped(&self) -> StopReason {
        loop {
            let tripped = self.shared.tripped.notified();
            if let Err(reason) = self.next() {
                return reason;
            }
            tripped.await;
        }
    }

    /// Why no attempt may start any more, for any bot.
    pub(super) fn stop_reason(&self) -> Option<StopReason> {
        self.breaker().stop_reason().cloned()
    }

    /// Whether a record of this bot was saved or rejected since this moment.
    pub(super) fn succeeded_since(&self, moment: Moment) -> bool {
        self.breaker().succeeded_since(self.bot, moment)
    }

    /// No more attempts are made for this bot.
    pub(super) fn leave(&self) {
        self.breaker().leave(self.bot);
        self.shared.changed.notify_waiters();
    }

    pub(super) fn now(&self) -> Moment {
        self.shared.origin.elapsed()
    }

    fn next(&self) -> Result<Next, StopReason> {
        self.breaker().next(self.bot, self.now())
    }

    fn breaker(&self) -> MutexGuard<'_, CircuitBreaker> {
        // A pure state machine runs under the lock; a poisoned one still has a consistent state.
        self.shared.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl GatePermit {
    /// Takes the attempt's verdict into account. `asked` is how long the server asks clients to wait.
    pub(super) fn observe(&mut self, verdict: &Verdict, asked: Duration) -> Observed {
        let (gate, now) = (&self.gate, self.gate.now());
        let observed = gate.breaker().observe(&mut self.pass, verdict, asked, now);
        gate.shared.changed.notify_waiters();
        if gate.next().is_err() {
            gate.shared.tripped.notify_waiters();
        }
        observed
    }
}

impl Drop for GatePermit {
    fn drop(&mut self) {
        self.gate.breaker().finish(&self.pass);
        self.gate.shared.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, timeout};

    use super::super::brake::MaxRejected;
    use super::{BreakerPolicy, Gate, StopReason, Verdict};
    use crate::delivery::Concern;

    const POLICY: BreakerPolicy = BreakerPolicy {
        refusals: 2,
        doubts: 1,
        wait_for_target: Duration::from_secs(600),
        rate_limited: None,
        max_rejected: MaxRejected::UNLIMITED,
    };
    const HOUR: Duration = Duration::from_secs(3600);

    fn saved() -> Verdict {
        Verdict::Saved { id: "1".to_owned(), status: 200, record: String::new() }
    }

    fn doubt() -> Verdict {
        Verdict::InDoubt { status: None, message: "silence".to_owned() }
    }

    /// Attempts once; returns whether the breaker let it through.
    fn attempt(gate: &Gate, verdict: &Verdict) -> bool {
        let permit = gate.try_start().unwrap();
        permit.is_some_and(|mut permit| {
            permit.observe(verdict, Duration::ZERO);
            true
        })
    }

    #[tokio::test(start_paused = true)]
    async fn half_open_allows_one_attempt_at_a_time() {
        let [gate] = &Gate::for_bots(POLICY, 1)[..] else { panic!() };
        assert!(attempt(gate, &doubt()));
        let start = Instant::now();
        gate.ready().await.unwrap();
        assert!(start.elapsed() >= Duration::from_secs(10));
        let probe = gate.try_start().unwrap().unwrap();
        assert!(gate.try_start().unwrap().is_none());
        assert!(timeout(HOUR, gate.ready()).await.is_err(), "a second attempt was allowed");
        // A permit that was not used lets the next attempt be the probe.
        drop(probe);
        assert!(attempt(gate, &saved()));
        let _both = [(); 2].map(|()| gate.try_start().unwrap().unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn several_bots_start_with_one_attempt() {
        let [one, other] = &Gate::for_bots(POLICY, 2)[..] else { panic!() };
        let mut probe = one.try_start().unwrap().unwrap();
        assert!(other.try_start().unwrap().is_none());
        assert!(timeout(HOUR, other.ready()).await.is_err());
        probe.observe(&saved(), Duration::ZERO);
        let _both = [one, other].map(|gate| gate.try_start().unwrap().unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn a_tripped_breaker_interrupts_every_wait() {
        let [one, other] = &Gate::for_bots(POLICY, 2)[..] else { panic!() };
        let waiting = tokio::spawn({
            let other = other.clone();
            async move { other.until_stopped(tokio::time::sleep(100 * HOUR)).await }
        });
        let refused = Verdict::Refused { concern: Concern::Tls, status: None, message: "no".to_owned() };
        while one.ready().await.is_ok() {
            attempt(one, &refused);
        }
        assert!(matches!(waiting.await.unwrap(), Err(StopReason::Refused { .. })));
        assert!(other.ready().await.is_err() && other.try_start().is_err() && one.stop_reason().is_some());
    }
}
