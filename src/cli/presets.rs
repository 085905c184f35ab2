//! `kore-feedback presets`.

use clap::Subcommand;

pub(super) const EXAMPLES: &str = "\
Examples:
  kore-feedback presets list
  kore-feedback presets show qualtrics > our-survey.toml";

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
        preset: String,
    },
}
