//! `kore-feedback import`.

use std::path::PathBuf;

use clap::Args;
use encoding_rs::Encoding;

use super::{RowArgs, SendingArgs};
use crate::record::Assignment;
use crate::source::{Format, parse_delimiter, parse_encoding, parse_format};

const EXAMPLES: &str = "\
Examples:
  Try it, without any configuration and without sending anything real:
    kore-feedback import feedback.csv --sandbox
  Check a file, see how it will read on the dashboard and how long the import will take:
    kore-feedback import feedback.csv --dry-run
  Columns with other names, and one value for every row:
    kore-feedback import umfrage.csv --map channel_uid=Kunde --map score=Note --set type=CSAT
  See what a file holds, and begin a mapping for it:
    kore-feedback import export.csv --plan --write-mapping export.mapping.toml
  An export of a survey tool:
    kore-feedback import export.csv --preset qualtrics --map score=Q3_NPS --set type=NPS --set name=Relationship
  Go on after an interruption:
    kore-feedback import feedback.csv --resume
  Rows of several bots, each sent to its own:
    kore-feedback import export.csv --map bot_id=Bot
  Several files as one run, one sheet of a workbook:
    kore-feedback import 'q3/*.csv.gz'
    kore-feedback import survey.xlsx --sheet Answers
  From a pipe, with the summary as JSON:
    zcat 2024.csv.gz | kore-feedback import - --output json";

/// Import feedback from a file, each row exactly once
///
/// The whole file is checked before the first call. Every call is written down before it is made, so that the run can be
/// resumed after anything: nothing is lost, and nothing is sent twice.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct ImportArgs {
    /// Files with the same columns, imported as one; 'q3/*.csv' for all that match, - for standard input
    ///
    /// CSV, TSV, JSON (lines, or an array of objects), XLSX, XLS and ODS, as they are or packed by gzip or zstd.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,

    /// Take a field, or bot_id, from this column: its header, 'Name#2' for the second Name, '#7' for the seventh column; repeatable
    #[arg(long, value_name = "FIELD=COLUMN", help_heading = "Columns")]
    pub map: Vec<Assignment>,
    /// Give a field, or bot_id, this value in every row; repeatable
    #[arg(long, value_name = "FIELD=VALUE", help_heading = "Columns")]
    pub set: Vec<Assignment>,

    /// What the file is: csv, tsv, ndjson, json, xlsx, xls or ods [default: found out from its content]
    #[arg(long, value_name = "FORMAT", value_parser = parse_format, help_heading = "File")]
    pub format: Option<Format>,
    /// Which sheet of a workbook: its name, or its place from 1 [default: the first that is not hidden]
    #[arg(long, value_name = "NAME|N", help_heading = "File")]
    pub sheet: Option<String>,
    /// How many rows are the header, 1 to 3 [default: found out for Qualtrics and SurveyMonkey, else 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=3), help_heading = "File")]
    pub header_rows: Option<u8>,
    /// What stands between two cells: , ; tab or | [default: found out]
    #[arg(long, value_name = "CHAR", value_parser = parse_delimiter, help_heading = "File")]
    pub delimiter: Option<u8>,
    /// The file's encoding, such as windows-1252 [default: found out, or asked for if it can be either of two]
    #[arg(long, value_name = "NAME", value_parser = parse_encoding, help_heading = "File")]
    pub encoding: Option<&'static Encoding>,

    /// Check everything, show the mapping, a preview and how long the run would take, and send nothing
    #[arg(long, help_heading = "Rows")]
    pub dry_run: bool,
    /// Import the valid rows, and put the others into the failure report
    #[arg(long, help_heading = "Rows")]
    pub skip_invalid: bool,
    /// Let scores through that are not on their type's scale
    #[arg(long, help_heading = "Rows")]
    pub allow_any_score: bool,
    /// When importing a failure report: send its rows in doubt, too, though they may have been saved
    #[arg(long, help_heading = "Rows")]
    pub include_in_doubt: bool,
    /// Where the failure report goes [default: beside the first input, as NAME.failures.csv]
    #[arg(long, value_name = "FILE", help_heading = "Rows")]
    pub failures: Option<PathBuf>,

    /// Go on with the unfinished run of this file
    #[arg(long, help_heading = "Runs", conflicts_with = "again")]
    pub resume: bool,
    /// With --resume: send rows in doubt again, though they may have been saved
    #[arg(long, help_heading = "Runs", requires = "resume")]
    pub resend_in_doubt: bool,
    /// Import a file that has been imported before once more: every row is then saved twice
    #[arg(long, help_heading = "Runs")]
    pub again: bool,

    /// At the end, ask the server what became of rows in doubt, as `runs verify` does; needs the scope to read
    #[arg(long, help_heading = "Runs")]
    pub verify: bool,

    /// How rows become records, and which of them.
    #[command(flatten)]
    pub rows: RowArgs,

    /// How records are sent.
    #[command(flatten)]
    pub sending: SendingArgs,
}
