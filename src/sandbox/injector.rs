//! Decides for each request whether a fault hits it.

use tokio::sync::watch;

use super::fault::{Endpoint, InjectedFault};
use super::schedule::Schedule;

/// The faults of a running sandbox.
#[derive(Debug)]
pub(super) struct FaultInjector {
    faults: Vec<ActiveFault>,
    /// The latest burst: it hits all requests to its endpoint that are in flight.
    bursts: watch::Sender<Option<InjectedFault>>,
}

#[derive(Debug)]
struct ActiveFault {
    fault: InjectedFault,
    requests: u64,
    rng: fastrand::Rng,
}

impl FaultInjector {
    pub(super) fn new(faults: &[InjectedFault], seed: u64) -> Self {
        let faults = faults.iter().map(|fault| ActiveFault::new(*fault, seed)).collect();
        Self { faults, bursts: watch::Sender::new(None) }
    }

    pub(super) fn has_bursts(&self) -> bool {
        self.faults.iter().any(|active| matches!(active.fault.schedule, Schedule::Burst(_)))
    }

    /// Hits all requests to the fault's endpoint that are in flight.
    pub(super) fn burst(&self, fault: InjectedFault) {
        self.bursts.send_replace(Some(fault));
    }

    /// The fault of the next burst on this endpoint.
    pub(super) fn next_burst(&self, endpoint: Endpoint) -> impl Future<Output = InjectedFault> + use<> {
        let mut bursts = self.bursts.subscribe();
        async move {
            while bursts.changed().await.is_ok() {
                match *bursts.borrow_and_update() {
                    Some(fault) if fault.on == endpoint => return fault,
                    _ => {}
                }
            }
            std::future::pending().await
        }
    }

    /// Counts a request and returns the first fault that hits it.
    pub(super) fn next_fault(&mut self, endpoint: Endpoint) -> Option<InjectedFault> {
        let watching = self.faults.iter_mut().filter(|active| active.fault.on == endpoint);
        // Every fault counts every request, so that no schedule depends on another.
        watching.fold(None, |hit, active| {
            let hits = active.hits_next();
            hit.or(hits.then_some(active.fault))
        })
    }
}

impl ActiveFault {
    fn new(fault: InjectedFault, sandbox_seed: u64) -> Self {
        let seed = match fault.schedule {
            Schedule::Chance { seed: Some(seed), .. } => seed,
            _ => sandbox_seed,
        };
        Self { fault, requests: 0, rng: fastrand::Rng::with_seed(seed) }
    }

    fn hits_next(&mut self) -> bool {
        self.requests += 1;
        match self.fault.schedule {
            Schedule::Every(n) | Schedule::Burst(n) => self.requests.is_multiple_of(n.get()),
            Schedule::At(n) => self.requests == n.get(),
            Schedule::First(n) => self.requests <= n.get(),
            Schedule::Chance { probability, .. } => self.rng.f64() < probability,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FaultInjector;
    use crate::sandbox::{Endpoint, FaultKind, InjectedFault};

    /// Which of the first requests the faults hit, and with what.
    fn hits(faults: &[&str], requests: u64) -> Vec<(u64, FaultKind)> {
        let faults: Vec<InjectedFault> = faults.iter().map(|text| text.parse().unwrap()).collect();
        let mut injector = FaultInjector::new(&faults, 0);
        let hit = |request| Some((request, injector.next_fault(Endpoint::Save)?.kind));
        (1..=requests).filter_map(hit).collect()
    }

    fn requests_hit(fault: &str, requests: u64) -> Vec<u64> {
        hits(&[fault], requests).into_iter().map(|(request, _)| request).collect()
    }

    #[test]
    fn each_schedule_hits_its_requests() {
        assert_eq!(requests_hit("500", 3), [1, 2, 3]);
        assert_eq!(requests_hit("500:every=3", 10), [3, 6, 9]);
        assert_eq!(requests_hit("500:at=4", 10), [4]);
        assert_eq!(requests_hit("500:first=2", 10), [1, 2]);
        assert_eq!(requests_hit("500:burst=4", 10), [4, 8]);
        assert_eq!(requests_hit("500:p=0", 100), [0; 0]);
        assert_eq!(requests_hit("500:p=1", 3), [1, 2, 3]);
    }

    #[test]
    fn chance_follows_its_seed_and_probability() {
        let hit = requests_hit("500:p=0.1,seed=7", 10_000);
        assert_eq!(hit, requests_hit("500:p=0.1,seed=7", 10_000));
        assert_ne!(hit, requests_hit("500:p=0.1,seed=8", 10_000));
        assert!((900..1100).contains(&hit.len()), "{} of 10,000", hit.len());
    }

    #[test]
    fn the_first_fault_wins_and_others_keep_counting() {
        let expected = [(2, FaultKind::Status500), (3, FaultKind::ResetBefore), (4, FaultKind::Status500)];
        assert_eq!(hits(&["500:every=2", "reset-before:every=3"], 4), expected);
        assert_eq!(hits(&["500:every=2", "reset-before:at=6"], 6).last(), Some(&(6, FaultKind::Status500)));
    }

    #[test]
    fn a_fault_counts_only_its_endpoint() {
        let mut injector = FaultInjector::new(&["500:on=responses,first=1".parse().unwrap()], 0);
        let mut next = |endpoint| injector.next_fault(endpoint).map(|fault| fault.kind);
        assert_eq!(next(Endpoint::Save), None);
        assert_eq!(next(Endpoint::Responses), Some(FaultKind::Status500));
        assert_eq!(next(Endpoint::Responses), None);
    }
}
