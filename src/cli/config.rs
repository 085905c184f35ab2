//! `kore-feedback config`.

use clap::Subcommand;

pub(super) const EXAMPLES: &str = "\
Examples:
  kore-feedback config init          Write a commented config file
  kore-feedback config show          Show all settings in effect and their sources
  kore-feedback config show -p prod -o json
  $EDITOR \"$(kore-feedback config path)\"";

/// The subcommands of `config`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show all settings in effect with their sources; of a secret, only the source
    #[command(after_help = "Examples:\n  kore-feedback config show\n  kore-feedback config show -p prod -o json")]
    Show,
    /// Print the path of the config file, whether it exists or not
    #[command(after_help = "Examples:\n  $EDITOR \"$(kore-feedback config path)\"")]
    Path,
    /// Create a commented config file that only you can read; never overwrites a file
    #[command(after_help = "Examples:\n  kore-feedback config init\n  kore-feedback config init --config ci.toml")]
    Init,
}
