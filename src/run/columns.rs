//! Statistics of an input's columns, from its first rows: what `inspect` shows before a mapping exists.

use crate::source::{Dialect, Inputs, Row, SourceOptions};
use crate::text::{excerpt, printable, trimmed};

use super::CheckError;

/// Samples kept per column, and characters kept of each.
const SAMPLES: usize = 3;
const SAMPLE_LENGTH: usize = 40;

/// The columns of an input, as its first rows show them.
#[derive(Debug)]
pub(crate) struct InputColumns {
    pub(crate) name: String,
    pub(crate) dialect: Dialect,
    pub(crate) columns: Vec<ColumnStats>,
    /// How many rows were read.
    pub(crate) rows: u64,
    /// Whether these are all rows of the input.
    pub(crate) is_whole: bool,
    pub(crate) warnings: Vec<String>,
}

/// What the values of one column have in common.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ColumnStats {
    pub(crate) header: String,
    /// Rows in which the cell is not blank.
    pub(crate) filled: u64,
    /// The first distinct values, safe to print.
    pub(crate) samples: Vec<String>,
    /// The smallest and the largest value, if all values are numbers.
    pub(crate) numbers: Option<(f64, f64)>,
    has_text: bool,
}

/// Reads at most `limit` rows and collects statistics of each column.
///
/// # Errors
/// When the input cannot be read as rows.
pub(crate) fn inspect_columns(inputs: &Inputs, source: &SourceOptions, limit: u64) -> Result<InputColumns, CheckError> {
    let mut reading = inputs.open(source)?;
    reading.ensure_headers()?;
    let header = |header: &String| ColumnStats { header: header.clone(), ..ColumnStats::default() };
    let mut columns: Vec<_> = reading.headers().iter().map(header).collect();
    let (mut row, mut rows, mut is_whole) = (Row::default(), 0, false);
    while rows < limit {
        if !reading.read(&mut row)? {
            is_whole = true;
            break;
        }
        rows += 1;
        columns.iter_mut().zip(row.cells()).for_each(|(column, cell)| column.add(trimmed(cell)));
    }
    let (name, dialect) = (excerpt(&inputs.name(), 200), reading.dialect().clone());
    Ok(InputColumns { name, dialect, columns, rows, is_whole, warnings: reading.warnings() })
}

impl ColumnStats {
    fn add(&mut self, cell: &str) {
        if cell.is_empty() {
            return;
        }
        self.filled += 1;
        if self.samples.len() < SAMPLES {
            let sample = excerpt(cell, SAMPLE_LENGTH);
            if !self.samples.contains(&sample) {
                self.samples.push(sample);
            }
        }
        match cell.parse::<f64>() {
            Ok(number) if number.is_finite() && !self.has_text => {
                let (least, most) = self.numbers.unwrap_or((number, number));
                self.numbers = Some((least.min(number), most.max(number)));
            }
            _ => (self.has_text, self.numbers) = (true, None),
        }
    }

    /// The header, safe to print.
    pub(crate) fn shown_header(&self) -> String {
        printable(&self.header).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::ColumnStats;

    fn column(cells: &[&str]) -> ColumnStats {
        let mut column = ColumnStats::default();
        cells.iter().for_each(|cell| column.add(cell));
        column
    }

    #[test]
    fn columns_count_values_and_their_range() {
        let scores = column(&["9", "", "10", "9", "0", "3"]);
        assert_eq!((scores.filled, scores.numbers), (5, Some((0.0, 10.0))));
        assert_eq!(scores.samples, ["9", "10", "0"]);
        assert_eq!(column(&["9", "n/a", "3"]).numbers, None);
        assert_eq!(column(&["inf", "NaN"]).numbers, None);
        assert_eq!(column(&["", ""]).filled, 0);
    }
}
