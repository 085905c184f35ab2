//! Which calls a fault strikes.

use std::fmt;
use std::num::NonZeroU64;

use super::fault::{Endpoint, FaultKind, InjectedFault};

/// Which of the calls that reach a fault it strikes, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Schedule {
    /// Each n-th call; 1 is every call.
    Every(NonZeroU64),
    /// The n-th call alone.
    At(NonZeroU64),
    /// The first n calls.
    First(NonZeroU64),
    /// Each call with this probability, drawn from the seed; without one, from the sandbox's.
    Chance {
        /// From 0, never, to 1, always.
        probability: f64,
        /// Where the draws start: the same seed, the same calls.
        seed: Option<u64>,
    },
}

impl Schedule {
    /// The schedule of a fault that names none.
    pub const ALWAYS: Self = Self::Every(NonZeroU64::MIN);
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(n) => write!(f, "every={n}"),
            Self::At(n) => write!(f, "at={n}"),
            Self::First(n) => write!(f, "first={n}"),
            Self::Chance { probability, seed: None } => write!(f, "p={probability}"),
            Self::Chance { probability, seed: Some(seed) } => write!(f, "p={probability},seed={seed}"),
        }
    }
}

/// The faults of a running sandbox, each with the calls it has seen.
#[derive(Debug)]
pub(super) struct Faults(Vec<Armed>);

#[derive(Debug)]
struct Armed {
    fault: InjectedFault,
    seen: u64,
    chance: fastrand::Rng,
}

impl Faults {
    pub(super) fn new(faults: &[InjectedFault], seed: u64) -> Self {
        Self(faults.iter().map(|fault| Armed::new(*fault, seed)).collect())
    }

    /// Shows a call to every fault that watches its kind; the first that strikes it is what happens to it.
    pub(super) fn strike(&mut self, call: Endpoint) -> Option<FaultKind> {
        let mut struck = None;
        for armed in self.0.iter_mut().filter(|armed| armed.fault.on == call) {
            // Every fault counts every call, so that one's schedule doesn't hang on another's.
            if armed.strikes() && struck.is_none() {
                struck = Some(armed.fault.kind);
            }
        }
        struck
    }
}

impl Armed {
    fn new(fault: InjectedFault, sandbox_seed: u64) -> Self {
        let seed = match fault.schedule {
            Schedule::Chance { seed, .. } => seed.unwrap_or(sandbox_seed),
            _ => sandbox_seed,
        };
        Self { fault, seen: 0, chance: fastrand::Rng::with_seed(seed) }
    }

    fn strikes(&mut self) -> bool {
        self.seen += 1;
        match self.fault.schedule {
            Schedule::Every(n) => self.seen.is_multiple_of(n.get()),
            Schedule::At(n) => self.seen == n.get(),
            Schedule::First(n) => self.seen <= n.get(),
            Schedule::Chance { probability, .. } => self.chance.f64() < probability,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Faults;
    use crate::sandbox::{Endpoint, FaultKind, InjectedFault};

    /// Which of the first `calls` calls the faults strike, and with what.
    fn struck(faults: &[&str], calls: u64) -> Vec<(u64, FaultKind)> {
        let faults: Vec<InjectedFault> = faults.iter().map(|text| text.parse().unwrap()).collect();
        let mut faults = Faults::new(&faults, 0);
        (1..=calls).filter_map(|call| faults.strike(Endpoint::Save).map(|kind| (call, kind))).collect()
    }

    fn calls(fault: &str, calls: u64) -> Vec<u64> {
        struck(&[fault], calls).into_iter().map(|(call, _)| call).collect()
    }

    #[test]
    fn each_schedule_strikes_the_calls_it_names() {
        assert_eq!(calls("500", 3), [1, 2, 3]);
        assert_eq!(calls("500:every=3", 10), [3, 6, 9]);
        assert_eq!(calls("500:at=4", 10), [4]);
        assert_eq!(calls("500:first=2", 10), [1, 2]);
        assert_eq!(calls("500:p=0", 100), [0; 0]);
        assert_eq!(calls("500:p=1", 3), [1, 2, 3]);
    }

    #[test]
    fn chance_is_the_same_for_the_same_seed_and_near_what_was_asked() {
        let strikes = calls("500:p=0.1,seed=7", 10_000);
        assert_eq!(strikes, calls("500:p=0.1,seed=7", 10_000));
        assert_ne!(strikes, calls("500:p=0.1,seed=8", 10_000));
        assert!((900..1100).contains(&strikes.len()), "{} of 10,000", strikes.len());
    }

    #[test]
    fn the_first_fault_named_wins_and_the_others_count_on() {
        let expected = [(2, FaultKind::Status500), (3, FaultKind::ResetBefore), (4, FaultKind::Status500)];
        assert_eq!(struck(&["500:every=2", "reset-before:every=3"], 4), expected);
        assert_eq!(struck(&["500:every=2", "reset-before:at=6"], 6).last(), Some(&(6, FaultKind::Status500)));
    }

    #[test]
    fn a_fault_sees_only_the_calls_it_watches() {
        let mut faults = Faults::new(&["500:on=responses,first=1".parse().unwrap()], 0);
        assert_eq!(faults.strike(Endpoint::Save), None);
        assert_eq!(faults.strike(Endpoint::Responses), Some(FaultKind::Status500));
        assert_eq!(faults.strike(Endpoint::Responses), None);
    }
}
