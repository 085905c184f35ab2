//! `kore-feedback presets`.

use clap::{Args, Subcommand};

/// Show the mappings that come with this tool
#[derive(Debug, Args)]
pub struct PresetsArgs {
    /// What to show.
    #[command(subcommand)]
    pub command: PresetsCommand,
}

/// What can be shown of presets.
#[derive(Debug, Subcommand)]
pub enum PresetsCommand {
    /// List all presets, and what each is for
    List,
    /// Print a preset as a mapping file: as an example, or to begin one of your own with
    Show(ShowPresetArgs),
}

/// Which preset.
#[derive(Debug, Args)]
pub struct ShowPresetArgs {
    /// Its name
    #[arg(value_name = "NAME")]
    pub name: String,
}
