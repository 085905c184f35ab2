//! `config`: what is configured, and a start.

use clap::{Args, Subcommand};

const EXAMPLES: &str = "\
Examples:
  kore-feedback config init          Write a commented config to begin with
  kore-feedback config show          Every setting, and where it comes from
  kore-feedback config show -p prod -o json
  $EDITOR \"$(kore-feedback config path)\"";

/// Show what is configured, or write a config to begin with
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct ConfigArgs {
    /// What to do with the config.
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// What can be done with the config.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print every setting with its source; of a secret only where it comes from
    #[command(after_help = "Examples:\n  kore-feedback config show\n  kore-feedback config show -p prod -o json")]
    Show,
    /// Print where the config is, or would be
    #[command(after_help = "Examples:\n  $EDITOR \"$(kore-feedback config path)\"")]
    Path,
    /// Write a commented config to begin with, for you alone to read; never overwrites one
    #[command(after_help = "Examples:\n  kore-feedback config init\n  kore-feedback config init --config ci.toml")]
    Init,
}
