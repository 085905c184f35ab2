//! `kore-feedback config`.

use clap::Subcommand;

pub(super) const EXAMPLES: &str = "\
Examples:
  kore-feedback config init          Write a commented config file
  kore-feedback config show          Show all settings in effect and their sources
  kore-feedback config show -p prod -o json
  $EDITOR \"$(kore-feedback config path)\"";

const CHECK_EXAMPLES: &str = "\
Examples:
  kore-feedback config check
  kore-feedback config check -p prod -o json

Exit codes: 0 nothing failed; 2 the config or the settings are wrong; 3 the credentials, their scope or the target are
rejected; 4 the server cannot be reached.";

/// The subcommands of `config`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show all settings in effect with their sources; of a secret, only the source
    #[command(after_help = "Examples:\n  kore-feedback config show\n  kore-feedback config show -p prod -o json")]
    Show,
    /// Print the path of the config file, whether it exists or not
    #[command(after_help = "Examples:\n  $EDITOR \"$(kore-feedback config path)\"")]
    Path,
    /// Check the config, the credentials and the way to the server, up to a read that changes nothing
    ///
    /// Each line is ok, warning or failed, with the fix. The read, getFeedbackSurveyResponses, needs the scope "Feedback
    /// Analytics" (Admin Console), called "Metrics" in App Builder and "Feedback Survey" in the vendor's API list.
    #[command(after_help = CHECK_EXAMPLES)]
    Check,
    /// Create a commented config file that only you can read; never overwrites a file
    #[command(after_help = "Examples:\n  kore-feedback config init\n  kore-feedback config init --config ci.toml")]
    Init,
}
