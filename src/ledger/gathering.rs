//! Whether a group of requests waits for more of them before it is committed.
//!
//! With a quick server and few requests in flight, the answers to one half of them arrive while the outcomes of the other half are
//! on their way to the disk. The halves then take turns, and each commit has half of the records that it could have. A short wait
//! brings them together. Where it does not, because answers take longer, it is tried again only now and then.

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

/// A commit waits for no more requests than this.
const GROUP: usize = 512;
/// A commit that took much longer waited for another process, which says nothing about the disk.
const LONGEST: Duration = Duration::from_millis(5);
/// The most groups between two tries.
const MOST_SKIPPED: u32 = 1024;

#[derive(Debug, Default)]
pub(super) struct Gathering {
    /// How long the last commit took.
    commit: Duration,
    /// How many groups are not waited for after a wait in vain, and how many of these are still to come.
    skipping: u32,
    skip: u32,
}

impl Gathering {
    /// Adds what has arrived to a group, and what is about to. `in_flight` is how many rows have an intent, but no outcome
    /// yet; `outcomes` counts those that get one.
    pub(super) fn gather<T>(
        &mut self,
        group: &mut Vec<T>,
        requests: &Receiver<Vec<T>>,
        in_flight: usize,
        outcomes: impl Fn(&[T]) -> usize,
    ) {
        while group.len() < GROUP
            && let Ok(more) = requests.try_recv()
        {
            group.extend(more);
        }
        let mut awaited = in_flight.saturating_sub(outcomes(group));
        if awaited == 0 || group.len() >= GROUP || !self.is_worthwhile() {
            return;
        }
        let until = Instant::now() + self.patience();
        while awaited > 0
            && let Ok(more) = requests.recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            awaited = awaited.saturating_sub(outcomes(&more));
            group.extend(more);
        }
        self.learn(awaited == 0);
    }

    pub(super) fn committed(&mut self, took: Duration) {
        self.commit = took;
    }

    fn patience(&self) -> Duration {
        (self.commit / 2).min(LONGEST)
    }

    fn is_worthwhile(&mut self) -> bool {
        let skips = self.skip > 0;
        self.skip = self.skip.saturating_sub(1);
        !skips
    }

    fn learn(&mut self, all_arrived: bool) {
        self.skipping = if all_arrived { 0 } else { (2 * self.skipping).clamp(1, MOST_SKIPPED) };
        self.skip = self.skipping;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Gathering, LONGEST};

    #[test]
    fn a_wait_is_shorter_than_a_commit() {
        let mut gathering = Gathering::default();
        for (commit, patience) in [(0, Duration::ZERO), (4, Duration::from_millis(2)), (30_000, LONGEST)] {
            gathering.committed(Duration::from_millis(commit));
            assert_eq!(gathering.patience(), patience, "{commit} ms");
        }
    }

    #[test]
    fn waits_in_vain_become_rare() {
        let mut gathering = Gathering::default();
        let mut waits = |groups: u32, all_arrived| {
            let mut one = || {
                let waits = gathering.is_worthwhile();
                waits.then(|| gathering.learn(all_arrived)).is_some()
            };
            (0..groups).filter(|_| one()).count()
        };
        assert!((10..30).contains(&waits(10_000, false)));
        assert!(waits(2_000, true) > 900);
        assert_eq!(waits(100, true), 100, "a wait that was not in vain is followed by others");
    }
}
