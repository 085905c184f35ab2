//! JSON objects as rows.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::io::{BufReader, Read};

use encoding_rs::UTF_8;

use super::flatten::Flattener;
use super::values::{Layout, ValueReader};
use crate::source::buffer::BUFFER;
use crate::source::delimited::undecodable;
use crate::source::encoding::TextEncoding;
use crate::source::error::ContentError;
use crate::source::row::{Row, RowError};
use crate::source::text::TextReader;

/// How many objects, and how many bytes at most, to search for keys.
const SAMPLED: usize = 10_000;
const SAMPLED_BYTES: usize = 1 << 20;

pub(in crate::source) struct JsonReader<R: Read> {
    values: ValueReader<BufReader<TextReader<R>>>,
    encoding: TextEncoding,
    flattener: Flattener,
    /// The values that were read to find the keys, with their lines.
    sampled: VecDeque<(u64, Vec<u8>)>,
}

impl<R: Read> JsonReader<R> {
    /// Reads the first objects to find the keys.
    pub(in crate::source) fn new(
        text: TextReader<R>,
        encoding: TextEncoding,
        (layout, records_at): (Layout, Option<&str>),
        line: u64,
    ) -> Result<Self, ContentError> {
        let mut values = ValueReader::new(BufReader::with_capacity(BUFFER, text), layout, line);
        records_at.map_or(Ok(()), |path| values.enter(path))?;
        let mut reader = Self { values, encoding, flattener: Flattener::default(), sampled: VecDeque::new() };
        reader.find_columns()?;
        Ok(reader)
    }

    fn find_columns(&mut self) -> Result<(), ContentError> {
        let (mut bytes, mut first_error, mut has_object) = (0, None, false);
        while self.sampled.len() < SAMPLED && bytes < SAMPLED_BYTES {
            let Some(line) = self.values.next()? else { break };
            let text = String::from_utf8_lossy(&self.values.buffer);
            match self.flattener.flatten(&text) {
                Ok(()) => has_object = true,
                Err(byte) => {
                    first_error.get_or_insert(ContentError::NotAnObject { line, byte });
                }
            }
            bytes += self.values.buffer.len();
            self.sampled.push_back((line, self.values.buffer.clone()));
        }
        self.flattener.columns.is_complete = true;
        // The keys before an error are not all that the objects have.
        match first_error {
            Some(error) if !has_object || self.columns().is_empty() => Err(error),
            None if self.columns().is_empty() => Err(ContentError::NoRecords),
            _ => Ok(()),
        }
    }

    pub(in crate::source) fn columns(&self) -> &[String] {
        &self.flattener.columns.names
    }

    /// Keys that have no column, and in how many rows they occurred so far.
    pub(in crate::source) fn ignored_keys(&self) -> &BTreeMap<String, u64> {
        &self.flattener.columns.ignored
    }

    /// Reads the next object into the row; returns false at the end.
    pub(in crate::source) fn read(&mut self, row: &mut Row) -> Result<bool, ContentError> {
        let next = match self.sampled.pop_front() {
            Some((line, bytes)) => {
                self.values.buffer = bytes;
                Some(line)
            }
            None => self.values.next()?,
        };
        let Some(line) = next else { return Ok(false) };
        row.clear();
        row.line = line;
        row.error = self.flatten_into(row);
        Ok(true)
    }

    fn flatten_into(&mut self, row: &mut Row) -> Option<RowError> {
        let text = String::from_utf8_lossy(&self.values.buffer);
        if let Err(byte) = self.flattener.flatten(&text) {
            row.push(text.trim_end());
            return Some(RowError::NotAnObject { byte });
        }
        self.flattener.cells().for_each(|cell| row.push(cell));
        let may_be_lossy = matches!(text, Cow::Owned(_)) || self.encoding.name != UTF_8.name();
        let column = may_be_lossy.then(|| row.first_cell_with('\u{fffd}')).flatten();
        let repeated = self.flattener.repeated.map(|column| RowError::RepeatedKey { column });
        column.map(|column| undecodable(self.encoding, column)).or(repeated)
    }
}
