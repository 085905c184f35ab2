//! Delimited text as rows.

use std::io::{BufReader, Read};

use encoding_rs::UTF_8;

use super::buffer::BUFFER;
use super::csv::RecordReader;
use super::encoding::{EncodingSource, TextEncoding};
use super::error::ContentError;
use super::row::{Row, RowError};
use super::text::TextReader;

/// Reads delimited text, including its header.
pub(super) struct DelimitedReader<R: Read> {
    records: RecordReader<BufReader<TextReader<R>>>,
    encoding: TextEncoding,
}

impl<R: Read> DelimitedReader<R> {
    /// `line` is the line where the text starts, from 1.
    pub(super) fn new(text: TextReader<R>, encoding: TextEncoding, delimiter: u8, line: u64) -> Self {
        Self { records: RecordReader::new(BufReader::with_capacity(BUFFER, text), delimiter, line), encoding }
    }

    /// Reads the next record into the row; returns false at the end.
    #[inline]
    pub(super) fn read(&mut self, row: &mut Row) -> Result<bool, ContentError> {
        if let Some(line) = self.records.read_line(row)? {
            row.line = line;
            row.error = self.undecodable_in(row);
            return Ok(true);
        }
        let Some(line) = self.records.read()? else { return Ok(false) };
        row.line = line;
        row.error = self.decode_record(row);
        Ok(true)
    }

    /// Copies the last record into the row. Invalid bytes become U+FFFD and an error.
    fn decode_record(&self, row: &mut Row) -> Option<RowError> {
        row.clear();
        let (bytes, ends) = (self.records.bytes(), self.records.ends());
        // A character split across two cells is valid in the record, but not in either cell.
        if let Ok(text) = std::str::from_utf8(bytes)
            && ends.iter().all(|&end| text.is_char_boundary(end))
        {
            row.append(text, ends);
            return self.undecodable_in(row);
        }
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let cells = || starts.clone().zip(ends).map(|(start, &end)| &bytes[start..end]);
        let column = cells().position(|cell| std::str::from_utf8(cell).is_err()).unwrap_or_default();
        cells().for_each(|cell| row.push(&String::from_utf8_lossy(cell)));
        Some(undecodable(self.encoding, column))
    }

    /// The error for a row that was decoded from another encoding, if bytes had no meaning there.
    fn undecodable_in(&self, row: &Row) -> Option<RowError> {
        let encoding = self.encoding.name;
        if encoding == UTF_8.name() {
            return None;
        }
        row.first_cell_with('\u{fffd}').map(|column| RowError::Undecodable { column, encoding })
    }
}

/// The error for a cell that does not decode. If the encoding was assumed, the message suggests another one.
pub(super) fn undecodable(encoding: TextEncoding, column: usize) -> RowError {
    match encoding.source {
        EncodingSource::Default => RowError::NotUtf8 { column },
        _ => RowError::Undecodable { column, encoding: encoding.name },
    }
}
