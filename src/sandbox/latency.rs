//! How long calls take: a range of times, and what is drawn from it.

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::SignedDuration;

/// Why a text is no latency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a latency: write one time or two, such as 50ms or 20ms..80ms, the smaller first")]
pub struct LatencyError {
    given: String,
}

impl crate::error::Advice for LatencyError {}

/// Reads `50ms` or `20ms..80ms`.
///
/// # Errors
/// When it is neither, or the first time is the larger one.
pub fn parse_latency(text: &str) -> Result<RangeInclusive<Duration>, LatencyError> {
    let wrong = || LatencyError { given: crate::text::excerpt(text, 40) };
    let (least, most) = text.split_once("..").unwrap_or((text, text));
    let least = parse_time(least).ok_or_else(wrong)?;
    let most = parse_time(most).ok_or_else(wrong)?;
    if least > most {
        return Err(wrong());
    }
    Ok(least..=most)
}

fn parse_time(text: &str) -> Option<Duration> {
    let time: SignedDuration = text.trim().parse().ok()?;
    Duration::try_from(time).ok()
}

/// The two halves of a call's latency: its way to the server, after which it is counted, and the answer's way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Journey {
    pub(super) there: Duration,
    pub(super) back: Duration,
}

impl Journey {
    /// Draws a latency from the range, and where in it the call arrives. That moment varies on a real network, and a
    /// client that counts its calls from when it sent them goes wrong only when it does.
    pub(super) fn draw(latency: &RangeInclusive<Duration>, chance: &mut fastrand::Rng) -> Self {
        let spread = latency.end().saturating_sub(*latency.start());
        let whole = *latency.start() + spread.mul_f64(chance.f64());
        let there = whole.mul_f64(chance.f64()).min(whole);
        Self { there, back: whole.saturating_sub(there) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Journey, parse_latency};
    use std::time::Duration;

    const fn ms(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn one_time_or_two_read_as_people_write_them() {
        assert_eq!(parse_latency("50ms"), Ok(ms(50)..=ms(50)));
        assert_eq!(parse_latency("20ms..80ms"), Ok(ms(20)..=ms(80)));
        assert_eq!(parse_latency(" 1s .. 1m "), Ok(ms(1000)..=ms(60_000)));
    }

    #[test]
    fn what_is_no_latency_is_refused_with_what_to_write() {
        for text in ["", "50", "80ms..20ms", "20ms..", "-5ms", "20ms-80ms", "20ms..80ms..90ms"] {
            let error = parse_latency(text).unwrap_err();
            assert!(error.to_string().contains("20ms..80ms"), "{text}: {error}");
        }
    }

    #[test]
    fn a_journey_takes_as_long_as_the_range_allows_and_arrives_anywhere_in_it() {
        let mut chance = fastrand::Rng::with_seed(7);
        let journeys: Vec<_> = (0..500).map(|_| Journey::draw(&(ms(20)..=ms(80)), &mut chance)).collect();
        assert!(journeys.iter().all(|way| (ms(20)..=ms(80)).contains(&(way.there + way.back))));
        assert!(journeys.iter().any(|way| way.there < ms(5)), "some calls arrive early");
        assert!(journeys.iter().any(|way| way.back < ms(5)), "some calls arrive late");
        let fixed = Journey::draw(&(ms(50)..=ms(50)), &mut chance);
        assert_eq!(fixed.there + fixed.back, ms(50));
    }
}
