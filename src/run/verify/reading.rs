//! The server's records of a time, read page by page. Every page takes a permit and is noted in the ledger like any other
//! call. A read changes nothing, so whatever goes wrong is asked again, a few times.
//!
//! Records are stamped by the server's clock. The time that is asked for is the run's, an hour longer at both ends; where
//! the server's `Date` shows that the clocks differ by more than half of that, it is shifted by the difference.

use std::io;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::pages::{Next, Pages, Shifted};
use super::{ServerRecord, VerifyEvent, VerifySettings, shifted};
use crate::clock;
use crate::credentials::{CredentialError, Token};
use crate::delivery::{Cause, Concern, Reply, ResponsesQuery, RetryAfter, SurveyPage, Verdict, judge};
use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::{Admission, Call, LedgerError, OpenCall};
use crate::pacing::{Backoff, Moment, Permit};
use crate::run::LaneResources;

/// How far the server's clock may be from ours, and a record's stamp from its call.
pub(super) const MARGIN: SignedDuration = SignedDuration::from_hours(1);
/// Page sizes, the next one where a page is too large for one answer, or for the server. What the vendor allows is not
/// documented; a smaller page than asked for is as good.
const PAGE_SIZES: [u32; 3] = [500, 100, 20];
/// How often a page that fails is asked for.
const TRIES: u32 = 5;
/// How often in a row a full window is waited for.
const HOLDS: u32 = 12;
/// How often a reading that doesn't add up is begun anew.
const READINGS: u32 = 4;

/// Why the server's records can't be read. Nothing is judged absent from what was not read.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The system gives no way to wait.
    #[error("can't make the runtime: {0}")]
    Runtime(#[source] io::Error),
    /// By a signal, before anything was written down.
    #[error("interrupted")]
    Interrupted,
    /// The ledger can't be read or written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// No token can be had.
    #[error(transparent)]
    Credentials(#[from] CredentialError),
    /// The server refuses the call.
    #[error("the server does not let its records be read: {message}")]
    Refused {
        /// What it objects to.
        concern: Concern,
        /// Its words.
        message: String,
    },
    /// No connection.
    #[error("the target can't be reached: {message}")]
    Unreachable {
        /// What went wrong last.
        message: String,
    },
    /// Answers that are none.
    #[error("the server's records can't be read: {message}")]
    Unreadable {
        /// What went wrong last.
        message: String,
    },
    /// The pages don't add up, however often they are read.
    #[error("the server's pages don't add up: {read} records read{}", total.map_or_else(String::new, |total| format!(" of {total}")))]
    Shifting {
        /// Different records that were read.
        read: u64,
        /// How many there should be.
        total: Option<u64>,
    },
}

impl Advice for VerifyError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Runtime(_) | Self::Interrupted => return None,
            Self::Ledger(error) => return error.hint(),
            Self::Credentials(error) => return error.hint(),
            Self::Refused { concern: Concern::Credentials, .. } => {
                "reading needs the scope \"Feedback Analytics\" (Admin Console: Bot Analytics) beside the one for saving; \
                 no row of this bot was changed"
            }
            Self::Refused { concern: Concern::Target, .. } => {
                "check host and bot_id; an installation without getFeedbackSurveyResponses can't be verified against; \
                 no row of this bot was changed"
            }
            Self::Refused { concern: Concern::Tls, .. } => {
                "if the host is a private installation, name its certificate authority in ca_file"
            }
            Self::Unreachable { .. } => "check the host, the network and any proxy; no row of this bot was changed",
            Self::Unreadable { .. } | Self::Shifting { .. } => "try again later; no row of this bot was changed",
        };
        Some(hint.to_owned())
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Interrupted => Exit::Interrupted,
            Self::Refused { concern: Concern::Credentials, .. } | Self::Credentials(_) => Exit::Credentials,
            Self::Refused { .. } | Self::Unreachable { .. } => Exit::Unreachable,
            Self::Runtime(_) | Self::Ledger(_) | Self::Unreadable { .. } | Self::Shifting { .. } => Exit::Stopped,
        }
    }
}

/// Reads all records of a time.
pub(super) struct Reader<'a> {
    pub(super) resources: &'a LaneResources,
    pub(super) settings: &'a VerifySettings,
    pub(super) tell: &'a dyn Fn(VerifyEvent),
}

/// What one reading came to.
enum Reading {
    Whole(Vec<ServerRecord>),
    Shifted(Shifted),
    /// The server's clock is this far ahead of ours: another time must be asked for.
    ClocksApart(SignedDuration),
}

/// How a page has failed so far.
#[derive(Default)]
struct Troubles {
    failures: u32,
    refusals: u32,
    holds: u32,
}

impl Reader<'_> {
    /// The records of this time by our clock, with the margin.
    pub(super) async fn read(&self, span: (Timestamp, Timestamp)) -> Result<Vec<ServerRecord>, VerifyError> {
        let mut ahead = SignedDuration::ZERO;
        let mut last = Shifted { read: 0, total: None };
        for _ in 0..READINGS {
            match self.read_once(span, ahead).await? {
                Reading::Whole(records) => return Ok(records),
                Reading::Shifted(shifted) => last = shifted,
                Reading::ClocksApart(found) => ahead = found,
            }
        }
        Err(VerifyError::Shifting { read: last.read, total: last.total })
    }

    async fn read_once(
        &self,
        (from, to): (Timestamp, Timestamp),
        ahead: SignedDuration,
    ) -> Result<Reading, VerifyError> {
        let mut query = ResponsesQuery {
            from: shifted(from, ahead - MARGIN),
            to: shifted(to, ahead + MARGIN),
            channels: Vec::new(),
            limit: PAGE_SIZES[0],
            skip: 0,
        };
        let mut pages = Pages::default();
        loop {
            let (page, date) = self.page(&mut query).await?;
            let found = date.map_or(ahead, |date| date.duration_since(clock::now()));
            if (found - ahead).abs() > MARGIN / 2 {
                return Ok(Reading::ClocksApart(found));
            }
            let next = pages.add(page);
            (self.tell)(VerifyEvent::Read { records: pages.read(), of: pages.total() });
            match next {
                Next::Page => query.skip = pages.received(),
                Next::End => return Ok(pages.whole().map_or_else(Reading::Shifted, Reading::Whole)),
                Next::Stuck => {
                    let message = "more records are said to follow, and none come".to_owned();
                    return Err(VerifyError::Unreadable { message });
                }
            }
        }
    }

    /// One page, asked for until it comes. The query's pages become smaller where they must.
    async fn page(&self, query: &mut ResponsesQuery) -> Result<(SurveyPage, Option<Timestamp>), VerifyError> {
        let mut troubles = Troubles::default();
        loop {
            let (reply, sent) = self.call(query).await?;
            let unread = match &reply {
                Reply::Answer(answer) if answer.status == 200 && answer.complete => {
                    match SurveyPage::read(&answer.body) {
                        Ok(page) => {
                            self.resources.pacer.accept();
                            return Ok((page, answer.date));
                        }
                        Err(error) => Some(error.to_string()),
                    }
                }
                Reply::Answer(answer) if answer.status == 200 && shrink(query) => continue,
                _ => None,
            };
            self.mind(judge(&reply), sent, unread, query, &mut troubles).await?;
        }
    }

    /// Waits as long as the verdict asks for, or gives up.
    async fn mind(
        &self,
        verdict: Verdict,
        sent: Moment,
        unread: Option<String>,
        query: &mut ResponsesQuery,
        troubles: &mut Troubles,
    ) -> Result<(), VerifyError> {
        match verdict {
            Verdict::Repeat { cause: Cause::RateLimited { window }, retry_after, message, .. } => {
                troubles.holds += 1;
                if troubles.holds > HOLDS {
                    return Err(VerifyError::Unreadable { message });
                }
                let wait = self.resources.pacer.refuse(sent, window, asked(retry_after));
                (self.tell)(VerifyEvent::Paused { why: format!("the server's rate limit: {message}"), wait });
                Ok(())
            }
            Verdict::Refused { concern, message, .. } => {
                troubles.refusals += 1;
                if troubles.refusals > 1 {
                    return Err(VerifyError::Refused { concern, message });
                }
                self.renew_credentials().await;
                Ok(())
            }
            Verdict::Rejected { .. } if shrink(query) => Ok(()),
            Verdict::Rejected { status, message } => {
                Err(VerifyError::Unreadable { message: format!("{message} (status {status})") })
            }
            Verdict::Repeat { cause, retry_after, message, .. } => {
                self.resources.tokens.fresh();
                let given_up = match cause {
                    Cause::Unreachable => VerifyError::Unreachable { message },
                    _ => VerifyError::Unreadable { message },
                };
                self.back_off(retry_after, given_up, troubles).await
            }
            Verdict::InDoubt { message, .. } => {
                let message = unread.unwrap_or(message);
                self.back_off(None, VerifyError::Unreadable { message }, troubles).await
            }
            Verdict::Saved { .. } => {
                let message = unread.unwrap_or_else(|| "the answer is a record, and no list of them".to_owned());
                self.back_off(None, VerifyError::Unreadable { message }, troubles).await
            }
        }
    }

    async fn back_off(
        &self,
        retry_after: Option<RetryAfter>,
        given_up: VerifyError,
        troubles: &mut Troubles,
    ) -> Result<(), VerifyError> {
        troubles.failures += 1;
        if troubles.failures >= TRIES {
            return Err(given_up);
        }
        let wait = Backoff::default().wait(troubles.failures).max(asked(retry_after));
        (self.tell)(VerifyEvent::Paused { why: given_up.to_string(), wait });
        tokio::time::sleep(wait).await;
        Ok(())
    }

    /// A new token, minted with the secret read anew: it may have been rotated.
    async fn renew_credentials(&self) {
        let tokens = self.resources.tokens.clone();
        tokens.fresh();
        // If it can't be had now, the old one is refused again, and that is said.
        let _ = tokio::task::spawn_blocking(move || tokens.reread(tokens.rereads())).await;
    }

    /// The answer, and when the call went.
    async fn call(&self, query: &ResponsesQuery) -> Result<(Reply, Moment), VerifyError> {
        let (mut permit, token, noted) = self.leave_to_call().await?;
        permit.going_out();
        let sent = permit.taken_at();
        let reply = self.resources.client.survey_responses(&token.jwt, query).await;
        drop(permit);
        self.resources.writer.end_call(noted, clock::now()).await?;
        Ok((reply, sent))
    }

    /// Leave from the windows, in view of what every other process does.
    async fn leave_to_call(&self) -> Result<(Permit, Token, OpenCall), VerifyError> {
        loop {
            let permit = self.resources.pacer.permit().await;
            let token = self.resources.tokens.token(clock::now())?;
            let VerifySettings { timeout, longest_window, .. } = *self.settings;
            let call = Call::new(clock::now(), timeout, longest_window, permit.others_seen());
            match self.resources.writer.start_call(call).await? {
                Admission::Granted(call) => return Ok((permit, token, call)),
                Admission::Stale(calls) => {
                    self.resources.pacer.set_others(calls.version, &calls.relative_to(clock::now()));
                }
            }
        }
    }
}

/// How long the server asks to be left alone.
fn asked(retry_after: Option<RetryAfter>) -> Duration {
    retry_after.map_or(Duration::ZERO, |after| after.wait_from(clock::now()))
}

/// Makes the query's pages smaller, if they can be.
fn shrink(query: &mut ResponsesQuery) -> bool {
    let smaller = PAGE_SIZES.into_iter().find(|size| *size < query.limit);
    query.limit = smaller.unwrap_or(query.limit);
    smaller.is_some()
}
