//! Why an input can't be read at all, or not any further. What is wrong with one row only is a
//! [`RowError`](super::RowError).

use std::io;

use super::compression::{Compression, Unpacking};
use super::csv::{MAX_RECORD, RecordError};
use super::encoding::Readings;
use super::json::JsonError;
use super::{Format, InputError};
use crate::error::Advice;
use crate::text::grouped;

/// Why an input can't be read (on). `name` is the input's name, safe to print.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It can't be had.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The file or the pipe failed.
    #[error("{name}: it can't be read")]
    Read {
        /// The input.
        name: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Its packed data end in the middle, or make no sense.
    #[error(
        "{name}: the {compression} data {}{}",
        if *.is_cut { "end before they should" } else { "are damaged" },
        line.map_or_else(String::new, how_far),
    )]
    Packed {
        /// The input.
        name: String,
        /// How it is packed.
        compression: Compression,
        /// Whether the end is missing.
        is_cut: bool,
        /// The line of the unpacked text up to which it could be read.
        line: Option<u64>,
    },
    /// There is nothing in it, not even a header.
    #[error("{name}: it is empty: not even a header row is there")]
    Empty {
        /// The input.
        name: String,
    },
    /// There is no object in a JSON text.
    #[error("{name}: there is no record in it")]
    NoRecords {
        /// The input.
        name: String,
    },
    /// It is nothing that rows can be read from.
    #[error("{name}: it is not a table but looks like {seen}")]
    NotText {
        /// The input.
        name: String,
        /// What it looks like instead.
        seen: String,
        /// How it was packed.
        compression: Option<Compression>,
    },
    /// It isn't UTF-8, and can be read in two ways.
    #[error(
        "{name}: line {}: not UTF-8; {:?} if it is {}, {:?} if it is {}",
        readings.line, readings.either[0].1, readings.either[0].0, readings.either[1].1, readings.either[1].0
    )]
    Encoding {
        /// The input.
        name: String,
        /// Both ways.
        readings: Box<Readings>,
    },
    /// The header's bytes don't decode.
    #[error("{name}: line {line}: column {column} of the header is not {encoding}")]
    Header {
        /// The input.
        name: String,
        /// The header's line.
        line: u64,
        /// The first column that doesn't decode, from 1.
        column: usize,
        /// What it was read as.
        encoding: &'static str,
    },
    /// The input ended inside quotes.
    #[error("{name}: the record that begins on line {line} has a quote that is never closed")]
    UnclosedQuote {
        /// The input.
        name: String,
        /// Where the record begins.
        line: u64,
    },
    /// A record longer than [`MAX_RECORD`].
    #[error("{name}: the record that begins on line {line} is longer than {} KiB", MAX_RECORD / 1024)]
    RecordTooLong {
        /// The input.
        name: String,
        /// Where the record begins.
        line: u64,
    },
    /// A JSON value longer than [`MAX_RECORD`].
    #[error("{name}: the JSON value that begins on line {line} is longer than {} KiB", MAX_RECORD / 1024)]
    JsonTooLong {
        /// The input.
        name: String,
        /// Where the value begins.
        line: u64,
    },
    /// A JSON text that doesn't hold together.
    #[error("{name}: line {line}: {fault}")]
    Json {
        /// The input.
        name: String,
        /// Where.
        line: u64,
        /// What is wrong.
        fault: JsonError,
    },
    /// A workbook with a password.
    #[error("{name}: it is encrypted")]
    Encrypted {
        /// The input.
        name: String,
    },
    /// A workbook that can't be read.
    #[error("{name}: it can't be read as {format}: {reason}")]
    Workbook {
        /// The input.
        name: String,
        /// What it was taken for.
        format: Format,
        /// What is wrong.
        reason: String,
    },
    /// A workbook, or another archive, whose end is missing.
    #[error(
        "{name}: it ends after {} bytes{} without the directory that a workbook ends with: it was cut",
        grouped(*bytes),
        part.as_ref().map_or_else(String::new, |part| format!(", in or behind {part},")),
    )]
    WorkbookCut {
        /// The input.
        name: String,
        /// How many bytes there are.
        bytes: u64,
        /// The last of its parts that begins in them.
        part: Option<String>,
    },
    /// A workbook too large for memory.
    #[error("{name}: it is a workbook of more than 1 GiB")]
    WorkbookTooLarge {
        /// The input.
        name: String,
    },
    /// A sheet that isn't there.
    #[error("{name}: there is no sheet {given:?}; there are {sheets}")]
    NoSuchSheet {
        /// The input.
        name: String,
        /// What was asked for.
        given: String,
        /// The names of all sheets.
        sheets: String,
    },
    /// One of several inputs has another header than the first.
    #[error("{name}: its columns are not those of {first}: {difference}")]
    OtherColumns {
        /// The input.
        name: String,
        /// The first input.
        first: String,
        /// In what they differ.
        difference: String,
    },
}

impl SourceError {
    pub(super) fn from_record(name: &str, line: u64, error: RecordError) -> Self {
        match error {
            RecordError::Read(error) => Self::from_io(name, Some(line), error),
            RecordError::TooLong { line } => Self::RecordTooLong { name: name.to_owned(), line },
            RecordError::UnclosedQuote { line } => Self::UnclosedQuote { name: name.to_owned(), line },
        }
    }

    /// An error of reading; `line` is the line up to which it went well.
    pub(super) fn from_io(name: &str, line: Option<u64>, error: io::Error) -> Self {
        let name = name.to_owned();
        match Unpacking::of(&error) {
            Some(&Unpacking { compression, is_cut }) => Self::Packed { name, compression, is_cut, line },
            None => Self::Read { name, source: error },
        }
    }
}

/// Up to which line something could be read.
fn how_far(line: u64) -> String {
    if line == 0 { ", in the first line".to_owned() } else { format!(", behind line {line}") }
}

impl Advice for SourceError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Input(error) => return error.hint(),
            Self::Read { .. } => return None,
            Self::Packed { .. } => "fetch or pack the file once more: nothing of it was sent".into(),
            Self::WorkbookCut { .. } => "fetch the file once more: nothing of it was sent".into(),
            Self::Empty { .. } => "the first row must name the columns".into(),
            Self::NoRecords { .. } => "a JSON input is objects, one a line or in one array".into(),
            Self::NotText { .. } => {
                "give a table: CSV, TSV, JSON, XLSX, XLS or ODS, as it is or packed by gzip or zstd".into()
            }
            Self::Encoding { readings, .. } => {
                let [one, another] = readings.either.each_ref().map(|(name, _)| name.to_ascii_lowercase());
                format!(
                    "give the encoding in which it reads right: --encoding {one} or --encoding {another}, or another one"
                )
            }
            Self::Header { encoding: "UTF-8", .. } => {
                "give the file's encoding, such as --encoding windows-1252 for what Excel saves as plain CSV".into()
            }
            Self::Header { .. } => "give the encoding that the file was really saved in with --encoding".into(),
            Self::UnclosedQuote { line, .. } | Self::RecordTooLong { line, .. } => {
                format!(
                    "look for a quote from line {line} on that is not closed; a quote inside quotes is written twice (\"\")"
                )
            }
            Self::JsonTooLong { .. } | Self::Json { fault: JsonError::NoObject { .. }, .. } => {
                "the records must be objects, one a line or in one array: jq takes them out of what is around them"
                    .into()
            }
            Self::Json { .. } => "look there for what is missing; the file may be cut".into(),
            Self::Encrypted { .. } => "open it with its password, and save it without one or as CSV".into(),
            Self::Workbook { .. } => "open it and save it anew, or as CSV; --format says what it is".into(),
            Self::WorkbookTooLarge { .. } => "workbooks are read into memory: save it as CSV".into(),
            Self::NoSuchSheet { .. } => "give a sheet's name, or its place counted from 1, with --sheet".into(),
            Self::OtherColumns { .. } => {
                "files imported together have the same columns in the same order: import this one by itself".into()
            }
        })
    }
}
