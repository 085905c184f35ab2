//! How long the lanes of a run still take. A forecast costs the thread that sends up to a millisecond, and there may be a
//! hundred lanes: each is forecast now and then, and in between its forecast is counted down.

use std::time::Duration;

use tokio::time::Instant;

/// How many lanes are forecast anew at once; those that have no forecast yet come on top.
const AT_ONCE: usize = 10;

/// The lanes' latest forecasts, each as the moment at which the lane will be done.
#[derive(Debug)]
pub(super) struct Forecasts {
    done_at: Vec<Option<Instant>>,
    /// Whose turn it is.
    next: usize,
}

impl Forecasts {
    /// None yet, for so many lanes.
    pub(super) fn new(lanes: usize) -> Self {
        Self { done_at: vec![None; lanes], next: 0 }
    }

    /// The busy lanes that are to be forecast now, by their places: all in turn, some at once.
    pub(super) fn due(&mut self, is_busy: impl Fn(usize) -> bool) -> Vec<usize> {
        let lanes = self.done_at.len();
        let (mut due, mut again, first) = (Vec::new(), 0, self.next);
        for lane in (first..lanes).chain(0..first).filter(|lane| is_busy(*lane)) {
            if self.done_at[lane].is_none() {
                due.push(lane);
            } else if again < AT_ONCE {
                again += 1;
                due.push(lane);
                self.next = (lane + 1) % lanes;
            }
        }
        due
    }

    /// A lane takes this long from now on.
    pub(super) fn note(&mut self, lane: usize, left: Duration) {
        // A time that no clock reaches is none that can be told.
        self.done_at[lane] = Instant::now().checked_add(left);
    }

    /// How long the busy lane takes that takes longest.
    pub(super) fn longest(&self, is_busy: impl Fn(usize) -> bool) -> Duration {
        let busy = self.done_at.iter().enumerate().filter(|(lane, _)| is_busy(*lane));
        let last = busy.filter_map(|(_, done_at)| *done_at).max();
        last.map_or(Duration::ZERO, |last| last.saturating_duration_since(Instant::now()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::{AT_ONCE, Forecasts};

    fn forecast_due(forecasts: &mut Forecasts, is_busy: impl Fn(usize) -> bool) -> Vec<usize> {
        let due = forecasts.due(is_busy);
        due.iter().for_each(|lane| forecasts.note(*lane, Duration::from_secs(1000 + *lane as u64)));
        due
    }

    #[tokio::test(start_paused = true)]
    async fn of_a_hundred_lanes_some_are_forecast_each_second_and_all_in_turn() {
        let mut forecasts = Forecasts::new(100);
        assert_eq!(forecast_due(&mut forecasts, |_| true).len(), 100, "at first there is no forecast");
        let mut seen = Vec::new();
        for _ in 0..100 / AT_ONCE {
            let due = forecast_due(&mut forecasts, |_| true);
            assert_eq!(due.len(), AT_ONCE);
            seen.extend(due);
        }
        seen.sort_unstable();
        assert_eq!(seen, (0..100).collect::<Vec<_>>());
        let mut odd = forecast_due(&mut forecasts, |lane| lane % 20 == 1);
        odd.sort_unstable();
        assert_eq!(odd, [1, 21, 41, 61, 81], "the others need no forecast any more");
    }

    #[tokio::test(start_paused = true)]
    async fn a_forecast_is_counted_down_and_the_busy_lane_that_takes_longest_counts() {
        let mut forecasts = Forecasts::new(3);
        assert_eq!(forecasts.longest(|_| true), Duration::ZERO);
        forecast_due(&mut forecasts, |_| true);
        advance(Duration::from_secs(7)).await;
        assert_eq!(forecasts.longest(|_| true), Duration::from_secs(995));
        assert_eq!(forecasts.longest(|lane| lane < 2), Duration::from_secs(994));
        assert_eq!(forecasts.longest(|_| false), Duration::ZERO);
    }
}
