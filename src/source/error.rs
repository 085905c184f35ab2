//! Why an input cannot be read. A problem with a single row is a [`RowError`](super::RowError) instead.

use std::io;

use super::buffer::MAX_RECORD;
use super::compression::DecompressError;
use super::encoding::Ambiguity;
use super::format::Format;
use super::input::InputError;
use crate::error::{Advice, ErrorKind, Location};
use crate::text::{excerpt, grouped, quoted, shell_command};

/// Why an input cannot be read, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file or pipe is not available.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The content is not what it should be.
    #[error("{name}: {error}")]
    Content {
        /// The input's name, safe to print.
        name: String,
        /// What is wrong with it.
        error: ContentError,
    },
}

/// What is wrong with the content of an input. Lines are counted from 1.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    #[error("read failed: {0}")]
    Read(io::Error),
    /// `line` is the last line that could be read.
    #[error("{error}{}", line.map_or_else(String::new, after_line))]
    Decompress { error: DecompressError, line: Option<u64> },
    #[error("the input is empty: it has no header row")]
    Empty,
    /// The first row looks like data. `cell` is safe to print.
    #[error("line {}: the first row looks like data, not like a header: \"{cell}\" is {what}", grouped(*line))]
    NoHeader { line: u64, cell: String, what: &'static str },
    #[error("the input contains no JSON objects")]
    NoRecords,
    /// A zip archive that does not contain one readable file.
    #[error("{0}")]
    Archive(String),
    #[error("not a table: it looks like {detected}")]
    NotATable { detected: String },
    #[error("line {}: not UTF-8: {}", grouped(.0.line), readings(.0))]
    AmbiguousEncoding(Box<Ambiguity>),
    #[error("line {}: header column {column} is not valid {encoding}", grouped(*line))]
    Header { line: u64, column: usize, encoding: &'static str },
    #[error("unclosed quote in the record that starts on line {}", grouped(*line))]
    UnclosedQuote { line: u64 },
    #[error("the record that starts on line {} is longer than {} MiB", grouped(*line), MAX_RECORD >> 20)]
    RecordTooLong { line: u64 },
    #[error("the JSON value that starts on line {} is longer than {} MiB", grouped(*line), MAX_RECORD >> 20)]
    JsonTooLong { line: u64 },
    /// None of the first values is an object.
    #[error("line {}: not a JSON object (byte {byte})", grouped(*line))]
    NotAnObject { line: u64, byte: usize },
    #[error("line {}: the JSON value that starts here never ends", grouped(*line))]
    UnclosedJson { line: u64 },
    #[error("line {}: expected a comma or the end of the array", grouped(*line))]
    MissingComma { line: u64 },
    #[error("line {}: unexpected text after the array", grouped(*line))]
    AfterArray { line: u64 },
    /// The document is an object; its first array of objects is at this path.
    #[error("the records are not at the top of the document: it has an array of objects at {}", quoted(path, 80))]
    WrappedRecords { path: String },
    #[error("line {}: no array at {path:?}", grouped(*line))]
    NoRecordsAt { path: String, line: u64 },
    #[error("the workbook is encrypted")]
    Encrypted,
    #[error("cannot read as {format}: {reason}")]
    Workbook { format: Format, reason: String },
    /// `part` is the last part of the archive whose start is there.
    #[error(
        "truncated zip archive or workbook: its directory is missing (the file ends after {} bytes{})",
        grouped(*bytes),
        part.as_ref().map_or_else(String::new, |part| format!(", in or after {part}")),
    )]
    TruncatedWorkbook { bytes: u64, part: Option<String> },
    #[error("the workbook is too large: {0}")]
    WorkbookTooLarge(String),
    #[error("no sheet {wanted}; the workbook has {sheets}")]
    NoSuchSheet { wanted: String, sheets: String },
}

impl ContentError {
    /// Converts a failed read; `line` is the last line that could be read.
    pub(super) fn io(line: Option<u64>, error: io::Error) -> Self {
        match DecompressError::of(&error) {
            Some(error) => Self::Decompress { error, line },
            None => Self::Read(error),
        }
    }

    pub(super) fn workbook(format: Format, reason: impl ToString) -> Self {
        Self::Workbook { format, reason: excerpt(&reason.to_string(), 200) }
    }

    pub(super) fn in_input(self, name: &str) -> SourceError {
        SourceError::Content { name: name.to_owned(), error: self }
    }
}

fn after_line(line: u64) -> String {
    if line == 0 { " in the first line".to_owned() } else { format!(" after line {}", grouped(line)) }
}

fn readings(ambiguity: &Ambiguity) -> String {
    ambiguity.readings.each_ref().map(|(encoding, text)| format!("{text:?} in {encoding}")).join(", ")
}

impl Advice for SourceError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn location(&self) -> Option<Location> {
        match self {
            Self::Input(error) => error.location(),
            Self::Content { name, error } => Some(Location::line(name, error.line())),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Input(error) => error.hint(),
            Self::Content { error, .. } => error.hint(),
        }
    }
}

impl ContentError {
    fn line(&self) -> Option<u64> {
        match self {
            Self::Decompress { line, .. } => *line,
            Self::AmbiguousEncoding(ambiguity) => Some(ambiguity.line),
            Self::Header { line, .. }
            | Self::UnclosedQuote { line }
            | Self::RecordTooLong { line }
            | Self::JsonTooLong { line }
            | Self::NotAnObject { line, .. }
            | Self::UnclosedJson { line }
            | Self::MissingComma { line }
            | Self::AfterArray { line } => Some(*line),
            _ => None,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Read(_) => return None,
            Self::Decompress { .. } => "download or compress the file again; no row was sent".into(),
            Self::TruncatedWorkbook { .. } => "download the file again; no row was sent".into(),
            Self::Empty => "add a first row that names the columns".into(),
            Self::NoHeader { .. } => {
                "pass --no-header if the file has no header: its columns are then #1, #2 and so on; pass \
                                      --header-rows 1 if the first row is the header"
                    .into()
            }
            Self::NoRecords | Self::NotAnObject { .. } | Self::JsonTooLong { .. } => {
                "use JSON objects, one per line or in one array; jq can extract them".into()
            }
            Self::NotATable { .. } => {
                "use CSV, TSV, JSON, NDJSON, XLSX, XLS or ODS, plain or compressed with gzip, zstd, bzip2, xz or zip"
                    .into()
            }
            Self::Archive(_) => "extract it, and pass the extracted files".into(),
            Self::AmbiguousEncoding(ambiguity) => {
                let [one, other] = ambiguity.readings.each_ref().map(|(name, _)| name.to_ascii_lowercase());
                format!("pass the encoding that reads correctly, such as --encoding {one} or --encoding {other}")
            }
            Self::Header { encoding: "UTF-8", .. } => {
                "pass the file's encoding, such as --encoding windows-1252 for plain CSV saved by Excel".into()
            }
            Self::Header { .. } => "pass the encoding the file was saved in with --encoding".into(),
            Self::UnclosedQuote { .. } => "close the quote, or double it (\"\") inside a quoted field".into(),
            Self::RecordTooLong { line } => format!("look for an unclosed quote from line {} on", grouped(*line)),
            Self::UnclosedJson { .. } | Self::MissingComma { .. } | Self::AfterArray { .. } => {
                "fix the JSON there, or download the file again in case it is truncated".into()
            }
            Self::WrappedRecords { path } => {
                let option = shell_command(["--records-at".as_ref(), path.as_ref()]);
                format!("read these records with `{option}`, or the document as one row with `--format ndjson`")
            }
            Self::NoRecordsAt { .. } => {
                "pass the keys that lead to the array, joined with dots, such as --records-at data.items".into()
            }
            Self::Encrypted => "open it with its password and save it without one, or as CSV".into(),
            Self::Workbook { .. } => {
                "open it and save it again, or save it as CSV; if the format is wrong, pass --format".into()
            }
            Self::WorkbookTooLarge(_) => "save it as CSV: workbooks are read into memory".into(),
            Self::NoSuchSheet { .. } => "pass a sheet's name, or its position counted from 1, with --sheet".into(),
        })
    }
}
