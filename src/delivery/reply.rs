//! What came back from one POST, before it is judged.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::pacing::duration_text;
use crate::text::grouped;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    /// At least a status.
    Answer(Answer),
    /// No status.
    Nothing(TransportError),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// At most 64 KiB of the body (8 MiB of a page of records). If the server repeated the token, it is masked.
    pub(crate) body: String,
    /// Why the rest of the body was not read, if some is missing.
    pub(crate) truncated: Option<Truncation>,
    pub(crate) retry_after: Option<RetryAfter>,
    /// Where a redirect points to.
    pub(crate) location: Option<String>,
    /// The `Date` header: the server's clock.
    pub(crate) date: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Truncation {
    #[error("the response is truncated")]
    Closed,
    /// The whole call may take this long.
    #[error("no complete response within {}", duration_text(*.0))]
    Timeout(Duration),
    /// More bytes than this are not read.
    #[error("the response is larger than {} KiB, and the rest is not read", grouped(*.0 as u64 / 1024))]
    Size(usize),
}

/// A `Retry-After` header (RFC 9110 §10.2.3): seconds, or a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryAfter {
    /// From the answer on.
    Wait(Duration),
    At(Timestamp),
}

/// Longer requests are cut to a day: no server means them, and no sum with a moment overflows.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

impl RetryAfter {
    /// Parses the header; `None` if it has neither form.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            // More digits than a number can have are a long wait, too.
            return Some(Self::Wait(Duration::from_secs(value.parse().unwrap_or(u64::MAX)).min(LONGEST_WAIT)));
        }
        http_date(value).or_else(|| lenient_date(value)).map(Self::At)
    }

    pub(crate) fn wait_from(self, now: Timestamp) -> Duration {
        match self {
            Self::Wait(wait) => wait,
            Self::At(moment) => Duration::try_from(moment.duration_since(now)).unwrap_or_default().min(LONGEST_WAIT),
        }
    }
}

/// The last days of the year 9999 are HTTP dates, but later than any timestamp. A wrong day of the week does not matter.
fn lenient_date(value: &str) -> Option<Timestamp> {
    let (_, date) = value.split_once(',')?;
    let date = DateTime::strptime("%d %b %Y %H:%M:%S GMT", date.trim()).ok()?;
    Some(date.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |date| date.timestamp()))
}

/// An HTTP date in the form that servers must send.
pub(super) fn http_date(value: &str) -> Option<Timestamp> {
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value.trim());
    date.ok()
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TransportError {
    pub(crate) progress: RequestProgress,
    /// Safe to print.
    pub(crate) message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestProgress {
    /// Nothing was written.
    NotConnected,
    /// TLS failed; nothing of the request was written.
    TlsHandshake,
    /// Some of it may have been written, so the server may have saved the record.
    MaybeSent,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{LONGEST_WAIT, RetryAfter};

    #[test]
    fn retry_after_is_capped_at_a_day() {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        let wait = |value| RetryAfter::parse(value).map(|after| after.wait_from(now));
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        assert_eq!(wait("Sun, 22 Nov 2026 12:00:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(wait("Sun, 22 Nov 2026 11:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("Mon, 22 Nov 2026 12:00:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait(""), None);
        for absurd in [
            "99999999999",
            "9223372036854775807",
            "99999999999999999999999",
            "22 Nov 9026 12:00:30 GMT",
            "Fri, 31 Dec 9999 23:59:59 GMT",
        ] {
            assert_eq!(wait(absurd), Some(LONGEST_WAIT), "{absurd}");
        }
    }
}
