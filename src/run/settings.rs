//! How a run sends its rows.

use std::time::Duration;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::circuit::BreakerPolicy;
use crate::ledger::{ResendPolicy, RunId};
use crate::numbering::Numbering;

/// What to do with a record that may have been saved; described as in the help.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Delivery {
    /// Leave it in doubt and report it
    #[default]
    AtMostOnce,
    /// Send it again; it may then be saved twice
    AtLeastOnce,
}

#[derive(Debug, Clone)]
pub(crate) struct SendSettings {
    pub(crate) run: RunId,
    /// Which row and record a number stands for.
    pub(crate) numbering: Numbering,
    /// What may be sent a second time.
    pub(crate) resend: ResendPolicy,
    pub(crate) delivery: Delivery,
    /// How often a row is retried while others get through.
    pub(crate) retries: u32,
    /// How long one call may take.
    pub(crate) timeout: Duration,
    /// The longest wait for the rate limit; `None` for as long as it takes.
    pub(crate) max_wait: Option<Duration>,
    /// The longest of the rolling windows; `None` without limits.
    pub(crate) longest_window: Option<Duration>,
}

#[derive(Debug)]
pub(crate) struct LaneSettings {
    pub(crate) send: SendSettings,
    /// How many attempts may be in flight at once.
    pub(crate) concurrency: usize,
    pub(crate) breaker: BreakerPolicy,
    /// How many rows are to be sent, for the time left.
    pub(crate) to_send: u64,
}
