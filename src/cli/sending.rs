//! What `submit` and `import` have in common: where to send, and how hard.

use std::num::NonZeroUsize;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::duration;
use crate::pacing::Limit;

/// How records are sent.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Sending")]
pub struct SendingArgs {
    /// Send to a sandbox started in this process instead: nothing to configure, nothing real
    #[arg(long)]
    pub sandbox: bool,
    /// Rolling limit to stay within, such as 60/1m; repeatable [default: the profile's, else 60/1m and 1800/1h]
    #[arg(long, value_name = "CALLS/TIME")]
    pub rate_limit: Vec<Limit>,
    /// Stay within no limit at all
    #[arg(long, conflicts_with = "rate_limit")]
    pub no_rate_limit: bool,
    /// How calls are spread inside the smallest limit
    #[arg(long, value_name = "PACE", default_value = "even")]
    pub pace: PaceArg,
    /// Calls in flight at once, to each bot [default: the profile's, else 4]
    #[arg(long, value_name = "N")]
    pub concurrency: Option<NonZeroUsize>,
    /// How long one call may take, such as 30s [default: the profile's, else 30s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// Tries again for a record that the server surely did not take, while others get through
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub retries: u32,
    /// What to do with a record that may or may not have been saved
    #[arg(long, value_name = "PROMISE", default_value = "at-most-once")]
    pub delivery: DeliveryArg,
    /// How long a target that can't be reached, or doesn't answer, is waited for [default: 10m; for submit 30s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub wait_for_target: Option<Duration>,
}

/// `--pace`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PaceArg {
    /// Evenly: 60 a minute is one a second
    Even,
    /// As early as possible: 60 at once, then a pause
    Early,
}

/// `--delivery`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DeliveryArg {
    /// Leave it in doubt, and say so
    AtMostOnce,
    /// Send it again: it may then be saved twice
    AtLeastOnce,
}

impl SendingArgs {
    /// The limits that were given: `None` when nothing was said about them.
    pub fn limits(&self) -> Option<Vec<Limit>> {
        (self.no_rate_limit || !self.rate_limit.is_empty()).then(|| self.rate_limit.clone())
    }
}
