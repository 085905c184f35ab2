//! JSON objects as rows: one a line, one behind the other, or in an array; the keys are the columns.
//!
//! Only one object is in memory at a time, and numbers keep their digits: nothing is parsed that isn't text.

mod cells;
mod values;

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::io::{BufReader, Read};

use self::cells::{Cells, Columns, flatten};
pub use self::values::JsonError;
pub(super) use self::values::Layout;
use self::values::Values;
use super::delimited::undecodable;
use super::dialect::TextEncoding;
use super::text::Text;
use super::{Row, RowError, SourceError};

/// How far is looked for keys: so many objects, and no more than so many bytes.
const SAMPLED: usize = 10_000;
const SAMPLED_BYTES: usize = 1 << 20;

/// The objects of a JSON text, one after the other.
pub(super) struct Objects<R: Read> {
    values: Values<BufReader<Text<R>>>,
    encoding: TextEncoding,
    columns: Columns,
    /// What was read to find the keys.
    sampled: VecDeque<(u64, Vec<u8>)>,
    cells: Cells,
}

impl<R: Read> Objects<R> {
    /// Reads the first objects to learn the keys.
    pub(super) fn new(text: Text<R>, name: &str, encoding: TextEncoding, layout: Layout) -> Result<Self, SourceError> {
        let input = BufReader::with_capacity(64 * 1024, text);
        let values = Values::new(input, name, layout);
        let mut objects =
            Self { values, encoding, columns: Columns::default(), sampled: VecDeque::new(), cells: Cells::default() };
        objects.sample()?;
        Ok(objects)
    }

    fn sample(&mut self) -> Result<(), SourceError> {
        let mut bytes = 0;
        let mut first = None;
        while self.sampled.len() < SAMPLED && bytes < SAMPLED_BYTES {
            let Some(line) = self.values.next()? else { break };
            let text = String::from_utf8_lossy(&self.values.buffer);
            if let Err(byte) = flatten(&text, &mut self.cells, &mut self.columns) {
                first = first.or(Some((line, byte)));
            }
            bytes += self.values.buffer.len();
            self.sampled.push_back((line, self.values.buffer.clone()));
        }
        self.columns.are_known = true;
        let name = self.values.name.clone();
        match (self.columns.names.is_empty(), first) {
            (false, _) => Ok(()),
            (true, Some((line, byte))) => Err(SourceError::Json { name, line, fault: JsonError::NoObject { byte } }),
            (true, None) => Err(SourceError::NoRecords { name }),
        }
    }

    pub(super) fn names(&self) -> &[String] {
        &self.columns.names
    }

    /// Keys that no column was made for, and in how many rows they were met so far.
    pub(super) fn overlooked(&self) -> &BTreeMap<String, u64> {
        &self.columns.overlooked
    }

    /// Reads the next object into the row; false at the end.
    pub(super) fn read(&mut self, row: &mut Row) -> Result<bool, SourceError> {
        let next = match self.sampled.pop_front() {
            Some((line, bytes)) => {
                self.values.buffer = bytes;
                Some(line)
            }
            None => self.values.next()?,
        };
        let Some(line) = next else { return Ok(false) };
        row.line = line;
        self.fill(row);
        Ok(true)
    }

    fn fill(&mut self, row: &mut Row) {
        row.clear();
        let text = String::from_utf8_lossy(&self.values.buffer);
        let is_text = matches!(text, Cow::Borrowed(_));
        if let Err(byte) = flatten(&text, &mut self.cells, &mut self.columns) {
            row.push(text.trim_end());
            row.error = Some(RowError::NotAnObject { byte });
            return;
        }
        self.cells.in_order(self.columns.names.len()).for_each(|cell| row.push(cell));
        let may_be_lossy = !is_text || self.encoding.name != encoding_rs::UTF_8.name();
        if may_be_lossy && let Some(column) = row.first_cell_with('\u{fffd}') {
            row.error = Some(undecodable(self.encoding, column));
        }
    }
}
