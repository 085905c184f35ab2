//! Options that describe an input: its columns and its file format.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use serde::{Deserialize, Serialize};

use super::as_typed;
use crate::record::{Assignment, RecordOption};
use crate::source::{Encoding, Format, SourceOptions, parse_delimiter, parse_encoding, parse_format};

/// The input of `import` and `inspect`, and how it is read.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct InputArgs {
    /// Input files, processed as one; quote patterns such as 'q3/*.csv'; - for standard input
    ///
    /// Reads CSV, TSV, NDJSON, a JSON array of objects, XLSX, XLS and ODS, plain or compressed with gzip, zstd, bzip2, xz
    /// or zip.
    #[arg(value_name = "FILE", required = true)]
    #[arg(value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,

    /// Take a field (or bot_id) from this column: a header, 'Name#2' for the second Name, '#7' for the seventh column;
    /// repeatable
    ///
    /// With several columns, as in 'channel_uid=Email|Response ID', the first that is not blank is taken.
    #[arg(long, value_name = "FIELD=COLUMN", help_heading = "Columns")]
    #[serde(with = "as_typed::list")]
    pub map: Vec<Assignment>,
    /// Give a field (or bot_id) this value in every row; repeatable
    #[arg(long, value_name = "FIELD=VALUE", help_heading = "Columns")]
    #[serde(with = "as_typed::list")]
    pub set: Vec<Assignment>,
    /// Make a record of each row with these fields, such as type=NPS,name=Loyalty,score=Q1; repeat it to make several
    ///
    /// score and channel_uid name columns, all other fields are values; name=column:Survey and score=value:5 say otherwise. Put
    /// double quotes around a text with commas. Fields that are the same in all records are given by --map, --set or a mapping.
    /// A row makes a record for each score that it answers.
    #[arg(long, value_name = "FIELD=TEXT,…", help_heading = "Columns", hide_short_help = true)]
    #[serde(with = "as_typed::list")]
    pub record: Vec<RecordOption>,
    /// Use a mapping from the config or from a file
    #[arg(long, value_name = "NAME|FILE", help_heading = "Columns")]
    pub mapping: Option<String>,
    /// Use the built-in mapping for this export; `presets list` shows all
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    pub preset: Option<String>,
    /// Skip rows whose score is this text, such as NA; '' for an empty cell; repeatable
    #[arg(long, value_name = "TEXT", help_heading = "Columns", hide_short_help = true)]
    pub no_answer: Vec<String>,

    /// File format: csv, tsv, ndjson, json, xlsx, xls or ods [default: detected]
    #[arg(long, value_name = "FORMAT", value_parser = parse_format, help_heading = "File", hide_short_help = true)]
    #[serde(with = "as_typed::format")]
    pub format: Option<Format>,
    /// Sheet of a workbook: its name, or its number from 1; repeatable; '*' for all [default: the first visible sheet]
    #[arg(long, value_name = "NAME|N|*", help_heading = "File", hide_short_help = true)]
    #[serde(with = "as_typed::texts")]
    pub sheet: Vec<String>,
    /// Number of header rows, 1 to 3 [default: detected for Qualtrics and SurveyMonkey, else 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=3))]
    #[arg(help_heading = "File", hide_short_help = true)]
    pub header_rows: Option<u8>,
    /// The file has no header: its columns are #1, #2 and so on, and its first row is a record
    #[arg(long, conflicts_with = "header_rows", help_heading = "File", hide_short_help = true)]
    pub no_header: bool,
    /// Ignore this many lines above the header; in a workbook, rows of the sheet
    #[arg(long, value_name = "N", help_heading = "File", hide_short_help = true)]
    pub skip_lines: Option<u64>,
    /// Where a JSON document has its array of records, such as results or data.items
    #[arg(long, value_name = "PATH", help_heading = "File", hide_short_help = true)]
    pub records_at: Option<String>,
    /// Delimiter between cells: , ; tab or | [default: detected]
    #[arg(long, value_name = "CHAR", value_parser = parse_delimiter, help_heading = "File", hide_short_help = true)]
    #[serde(with = "as_typed::delimiter")]
    pub delimiter: Option<u8>,
    /// Text encoding, such as windows-1252 or cp850 [default: detected; required if two encodings are possible]
    #[arg(long, value_name = "NAME", value_parser = parse_encoding, help_heading = "File", hide_short_help = true)]
    #[serde(with = "as_typed::encoding")]
    pub encoding: Option<Encoding>,
}

impl InputArgs {
    /// How the file is read, as far as the options say.
    pub fn source(&self) -> SourceOptions {
        SourceOptions {
            format: self.format,
            sheets: self.sheet.clone(),
            header_rows: if self.no_header { Some(0) } else { self.header_rows },
            skip_lines: self.skip_lines,
            records_at: self.records_at.clone(),
            delimiter: self.delimiter,
            encoding: self.encoding,
        }
    }

    /// The same options for a file that is read like this.
    #[must_use]
    pub fn with_source(self, source: SourceOptions) -> Self {
        let SourceOptions { format, sheets, header_rows, skip_lines, records_at, delimiter, encoding } = source;
        Self {
            format,
            sheet: sheets,
            header_rows: header_rows.filter(|rows| *rows > 0),
            no_header: header_rows == Some(0),
            skip_lines,
            records_at,
            delimiter,
            encoding,
            ..self
        }
    }
}

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
    #[arg(value_hint = ValueHint::FilePath)]
    pub write_mapping: Option<PathBuf>,
}
