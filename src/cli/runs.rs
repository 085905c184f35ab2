//! `kore-feedback runs`.

use std::time::Duration;

use clap::{Args, Subcommand};

use super::{DeliveryArg, PaceArg, SendingArgs, duration};
use crate::pacing::Limit;

const EXAMPLES: &str = "\
Examples:
  What has been imported, and what can be resumed:
    kore-feedback runs list
  Which id each row got on the server:
    kore-feedback runs show 7 --rows > run-7.csv
  Go on after a reboot, wherever the file is, or was piped from:
    kore-feedback runs resume 7
  Write the failure report once more:
    kore-feedback runs failures 7 > failures.csv";

/// Look at earlier runs: what was sent, and what became of it
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct RunsArgs {
    /// What to look at.
    #[command(subcommand)]
    pub command: RunsCommand,
}

/// The subcommands of `runs`.
#[derive(Debug, Clone, Subcommand)]
pub enum RunsCommand {
    /// List all runs
    #[command(after_help = "Examples:\n  kore-feedback runs list\n  kore-feedback runs list --output json")]
    List,
    /// Show one run
    Show(ShowArgs),
    /// Go on with an unfinished run, as it was begun
    Resume(ResumeArgs),
    /// Print a run's failure report again
    Failures(FailuresArgs),
    /// Ask the server what became of a run's rows, and resolve those in doubt
    ///
    /// Reads the records of the run's time back from the server, within the limits. A row in doubt that is found is
    /// saved; one that is surely absent is unsent, and a resumed run sends it; one of which neither is sure stays in
    /// doubt, with the reason said. Saved rows that can't be seen are named. Reading needs the scope "Feedback
    /// Analytics".
    Verify(VerifyArgs),
}

const SHOW_EXAMPLES: &str = "\
Examples:
  kore-feedback runs show 7
  kore-feedback runs show 7 --rows > run-7.csv";

/// `kore-feedback runs show`.
#[derive(Debug, Clone, Args)]
#[command(after_help = SHOW_EXAMPLES)]
pub struct ShowArgs {
    /// The run's number
    #[arg(value_name = "N")]
    pub run: i64,
    /// Print every row's outcome, with the server's id, as CSV; with --output json as an array
    #[arg(long)]
    pub rows: bool,
}

const RESUME_EXAMPLES: &str = "\
Examples:
  kore-feedback runs resume 7
  kore-feedback runs resume 7 --resend-in-doubt";

/// `kore-feedback runs resume`.
#[derive(Debug, Clone, Args)]
#[command(after_help = RESUME_EXAMPLES)]
pub struct ResumeArgs {
    /// The run's number
    #[arg(value_name = "N")]
    pub run: i64,
    /// Send rows in doubt again, though they may have been saved
    #[arg(long)]
    pub resend_in_doubt: bool,
}

/// `kore-feedback runs failures`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  kore-feedback runs failures 7 > failures.csv")]
pub struct FailuresArgs {
    /// The run's number
    #[arg(value_name = "N")]
    pub run: i64,
}

const VERIFY_EXAMPLES: &str = "\
Examples:
  Find out about the rows in doubt of run 7:
    kore-feedback runs verify 7
  Records may take a while to appear:
    kore-feedback runs verify 7 --wait 5m";

/// `kore-feedback runs verify`.
#[derive(Debug, Clone, Args)]
#[command(after_help = VERIFY_EXAMPLES)]
pub struct VerifyArgs {
    /// The run's number
    #[arg(value_name = "N")]
    pub run: i64,
    /// How long a record may take to appear, such as 5m: what is not found is looked for again until then [default: look
    /// once]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub wait: Option<Duration>,
    /// Rolling limit to stay within, such as 60/1m; repeatable [default: the profile's, else 60/1m and 1800/1h]
    #[arg(long, value_name = "CALLS/TIME")]
    pub limit: Vec<Limit>,
    /// Stay within no limit at all
    #[arg(long, conflicts_with = "limit")]
    pub no_limit: bool,
    /// How long one call may take, such as 30s [default: the profile's, else 30s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub timeout: Option<Duration>,
}

impl VerifyArgs {
    /// The same in the form that sending takes; what concerns records to be sent is left as it is by default.
    pub fn sending(&self) -> SendingArgs {
        SendingArgs {
            sandbox: false,
            rate_limit: self.limit.clone(),
            no_rate_limit: self.no_limit,
            pace: PaceArg::Even,
            concurrency: None,
            timeout: self.timeout,
            retries: 0,
            delivery: DeliveryArg::AtMostOnce,
            wait_for_target: None,
        }
    }
}
