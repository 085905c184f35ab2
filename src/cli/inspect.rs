//! `kore-feedback inspect`.

use std::path::PathBuf;

use clap::Args;

use super::InputArgs;

const EXAMPLES: &str = "\
Examples:
  See what a file contains, and which column may be which field:
    kore-feedback inspect export.csv
  Write the proposed mapping to a file, edit it, and check it:
    kore-feedback inspect export.csv --write-mapping export.mapping.toml
    kore-feedback import export.csv --mapping export.mapping.toml --dry-run
  Inspect one sheet of a workbook, as JSON:
    kore-feedback inspect survey.xlsx --sheet Answers --output json";

/// Show what a file contains, and propose a mapping for it
///
/// Sends nothing and needs no profile. Once every field has a source, all rows are checked and previewed as in
/// `import --dry-run`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct InspectFileArgs {
    /// The files, their columns and their format.
    #[command(flatten)]
    pub input: InputArgs,

    /// Write the proposed mapping to this new file
    #[arg(long, value_name = "FILE", help_heading = "Columns")]
    pub write_mapping: Option<PathBuf>,
}
