//! Permits: the waiting side of [`Windows`].

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::{Mutex as Turnstile, Notify};
use tokio::time::{Instant, sleep_until};

use super::{Limit, Moment, Pace, Room, Windows};

/// Where a pacer's moments begin, before its start: calls that other processes made in that time can be remembered.
const BEFORE_ORIGIN: Duration = Duration::from_secs(48 * 60 * 60);

/// Hands out permits for one bot, in the order they were asked for. Clones share one state.
#[derive(Debug, Clone)]
pub struct Pacer {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct State {
    windows: Windows,
    /// Which view of the other processes' calls the windows hold.
    others_seen: u64,
}

#[derive(Debug)]
struct Shared {
    origin: Instant,
    state: Mutex<State>,
    /// Whoever is at the turnstile is next; the others queue behind in order.
    turnstile: Turnstile<()>,
    changed: Notify,
}

/// Leave to make one call now. Dropped before the call went out, its slot is free again.
#[derive(Debug)]
pub struct Permit {
    shared: Arc<Shared>,
    taken_at: Moment,
    others_seen: u64,
    went_out: bool,
}

impl Pacer {
    /// A pacer with empty windows. Its moments count from now, on the monotonic clock.
    pub fn new(limits: &[Limit], pace: Pace) -> Self {
        let shared = Shared {
            origin: Instant::now(),
            state: Mutex::new(State { windows: Windows::new(limits, pace), others_seen: 0 }),
            turnstile: Turnstile::new(()),
            changed: Notify::new(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Waits until a call may be made.
    pub async fn permit(&self) -> Permit {
        let _turn = self.shared.turnstile.lock().await;
        loop {
            // Registered before looking, so that an answer between the look and the wait is not missed.
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

    /// A call that went at this moment was refused although the windows had room: others use the bot. Gives how long
    /// nothing goes now; see [`Windows::refuse`].
    pub fn refuse(&self, sent: Moment, named: Option<Duration>, asked: Duration) -> Duration {
        let now = self.shared.now();
        let hold = self.shared.state().windows.refuse(sent, named, asked, now);
        self.shared.changed.notify_waiters();
        hold
    }

    /// A call got through.
    pub fn accept(&self) {
        self.shared.state().windows.accept();
    }

    /// The limit whose window is full for longest, and for how long.
    pub fn full_for(&self) -> Option<(Limit, Duration)> {
        let now = self.shared.now();
        let (limit, moment) = self.shared.state().windows.full_until(now)?;
        Some((limit, moment.saturating_sub(now)))
    }

    /// What other processes did on the same bot, replacing what was known: when each of their calls was answered, or
    /// will be at the latest, relative to now.
    ///
    /// `version` goes up with every new view; the latest wins, and permits say which one they were given in view of.
    pub fn set_others(&self, version: u64, answered: &[SignedDuration]) {
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

    /// How long this many more calls take at the limits.
    pub fn time_for(&self, calls: u64) -> Duration {
        let now = self.shared.now();
        self.shared.state().windows.time_for(calls, now)
    }
}

impl Permit {
    /// Which view of the other processes' calls this permit was given in.
    pub fn others_seen(&self) -> u64 {
        self.others_seen
    }

    /// When it was given, for [`Pacer::refuse`].
    pub fn taken_at(&self) -> Moment {
        self.taken_at
    }

    /// The call is about to go out: from here on its slot runs out one window after this permit is dropped.
    pub fn going_out(&mut self) {
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
            state.windows.give_back();
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
        self.origin + moment.saturating_sub(BEFORE_ORIGIN)
    }

    /// Takes a slot if there is one; otherwise says when there may be, as far as that is known.
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
        // Plain arithmetic runs under the lock; a poisoned one still holds a consistent state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shifted(now: Moment, relative: SignedDuration) -> Moment {
    let distance = relative.unsigned_abs();
    if relative.is_negative() { now.saturating_sub(distance) } else { now + distance }
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
    async fn many_workers_together_stay_within_the_window() {
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
    async fn a_permit_that_was_not_used_costs_nothing() {
        let (pacer, start) = (pacer("1/1m", Pace::Early), Instant::now());
        drop(pacer.permit().await);
        call(&pacer, Duration::ZERO).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        call(&pacer, Duration::ZERO).await;
        assert!(start.elapsed() >= Duration::from_secs(60));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_holds_everybody_for_as_long_as_the_server_asks() {
        let (pacer, start) = (Pacer::new(&[], Pace::Early), Instant::now());
        let hold = pacer.refuse(Duration::ZERO, None, Duration::from_secs(5));
        assert_eq!(hold, Duration::from_secs(5));
        call(&pacer, Duration::ZERO).await;
        assert_eq!(start.elapsed().as_secs(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn the_calls_of_others_are_waited_for() {
        let (pacer, start) = (pacer("2/1m", Pace::Early), Instant::now());
        call(&pacer, Duration::ZERO).await;
        pacer.set_others(1, &[SignedDuration::from_secs(-15)]);
        call(&pacer, Duration::ZERO).await;
        assert_eq!(start.elapsed().as_secs(), 45);
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_wait_are_served_in_order() {
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
