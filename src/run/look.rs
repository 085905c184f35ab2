//! A look at the start of an input: what its columns hold, before anything is said about them.

use crate::source::{Dialect, Inputs, Row, SourceOptions};
use crate::text::{excerpt, printable};

use super::CheckError;

/// How many different texts of a column are shown.
const SAMPLES: usize = 3;
/// How many characters of each.
const SHOWN: usize = 40;

/// What the first rows of an input look like.
#[derive(Debug)]
pub struct Look {
    /// The input's name.
    pub name: String,
    /// How the bytes were read.
    pub dialect: Dialect,
    /// The columns, in order.
    pub columns: Vec<ColumnLook>,
    /// How many rows were looked at.
    pub rows: u64,
    /// Whether those are all rows.
    pub is_whole: bool,
}

/// What one column holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ColumnLook {
    /// Its header.
    pub header: String,
    /// In how many rows it isn't blank.
    pub filled: u64,
    /// Its first texts, no two alike, safe to print.
    pub samples: Vec<String>,
    /// The least and the greatest number in it, if it holds numbers and nothing else.
    pub numbers: Option<(f64, f64)>,
    /// Whether something in it is no number.
    has_words: bool,
}

/// Looks at the first rows of an input, at most so many.
///
/// # Errors
/// When it can't be read as rows.
pub fn look(inputs: &Inputs, source: &SourceOptions, most: u64) -> Result<Look, CheckError> {
    let mut rows = inputs.open(source)?;
    let header = |header: &String| ColumnLook { header: header.clone(), ..ColumnLook::default() };
    let mut columns: Vec<_> = rows.headers().iter().map(header).collect();
    let (mut row, mut seen, mut is_whole) = (Row::default(), 0, false);
    while seen < most {
        if !rows.read(&mut row)? {
            is_whole = true;
            break;
        }
        seen += 1;
        columns.iter_mut().zip(row.cells()).for_each(|(column, cell)| column.add(cell.trim()));
    }
    Ok(Look { name: excerpt(&inputs.name(), 200), dialect: rows.dialect().clone(), columns, rows: seen, is_whole })
}

impl ColumnLook {
    fn add(&mut self, cell: &str) {
        if cell.is_empty() {
            return;
        }
        self.filled += 1;
        if self.samples.len() < SAMPLES {
            let sample = excerpt(cell, SHOWN);
            if !self.samples.contains(&sample) {
                self.samples.push(sample);
            }
        }
        match cell.parse::<f64>() {
            Ok(number) if number.is_finite() && !self.has_words => {
                let (least, most) = self.numbers.unwrap_or((number, number));
                self.numbers = Some((least.min(number), most.max(number)));
            }
            _ => (self.has_words, self.numbers) = (true, None),
        }
    }

    /// The header, safe to print.
    pub fn shown_header(&self) -> String {
        printable(&self.header).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::ColumnLook;

    fn column(cells: &[&str]) -> ColumnLook {
        let mut column = ColumnLook::default();
        cells.iter().for_each(|cell| column.add(cell));
        column
    }

    #[test]
    fn a_column_is_told_by_what_it_holds() {
        let scores = column(&["9", "", "10", "9", "0", "3"]);
        assert_eq!((scores.filled, scores.numbers), (5, Some((0.0, 10.0))));
        assert_eq!(scores.samples, ["9", "10", "0"]);
        assert_eq!(column(&["9", "n/a", "3"]).numbers, None);
        assert_eq!(column(&["inf", "NaN"]).numbers, None);
        assert_eq!(column(&["", ""]).filled, 0);
    }
}
