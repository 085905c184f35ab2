//! The only reader of the wall clock. Everything else is passed the time, so that tests can choose it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, Zoned};

use crate::text::format_duration;

/// A larger difference between two clocks is worth mentioning.
const WORTH_MENTIONING: SignedDuration = SignedDuration::from_secs(60);

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

/// In words, how this machine's clock differs from a server's that is so far ahead; `None` if it hardly does.
pub(crate) fn difference(server_ahead: SignedDuration) -> Option<String> {
    let difference = server_ahead.abs();
    let side = if server_ahead.is_positive() { "behind" } else { "ahead of" };
    // Servers round their time down to the second, and answers take a moment to arrive.
    let rounded = Duration::from_secs((difference.unsigned_abs().as_secs() + 5) / 10 * 10);
    (difference >= WORTH_MENTIONING)
        .then(|| format!("this machine's clock is {} {side} the server's", format_duration(rounded)))
}
