//! Ranges of row numbers, as `--rows` takes them.

use std::fmt;
use std::str::FromStr;

use crate::text::excerpt;

/// `1000-2000`, `1000-`, `-2000` or `7`: row numbers from 1, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowRange {
    pub first: u64,
    pub last: u64,
}

/// Text that is no range of rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a range of rows; expected 1000-2000, 1000-, -2000 or 7 (the first row below the header is 1)")]
pub struct RowRangeError(String);

impl RowRange {
    pub fn contains(self, row: u64) -> bool {
        (self.first..=self.last).contains(&row)
    }
}

impl FromStr for RowRange {
    type Err = RowRangeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || RowRangeError(excerpt(text, 40));
        let number = |part: &str, open: u64| match part.trim() {
            "" => Ok(open),
            digits => digits.parse::<u64>().map_err(|_| error()),
        };
        let range = match text.split_once('-') {
            Some((first, last)) if first.trim().is_empty() && last.trim().is_empty() => return Err(error()),
            Some((first, last)) => Self { first: number(first, 1)?, last: number(last, u64::MAX)? },
            None => number(text, 0).map(|row| Self { first: row, last: row })?,
        };
        if range.first == 0 || range.last < range.first { Err(error()) } else { Ok(range) }
    }
}

impl fmt::Display for RowRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self { first, last: u64::MAX } => write!(f, "{first}-"),
            Self { first, last } if first == last => write!(f, "{first}"),
            Self { first, last } => write!(f, "{first}-{last}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RowRange;

    #[test]
    fn either_end_of_a_range_may_be_open() {
        for (text, first, last) in
            [("1000-2000", 1000, 2000), ("5-", 5, u64::MAX), ("-5", 1, 5), ("7", 7, 7), (" 1 - 2 ", 1, 2)]
        {
            assert_eq!(text.parse::<RowRange>(), Ok(RowRange { first, last }), "{text}");
        }
        for text in ["", "-", "0", "0-5", "5-4", "a-b", "1-2-3", "-0", "1.5"] {
            assert!(text.parse::<RowRange>().is_err(), "{text}");
        }
        assert_eq!(["5-9", "5-", "7"].map(|text| text.parse::<RowRange>().unwrap().to_string()), ["5-9", "5-", "7"]);
    }
}
