//! When the next call may be made: exact rolling windows, and nothing about what the calls are.

mod limit;

pub use limit::{Limit, LimitError, duration_text, parse_duration};
