//! What a verdict means for the row that it came for. Pure, but for the clock that a `Retry-After` is set against.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::clock;
use crate::delivery::{Cause, Concern, Verdict};
use crate::ledger::{Outcome, OutcomeKind};
use crate::pacing::duration_text;

/// Clocks that are further apart than this are worth a word.
const FAR_APART: Duration = Duration::from_secs(60);

/// What follows from a verdict.
pub(super) struct Disposition {
    pub(super) outcome: Outcome,
    pub(super) again_after: Option<Duration>,
    /// Whether others go first.
    pub(super) behind_others: bool,
    /// The server's record, when it was saved.
    pub(super) record: Option<Value>,
}

impl Disposition {
    pub(super) fn end(
        kind: OutcomeKind,
        status: Option<u16>,
        server_id: Option<String>,
        detail: Option<String>,
    ) -> Self {
        Self {
            outcome: Outcome { kind, status, server_id, detail },
            again_after: None,
            behind_others: false,
            record: None,
        }
    }

    pub(super) fn again(status: Option<u16>, message: String, wait: Duration) -> Self {
        let step = Self::end(OutcomeKind::Unsent, status, None, Some(message));
        Self { again_after: Some(wait), ..step }
    }
}

/// Whether it may be met by every bot alike.
pub(super) fn is_about_host(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::InDoubt { .. }
        | Verdict::Refused { concern: Concern::Tls, .. }
        | Verdict::Repeat { cause: Cause::Unreachable | Cause::Unavailable, .. } => true,
        Verdict::Saved { .. } | Verdict::Rejected { .. } | Verdict::Refused { .. } | Verdict::Repeat { .. } => false,
    }
}

/// How long the server asks to be left alone.
pub(super) fn asked_for(verdict: &Verdict) -> Duration {
    match verdict {
        Verdict::Repeat { retry_after: Some(after), .. } => after.wait_from(clock::now()),
        _ => Duration::ZERO,
    }
}

/// Adds to a refusal of credentials how far the clocks are apart, if that is further than tokens forgive.
pub(super) fn with_clocks_compared(verdict: Verdict, server: Option<Timestamp>, now: Timestamp) -> Verdict {
    let (Verdict::Refused { concern: Concern::Credentials, status, message }, Some(server)) = (&verdict, server) else {
        return verdict;
    };
    let apart = now.duration_since(server);
    if apart.unsigned_abs() < FAR_APART {
        return verdict;
    }
    let side = if apart.is_positive() { "ahead of" } else { "behind" };
    let apart = duration_text(Duration::from_secs(apart.unsigned_abs().as_secs()));
    let message = format!("{message} (this machine's clock is {apart} {side} the server's)");
    Verdict::Refused { concern: Concern::Credentials, status: *status, message }
}

#[cfg(test)]
mod tests {
    use super::{Concern, Timestamp, Verdict, with_clocks_compared};

    #[test]
    fn clocks_that_differ_are_named_beside_refused_credentials_only() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let server: Timestamp = "2026-11-22T11:55:00Z".parse().unwrap();
        let refused = |concern| Verdict::Refused { concern, status: Some(401), message: "expired".to_owned() };
        let said = |concern, server| match with_clocks_compared(refused(concern), server, now) {
            Verdict::Refused { message, .. } => message,
            other => panic!("{other:?}"),
        };
        let apart = "expired (this machine's clock is 5m ahead of the server's)";
        assert_eq!(said(Concern::Credentials, Some(server)), apart);
        assert_eq!(said(Concern::Target, Some(server)), "expired");
        assert_eq!(said(Concern::Credentials, Some(now)), "expired");
        assert_eq!(said(Concern::Credentials, None), "expired");
    }
}
