//! A sheet of a workbook as rows. Workbooks can't be streamed: the file and the sheet's cells are in memory, as text.

mod cell_text;
mod corruption;
mod ods;
mod open;
mod xls;

use self::open::SheetError;
pub(super) use self::open::may_be_workbook;
use super::dialect::SheetDialect;
use super::{Format, Row, SourceError};

/// From which size on, in bytes, people are told that a workbook takes memory.
pub(super) const LARGE_WORKBOOK: u64 = 50_000_000;

/// The largest workbook that is read, in bytes, and how much may be packed in it.
const MOST_BYTES: u64 = 1 << 30;
const MOST_UNPACKED: u64 = 4 << 30;

/// For how many cells room is made in all sheets, filled or not, where calamine makes it: a cell takes 24 bytes.
const MOST_CELLS: u64 = 40_000_000;

/// What a sheet of today's workbooks has at most.
const MOST_ROWS: u32 = 1_048_576;
const MOST_COLUMNS: u32 = 16_384;

/// The most text that is kept of a sheet, in bytes: many cells can share one long text in the file.
const MOST_TEXT: usize = 1 << 30;

/// The rows of one sheet.
pub(super) struct Sheet {
    cells: Cells,
    columns: std::ops::Range<u32>,
    next: usize,
    pub(super) dialect: SheetDialect,
    pub(super) format: Format,
    /// The file's size.
    pub(super) bytes: u64,
}

/// A sheet's filled cells, row by row.
#[derive(Default)]
struct Cells {
    text: String,
    /// The cells in order: which column it is, where its text ends, and whether its number is inexact.
    cells: Vec<Place>,
    /// The rows in order: its number in the sheet, and where its cells end.
    rows: Vec<(u32, usize)>,
}

#[derive(Clone, Copy)]
struct Place {
    column: u32,
    end: usize,
    is_inexact: bool,
}

impl Cells {
    /// Adds a cell; rows and columns are counted from 0. False if it doesn't stand behind the cells before.
    fn push(&mut self, row: u32, column: u32, cell: &cell_text::Shown<'_>) -> bool {
        let is_new = self.rows.last().is_none_or(|(last, _)| *last < row);
        let is_behind = is_new
            || self.rows.last().is_some_and(|(last, _)| *last == row)
                && self.cells.last().is_none_or(|last| last.column < column);
        if !is_behind {
            return false;
        }
        if !cell.text.is_empty() {
            if is_new {
                self.rows.push((row, self.cells.len()));
            }
            self.text.push_str(&cell.text);
            self.cells.push(Place { column, end: self.text.len(), is_inexact: cell.is_inexact });
            if let Some((_, end)) = self.rows.last_mut() {
                *end = self.cells.len();
            }
        }
        true
    }

    fn ensure_small(&self) -> Result<(), SheetError> {
        if self.text.len() > MOST_TEXT {
            return Err(SheetError::TooLarge("its cells hold more than 1 GiB of text".to_owned()));
        }
        Ok(())
    }

    fn columns(&self) -> std::ops::Range<u32> {
        let first = self.cells.iter().map(|place| place.column).min().unwrap_or_default();
        let last = self.cells.iter().map(|place| place.column + 1).max().unwrap_or_default();
        first..last
    }
}

impl Sheet {
    fn new(cells: Cells, dialect: SheetDialect, format: Format, bytes: u64) -> Self {
        Self { columns: cells.columns(), cells, next: 0, dialect, format, bytes }
    }

    /// Reads the next row that has a filled cell; false at the end. Its line is its number in the sheet.
    pub(super) fn read(&mut self, row: &mut Row) -> Result<bool, SourceError> {
        row.clear();
        let Some(&(number, end)) = self.cells.rows.get(self.next) else { return Ok(false) };
        let begin = self.next.checked_sub(1).map_or(0, |before| self.cells.rows[before].1);
        self.next += 1;
        row.line = u64::from(number) + 1;
        let mut start = begin.checked_sub(1).map_or(0, |before| self.cells.cells[before].end);
        let mut column = self.columns.start;
        for place in &self.cells.cells[begin..end] {
            (column..place.column).for_each(|_| row.push(""));
            if place.is_inexact {
                row.inexact.push(row.len());
            }
            row.push(self.cells.text.get(start..place.end).unwrap_or_default());
            (start, column) = (place.end, place.column + 1);
        }
        (column..self.columns.end).for_each(|_| row.push(""));
        Ok(true)
    }
}
