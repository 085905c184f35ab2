//! One rolling limit, such as `60/1m`, as people write it.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;

/// Longer durations are cut to ten years, so that no sum of a duration and a moment overflows.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// At most `calls` in any stretch of time as long as `per`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How many calls fit into the window.
    pub calls: NonZeroU32,
    /// The window's length; longer than zero.
    pub per: Duration,
}

/// Why a text is not a rate limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a rate limit: write calls/time, such as 60/1m or 1800/1h")]
pub struct LimitError {
    given: String,
}

impl FromStr for Limit {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || LimitError { given: crate::text::excerpt(text, 40) };
        let (calls, per) = text.split_once('/').ok_or_else(wrong)?;
        let calls = calls.trim().parse().map_err(|_| wrong())?;
        let per = parse_duration(per).ok_or_else(wrong)?;
        if per.is_zero() {
            return Err(wrong());
        }
        Ok(Self { calls, per })
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.calls, duration_text(self.per))
    }
}

/// Parses `10m`, `1h 30m`, `500ms`; `None` for anything else, including bare and negative numbers.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let duration: SignedDuration = text.trim().parse().ok()?;
    Duration::try_from(duration).ok().map(|duration| duration.min(LONGEST))
}

/// A duration as [`parse_duration`] reads it.
pub fn duration_text(duration: Duration) -> String {
    SignedDuration::try_from(duration).map_or_else(|_| format!("{}s", duration.as_secs()), |d| format!("{d:#}"))
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Limit, parse_duration};
    use std::time::Duration;

    #[test]
    fn limits_print_as_they_are_written() {
        for text in ["60/1m", "1800/1h", "6/3s", "30/20s", "5/500ms"] {
            let limit: Limit = text.parse().unwrap();
            assert_eq!(limit.to_string(), text);
        }
    }

    #[test]
    fn invalid_limits_are_refused_with_an_example() {
        for text in ["", "60", "0/1m", "60/0s", "60/", "-1/1m", "60/-1m", "x/1m", "60/1"] {
            let error = text.parse::<Limit>().unwrap_err();
            assert!(error.to_string().contains("60/1m"), "{text}: {error}");
        }
    }

    #[test]
    fn durations_parse_with_units_and_are_capped() {
        assert_eq!(parse_duration("10m"), Some(Duration::from_secs(600)));
        assert_eq!(parse_duration("1h 30m"), Some(Duration::from_secs(5400)));
        assert_eq!(parse_duration("10"), None);
        assert_eq!(parse_duration("-1s"), None);
        assert_eq!(parse_duration("9223372036854775807s"), Some(LONGEST));
    }
}
