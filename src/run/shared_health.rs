//! Whether host and app are fit to be sent to, as all bots of a run see them together: a pure state machine fed with
//! verdicts (decision 7).
//!
//! What concerns the host (no connection, TLS, rows in doubt) counts whichever bot met it, as if there were one bot. What
//! concerns a bot alone (its id, its rate limit) doesn't count, but shows that the host can be reached. A refusal of the
//! credentials may be either: an app may be allowed for some bots and not for others. So it ends the run only once every
//! bot has been refused, and none got through since; until then, bots that have not been tried go first.
//!
//! Until the first answer that shows host and app to be well, one attempt is made at a time over all bots, and so it is
//! whenever there is trouble.

use std::collections::BTreeSet;
use std::time::Duration;

use super::health::{BreakerPolicy, CircuitBreaker, Flow, StopReason};
use crate::delivery::{Cause, Concern, Verdict};
use crate::pacing::Moment;

/// A bot that was tried in vain lets those go first that weren't, for as long as it takes them to get a permit.
const OTHERS_FIRST: Duration = Duration::from_secs(4);

/// The state of host and app, as the verdicts of all bots tell it.
#[derive(Debug)]
pub(super) struct SharedBreaker {
    breaker: BreakerPolicy,
    /// Fed with what concerns the host.
    host: CircuitBreaker,
    /// Whether host and app were well when last heard of.
    is_proven: bool,
    /// How many bots are still being sent to.
    going: usize,
    /// How many must be refused before that is the app's fault: those that go on, and those that were done in peace.
    concerned: usize,
    /// The bots that got an answer which shows host and app to be well, ever.
    good: BTreeSet<usize>,
    /// The bots that were tried in vain in this round.
    tried: BTreeSet<usize>,
    others_first_until: Moment,
    /// The bots whose credentials were refused since anybody got through.
    refused: BTreeSet<usize>,
    refusals: u32,
    refused_for_good: Option<StopReason>,
}

impl SharedBreaker {
    /// So many bots, about which nothing is known.
    pub(super) fn new(breaker: BreakerPolicy, bots: usize) -> Self {
        Self {
            breaker,
            host: CircuitBreaker::new(breaker),
            is_proven: false,
            going: bots,
            concerned: bots,
            good: BTreeSet::new(),
            tried: BTreeSet::new(),
            others_first_until: Moment::ZERO,
            refused: BTreeSet::new(),
            refusals: 0,
            refused_for_good: None,
        }
    }

    /// What may be sent to this bot now.
    pub(super) fn flow(&self, bot: usize) -> Flow {
        if let Some(fault) = self.fault() {
            return Flow::Tripped(fault.clone());
        }
        if self.is_open() {
            return Flow::Closed;
        }
        let turn = if self.tried.contains(&bot) { self.others_first_until } else { Moment::ZERO };
        Flow::HalfOpen { from: turn.max(self.host_from()) }
    }

    /// Whether everything may be sent.
    pub(super) fn is_open(&self) -> bool {
        self.is_proven && *self.host.flow() == Flow::Closed && self.refused_for_good.is_none()
    }

    /// What ended the run for all bots.
    pub(super) fn fault(&self) -> Option<&StopReason> {
        match self.host.flow() {
            Flow::Tripped(fault) => Some(fault),
            _ => self.refused_for_good.as_ref(),
        }
    }

    /// How many refusals of the credentials have come in a row, over all bots.
    pub(super) fn refusals(&self) -> u32 {
        self.refusals
    }

    /// Takes note of a verdict; gives a pause that begins with it, and why. `is_probe` tells whether the attempt was one
    /// that was made while there was trouble: others began before it, and tell nothing new of it.
    pub(super) fn observe(
        &mut self,
        bot: usize,
        verdict: &Verdict,
        asked: Duration,
        is_probe: bool,
        now: Moment,
    ) -> Option<(Duration, String)> {
        let is_good = matches!(verdict, Verdict::Saved { .. } | Verdict::Rejected { .. });
        if self.fault().is_some() || (!is_good && !is_probe && !self.is_open()) {
            return None;
        }
        let pause = match verdict {
            Verdict::Refused { concern: Concern::Target, .. }
            | Verdict::Repeat { cause: Cause::RateLimited { .. }, .. } => {
                self.host.reached();
                None
            }
            Verdict::Refused { concern: Concern::Credentials, message, .. }
            | Verdict::Repeat { cause: Cause::Replayed, message, .. } => {
                self.host.reached();
                self.refuse(bot, message);
                None
            }
            _ => self.host.observe(verdict, asked, now),
        };
        if is_good {
            self.recover(bot);
        } else {
            self.try_others(bot, now);
        }
        pause
    }

    /// Nothing more is sent to this bot.
    pub(super) fn leave(&mut self, bot: usize) {
        self.going = self.going.saturating_sub(1);
        if !self.good.contains(&bot) {
            self.concerned = self.concerned.saturating_sub(1);
        }
        self.tried.remove(&bot);
        self.refused.remove(&bot);
        self.end_round();
    }

    fn recover(&mut self, bot: usize) {
        self.is_proven = true;
        self.good.insert(bot);
        self.tried.clear();
        self.refused.clear();
        self.refusals = 0;
    }

    /// As many refusals as one bot gets, and one for each: fewer say nothing of the bots that have not been tried.
    fn refuse(&mut self, bot: usize, message: &str) {
        self.is_proven = false;
        self.refusals += 1;
        self.refused.insert(bot);
        if self.refusals >= self.breaker.refusals && self.refused.len() >= self.concerned {
            let fault = StopReason::Refused { concern: Concern::Credentials, message: message.to_owned() };
            self.refused_for_good = Some(fault);
        }
    }

    /// In trouble each bot has its turn: a bot that fails for reasons of its own must not take every turn.
    fn try_others(&mut self, bot: usize, now: Moment) {
        if self.is_open() {
            return;
        }
        self.is_proven = false;
        self.tried.insert(bot);
        let grace = OTHERS_FIRST.min(self.breaker.wait_for_target / 16);
        self.others_first_until = now.max(self.host_from()) + grace;
        self.end_round();
    }

    fn end_round(&mut self) {
        if self.tried.len() >= self.going {
            self.tried.clear();
        }
    }

    fn host_from(&self) -> Moment {
        match self.host.flow() {
            Flow::HalfOpen { from } => *from,
            Flow::Closed | Flow::Tripped(_) => Moment::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{BreakerPolicy, Cause, Concern, Flow, Moment, SharedBreaker, StopReason, Verdict};

    const PATIENCE: BreakerPolicy =
        BreakerPolicy { refusals: 5, doubts: 3, wait_for_target: Duration::from_secs(600), rate_limited: None };
    const BOTS: usize = 20;

    fn saved() -> Verdict {
        Verdict::Saved { id: "1".to_owned(), status: 200, record: serde_json::Value::Null }
    }

    fn refused(concern: Concern) -> Verdict {
        Verdict::Refused { concern, status: Some(401), message: "no".to_owned() }
    }

    fn doubtful() -> Verdict {
        Verdict::InDoubt { status: Some(500), message: "oops".to_owned() }
    }

    fn repeat(cause: Cause) -> Verdict {
        Verdict::Repeat { cause, status: None, retry_after: None, message: "refused".to_owned() }
    }

    /// The bot whose turn it is first, and when; of several, the one with the lowest number.
    fn next(health: &SharedBreaker, now: Moment) -> Option<(usize, Moment)> {
        let turns = (0..BOTS).filter_map(|bot| match health.flow(bot) {
            Flow::Tripped(_) => None,
            Flow::Closed => Some((bot, now)),
            Flow::HalfOpen { from } => Some((bot, from.max(now))),
        });
        turns.min_by_key(|(bot, from)| (*from, *bot))
    }

    /// Tries each bot as its turn comes; gives which bots were tried until the end, and when that was.
    fn until_ended(health: &mut SharedBreaker, verdict: impl Fn(usize) -> Verdict) -> (Vec<usize>, Moment) {
        let (mut now, mut tried) = (Moment::ZERO, Vec::new());
        while let Some((bot, from)) = next(health, now) {
            now = from;
            tried.push(bot);
            assert!(tried.len() < 10_000, "never ends");
            health.observe(bot, &verdict(bot), Duration::ZERO, true, now);
        }
        (tried, now)
    }

    #[test]
    fn wrong_credentials_are_refused_once_for_each_bot_and_without_a_pause() {
        let mut health = SharedBreaker::new(PATIENCE, BOTS);
        let (tried, ended) = until_ended(&mut health, |_| refused(Concern::Credentials));
        assert_eq!((tried, ended), ((0..BOTS).collect(), Moment::ZERO));
        assert!(matches!(health.fault(), Some(StopReason::Refused { concern: Concern::Credentials, .. })));
    }

    #[test]
    fn few_bots_get_as_many_refusals_together_as_one_alone() {
        let mut health = SharedBreaker::new(PATIENCE, 2);
        for (bot, refusals) in [0, 1, 0, 1].into_iter().zip(1..) {
            health.observe(bot, &refused(Concern::Credentials), Duration::ZERO, true, Moment::ZERO);
            assert_eq!((health.refusals(), health.fault()), (refusals, None));
        }
        health.observe(0, &repeat(Cause::Replayed), Duration::ZERO, true, Moment::ZERO);
        assert!(health.fault().is_some());
    }

    #[test]
    fn an_app_that_is_allowed_for_the_last_bot_only_gets_to_it_and_others_that_were_done_keep_the_run_from_ending() {
        let mut health = SharedBreaker::new(PATIENCE, BOTS);
        let verdict = |bot| if bot == BOTS - 1 { saved() } else { refused(Concern::Credentials) };
        for bot in 0..BOTS {
            assert_eq!(next(&health, Moment::ZERO), Some((bot, Moment::ZERO)));
            health.observe(bot, &verdict(bot), Duration::ZERO, true, Moment::ZERO);
        }
        assert!(health.is_open());
        health.leave(BOTS - 1);
        for bot in (0..BOTS - 1).cycle().take(200) {
            health.observe(bot, &verdict(bot), Duration::ZERO, true, Moment::ZERO);
        }
        assert_eq!(health.fault(), None, "each of them is given up for itself");
    }

    #[test]
    fn bots_that_were_given_up_for_themselves_are_not_waited_for() {
        let mut health = SharedBreaker::new(PATIENCE, BOTS);
        for bot in 0..BOTS - 1 {
            health.observe(bot, &refused(Concern::Credentials), Duration::ZERO, true, Moment::ZERO);
        }
        assert_eq!(health.fault(), None);
        health.leave(BOTS - 1);
        health.observe(0, &refused(Concern::Credentials), Duration::ZERO, true, Moment::ZERO);
        assert!(health.fault().is_some());
    }

    #[test]
    fn a_silent_host_costs_a_handful_of_rows_over_all_bots_which_take_turns() {
        let mut health = SharedBreaker::new(PATIENCE, BOTS);
        let (tried, ended) = until_ended(&mut health, |_| doubtful());
        assert!((5..=9).contains(&tried.len()), "{tried:?}");
        assert_eq!(tried, (0..tried.len()).collect::<Vec<_>>());
        assert!(ended <= PATIENCE.wait_for_target, "{ended:?}");
        assert!(matches!(health.fault(), Some(StopReason::Silent { .. })));
    }

    #[test]
    fn what_concerns_the_host_ends_the_run_as_it_does_for_one_bot() {
        let mut health = SharedBreaker::new(PATIENCE, BOTS);
        let (tried, _) = until_ended(&mut health, |_| refused(Concern::Tls));
        assert_eq!(tried.len(), 5);
        let mut health = SharedBreaker::new(PATIENCE, BOTS);
        let (tried, ended) = until_ended(&mut health, |_| repeat(Cause::Unreachable));
        assert!((15..40).contains(&tried.len()) && ended > Duration::from_secs(540), "{tried:?} {ended:?}");
        assert!(matches!(health.fault(), Some(StopReason::Unreachable { .. })));
    }

    #[test]
    fn what_concerns_one_bot_ends_nothing_and_shows_that_the_host_is_there() {
        let limited = repeat(Cause::RateLimited { window: None });
        for alone in [refused(Concern::Target), limited] {
            let mut health = SharedBreaker::new(PATIENCE, BOTS);
            health.observe(0, &repeat(Cause::Unreachable), Duration::ZERO, true, Moment::ZERO);
            assert!(matches!(health.flow(1), Flow::HalfOpen { from } if from > Moment::ZERO));
            health.observe(1, &alone, Duration::ZERO, true, Moment::ZERO);
            assert_eq!(health.flow(2), Flow::HalfOpen { from: Moment::ZERO }, "still one at a time");
            (0..200).for_each(|n| drop(health.observe(n % BOTS, &alone, Duration::ZERO, true, Moment::ZERO)));
            assert_eq!(health.fault(), None);
            health.observe(2, &saved(), Duration::ZERO, true, Moment::ZERO);
            health.observe(1, &alone, Duration::ZERO, false, Moment::ZERO);
            assert!(health.is_open());
        }
    }

    #[test]
    fn attempts_that_flew_when_trouble_began_make_it_no_worse() {
        for verdict in [doubtful(), repeat(Cause::Unreachable), refused(Concern::Credentials)] {
            let mut health = SharedBreaker::new(PATIENCE, BOTS);
            health.observe(0, &saved(), Duration::ZERO, true, Moment::ZERO);
            for bot in (0..BOTS).cycle().take(4 * BOTS) {
                health.observe(bot, &verdict, Duration::ZERO, false, Moment::ZERO);
            }
            assert!(!health.is_open() && health.fault().is_none(), "{verdict:?}");
            let Flow::HalfOpen { from } = health.flow(BOTS - 1) else { panic!("{verdict:?}") };
            assert!(from <= Duration::from_secs(10), "{verdict:?}: {from:?}");
        }
    }

    #[test]
    fn a_bot_that_fails_alone_lets_a_well_one_show_that_the_host_is_well() {
        let mut health = SharedBreaker::new(PATIENCE, 2);
        (0..3).for_each(|_| drop(health.observe(0, &doubtful(), Duration::ZERO, true, Moment::ZERO)));
        let [Flow::HalfOpen { from: ill }, Flow::HalfOpen { from: well }] = [0, 1].map(|bot| health.flow(bot)) else {
            panic!("{health:?}")
        };
        assert!(well < ill && well > Moment::ZERO);
        health.observe(1, &saved(), Duration::ZERO, true, well);
        assert!(health.is_open());
    }
}
