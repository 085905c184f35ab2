//! What came back from one POST, before anyone has said what it means.

use std::time::Duration;

use jiff::Timestamp;

/// What one POST brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The server answered, at least with a status.
    Answer(Answer),
    /// No status came.
    Nothing(TransportError),
}

/// A server's answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body as far as it was read: at most 64 KiB of it (8 MiB of a page of records), with the token blotted out if the server repeated it.
    pub body: String,
    /// Whether the whole body was read.
    pub complete: bool,
    /// The `Retry-After` header.
    pub retry_after: Option<RetryAfter>,
    /// Where a redirect pointed.
    pub location: Option<String>,
    /// The `Date` header: the server's clock.
    pub date: Option<Timestamp>,
}

/// A `Retry-After` header (RFC 9110 §10.2.3): seconds, or a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// This long from the answer on.
    Wait(Duration),
    /// At this moment.
    At(Timestamp),
}

impl RetryAfter {
    /// Reads the header's value; `None` when it is neither form.
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        if let Ok(seconds) = value.parse() {
            return Some(Self::Wait(Duration::from_secs(seconds)));
        }
        http_date(value).map(Self::At)
    }

    /// How long to wait, seen from this moment.
    pub fn wait_from(self, now: Timestamp) -> Duration {
        match self {
            Self::Wait(wait) => wait,
            Self::At(moment) => Duration::try_from(moment.duration_since(now)).unwrap_or_default(),
        }
    }
}

/// An HTTP date, in the one form that servers may still send.
pub(super) fn http_date(value: &str) -> Option<Timestamp> {
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value.trim());
    date.ok()
}

/// Why no status came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportError {
    /// How far the request got.
    pub progress: RequestProgress,
    /// What happened, in words.
    pub message: String,
    /// What the libraries say of it, safe to show; may be empty.
    pub detail: String,
}

/// How far a request got before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestProgress {
    /// No connection: nothing was written.
    NotConnected,
    /// The connection failed in TLS: nothing of the request was written.
    TlsHandshake,
    /// Writing may have begun: the server may have taken it.
    MaybeSent,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::RetryAfter;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        let wait = |value| RetryAfter::parse(value).map(|after| after.wait_from(now));
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        assert_eq!(wait("Sun, 22 Nov 2026 12:00:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(wait("Sun, 22 Nov 2026 11:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("soon"), None);
    }
}
