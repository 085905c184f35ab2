//! The breaker's rules, one by one. Attempts follow each other as the breaker allows, with answers that take no time.

use std::time::Duration;

use super::super::brake::MaxRejected;
use super::{BreakerPolicy, Cause, CircuitBreaker, Concern, Moment, Next, Observed, Pass, StopReason, Verdict};

const POLICY: BreakerPolicy = BreakerPolicy {
    refusals: 5,
    doubts: 3,
    wait_for_target: Duration::from_secs(600),
    rate_limited: None,
    max_rejected: MaxRejected::UNLIMITED,
};
const BOTS: usize = 20;
const SECOND: Duration = Duration::from_secs(1);

fn saved() -> Verdict {
    Verdict::Saved { id: "1".to_owned(), status: 200, record: String::new() }
}

fn refused(concern: Concern) -> Verdict {
    Verdict::Refused { concern, status: Some(401), message: "no".to_owned() }
}

fn doubt() -> Verdict {
    Verdict::InDoubt { status: Some(500), message: "oops".to_owned() }
}

fn repeat(cause: Cause) -> Verdict {
    Verdict::Repeat { cause, status: None, retry_after: None, message: "later".to_owned() }
}

fn limited() -> Verdict {
    repeat(Cause::RateLimited { window: None })
}

/// A breaker and its clock.
struct Trial {
    breaker: CircuitBreaker,
    now: Moment,
}

impl Trial {
    fn new(bots: usize) -> Self {
        Self::with(POLICY, bots)
    }

    fn with(policy: BreakerPolicy, bots: usize) -> Self {
        Self { breaker: CircuitBreaker::new(policy, bots), now: Moment::ZERO }
    }

    fn start(&mut self, bot: usize) -> Pass {
        self.breaker.start(bot, self.now).unwrap().expect("an attempt may start now")
    }

    fn end(&mut self, mut pass: Pass, verdict: &Verdict, asked: Duration) -> Observed {
        let observed = self.breaker.observe(&mut pass, verdict, asked, self.now);
        self.breaker.finish(&pass);
        observed
    }

    /// Waits until the bot's attempt may start, and makes it.
    fn attempt(&mut self, bot: usize, verdict: &Verdict) -> Observed {
        if let Ok(Next::At(moment)) = self.breaker.next(bot, self.now) {
            self.now = moment;
        }
        let pass = self.start(bot);
        self.end(pass, verdict, Duration::ZERO)
    }

    /// The bot whose turn is first, and when; the lowest number among equals.
    fn next_bot(&self) -> Option<(Moment, usize)> {
        let turns = (0..self.breaker.bots.len()).filter(|bot| self.breaker.bots[*bot].is_active);
        let turns = turns.filter_map(|bot| match self.breaker.next(bot, self.now).ok()? {
            Next::Now => Some((self.now, bot)),
            Next::At(moment) => Some((moment, bot)),
            Next::AfterProbe => None,
        });
        turns.min()
    }

    /// Attempts with whichever bot is next until none may; returns the bots in order.
    fn until_tripped(&mut self, verdict: impl Fn(usize) -> Verdict) -> Vec<usize> {
        let mut tried = Vec::new();
        while let Some((moment, bot)) = self.next_bot() {
            self.now = moment;
            tried.push(bot);
            assert!(tried.len() < 10_000, "never trips");
            self.attempt(bot, &verdict(bot));
        }
        tried
    }

    fn is_closed(&self) -> bool {
        self.breaker.host.is_closed()
    }
}

#[test]
fn the_fifth_refusal_in_sequence_trips() {
    for verdict in
        [refused(Concern::Credentials), repeat(Cause::Replayed), refused(Concern::Target), refused(Concern::Tls)]
    {
        let mut trial = Trial::new(1);
        assert_eq!(trial.until_tripped(|_| verdict.clone()).len(), 5, "{verdict:?}");
        assert!(trial.now < 5 * SECOND, "{:?}", trial.now);
        assert!(matches!(trial.breaker.next(0, trial.now), Err(StopReason::Refused { .. })));
    }
}

#[test]
fn a_success_starts_the_count_of_refusals_again() {
    let mut trial = Trial::new(1);
    for _ in 0..4 {
        trial.attempt(0, &refused(Concern::Credentials));
    }
    trial.attempt(0, &saved());
    assert!(trial.is_closed());
    // What worked before may work again: now refusals are waited out like any other incident.
    let tried = trial.until_tripped(|_| refused(Concern::Credentials));
    assert!((15..40).contains(&tried.len()), "{}", tried.len());
    assert!(trial.now >= POLICY.wait_for_target && trial.now < POLICY.wait_for_target + 10 * SECOND);
}

#[test]
fn the_secret_is_reloaded_after_each_refusal() {
    let mut trial = Trial::new(1);
    for refusal in 1..=5 {
        assert_eq!(trial.attempt(0, &refused(Concern::Credentials)).reloads_secret, refusal < 5);
    }
    let mut trial = Trial::new(BOTS);
    let renewals = (0..BOTS).filter(|bot| trial.attempt(*bot, &refused(Concern::Credentials)).reloads_secret).count();
    assert_eq!(renewals, 5, "not once for every bot");
    assert!(!Trial::new(1).attempt(0, &refused(Concern::Target)).reloads_secret);
}

#[test]
fn an_unconfirming_server_costs_a_few_rows() {
    for bots in [1, BOTS] {
        let mut trial = Trial::new(bots);
        let tried = trial.until_tripped(|_| doubt());
        assert!((5..=9).contains(&tried.len()), "{tried:?}");
        assert_eq!(tried, (0..tried.len()).map(|place| place % bots).collect::<Vec<_>>(), "bots take turns");
        assert_eq!(trial.now, POLICY.wait_for_target);
        assert!(matches!(trial.breaker.stop_reason(), Some(StopReason::Unconfirmed { .. })));
    }
}

#[test]
fn single_doubts_do_not_slow_the_run() {
    let mut trial = Trial::new(1);
    for _ in 0..50 {
        trial.attempt(0, &doubt());
        trial.attempt(0, &doubt());
        assert!(trial.is_closed());
        trial.attempt(0, &saved());
    }
    assert_eq!(trial.now, Moment::ZERO);
}

#[test]
fn an_unreachable_host_is_waited_for() {
    for bots in [1, BOTS] {
        let mut trial = Trial::new(bots);
        let tried = trial.until_tripped(|_| repeat(Cause::Unreachable));
        assert!((15..40).contains(&tried.len()), "{}", tried.len());
        assert_eq!(trial.now, POLICY.wait_for_target);
        assert!(matches!(trial.breaker.stop_reason(), Some(StopReason::Unreachable { .. })));
    }
}

#[test]
fn a_full_window_is_waited_for() {
    let mut trial = Trial::new(1);
    for minute in 0..1000 {
        trial.now = minute * 60 * SECOND;
        trial.attempt(0, &limited());
        assert!(trial.is_closed());
    }
    let mut trial = Trial::with(BreakerPolicy { rate_limited: Some(30 * SECOND), ..POLICY }, 1);
    for (moment, trips) in [(100, false), (126, true)] {
        trial.now = moment * SECOND;
        let pass = trial.start(0);
        trial.end(pass, &limited(), 5 * SECOND);
        let next = trial.breaker.next(0, trial.now);
        assert_eq!(matches!(next, Err(StopReason::RateLimited { .. })), trips, "{moment}");
    }
}

#[test]
fn a_too_long_retry_after_trips_at_once() {
    let next = |asked| {
        let mut trial = Trial::new(1);
        let pass = trial.start(0);
        trial.end(pass, &repeat(Cause::Unavailable), asked);
        trial.breaker.next(0, trial.now)
    };
    assert_eq!(next(120 * SECOND), Ok(Next::At(120 * SECOND)));
    assert!(matches!(next(3600 * SECOND), Err(StopReason::Unreachable { .. })));
    assert!(matches!(next(Duration::MAX), Err(StopReason::Unreachable { .. })));
}

#[test]
fn the_announced_pause_is_the_pause_waited() {
    let mut trial = Trial::new(1);
    let passes: Vec<Pass> = (0..256).map(|_| trial.start(0)).collect();
    let mut pauses = Vec::new();
    for pass in passes {
        pauses.extend(trial.end(pass, &doubt(), Duration::ZERO).pause);
    }
    let [pause] = &pauses[..] else { panic!("{pauses:?}") };
    assert_eq!(trial.breaker.next(0, trial.now), Ok(Next::At(pause.wait)));
    assert_eq!(pause.wait, 10 * SECOND);
}

#[test]
fn an_earlier_success_does_not_close_the_breaker() {
    let mut trial = Trial::new(1);
    let early = trial.start(0);
    trial.attempt(0, &repeat(Cause::Unreachable));
    trial.end(early, &saved(), Duration::ZERO);
    assert!(!trial.is_closed());
    assert!(trial.breaker.succeeded_since(0, Moment::ZERO) || trial.now == Moment::ZERO);
    trial.attempt(0, &saved());
    assert!(trial.is_closed());
}

#[test]
fn the_opening_attempt_takes_the_probe_place() {
    let mut trial = Trial::new(1);
    let (mut pass, mut other) = (trial.start(0), trial.start(0));
    trial.breaker.observe(&mut pass, &refused(Concern::Credentials), Duration::ZERO, trial.now);
    trial.breaker.observe(&mut other, &refused(Concern::Credentials), Duration::ZERO, trial.now);
    trial.breaker.finish(&other);
    trial.now = 60 * SECOND;
    assert_eq!(trial.breaker.next(0, trial.now), Ok(Next::AfterProbe), "its secret is being read again");
    trial.breaker.finish(&pass);
    assert_eq!(trial.breaker.next(0, trial.now), Ok(Next::Now));
}

#[test]
fn wrong_credentials_are_refused_once_for_each_bot() {
    let mut trial = Trial::new(BOTS);
    let tried = trial.until_tripped(|_| refused(Concern::Credentials));
    assert_eq!((tried, trial.now), ((0..BOTS).collect(), Moment::ZERO));
    assert!(matches!(trial.breaker.stop_reason(), Some(StopReason::Refused { concern: Concern::Credentials, .. })));
}

#[test]
fn two_bots_get_as_many_refusals_as_one() {
    let mut trial = Trial::new(2);
    assert_eq!(trial.until_tripped(|_| refused(Concern::Credentials)).len(), 5);
    assert!(trial.breaker.stop_reason().is_some());
}

#[test]
fn refused_bots_stop_and_allowed_ones_continue() {
    let mut trial = Trial::new(BOTS);
    let verdict = |bot| if bot == BOTS - 1 { saved() } else { refused(Concern::Credentials) };
    for bot in 0..BOTS {
        assert_eq!(trial.next_bot(), Some((Moment::ZERO, bot)));
        trial.attempt(bot, &verdict(bot));
    }
    assert!(trial.is_closed());
    trial.breaker.leave(BOTS - 1);
    let tried = trial.until_tripped(verdict);
    assert_eq!(tried.len(), 4 * (BOTS - 1), "five refusals for each of them");
    assert_eq!(trial.breaker.stop_reason(), None);
}

#[test]
fn bots_that_stopped_are_not_waited_for() {
    let mut trial = Trial::new(BOTS);
    for bot in 0..BOTS - 1 {
        trial.attempt(bot, &refused(Concern::Credentials));
    }
    assert_eq!(trial.breaker.stop_reason(), None);
    trial.breaker.leave(BOTS - 1);
    trial.attempt(0, &refused(Concern::Credentials));
    assert!(trial.breaker.stop_reason().is_some());
}

#[test]
fn one_bots_refusal_shows_a_reachable_host() {
    for verdict in [refused(Concern::Target), limited()] {
        let mut trial = Trial::new(BOTS);
        trial.attempt(0, &repeat(Cause::Unreachable));
        trial.attempt(1, &verdict);
        assert!(!trial.is_closed(), "still one at a time");
        for bot in 2..BOTS {
            trial.attempt(bot, &verdict);
        }
        assert_eq!(trial.breaker.stop_reason(), None);
        trial.attempt(2, &saved());
        assert!(trial.is_closed());
        trial.attempt(1, &verdict);
        assert!(trial.is_closed());
    }
}

#[test]
fn a_failing_bot_does_not_take_every_probe() {
    let mut trial = Trial::new(2);
    (0..3).for_each(|_| drop(trial.attempt(0, &doubt())));
    let next = |bot| match trial.breaker.next(bot, trial.now) {
        Ok(Next::At(moment)) => moment,
        other => panic!("{other:?}"),
    };
    let (failing, healthy) = (next(0), next(1));
    assert!(healthy < failing && healthy > trial.now);
    trial.attempt(1, &saved());
    assert!(trial.is_closed());
}
