//! How long calls will take: the windows are driven on, over calls that nobody makes.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Moment, Room, Windows};
use crate::pacing::Limit;

impl Windows {
    /// How long this many more calls take from now on, when every answer comes at once.
    pub fn time_for(&self, calls: u64, now: Moment) -> Duration {
        if self.limits.is_empty() || calls == 0 {
            return self.held_until.saturating_sub(now);
        }
        let (cycle, settled) = self.cycle();
        let simulated = calls.min(settled + cycle + (calls - 1 - settled.min(calls - 1)) % cycle + 1);
        let mut future = self.at_rest(now);
        let (mut moment, mut one_cycle_ago) = (now, now);
        for call in 0..simulated {
            moment = future.go_at_the_earliest(moment);
            if call + 1 + cycle == simulated {
                one_cycle_ago = moment;
            }
        }
        // Once settled, the schedule repeats itself, one filling of the slowest window after the other.
        let repeats = (calls - simulated) / cycle;
        let period = moment.saturating_sub(one_cycle_ago);
        moment.saturating_sub(now) + period * u32::try_from(repeats).unwrap_or(u32::MAX)
    }

    /// After how many calls the schedule repeats itself (a filling of the slowest window), and how many calls it takes to
    /// settle into that.
    fn cycle(&self) -> (u64, u64) {
        let slots = |limit: &Limit| u64::from(limit.calls.get());
        let slowest = self.limits.iter().max_by_key(|limit| limit.per / limit.calls.get());
        let largest = self.limits.iter().map(slots).max().unwrap_or(1);
        // Windows that don't divide each other settle late; what is simulated costs a tenth of a microsecond a call.
        (slowest.map_or(1, slots), (4 * largest).max(10_000))
    }

    /// Nothing in flight, and one list of everybody's calls: whose they are makes no difference, and to walk through two
    /// lists for each call that is simulated would cost a thousand times as much.
    fn at_rest(&self, now: Moment) -> Self {
        let flying = std::iter::repeat_n(now, self.in_flight);
        let mut answered: Vec<Moment> = self.answered.iter().chain(&self.others).copied().chain(flying).collect();
        answered.sort_unstable();
        let (answered, others) = (answered.into(), VecDeque::new());
        let mut future = Self { stretch: 1.0, in_flight: 0, answered, others, ..self.clone() };
        future.forget_expired(now);
        future
    }

    fn go_at_the_earliest(&mut self, now: Moment) -> Moment {
        let moment = match self.room(now) {
            Room::At(moment) => moment,
            Room::Now | Room::AfterAnswer => now,
        };
        self.last_call = Some(moment);
        // Calls of others may be answered later than this one, as far as anybody knows.
        if self.answered.back().is_some_and(|answer| *answer > moment) {
            self.answered.insert(self.answered.partition_point(|answer| *answer <= moment), moment);
        } else {
            self.answered.push_back(moment);
        }
        self.forget_expired(moment);
        moment
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::pacing::{Pace, Windows};

    #[test]
    fn the_vendors_limits_take_half_an_hour_for_the_first_1800_and_an_hour_for_each_1800_after() {
        let windows = Windows::new(&["60/1m", "1800/1h"].map(|limit| limit.parse().unwrap()), Pace::Even);
        let minutes = |calls| windows.time_for(calls, Duration::ZERO).as_secs_f64() / 60.0;
        assert!((29.9..30.1).contains(&minutes(1_800)), "{}", minutes(1_800));
        assert!((60.0..60.1).contains(&minutes(1_801)), "{}", minutes(1_801));
        let hours = minutes(100_000) / 60.0;
        assert!((55.27..55.3).contains(&hours), "{hours}");
    }
}
