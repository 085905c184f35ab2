//! When the next call may start: exact rolling windows, and nothing about what the calls are.
//!
//! `Windows` is the arithmetic: pure, moments are handed in. `Pacer` makes callers wait for it. `Backoff` is how long to
//! wait after a failure. Not a token bucket: a GCRA with a burst of N lets nearly 2 N through a rolling window.

mod backoff;
mod limit;
#[cfg(test)]
mod model;
mod pacer;
mod windows;

pub(crate) use backoff::Backoff;
pub use limit::{Limit, LimitError, duration_text, parse_duration};
pub(crate) use pacer::{Pacer, Permit, instant_at};
pub use windows::Pace;
pub(crate) use windows::{Moment, Room, Windows};
