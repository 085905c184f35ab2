//! Properties for any limits and latencies: the server never counts more than a limit, and the time left comes true.

use std::num::NonZeroU32;
use std::time::Duration;

use proptest::prelude::{Strategy, prop, prop_assert, proptest};

use super::{Moment, Pace, Room, Windows};
use crate::pacing::Limit;

/// Starts calls as early as the windows allow, with these latencies there and back and at most `width` in flight. Returns
/// when each one started and arrived at the server.
fn drive(
    windows: &mut Windows,
    start: Moment,
    latencies: &[(Duration, Duration)],
    width: usize,
) -> Vec<(Moment, Moment)> {
    let mut calls = Vec::new();
    let mut in_flight: Vec<Moment> = Vec::new();
    let mut now = start;
    for (there, back) in latencies {
        loop {
            in_flight.sort_unstable();
            let room = if in_flight.len() >= width { Room::AfterAnswer } else { windows.room(now) };
            let next_answer = in_flight.first().copied();
            match (room, next_answer) {
                (Room::Now, _) => break,
                (Room::At(moment), None) => now = moment,
                (Room::At(moment), Some(answer)) if moment < answer => now = moment,
                (_, Some(answer)) => {
                    now = answer.max(now);
                    windows.answer(now);
                    in_flight.remove(0);
                }
                (Room::AfterAnswer, None) => panic!("waits for an answer with nothing in flight"),
            }
        }
        windows.take(now);
        calls.push((now, now + *there));
        in_flight.push(now + *there + *back);
    }
    calls
}

/// The most calls that arrive within any closed stretch as long as the window.
fn fullest(arrivals: &[Moment], per: Duration) -> usize {
    let mut sorted = arrivals.to_vec();
    sorted.sort_unstable();
    let within = |last: usize| sorted[..=last].iter().filter(|arrival| **arrival + per >= sorted[last]).count();
    (0..sorted.len()).map(within).max().unwrap_or(0)
}

fn latencies() -> impl Strategy<Value = Vec<(Duration, Duration)>> {
    let one = (0u64..400).prop_map(Duration::from_millis);
    prop::collection::vec((one.clone(), one), 1..120)
}

fn limits() -> impl Strategy<Value = Vec<Limit>> {
    let one = (1u32..12, 200u64..4000).prop_map(|(calls, millis)| Limit {
        calls: NonZeroU32::new(calls).unwrap(),
        per: Duration::from_millis(millis),
    });
    prop::collection::vec(one, 1..4)
}

fn pace() -> impl Strategy<Value = Pace> {
    prop::sample::select(vec![Pace::Even, Pace::Early])
}

proptest! {
    #[test]
    fn no_window_is_ever_overdrawn(limits in limits(), latencies in latencies(), width in 1usize..20, pace in pace()) {
        let calls = drive(&mut Windows::new(&limits, pace), Duration::ZERO, &latencies, width);
        let arrivals: Vec<Moment> = calls.iter().map(|call| call.1).collect();
        for limit in &limits {
            prop_assert!(fullest(&arrivals, limit.per) <= limit.calls.get() as usize, "{limit} overdrawn");
        }
    }

    #[test]
    fn the_time_left_is_right_within_a_window(
        limits in limits(),
        before in prop::collection::vec(0u64..6_000, 0..20),
        others in prop::collection::vec(0u64..6_000, 0..40),
        calls in 1usize..200,
        pace in pace(),
    ) {
        let (mut windows, now) = (Windows::new(&limits, pace), Duration::from_millis(6_000));
        let mut before: Vec<Moment> = before.into_iter().map(Duration::from_millis).collect();
        before.sort_unstable();
        for moment in before {
            windows.take(moment);
            windows.answer(moment);
        }
        windows.set_others(others.into_iter().map(Duration::from_millis).collect(), now);
        let estimate = windows.time_for(calls as u64, now);
        let driven = drive(&mut windows, now, &vec![(Duration::ZERO, Duration::ZERO); calls], 1);
        let real = driven.last().map(|call| call.0 - now).unwrap_or_default();
        let largest = limits.iter().map(|limit| limit.per).max().unwrap_or_default();
        prop_assert!(estimate.abs_diff(real) <= largest + real / 50, "estimated {estimate:?}, took {real:?}");
    }
}
