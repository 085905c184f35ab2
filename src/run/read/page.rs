//! One page, requested until it arrives. Every request takes a permit and is recorded in the ledger like any other call.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::error::ReadError;
use crate::clock;
use crate::credentials::Token;
use crate::delivery::{Cause, Reply, ResponseFilter, ResponsesQuery, SurveyPage, Verdict, judge};
use crate::ledger::{Call, OpenCall};
use crate::pacing::{Backoff, Moment, Permit};
use crate::run::{LaneResources, Turns};

/// How often a failing page is requested.
const MAX_TRIES: u32 = 5;
/// How many rate-limited answers are accepted for one page.
const MAX_RATE_LIMITED: u32 = 12;
/// The longest wait that an unavailable server may ask for, as long as an import waits for one by default.
const MAX_WAIT: Duration = Duration::from_secs(10 * 60);

/// Progress of reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReadEvent {
    /// A request was answered, or failed, after this time.
    Answered { took: Duration },
    /// A page was read.
    Read {
        /// New records on it.
        records: u64,
        /// How many records match the query, if the server says so.
        total: Option<u64>,
    },
    /// Another process uses the rate limit.
    Waiting {
        /// Which one.
        why: String,
    },
    /// Nothing is requested for a while.
    Paused {
        /// Why.
        why: String,
        /// For how long.
        wait: Duration,
    },
}

/// How pages are requested.
pub(super) struct PageReader<'a> {
    pub(super) resources: &'a LaneResources,
    pub(super) turns: Turns,
    /// How long one call may take.
    pub(super) timeout: Duration,
    /// The longest of the rate-limit windows; `None` without limits.
    pub(super) longest_window: Option<Duration>,
    pub(super) on_event: &'a dyn Fn(ReadEvent),
}

/// How often one page has failed so far.
#[derive(Default)]
struct Failures {
    failed: u32,
    refused: bool,
    rate_limited: u32,
}

impl PageReader<'_> {
    /// Requests a page until it arrives. Returns it with the server's time. A server that rejects the query's filter is asked
    /// without it.
    pub(super) async fn page(&self, query: &mut ResponsesQuery) -> Result<(SurveyPage, Option<Timestamp>), ReadError> {
        let mut failures = Failures::default();
        loop {
            let (reply, sent) = self.call(query).await?;
            let mut verdict = judge(&reply);
            if let Reply::Answer(answer) = &reply
                && answer.status == 200
                && answer.truncated.is_none()
            {
                match SurveyPage::read(&answer.body) {
                    Ok(page) => {
                        self.resources.pacer.accept();
                        return Ok((page, answer.date));
                    }
                    Err(error) if matches!(verdict, Verdict::InDoubt { .. } | Verdict::Saved { .. }) => {
                        verdict = Verdict::InDoubt { status: Some(200), message: error.to_string() };
                    }
                    Err(_) => {}
                }
            }
            if matches!(verdict, Verdict::Rejected { .. }) && !query.filter.is_empty() {
                query.filter = ResponseFilter::default();
                continue;
            }
            self.handle_failure(verdict, sent, &mut failures).await?;
        }
    }

    /// Waits as long as the verdict requires, or fails if retrying is pointless.
    async fn handle_failure(&self, verdict: Verdict, sent: Moment, failures: &mut Failures) -> Result<(), ReadError> {
        let requested_wait = verdict.asked_wait(clock::now());
        let error = match verdict {
            Verdict::Rejected { status, message } => {
                return Err(ReadError::Unreadable(format!("{message} (status {status})")));
            }
            Verdict::Refused { concern, message, .. } if failures.refused => {
                return Err(ReadError::Refused { concern, message });
            }
            Verdict::Refused { .. } => {
                failures.refused = true;
                self.renew_credentials().await;
                return Ok(());
            }
            Verdict::Repeat { cause: Cause::RateLimited { .. }, message, .. }
                if failures.rate_limited == MAX_RATE_LIMITED =>
            {
                return Err(ReadError::Unreadable(message));
            }
            Verdict::Repeat { cause: Cause::RateLimited { window }, message, .. } => {
                failures.rate_limited += 1;
                let wait = self.resources.pacer.refuse(sent, window, requested_wait);
                (self.on_event)(ReadEvent::Paused { why: format!("the server's rate limit: {message}"), wait });
                return Ok(());
            }
            Verdict::Repeat { cause: Cause::Unavailable, message, .. } if requested_wait > MAX_WAIT => {
                return Err(ReadError::Unavailable { wait: requested_wait, message });
            }
            Verdict::Repeat { cause: Cause::Unreachable, message, .. } => ReadError::Unreachable(message),
            Verdict::Repeat { message, .. } | Verdict::InDoubt { message, .. } => ReadError::Unreadable(message),
            Verdict::Saved { .. } => ReadError::Unreadable("the response is a single record, not a list".to_owned()),
        };
        failures.failed += 1;
        if failures.failed == MAX_TRIES {
            return Err(error);
        }
        // A token may work only once.
        self.resources.tokens.discard();
        let wait = Backoff::default().wait(failures.failed).max(requested_wait);
        (self.on_event)(ReadEvent::Paused { why: error.to_string(), wait });
        tokio::time::sleep(wait).await;
        Ok(())
    }

    /// Creates a new token with the secret read again: it may have been rotated.
    async fn renew_credentials(&self) {
        let tokens = self.resources.tokens.clone();
        tokens.discard();
        // If the secret can't be read now, the old one is refused again, and that is reported.
        let _ = tokio::task::spawn_blocking(move || tokens.reload_secret(tokens.secret_version())).await;
    }

    /// Returns the reply, and when the call was made.
    async fn call(&self, query: &ResponsesQuery) -> Result<(Reply, Moment), ReadError> {
        let (mut permit, token, call) = self.start_call().await?;
        permit.going_out();
        let (sent, started) = (permit.taken_at(), Instant::now());
        let reply = self.resources.client.survey_responses(&token, query).await;
        drop(permit);
        (self.on_event)(ReadEvent::Answered { took: started.elapsed() });
        self.resources.writer.end_call(call, clock::now()).await?;
        Ok((reply, sent))
    }

    /// Gets a permit that takes the calls of all other processes into account.
    async fn start_call(&self) -> Result<(Permit, Arc<Token>, OpenCall), ReadError> {
        let LaneResources { tokens, writer, .. } = self.resources;
        loop {
            let permit = self.turns.permit(|why| (self.on_event)(ReadEvent::Waiting { why })).await?;
            let token = tokens.token(clock::now())?;
            let call = Call::new(clock::now(), self.timeout, self.longest_window, permit.others_seen());
            if let Some(call) = self.turns.granted(writer.start_call(call).await?) {
                return Ok((permit, token, call));
            }
        }
    }
}
