//! Choosing and opening the reader for an input's format.

use std::io::Read;

use super::delimited::DelimitedReader;
use super::delimiter::{detect_delimiter, parse_separator_line};
use super::dialect::Dialect;
use super::error::ContentError;
use super::format::Format;
use super::json::{JsonReader, Layout};
use super::options::SourceOptions;
use super::row::Row;
use super::sheet::{SheetReader, may_be_workbook};
use super::text::{Head, Text};
use crate::text::{counted, grouped, quoted};

/// Reads the rows of any format, including the header of those that have one.
pub(super) enum Reader<R: Read> {
    Delimited(Box<DelimitedReader<R>>),
    Json(Box<JsonReader<R>>),
    Sheet(SheetReader),
}

type Opened<R> = Result<(Reader<R>, Dialect), ContentError>;

impl<R: Read> Reader<R> {
    /// `extension` is the format that the file's name suggests.
    pub(super) fn open(input: R, extension: Option<Format>, options: &SourceOptions) -> Opened<R> {
        let head = Head::read(input)?;
        let dialect = Dialect { compression: head.rest.compression(), ..Dialect::default() };
        if options.format.map_or_else(|| may_be_workbook(&head.bytes), Format::is_workbook) {
            let (reader, format, sheet) = SheetReader::open(head, options)?;
            return Ok((Self::Sheet(reader), Dialect { format, sheet: Some(sheet), ..dialect }));
        }
        let text = head.decode(options)?;
        let dialect = Dialect { encoding: Some(text.encoding), ..dialect };
        let detect = || Format::detect(&String::from_utf8_lossy(&text.sample), extension);
        match options.format.unwrap_or_else(detect) {
            format @ (Format::Json | Format::Ndjson) => Self::open_json(text, Dialect { format, ..dialect }),
            _ => Ok(Self::open_delimited(text, dialect, extension, options)),
        }
    }

    fn open_json(text: Text<R>, dialect: Dialect) -> Opened<R> {
        let encoding = text.encoding;
        let layout = if dialect.format == Format::Json { Layout::Array } else { Layout::detect(&text.sample) };
        let line = text.line;
        let reader = JsonReader::new(text.into_reader(0), encoding, layout, line)?;
        Ok((Self::Json(Box::new(reader)), dialect))
    }

    fn open_delimited(
        text: Text<R>,
        dialect: Dialect,
        extension: Option<Format>,
        options: &SourceOptions,
    ) -> (Self, Dialect) {
        let separator_line = parse_separator_line(&text.sample);
        let tab_if = |format: Option<Format>| (format == Some(Format::Tsv)).then_some(b'\t');
        let declared = options.delimiter.or(tab_if(options.format)).or(separator_line.map(|(delimiter, _)| delimiter));
        let detect = || detect_delimiter(&text.sample, text.is_whole(), tab_if(extension));
        let delimiter = declared.unwrap_or_else(detect);
        let format = if delimiter == b'\t' { Format::Tsv } else { Format::Csv };
        let (encoding, line) = (text.encoding, text.line + u64::from(separator_line.is_some()));
        let text = text.into_reader(separator_line.map_or(0, |(_, length)| length));
        let reader = DelimitedReader::new(text, encoding, delimiter, line);
        (Self::Delimited(Box::new(reader)), Dialect { format, delimiter: Some(delimiter), ..dialect })
    }

    /// Reads the next row; returns false at the end.
    #[inline]
    pub(super) fn read(&mut self, row: &mut Row) -> Result<bool, ContentError> {
        match self {
            Self::Delimited(reader) => reader.read(row),
            Self::Json(reader) => reader.read(row),
            Self::Sheet(reader) => Ok(reader.read(row)),
        }
    }

    /// The names of the columns, if they are not in a header row.
    pub(super) fn columns(&self) -> Option<&[String]> {
        match self {
            Self::Json(reader) => Some(reader.columns()),
            Self::Delimited(_) | Self::Sheet(_) => None,
        }
    }

    pub(super) fn warnings(&self) -> Vec<String> {
        match self {
            Self::Delimited(_) => Vec::new(),
            Self::Sheet(reader) => reader.large_size().map(large_workbook).into_iter().collect(),
            Self::Json(reader) => reader.ignored_keys().iter().map(|(key, rows)| ignored_key(key, *rows)).collect(),
        }
    }
}

fn large_workbook(bytes: u64) -> String {
    format!("the whole workbook of {} MB is read into memory; CSV is streamed", grouped(bytes / 1_000_000))
}

fn ignored_key(key: &str, rows: u64) -> String {
    let (key, rows) = (quoted(key, 60), counted(rows, "row"));
    format!("the key {key} is ignored: it is in {rows}, but in none of the first records")
}
