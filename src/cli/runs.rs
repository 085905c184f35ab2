//! Arguments of `runs`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueHint};

use super::import::command;
use super::{RunNumber, SendingArgs, duration};
use crate::pacing::Limit;
use crate::run::MaxRejected;

pub(super) const EXAMPLES: &str = "\
Examples:
  See what was imported and what can be resumed:
    kore-feedback runs list
  Get the server's id of each row:
    kore-feedback runs show 7 --rows > run-7.csv
  Resume a run after a reboot, from any directory, even if its input was piped:
    kore-feedback runs resume 7
  Write the failure report again:
    kore-feedback runs failures 7 > failures.csv";

const SHOW_EXAMPLES: &str = "\
Examples:
  kore-feedback runs show latest
  kore-feedback runs show 7 --rows > run-7.csv";

const RESUME_EXAMPLES: &str = "\
Examples:
  kore-feedback runs resume 7
  kore-feedback runs resume 7 --resend-in-doubt
  kore-feedback runs resume 7 --rejected";

/// The subcommands of `runs`.
#[derive(Debug, Clone, Subcommand)]
pub enum RunsCommand {
    /// List the runs, newest first
    #[command(after_help = "Examples:\n  kore-feedback runs list\n  kore-feedback runs list --limit 20 --output json")]
    List {
        /// List only the last N runs
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
    },
    /// Show one run
    #[command(after_help = SHOW_EXAMPLES)]
    Show {
        /// Number of the run, or latest
        #[arg(value_name = "N")]
        run: RunNumber,
        /// Print the outcome and server id of every row as CSV, or as an array with --output json
        #[arg(long)]
        rows: bool,
    },
    /// Resume an unfinished run with the options it was started with
    #[command(after_help = RESUME_EXAMPLES)]
    Resume {
        /// Number of the run, or latest
        #[arg(value_name = "N")]
        run: RunNumber,
        /// Also send rows in doubt again; they may then be saved twice
        #[arg(long)]
        resend_in_doubt: bool,
        /// Also send rejected rows again
        #[arg(long)]
        rejected: bool,
        /// Stop when more records than this are rejected: a number, or a percentage such as 5%
        #[arg(long, value_name = "N|PERCENT")]
        max_rejected: Option<MaxRejected>,
        /// Run this command at the end [default: that of the run, if it has one]
        #[arg(long, value_name = "COMMAND", value_parser = command)]
        on_finish: Option<String>,
    },
    /// Print the failure report of a run again
    #[command(after_help = "Examples:\n  kore-feedback runs failures 7 > failures.csv")]
    Failures {
        /// Number of the run, or latest
        #[arg(value_name = "N")]
        run: RunNumber,
    },
    /// List the saved records of a run as CSV: the input's columns, the row, and the server's id and time
    #[command(
        after_help = "Examples:\n  kore-feedback runs saved 7 saved.csv\n  kore-feedback runs saved 7 > saved.csv"
    )]
    Saved {
        /// Number of the run, or latest
        #[arg(value_name = "N")]
        run: RunNumber,
        /// New CSV file, or an earlier list of the run [default: standard output]
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Write a report of a run as a web page: outcomes, scores, requests over time, and why records were not saved
    #[command(
        after_help = "Examples:\n  kore-feedback runs report 7 run-7.html\n  kore-feedback runs report 7 > run-7.html"
    )]
    Report {
        /// Number of the run, or latest
        #[arg(value_name = "N")]
        run: RunNumber,
        /// HTML file to write, or to replace if it is such a report [default: standard output]
        #[arg(value_name = "FILE")]
        #[arg(value_hint = ValueHint::FilePath)]
        file: Option<PathBuf>,
    },
    /// Ask the server whether the rows of a run were saved
    ///
    /// Reads the records of the run's time span back from the server, within the rate limits. A row in doubt becomes
    /// saved if its record is found. It becomes unsent, so that a resumed run sends it, if its record is missing after the
    /// --settle time although the records of the rows sent next to it are visible. Otherwise it stays in doubt, with the
    /// reason. Saved rows that are missing on the server are listed. The app needs the scope "Feedback Analytics", which other pages
    /// of the vendor call "Metrics" or "Feedback Survey".
    Verify(VerifyArgs),
}

const VERIFY_EXAMPLES: &str = "\
Examples:
  Resolve the rows in doubt of run 7:
    kore-feedback runs verify 7
  Allow records up to 5 minutes to appear:
    kore-feedback runs verify 7 --wait 5m
  Recover run 7 after the ledger was damaged, copied or restored:
    kore-feedback runs verify 7 --recover --wait 6m";

/// Arguments of `runs verify`.
#[derive(Debug, Clone, Args)]
#[command(after_help = VERIFY_EXAMPLES)]
pub struct VerifyArgs {
    /// Number of the run, or latest
    #[arg(value_name = "N")]
    pub run: RunNumber,
    /// Keep looking for missing records for this long, such as 5m [default: look once]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub wait: Option<Duration>,
    /// How long the server may take to save a record after its request went unanswered [default: 5m]
    ///
    /// A row without a response becomes unsent only after this time, and after four times the timeout of its request.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub settle: Option<Duration>,
    /// Look for every saved row, too, even if few rows are in doubt
    #[arg(long)]
    pub all: bool,
    /// Recover the run if the ledger was damaged, copied or restored
    ///
    /// Reads the input again, marks every row without an outcome in the ledger as in doubt, and looks for these rows on
    /// the server. Afterwards the run can be resumed.
    #[arg(long)]
    pub recover: bool,
    /// Rolling rate limit, such as 60/1m; repeatable [default: the profile's, else 60/1m and 1800/1h]
    #[arg(long, value_name = "CALLS/TIME")]
    pub rate_limit: Vec<Limit>,
    /// Read without any rate limit
    #[arg(long, conflicts_with = "rate_limit")]
    pub no_rate_limit: bool,
    /// Timeout of one request, such as 30s [default: the profile's, else 30s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub timeout: Option<Duration>,
}

impl VerifyArgs {
    /// The options that also apply to sending; all others have their defaults.
    pub fn sending(&self) -> SendingArgs {
        SendingArgs {
            rate_limit: self.rate_limit.clone(),
            no_rate_limit: self.no_rate_limit,
            timeout: self.timeout,
            ..SendingArgs::default()
        }
    }
}
