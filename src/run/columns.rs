//! Statistics of an input's columns, from its first rows: what `inspect` shows before a mapping exists.

use crate::record::BoundedCounts;
use crate::source::{Dialect, Inputs, Row, SourceOptions};
use crate::text::{excerpt, printable, trimmed};

use super::CheckError;
use super::score_texts::FEW;

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
#[derive(Debug, Clone)]
pub(crate) struct ColumnStats {
    pub(crate) header: String,
    /// Rows in which the cell is not blank.
    pub(crate) filled: u64,
    /// The first distinct values, safe to print.
    pub(crate) samples: Vec<String>,
    /// How often each value occurs, as long as there are few.
    counts: BoundedCounts<u64>,
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
    let mut columns: Vec<_> = reading.headers().iter().map(|header| ColumnStats::new(header)).collect();
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
    fn new(header: &str) -> Self {
        let counts = BoundedCounts::new(FEW);
        Self { header: header.to_owned(), filled: 0, samples: Vec::new(), counts, numbers: None, has_text: false }
    }

    /// The values and how often they occur, the most frequent first; empty if there are many.
    pub(crate) fn few_values(&self) -> Vec<(&str, u64)> {
        self.counts.all_by_count()
    }

    fn add(&mut self, cell: &str) {
        if cell.is_empty() {
            return;
        }
        self.filled += 1;
        self.counts.count(cell);
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
        let mut column = ColumnStats::new("");
        cells.iter().for_each(|cell| column.add(cell));
        column
    }

    #[test]
    fn columns_count_values_and_their_range() {
        let scores = column(&["9", "", "10", "9", "0", "3"]);
        assert_eq!((scores.filled, scores.numbers), (5, Some((0.0, 10.0))));
        assert_eq!(scores.samples, ["9", "10", "0"]);
        assert_eq!(scores.few_values(), [("9", 2), ("0", 1), ("10", 1), ("3", 1)]);
        let many: Vec<_> = (0..13).map(|number| number.to_string()).collect();
        let many = column(&many.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!((many.filled, many.few_values()), (13, vec![]));
        assert_eq!(column(&["9", "n/a", "3"]).numbers, None);
        assert_eq!(column(&["inf", "NaN"]).numbers, None);
        assert_eq!(column(&["", ""]).filled, 0);
    }
}
