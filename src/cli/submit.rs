//! Arguments of `submit`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::SendingArgs;
use crate::record::Field;

const EXAMPLES: &str = "\
Examples:
  Enter everything at the terminal:
    kore-feedback submit
  Give everything as options:
    kore-feedback submit --type CSAT --score 4 --channel-uid jo@example.com \\
      --name \"Post-chat\" --channel rtm --language en --message \"\"
  Print the request as a curl command without sending it:
    kore-feedback submit --json record.json --dry-run --curl
  Test an endpoint from CI:
    kore-feedback submit --json record.json --output json";

/// Submit one feedback record
///
/// Missing fields come from the profile's defaults. At a terminal, submit asks for the rest.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct SubmitArgs {
    /// Type of feedback: NPS, CSAT or THUMB
    #[arg(long = "type", value_name = "TYPE", help_heading = "Record")]
    pub feedback_type: Option<String>,
    /// Score: 0 to 10 for NPS, 1 to 5 for CSAT, 0 or 1 for THUMB
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true, help_heading = "Record")]
    pub score: Option<String>,
    /// Respondent's id on the channel, such as an email address
    #[arg(long, value_name = "ID", visible_aliases = ["uid", "channelUId"], help_heading = "Record")]
    pub channel_uid: Option<String>,
    /// Name of the survey
    #[arg(long, value_name = "NAME", help_heading = "Record")]
    pub name: Option<String>,
    /// Channel of the survey, such as rtm or email
    #[arg(long, value_name = "CHANNEL", help_heading = "Record")]
    pub channel: Option<String>,
    /// Language of the survey, such as en
    #[arg(long, value_name = "CODE", help_heading = "Record")]
    pub language: Option<String>,
    /// Prompt shown to the respondent; may be empty
    #[arg(long, value_name = "TEXT", help_heading = "Record")]
    pub message: Option<String>,
    /// Read the record from a JSON file, or - for standard input; options override its fields
    #[arg(long, value_name = "FILE", help_heading = "Record")]
    #[arg(value_hint = ValueHint::FilePath)]
    pub json: Option<PathBuf>,
    /// Allow a score outside the scale of its type
    #[arg(long, help_heading = "Record")]
    pub allow_any_score: bool,

    /// Print the request without its token, and send nothing
    #[arg(long, help_heading = "Sending")]
    pub dry_run: bool,
    /// With --dry-run, print the request as a curl command
    #[arg(long, requires = "dry_run", help_heading = "Sending")]
    pub curl: bool,
    /// Send without asking; without a terminal, nothing is asked
    #[arg(long, short = 'y', help_heading = "Sending")]
    pub yes: bool,
    /// Submit even if the same record is in doubt from an earlier submit; it may then be saved twice
    #[arg(long, help_heading = "Sending")]
    pub again: bool,

    /// How the record is sent.
    #[command(flatten)]
    pub sending: SendingArgs,
}

impl SubmitArgs {
    /// The option for this field.
    pub fn value(&self, field: Field) -> Option<&str> {
        match field {
            Field::ChannelUid => &self.channel_uid,
            Field::Name => &self.name,
            Field::Score => &self.score,
            Field::Channel => &self.channel,
            Field::Type => &self.feedback_type,
            Field::Language => &self.language,
            Field::Message => &self.message,
            // From the profile or the environment.
            Field::BotId => &None,
        }
        .as_deref()
    }
}
