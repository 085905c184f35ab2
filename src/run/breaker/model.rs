//! The breaker against a model of workers and a server in virtual time: some 1 to 256 attempts in flight, one or several bots,
//! and incidents of any kind and length.
//!
//! 1. An incident costs each circuit one step of backoff, and one more for each probe that itself started during it.
//! 2. A run survives every incident shorter than `wait_for_target`; afterwards it sends at full width again.
//! 3. A permanent outage ends it within bounds, at the cost of a handful of rows in doubt beyond those sent before it was noticed.
//! 4. Refusals trip it only after five in sequence, each sent after the previous answer.
//! 5. Refused credentials are refused again only after the secret was read again.
//! 6. While the breaker is not closed, one attempt is in flight besides those that started before it opened.

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;
use proptest::prelude::{Just, ProptestConfig, Strategy, TestCaseError, prop, prop_assert, prop_assert_eq, proptest};
use proptest::prop_oneof;

use super::super::brake::MaxRejected;
use super::{BreakerPolicy, Cause, CircuitBreaker, Concern, Moment, Next, Pass, Verdict};

const WAIT: Duration = Duration::from_secs(600);
const POLICY: BreakerPolicy = BreakerPolicy {
    refusals: 5,
    doubts: 3,
    wait_for_target: WAIT,
    rate_limited: None,
    max_rejected: MaxRejected::UNLIMITED,
};
const TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Reset,
    Timeout,
    ServerError,
    Unavailable,
    Unreachable,
    RateLimited,
    Unauthorized,
    Tls,
}

impl Kind {
    const ALL: [Self; 8] = [
        Self::Reset,
        Self::Timeout,
        Self::ServerError,
        Self::Unavailable,
        Self::Unreachable,
        Self::Unauthorized,
        Self::Tls,
        Self::RateLimited,
    ];

    fn verdict(self) -> Verdict {
        let message = format!("{self:?}");
        match self {
            Self::Reset | Self::Timeout => Verdict::InDoubt { status: None, message },
            Self::ServerError => Verdict::InDoubt { status: Some(500), message },
            Self::Unavailable => {
                Verdict::Repeat { cause: Cause::Unavailable, status: Some(503), retry_after: None, message }
            }
            Self::Unreachable => {
                Verdict::Repeat { cause: Cause::Unreachable, status: None, retry_after: None, message }
            }
            Self::RateLimited => {
                let cause = Cause::RateLimited { window: None };
                Verdict::Repeat { cause, status: Some(429), retry_after: None, message }
            }
            Self::Unauthorized => Verdict::Refused { concern: Concern::Credentials, status: Some(401), message },
            Self::Tls => Verdict::Refused { concern: Concern::Tls, status: None, message },
        }
    }

    /// The first step of the backoff.
    fn first_step(self) -> Duration {
        match self {
            Self::Reset | Self::Timeout | Self::ServerError => Duration::from_secs(10),
            Self::Unavailable | Self::Unreachable => Duration::from_secs(1),
            // The pacer pauses instead.
            Self::RateLimited => Duration::ZERO,
            Self::Unauthorized | Self::Tls => Duration::from_millis(250),
        }
    }

    fn is_refusal(self) -> bool {
        matches!(self, Self::Unauthorized | Self::Tls)
    }
}

#[derive(Debug, Clone, Copy)]
struct Incident {
    kind: Kind,
    from: Moment,
    length: Duration,
}

impl Incident {
    fn until(&self) -> Moment {
        self.from.saturating_add(self.length)
    }

    fn hits(&self, arrival: Moment) -> bool {
        (self.from..self.until()).contains(&arrival)
    }
}

/// An attempt whose answer is still to come.
struct Attempt {
    pass: Pass,
    bot: usize,
    started: Moment,
    is_probe: bool,
    is_own_probe: bool,
    hit_by: Option<usize>,
}

/// Workers that send as fast as the breaker lets them.
struct World {
    breaker: CircuitBreaker,
    bots: usize,
    /// Workers per bot.
    width: usize,
    latency: Duration,
    incidents: Vec<Incident>,
    rng: Rng,
    now: Moment,
    /// By the moment of their answers.
    in_flight: BTreeMap<(Moment, usize), Attempt>,
    in_flight_of: Vec<usize>,
    attempts: usize,
    log: Log,
}

#[derive(Default)]
struct Log {
    /// Per incident: changes to half-open that it caused, and failed attempts that started after the first of them.
    steps: BTreeMap<usize, usize>,
    failed_probes: BTreeMap<usize, usize>,
    /// The total of all announced pauses of the host.
    paused: Duration,
    in_doubt: usize,
    most_in_flight: usize,
    overlapping_probes: usize,
    /// Refused credentials that were counted, and after which the secret was not read again.
    same_secret: usize,
    /// Of each bot and refusal in the current sequence: when the attempt started and when it was answered.
    refusals: Vec<(Moment, Moment)>,
    tripped_at: Option<Moment>,
}

impl World {
    fn new(bots: usize, width: usize, latency: Duration, incidents: Vec<Incident>, seed: u64) -> Self {
        Self {
            breaker: CircuitBreaker::new(POLICY, bots),
            bots,
            width: width.div_ceil(bots),
            latency,
            incidents,
            rng: Rng::with_seed(seed),
            now: Moment::ZERO,
            in_flight: BTreeMap::new(),
            in_flight_of: vec![0; bots],
            attempts: 0,
            log: Log::default(),
        }
    }

    /// Runs until this moment, or until the breaker trips. Returns whether it tripped.
    fn run(&mut self, until: Moment) -> bool {
        while self.now < until && self.log.tripped_at.is_none() {
            let next_start = self.start_all();
            let next_answer = self.in_flight.keys().next().map(|(moment, _)| *moment);
            match (next_answer, next_start) {
                (Some(answer), Some(start)) if start < answer => self.now = start,
                (Some(answer), _) => self.answer(answer),
                (None, Some(start)) => self.now = start,
                (None, None) => panic!("nothing is in flight and nothing may start: {:?}", self.breaker),
            }
        }
        self.log.tripped_at.is_some()
    }

    /// Starts what may start now; returns when the next attempt may.
    fn start_all(&mut self) -> Option<Moment> {
        let mut later: Option<Moment> = None;
        // Bots are served in random order, as tasks are.
        let first = self.rng.usize(..self.bots);
        for bot in (first..self.bots).chain(0..first) {
            while self.in_flight_of[bot] < self.width {
                match self.breaker.next(bot, self.now) {
                    Ok(Next::Now) => self.start(bot),
                    Ok(Next::At(moment)) => {
                        later = Some(later.map_or(moment, |later| later.min(moment)));
                        break;
                    }
                    Ok(Next::AfterProbe) | Err(_) => break,
                }
            }
        }
        later
    }

    fn start(&mut self, bot: usize) {
        let is_probe = !self.breaker.host.is_closed();
        let is_own_probe = !self.breaker.bots[bot].circuit.is_closed();
        let Some(pass) = self.breaker.start(bot, self.now).unwrap() else { panic!("it may start now") };
        let arrival = self.now + self.latency.mul_f64(0.25 + self.rng.f64() / 4.0);
        let hit_by = self.incidents.iter().position(|incident| incident.hits(arrival));
        let answer = match hit_by {
            Some(place) if self.incidents[place].kind == Kind::Timeout => self.now + TIMEOUT,
            _ => arrival + self.latency.mul_f64(0.25 + self.rng.f64() / 4.0),
        };
        if is_probe && self.in_flight.values().any(|attempt| attempt.is_probe) {
            self.log.overlapping_probes += 1;
        }
        self.attempts += 1;
        self.in_flight_of[bot] += 1;
        self.in_flight
            .insert((answer, self.attempts), Attempt { pass, bot, started: self.now, is_probe, is_own_probe, hit_by });
        self.log.most_in_flight = self.log.most_in_flight.max(self.in_flight.len());
    }

    fn answer(&mut self, moment: Moment) {
        self.now = moment.max(self.now);
        let Some((_, mut attempt)) = self.in_flight.pop_first() else { return };
        self.in_flight_of[attempt.bot] -= 1;
        let verdict = match attempt.hit_by {
            Some(place) => self.incidents[place].kind.verdict(),
            None => Verdict::Saved { id: "1".to_owned(), status: 200, record: String::new() },
        };
        let is_counted = self.breaker.host.is_current(attempt.pass.host);
        let observed = self.breaker.observe(&mut attempt.pass, &verdict, Duration::ZERO, self.now);
        self.breaker.finish(&attempt.pass);
        if let Some(place) = attempt.hit_by {
            self.log.in_doubt += usize::from(matches!(verdict, Verdict::InDoubt { .. }));
            if attempt.is_probe || attempt.is_own_probe {
                *self.log.failed_probes.entry(place).or_default() += 1;
            }
            // For a rate limit, the pacer pauses.
            let pause = observed.pause.filter(|_| self.incidents[place].kind != Kind::RateLimited);
            *self.log.steps.entry(place).or_default() += usize::from(pause.is_some());
            self.log.paused += pause.map_or(Duration::ZERO, |pause| pause.wait);
            if self.incidents[place].kind.is_refusal() && is_counted {
                self.log.refusals.push((attempt.started, self.now));
            }
            let is_over = self.breaker.stop_reason().is_some();
            if self.incidents[place].kind == Kind::Unauthorized && is_counted && !is_over {
                // With many bots and a wrong secret, it is read at most five times.
                let is_worth_asking = self.log.refusals.len() <= POLICY.refusals as usize;
                self.log.same_secret += usize::from(is_worth_asking && !observed.reloads_secret);
            }
        } else if is_counted {
            self.log.refusals.clear();
        }
        if self.breaker.stop_reason().is_some() {
            self.log.tripped_at = Some(self.now);
        }
    }

    /// Whether the last refusals were made one after the other.
    fn refused_in_sequence(&self) -> usize {
        let pairs = self.log.refusals.windows(2).rev();
        1 + pairs.take_while(|pair| pair[1].0 >= pair[0].1).count()
    }
}

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(Kind::ALL.to_vec())
}

/// Kinds that end a run if they last: a rate limit is waited for.
fn lasting_kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(Kind::ALL[..7].to_vec())
}

/// From a millisecond to almost as long as a run waits.
fn length() -> impl Strategy<Value = Duration> {
    prop_oneof![Just(1u64), 1u64..1_000, 1_000u64..60_000, 60_000u64..599_000].prop_map(Duration::from_millis)
}

fn bots() -> impl Strategy<Value = usize> {
    prop_oneof![Just(1usize), 2usize..8]
}

fn width() -> impl Strategy<Value = usize> {
    prop_oneof![1usize..9, 9usize..257]
}

/// Drives incidents of these kinds and lengths, with ten minutes of peace between them.
fn survives(world: &mut World) -> Result<(), TestCaseError> {
    for place in 0..world.incidents.len() {
        let incident = world.incidents[place];
        let quiet = world.incidents.get(place + 1).map_or(incident.until() + 2 * WAIT, |next| next.from - 3 * TIMEOUT);
        prop_assert!(!world.run(quiet), "tripped at {:?} by {incident:?}", world.log.tripped_at);
        prop_assert!(world.breaker.host.is_closed(), "not closed after {incident:?}");
        let steps = world.log.steps.get(&place).copied().unwrap_or(0);
        let probes = world.log.failed_probes.get(&place).copied().unwrap_or(0);
        let circuits = if world.bots > 1 { 1 + world.bots } else { 1 };
        prop_assert!(steps <= circuits + probes, "{steps} steps, {probes} probes: {incident:?}");
    }
    prop_assert_eq!((world.log.overlapping_probes, world.log.same_secret), (0, 0));
    Ok(())
}

/// One after the other, the first after a minute in which everything works.
fn incidents(all: Vec<(Kind, Duration)>) -> Vec<Incident> {
    let mut from = Duration::from_secs(60);
    let place = |(kind, length): (Kind, Duration)| {
        let incident = Incident { kind, from, length };
        from = incident.until() + 2 * WAIT;
        incident
    };
    all.into_iter().map(place).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_incident_shorter_than_the_wait_is_survived(
        kinds in prop::collection::vec((kind(), length()), 1..3),
        bots in bots(),
        width in width(),
        seed in proptest::num::u64::ANY,
    ) {
        // Slow calls keep the number of attempts bounded; the incident's length is what varies.
        let latency = Duration::from_secs(20);
        survives(&mut World::new(bots, width, latency, incidents(kinds), seed))?;
    }

    #[test]
    fn a_burst_costs_one_first_pause(
        kind in kind(),
        bots in bots(),
        width in width(),
        seed in proptest::num::u64::ANY,
    ) {
        let latency = Duration::from_millis(200);
        let burst = Incident { kind, from: Duration::from_secs(1), length: Duration::from_millis(1) };
        let mut world = World::new(bots, width, latency, vec![burst], seed);
        prop_assert!(!world.run(Duration::from_secs(20)));
        prop_assert!(world.breaker.host.is_closed());
        let longest = if kind == Kind::Unauthorized { kind.first_step() * bots as u32 } else { kind.first_step() };
        prop_assert!(world.log.paused <= longest, "{:?}", world.log.paused);
    }

    #[test]
    fn a_permanent_outage_ends_within_bounds(
        kind in lasting_kind(),
        from in prop_oneof![Just(Duration::ZERO), Just(Duration::from_secs(60))],
        bots in bots(),
        width in width(),
        seed in proptest::num::u64::ANY,
    ) {
        let latency = Duration::from_secs(5);
        let mut world = World::new(bots, width, latency, vec![Incident { kind, from, length: 100 * WAIT }], seed);
        prop_assert!(world.run(10 * WAIT), "never trips");
        let took = world.log.tripped_at.unwrap_or_default() - from;
        prop_assert!(took <= WAIT + 5 * TIMEOUT + latency, "{took:?}");
        prop_assert!(world.log.in_doubt <= 2 * world.log.most_in_flight + 12, "{}", world.log.in_doubt);
        if kind.is_refusal() {
            prop_assert!(world.refused_in_sequence() >= 5, "{:?}", world.log.refusals);
            prop_assert_eq!(world.log.same_secret, 0);
        }
        if kind.is_refusal() && from.is_zero() {
            prop_assert!(took < Duration::from_secs(120), "nothing ever worked, yet it waited {took:?}");
        }
    }
}
