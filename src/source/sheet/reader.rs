//! The cells of a sheet, and reading them as rows.

use std::ops::Range;

use super::cell_text::CellText;
use super::limits::{LARGE_WORKBOOK, MAX_CELL, MAX_CELLS, MAX_TEXT, too_many_cells, too_much_text};
use crate::source::error::ContentError;
use crate::source::row::Row;
use crate::text::grouped;

pub(in crate::source) struct SheetReader {
    cells: Cells,
    columns: Range<u32>,
    next: usize,
    /// The file's size in bytes.
    bytes: u64,
}

/// A sheet's filled cells, row by row.
#[derive(Default)]
pub(super) struct Cells {
    text: String,
    cells: Vec<Cell>,
    rows: Vec<SheetRow>,
    /// How many rows are hidden.
    pub(super) hidden: u64,
}

#[derive(Clone, Copy)]
struct Cell {
    column: u32,
    /// Where its text ends.
    end: usize,
    is_inexact: bool,
}

#[derive(Clone, Copy)]
struct SheetRow {
    number: u32,
    /// Where its cells end.
    end: usize,
}

impl Cells {
    /// Adds a cell; rows and columns are counted from 0. Returns false if it does not come after the previous cell.
    pub(super) fn push(&mut self, number: u32, column: u32, cell: &CellText<'_>) -> bool {
        let last_row = self.rows.last().map(|row| row.number);
        let is_in_order = match last_row {
            Some(last) if last == number => self.cells.last().is_none_or(|last| last.column < column),
            last => last.is_none_or(|last| last < number),
        };
        if is_in_order && !cell.text.is_empty() {
            self.text.push_str(&cell.text);
            self.cells.push(Cell { column, end: self.text.len(), is_inexact: cell.is_inexact });
            let row = SheetRow { number, end: self.cells.len() };
            match self.rows.last_mut() {
                Some(last) if last.number == number => *last = row,
                _ => self.rows.push(row),
            }
        }
        is_in_order
    }

    /// Call it after each cell.
    pub(super) fn ensure_small(&self) -> Result<(), ContentError> {
        if self.cells.len() as u64 > MAX_CELLS {
            return Err(too_many_cells(1, self.cells.len() as u64));
        }
        let before = self.cells.len().checked_sub(2).map_or(0, |place| self.cells[place].end);
        if self.text.len() - before > MAX_CELL {
            let row = self.rows.last().map_or(0, |row| row.number + 1);
            return Err(ContentError::WorkbookTooLarge(format!(
                "a cell in row {} has more than {} MiB of text",
                grouped(row.into()),
                MAX_CELL >> 20
            )));
        }
        if self.text.len() as u64 > MAX_TEXT { Err(too_much_text()) } else { Ok(()) }
    }

    /// The rows with a filled cell, counted from 0.
    pub(super) fn row_numbers(&self) -> impl Iterator<Item = u32> {
        self.rows.iter().map(|row| row.number)
    }

    /// The columns that are filled from this row on.
    fn columns(&self, first_row: usize) -> Range<u32> {
        let before = first_row.checked_sub(1).map_or(0, |row| self.rows[row].end);
        let columns = self.cells[before..].iter().map(|cell| cell.column);
        let (first, last) = (columns.clone().min(), columns.max());
        first.unwrap_or_default()..last.map_or(0, |last| last + 1)
    }
}

impl SheetReader {
    /// Reads the rows after the sheet's first `skip` rows.
    pub(super) fn new(cells: Cells, bytes: u64, skip: u64) -> Self {
        let next = cells.rows.partition_point(|row| u64::from(row.number) < skip);
        Self { columns: cells.columns(next), cells, next, bytes }
    }

    /// How many rows are hidden, if any are.
    pub(in crate::source) fn hidden_rows(&self) -> Option<u64> {
        Some(self.cells.hidden).filter(|hidden| *hidden > 0)
    }

    /// The file's size in bytes, if it is large.
    pub(in crate::source) fn large_size(&self) -> Option<u64> {
        Some(self.bytes).filter(|bytes| *bytes > LARGE_WORKBOOK)
    }

    /// Reads the next row that has a filled cell; returns false at the end. The row's line is its number in the sheet.
    pub(in crate::source) fn read(&mut self, row: &mut Row) -> bool {
        row.clear();
        let Cells { text, cells, rows, .. } = &self.cells;
        let Some(&SheetRow { number, end }) = rows.get(self.next) else { return false };
        let first = self.next.checked_sub(1).map_or(0, |previous| rows[previous].end);
        self.next += 1;
        row.line = u64::from(number) + 1;
        let mut start = first.checked_sub(1).map_or(0, |previous| cells[previous].end);
        let mut column = self.columns.start;
        for cell in &cells[first..end] {
            (column..cell.column).for_each(|_| row.push(""));
            if cell.is_inexact {
                row.inexact.push(row.len());
            }
            row.push(text.get(start..cell.end).unwrap_or_default());
            (start, column) = (cell.end, cell.column + 1);
        }
        (column..self.columns.end).for_each(|_| row.push(""));
        true
    }
}
