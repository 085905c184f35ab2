//! `kore-feedback submit`.

use std::path::PathBuf;

use clap::Args;

use super::SendingArgs;
use crate::record::Field;

const EXAMPLES: &str = "\
Examples:
  Be asked for everything:
    kore-feedback submit
  Say it all:
    kore-feedback submit --type CSAT --score 4 --channel-uid jo@example.com \\
      --name \"Post-chat\" --channel rtm --language en --message \"\"
  See the request without sending it, as a curl command:
    kore-feedback submit --json record.json --dry-run --curl
  Smoke-test an endpoint from CI:
    kore-feedback submit --json record.json --output json";

/// Submit one piece of feedback
///
/// What is not given comes from the profile's defaults. On a terminal, what is still missing is asked for.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct SubmitArgs {
    /// Kind of feedback: NPS, CSAT or THUMB
    #[arg(long = "type", value_name = "TYPE", help_heading = "Record")]
    pub feedback_type: Option<String>,
    /// What the respondent answered: NPS 0 to 10, CSAT 1 to 5, THUMB 0 or 1
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true, help_heading = "Record")]
    pub score: Option<String>,
    /// The respondent's id on the channel: an e-mail address or any other id
    #[arg(long, value_name = "ID", help_heading = "Record")]
    pub channel_uid: Option<String>,
    /// The survey's name
    #[arg(long, value_name = "NAME", help_heading = "Record")]
    pub name: Option<String>,
    /// The channel of the survey, such as rtm or email
    #[arg(long, value_name = "CHANNEL", help_heading = "Record")]
    pub channel: Option<String>,
    /// The survey's language, such as en
    #[arg(long, value_name = "CODE", help_heading = "Record")]
    pub language: Option<String>,
    /// The prompt that the respondent was shown; may be empty
    #[arg(long, value_name = "TEXT", help_heading = "Record")]
    pub message: Option<String>,
    /// Take the record from a JSON file; - for standard input. Options override its fields
    #[arg(long, value_name = "FILE", help_heading = "Record")]
    pub json: Option<PathBuf>,
    /// Let a score through that is not on its type's scale
    #[arg(long, help_heading = "Record")]
    pub any_score: bool,

    /// Show the request, its token redacted, and send nothing
    #[arg(long, help_heading = "Sending")]
    pub dry_run: bool,
    /// With --dry-run: show the request as a curl command
    #[arg(long, requires = "dry_run", help_heading = "Sending")]
    pub curl: bool,
    /// Submit although the same record is in doubt from an earlier submit: it may then be saved twice
    #[arg(long, help_heading = "Sending")]
    pub again: bool,

    /// How the record is sent.
    #[command(flatten)]
    pub sending: SendingArgs,
}

impl SubmitArgs {
    /// What was given for a field.
    pub fn value(&self, field: Field) -> Option<&str> {
        match field {
            Field::ChannelUid => &self.channel_uid,
            Field::Name => &self.name,
            Field::Score => &self.score,
            Field::Channel => &self.channel,
            Field::Type => &self.feedback_type,
            Field::Language => &self.language,
            Field::Message => &self.message,
            // The profile's, or the environment's.
            Field::BotId => &None,
        }
        .as_deref()
    }
}
