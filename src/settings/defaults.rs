//! Built-in defaults.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use crate::pacing::Limit;

/// The version in the API's path (contract: "Sample Request").
pub(super) const DEFAULT_API_VERSION: &str = "1.1";
/// The default number of requests in flight at once. The vendor's limits need no more than one.
pub(super) const DEFAULT_CONCURRENCY: NonZeroUsize = NonZeroUsize::new(4).unwrap();
/// The default time to wait for a response.
pub(super) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// The default `sub` of tokens: the API requires one and gives it no meaning.
pub(super) const DEFAULT_SUBJECT: &str = "kore-feedback";
/// The default lifetime of a token.
pub(super) const DEFAULT_TOKEN_TTL: Duration = Duration::from_secs(10 * 60);
/// The limits that the vendor lists for "Feedback Analytics": 60 per minute and 1,800 per hour for each bot.
pub(super) fn default_limits() -> Vec<Limit> {
    const PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).unwrap();
    const PER_HOUR: NonZeroU32 = NonZeroU32::new(1_800).unwrap();
    vec![
        Limit { calls: PER_MINUTE, per: Duration::from_secs(60) },
        Limit { calls: PER_HOUR, per: Duration::from_secs(60 * 60) },
    ]
}
