//! Times as the ledger stores them: milliseconds since 1970, UTC.

use jiff::{SignedDuration, Timestamp};

pub(super) fn to_millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

pub(super) fn from_millis(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(super) fn offset_to_millis(offset: SignedDuration) -> i64 {
    offset.as_millis().try_into().unwrap_or_default()
}
