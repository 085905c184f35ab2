//! The circuit breaker of a run: a circuit for the host and one for each bot. Pure; moments are handed in (decision 10).
//!
//! - Failures that concern the host (no connection, TLS, a request to come back later, unknown outcomes) count whichever bot
//!   met them. While the host's circuit is half-open, one attempt is made at a time over all bots.
//! - Failures that concern a bot (its id, its rate limit) count for that bot, and show that the host can be reached.
//! - Unknown outcomes of one bot while others get through open that bot's circuit.
//! - Refused credentials may concern either: an app may be allowed for some bots and not for others. They trip the host's
//!   circuit once there were enough of them in sequence, all bots were refused, and none got through since.
//!
//! A run with one bot is the case N = 1. A run with several bots starts half-open, so that a wrong secret or a dead host
//! costs one attempt, not one for each bot. See [`super::circuit`] for what counts as evidence.

use std::time::Duration;

use super::brake::Brake;
use super::circuit::{BreakerPolicy, Circuit, Failure, State, StopReason, Ticket};
use crate::delivery::{Cause, Concern, Verdict};
use crate::pacing::Moment;

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

const REJECTED_CREDENTIALS: &str = "the server rejected the credentials";
/// After a failed probe, the other bots go first for as long as it takes them to get a rate-limit permit.
const OTHERS_FIRST: Duration = Duration::from_secs(4);

#[derive(Debug)]
pub(super) struct CircuitBreaker {
    policy: BreakerPolicy,
    brake: Brake,
    host: Circuit,
    bots: Vec<Bot>,
    others_first_until: Moment,
}

#[derive(Debug)]
struct Bot {
    circuit: Circuit,
    /// Whether it still has rows to send.
    is_active: bool,
    last_success: Option<Moment>,
    rate_limited_since: Option<Moment>,
    /// Whether its latest probe failed, in this round of probes.
    was_tried: bool,
    /// Whether its credentials were refused since any bot got through.
    was_refused: bool,
}

/// Permission to make one attempt, as far as the breaker goes.
#[derive(Debug)]
pub(super) struct Pass {
    bot: usize,
    started: Moment,
    host: Ticket,
    own: Ticket,
}

/// When an attempt may start.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Now,
    At(Moment),
    AfterProbe,
}

/// What followed from a verdict.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Observed {
    pub(super) pause: Option<Pause>,
    /// Whether the secret should be read again before the next attempt.
    pub(super) reloads_secret: bool,
    /// Whether the attempt was in flight when an incident began, so that its failure says nothing about its row.
    pub(super) is_bystander: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pause {
    pub(super) wait: Duration,
    pub(super) why: String,
    /// Whether it concerns all bots.
    pub(super) is_for_all: bool,
}

/// Whom a failure concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Host,
    Bot,
    Either,
}

impl Bot {
    fn new(policy: BreakerPolicy) -> Self {
        Self {
            circuit: Circuit::new(policy, State::Closed),
            is_active: true,
            last_success: None,
            rate_limited_since: None,
            was_tried: false,
            was_refused: false,
        }
    }
}

impl CircuitBreaker {
    pub(super) fn new(policy: BreakerPolicy, bots: usize) -> Self {
        let state = if bots > 1 { State::HalfOpen { from: Moment::ZERO } } else { State::Closed };
        Self {
            policy,
            brake: Brake::new(policy.max_rejected),
            host: Circuit::new(policy, state),
            bots: (0..bots).map(|_| Bot::new(policy)).collect(),
            others_first_until: Moment::ZERO,
        }
    }

    /// When this bot's next attempt may start.
    ///
    /// # Errors
    /// Once no attempt may start any more.
    pub(super) fn next(&self, bot: usize, now: Moment) -> Result<Next, StopReason> {
        let mut from = Moment::ZERO;
        for circuit in [&self.host, &self.bots[bot].circuit] {
            match &circuit.state {
                State::Tripped(reason) => return Err(reason.clone()),
                State::HalfOpen { .. } if circuit.is_probing => return Ok(Next::AfterProbe),
                State::HalfOpen { from: moment } => from = from.max(*moment),
                State::Closed => {}
            }
        }
        if !self.host.is_closed() && self.bots[bot].was_tried {
            from = from.max(self.others_first_until);
        }
        Ok(if from <= now { Next::Now } else { Next::At(from) })
    }

    /// Starts an attempt, if one may start now.
    ///
    /// # Errors
    /// As for [`Self::next`].
    pub(super) fn start(&mut self, bot: usize, now: Moment) -> Result<Option<Pass>, StopReason> {
        if self.next(bot, now)? != Next::Now {
            return Ok(None);
        }
        let (host, own) = (self.host.start(), self.bots[bot].circuit.start());
        Ok(Some(Pass { bot, started: now, host, own }))
    }

    /// Ends an attempt, whether or not its verdict was observed.
    pub(super) fn finish(&mut self, pass: &Pass) {
        self.host.finish(pass.host);
        self.bots[pass.bot].circuit.finish(pass.own);
    }

    /// Takes a verdict into account. `asked` is how long the server asks clients to wait, or how long the pacer does after a
    /// rate limit.
    ///
    /// The attempt that opens a circuit keeps the place of the probe until it is finished: until then its secret may be
    /// read again.
    pub(super) fn observe(&mut self, pass: &mut Pass, verdict: &Verdict, asked: Duration, now: Moment) -> Observed {
        if let (Some(rejections), None) = (self.brake.observe(verdict), self.stop_reason()) {
            self.host.trip(StopReason::Rejected(rejections));
        }
        let is_success = matches!(verdict, Verdict::Saved { .. } | Verdict::Rejected { .. });
        let had_success = self.last_success().is_some();
        if is_success {
            self.bots[pass.bot].last_success = Some(now);
        }
        if !self.host.is_current(pass.host) {
            return Observed { is_bystander: true, ..Observed::default() };
        }
        let pause = match verdict {
            _ if is_success => {
                self.succeed(pass);
                None
            }
            Verdict::Repeat { cause: Cause::RateLimited { window }, retry_after, message, .. } => {
                // Without the server's word on it, a window has room again after its length at the latest.
                let latest = if retry_after.is_some() { asked } else { window.map_or(asked, |per| per.max(asked)) };
                self.limit(pass.bot, message, (asked, latest), now)
            }
            _ => failure_of(verdict, asked).and_then(|(scope, what, reason)| {
                let failure = Failure { reason, asked, started: pass.started, is_hopeless: !had_success };
                self.fail(pass, (scope, what), failure, now)
            }),
        };
        if !is_success {
            self.try_others(pass.bot, now);
        }
        let own = &mut self.bots[pass.bot].circuit;
        if !self.host.is_current(pass.host) {
            pass.host = self.host.start();
        }
        if !own.is_current(pass.own) && pause.as_ref().is_some_and(|pause| !pause.is_for_all) {
            pass.own = own.start();
        }
        // With many bots and a wrong secret, its owner is not asked for it once for each bot.
        let is_worth_asking = had_success || self.host.refusals <= self.policy.refusals;
        let is_over = self.host.stop_reason().is_some();
        let reloads_secret = concerns_credentials(verdict) && is_worth_asking && !is_over;
        Observed { pause, reloads_secret, is_bystander: false }
    }

    fn succeed(&mut self, pass: &Pass) {
        self.host.succeed();
        let own = &mut self.bots[pass.bot];
        own.rate_limited_since = None;
        if own.circuit.is_current(pass.own) {
            own.circuit.succeed();
        }
        for bot in &mut self.bots {
            (bot.was_tried, bot.was_refused) = (false, false);
        }
    }

    /// The pacer pauses for a rate limit: this says so, or ends it if it takes too long.
    fn limit(&mut self, bot: usize, message: &str, (wait, latest): (Duration, Duration), now: Moment) -> Option<Pause> {
        self.host.answered();
        let bot = &mut self.bots[bot];
        let since = *bot.rate_limited_since.get_or_insert(now);
        let is_late = |most| now.saturating_add(wait) >= since.saturating_add(most);
        if self.policy.rate_limited.is_some_and(is_late) {
            bot.circuit.trip(StopReason::RateLimited { message: message.to_owned(), wait: latest });
            return None;
        }
        Some(Pause { wait, why: format!("the server's rate limit: {message}"), is_for_all: false })
    }

    fn fail(&mut self, pass: &Pass, (scope, what): (Scope, &str), mut failure: Failure, now: Moment) -> Option<Pause> {
        let why = format!("{what}: {}", failure.reason.message());
        match scope {
            Scope::Host => {
                let pause = self.host.fail(&failure, now);
                if !self.host.is_closed() {
                    return pause.map(|wait| Pause { wait, why, is_for_all: true });
                }
            }
            Scope::Bot => {
                self.host.answered();
                failure.is_hopeless = self.bots[pass.bot].last_success.is_none();
            }
            Scope::Either => {
                self.bots[pass.bot].was_refused = true;
                self.host.refuse_one(&failure, self.were_all_refused(), now);
                // Only if others get through is it about this bot.
                let since = self.bots[pass.bot].circuit.failing_since;
                let others_got_through = since.is_some_and(|since| self.last_success() >= Some(since));
                failure.is_hopeless = self.bots[pass.bot].last_success.is_none() && others_got_through;
            }
        }
        let own = &mut self.bots[pass.bot].circuit;
        if self.host.stop_reason().is_some() || !own.is_current(pass.own) {
            return None;
        }
        let wait = own.fail(&failure, now)?;
        // What all bots meet is announced once.
        let is_known = scope == Scope::Either && self.bots.len() > 1 && self.host.refusals > 1;
        (!is_known).then_some(Pause { wait, why, is_for_all: false })
    }

    /// No more attempts are made for this bot.
    pub(super) fn leave(&mut self, bot: usize) {
        let bot = &mut self.bots[bot];
        (bot.is_active, bot.was_tried, bot.was_refused) = (false, false, false);
        self.end_round();
    }

    /// Why no attempt may start any more, for any bot.
    pub(super) fn stop_reason(&self) -> Option<&StopReason> {
        self.host.stop_reason()
    }

    /// Whether a record of this bot was saved or rejected since this moment.
    pub(super) fn succeeded_since(&self, bot: usize, moment: Moment) -> bool {
        self.bots[bot].last_success.is_some_and(|success| success > moment)
    }

    fn last_success(&self) -> Option<Moment> {
        self.bots.iter().filter_map(|bot| bot.last_success).max()
    }

    /// Whether no bot is left that the credentials may still be good for. A bot that finished its rows counts: they were.
    fn were_all_refused(&self) -> bool {
        let mut concerned = self.bots.iter().filter(|bot| bot.is_active || bot.last_success.is_some());
        concerned.all(|bot| bot.was_refused)
    }

    /// While the host's circuit is half-open, each bot gets its turn: one that fails for reasons of its own must not take
    /// every probe.
    fn try_others(&mut self, bot: usize, now: Moment) {
        let from = match &self.host.state {
            State::HalfOpen { from } => *from,
            State::Closed | State::Tripped(_) => return,
        };
        self.bots[bot].was_tried = true;
        let grace = OTHERS_FIRST.min(self.policy.wait_for_target / 16);
        self.others_first_until = now.max(from).saturating_add(grace);
        self.end_round();
    }

    fn end_round(&mut self) {
        if self.bots.iter().filter(|bot| bot.is_active).all(|bot| bot.was_tried) {
            self.bots.iter_mut().for_each(|bot| bot.was_tried = false);
        }
    }
}

fn concerns_credentials(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Refused { concern: Concern::Credentials, .. })
}

/// Whom a verdict speaks against, what happened, and what the run stops with if that continues.
fn failure_of(verdict: &Verdict, wait: Duration) -> Option<(Scope, &'static str, StopReason)> {
    Some(match verdict {
        Verdict::Saved { .. } | Verdict::Rejected { .. } => return None,
        Verdict::InDoubt { message, .. } => {
            let reason = StopReason::Unconfirmed { message: message.clone() };
            (Scope::Host, "the server is not confirming whether records were saved", reason)
        }
        Verdict::Refused { concern, message, .. } => {
            let reason = StopReason::Refused { concern: *concern, message: message.clone() };
            match concern {
                Concern::Tls => (Scope::Host, "cannot connect to the server securely", reason),
                Concern::Target => (Scope::Bot, "the server rejected the target", reason),
                Concern::Credentials => (Scope::Either, REJECTED_CREDENTIALS, reason),
            }
        }
        Verdict::Repeat { cause, message, .. } => {
            let message = message.clone();
            match cause {
                Cause::Unreachable => {
                    (Scope::Host, "cannot reach the server", StopReason::Unreachable { message, wait })
                }
                Cause::Unavailable => {
                    (Scope::Host, "the server asked clients to wait", StopReason::Unreachable { message, wait })
                }
                // Each attempt has its own token, so replays that continue are about our tokens.
                Cause::Replayed => {
                    let concern = Concern::Credentials;
                    (Scope::Either, REJECTED_CREDENTIALS, StopReason::Refused { concern, message })
                }
                Cause::RateLimited { .. } => return None,
            }
        }
    })
}
