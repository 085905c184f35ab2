//! The one reader of the wall clock. Everything else is handed a moment, so that tests can choose it.

use jiff::{Timestamp, Zoned};

/// This moment.
#[expect(clippy::disallowed_methods, reason = "this is the wall clock's home")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// This moment where the user is, for what people read.
#[expect(clippy::disallowed_methods, reason = "this is the wall clock's home")]
pub fn local_now() -> Zoned {
    Zoned::now()
}
