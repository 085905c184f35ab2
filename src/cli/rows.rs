//! Options that select rows of an input.

use clap::Args;
use serde::{Deserialize, Serialize};

use super::as_typed;
use crate::record::{Filter, RowRange};

/// Which rows are imported.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[command(next_help_heading = "Rows")]
pub struct RowArgs {
    /// Import only rows with this value in a column (COLUMN!=VALUE: without it); repeatable
    #[arg(long, value_name = "COLUMN=VALUE")]
    #[serde(with = "as_typed::list")]
    pub filter: Vec<Filter>,
    /// Import only these rows, such as 1000-2000; repeatable
    #[arg(long, value_name = "FROM-TO", hide_short_help = true)]
    #[serde(with = "as_typed::list")]
    pub rows: Vec<RowRange>,
    /// Import a random sample of N rows, always the same rows for the same file
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub sample: Option<u64>,
    /// Import only the first of identical records; uses about 75 MB of memory per million rows
    #[arg(long, hide_short_help = true)]
    pub dedupe: bool,
    /// Import only the first of rows with the same text in this column; repeat it to compare several columns together
    #[arg(long, value_name = "COLUMN", conflicts_with = "dedupe", hide_short_help = true)]
    pub dedupe_by: Vec<String>,
    /// Skip the rows of this file that an earlier run has sent; repeatable
    #[arg(long, value_name = "RUN", hide_short_help = true)]
    pub exclude_run: Vec<i64>,
    /// Include rows that the preset or mapping skips for this reason, such as previews; repeatable
    #[arg(long, value_name = "REASON", hide_short_help = true)]
    pub include: Vec<String>,
}
