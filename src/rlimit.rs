//! The limit on open files and connections of this process (`RLIMIT_NOFILE`). The only place that reads and raises it.

/// macOS accepts no higher limit, although it reports one.
#[cfg(unix)]
const OPEN_MAX: u64 = 10_240;

/// Raises the limit to `wanted`, or as near to it as the system allows, if it is lower. Returns the limit then in effect;
/// `None` if there is none.
#[cfg(unix)]
pub(crate) fn raise(wanted: u64) -> Option<u64> {
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

/// This system has no such limit.
#[cfg(not(unix))]
pub(crate) fn raise(_wanted: u64) -> Option<u64> {
    None
}
