//! Why an input can't be read at all, or not any further. What is wrong with one row only is a
//! [`RowFault`](super::RowFault).

use std::io;

use super::csv::{MAX_RECORD, RecordError};
use crate::error::Advice;

/// Why an input can't be read (on). `name` is the input's name, safe to print.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file or the pipe failed.
    #[error("{name}: it can't be read")]
    Read {
        /// The input.
        name: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// There is nothing in it, not even a header.
    #[error("{name}: it is empty: not even a header row is there")]
    Empty {
        /// The input.
        name: String,
    },
    /// It isn't delimited text.
    #[error("{name}: it is not delimited text but looks like {seen}")]
    NotText {
        /// The input.
        name: String,
        /// What it looks like instead.
        seen: String,
        /// The encoding that would explain it.
        encoding: Option<&'static str>,
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
}

impl SourceError {
    pub(super) fn from_record(name: &str, error: RecordError) -> Self {
        let name = name.to_owned();
        match error {
            RecordError::Read(source) => Self::Read { name, source },
            RecordError::TooLong { line } => Self::RecordTooLong { name, line },
            RecordError::UnclosedQuote { line } => Self::UnclosedQuote { name, line },
        }
    }
}

impl Advice for SourceError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Read { .. } => return None,
            Self::Empty { .. } => "the first row must name the columns".into(),
            Self::NotText { encoding: Some(encoding), .. } => format!("give its encoding with --encoding {encoding}"),
            Self::NotText { .. } => "export it as CSV, UTF-8, and import that".into(),
            Self::Header { encoding: "UTF-8", .. } => {
                "give the file's encoding, such as --encoding windows-1252 for what Excel saves as plain CSV".into()
            }
            Self::Header { .. } => "give the encoding that the file was really saved in with --encoding".into(),
            Self::UnclosedQuote { line, .. } | Self::RecordTooLong { line, .. } => {
                format!(
                    "look for a quote from line {line} on that is not closed; a quote inside quotes is written twice (\"\")"
                )
            }
        })
    }
}
