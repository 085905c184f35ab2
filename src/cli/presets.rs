//! Arguments of `presets`.

use clap::{Args, Subcommand};

const EXAMPLES: &str = "\
Examples:
  kore-feedback presets list
  kore-feedback presets show qualtrics > our-survey.toml";

/// Show the built-in mappings for exports of survey tools
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct PresetsArgs {
    #[expect(missing_docs, reason = "clap shows the commands instead")]
    #[command(subcommand)]
    pub command: PresetsCommand,
}

/// The subcommands of `presets`.
#[derive(Debug, Subcommand)]
pub enum PresetsCommand {
    /// List all presets and the export each is for
    #[command(after_help = "Examples:\n  kore-feedback presets list")]
    List,
    /// Print a preset as a mapping file that you can adapt
    #[command(after_help = "Examples:\n  kore-feedback presets show qualtrics > our-survey.toml")]
    Show {
        /// Name of the preset
        #[arg(value_name = "NAME")]
        name: String,
    },
}
