//! Exact rolling windows as pure arithmetic over moments.
//!
//! A call takes a slot, which is free again one window after the *answer* to that call arrived. The server counted the call
//! no later than it answered, so however latency varies, the server never counts more than the limit.
//!
//! Invariants, for every limit and whenever a call starts:
//! 1. calls in flight + calls answered within the last window < the limit;
//! 2. at an even pace, the previous call started at least one spacing earlier;
//! 3. no call starts during a pause.
//!
//! Other clients may use the same bot without this process knowing. The server then refuses calls although the windows have
//! room: each refusal doubles the spacing between calls, and each accepted call takes a little of that back.

#[cfg(test)]
mod laws;

use std::collections::VecDeque;
use std::time::Duration;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::{Backoff, Limit};

/// The window that a refusal is about when it names none: the first to fill up at the vendor's limits.
const MINUTE: Duration = Duration::from_secs(60);
/// The widest spacing, in multiples of an even pace: at 60 a minute, a call every half minute.
const MAX_STRETCH: f64 = 32.0;
/// What is left of the stretch after an accepted call: half of it after some 22 calls.
const STRETCH_DECAY: f64 = 0.97;

/// A moment, as the time since a fixed origin that all moments of one [`Windows`] share.
pub(crate) type Moment = Duration;

/// How calls are spread inside the smallest window; described as in the help. Even is the default, so that no other client
/// of the bot waits for a whole minute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pace {
    /// Evenly: 60 per minute is one per second
    #[default]
    Even,
    /// As early as possible: 60 at once, then a pause
    Early,
}

/// When the next call may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    Now,
    At(Moment),
    /// Only after a call in flight has been answered.
    AfterAnswer,
}

/// All rolling windows of one bot.
#[derive(Debug, Clone)]
pub(crate) struct Windows {
    limits: Vec<Limit>,
    pace: Pace,
    /// How many times wider than even calls are spaced because other clients use the bot; 1 if they don't.
    stretch: f64,
    /// When calls were answered, in order; only those that some window still contains.
    answered: VecDeque<Moment>,
    in_flight: usize,
    last_call: Option<Moment>,
    /// The call before the last one, in case the last is given back.
    call_before: Option<Moment>,
    paused_until: Moment,
    /// Consecutive refusals, and when the last one that counted came.
    refusals: u32,
    refused_at: Option<Moment>,
    /// Calls of other processes to the same bot: when they were answered, or will have been at the latest; in order.
    others: VecDeque<Moment>,
}

impl Windows {
    /// Empty windows. Without limits, nothing ever waits.
    pub(crate) fn new(limits: &[Limit], pace: Pace) -> Self {
        Self {
            limits: limits.to_vec(),
            pace,
            stretch: 1.0,
            answered: VecDeque::new(),
            in_flight: 0,
            last_call: None,
            call_before: None,
            paused_until: Duration::ZERO,
            refusals: 0,
            refused_at: None,
            others: VecDeque::new(),
        }
    }

    /// Whether a call may start at this moment, and if not, when.
    pub(crate) fn room(&self, now: Moment) -> Room {
        let spaced = self.last_call.map_or(Duration::ZERO, |last| last.saturating_add(self.spacing()));
        let mut earliest = self.paused_until.max(spaced);
        for limit in &self.limits {
            match self.slot_free(limit, 0) {
                Some(free) => earliest = earliest.max(free),
                None => return Room::AfterAnswer,
            }
        }
        if earliest <= now { Room::Now } else { Room::At(earliest) }
    }

    /// The limit whose window is full for longest at this moment, and when it has room again.
    pub(crate) fn full_until(&self, now: Moment) -> Option<(Limit, Moment)> {
        let full = self.limits.iter().filter_map(|limit| Some((*limit, self.slot_free(limit, 0)?)));
        full.filter(|(_, free)| *free > now).max_by_key(|(_, free)| *free)
    }

    /// How many calls each limit's window contains at this moment, those in flight included.
    pub(crate) fn usage(&self, now: Moment) -> Vec<(Limit, u64)> {
        let is_held = |limit: &Limit, answer: &Moment| answer.saturating_add(held_for(limit)) > now;
        let used = |limit: &Limit| {
            let answers = self.answered.iter().chain(&self.others).filter(|answer| is_held(limit, answer));
            (answers.count() + self.in_flight) as u64
        };
        self.limits.iter().map(|limit| (*limit, used(limit))).collect()
    }

    /// About how long this many more calls take if each is answered at once; the error is at most about one window.
    pub(crate) fn time_for(&self, calls: u64, now: Moment) -> Duration {
        let paused = self.paused_until.saturating_sub(now);
        let Some(last) = calls.checked_sub(1) else { return paused };
        let spacing = if self.pace == Pace::Even { self.even_spacing() } else { Duration::ZERO };
        // Each limit alone: full windows, one after the other, then the wait for a slot.
        let alone = |limit: &Limit, call: u64| {
            let slots = u64::from(limit.calls.get());
            let more = usize::try_from(call % slots).unwrap_or(usize::MAX);
            let wait = self.slot_free(limit, more).map_or(limit.per, |free| free.saturating_sub(now));
            times(limit.per, call / slots).saturating_add(wait)
        };
        // Together: full windows of one limit, then what remains at the pace of the smaller windows.
        let together = |limit: &Limit| {
            let slots = u64::from(limit.calls.get());
            let rest = last % slots;
            let smaller = self.limits.iter().filter(|other| other.per <= limit.per).map(|other| alone(other, rest));
            times(limit.per, last / slots).saturating_add(smaller.fold(times(spacing, rest), Duration::max))
        };
        self.limits.iter().map(together).fold(paused, Duration::max)
    }

    /// The least time between two calls.
    fn spacing(&self) -> Duration {
        match self.pace {
            Pace::Early if self.stretch <= 1.0 => Duration::ZERO,
            Pace::Early | Pace::Even => self.even_spacing().mul_f64(self.stretch),
        }
    }

    fn even_spacing(&self) -> Duration {
        let smallest = self.limits.iter().min_by_key(|limit| limit.per);
        smallest.map_or(Duration::ZERO, |smallest| smallest.per / smallest.calls.get())
    }

    /// When this limit has a free slot once `more` calls are in flight, as far as answers are known; `None` while calls in
    /// flight take them all.
    fn slot_free(&self, limit: &Limit, more: usize) -> Option<Moment> {
        let slots = limit.calls.get() as usize;
        let free = slots.checked_sub(self.in_flight)?.checked_sub(more).filter(|free| *free > 0)?;
        let holder = self.nth_latest_answer(free);
        Some(holder.map_or(Duration::ZERO, |answer| answer.saturating_add(held_for(limit))))
    }

    /// The n-th latest answer (1 = the latest) of this and other processes together.
    fn nth_latest_answer(&self, n: usize) -> Option<Moment> {
        if self.others.is_empty() {
            return self.answered.get(self.answered.len().checked_sub(n)?).copied();
        }
        let (mut ours, mut others) = (self.answered.iter().rev().peekable(), self.others.iter().rev().peekable());
        let mut latest = None;
        for _ in 0..n {
            latest = match (ours.peek(), others.peek()) {
                (Some(our), Some(other)) if our >= other => ours.next(),
                (_, Some(_)) => others.next(),
                _ => ours.next(),
            };
            latest?;
        }
        latest.copied()
    }

    /// A call starts at this moment and takes a slot.
    pub(crate) fn take(&mut self, now: Moment) {
        self.in_flight += 1;
        self.call_before = self.last_call.replace(now);
    }

    /// A call was answered, or is no longer waited for: its slot is free one window from now.
    pub(crate) fn answer(&mut self, now: Moment) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.answered.push_back(now);
        self.forget_expired(now);
    }

    /// A call that had taken a slot at this moment was never made: the next one need not keep its distance from it.
    pub(crate) fn give_back(&mut self, taken: Moment) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if self.last_call == Some(taken) {
            self.last_call = self.call_before;
        }
    }

    /// The server refused a call that started at `sent` although the windows had room: other clients use the bot. Calls
    /// pause until the window that the refusal names can have room, or for as long as the server `asked`; twice as long
    /// for each consecutive refusal. From then on they are spaced wider. Returns how long the pause is.
    ///
    /// Of the calls in flight together, only the first refused one counts.
    pub(crate) fn refuse(&mut self, sent: Moment, named: Option<Duration>, asked: Duration, now: Moment) -> Duration {
        if self.refused_at.is_none_or(|refused| sent >= refused) {
            self.refused_at = Some(now);
            self.refusals = self.refusals.saturating_add(1);
            self.stretch = (self.stretch * 2.0).min(MAX_STRETCH);
        }
        let window = named.unwrap_or(MINUTE);
        let growing = Backoff { first: window / 60, most: window }.ceiling(self.refusals);
        let growing = growing.saturating_sub(now.saturating_sub(self.refused_at.unwrap_or(now)));
        let expiry = self.next_expiry(named, now).map_or(Duration::ZERO, |moment| moment.saturating_sub(now));
        self.pause_until(now.saturating_add(asked.max(expiry).max(growing)));
        self.paused_until.saturating_sub(now)
    }

    /// The server accepted a call: the spacing shrinks a little, and the next refusal weighs less.
    pub(crate) fn accept(&mut self) {
        self.stretch = (self.stretch * STRETCH_DECAY).max(1.0);
        self.refusals /= 2;
    }

    fn pause_until(&mut self, moment: Moment) {
        self.paused_until = self.paused_until.max(moment);
    }

    /// Replaces what is known of other processes' calls: when each was answered, or will have been at the latest.
    pub(crate) fn set_others(&mut self, mut answered: Vec<Moment>, now: Moment) {
        answered.sort_unstable();
        self.others = answered.into();
        self.forget_expired(now);
    }

    /// When the latest call of another process was answered, or will have been at the latest.
    pub(crate) fn last_of_others(&self) -> Option<Moment> {
        self.others.back().copied()
    }

    /// When the oldest call leaves the window that a refusal named, or the smallest; `None` if that window is empty.
    fn next_expiry(&self, per: Option<Duration>, now: Moment) -> Option<Moment> {
        let limit = match per {
            Some(per) => self.limits.iter().find(|limit| limit.per == per),
            None => self.limits.iter().min_by_key(|limit| limit.per),
        }?;
        let answers = self.answered.iter().chain(&self.others);
        answers.map(|answer| answer.saturating_add(held_for(limit))).filter(|free| *free > now).min()
    }

    fn forget_expired(&mut self, now: Moment) {
        let longest = self.limits.iter().map(held_for).max().unwrap_or_default();
        for calls in [&mut self.answered, &mut self.others] {
            while calls.front().is_some_and(|answer| answer.saturating_add(longest) <= now) {
                calls.pop_front();
            }
        }
    }
}

/// How long an answered call holds its slot: slightly longer than the window. The server's clock may be slower than ours by
/// a few parts in ten thousand, and its window may include both of its ends.
fn held_for(limit: &Limit) -> Duration {
    limit.per.saturating_add((limit.per / 10_000).max(Duration::from_millis(1)))
}

fn times(duration: Duration, number: u64) -> Duration {
    duration.saturating_mul(u32::try_from(number).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Limit, Moment, Pace, Room, Windows};

    const SECOND: Duration = Duration::from_secs(1);

    fn windows(limits: &[&str], pace: Pace) -> Windows {
        let limits: Vec<Limit> = limits.iter().map(|text| text.parse().unwrap()).collect();
        Windows::new(&limits, pace)
    }

    /// Refuses a call that started just now.
    fn refuse_now(windows: &mut Windows, now: Moment) -> Duration {
        windows.refuse(now, None, Duration::ZERO, now)
    }

    #[test]
    fn even_pace_spaces_sixty_a_minute_by_seconds() {
        let mut windows = windows(&["60/1m"], Pace::Even);
        windows.take(5 * SECOND);
        windows.answer(5 * SECOND);
        assert_eq!(windows.room(5 * SECOND), Room::At(6 * SECOND));
    }

    #[test]
    fn refusals_widen_the_spacing_and_successes_narrow_it() {
        for pace in [Pace::Even, Pace::Early] {
            let mut windows = windows(&["60/1m"], pace);
            refuse_now(&mut windows, SECOND);
            refuse_now(&mut windows, 2 * SECOND);
            assert_eq!(windows.spacing(), 4 * SECOND);
            windows.accept();
            assert!(windows.spacing() > Duration::from_millis(3800));
            (0..100).for_each(|_| windows.accept());
            assert_eq!(windows.spacing(), if pace == Pace::Even { SECOND } else { Duration::ZERO });
            for moment in 3..100 {
                refuse_now(&mut windows, moment * SECOND);
            }
            assert_eq!(windows.spacing(), 32 * SECOND);
        }
    }

    #[test]
    fn consecutive_refusals_double_the_pause() {
        let mut windows = windows(&[], Pace::Even);
        let pauses: Vec<u64> = [0, 10, 20, 30].map(|now| refuse_now(&mut windows, now * SECOND).as_secs()).into();
        assert_eq!(pauses, [1, 2, 4, 8]);
        assert_eq!(windows.room(30 * SECOND), Room::At(38 * SECOND));
        // The server may ask for more.
        assert_eq!(windows.refuse(40 * SECOND, Some(3600 * SECOND), Duration::ZERO, 40 * SECOND), 960 * SECOND);
        assert_eq!(windows.refuse(41 * SECOND, None, 7200 * SECOND, 41 * SECOND), 7200 * SECOND);
        assert_eq!(windows.refuse(41 * SECOND, None, Duration::MAX, 41 * SECOND), Duration::MAX - 41 * SECOND);
    }

    #[test]
    fn calls_in_flight_together_are_refused_once() {
        let mut windows = windows(&["60/1m"], Pace::Early);
        let first = windows.refuse(5 * SECOND, None, Duration::ZERO, 6 * SECOND);
        for _ in 0..8 {
            assert!(windows.refuse(5 * SECOND, None, Duration::ZERO, 6 * SECOND) <= first);
        }
        assert_eq!(windows.spacing(), 2 * SECOND);
    }

    #[test]
    fn the_limit_that_is_waited_for_is_named() {
        let mut windows = windows(&["2/1s", "3/1m"], Pace::Early);
        for _ in 0..3 {
            windows.take(Duration::ZERO);
            windows.answer(Duration::ZERO);
        }
        let (limit, until) = windows.full_until(Duration::ZERO).unwrap();
        assert_eq!((limit.to_string().as_str(), until), ("3/1m", Duration::from_millis(60_006)));
        assert_eq!(windows.full_until(until), None);
    }

    #[test]
    fn calls_of_other_processes_take_slots() {
        let mut windows = windows(&["2/1m"], Pace::Early);
        windows.set_others(vec![7 * SECOND, 3 * SECOND], 10 * SECOND);
        assert_eq!(windows.room(10 * SECOND), Room::At(Duration::from_millis(63_006)));
        windows.set_others(Vec::new(), 10 * SECOND);
        assert_eq!(windows.room(10 * SECOND), Room::Now);
    }

    #[test]
    fn expired_calls_of_other_processes_are_forgotten() {
        let mut windows = windows(&["2/1s", "3/1m"], Pace::Early);
        windows.set_others((0..100).map(|second| second * SECOND).collect(), 100 * SECOND);
        assert_eq!(windows.others.len(), 60, "those of the last minute");
        windows.take(130 * SECOND);
        windows.answer(130 * SECOND);
        assert_eq!(windows.others.len(), 30, "later");
    }

    #[test]
    fn a_returned_slot_is_free_at_once() {
        let mut windows = windows(&["1/1m"], Pace::Early);
        windows.take(Duration::ZERO);
        assert_eq!(windows.room(Duration::ZERO), Room::AfterAnswer);
        windows.give_back(Duration::ZERO);
        assert_eq!(windows.room(Duration::ZERO), Room::Now);
    }

    #[test]
    fn a_returned_slot_leaves_the_pace_unchanged() {
        let mut windows = windows(&["60/1m"], Pace::Even);
        windows.take(5 * SECOND);
        windows.answer(5 * SECOND);
        windows.take(6 * SECOND);
        windows.give_back(6 * SECOND);
        assert_eq!(windows.room(6 * SECOND), Room::Now);
        windows.take(6 * SECOND);
        assert_eq!(windows.room(6 * SECOND), Room::At(7 * SECOND));
    }

    #[test]
    fn a_pause_stops_calls_even_without_limits() {
        let mut windows = windows(&[], Pace::Even);
        assert_eq!(windows.room(Duration::ZERO), Room::Now);
        windows.pause_until(9 * SECOND);
        assert_eq!(windows.room(8 * SECOND), Room::At(9 * SECOND));
        assert_eq!(windows.room(9 * SECOND), Room::Now);
    }

    #[test]
    fn time_for_counts_full_hours_and_the_rest() {
        let windows = windows(&["60/1m", "1800/1h"], Pace::Even);
        let minutes = |calls| windows.time_for(calls, Duration::ZERO).as_secs_f64() / 60.0;
        assert!((29.9..30.1).contains(&minutes(1_800)), "{}", minutes(1_800));
        assert!((60.0..60.1).contains(&minutes(1_801)), "{}", minutes(1_801));
        assert!((89.9..90.1).contains(&minutes(3_600)), "{}", minutes(3_600));
        let hours = minutes(100_000) / 60.0;
        assert!((55.27..55.3).contains(&hours), "{hours}");
        assert!(windows.time_for(u64::MAX, Duration::ZERO) > Duration::from_secs(u64::from(u32::MAX)));
    }
}
