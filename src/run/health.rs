//! Whether the target is fit to be sent to: a pure state machine fed with verdicts (decision 7).
//!
//! - Refusals that concern the credentials or the target: after some in a row the run ends, rows intact.
//! - A target that can't be reached, or asks to come back later, is waited for, up to a limit.
//! - Rows in doubt in a row: a server that answers 5xx or stays silent is not fed the whole file. The run holds, with
//!   growing pauses, and tries one row at a time.
//!
//! While anything of that lasts, one attempt is made at a time; the first record the server takes, or says no to on its
//! own account, opens the full width again.

use std::time::Duration;

use crate::delivery::{Cause, Concern, Verdict};
use crate::pacing::{Backoff, Moment};

/// How much trouble is put up with.
#[derive(Debug, Clone, Copy)]
pub struct BreakerPolicy {
    /// This many refusals in a row end the run.
    pub refusals: u32,
    /// From this many rows in doubt in a row on, the run holds.
    pub doubts: u32,
    /// Trouble that lasts longer ends the run.
    pub wait_for_target: Duration,
    /// Rate-limit refusals that go on for longer end the run; `None` waits for as long as it takes.
    pub rate_limited: Option<Duration>,
}

/// Why a run ends before its rows do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// The server refuses everything we send.
    Refused {
        /// What it objects to.
        concern: Concern,
        /// Its words.
        message: String,
    },
    /// No connection, or a server that asks to come back later, for longer than the run waits.
    Unreachable {
        /// What went wrong last.
        message: String,
    },
    /// The rate limit is used up, by others too, for longer than the run waits.
    Limited {
        /// The server's words.
        message: String,
    },
    /// The server answers nothing that tells what became of a record, for longer than the run waits.
    Silent {
        /// What went wrong last.
        message: String,
    },
}

impl StopReason {
    /// What the server said, or what went wrong last.
    pub fn message(&self) -> &str {
        match self {
            Self::Refused { message, .. }
            | Self::Unreachable { message }
            | Self::Limited { message }
            | Self::Silent { message } => message,
        }
    }
}

/// What may be sent now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Flow {
    /// Everything.
    Closed,
    /// One row at a time, from this moment on.
    HalfOpen {
        /// The moment.
        from: Moment,
    },
    /// Nothing any more.
    Tripped(StopReason),
}

/// The target's state, as the verdicts tell it.
#[derive(Debug)]
pub(super) struct CircuitBreaker {
    breaker: BreakerPolicy,
    refused: u32,
    doubted: u32,
    failures: u32,
    limited_since: Option<Moment>,
    trouble_since: Option<Moment>,
    last_good: Option<Moment>,
    flow: Flow,
}

impl CircuitBreaker {
    /// A target about which nothing bad is known.
    pub(super) fn new(breaker: BreakerPolicy) -> Self {
        Self {
            breaker,
            refused: 0,
            doubted: 0,
            failures: 0,
            limited_since: None,
            trouble_since: None,
            last_good: None,
            flow: Flow::Closed,
        }
    }

    /// What may be sent now.
    pub(super) fn flow(&self) -> &Flow {
        &self.flow
    }

    /// Whether the server has taken a record, or judged one, since this moment.
    pub(super) fn good_since(&self, moment: Moment) -> bool {
        self.last_good.is_some_and(|good| good > moment)
    }

    /// How many refusals have come in a row.
    pub(super) fn refused(&self) -> u32 {
        self.refused
    }

    /// Takes note of a verdict; gives a pause that begins with it, and why. `asked` is how long the server asks to be
    /// left alone.
    pub(super) fn observe(&mut self, verdict: &Verdict, asked: Duration, now: Moment) -> Option<(Duration, String)> {
        if matches!(self.flow, Flow::Tripped(_)) {
            return None;
        }
        match verdict {
            Verdict::Saved { .. } | Verdict::Rejected { .. } => {
                self.recover(now);
                None
            }
            Verdict::Refused { concern, message, .. } => self.refuse(*concern, message, now),
            Verdict::InDoubt { message, .. } => self.doubt(message, now),
            Verdict::Repeat { cause: Cause::RateLimited { .. }, message, .. } => {
                self.limit(message, asked, now);
                None
            }
            // Each attempt has a token of its own, so a replay that goes on is the platform's quarrel with our tokens.
            Verdict::Repeat { cause: Cause::Replayed, message, .. } => self.refuse(Concern::Credentials, message, now),
            Verdict::Repeat { cause: Cause::Unreachable, message, .. } => {
                let fault = StopReason::Unreachable { message: message.clone() };
                self.trouble(fault, "the target can't be reached", Duration::ZERO, now)
            }
            Verdict::Repeat { cause: Cause::Unavailable, message, .. } => {
                let fault = StopReason::Unreachable { message: message.clone() };
                self.trouble(fault, "the target asks to come back later", asked, now)
            }
        }
    }

    /// The host can be reached, and shows who it is; of what it makes of records that says nothing.
    pub(super) fn reached(&mut self) {
        if matches!(self.flow, Flow::Tripped(_)) || self.doubted >= self.breaker.doubts {
            return;
        }
        self.refused = 0;
        self.failures = 0;
        self.trouble_since = None;
        self.flow = Flow::Closed;
    }

    fn recover(&mut self, now: Moment) {
        self.refused = 0;
        self.doubted = 0;
        self.failures = 0;
        self.limited_since = None;
        self.trouble_since = None;
        self.last_good = Some(now);
        self.flow = Flow::Closed;
    }

    fn refuse(&mut self, concern: Concern, message: &str, now: Moment) -> Option<(Duration, String)> {
        self.refused += 1;
        let fault = StopReason::Refused { concern, message: message.to_owned() };
        if self.refused >= self.breaker.refusals {
            self.flow = Flow::Tripped(fault);
            return None;
        }
        self.trouble(fault, "the server refuses what we send", Duration::ZERO, now)
    }

    fn doubt(&mut self, message: &str, now: Moment) -> Option<(Duration, String)> {
        self.doubted += 1;
        if self.doubted < self.breaker.doubts {
            return None;
        }
        let fault = StopReason::Silent { message: message.to_owned() };
        self.trouble(fault, "the server doesn't say what becomes of records", Duration::ZERO, now)
    }

    fn limit(&mut self, message: &str, asked: Duration, now: Moment) {
        let since = *self.limited_since.get_or_insert(now);
        if self.breaker.rate_limited.is_some_and(|breaker| now + asked >= since + breaker) {
            self.flow = Flow::Tripped(StopReason::Limited { message: message.to_owned() });
        }
    }

    fn trouble(&mut self, fault: StopReason, what: &str, asked: Duration, now: Moment) -> Option<(Duration, String)> {
        let since = *self.trouble_since.get_or_insert(now);
        let wait = self.pause(&fault).max(asked);
        if now + wait >= since + self.breaker.wait_for_target && !matches!(fault, StopReason::Refused { .. }) {
            self.flow = Flow::Tripped(fault);
            return None;
        }
        self.failures += 1;
        self.flow = Flow::HalfOpen { from: now + wait };
        Some((wait, format!("{what}: {}", fault.message())))
    }

    /// Each probe into silence costs a row in doubt, so those pauses grow to minutes; knocking at a closed door is free.
    fn pause(&self, fault: &StopReason) -> Duration {
        let (first, most) = match fault {
            StopReason::Silent { .. } => (Duration::from_secs(10), Duration::from_secs(300)),
            StopReason::Unreachable { .. } | StopReason::Limited { .. } => {
                (Duration::from_secs(1), Duration::from_secs(30))
            }
            StopReason::Refused { .. } => (Duration::from_millis(250), Duration::from_secs(4)),
        };
        // A short patience still gets some tries.
        let first = first.min(self.breaker.wait_for_target / 16);
        Backoff { first, most }.ceiling(self.failures + 1)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{BreakerPolicy, Cause, CircuitBreaker, Concern, Flow, Moment, StopReason, Verdict};

    const PATIENCE: BreakerPolicy =
        BreakerPolicy { refusals: 5, doubts: 3, wait_for_target: Duration::from_secs(600), rate_limited: None };

    fn saved() -> Verdict {
        Verdict::Saved { id: "1".to_owned(), status: 200, record: serde_json::Value::Null }
    }

    fn refused() -> Verdict {
        Verdict::Refused { concern: Concern::Credentials, status: Some(401), message: "no".to_owned() }
    }

    fn doubtful() -> Verdict {
        Verdict::InDoubt { status: Some(500), message: "oops".to_owned() }
    }

    fn unreachable() -> Verdict {
        Verdict::Repeat { cause: Cause::Unreachable, status: None, retry_after: None, message: "refused".to_owned() }
    }

    /// Feeds the verdict as often as the target's health lets it be tried; gives how often, and when it ended.
    fn until_ended(health: &mut CircuitBreaker, verdict: &Verdict) -> (u32, Moment) {
        let mut now = Duration::ZERO;
        for tries in 0..10_000 {
            match health.flow().clone() {
                Flow::Closed => {}
                Flow::HalfOpen { from } => now = from.max(now),
                Flow::Tripped(_) => return (tries, now),
            }
            health.observe(verdict, Duration::ZERO, now);
        }
        panic!("never ends");
    }

    #[test]
    fn the_fifth_refusal_in_a_row_ends_the_run_and_a_save_between_starts_the_count_again() {
        let mut health = CircuitBreaker::new(PATIENCE);
        for _ in 0..4 {
            health.observe(&refused(), Duration::ZERO, Duration::ZERO);
        }
        health.observe(&saved(), Duration::ZERO, Duration::ZERO);
        assert_eq!(*health.flow(), Flow::Closed);
        let (tries, _) = until_ended(&mut health, &refused());
        assert_eq!(tries, 5);
        assert!(matches!(health.flow(), Flow::Tripped(StopReason::Refused { concern: Concern::Credentials, .. })));
    }

    #[test]
    fn a_silent_server_gets_a_handful_of_rows_within_ten_minutes() {
        let mut health = CircuitBreaker::new(PATIENCE);
        let (tries, ended) = until_ended(&mut health, &doubtful());
        assert!((5..=9).contains(&tries), "{tries} rows in doubt");
        assert!(ended <= PATIENCE.wait_for_target, "{ended:?}");
        assert!(matches!(health.flow(), Flow::Tripped(StopReason::Silent { .. })));
    }

    #[test]
    fn single_doubts_do_not_slow_the_run() {
        let mut health = CircuitBreaker::new(PATIENCE);
        for _ in 0..50 {
            health.observe(&doubtful(), Duration::ZERO, Duration::ZERO);
            health.observe(&doubtful(), Duration::ZERO, Duration::ZERO);
            assert_eq!(*health.flow(), Flow::Closed);
            health.observe(&saved(), Duration::ZERO, Duration::ZERO);
        }
    }

    #[test]
    fn an_unreachable_target_is_waited_for_and_then_given_up() {
        let mut health = CircuitBreaker::new(PATIENCE);
        let (tries, ended) = until_ended(&mut health, &unreachable());
        assert!(ended >= Duration::from_secs(540) && ended <= PATIENCE.wait_for_target, "{ended:?}");
        assert!(tries > 15, "{tries}");
        assert!(matches!(health.flow(), Flow::Tripped(StopReason::Unreachable { .. })));
    }

    fn limited() -> Verdict {
        let cause = Cause::RateLimited { window: None };
        Verdict::Repeat { cause, status: Some(429), retry_after: None, message: "slow down".to_owned() }
    }

    #[test]
    fn a_full_window_is_waited_for_without_end_unless_somebody_waits() {
        let mut health = CircuitBreaker::new(PATIENCE);
        (0..1000).for_each(|second| drop(health.observe(&limited(), Duration::ZERO, Duration::from_secs(second * 60))));
        assert_eq!(*health.flow(), Flow::Closed);

        let mut health = CircuitBreaker::new(BreakerPolicy { rate_limited: Some(Duration::from_secs(30)), ..PATIENCE });
        health.observe(&limited(), Duration::from_secs(5), Duration::from_secs(100));
        assert_eq!(*health.flow(), Flow::Closed);
        health.observe(&limited(), Duration::from_secs(5), Duration::from_secs(126));
        assert!(matches!(health.flow(), Flow::Tripped(StopReason::Limited { .. })));
    }

    #[test]
    fn a_server_that_asks_for_more_time_than_there_is_ends_the_run_at_once() {
        let later = |asked| {
            let mut health = CircuitBreaker::new(PATIENCE);
            let verdict = Verdict::Repeat {
                cause: Cause::Unavailable,
                status: Some(503),
                retry_after: None,
                message: "maintenance".to_owned(),
            };
            health.observe(&verdict, Duration::from_secs(asked), Duration::ZERO);
            health.flow().clone()
        };
        assert_eq!(later(120), Flow::HalfOpen { from: Duration::from_secs(120) });
        assert!(matches!(later(3600), Flow::Tripped(StopReason::Unreachable { .. })));
    }

    #[test]
    fn the_first_saved_record_opens_the_full_width() {
        let mut health = CircuitBreaker::new(PATIENCE);
        health.observe(&unreachable(), Duration::ZERO, Duration::ZERO);
        assert!(matches!(health.flow(), Flow::HalfOpen { .. }));
        health.observe(&saved(), Duration::ZERO, Duration::from_secs(5));
        assert_eq!(*health.flow(), Flow::Closed);
        assert!(health.good_since(Duration::from_secs(4)) && !health.good_since(Duration::from_secs(5)));
    }
}
