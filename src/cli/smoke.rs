//! Arguments of `smoke`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::{SendingArgs, duration};
use crate::pacing::{Limit, Pace};
use crate::record::FeedbackType;

const EXAMPLES: &str = "\
Examples:
  Send a record of each type to a survey of its own, and check everything about the answers:
    kore-feedback smoke --name \"Smoke test\" --max-latency 2s
  Send nothing: check the connection, the token, its scope and a read:
    kore-feedback smoke --read-only
  In CI, with settings from KORE_FEEDBACK_* variables and a JUnit report:
    kore-feedback smoke --name \"Smoke test\" --junit smoke.xml --output json
  Try it without a target:
    kore-feedback smoke --name \"Smoke test\" --sandbox

Exit codes: 0 every check passed or could not be made; 1 a check failed; 2 wrong options or configuration; 3 the server \
rejected the credentials, their scope or the bot; 4 the server could not be reached; 5 the server did not confirm the records; \
130 interrupted.";

/// The options that have no effect if nothing is sent.
const RECORDS: [&str; 7] = ["name", "types", "channel_uid", "channel", "language", "wait", "yes"];

/// Test the API from end to end, with one record of each type
///
/// Sends one record of each type, compares the answers with what was sent and with the API's documentation, measures the
/// time to answer, and reads the records back. The records stay on the server and count in the survey's scores: choose a
/// survey that is only for tests.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct SmokeArgs {
    /// Name of the survey that the records are sent to
    #[arg(long, value_name = "SURVEY", required_unless_present = "read_only", help_heading = "Records")]
    pub name: Option<String>,
    /// Send only a record of this type: NPS, CSAT or THUMB; repeatable [default: all three]
    #[arg(long = "type", value_name = "TYPE", value_parser = feedback_type, help_heading = "Records")]
    pub types: Vec<FeedbackType>,
    /// Respondent's id, by which the records can be recognized
    #[arg(long, value_name = "ID", default_value = "smoke-test@example.com", help_heading = "Records")]
    pub channel_uid: String,
    /// Channel of the records [default: the profile's, or rtm]
    #[arg(long, value_name = "CHANNEL", help_heading = "Records")]
    pub channel: Option<String>,
    /// Language of the records [default: the profile's, or en]
    #[arg(long, value_name = "CODE", help_heading = "Records")]
    pub language: Option<String>,

    /// Send nothing: check the connection, the token, its scope and a read
    #[arg(long, conflicts_with_all = RECORDS, help_heading = "Checks")]
    pub read_only: bool,
    /// Fail if an answer takes longer than this, such as 2s
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Checks")]
    pub max_latency: Option<Duration>,
    /// How long to look for the records when they are read back [default: 30s]
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Checks")]
    pub wait: Option<Duration>,
    /// Also write the result to this file, as JUnit XML
    #[arg(long, value_name = "FILE", help_heading = "Checks")]
    #[arg(value_hint = ValueHint::FilePath)]
    pub junit: Option<PathBuf>,

    /// Send without asking first; without a terminal, nothing is asked
    #[arg(long, short = 'y', help_heading = "Sending")]
    pub yes: bool,
    /// Send to a sandbox inside this process: no setup, nothing leaves this machine
    #[arg(long, help_heading = "Sending")]
    pub sandbox: bool,
    /// Rate limit, such as 60/1m; repeatable [default: the profile's, or 60/1m and 1800/1h]
    #[arg(long, value_name = "CALLS/TIME", help_heading = "Sending")]
    pub rate_limit: Vec<Limit>,
    /// Send without any rate limit
    #[arg(long, conflicts_with = "rate_limit", help_heading = "Sending")]
    pub no_rate_limit: bool,
    /// How long one request may take, such as 30s [default: the profile's, or 30s]
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Sending")]
    pub timeout: Option<Duration>,
    /// How long to wait for a target that is unreachable or does not answer [default: 30s]
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Sending")]
    pub wait_for_target: Option<Duration>,
    /// Stop rather than wait longer than this for the rate limit or the target [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Sending")]
    pub max_wait: Option<Duration>,
}

impl SmokeArgs {
    /// The types to send, each once.
    pub fn types(&self) -> Vec<FeedbackType> {
        let is_wanted = |of: &FeedbackType| self.types.is_empty() || self.types.contains(of);
        FeedbackType::ALL.into_iter().filter(is_wanted).collect()
    }

    /// How the records are sent.
    pub fn sending(&self) -> SendingArgs {
        SendingArgs {
            sandbox: self.sandbox,
            rate_limit: self.rate_limit.clone(),
            no_rate_limit: self.no_rate_limit,
            timeout: self.timeout,
            wait_for_target: self.wait_for_target,
            max_wait: self.max_wait,
            // A few records need not be spread over the window.
            pace: Pace::Early,
            ..SendingArgs::default()
        }
    }
}

fn feedback_type(text: &str) -> Result<FeedbackType, &'static str> {
    FeedbackType::parse(text).ok_or("write NPS, CSAT or THUMB")
}
