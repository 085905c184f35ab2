//! What a verdict means for its row: an outcome, or another attempt. Pure.

use std::time::Duration;

use jiff::Timestamp;

use super::settings::{Delivery, SendSettings};
use crate::clock;
use crate::delivery::{Cause, Concern, Verdict};
use crate::ledger::{Outcome, OutcomeKind};
use crate::pacing::{Backoff, Moment};

/// A row refused more often than this while others get through is itself the reason. Fewer than the refusals that trip the
/// breaker.
const REFUSALS_OF_ONE_ROW: u32 = 3;

pub(super) struct Disposition {
    pub(super) outcome: Outcome,
    pub(super) retry: Option<Retry>,
    /// The server's record as JSON, if it was saved.
    pub(super) record: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retry {
    After(Duration),
    /// Once the rate limit has room again, which takes this long if the server is right.
    WithinLimit(Duration),
    /// After other rows.
    BehindOthers,
}

/// How often a row has failed without being judged for itself.
#[derive(Debug, Default)]
pub(super) struct Tries {
    failures: u32,
    first_failure: Option<Moment>,
}

/// What is known when a verdict arrives.
pub(super) struct Situation<'a, F: Fn(Moment) -> bool> {
    pub(super) settings: &'a SendSettings,
    /// How long the server asks clients to wait.
    pub(super) asked: Duration,
    /// Whether the row was in flight when an incident began: its failure is not counted against it.
    pub(super) is_bystander: bool,
    pub(super) now: Moment,
    /// Whether other rows got through since a moment.
    pub(super) succeeded_since: F,
}

impl Disposition {
    fn settle(kind: OutcomeKind, status: Option<u16>, detail: Option<String>) -> Self {
        Self { outcome: Outcome { status, detail, ..Outcome::new(kind) }, retry: None, record: None }
    }

    fn unsent(status: Option<u16>, message: String, retry: Option<Retry>) -> Self {
        Self { retry, ..Self::settle(OutcomeKind::Unsent, status, Some(message)) }
    }
}

impl Tries {
    fn fail(&mut self, now: Moment) {
        self.failures = self.failures.saturating_add(1);
        self.first_failure.get_or_insert(now);
    }
}

impl<F: Fn(Moment) -> bool> Situation<'_, F> {
    pub(super) fn dispose(&self, verdict: Verdict, tries: &mut Tries) -> Disposition {
        match verdict {
            Verdict::Saved { id, status, record } => {
                let mut saved = Disposition::settle(OutcomeKind::Saved, Some(status), None);
                (saved.outcome.server_id, saved.record) = (Some(id), Some(record));
                saved
            }
            Verdict::Rejected { status, message } => {
                Disposition::settle(OutcomeKind::Rejected, Some(status), Some(message))
            }
            Verdict::InDoubt { status, message } => self.after_doubt(status, message, tries),
            Verdict::Refused { status, message, .. } => self.after_refusal(status, message, tries),
            // No row is abandoned because a window is full: it is sent once there is room.
            Verdict::Repeat { cause: Cause::RateLimited { .. }, status, message, .. } => {
                Disposition::unsent(status, message, Some(Retry::WithinLimit(self.asked)))
            }
            Verdict::Repeat { status, message, .. } => self.after_failure(status, message, tries),
        }
    }

    fn after_doubt(&self, status: Option<u16>, message: String, tries: &mut Tries) -> Disposition {
        // A server's own error is quoted. Without an answer, the message says what that means.
        let message = if status.is_some() { message } else { format!("the record may have arrived: {message}") };
        let mut doubt = Disposition::settle(OutcomeKind::InDoubt, status, Some(message));
        tries.fail(self.now);
        if self.settings.delivery == Delivery::AtLeastOnce && tries.failures <= self.settings.retries {
            doubt.retry = Some(Retry::After(Backoff::default().wait(tries.failures)));
        }
        doubt
    }

    /// A refusal concerns the credentials or the target, so other rows are tried before this one. If they get through and
    /// this row never does, the row is the reason after all: a gateway may answer 403 to a text it dislikes.
    fn after_refusal(&self, status: Option<u16>, message: String, tries: &mut Tries) -> Disposition {
        self.count(tries);
        if status.is_some() && self.is_out_of_tries(REFUSALS_OF_ONE_ROW, tries) {
            return Disposition::settle(OutcomeKind::Rejected, status, Some(message));
        }
        Disposition::unsent(status, message, Some(Retry::BehindOthers))
    }

    fn after_failure(&self, status: Option<u16>, message: String, tries: &mut Tries) -> Disposition {
        self.count(tries);
        let wait = Backoff::default().wait(tries.failures).max(self.asked);
        let is_out_of_tries = self.is_out_of_tries(self.settings.retries, tries);
        Disposition::unsent(status, message, (!is_out_of_tries).then_some(Retry::After(wait)))
    }

    /// Counts a failure of the row, unless it was only hit by an incident.
    fn count(&self, tries: &mut Tries) {
        if !self.is_bystander {
            tries.fail(self.now);
        }
    }

    /// A row runs out of tries only if others got through meanwhile: a target that accepts nothing at all is the breaker's
    /// business.
    fn is_out_of_tries(&self, retries: u32, tries: &Tries) -> bool {
        tries.failures > retries && tries.first_failure.is_some_and(&self.succeeded_since)
    }
}

/// Adds the difference between the clocks to a refusal of credentials, if it is larger than tokens tolerate.
pub(super) fn with_clock_skew(verdict: Verdict, server: Option<Timestamp>, now: Timestamp) -> Verdict {
    let (Verdict::Refused { concern: Concern::Credentials, status, message }, Some(server)) = (&verdict, server) else {
        return verdict;
    };
    let Some(difference) = clock::difference(server.duration_since(now)) else { return verdict };
    let message = format!("{message} ({difference})");
    Verdict::Refused { concern: Concern::Credentials, status: *status, message }
}

#[cfg(test)]
mod tests {
    use super::{
        Concern, Delivery, Duration, OutcomeKind, Retry, SendSettings, Situation, Timestamp, Tries, Verdict,
        with_clock_skew,
    };
    use crate::ledger::{ResendPolicy, RunId};
    use crate::numbering::Numbering;

    /// How often a row is refused while others get through, until it is rejected.
    fn refusals_until_rejected(is_bystander: bool) -> Option<usize> {
        let settings = SendSettings {
            run: RunId(1),
            numbering: Numbering::SINGLE,
            resend: ResendPolicy::NEVER,
            delivery: Delivery::AtMostOnce,
            retries: 5,
            timeout: Duration::from_secs(30),
            max_wait: None,
            longest_window: None,
        };
        let mut tries = Tries::default();
        (1..100).find(|second| {
            let now = Duration::from_secs(*second as u64);
            let asked = Duration::ZERO;
            let situation = Situation { settings: &settings, asked, is_bystander, now, succeeded_since: |_| true };
            let refused =
                Verdict::Refused { concern: Concern::Credentials, status: Some(401), message: "no".to_owned() };
            let disposition = situation.dispose(refused, &mut tries);
            assert!(disposition.retry.is_none_or(|retry| retry == Retry::BehindOthers));
            disposition.outcome.kind == OutcomeKind::Rejected
        })
    }

    #[test]
    fn incidents_are_not_counted_against_a_row() {
        assert_eq!(refusals_until_rejected(false), Some(4));
        assert_eq!(refusals_until_rejected(true), None);
    }

    #[test]
    fn clock_skew_is_named_beside_refused_credentials_only() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let server: Timestamp = "2026-11-22T11:55:00Z".parse().unwrap();
        let refused = |concern| Verdict::Refused { concern, status: Some(401), message: "expired".to_owned() };
        let message = |concern, server| match with_clock_skew(refused(concern), server, now) {
            Verdict::Refused { message, .. } => message,
            other => panic!("{other:?}"),
        };
        let skewed = message(Concern::Credentials, Some(server));
        assert!(
            skewed.starts_with("expired (this machine's clock is 5") && skewed.ends_with(" ahead of the server's)")
        );
        assert_eq!(message(Concern::Target, Some(server)), "expired");
        assert_eq!(message(Concern::Credentials, Some(now)), "expired");
        assert_eq!(message(Concern::Credentials, None), "expired");
    }
}
