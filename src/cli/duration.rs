//! Options that are lengths of time.

use std::time::Duration;

use crate::pacing::parse_duration;

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "write a number with a unit, such as 90s, 10m or 1h30m".to_owned())
}
