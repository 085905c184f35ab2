//! Exact rolling windows as pure arithmetic over moments.
//!
//! A slot is taken by a call and is free again one window after the *answer* to that call arrived. The server counted
//! the call no later than it answered, so however latency varies it never sees more than the limit.
//!
//! Invariants, for every limit and at every moment a call is let go:
//! 1. calls in flight + calls answered within the last window < the limit;
//! 2. on an even pace, the call before was let go at least one spacing earlier;
//! 3. no call is let go before a hold ends.
//!
//! Somebody else may use the same bot, whose calls nobody tells us of. Refusals then come although our own windows have
//! room: each one doubles the spacing between calls, and each call that gets through takes a little of that back.

mod forecast;
#[cfg(test)]
mod laws;

use std::collections::VecDeque;
use std::time::Duration;

use super::{Backoff, Limit};

/// The window that a refusal is about when it names none: the one that fills up first at the vendor's limits.
const MINUTE: Duration = Duration::from_secs(60);
/// The widest that spacing gets, in multiples of even: at 60 a minute, a call every half minute.
const WIDEST: f64 = 32.0;
/// What is left of the widening after a call that got through: half of it after some 22 calls.
const COMING_BACK: f64 = 0.97;

/// A moment, as the time since some fixed origin that all moments of one [`Windows`] share.
pub type Moment = Duration;

/// How calls are spread inside the smallest window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pace {
    /// Evenly: 60 a minute becomes one a second. Kind to the server, and nobody else on the bot is starved for a minute.
    #[default]
    Even,
    /// As early as possible: a full window's worth at once, then a pause.
    Early,
}

/// When the next call may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// At once.
    Now,
    /// Not before this moment.
    At(Moment),
    /// Only after a call in flight has been answered.
    AfterAnswer,
}

/// The state of all rolling windows of one bot.
#[derive(Debug, Clone)]
pub struct Windows {
    limits: Vec<Limit>,
    pace: Pace,
    /// How many times wider than even calls are spaced while others use the bot; 1 when they don't.
    stretch: f64,
    /// When calls were answered, in order; only those that some window still holds.
    answered: VecDeque<Moment>,
    in_flight: usize,
    last_call: Option<Moment>,
    held_until: Moment,
    /// Refusals in a row, and when the last of them that counted came.
    refusals: u32,
    refused_at: Option<Moment>,
    /// Calls of other processes on the same bot, by when their answers came or will have come at the latest; in order.
    others: VecDeque<Moment>,
}

impl Windows {
    /// Empty windows for these limits; none at all never make anybody wait.
    pub fn new(limits: &[Limit], pace: Pace) -> Self {
        Self {
            limits: limits.to_vec(),
            pace,
            stretch: 1.0,
            answered: VecDeque::new(),
            in_flight: 0,
            last_call: None,
            held_until: Duration::ZERO,
            refusals: 0,
            refused_at: None,
            others: VecDeque::new(),
        }
    }

    /// Whether a call may go at this moment, and if not, when.
    pub fn room(&self, now: Moment) -> Room {
        let mut earliest = self.held_until.max(self.last_call.map_or(Duration::ZERO, |last| last + self.spacing()));
        for limit in &self.limits {
            match self.slot_free(limit) {
                Some(free) => earliest = earliest.max(free),
                None => return Room::AfterAnswer,
            }
        }
        if earliest <= now { Room::Now } else { Room::At(earliest) }
    }

    /// The limit whose window is full for longest at this moment, and when it has room again.
    pub fn full_until(&self, now: Moment) -> Option<(Limit, Moment)> {
        let full = self.limits.iter().filter_map(|limit| Some((*limit, self.slot_free(limit)?)));
        full.filter(|(_, free)| *free > now).max_by_key(|(_, free)| *free)
    }

    /// The least time between two calls.
    fn spacing(&self) -> Duration {
        let Some(smallest) = self.limits.iter().min_by_key(|limit| limit.per) else { return Duration::ZERO };
        let even = smallest.per / smallest.calls.get();
        match self.pace {
            Pace::Even => even.mul_f64(self.stretch),
            Pace::Early if self.stretch > 1.0 => even.mul_f64(self.stretch),
            Pace::Early => Duration::ZERO,
        }
    }

    /// When this limit has a free slot, as far as answers are known; `None` while calls in flight hold them all.
    fn slot_free(&self, limit: &Limit) -> Option<Moment> {
        let slots = limit.calls.get() as usize;
        let free_of_flying = slots.checked_sub(self.in_flight).filter(|free| *free > 0)?;
        let holder = self.nth_latest_answer(free_of_flying);
        Some(holder.map_or(Duration::ZERO, |answer| answer + held_for(limit)))
    }

    /// The n-th latest answer (1 = the latest) of ours and the others' together.
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

    /// Takes a slot: a call goes at this moment.
    pub fn take(&mut self, now: Moment) {
        self.in_flight += 1;
        self.last_call = Some(now);
    }

    /// The answer to a call has come, or the call has been given up as unanswered: its slot runs out from here.
    pub fn answer(&mut self, now: Moment) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.answered.push_back(now);
        self.forget_expired(now);
    }

    /// A call that had taken a slot was never made.
    pub fn give_back(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// The server refused a call that went at `sent`, although the windows had room: others use the bot. Nothing goes
    /// until the window that the refusal names can have room, or the server's `asked` is over: twice as long for each
    /// refusal in a row, and calls are spaced wider from here on. Gives how long that is.
    ///
    /// Of the calls that were in flight together only the first to be refused counts: the others tell nothing new.
    pub fn refuse(&mut self, sent: Moment, named: Option<Duration>, asked: Duration, now: Moment) -> Duration {
        if self.refused_at.is_none_or(|refused| sent >= refused) {
            self.refused_at = Some(now);
            self.refusals = self.refusals.saturating_add(1);
            self.stretch = (self.stretch * 2.0).min(WIDEST);
        }
        let window = named.unwrap_or(MINUTE);
        let growing = Backoff { first: window / 60, most: window }.ceiling(self.refusals);
        let expiry = self.next_expiry(named, now).map_or(Duration::ZERO, |moment| moment - now);
        let until = now + asked.max(expiry).max(growing.saturating_sub(now - self.refused_at.unwrap_or(now)));
        self.hold_until(until);
        self.held_until.saturating_sub(now)
    }

    /// A call got through: the spacing comes back by a little, and the next refusal counts for less.
    pub fn accept(&mut self) {
        self.stretch = (self.stretch * COMING_BACK).max(1.0);
        self.refusals /= 2;
    }

    /// No call before this moment, whatever the windows say.
    fn hold_until(&mut self, moment: Moment) {
        self.held_until = self.held_until.max(moment);
    }

    /// What other processes did on the same bot, replacing what was known: when each call was answered, or will have
    /// been answered at the latest.
    pub fn set_others(&mut self, mut answered: Vec<Moment>, now: Moment) {
        answered.sort_unstable();
        self.others = answered.into();
        self.forget_expired(now);
    }

    /// When the window that a refusal named (or the smallest) will have lost its oldest call of ours or of others we
    /// know; `None` when it holds none.
    fn next_expiry(&self, per: Option<Duration>, now: Moment) -> Option<Moment> {
        let limit = match per {
            Some(per) => self.limits.iter().find(|limit| limit.per == per),
            None => self.limits.iter().min_by_key(|limit| limit.per),
        }?;
        self.answered
            .iter()
            .chain(&self.others)
            .map(|answer| *answer + held_for(limit))
            .filter(|free| *free > now)
            .min()
    }

    fn forget_expired(&mut self, now: Moment) {
        let longest = self.limits.iter().map(held_for).max().unwrap_or_default();
        for calls in [&mut self.answered, &mut self.others] {
            while calls.front().is_some_and(|answer| *answer + longest <= now) {
                calls.pop_front();
            }
        }
    }
}

/// How long an answered call holds its slot: the window, a little longer. The server's clock may run slower than ours
/// by some parts in ten thousand, and its window may count both of its ends.
fn held_for(limit: &Limit) -> Duration {
    limit.per + (limit.per / 10_000).max(Duration::from_millis(1))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Limit, Moment, Pace, Room, Windows};

    fn limits(texts: &[&str]) -> Vec<Limit> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn an_even_pace_is_one_a_second_at_sixty_a_minute() {
        let mut windows = Windows::new(&limits(&["60/1m"]), Pace::Even);
        windows.take(Duration::from_secs(5));
        windows.answer(Duration::from_secs(5));
        assert_eq!(windows.room(Duration::from_secs(5)), Room::At(Duration::from_secs(6)));
    }

    const SECOND: Duration = Duration::from_secs(1);

    /// Refuses a call that went just now.
    fn refuse_now(windows: &mut Windows, now: Moment) -> Duration {
        windows.refuse(now, None, Duration::ZERO, now)
    }

    #[test]
    fn refusals_widen_the_spacing_and_calls_that_get_through_bring_it_back_slowly() {
        for pace in [Pace::Even, Pace::Early] {
            let mut windows = Windows::new(&limits(&["60/1m"]), pace);
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
    fn each_refusal_in_a_row_holds_twice_as_long_and_the_server_may_ask_for_more() {
        let mut windows = Windows::new(&[], Pace::Even);
        let holds: Vec<u64> = [0, 10, 20, 30].map(|now| refuse_now(&mut windows, now * SECOND).as_secs()).into();
        assert_eq!(holds, [1, 2, 4, 8]);
        assert_eq!(windows.room(30 * SECOND), Room::At(38 * SECOND));
        assert_eq!(windows.refuse(40 * SECOND, Some(3600 * SECOND), Duration::ZERO, 40 * SECOND), 960 * SECOND);
        assert_eq!(windows.refuse(41 * SECOND, None, 7200 * SECOND, 41 * SECOND), 7200 * SECOND);
    }

    #[test]
    fn calls_that_were_in_flight_together_are_refused_once() {
        let mut windows = Windows::new(&limits(&["60/1m"]), Pace::Early);
        let first = windows.refuse(5 * SECOND, None, Duration::ZERO, 6 * SECOND);
        for _ in 0..8 {
            assert!(windows.refuse(5 * SECOND, None, Duration::ZERO, 6 * SECOND) <= first);
        }
        assert_eq!(windows.spacing(), 2 * SECOND);
    }

    #[test]
    fn the_window_that_makes_everybody_wait_is_named() {
        let mut windows = Windows::new(&limits(&["2/1s", "3/1m"]), Pace::Early);
        for _ in 0..3 {
            windows.take(Duration::ZERO);
            windows.answer(Duration::ZERO);
        }
        let (limit, until) = windows.full_until(Duration::ZERO).unwrap();
        assert_eq!((limit.to_string().as_str(), until), ("3/1m", Duration::from_millis(60_006)));
        assert_eq!(windows.full_until(until), None);
    }

    #[test]
    fn calls_of_others_take_slots_too() {
        let mut windows = Windows::new(&limits(&["2/1m"]), Pace::Early);
        windows.set_others(vec![Duration::from_secs(7), Duration::from_secs(3)], Duration::from_secs(10));
        assert_eq!(windows.room(Duration::from_secs(10)), Room::At(Duration::from_millis(63_006)));
        windows.set_others(Vec::new(), Duration::from_secs(10));
        assert_eq!(windows.room(Duration::from_secs(10)), Room::Now);
    }

    #[test]
    fn calls_of_others_that_no_window_holds_any_more_are_forgotten() {
        let mut windows = Windows::new(&limits(&["2/1s", "3/1m"]), Pace::Early);
        windows.set_others((0..100).map(|second| second * SECOND).collect(), 100 * SECOND);
        assert_eq!(windows.others.len(), 60, "of the last minute");
        windows.take(130 * SECOND);
        windows.answer(130 * SECOND);
        assert_eq!(windows.others.len(), 30, "as time goes on");
    }

    #[test]
    fn a_slot_given_back_is_free_at_once() {
        let mut windows = Windows::new(&limits(&["1/1m"]), Pace::Early);
        windows.take(Duration::ZERO);
        assert_eq!(windows.room(Duration::ZERO), Room::AfterAnswer);
        windows.give_back();
        assert_eq!(windows.room(Duration::ZERO), Room::Now);
    }

    #[test]
    fn a_hold_stops_every_call_even_without_limits() {
        let mut windows = Windows::new(&[], Pace::Even);
        assert_eq!(windows.room(Duration::ZERO), Room::Now);
        windows.hold_until(9 * SECOND);
        assert_eq!(windows.room(Duration::from_secs(8)), Room::At(Duration::from_secs(9)));
        assert_eq!(windows.room(Duration::from_secs(9)), Room::Now);
    }
}
