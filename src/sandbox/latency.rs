//! Simulated network latency.

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::SignedDuration;

use crate::text::excerpt;

/// Why a text is not a valid latency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid latency {given:?}: expected a time or a range, such as 50ms or 20ms..80ms")]
pub struct LatencyError {
    given: String,
}

impl crate::error::Advice for LatencyError {}

/// Parses `50ms` or `20ms..80ms`.
///
/// # Errors
/// If the text is neither, or the range is empty.
pub fn parse_latency(text: &str) -> Result<RangeInclusive<Duration>, LatencyError> {
    let (least, most) = text.split_once("..").unwrap_or((text, text));
    let range = parse_time(least).zip(parse_time(most)).filter(|(least, most)| least <= most);
    range.map(|(least, most)| least..=most).ok_or_else(|| LatencyError { given: excerpt(text, 40) })
}

fn parse_time(text: &str) -> Option<Duration> {
    let time: SignedDuration = text.trim().parse().ok()?;
    Duration::try_from(time).ok()
}

/// The latency of one call: before it counts as arrived, and before its response leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CallLatency {
    pub(super) request: Duration,
    pub(super) response: Duration,
}

impl CallLatency {
    /// Draws a total from the range and splits it at random. The arrival varies on a real network, too, which is what
    /// catches a client that counts its calls from when it sent them.
    pub(super) fn draw(range: &RangeInclusive<Duration>, rng: &mut fastrand::Rng) -> Self {
        let spread = range.end().saturating_sub(*range.start());
        let total = *range.start() + spread.mul_f64(rng.f64());
        let request = total.mul_f64(rng.f64()).min(total);
        Self { request, response: total.saturating_sub(request) }
    }

    /// The same with all of it before the call counts as arrived.
    pub(super) fn before_arrival(self) -> Self {
        Self { request: self.request.saturating_add(self.response), response: Duration::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use super::{CallLatency, parse_latency};
    use std::time::Duration;

    const fn ms(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn a_latency_is_a_time_or_a_range() {
        assert_eq!(parse_latency("50ms"), Ok(ms(50)..=ms(50)));
        assert_eq!(parse_latency("20ms..80ms"), Ok(ms(20)..=ms(80)));
        assert_eq!(parse_latency(" 1s .. 1m "), Ok(ms(1000)..=ms(60_000)));
    }

    #[test]
    fn an_invalid_latency_gets_an_example() {
        for text in ["", "50", "80ms..20ms", "20ms..", "-5ms", "20ms-80ms", "20ms..80ms..90ms"] {
            let error = parse_latency(text).unwrap_err();
            assert!(error.to_string().contains("20ms..80ms"), "{text}: {error}");
        }
    }

    #[test]
    fn a_call_stays_in_range_and_arrives_anywhere() {
        let mut chance = fastrand::Rng::with_seed(7);
        let calls: Vec<_> = (0..500).map(|_| CallLatency::draw(&(ms(20)..=ms(80)), &mut chance)).collect();
        assert!(calls.iter().all(|call| (ms(20)..=ms(80)).contains(&(call.request + call.response))));
        assert!(calls.iter().any(|call| call.request < ms(5)), "some calls arrive early");
        assert!(calls.iter().any(|call| call.response < ms(5)), "some calls arrive late");
        let fixed = CallLatency::draw(&(ms(50)..=ms(50)), &mut chance);
        assert_eq!(fixed.request + fixed.response, ms(50));
    }
}
