//! Rolling limits, counted the moment a call arrives. Exact: every arrival inside a window is remembered.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// All limits of the bot. A call is counted in every window or, when any is full, in none.
#[derive(Debug)]
pub(super) struct Quota {
    windows: Vec<Window>,
}

#[derive(Debug)]
struct Window {
    calls: usize,
    per: Duration,
    arrivals: VecDeque<Instant>,
}

impl Quota {
    pub(super) fn new(limits: &[(u32, Duration)]) -> Self {
        let window = |&(calls, per): &(u32, Duration)| Window { calls: calls as usize, per, arrivals: VecDeque::new() };
        Self { windows: limits.iter().map(window).collect() }
    }

    /// Counts a call that arrives now.
    ///
    /// # Errors
    /// The length of the longest window that is full: the one that keeps the caller waiting longest.
    pub(super) fn count(&mut self, now: Instant) -> Result<(), Duration> {
        self.windows.iter_mut().for_each(|window| window.forget(now));
        match self.windows.iter().filter(|window| window.is_full()).map(|window| window.per).max() {
            Some(per) => Err(per),
            None => {
                self.windows.iter_mut().for_each(|window| window.arrivals.push_back(now));
                Ok(())
            }
        }
    }
}

impl Window {
    fn is_full(&self) -> bool {
        self.arrivals.len() >= self.calls
    }

    /// Drops the arrivals that lie a whole window back or more.
    fn forget(&mut self, now: Instant) {
        while self.arrivals.front().is_some_and(|arrival| now.duration_since(*arrival) >= self.per) {
            self.arrivals.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Quota;
    use proptest::prelude::{any, proptest};
    use std::time::{Duration, Instant};

    const MINUTE: Duration = Duration::from_secs(60);
    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_window_is_full_until_its_oldest_call_is_a_whole_window_back() {
        let start = Instant::now();
        let mut quota = Quota::new(&[(2, MINUTE)]);
        assert_eq!(quota.count(start), Ok(()));
        assert_eq!(quota.count(start + Duration::from_secs(30)), Ok(()));
        assert_eq!(quota.count(start + MINUTE - Duration::from_nanos(1)), Err(MINUTE));
        assert_eq!(quota.count(start + MINUTE), Ok(()));
        assert_eq!(quota.count(start + MINUTE), Err(MINUTE));
    }

    #[test]
    fn a_refused_call_takes_no_slot_in_any_window() {
        let start = Instant::now();
        let mut quota = Quota::new(&[(1, MINUTE), (2, HOUR)]);
        assert_eq!(quota.count(start), Ok(()));
        for second in 1..60 {
            assert_eq!(quota.count(start + Duration::from_secs(second)), Err(MINUTE));
        }
        assert_eq!(quota.count(start + MINUTE), Ok(()));
    }

    #[test]
    fn the_longest_full_window_is_named() {
        let start = Instant::now();
        let mut quota = Quota::new(&[(1, MINUTE), (1, HOUR)]);
        assert_eq!(quota.count(start), Ok(()));
        assert_eq!(quota.count(start), Err(HOUR));
    }

    proptest! {
        /// However calls arrive, no stretch of a window's length holds more than its calls, and a call is only
        /// refused when the stretch that ends with it is full.
        #[test]
        fn no_window_ever_holds_more(gaps in proptest::collection::vec(any::<u8>(), 1..200), calls in 1u32..9) {
            let per = Duration::from_millis(500);
            let mut quota = Quota::new(&[(calls, per)]);
            let mut now = Instant::now();
            let mut taken: Vec<Instant> = Vec::new();
            for gap in gaps {
                now += Duration::from_millis(u64::from(gap));
                let recent = taken.iter().filter(|moment| now.duration_since(**moment) < per).count();
                let room = recent < calls as usize;
                assert_eq!(quota.count(now).is_ok(), room);
                if room {
                    taken.push(now);
                }
            }
        }
    }
}
