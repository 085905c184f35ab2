//! Options that `submit` and `import` share: where to send, and how fast.

use std::num::NonZeroUsize;
use std::time::Duration;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::{as_typed, duration};
use crate::pacing::{Limit, Pace};
use crate::run::Delivery;

/// How records are sent.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[command(next_help_heading = "Sending")]
pub struct SendingArgs {
    /// Send to a sandbox inside this process: no setup, nothing leaves this machine
    #[arg(long)]
    pub sandbox: bool,
    /// Rate limit, such as 60/1m; repeatable [default: the profile's, or 60/1m and 1800/1h]
    #[arg(long, value_name = "CALLS/TIME", hide_short_help = true)]
    #[serde(with = "as_typed::list")]
    pub rate_limit: Vec<Limit>,
    /// Send without any rate limit
    #[arg(long, conflicts_with = "rate_limit", hide_short_help = true)]
    pub no_rate_limit: bool,
    /// How to spread requests within the smallest rate limit
    #[arg(long, value_name = "PACE", default_value = "even", hide_short_help = true)]
    pub pace: Pace,
    /// Requests in flight per bot [default: the profile's, or 4]
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub concurrency: Option<NonZeroUsize>,
    /// How long one request may take, such as 30s [default: the profile's, or 30s]
    #[arg(long, value_name = "TIME", value_parser = duration, hide_short_help = true)]
    #[serde(with = "as_typed::duration")]
    pub timeout: Option<Duration>,
    /// Retries for a record that the server did not accept while it accepted others [default: 5]
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub retries: Option<u32>,
    /// What to do with a record that may have been saved
    #[arg(long, value_name = "GUARANTEE", default_value = "at-most-once", hide_short_help = true)]
    pub(crate) delivery: Delivery,
    /// How long to wait for a target that is unreachable or does not answer [default: 10m; 30s for submit]
    #[arg(long, value_name = "TIME", value_parser = duration, hide_short_help = true)]
    #[serde(with = "as_typed::duration")]
    pub wait_for_target: Option<Duration>,
    /// Stop rather than wait longer than this for the rate limit or the target [default: no limit; 60s for submit]
    #[arg(long, value_name = "TIME", value_parser = duration, hide_short_help = true)]
    #[serde(with = "as_typed::duration")]
    pub max_wait: Option<Duration>,
    /// Fail unless responses have every documented field, unchanged; for smoke tests
    #[arg(long, hide_short_help = true)]
    pub strict_answers: bool,
}

impl SendingArgs {
    /// The rate limits given: `None` if no option mentions them, empty for `--no-rate-limit`.
    pub fn limits(&self) -> Option<Vec<Limit>> {
        (self.no_rate_limit || !self.rate_limit.is_empty()).then(|| self.rate_limit.clone())
    }
}
