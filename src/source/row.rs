//! One row of an input, in a buffer that is reused from row to row.

use std::fmt;
use std::sync::Arc;

use memchr::memchr;

/// One row: its cells, its position, and its error if it has one. Reading into the same `Row` again reuses its memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Counted from 1, without the header.
    pub number: u64,
    /// Where it is, if it is read as a part of several files or sheets.
    pub place: Option<Arc<Place>>,
    /// The line of the file where the row starts, from 1; in a workbook, the sheet's row number.
    pub line: u64,
    /// What is wrong with the row as a whole; its cells then hold what could be read.
    pub error: Option<RowError>,
    /// The columns, from 0, whose numbers are too long for a workbook to store exactly: as ids they are wrong.
    pub inexact: Vec<usize>,
    text: String,
    ends: Vec<usize>,
}

/// The file and the sheet of a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The file's name without its directory.
    pub file: String,
    /// Empty unless the file is a workbook.
    pub sheet: String,
}

/// What is wrong with a row, whatever its columns mean. Columns are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowError {
    /// The number of cells differs from the header's.
    Ragged { found: usize, expected: usize },
    /// The input is read as UTF-8 by default, and this cell, the first such one, is not valid UTF-8.
    NotUtf8 { column: usize },
    /// The first cell with bytes that are not valid in the input's encoding.
    Undecodable { column: usize, encoding: &'static str },
    /// The row is not a JSON object. Its only cell is the text itself; `byte`, from 1, is where parsing failed.
    NotAnObject { byte: usize },
    /// The first column whose key a JSON object has twice.
    RepeatedKey { column: usize },
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ragged { found, expected } => write!(f, "{found} cells, but the header has {expected}"),
            Self::NotUtf8 { column } => {
                write!(f, "column {} is not UTF-8; pass --encoding, such as --encoding windows-1252", column + 1)
            }
            Self::Undecodable { column, encoding } => write!(f, "column {} is not valid {encoding}", column + 1),
            Self::NotAnObject { byte } => write!(f, "not a JSON object (byte {byte})"),
            Self::RepeatedKey { column } => write!(f, "the key of column {} appears twice", column + 1),
        }
    }
}

impl RowError {
    fn in_column(self, place_of: impl Fn(usize) -> usize) -> Self {
        match self {
            Self::NotUtf8 { column } => Self::NotUtf8 { column: place_of(column) },
            Self::Undecodable { column, encoding } => Self::Undecodable { column: place_of(column), encoding },
            Self::RepeatedKey { column } => Self::RepeatedKey { column: place_of(column) },
            Self::Ragged { .. } | Self::NotAnObject { .. } => self,
        }
    }
}

impl Row {
    /// Builds a row from cells.
    pub fn from_cells<'a>(number: u64, line: u64, cells: impl IntoIterator<Item = &'a str>) -> Self {
        let mut row = Self { number, line, ..Self::default() };
        cells.into_iter().for_each(|cell| row.push(cell));
        row
    }

    /// The number of cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether the row has no cells.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub(crate) fn is_ascii(&self) -> bool {
        self.text.is_ascii()
    }

    /// The cell of a column, counted from 0, exactly as written.
    #[inline]
    pub fn cell(&self, column: usize) -> Option<&str> {
        let end = *self.ends.get(column)?;
        let start = if column == 0 { 0 } else { self.ends[column - 1] };
        self.text.get(start..end)
    }

    /// All cells in order.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).filter_map(|column| self.cell(column))
    }

    /// Appends the cells in a form that no other cells have. Line breaks have one style.
    #[inline]
    pub(super) fn append_to(&self, buffer: &mut Vec<u8>) {
        if memchr(b'\r', self.text.as_bytes()).is_some_and(|place| self.text[place..].contains("\r\n")) {
            let cells: Vec<String> = self.cells().map(|cell| cell.replace("\r\n", "\n")).collect();
            return Self::from_cells(0, 0, cells.iter().map(String::as_str)).append_to(buffer);
        }
        // A cell of 4 GiB cannot be read.
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
        buffer.extend_from_slice(&number(self.ends.len()));
        let start = buffer.len();
        buffer.resize(start + size_of::<u32>() * self.ends.len(), 0);
        let places = buffer[start..].as_chunks_mut().0;
        places.iter_mut().zip(&self.ends).for_each(|(place, end)| *place = number(*end));
        buffer.extend_from_slice(self.text.as_bytes());
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.inexact.clear();
        self.error = None;
    }

    #[inline]
    pub(super) fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// Appends a whole record. `ends` holds the end of each cell, each on a character boundary.
    pub(super) fn append(&mut self, text: &str, ends: &[usize]) {
        self.text.push_str(text);
        self.ends.extend_from_slice(ends);
    }

    /// Makes the row as wide as the header. Cells may be missing from column `named` on, or there may be exactly
    /// `surplus` empty cells too many; otherwise the row is left as it is, and the answer is false.
    pub(super) fn fit(&mut self, named: usize, width: usize, surplus: usize) -> bool {
        let found = self.ends.len();
        if found < named || (found > width && found != width + surplus) {
            return false;
        }
        if found > width {
            let end = width.checked_sub(1).map_or(0, |last| self.ends[last]);
            if end != self.text.len() {
                return false;
            }
        }
        self.ends.resize(width, self.text.len());
        true
    }

    /// Copies a row into other columns: `sources` has the position of each of them in the row. A row that does not fit its
    /// header stays as it is, and is never as wide as these columns: written as it is, it must not fit them by accident.
    pub(super) fn arrange(&mut self, from: &Self, sources: &[Option<usize>]) {
        self.clear();
        (self.number, self.line) = (from.number, from.line);
        let place_of = |column: usize| sources.iter().position(|source| *source == Some(column)).unwrap_or(column);
        self.error = from.error.map(|error| error.in_column(place_of));
        if matches!(self.error, Some(RowError::Ragged { .. } | RowError::NotAnObject { .. })) {
            from.cells().for_each(|cell| self.push(cell));
            if self.len() == sources.len() {
                self.push("…");
            }
            return;
        }
        self.inexact.extend(from.inexact.iter().map(|column| place_of(*column)));
        sources.iter().for_each(|source| self.push(source.and_then(|column| from.cell(column)).unwrap_or_default()));
    }

    pub(super) fn first_cell_with(&self, wanted: char) -> Option<usize> {
        self.text.contains(wanted).then(|| self.cells().position(|cell| cell.contains(wanted))).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::{Row, RowError};

    #[test]
    fn cells_are_kept_as_written() {
        let cells = ["007", "", "Grüße", " x "];
        let row = Row::from_cells(3, 9, cells);
        assert_eq!(row.cells().collect::<Vec<_>>(), cells);
        assert_eq!((row.number, row.line, row.len()), (3, 9, 4));
        assert_eq!(row.cell(2), Some("Grüße"));
        assert_eq!(row.cell(4), None);
    }

    #[test]
    fn arranged_rows_keep_their_cells_and_errors() {
        let (mut from, mut row) = (Row::from_cells(3, 9, ["a", "b", "c"]), Row::default());
        (from.inexact, from.error) = (vec![2], Some(RowError::NotUtf8 { column: 0 }));
        row.arrange(&from, &[Some(2), None, Some(0)]);
        assert_eq!(row.cells().collect::<Vec<_>>(), ["c", "", "a"]);
        assert_eq!(
            (row.number, row.line, &row.inexact[..], row.error),
            (3, 9, &[0][..], Some(RowError::NotUtf8 { column: 2 }))
        );
        // As many cells as there are columns, but not theirs.
        from.error = Some(RowError::Ragged { found: 3, expected: 2 });
        row.arrange(&from, &[Some(1), None, Some(0)]);
        assert_eq!(row.cells().collect::<Vec<_>>(), ["a", "b", "c", "…"]);
    }

    #[test]
    fn only_empty_trailing_cells_may_vary() {
        // A header of three columns, the last one unnamed.
        for (cells, fitted) in [
            (&["1", "2"][..], Some(["1", "2", ""])),
            (&["1", "2", "3", "", ""], Some(["1", "2", "3"])),
            (&["1", "2", ""], Some(["1", "2", ""])),
            (&["1", "2", "3", ""], None),
            (&["1"], None),
            (&["1", "2", "3", "", "5"], None),
        ] {
            let mut row = Row::from_cells(1, 2, cells.iter().copied());
            assert_eq!(row.fit(2, 3, 2), fitted.is_some(), "{cells:?}");
            let expected = fitted.as_ref().map_or(cells, |cells| &cells[..]);
            assert_eq!(row.cells().collect::<Vec<_>>(), expected);
        }
    }
}
