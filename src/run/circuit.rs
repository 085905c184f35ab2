//! One level of the circuit breaker: the state of the host, or of one bot. Pure; moments are handed in.
//!
//! | state | meaning |
//! |---|---|
//! | closed | attempts flow |
//! | open | paused until `from` |
//! | half-open | `from` has passed: one attempt at a time, the probe |
//! | tripped | no further attempt; the run (or the bot's part of it) stops |
//!
//! Requests in flight when an incident starts are evidence of the same incident. Each attempt therefore remembers the epoch
//! in which it started, and every change of state begins a new epoch: an attempt of an earlier epoch changes nothing. So an
//! incident costs one step of backoff, however many requests it hits, and the pause that was announced is the pause that is
//! waited. This holds for successes, too: one that started before the breaker opened does not close it.

use std::time::Duration;

use super::brake::{MaxRejected, Rejections};
use crate::delivery::Concern;
use crate::pacing::{Backoff, Moment};

/// When the breaker opens and when it trips.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BreakerPolicy {
    /// Consecutive refusals that trip it.
    pub(crate) refusals: u32,
    /// Consecutive unknown outcomes that open it.
    pub(crate) doubts: u32,
    /// How long an incident may last. Attempts continue until then, and one more is made at its end.
    pub(crate) wait_for_target: Duration,
    /// How long the server may refuse attempts because of its rate limit; `None` for as long as it takes.
    pub(crate) rate_limited: Option<Duration>,
    /// How many rejected records a run tolerates.
    pub(crate) max_rejected: MaxRejected,
}

/// Why the breaker tripped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StopReason {
    /// The server refuses everything.
    Refused { concern: Concern, message: String },
    /// No connection, or a server that asks for a pause, for longer than the run waits. `wait` is what it asked for last.
    Unreachable { message: String, wait: Duration },
    /// The rate limit allows no request for longer than the run waits; after `wait` at the latest it has room.
    RateLimited { message: String, wait: Duration },
    /// The server rejects too many records.
    Rejected(Rejections),
    /// The server does not confirm whether records were saved, for longer than the run waits.
    Unconfirmed { message: String },
}

impl StopReason {
    /// What the server said, or what failed last.
    pub(crate) fn message(&self) -> &str {
        match self {
            Self::Refused { message, .. }
            | Self::Unreachable { message, .. }
            | Self::RateLimited { message, .. }
            | Self::Rejected(Rejections { message, .. })
            | Self::Unconfirmed { message } => message,
        }
    }
}

/// A failed attempt, as evidence against the host or a bot.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) reason: StopReason,
    /// How long the server asks clients to wait.
    pub(super) asked: Duration,
    /// When the attempt started.
    pub(super) started: Moment,
    /// Whether enough refusals trip the breaker at once: nothing shows that the credentials or the target ever worked.
    pub(super) is_hopeless: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    Closed,
    /// One attempt at a time, from this moment on. Before it the breaker is open.
    HalfOpen {
        from: Moment,
    },
    Tripped(StopReason),
}

/// An attempt's part in a circuit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticket {
    epoch: u64,
    is_probe: bool,
}

#[derive(Debug)]
pub(super) struct Circuit {
    policy: BreakerPolicy,
    pub(super) state: State,
    /// How often the state has changed.
    epoch: u64,
    /// Whether a probe is in flight.
    pub(super) is_probing: bool,
    /// Consecutive refusals.
    pub(super) refusals: u32,
    doubts: u32,
    /// How often it has opened in a row.
    steps: u32,
    pub(super) failing_since: Option<Moment>,
}

impl Circuit {
    pub(super) fn new(policy: BreakerPolicy, state: State) -> Self {
        Self { policy, state, epoch: 0, is_probing: false, refusals: 0, doubts: 0, steps: 0, failing_since: None }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    pub(super) fn stop_reason(&self) -> Option<&StopReason> {
        match &self.state {
            State::Tripped(reason) => Some(reason),
            State::Closed | State::HalfOpen { .. } => None,
        }
    }

    /// Starts an attempt; while the circuit is half-open, it is the probe.
    pub(super) fn start(&mut self) -> Ticket {
        let is_probe = matches!(self.state, State::HalfOpen { .. });
        self.is_probing |= is_probe;
        Ticket { epoch: self.epoch, is_probe }
    }

    /// Whether an attempt started after the latest change of state.
    pub(super) fn is_current(&self, ticket: Ticket) -> bool {
        ticket.epoch == self.epoch
    }

    /// Ends an attempt; the next probe may start.
    pub(super) fn finish(&mut self, ticket: Ticket) {
        if ticket.is_probe && self.is_current(ticket) {
            self.is_probing = false;
        }
    }

    /// A record was saved or rejected.
    pub(super) fn succeed(&mut self) {
        (self.refusals, self.doubts, self.steps, self.failing_since) = (0, 0, 0, None);
        if !self.is_closed() {
            self.change(State::Closed);
        }
    }

    /// The host answered, which ends an incident of connections. It says nothing about whether records are saved.
    pub(super) fn answered(&mut self) {
        if self.doubts < self.policy.doubts {
            (self.refusals, self.steps, self.failing_since) = (0, 0, None);
        }
    }

    /// Counts a failure. Returns the pause, if it opened the circuit.
    pub(super) fn fail(&mut self, failure: &Failure, now: Moment) -> Option<Duration> {
        match failure.reason {
            StopReason::Refused { .. } => self.refusals = self.refusals.saturating_add(1),
            StopReason::Unconfirmed { .. } => self.doubts = self.doubts.saturating_add(1),
            StopReason::Unreachable { .. } | StopReason::RateLimited { .. } | StopReason::Rejected(_) => {}
        }
        if matches!(failure.reason, StopReason::Unconfirmed { .. }) && self.doubts < self.policy.doubts {
            return None;
        }
        let deadline = self.deadline(now);
        if self.is_final(failure, deadline) {
            self.trip(failure.reason.clone());
            return None;
        }
        let mut pause = self.next_pause(&failure.reason);
        if now < deadline {
            // The last probe starts at the deadline, so that no shorter incident goes unnoticed.
            pause = pause.min(deadline - now);
        }
        pause = pause.max(failure.asked);
        self.steps = self.steps.saturating_add(1);
        self.change(State::HalfOpen { from: now.saturating_add(pause) });
        Some(pause)
    }

    fn is_final(&self, failure: &Failure, deadline: Moment) -> bool {
        let is_late = failure.started >= deadline;
        match failure.reason {
            StopReason::Refused { .. } => self.refusals >= self.policy.refusals && (is_late || failure.is_hopeless),
            _ => is_late || failure.asked > self.policy.wait_for_target,
        }
    }

    /// Counts a refusal that may concern one bot only: the others are tried next, without a pause. It can trip the circuit
    /// only if all bots were refused.
    pub(super) fn refuse_one(&mut self, failure: &Failure, is_everybody: bool, now: Moment) {
        self.refusals = self.refusals.saturating_add(1);
        let deadline = self.deadline(now);
        if is_everybody && self.is_final(failure, deadline) {
            self.trip(failure.reason.clone());
        } else {
            self.change(State::HalfOpen { from: now });
        }
    }

    /// When an incident that goes on now has lasted too long.
    fn deadline(&mut self, now: Moment) -> Moment {
        self.failing_since.get_or_insert(now).saturating_add(self.policy.wait_for_target)
    }

    pub(super) fn trip(&mut self, reason: StopReason) {
        self.change(State::Tripped(reason));
    }

    fn change(&mut self, state: State) {
        self.state = state;
        self.epoch += 1;
        self.is_probing = false;
    }

    /// Each probe of a server that confirms nothing costs a row in doubt, so those pauses grow to minutes. Failing to
    /// connect costs nothing.
    fn next_pause(&self, reason: &StopReason) -> Duration {
        let (first, most) = match reason {
            StopReason::Unconfirmed { .. } => (Duration::from_secs(10), Duration::from_secs(300)),
            StopReason::Unreachable { .. } | StopReason::RateLimited { .. } | StopReason::Rejected(_) => {
                (Duration::from_secs(1), Duration::from_secs(30))
            }
            StopReason::Refused { .. } => (Duration::from_millis(250), Duration::from_secs(30)),
        };
        // A short wait still has room for several attempts.
        let first = first.min(self.policy.wait_for_target / 16);
        Backoff { first, most }.ceiling(self.steps.saturating_add(1))
    }
}
