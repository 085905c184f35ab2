//! The pacer in paused time, against a model of a server that counts calls at arrival: no call is refused, and the schedule
//! is within 1% of the best possible one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use proptest::prelude::{Strategy, prop, prop_assert_eq, proptest};
use tokio::time::{Instant, sleep};

use super::{Limit, Pace, Pacer};

/// More workers than the vendor's limits can keep busy.
const WORKERS: usize = 16;

/// A server that counts a call when it arrives, and refuses it when any window, both ends included, is full.
struct Server {
    limits: Vec<Limit>,
    arrivals: Mutex<VecDeque<Instant>>,
    refused: Mutex<u64>,
}

impl Server {
    fn new(limits: &[Limit]) -> Arc<Self> {
        Arc::new(Self { limits: limits.to_vec(), arrivals: Mutex::default(), refused: Mutex::default() })
    }

    fn arrive(&self) {
        let (now, mut arrivals) = (Instant::now(), self.arrivals.lock().unwrap());
        let longest = self.limits.iter().map(|limit| limit.per).max().unwrap_or_default();
        while arrivals.front().is_some_and(|arrival| *arrival + longest < now) {
            arrivals.pop_front();
        }
        let within = |per| arrivals.iter().rev().take_while(|arrival| **arrival + per >= now).count();
        if self.limits.iter().any(|limit| within(limit.per) >= limit.calls.get() as usize) {
            *self.refused.lock().unwrap() += 1;
        }
        arrivals.push_back(now);
    }

    fn refused(&self) -> u64 {
        *self.refused.lock().unwrap()
    }
}

/// Makes calls with random latencies; returns how long that took and how many the server refused.
async fn drive(limits: &[Limit], pace: Pace, calls: usize, latency: Duration, seed: u64) -> (Duration, u64) {
    let (server, pacer, start) = (Server::new(limits), Pacer::new(limits, pace), Instant::now());
    let left = Arc::new(Mutex::new((calls, Rng::with_seed(seed))));
    let workers: Vec<_> = (0..WORKERS)
        .map(|_| {
            let (server, pacer, left) = (Arc::clone(&server), pacer.clone(), Arc::clone(&left));
            tokio::spawn(async move {
                while let Some((there, back)) = next_latency(&left, latency) {
                    let mut permit = pacer.permit().await;
                    permit.going_out();
                    sleep(there).await;
                    server.arrive();
                    sleep(back).await;
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    (start.elapsed(), server.refused())
}

fn next_latency(left: &Mutex<(usize, Rng)>, most: Duration) -> Option<(Duration, Duration)> {
    let mut left = left.lock().unwrap();
    left.0 = left.0.checked_sub(1)?;
    let (there, share) = (left.1.f64(), left.1.f64());
    Some((most.mul_f64(there * share), most.mul_f64(there * (1.0 - share))))
}

/// The best schedule with instant answers, computed in another way: each call as early as its pace and the call one full
/// window before it allow.
fn best(limits: &[Limit], pace: Pace, calls: usize) -> Duration {
    let smallest = limits.iter().min_by_key(|limit| limit.per).unwrap();
    let spacing = if pace == Pace::Even { smallest.per / smallest.calls.get() } else { Duration::ZERO };
    let mut moments: Vec<Duration> = Vec::with_capacity(calls);
    for call in 0..calls {
        let after_last = moments.last().map_or(Duration::ZERO, |last| *last + spacing);
        let after_windows = limits.iter().filter_map(|limit| {
            let before = call.checked_sub(limit.calls.get() as usize)?;
            Some(moments[before] + limit.per)
        });
        moments.push(after_windows.fold(after_last, Duration::max));
    }
    moments.last().copied().unwrap_or_default()
}

fn vendors_limits() -> Vec<Limit> {
    ["60/1m", "1800/1h"].map(|text| text.parse().unwrap()).to_vec()
}

#[tokio::test(start_paused = true)]
async fn the_vendors_limits_are_used_in_full() {
    let (limits, latency) = (vendors_limits(), Duration::from_millis(400));
    for pace in [Pace::Even, Pace::Early] {
        for calls in [100, 1_800, 1_801, 20_000] {
            let (took, refused) = drive(&limits, pace, calls, latency, 7).await;
            let best = best(&limits, pace, calls);
            assert_eq!(refused, 0, "{calls} calls, {pace:?}");
            // The last call's answer also takes time.
            assert!(took <= (best + latency).mul_f64(1.01), "{calls} calls, {pace:?}: {took:?}, at best {best:?}");
            assert!(took >= best, "{calls} calls, {pace:?}: {took:?} is faster than can be");
        }
    }
}

fn limit() -> impl Strategy<Value = Limit> {
    (1u32..30, 1u64..120).prop_map(|(calls, seconds)| format!("{calls}/{seconds}s").parse().unwrap())
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn no_call_is_refused_whatever_the_latency(
        limits in prop::collection::vec(limit(), 1..4),
        calls in 1usize..300,
        latency in 0u64..20_000,
        even in proptest::bool::ANY,
        seed in proptest::num::u64::ANY,
    ) {
        let pace = if even { Pace::Even } else { Pace::Early };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let (_, refused) = runtime.block_on(drive(&limits, pace, calls, Duration::from_millis(latency), seed));
        prop_assert_eq!(refused, 0);
    }
}
