//! `kore-feedback config`.

use clap::Subcommand;

pub(super) const EXAMPLES: &str = "\
Examples:
  kore-feedback config init          Write a commented config file
  kore-feedback config show          Show all settings in effect and their sources
  kore-feedback config show -p prod -o json
  $EDITOR \"$(kore-feedback config path)\"";

const SET_EXAMPLES: &str = "\
Examples:
  kore-feedback config set host https://platform.kore.ai
  kore-feedback config set -p prod limits '[\"600/1m\", \"18000/1h\"]'
  pass show kore/client-secret | kore-feedback config set client_secret";

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
    ///
    /// On a terminal, it asks for host, bot id, client id and where the client secret is, and offers to check the result.
    #[command(after_help = "Examples:\n  kore-feedback config init\n  kore-feedback config init --config ci.toml")]
    Init,
    /// Print one setting in effect; of a secret, only the source
    #[command(after_help = "Examples:\n  kore-feedback config get host\n  kore-feedback config get bot_id -p prod")]
    Get {
        /// Key as in `config show`, such as host or defaults.channel
        #[arg(value_name = "KEY")]
        key: String,
    },
    /// Change one setting of a profile in the config file; comments stay
    ///
    /// The secret is never an argument: `config set client_secret` asks for it, or reads it from standard input.
    #[command(after_help = SET_EXAMPLES)]
    Set {
        /// Key of a profile, such as host or defaults.channel; or default_profile
        #[arg(value_name = "KEY")]
        key: String,
        /// Value: text, or a number, true, false or a list as in the file
        #[arg(value_name = "VALUE", allow_hyphen_values = true)]
        value: Option<String>,
    },
    /// Open the config file in the editor that VISUAL or EDITOR names, and check it afterwards
    #[command(after_help = "Examples:\n  EDITOR=nano kore-feedback config edit")]
    Edit,
}
