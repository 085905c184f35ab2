//! Arguments of `responses`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum, ValueHint};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use super::{SendingArgs, duration};
use crate::delivery::{ResponseFilter, ScoreRange};
use crate::pacing::Limit;
use crate::record::FeedbackType;

pub(super) const EXAMPLES: &str = "\
Examples:
  Export a quarter as CSV, which `import` reads:
    kore-feedback responses export --from 2026-01-01 --to 2026-03-31 q1.csv
  Show the NPS of each month:
    kore-feedback responses scores --from 2026-01-01 --type NPS --by month";

const EXPORT_EXAMPLES: &str = "\
Examples:
  Export the first half of 2026; if it is interrupted, the same command continues:
    kore-feedback responses export --from 2026-01-01 --to 2026-06-30 responses.csv
  Print the detractors of one survey as NDJSON:
    kore-feedback responses export --from 2026-01-01 --survey Relationship --score 0..6 --format ndjson
  Copy what one bot holds to another bot:
    kore-feedback responses export --from 2020-01-01 responses.csv --profile old
    kore-feedback import responses.csv --profile new";

const SCORES_EXAMPLES: &str = "\
Examples:
  kore-feedback responses scores --from 2026-01-01 --to 2026-06-30
  kore-feedback responses scores --from 2026-01-01 --by week --output json";

/// The subcommands of `responses`.
#[derive(Debug, Subcommand)]
pub enum ResponsesCommand {
    /// Export the records that the server has, as CSV or JSON
    ///
    /// Reads pages of 50 records within the rate limits, and writes each record once. The column names are those that `import`
    /// reads, so an export can be imported into another bot; `message` is empty, because the server does not return it. FILE
    /// is never overwritten. An interrupted export leaves FILE.partial, and the same command continues it. The app needs the
    /// scope "Feedback Analytics", which other pages of the vendor call "Metrics" or "Feedback Survey".
    Export(ExportArgs),
    /// Show the scores of the records that the server has
    ///
    /// Reads the records like `export`, and shows what the preview of an import shows, for what the server has.
    Scores(ScoresArgs),
}

/// Arguments of `responses export`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXPORT_EXAMPLES)]
pub struct ExportArgs {
    /// File to create [default: standard output]
    #[arg(value_name = "FILE")]
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// Format of the records [default: by the ending of FILE, or csv]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<ResponseFormat>,
    /// Mark CSV as UTF-8, and texts that a spreadsheet would read as a formula with an apostrophe
    #[arg(long)]
    pub spreadsheet: bool,
    /// Which records.
    #[command(flatten)]
    pub responses: ResponsesArgs,
}

/// Arguments of `responses scores`.
#[derive(Debug, Clone, Args)]
#[command(after_help = SCORES_EXAMPLES)]
pub struct ScoresArgs {
    /// Show the scores of each week, month, channel or language
    #[arg(long, value_name = "WHAT")]
    pub by: Option<GroupBy>,
    /// Which records.
    #[command(flatten)]
    pub responses: ResponsesArgs,
}

/// Which records are read, and how.
#[derive(Debug, Clone, Args)]
pub struct ResponsesArgs {
    /// First day (UTC), or a time such as 2026-01-01T09:00+01:00
    #[arg(long, value_name = "TIME", value_parser = first_moment, help_heading = "Records")]
    pub from: Timestamp,
    /// Last day (UTC), or a time [default: now]
    #[arg(long, value_name = "TIME", value_parser = last_moment, help_heading = "Records")]
    pub to: Option<Timestamp>,
    /// Only records of the survey with this name
    #[arg(long, value_name = "NAME", help_heading = "Records")]
    pub survey: Option<String>,
    /// Only records of this type: NPS, CSAT or THUMB
    #[arg(long = "type", value_name = "TYPE", value_parser = survey_type, help_heading = "Records")]
    pub survey_type: Option<FeedbackType>,
    /// Only records with this channel
    #[arg(long, value_name = "CHANNEL", help_heading = "Records")]
    pub channel: Option<String>,
    /// Only records of this respondent; repeatable
    #[arg(long = "channel-uid", value_name = "ID", help_heading = "Records")]
    pub channel_uids: Vec<String>,
    /// Only records with this score, or a range such as 0..6
    #[arg(long, value_name = "SCORES", help_heading = "Records")]
    pub(crate) score: Option<ScoreRange>,
    /// Rolling rate limit, such as 60/1m; repeatable [default: the profile's, else 60/1m and 1800/1h]
    #[arg(long, value_name = "CALLS/TIME", help_heading = "Reading")]
    pub rate_limit: Vec<Limit>,
    /// Read without any rate limit
    #[arg(long, conflicts_with = "rate_limit", help_heading = "Reading")]
    pub no_rate_limit: bool,
    /// Timeout of one request, such as 30s [default: the profile's, else 30s]
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Reading")]
    pub timeout: Option<Duration>,
}

/// How exported records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ResponseFormat {
    /// Comma-separated values in UTF-8, with a header
    Csv,
    /// One JSON object per line
    Ndjson,
    /// One JSON array
    Json,
}

/// What scores are shown by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GroupBy {
    /// ISO weeks, in UTC
    Week,
    /// Months, in UTC
    Month,
    /// Channels
    Channel,
    /// Languages
    Language,
}

impl ResponsesArgs {
    /// The options that also apply to sending; all others have their defaults.
    pub fn sending(&self) -> SendingArgs {
        SendingArgs {
            rate_limit: self.rate_limit.clone(),
            no_rate_limit: self.no_rate_limit,
            timeout: self.timeout,
            ..SendingArgs::default()
        }
    }

    pub(crate) fn filter(&self) -> ResponseFilter {
        ResponseFilter {
            survey: self.survey.clone(),
            survey_type: self.survey_type,
            channel: self.channel.clone(),
            channel_uids: self.channel_uids.clone(),
            score: self.score,
        }
    }
}

fn survey_type(text: &str) -> Result<FeedbackType, &'static str> {
    FeedbackType::parse(text).ok_or("write NPS, CSAT or THUMB")
}

const MILLISECOND: SignedDuration = SignedDuration::from_millis(1);

fn first_moment(text: &str) -> Result<Timestamp, &'static str> {
    moment(text, SignedDuration::ZERO)
}

/// Of a day, its last millisecond.
fn last_moment(text: &str) -> Result<Timestamp, &'static str> {
    moment(text, SignedDuration::from_hours(24) - MILLISECOND)
}

fn moment(text: &str, into_day: SignedDuration) -> Result<Timestamp, &'static str> {
    let day = |date: Date| date.to_zoned(TimeZone::UTC).ok()?.timestamp().checked_add(into_day).ok();
    let of_day = || day(text.parse().ok().filter(|_| !text.contains(':'))?);
    text.parse().ok().or_else(of_day).ok_or("write a day such as 2026-01-31, or a time such as 2026-01-31T09:00:00Z")
}

#[cfg(test)]
mod tests {
    use super::{first_moment, last_moment};

    #[test]
    fn days_are_whole_and_in_utc() {
        assert_eq!(first_moment("2026-01-31").unwrap().to_string(), "2026-01-31T00:00:00Z");
        assert_eq!(last_moment("2026-01-31").unwrap().to_string(), "2026-01-31T23:59:59.999Z");
        for time in ["2026-01-31T09:00:00+01:00", "2026-01-31T08:00Z"] {
            assert_eq!(last_moment(time).unwrap().to_string(), "2026-01-31T08:00:00Z", "{time}");
        }
        for text in ["", "yesterday", "2026-13-01", "2026-01-31T09:00", "31.01.2026"] {
            assert!(first_moment(text).is_err(), "{text}");
        }
    }
}
