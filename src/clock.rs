//! The only reader of the wall clock. Everything else is passed the time, so that tests can choose it.

use jiff::{Timestamp, Zoned};

/// The current time.
#[expect(clippy::disallowed_methods, reason = "this is the only reader of the wall clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The current time in the user's time zone, for messages.
#[expect(clippy::disallowed_methods, reason = "this is the only reader of the wall clock")]
pub(crate) fn local_now() -> Zoned {
    Zoned::now()
}
