//! The sandbox's state, and what a request does to it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde::Serialize;

use super::decryption::DecryptionKey;
use super::fault::{Endpoint, InjectedFault};
use super::fault_kind::FaultKind;
use super::injector::FaultInjector;
use super::latency::CallLatency;
use super::options::SandboxOptions;
use super::query::Query;
use super::rate_limit::RateLimiter;
use super::reply::Reply;
use super::response::{ApiError, to_json};
use super::save_response::{AccountIds, SaveResponse};
use super::schedule::Schedule;
use super::scores::Scores;
use super::store::Store;
use super::submission::Submission;
use super::token::{TokenCheck, UsedTokens, token_in};
use super::wrong_answer::wrong_answer;
use crate::clock;

/// How many groups of equal errors are kept for the page.
const RECENT_ERRORS: usize = 20;

/// The outcomes of all calls so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CallCounts {
    /// All API requests that arrived.
    pub arrivals: u64,
    /// Records saved, including those whose response a fault spoiled.
    pub saved: u64,
    /// Successful requests to `getFeedbackSurveyResponses`.
    pub read: u64,
    /// Requests rejected because of their bot, token or body.
    pub refused: u64,
    /// Requests rejected because a window was full.
    pub rate_limited: u64,
    /// Requests that a fault hit.
    pub faulted: u64,
    /// Requests that followed a redirect, which no client should do with a POST.
    pub redirects_followed: u64,
}

/// Consecutive equal errors, for the page.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RecentError {
    count: u64,
    /// When the latest of them happened.
    at: Timestamp,
    status: u16,
    message: String,
}

/// A record that is saved after its request.
#[derive(Debug)]
struct LateSave {
    due: Timestamp,
    bot_id: String,
    submission: Submission,
}

/// Everything that requests change.
#[derive(Debug)]
pub(super) struct State {
    pub(super) store: Store,
    pub(super) scores: Scores,
    pub(super) counts: CallCounts,
    pub(super) recent_errors: VecDeque<RecentError>,
    /// By bot id.
    rate_limiters: HashMap<String, RateLimiter>,
    used_tokens: UsedTokens,
    injector: FaultInjector,
    late: Vec<LateSave>,
    rng: fastrand::Rng,
}

pub(super) struct Service {
    pub(super) options: SandboxOptions,
    ids: AccountIds,
    pub(super) tokens: TokenCheck,
    state: Mutex<State>,
}

impl Service {
    /// # Errors
    /// If the public key is not an RSA key in PEM.
    pub(super) fn new(
        options: SandboxOptions,
        decryption_key: Option<DecryptionKey>,
    ) -> Result<Self, jsonwebtoken::errors::Error> {
        let state = State {
            store: Store::new(options.seed),
            scores: Scores::default(),
            counts: CallCounts::default(),
            recent_errors: VecDeque::with_capacity(RECENT_ERRORS),
            rate_limiters: HashMap::new(),
            used_tokens: UsedTokens::default(),
            injector: FaultInjector::new(&options.faults, options.seed),
            late: Vec::new(),
            rng: fastrand::Rng::with_seed(options.seed),
        };
        Ok(Self {
            ids: AccountIds::generate(options.seed),
            tokens: TokenCheck::new(&options.credentials, options.enforce_jti, decryption_key)?,
            state: Mutex::new(state),
            options,
        })
    }

    /// The state. If a handler panicked while holding it, its counts are off by one at worst.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody can see the records in between.
        state.save_due(clock::now());
        state
    }

    pub(super) fn next_latency(&self) -> CallLatency {
        let none = Duration::ZERO..=Duration::ZERO;
        let mut state = self.state();
        let latency = CallLatency::draw(self.options.latency.as_ref().unwrap_or(&none), &mut state.rng);
        // A burst hits requests before they are saved, so none may be saved before its latency is over.
        if state.injector.has_bursts() { latency.before_arrival() } else { latency }
    }

    /// The fault of the next burst that hits requests in flight.
    pub(super) fn next_burst(&self, endpoint: Endpoint) -> impl Future<Output = InjectedFault> + use<> {
        self.state().injector.next_burst(endpoint)
    }

    /// Counts a request when it arrives, before anything else about it is checked.
    pub(super) fn admit(&self, bot_id: &str, now: Instant) -> Result<(), ApiError> {
        let mut state = self.state();
        state.counts.arrivals += 1;
        if !self.options.serves(bot_id) {
            return Err(ApiError::unknown_bot());
        }
        if !state.rate_limiters.contains_key(bot_id) {
            state.rate_limiters.insert(bot_id.to_owned(), RateLimiter::new(&self.options.limits));
        }
        let admitted = state.rate_limiters.get_mut(bot_id).map_or(Ok(()), |limiter| limiter.admit(now));
        admitted.map_err(|window| ApiError::rate_limited(Some(window)))
    }

    /// Handles an admitted request: checks its token and body, and saves or reads records. `burst` is the fault of the
    /// burst that hit it in flight. Also returns the fault of the burst that it starts.
    pub(super) fn handle(
        &self,
        (endpoint, bot_id): (Endpoint, &str),
        headers: &HeaderMap,
        body: &[u8],
        burst: Option<InjectedFault>,
    ) -> Result<(Reply, Option<InjectedFault>), ApiError> {
        let now = clock::now();
        let token = token_in(headers)?;
        let one_time = self.tokens.check(token, now)?;
        let mut state = self.state();
        if let Some(one_time) = one_time {
            state.used_tokens.use_up(one_time, now)?;
        }
        let (body, fault) = match endpoint {
            Endpoint::Save => state.save(bot_id, Submission::parse(body)?, &self.ids, self.time(), burst),
            Endpoint::Responses => {
                state.read(bot_id, &Query::parse(body, self.options.responses_api)?, &self.ids, burst)
            }
        };
        let started = fault.filter(|fault| burst.is_none() && matches!(fault.schedule, Schedule::Burst(_)));
        Ok((Reply::new(body, fault, token), started))
    }

    /// Saves a record without a request.
    ///
    /// # Errors
    /// If the body is not valid.
    pub(super) fn seed(&self, bot_id: &str, body: &[u8], at: Timestamp) -> Result<(), ApiError> {
        let submission = Submission::parse(body)?;
        let mut state = self.state();
        let State { store, scores, .. } = &mut *state;
        scores.count(store.save(bot_id, submission, at));
        Ok(())
    }

    /// Hits all requests to the fault's endpoint that are in flight.
    pub(super) fn burst(&self, fault: InjectedFault) {
        self.state().injector.burst(fault);
    }

    /// The sandbox's time, which may differ from this machine's. Tokens are checked by the latter.
    pub(super) fn time(&self) -> Timestamp {
        let now = clock::now();
        now.checked_add(self.options.clock_offset).unwrap_or(now)
    }

    /// Counts an error and remembers it for the page.
    pub(super) fn record_error(&self, error: &ApiError) {
        let mut state = self.state();
        match error.status {
            StatusCode::TOO_MANY_REQUESTS => state.counts.rate_limited += 1,
            _ => state.counts.refused += 1,
        }
        let mut message = error.errors.iter().map(|entry| entry.msg.as_str()).collect::<Vec<_>>().join("; ");
        if let Some(reason) = &error.reason {
            message = format!("{message} ({reason})");
        }
        state.remember(RecentError { count: 1, at: clock::now(), status: error.status.as_u16(), message });
    }
}

impl State {
    /// The body of the response, and the fault that hits it. A request that a burst has hit counts for no fault.
    fn save(
        &mut self,
        bot_id: &str,
        submission: Submission,
        ids: &AccountIds,
        now: Timestamp,
        burst: Option<InjectedFault>,
    ) -> (String, Option<InjectedFault>) {
        let fault = burst.or_else(|| self.injector.next_fault(Endpoint::Save));
        self.counts.faulted += u64::from(fault.is_some());
        if fault.is_some_and(|fault| !fault.kind.saves()) {
            return (String::new(), fault);
        }
        if let Some(InjectedFault { kind: FaultKind::LateSave, after, .. }) = fault {
            let due = now.saturating_add(after).unwrap_or(Timestamp::MAX);
            self.late.push(LateSave { due, bot_id: bot_id.to_owned(), submission });
            return (String::new(), fault);
        }
        let record = self.store.save(bot_id, submission, now);
        self.scores.count(record);
        self.counts.saved += 1;
        let mut body = to_json(&SaveResponse::new(record, ids));
        if let (Some(fault), Some(first)) = (fault, self.store.records().first()) {
            body = wrong_answer(body, fault.kind, first.id);
        }
        (body, fault)
    }

    /// Saves the late records whose time has come.
    fn save_due(&mut self, now: Timestamp) {
        for late in self.late.extract_if(.., |late| late.due <= now).collect::<Vec<_>>() {
            let record = self.store.save(&late.bot_id, late.submission, now);
            self.scores.count(record);
            self.counts.saved += 1;
        }
    }

    fn read(
        &mut self,
        bot_id: &str,
        query: &Query,
        ids: &AccountIds,
        burst: Option<InjectedFault>,
    ) -> (String, Option<InjectedFault>) {
        let fault = burst.or_else(|| self.injector.next_fault(Endpoint::Responses));
        match fault {
            Some(_) => self.counts.faulted += 1,
            None => self.counts.read += 1,
        }
        (to_json(&query.run(bot_id, &self.store, ids)), fault)
    }

    fn remember(&mut self, error: RecentError) {
        match self.recent_errors.front_mut() {
            Some(last) if last.status == error.status && last.message == error.message => {
                *last = RecentError { count: last.count + 1, ..error };
            }
            _ => {
                self.recent_errors.truncate(RECENT_ERRORS - 1);
                self.recent_errors.push_front(error);
            }
        }
    }
}
