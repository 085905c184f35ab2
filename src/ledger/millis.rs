//! Times as the ledger stores them: milliseconds since 1970, UTC.

use jiff::Timestamp;

pub(super) fn to_millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

pub(super) fn from_millis(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}
