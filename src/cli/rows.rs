//! What `import` is told about the columns and rows of its input, beyond one column for one field.

use std::path::PathBuf;

use clap::Args;

use crate::record::{Filter, RowRange};

/// How rows become records, and which of them.
#[derive(Debug, Clone, Args)]
pub struct RowArgs {
    /// Take fields as this mapping says: one of the config's, or a file
    #[arg(long, value_name = "NAME|FILE", help_heading = "Columns")]
    pub mapping: Option<String>,
    /// Take fields as is usual for this kind of export; `presets list` shows all
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    pub preset: Option<String>,
    /// What stands for a score where nobody answered, such as NA: the row is skipped; repeatable, '' for empty cells
    #[arg(long, value_name = "TEXT", help_heading = "Columns")]
    pub no_answer: Vec<String>,
    /// Show what the file holds and propose a mapping, and send nothing
    #[arg(long, help_heading = "Columns")]
    pub plan: bool,
    /// With --plan: write the proposed mapping into this new file
    #[arg(long, value_name = "FILE", requires = "plan", help_heading = "Columns")]
    pub write_mapping: Option<PathBuf>,

    /// Import only rows with this value in a column, or with != those without; repeatable
    #[arg(long, value_name = "COLUMN=VALUE", help_heading = "Rows")]
    pub filter: Vec<Filter>,
    /// Import only these rows, such as 1000-2000; repeatable
    #[arg(long, value_name = "FROM-TO", help_heading = "Rows")]
    pub rows: Vec<RowRange>,
    /// Import so many rows, chosen at random, and for the same file always the same
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Rows")]
    pub sample: Option<u64>,
    /// Import of rows that make the same record only the first; takes some 75 MB of memory for every million rows
    #[arg(long, help_heading = "Rows")]
    pub dedupe: bool,
    /// Import of rows with the same text in this column only the first; with several columns, in all of them
    #[arg(long, value_name = "COLUMN", conflicts_with = "dedupe", help_heading = "Rows")]
    pub dedupe_by: Vec<String>,
    /// Leave out the rows of this file that an earlier run has sent; repeatable
    #[arg(long, value_name = "RUN", help_heading = "Rows")]
    pub exclude_run: Vec<i64>,
    /// Import rows, too, that the preset or mapping skips for this reason, such as previews; repeatable
    #[arg(long, value_name = "REASON", help_heading = "Rows")]
    pub include: Vec<String>,
}
