//! `kore-feedback presets`.

use clap::{Args, Subcommand};

const EXAMPLES: &str = "\
Examples:
  kore-feedback presets list
  kore-feedback presets show qualtrics > our-survey.toml";

/// Show the mappings that come with this tool
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct PresetsArgs {
    /// What to show.
    #[command(subcommand)]
    pub command: PresetsCommand,
}

/// What can be shown of presets.
#[derive(Debug, Subcommand)]
pub enum PresetsCommand {
    /// List all presets, and what each is for
    #[command(after_help = "Examples:\n  kore-feedback presets list")]
    List,
    /// Print a preset as a mapping file: as an example, or to begin one of your own with
    Show(ShowPresetArgs),
}

/// Which preset.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  kore-feedback presets show qualtrics > our-survey.toml")]
pub struct ShowPresetArgs {
    /// Its name
    #[arg(value_name = "NAME")]
    pub name: String,
}
