//! The sandbox's state, and what a call does to it: counted, checked, struck by a fault or not, saved, answered.

use std::collections::{HashMap, VecDeque};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde::Serialize;

use super::answer::{Ending, Refusal, faulty, json, to_json};
use super::fault::{Endpoint, FaultKind};
use super::latency::Journey;
use super::options::SandboxOptions;
use super::query::Query;
use super::quota::Quota;
use super::saved::{Identity, SavedAnswer};
use super::schedule::Faults;
use super::scores::Scores;
use super::store::Store;
use super::submission::Submission;
use super::token::{OneTime, TokenCheck, UsedTokens, carried};
use crate::clock;

/// How many refusals are remembered for the page, those in a row for one reason as one.
const REFUSALS: usize = 20;

/// What became of all calls so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CallCounts {
    /// Calls of the API that arrived, whatever became of them.
    pub arrivals: u64,
    /// Records saved, with those whose answer a fault spoiled.
    pub saved: u64,
    /// Calls of `getFeedbackSurveyResponses` that were answered.
    pub read: u64,
    /// Calls turned down for their bot, token or body.
    pub refused: u64,
    /// Calls turned down because a window was full.
    pub rate_limited: u64,
    /// Calls that a fault struck.
    pub faulted: u64,
    /// Calls that followed a redirect, which nobody should with a POST.
    pub redirects_followed: u64,
}

/// Calls in a row that were turned down for one reason, for the page.
#[derive(Debug, Clone)]
pub(super) struct RefusedCalls {
    pub(super) count: u64,
    /// When the latest of them was.
    pub(super) at: Timestamp,
    pub(super) status: StatusCode,
    pub(super) words: String,
}

/// All that changes as calls come in.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) store: Store,
    pub(super) scores: Scores,
    pub(super) counts: CallCounts,
    pub(super) refusals: VecDeque<RefusedCalls>,
    /// By bot.
    quotas: HashMap<Arc<str>, Quota>,
    used: UsedTokens,
    faults: Faults,
    chance: fastrand::Rng,
}

/// The sandbox behind its routes.
pub(super) struct Service {
    pub(super) options: SandboxOptions,
    identity: Identity,
    tokens: TokenCheck,
    memory: Mutex<Memory>,
}

impl Service {
    /// # Errors
    /// When the public key is no RSA key in PEM.
    pub(super) fn new(options: SandboxOptions) -> Result<Self, jsonwebtoken::errors::Error> {
        let memory = Memory {
            store: Store::new(options.seed),
            scores: Scores::default(),
            counts: CallCounts::default(),
            refusals: VecDeque::with_capacity(REFUSALS),
            quotas: HashMap::new(),
            used: UsedTokens::default(),
            faults: Faults::new(&options.faults, options.seed),
            chance: fastrand::Rng::with_seed(options.seed),
        };
        Ok(Self {
            identity: Identity::invented(options.seed),
            tokens: TokenCheck::new(&options.credentials, options.enforce_jti)?,
            memory: Mutex::new(memory),
            options,
        })
    }

    /// The state. A handler that panicked while it held it leaves counts behind that are at worst one off.
    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long the next call takes.
    pub(super) fn journey(&self) -> Journey {
        let none = Duration::ZERO..=Duration::ZERO;
        let latency: &RangeInclusive<Duration> = self.options.latency.as_ref().unwrap_or(&none);
        Journey::draw(latency, &mut self.memory().chance)
    }

    /// Counts a call that arrives, before anything else about it is looked at.
    pub(super) fn arrive(&self, bot_id: &str, now: Instant) -> Result<(), Refusal> {
        let mut memory = self.memory();
        memory.counts.arrivals += 1;
        if !self.options.serves(bot_id) {
            return Err(Refusal::unknown_bot());
        }
        if let Some(quota) = memory.quotas.get_mut(bot_id) {
            return quota.count(now).map_err(Refusal::rate_limited);
        }
        let quota = memory.quotas.entry(bot_id.into()).or_insert_with(|| Quota::new(&self.options.limits));
        quota.count(now).map_err(Refusal::rate_limited)
    }

    /// `saveFeedback`.
    pub(super) fn save(&self, bot_id: &str, headers: &HeaderMap, body: &[u8]) -> Result<Ending, Refusal> {
        let now = clock::now();
        let token = self.check_token(headers, now)?;
        let mut memory = self.memory();
        memory.use_up(token, now)?;
        let submission = Submission::read(body)?;
        let fault = memory.strike(Endpoint::Save);
        if fault.is_some_and(|kind| !kind.saves()) {
            return Ok(ending(fault, String::new()));
        }
        let Memory { store, scores, counts, .. } = &mut *memory;
        let record = store.save(bot_id, submission, now);
        scores.count(record);
        counts.saved += 1;
        Ok(ending(fault, to_json(&SavedAnswer::of(record, &self.identity))))
    }

    /// `getFeedbackSurveyResponses`.
    pub(super) fn responses(&self, bot_id: &str, headers: &HeaderMap, body: &[u8]) -> Result<Ending, Refusal> {
        let now = clock::now();
        let token = self.check_token(headers, now)?;
        let mut memory = self.memory();
        memory.use_up(token, now)?;
        let query = Query::read(body)?;
        let fault = memory.strike(Endpoint::Responses);
        if fault.is_none() {
            memory.counts.read += 1;
        }
        Ok(ending(fault, to_json(&query.answer(bot_id, &memory.store, &self.identity))))
    }

    fn check_token(&self, headers: &HeaderMap, now: Timestamp) -> Result<Option<OneTime>, Refusal> {
        let token = carried(headers)?;
        Ok(self.tokens.check(token, now)?)
    }

    /// Counts a refusal and remembers it for the page.
    pub(super) fn note(&self, refusal: &Refusal) {
        let mut memory = self.memory();
        if refusal.status == StatusCode::TOO_MANY_REQUESTS {
            memory.counts.rate_limited += 1;
        } else {
            memory.counts.refused += 1;
        }
        let mut words = refusal.problems.iter().map(|problem| problem.msg.as_str()).collect::<Vec<_>>().join("; ");
        if let Some(reason) = refusal.reason {
            words = format!("{words} ({reason})");
        }
        memory.remember(RefusedCalls { count: 1, at: clock::now(), status: refusal.status, words });
    }
}

impl Memory {
    fn use_up(&mut self, token: Option<OneTime>, now: Timestamp) -> Result<(), Refusal> {
        if let Some(token) = token {
            self.used.take(token, now)?;
        }
        Ok(())
    }

    fn remember(&mut self, refused: RefusedCalls) {
        match self.refusals.front_mut() {
            Some(last) if last.status == refused.status && last.words == refused.words => {
                *last = RefusedCalls { count: last.count + 1, ..refused };
            }
            _ => {
                self.refusals.truncate(REFUSALS - 1);
                self.refusals.push_front(refused);
            }
        }
    }

    fn strike(&mut self, call: Endpoint) -> Option<FaultKind> {
        let struck = self.faults.strike(call);
        self.counts.faulted += u64::from(struck.is_some());
        struck
    }
}

fn ending(fault: Option<FaultKind>, good: String) -> Ending {
    match fault {
        None => Ending::Answer(json(StatusCode::OK, good)),
        Some(kind) => faulty(kind, &good),
    }
}
