//! How the records of an input are numbered, so that one number says which record of which row is meant.
//!
//! If each row makes one record, the number is the row's. If a mapping makes N records of a row, each row has N + 1 numbers
//! in sequence: the first stands for the row as a whole, such as a blank one, the others for its records. N is fixed for a
//! run. Ledgers store these numbers, so they never change.

use std::fmt;
use std::ops::Range;

/// The numbering of an input whose rows make at most this many records each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbering {
    per_row: u32,
}

/// A record by its row and, if rows make several, its place among them. `Display` is how a person reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId {
    /// From 1.
    pub row: u64,
    /// From 1; `None` for a row as a whole and for a row's only record.
    pub record: Option<u32>,
}

impl Numbering {
    /// One record per row.
    pub const SINGLE: Self = Self { per_row: 1 };

    /// At most `per_row` records of each row, and at least one.
    pub fn new(per_row: u32) -> Self {
        Self { per_row: per_row.max(1) }
    }

    /// The most records of a row.
    pub const fn per_row(self) -> u32 {
        self.per_row
    }

    /// Whether rows make several records.
    pub const fn is_multiple(self) -> bool {
        self.per_row > 1
    }

    /// What rows and records are called where they are counted together: `row` if each row is one record.
    pub const fn unit(self) -> &'static str {
        if self.is_multiple() { "record" } else { "row" }
    }

    /// The parts of a row: only 0 if it makes one record, else 0 for the row as a whole and then its records from 1.
    pub const fn parts(self) -> Range<u32> {
        if self.is_multiple() { 0..self.per_row + 1 } else { 0..1 }
    }

    /// The number of a part of a row.
    pub fn number(self, row: u64, part: u32) -> u64 {
        row.saturating_sub(1) * self.numbers_per_row() + u64::from(part) + 1
    }

    /// The numbers of a row, first and last.
    pub fn numbers_of(self, row: u64) -> (u64, u64) {
        (self.number(row, 0), self.number(row, self.parts().end - 1))
    }

    /// What a number stands for.
    pub fn id(self, number: u64) -> RecordId {
        let from_zero = number.saturating_sub(1);
        let part = u32::try_from(from_zero % self.numbers_per_row()).unwrap_or_default();
        RecordId { row: from_zero / self.numbers_per_row() + 1, record: (part > 0).then_some(part) }
    }

    /// How many numbers each row has.
    pub fn numbers_per_row(self) -> u64 {
        u64::from(self.parts().end)
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.record {
            Some(record) => write!(f, "row {}, record {record}", self.row),
            None => write!(f, "row {}", self.row),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::Numbering;

    #[test]
    fn one_record_has_its_rows_number() {
        let numbering = Numbering::SINGLE;
        assert_eq!((numbering.number(118, 0), numbering.parts(), numbering.numbers_of(118)), (118, 0..1, (118, 118)));
        assert_eq!(numbering.id(118).to_string(), "row 118");
    }

    #[test]
    fn several_records_follow_their_row() {
        let numbering = Numbering::new(3);
        let names: Vec<_> = (1..=6).map(|number| numbering.id(number).to_string()).collect();
        let expected = ["row 1", "row 1, record 1", "row 1, record 2", "row 1, record 3", "row 2", "row 2, record 1"];
        assert_eq!(names, expected);
        assert_eq!(numbering.numbers_of(2), (5, 8));
    }

    proptest! {
        #[test]
        fn numbers_are_dense_and_unique(per_row in 1..20_u32, row in 1..1_000_000_u64) {
            let numbering = Numbering::new(per_row);
            let mut expected = numbering.number(row, 0);
            for part in numbering.parts() {
                prop_assert_eq!(numbering.number(row, part), expected);
                let id = numbering.id(expected);
                prop_assert_eq!((id.row, id.record.unwrap_or(0)), (row, part));
                expected += 1;
            }
            prop_assert_eq!(numbering.number(row + 1, 0), expected);
        }
    }
}
