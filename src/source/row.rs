//! One row of an input, in a buffer that is reused from row to row.

use std::fmt;

/// One row: its cells, where it is, and what is wrong with it as a row. Reading into the same `Row` again reuses its
/// memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Which row it is, from 1; the header is not counted.
    pub number: u64,
    /// The line of the file on which it begins, from 1.
    pub line: u64,
    /// What is wrong with it; its cells are then what could be made of it.
    pub fault: Option<RowFault>,
    text: String,
    ends: Vec<usize>,
}

/// What is wrong with a row before anybody asks what its cells mean. Columns are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFault {
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
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ragged { found, expected } => write!(f, "{found} cells where the header has {expected}"),
            Self::NotUtf8 { column } => {
                write!(f, "column {} is not UTF-8: give the encoding, such as --encoding windows-1252", column + 1)
            }
            Self::Undecodable { column, encoding } => write!(f, "column {} is not {encoding}", column + 1),
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
        self.fault = None;
    }

    pub(super) fn extend<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        for cell in cells {
            self.text.push_str(cell);
            self.ends.push(self.text.len());
        }
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
}
