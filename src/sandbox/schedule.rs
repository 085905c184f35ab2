//! Which requests a fault hits.

use std::fmt;
use std::num::NonZeroU64;

/// Which of the requests to a fault's endpoint it hits, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Schedule {
    /// Every n-th request.
    Every(NonZeroU64),
    /// Only the n-th request.
    At(NonZeroU64),
    /// The first n requests.
    First(NonZeroU64),
    /// Every n-th request, together with all others that are in flight half a latency after it arrived.
    Burst(NonZeroU64),
    /// Each request with this probability.
    Chance {
        /// From 0 (never) to 1 (always).
        probability: f64,
        /// Seed of the random numbers; `None` uses the sandbox's seed.
        seed: Option<u64>,
    },
}

impl Schedule {
    /// Every request: the default.
    pub const ALWAYS: Self = Self::Every(NonZeroU64::MIN);
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(n) => write!(f, "every={n}"),
            Self::At(n) => write!(f, "at={n}"),
            Self::First(n) => write!(f, "first={n}"),
            Self::Burst(n) => write!(f, "burst={n}"),
            Self::Chance { probability, seed: None } => write!(f, "p={probability}"),
            Self::Chance { probability, seed: Some(seed) } => write!(f, "p={probability},seed={seed}"),
        }
    }
}
