//! Permits: the waiting side of [`Windows`].

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::{Mutex as Turnstile, Notify};
use tokio::time::{Instant, sleep_until};

use super::{Limit, Moment, Pace, Room, Windows};

/// How long before its start a pacer's moments begin: calls that other processes made in that time can be remembered.
const BEFORE_ORIGIN: Duration = Duration::from_secs(48 * 60 * 60);

/// Hands out permits for one bot, in the order of the requests. Clones share one state.
#[derive(Debug, Clone)]
pub(crate) struct Pacer {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct State {
    windows: Windows,
    /// The version of the other processes' calls in the windows.
    others_seen: u64,
}

#[derive(Debug)]
struct Shared {
    origin: Instant,
    state: Mutex<State>,
    /// Held by the caller that is next; the others queue behind it.
    turnstile: Turnstile<()>,
    changed: Notify,
}

/// Permission to make one call now. If it is dropped before the call starts, its slot is free again.
#[derive(Debug)]
pub(crate) struct Permit {
    shared: Arc<Shared>,
    taken_at: Moment,
    others_seen: u64,
    went_out: bool,
}

impl Pacer {
    pub(crate) fn new(limits: &[Limit], pace: Pace) -> Self {
        let shared = Shared {
            origin: Instant::now(),
            state: Mutex::new(State { windows: Windows::new(limits, pace), others_seen: 0 }),
            turnstile: Turnstile::new(()),
            changed: Notify::new(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Waits until a call may start.
    pub(crate) async fn permit(&self) -> Permit {
        let _turn = self.shared.turnstile.lock().await;
        loop {
            // Registered before looking, so that no answer in between is missed.
            let changed = self.shared.changed.notified();
            match self.shared.take_slot() {
                Ok((taken_at, others_seen)) => {
                    let shared = Arc::clone(&self.shared);
                    return Permit { shared, taken_at, others_seen, went_out: false };
                }
                Err(None) => changed.await,
                Err(Some(moment)) => {
                    tokio::select! {
                        () = sleep_until(self.shared.instant(moment)) => {}
                        () = changed => {}
                    }
                }
            }
        }
    }

    /// The server refused a call that started at this moment because of its rate limit. Returns how long the pause is; see
    /// [`Windows::refuse`].
    pub(crate) fn refuse(&self, sent: Moment, named: Option<Duration>, asked: Duration) -> Duration {
        let now = self.shared.now();
        let pause = self.shared.state().windows.refuse(sent, named, asked, now);
        self.shared.changed.notify_waiters();
        pause
    }

    /// The server accepted a call.
    pub(crate) fn accept(&self) {
        self.shared.state().windows.accept();
    }

    /// The limit whose window is full for longest, and for how long.
    pub(crate) fn full_for(&self) -> Option<(Limit, Duration)> {
        let now = self.shared.now();
        let (limit, moment) = self.shared.state().windows.full_until(now)?;
        Some((limit, moment.saturating_sub(now)))
    }

    /// How long until the next call may start, also if it is only spaced from the last one.
    pub(crate) fn next_in(&self) -> Option<Duration> {
        let now = self.shared.now();
        match self.shared.state().windows.room(now) {
            Room::At(moment) => Some(moment.saturating_sub(now)),
            Room::Now | Room::AfterAnswer => None,
        }
    }

    /// How long until the windows have room, if one of them is full.
    pub(crate) fn room_in(&self) -> Option<Duration> {
        let now = self.shared.now();
        let state = self.shared.state();
        state.windows.full_until(now)?;
        match state.windows.room(now) {
            Room::At(moment) => Some(moment.saturating_sub(now)),
            Room::Now | Room::AfterAnswer => None,
        }
    }

    /// Whether other processes have called the bot within this time, as far as is known.
    pub(crate) fn has_neighbors(&self, within: Duration) -> bool {
        let now = self.shared.now();
        self.shared.state().windows.last_of_others().is_some_and(|call| call.saturating_add(within) >= now)
    }

    /// Replaces what is known of other processes' calls to the bot: when each was answered, or will be at the latest,
    /// relative to now. The highest `version` wins; permits carry the one they take into account.
    pub(crate) fn set_others(&self, version: u64, answered: &[SignedDuration]) {
        let now = self.shared.now();
        let mut state = self.shared.state();
        if version <= state.others_seen {
            return;
        }
        state.windows.set_others(answered.iter().map(|relative| shifted(now, *relative)).collect(), now);
        state.others_seen = version;
        drop(state);
        self.shared.changed.notify_waiters();
    }

    /// How many calls each limit's window contains.
    pub(crate) fn usage(&self) -> Vec<(Limit, u64)> {
        let now = self.shared.now();
        self.shared.state().windows.usage(now)
    }

    /// About how long this many more calls take.
    pub(crate) fn time_for(&self, calls: u64) -> Duration {
        let now = self.shared.now();
        self.shared.state().windows.time_for(calls, now)
    }
}

impl Permit {
    /// The version of the other processes' calls that this permit takes into account.
    pub(crate) fn others_seen(&self) -> u64 {
        self.others_seen
    }

    /// When it was granted, for [`Pacer::refuse`].
    pub(crate) fn taken_at(&self) -> Moment {
        self.taken_at
    }

    /// The call starts: its slot is free one window after this permit is dropped.
    pub(crate) fn going_out(&mut self) {
        self.went_out = true;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let now = self.shared.now();
        let mut state = self.shared.state();
        if self.went_out {
            state.windows.answer(now);
        } else {
            state.windows.give_back(self.taken_at);
        }
        drop(state);
        self.shared.changed.notify_waiters();
    }
}

impl Shared {
    fn now(&self) -> Moment {
        BEFORE_ORIGIN + self.origin.elapsed()
    }

    fn instant(&self, moment: Moment) -> Instant {
        instant_at(self.origin, moment.saturating_sub(BEFORE_ORIGIN))
    }

    /// Takes a slot if there is one; otherwise returns when there may be one, if that is known.
    fn take_slot(&self) -> Result<(Moment, u64), Option<Moment>> {
        let now = self.now();
        let mut state = self.state();
        match state.windows.room(now) {
            Room::Now => {
                state.windows.take(now);
                Ok((now, state.others_seen))
            }
            Room::At(moment) => Err(Some(moment)),
            Room::AfterAnswer => Err(None),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Plain arithmetic runs under the lock; a poisoned one still has a consistent state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The instant of a moment; a distant one if no clock reaches it.
pub(crate) fn instant_at(origin: Instant, moment: Moment) -> Instant {
    const DISTANT: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
    origin.checked_add(moment).unwrap_or_else(|| origin + DISTANT)
}

fn shifted(now: Moment, relative: SignedDuration) -> Moment {
    let distance = relative.unsigned_abs();
    if relative.is_negative() { now.saturating_sub(distance) } else { now.saturating_add(distance) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use jiff::SignedDuration;
    use tokio::time::{Instant, sleep};

    use super::{Pace, Pacer};

    fn pacer(limit: &str, pace: Pace) -> Pacer {
        Pacer::new(&[limit.parse().unwrap()], pace)
    }

    async fn call(pacer: &Pacer, latency: Duration) {
        let mut permit = pacer.permit().await;
        permit.going_out();
        sleep(latency).await;
    }

    #[tokio::test(start_paused = true)]
    async fn many_workers_stay_within_the_window() {
        let (pacer, start) = (pacer("6/3s", Pace::Even), Instant::now());
        let workers: Vec<_> = (0..8)
            .map(|_| {
                let pacer = pacer.clone();
                tokio::spawn(async move {
                    for _ in 0..3 {
                        call(&pacer, Duration::from_millis(50)).await;
                    }
                })
            })
            .collect();
        for worker in workers {
            worker.await.unwrap();
        }
        let taken = start.elapsed().as_secs_f64();
        assert!((11.5..11.9).contains(&taken), "24 calls at 6 in 3 s took {taken} s");
    }

    #[tokio::test(start_paused = true)]
    async fn an_unused_permit_costs_nothing() {
        let (pacer, start) = (pacer("1/1m", Pace::Early), Instant::now());
        drop(pacer.permit().await);
        call(&pacer, Duration::ZERO).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        call(&pacer, Duration::ZERO).await;
        assert!(start.elapsed() >= Duration::from_secs(60));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_pauses_every_caller() {
        let (pacer, start) = (Pacer::new(&[], Pace::Early), Instant::now());
        let pause = pacer.refuse(Duration::ZERO, None, Duration::from_secs(5));
        assert_eq!(pause, Duration::from_secs(5));
        call(&pacer, Duration::ZERO).await;
        assert_eq!(start.elapsed().as_secs(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_of_other_processes_are_waited_for() {
        let (pacer, start) = (pacer("2/1m", Pace::Early), Instant::now());
        call(&pacer, Duration::ZERO).await;
        pacer.set_others(1, &[SignedDuration::from_secs(-15)]);
        call(&pacer, Duration::ZERO).await;
        assert_eq!(start.elapsed().as_secs(), 45);
    }

    #[tokio::test(start_paused = true)]
    async fn callers_are_served_in_order() {
        let pacer = Arc::new(pacer("10/1s", Pace::Even));
        let order = Arc::new(std::sync::Mutex::new(Vec::new()));
        let tasks: Vec<_> = (0..5)
            .map(|number| {
                let (pacer, order) = (Arc::clone(&pacer), Arc::clone(&order));
                tokio::spawn(async move {
                    call(&pacer, Duration::ZERO).await;
                    order.lock().unwrap().push(number);
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
    }
}
