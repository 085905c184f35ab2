//! What holds for whatever limits and latencies: the server never counts more than a limit, and the forecast comes true.

use std::time::Duration;

use proptest::prelude::{Just, Strategy, prop, prop_assert, prop_assert_eq, proptest};

use super::{Moment, Pace, Room, Windows};
use crate::pacing::Limit;

/// Lets calls go as early as the windows allow, with these latencies and at most `width` in flight; gives the
/// moments at which each went, arrived at the server and was answered.
fn drive(windows: &mut Windows, latencies: &[(Duration, Duration)], width: usize) -> Vec<(Moment, Moment, Moment)> {
    let mut calls: Vec<(Moment, Moment, Moment)> = Vec::new();
    let mut flying: Vec<Moment> = Vec::new();
    let mut now = Duration::ZERO;
    for (there, back) in latencies {
        loop {
            flying.sort_unstable();
            let room = if flying.len() >= width { Room::AfterAnswer } else { windows.room(now) };
            let next_answer = flying.first().copied();
            match (room, next_answer) {
                (Room::Now, _) => break,
                (Room::At(moment), None) => now = moment,
                (Room::At(moment), Some(answer)) if moment < answer => now = moment,
                (_, Some(answer)) => {
                    now = answer.max(now);
                    windows.answer(now);
                    flying.remove(0);
                }
                (Room::AfterAnswer, None) => panic!("waits for an answer with nothing in flight"),
            }
        }
        windows.take(now);
        calls.push((now, now + *there, now + *there + *back));
        flying.push(now + *there + *back);
    }
    calls
}

/// The most calls that arrive within any closed stretch as long as the window.
fn fullest(arrivals: &[Moment], per: Duration) -> usize {
    let mut sorted = arrivals.to_vec();
    sorted.sort_unstable();
    (0..sorted.len())
        .map(|last| sorted[..=last].iter().filter(|a| **a + per >= sorted[last]).count())
        .max()
        .unwrap_or(0)
}

fn latency_model() -> impl Strategy<Value = Vec<(Duration, Duration)>> {
    let one = (0u64..400).prop_map(Duration::from_millis);
    prop::collection::vec((one.clone(), one), 1..120)
}

fn limit_model() -> impl Strategy<Value = Vec<Limit>> {
    let one = (1u32..12, 200u64..4000).prop_map(|(calls, millis)| Limit {
        calls: std::num::NonZeroU32::new(calls).unwrap(),
        per: Duration::from_millis(millis),
    });
    prop::collection::vec(one, 1..4)
}

/// How long so many calls take, found call by call with others' calls apart from ours.
fn time_for_slowly(windows: &Windows, calls: usize, now: Moment) -> Duration {
    let mut future = Windows { stretch: 1.0, ..windows.clone() };
    (0..future.in_flight).for_each(|_| future.answer(now));
    let mut moment = now;
    for _ in 0..calls {
        if let Room::At(later) = future.room(moment) {
            moment = later;
        }
        future.take(moment);
        future.answer(moment);
    }
    moment - now
}

proptest! {
    #[test]
    fn the_estimate_counts_the_calls_of_others_as_the_windows_do(
        limits in limit_model(),
        ours in prop::collection::vec(0u64..6_000, 0..20),
        others in prop::collection::vec(0u64..9_000, 1..40),
        flying in 0usize..5,
        calls in 1usize..100,
        pace in prop::sample::select(vec![Pace::Even, Pace::Early]),
    ) {
        let (mut windows, now) = (Windows::new(&limits, pace), Duration::from_millis(6_000));
        let mut ours: Vec<Moment> = ours.into_iter().map(Duration::from_millis).collect();
        ours.sort_unstable();
        for moment in ours {
            windows.take(moment);
            windows.answer(moment);
        }
        (0..flying).for_each(|_| windows.take(now));
        // Some of them are not answered yet.
        windows.set_others(others.into_iter().map(Duration::from_millis).collect(), now);
        prop_assert_eq!(windows.time_for(calls as u64, now), time_for_slowly(&windows, calls, now));
    }

    #[test]
    fn a_server_counting_at_arrival_never_sees_more_than_the_limit(
        limits in limit_model(),
        latencies in latency_model(),
        width in 1usize..20,
        pace in prop::sample::select(vec![Pace::Even, Pace::Early]),
    ) {
        let mut windows = Windows::new(&limits, pace);
        let calls = drive(&mut windows, &latencies, width);
        let arrivals: Vec<Moment> = calls.iter().map(|call| call.1).collect();
        for limit in &limits {
            prop_assert!(fullest(&arrivals, limit.per) <= limit.calls.get() as usize, "{limit} broken");
        }
    }

    #[test]
    fn the_estimate_is_what_a_run_with_instant_answers_takes(
        limits in limit_model(),
        calls in 1usize..200,
        pace in prop::sample::select(vec![Pace::Even, Pace::Early]),
        nothing in Just(Duration::ZERO),
    ) {
        let estimate = Windows::new(&limits, pace).time_for(calls as u64, Duration::ZERO);
        let driven = drive(&mut Windows::new(&limits, pace), &vec![(nothing, nothing); calls], 1);
        let real = driven.last().map(|call| call.0).unwrap_or_default();
        let largest = limits.iter().map(|limit| limit.per).max().unwrap_or_default();
        let slack = (real / 100).max(largest / 10);
        prop_assert!(estimate.abs_diff(real) <= slack, "estimated {estimate:?}, took {real:?}");
    }
}
