//! One row of an input, in a buffer that is reused from row to row.

use std::fmt;

/// One row: its cells, where it is, and what is wrong with it as a row. RowReader into the same `Row` again reuses its
/// memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Which row it is, from 1; the header is not counted.
    pub number: u64,
    /// Which of several files it is in, from 0.
    pub file: usize,
    /// The line of the file on which it begins, from 1; in a workbook the sheet's row.
    pub line: u64,
    /// What is wrong with it; its cells are then what could be made of it.
    pub error: Option<RowError>,
    /// The columns, from 0, whose numbers are too long for a workbook to hold them exactly: as ids they are wrong.
    pub inexact: Vec<usize>,
    text: String,
    ends: Vec<usize>,
}

/// What is wrong with a row before anybody asks what its cells mean. Columns are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowError {
    /// It has another number of cells than the header.
    Ragged {
        /// How many cells it has.
        found: usize,
        /// How many the header has.
        expected: usize,
    },
    /// The input is read as UTF-8, by default, and a cell isn't.
    NotUtf8 {
        /// The first such cell.
        column: usize,
    },
    /// A cell holds bytes that mean nothing in the encoding that the input is read in.
    Undecodable {
        /// The first such cell.
        column: usize,
        /// The encoding's name.
        encoding: &'static str,
    },
    /// It isn't a JSON object. Its only cell is the text that stands there.
    NotAnObject {
        /// Where in the text that is noticed, in bytes from 1.
        byte: usize,
    },
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ragged { found, expected } => write!(f, "{found} cells where the header has {expected}"),
            Self::NotUtf8 { column } => {
                write!(f, "column {} is not UTF-8: give the encoding, such as --encoding windows-1252", column + 1)
            }
            Self::Undecodable { column, encoding } => write!(f, "column {} is not {encoding}", column + 1),
            Self::NotAnObject { byte } => write!(f, "no JSON object (byte {byte})"),
        }
    }
}

impl Row {
    /// A row made of cells, for inputs and tests that have no text to part.
    pub fn from_cells<'a>(number: u64, line: u64, cells: impl IntoIterator<Item = &'a str>) -> Self {
        let mut row = Self { number, line, ..Self::default() };
        row.extend(cells);
        row
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no cells at all.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether there is nothing but ASCII in it.
    pub fn is_ascii(&self) -> bool {
        self.text.is_ascii()
    }

    /// The cell of a column, from 0, exactly as it was written.
    pub fn cell(&self, column: usize) -> Option<&str> {
        let end = *self.ends.get(column)?;
        let start = if column == 0 { 0 } else { self.ends[column - 1] };
        self.text.get(start..end)
    }

    /// All cells in order.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).filter_map(|column| self.cell(column))
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.inexact.clear();
        self.error = None;
    }

    pub(super) fn extend<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        cells.into_iter().for_each(|cell| self.push(cell));
    }

    /// Adds a cell.
    pub(super) fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// Makes it as wide as the header if it lacks columns from `named` on, or has `surplus` empty cells too many; false if
    /// it doesn't.
    pub(super) fn fit(&mut self, named: usize, width: usize, surplus: usize) -> bool {
        let found = self.ends.len();
        if found > width {
            if found != width + surplus {
                return false;
            }
            let end = width.checked_sub(1).map_or(0, |last| self.ends[last]);
            if end != self.text.len() {
                return false;
            }
            self.ends.truncate(width);
        } else if found < named {
            return false;
        }
        self.ends.resize(width, self.text.len());
        true
    }

    /// Takes over a record that is known to be text: `ends` are the ends of its cells, each between two characters.
    pub(super) fn fill(&mut self, text: &str, ends: &[usize]) {
        self.text.push_str(text);
        self.ends.extend_from_slice(ends);
    }

    pub(super) fn first_cell_with(&self, wanted: char) -> Option<usize> {
        self.text.contains(wanted).then(|| self.cells().position(|cell| cell.contains(wanted))).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::Row;

    #[test]
    fn cells_come_back_as_they_went_in() {
        let cells = ["007", "", "Grüße", " x "];
        let row = Row::from_cells(3, 9, cells);
        assert_eq!(row.cells().collect::<Vec<_>>(), cells);
        assert_eq!((row.number, row.line, row.len()), (3, 9, 4));
        assert_eq!(row.cell(2), Some("Grüße"));
        assert_eq!(row.cell(4), None);
    }
    #[test]
    fn only_empty_cells_at_the_end_may_be_missing_or_too_many() {
        // A header of three columns, the last of them without a name.
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
