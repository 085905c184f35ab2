//! Delimited text as rows: delimiter and records put together.

use std::io::{BufReader, Read};

use encoding_rs::UTF_8;

use super::csv::Records;
use super::dialect::{EncodingSource, TextEncoding};
use super::text::Text;
use super::{Row, RowError, SourceError};

/// How much is read at a time.
const BUFFER: usize = 64 * 1024;

/// The records of a delimited text, one after the other, the header among them.
pub(super) struct Delimited<R: Read> {
    records: Records<BufReader<Text<R>>>,
    name: String,
    encoding: TextEncoding,
}

impl<R: Read> Delimited<R> {
    /// `line` is the line that the text begins with, from 1.
    pub(super) fn new(text: Text<R>, name: &str, encoding: TextEncoding, delimiter: u8, line: u64) -> Self {
        let records = Records::new(BufReader::with_capacity(BUFFER, text), delimiter, line);
        Self { records, name: name.to_owned(), encoding }
    }

    /// Reads the next record into the row; false at the end. Empty lines are none.
    #[inline]
    pub(super) fn read(&mut self, row: &mut Row) -> Result<bool, SourceError> {
        let read = self.records.read();
        let Some(line) = read.map_err(|error| SourceError::from_record(&self.name, self.records.line(), error))? else {
            return Ok(false);
        };
        row.line = line;
        row.error = self.decode_record(row);
        Ok(true)
    }

    /// Moves the record read last into the row; what doesn't decode becomes U+FFFD and a fault.
    fn decode_record(&self, row: &mut Row) -> Option<RowError> {
        row.clear();
        let (bytes, ends) = (self.records.bytes(), self.records.ends());
        let encoding = self.encoding.name;
        // Two halves of a character in two neighbouring cells are valid together, and neither is text.
        if let Ok(text) = std::str::from_utf8(bytes)
            && ends.iter().all(|&end| text.is_char_boundary(end))
        {
            row.fill(text, ends);
            if encoding == UTF_8.name() {
                return None;
            }
            return row.first_cell_with('\u{fffd}').map(|column| RowError::Undecodable { column, encoding });
        }
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let cells = || starts.clone().zip(ends).map(|(start, &end)| &bytes[start..end]);
        let column = cells().position(|cell| std::str::from_utf8(cell).is_err()).unwrap_or_default();
        for cell in cells() {
            row.push(&String::from_utf8_lossy(cell));
        }
        Some(undecodable(self.encoding, column))
    }
}

/// A cell that doesn't decode: where the encoding was only taken for granted, another one may be meant.
pub(super) fn undecodable(encoding: TextEncoding, column: usize) -> RowError {
    match encoding.source {
        EncodingSource::Default => RowError::NotUtf8 { column },
        _ => RowError::Undecodable { column, encoding: encoding.name },
    }
}
