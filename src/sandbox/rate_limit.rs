//! Exact rolling rate limits: every arrival inside a window is remembered.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// All windows of one bot. A request counts in every window or, if any is full, in none.
#[derive(Debug)]
pub(super) struct RateLimiter {
    windows: Vec<Window>,
}

#[derive(Debug)]
struct Window {
    limit: usize,
    length: Duration,
    arrivals: VecDeque<Instant>,
}

impl RateLimiter {
    pub(super) fn new(limits: &[(u32, Duration)]) -> Self {
        let window =
            |&(limit, length): &(u32, Duration)| Window { limit: limit as usize, length, arrivals: VecDeque::new() };
        Self { windows: limits.iter().map(window).collect() }
    }

    /// Admits a request that arrives now.
    ///
    /// # Errors
    /// The length of the longest window that is full: the one that the caller waits for the longest.
    pub(super) fn admit(&mut self, now: Instant) -> Result<(), Duration> {
        self.windows.iter_mut().for_each(|window| window.expire(now));
        if let Some(length) = self.windows.iter().filter(|window| window.is_full()).map(|window| window.length).max() {
            return Err(length);
        }
        self.windows.iter_mut().for_each(|window| window.arrivals.push_back(now));
        Ok(())
    }
}

impl Window {
    fn is_full(&self) -> bool {
        self.arrivals.len() >= self.limit
    }

    fn expire(&mut self, now: Instant) {
        while self.arrivals.front().is_some_and(|arrival| now.duration_since(*arrival) >= self.length) {
            self.arrivals.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RateLimiter;
    use proptest::prelude::{any, proptest};
    use std::time::{Duration, Instant};

    const MINUTE: Duration = Duration::from_secs(60);
    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_slot_frees_after_a_whole_window() {
        let start = Instant::now();
        let mut limiter = RateLimiter::new(&[(2, MINUTE)]);
        assert_eq!(limiter.admit(start), Ok(()));
        assert_eq!(limiter.admit(start + Duration::from_secs(30)), Ok(()));
        assert_eq!(limiter.admit(start + MINUTE - Duration::from_nanos(1)), Err(MINUTE));
        assert_eq!(limiter.admit(start + MINUTE), Ok(()));
        assert_eq!(limiter.admit(start + MINUTE), Err(MINUTE));
    }

    #[test]
    fn a_rejected_request_takes_no_slot() {
        let start = Instant::now();
        let mut limiter = RateLimiter::new(&[(1, MINUTE), (2, HOUR)]);
        assert_eq!(limiter.admit(start), Ok(()));
        for second in 1..60 {
            assert_eq!(limiter.admit(start + Duration::from_secs(second)), Err(MINUTE));
        }
        assert_eq!(limiter.admit(start + MINUTE), Ok(()));
    }

    #[test]
    fn the_longest_full_window_is_returned() {
        let start = Instant::now();
        let mut limiter = RateLimiter::new(&[(1, MINUTE), (1, HOUR)]);
        assert_eq!(limiter.admit(start), Ok(()));
        assert_eq!(limiter.admit(start), Err(HOUR));
    }

    proptest! {
        /// No span of a window's length has more than its requests, and a request is rejected only if the span that
        /// ends with it is full.
        #[test]
        fn no_span_exceeds_the_limit(gaps in proptest::collection::vec(any::<u8>(), 1..200), calls in 1u32..9) {
            let per = Duration::from_millis(500);
            let mut limiter = RateLimiter::new(&[(calls, per)]);
            let mut now = Instant::now();
            let mut taken: Vec<Instant> = Vec::new();
            for gap in gaps {
                now += Duration::from_millis(u64::from(gap));
                let recent = taken.iter().filter(|moment| now.duration_since(**moment) < per).count();
                let room = recent < calls as usize;
                assert_eq!(limiter.admit(now).is_ok(), room);
                if room {
                    taken.push(now);
                }
            }
        }
    }
}
