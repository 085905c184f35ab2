//! Choosing and opening the reader for an input's format.

use std::io::Read;

use super::delimited::DelimitedReader;
use super::delimiter::{detect_delimiter, parse_separator_line};
use super::dialect::Dialect;
use super::error::ContentError;
use super::format::{Format, detect_markup};
use super::json::{JsonReader, Layout, wrapped_records};
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
    pub(super) fn open(input: R, extension: Option<Format>, options: &SourceOptions, sheet: usize) -> Opened<R> {
        let head = Head::read(input)?;
        let dialect = Dialect { compression: head.rest.compression(), ..Dialect::default() };
        if options.format.map_or_else(|| may_be_workbook(&head.bytes), Format::is_workbook) {
            let (reader, format, sheet) = SheetReader::open(head, options, sheet)?;
            return Ok((Self::Sheet(reader), Dialect { format, sheet: Some(sheet), ..dialect }));
        }
        let text = head.decode(options)?;
        let dialect = Dialect { encoding: Some(text.encoding), ..dialect };
        let format = match options.format {
            Some(format) => format,
            None => detect_format(&text.sample, extension)?,
        };
        match format {
            format @ (Format::Json | Format::Ndjson) => Self::open_json(text, Dialect { format, ..dialect }, options),
            _ => Ok(Self::open_delimited(text, dialect, extension, options)),
        }
    }

    fn open_json(text: Text<R>, dialect: Dialect, options: &SourceOptions) -> Opened<R> {
        let records_at = options.records_at.as_deref();
        if records_at.is_none()
            && options.format != Some(Format::Ndjson)
            && let Some(path) = wrapped_records(&text.sample, text.is_whole())
        {
            return Err(ContentError::WrappedRecords { path });
        }
        let format = if records_at.is_some() { Format::Json } else { dialect.format };
        let layout = if format == Format::Json { Layout::Array } else { Layout::detect(&text.sample) };
        let (encoding, line) = (text.encoding, text.line);
        let reader = JsonReader::new(text.into_reader(0), encoding, (layout, records_at), line)?;
        let records_at = options.records_at.clone();
        Ok((Self::Json(Box::new(reader)), Dialect { format, records_at, ..dialect }))
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
            Self::Sheet(reader) => {
                let large = reader.large_size().map(large_workbook);
                large.into_iter().chain(reader.hidden_rows().map(hidden_rows)).collect()
            }
            Self::Json(reader) => reader.ignored_keys().iter().map(|(key, rows)| ignored_key(key, *rows)).collect(),
        }
    }
}

fn detect_format(sample: &[u8], extension: Option<Format>) -> Result<Format, ContentError> {
    let start = String::from_utf8_lossy(sample);
    match detect_markup(&start) {
        Some(detected) => Err(ContentError::NotATable { detected: detected.to_owned() }),
        None => Ok(Format::detect(&start, extension)),
    }
}

fn large_workbook(bytes: u64) -> String {
    format!("the whole workbook of {} MB is read into memory; CSV is streamed", grouped(bytes / 1_000_000))
}

fn hidden_rows(rows: u64) -> String {
    let (rows, verb) = (counted(rows, "row"), if rows == 1 { "is" } else { "are" });
    format!("{rows} of the sheet {verb} hidden, but read like the others: delete the hidden rows to leave them out")
}

fn ignored_key(key: &str, rows: u64) -> String {
    let (key, rows) = (quoted(key, 60), counted(rows, "row"));
    format!("the key {key} is ignored: it is in {rows}, but in none of the first records")
}
