//! The limits of this process: open files and connections (`RLIMIT_NOFILE`), and core dumps. The only place that reads and
//! sets them.

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

/// Keeps secrets and tokens out of core dumps, as far as the system lets us.
#[cfg(unix)]
pub(crate) fn forbid_core_dumps() {
    use rustix::process::{Resource, Rlimit, setrlimit};

    // Nothing depends on either: a failure only leaves things as they are.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    // Crash reporters that the kernel pipes cores to are not bound by the limit.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// This system writes none by default.
#[cfg(not(unix))]
pub(crate) fn forbid_core_dumps() {}
