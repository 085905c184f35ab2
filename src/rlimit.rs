//! How many files and connections this process may have open at once. The one place that asks the system, and that raises
//! the limit where it may.

/// macOS takes no higher limit, though it names one.
#[cfg(unix)]
const OPEN_MAX: u64 = 10_240;

/// How many may be open, after the limit was raised to as many as are wanted where it was lower and that is allowed;
/// `None` where there is no such limit.
#[cfg(unix)]
pub fn raise(wanted: u64) -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    let current = limit.current?;
    if current >= wanted {
        return Some(current);
    }
    let most = limit.maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let raise = |to: u64| {
        let raised = Rlimit { current: Some(to), maximum: limit.maximum };
        (to > current && setrlimit(Resource::Nofile, raised).is_ok()).then_some(to)
    };
    raise(most).or_else(|| raise(most.min(OPEN_MAX))).or(Some(current))
}

/// There is no such limit.
#[cfg(not(unix))]
pub fn raise(_wanted: u64) -> Option<u64> {
    None
}
