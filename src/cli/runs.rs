//! `kore-feedback runs`.

use clap::{Args, Subcommand};

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
    List,
    /// Show one run
    Show(ShowArgs),
    /// Go on with an unfinished run, as it was begun
    Resume(ResumeArgs),
    /// Print a run's failure report again
    Failures(FailuresArgs),
}

/// `kore-feedback runs show`.
#[derive(Debug, Clone, Args)]
pub struct ShowArgs {
    /// The run's number
    #[arg(value_name = "N")]
    pub run: i64,
    /// Print every row's outcome, with the server's id, as CSV
    #[arg(long)]
    pub rows: bool,
}

/// `kore-feedback runs resume`.
#[derive(Debug, Clone, Args)]
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
pub struct FailuresArgs {
    /// The run's number
    #[arg(value_name = "N")]
    pub run: i64,
}
