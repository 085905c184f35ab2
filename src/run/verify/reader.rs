//! Reads the server's records of a time range, page by page. Every page takes a permit and is recorded in the ledger
//! like any other call. Reading changes nothing on the server, so a failed page is requested again a few times.
//!
//! All times are those of the server's clock: it stamps the records. The range requested is the run's, an hour longer at
//! both ends.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::error::VerifyError;
use super::pages::{Inconsistent, Next, Pages};
use super::snapshot::ServerRecord;
use crate::clock;
use crate::credentials::Token;
use crate::delivery::{Cause, Reply, ResponsesQuery, SurveyPage, Verdict, judge};
use crate::ledger::{Call, OpenCall, Run, RunBot, TimeRange};
use crate::pacing::{Backoff, Moment, Permit};
use crate::run::{LaneResources, Turns};

/// How much a record's time may differ from that of its call.
pub(super) const MARGIN: SignedDuration = SignedDuration::from_hours(1);
/// Page sizes: the next smaller one is used when a page is too large for one answer or for the server. The vendor does
/// not document the maximum; a server may also send smaller pages than requested.
const PAGE_SIZES: [u32; 3] = [500, 100, 20];
/// How often a failing page is requested.
const MAX_TRIES: u32 = 5;
/// How many rate-limited answers are accepted for one page.
const MAX_RATE_LIMITED: u32 = 12;
/// The longest wait that an unavailable server may ask for, as long as an import waits for one by default.
const MAX_WAIT: Duration = Duration::from_secs(10 * 60);
/// How often inconsistent pages are read again from the start.
const MAX_READINGS: u32 = 4;

/// How a run is verified.
#[derive(Debug, Clone)]
pub(crate) struct VerifySettings {
    /// The run. The caller holds its lease.
    pub run: Run,
    /// The bot of the run whose records are read.
    pub bot: RunBot,
    /// How long one call may take.
    pub timeout: Duration,
    /// The longest of the rate-limit windows; `None` without limits.
    pub longest_window: Option<Duration>,
    /// The least time in which the server may still save a record after its request went unanswered.
    pub settle: Duration,
    /// How long to keep reading for rows that are not found but may still appear.
    pub wait: Duration,
    /// How long a record may take to appear, whatever the rows around it show. Until then, a row that is not found may
    /// still appear.
    pub visible_within: Duration,
}

/// Progress of a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum VerifyEvent {
    /// A page was read.
    Read {
        /// Records read so far.
        records: u64,
        /// The total, if the server says so.
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
    /// The server's clock is used, which differs from this machine's.
    ClocksDiffer {
        /// How, in words.
        difference: String,
    },
    /// Some rows were not found; all records are read again after a pause.
    NotFoundYet {
        /// How many rows.
        rows: u64,
        /// How long the pause is.
        wait: Duration,
    },
}

pub(super) struct Reader<'a> {
    pub(super) resources: &'a LaneResources,
    pub(super) turns: Turns,
    pub(super) settings: &'a VerifySettings,
    pub(super) on_event: &'a dyn Fn(VerifyEvent),
}

/// The records of a range.
pub(super) struct Records {
    pub(super) records: Vec<ServerRecord>,
    /// How far the server's clock is ahead of ours, if it says.
    pub(super) clock_offset: Option<SignedDuration>,
}

/// The result of reading all pages once.
enum Reading {
    Complete(Records),
    Inconsistent(Inconsistent),
}

/// How often one page has failed so far.
#[derive(Default)]
struct Failures {
    failed: u32,
    refused: bool,
    rate_limited: u32,
}

impl Reader<'_> {
    /// Reads the records of this range, plus the margin.
    pub(super) async fn read(&self, range: TimeRange) -> Result<Records, VerifyError> {
        let mut message = String::new();
        for _ in 0..MAX_READINGS {
            match self.read_once(range).await? {
                Reading::Complete(records) => return Ok(records),
                Reading::Inconsistent(inconsistent) => message = inconsistent.to_string(),
            }
        }
        Err(VerifyError::Unreadable(message))
    }

    async fn read_once(&self, range: TimeRange) -> Result<Reading, VerifyError> {
        let TimeRange { from, to } = range.widened(MARGIN);
        let mut query = ResponsesQuery { from, to, limit: PAGE_SIZES[0], skip: 0 };
        let mut pages = Pages::default();
        loop {
            let (page, date) = self.page(&mut query).await?;
            let clock_offset = date.map(|date| date.duration_since(clock::now()));
            let next = pages.add(page);
            (self.on_event)(VerifyEvent::Read { records: pages.read(), total: pages.total });
            match next {
                Next::Page => query.skip = pages.received,
                Next::End => {
                    let complete = |records| Reading::Complete(Records { records, clock_offset });
                    return Ok(pages.complete().map_or_else(Reading::Inconsistent, complete));
                }
                Next::Stuck => {
                    let message = "it says that more records follow, but sends none".to_owned();
                    return Err(VerifyError::Unreadable(message));
                }
            }
        }
    }

    /// Requests one page until it arrives, with a smaller page size if necessary. Returns it with the server's time.
    async fn page(&self, query: &mut ResponsesQuery) -> Result<(SurveyPage, Option<Timestamp>), VerifyError> {
        let mut failures = Failures::default();
        loop {
            let (reply, sent) = self.call(query).await?;
            let mut verdict = judge(&reply);
            match &reply {
                Reply::Answer(answer) if answer.status == 200 && answer.complete => {
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
                Reply::Answer(answer) if answer.status == 200 && shrink(query) => continue,
                _ => {}
            }
            self.handle_failure(verdict, sent, query, &mut failures).await?;
        }
    }

    /// Waits as long as the verdict requires, or fails if retrying is pointless.
    async fn handle_failure(
        &self,
        verdict: Verdict,
        sent: Moment,
        query: &mut ResponsesQuery,
        failures: &mut Failures,
    ) -> Result<(), VerifyError> {
        let requested_wait = verdict.asked_wait(clock::now());
        let error = match verdict {
            Verdict::Rejected { .. } if shrink(query) => return Ok(()),
            Verdict::Rejected { status, message } => {
                return Err(VerifyError::Unreadable(format!("{message} (status {status})")));
            }
            Verdict::Refused { concern, message, .. } if failures.refused => {
                return Err(VerifyError::Refused { concern, message });
            }
            Verdict::Refused { .. } => {
                failures.refused = true;
                self.renew_credentials().await;
                return Ok(());
            }
            Verdict::Repeat { cause: Cause::RateLimited { .. }, message, .. }
                if failures.rate_limited == MAX_RATE_LIMITED =>
            {
                return Err(VerifyError::Unreadable(message));
            }
            Verdict::Repeat { cause: Cause::RateLimited { window }, message, .. } => {
                failures.rate_limited += 1;
                let wait = self.resources.pacer.refuse(sent, window, requested_wait);
                (self.on_event)(VerifyEvent::Paused { why: format!("the server's rate limit: {message}"), wait });
                return Ok(());
            }
            Verdict::Repeat { cause: Cause::Unavailable, message, .. } if requested_wait > MAX_WAIT => {
                return Err(VerifyError::Unavailable { wait: requested_wait, message });
            }
            Verdict::Repeat { cause: Cause::Unreachable, message, .. } => VerifyError::Unreachable(message),
            Verdict::Repeat { message, .. } | Verdict::InDoubt { message, .. } => VerifyError::Unreadable(message),
            Verdict::Saved { .. } => VerifyError::Unreadable("the response is a single record, not a list".to_owned()),
        };
        failures.failed += 1;
        if failures.failed == MAX_TRIES {
            return Err(error);
        }
        // A token may work only once.
        self.resources.tokens.discard();
        let wait = Backoff::default().wait(failures.failed).max(requested_wait);
        (self.on_event)(VerifyEvent::Paused { why: error.to_string(), wait });
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
    async fn call(&self, query: &ResponsesQuery) -> Result<(Reply, Moment), VerifyError> {
        let (mut permit, token, call) = self.start_call().await?;
        permit.going_out();
        let sent = permit.taken_at();
        let reply = self.resources.client.survey_responses(&token.jwt, query).await;
        drop(permit);
        self.resources.writer.end_call(call, clock::now()).await?;
        Ok((reply, sent))
    }

    /// Gets a permit that takes the calls of all other processes into account.
    async fn start_call(&self) -> Result<(Permit, Token, OpenCall), VerifyError> {
        let LaneResources { tokens, writer, .. } = self.resources;
        let VerifySettings { timeout, longest_window, .. } = *self.settings;
        loop {
            let permit = self.turns.permit(|why| (self.on_event)(VerifyEvent::Waiting { why })).await?;
            let token = tokens.token(clock::now())?;
            let call = Call::new(clock::now(), timeout, longest_window, permit.others_seen());
            if let Some(call) = self.turns.granted(writer.start_call(call).await?) {
                return Ok((permit, token, call));
            }
        }
    }
}

/// Makes the query's pages smaller if possible.
fn shrink(query: &mut ResponsesQuery) -> bool {
    let smaller = PAGE_SIZES.into_iter().find(|size| *size < query.limit);
    query.limit = smaller.unwrap_or(query.limit);
    smaller.is_some()
}
