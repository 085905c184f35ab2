//! A random sample of rows, always the same for the same input, so that a resumed run continues with its own rows.

use std::collections::{BTreeSet, BinaryHeap};

use super::CheckError;
use crate::record::{CheckedRow, Checker};
use crate::source::{Inputs, Row, SourceOptions};

/// Chooses `size` of the valid rows: those whose numbers have the smallest hashes. A larger sample contains every smaller one.
///
/// # Errors
/// When the input cannot be read.
pub(super) fn choose(
    inputs: &Inputs,
    source: &SourceOptions,
    mut checker: Checker,
    size: u64,
) -> Result<BTreeSet<u64>, CheckError> {
    let mut rows = inputs.open(source)?;
    let (mut row, mut chosen) = (Row::default(), BinaryHeap::new());
    while rows.read(&mut row)? {
        if matches!(checker.check(&row), CheckedRow::Valid(_)) {
            chosen.push((hash(row.number), row.number));
            if chosen.len() as u64 > size {
                chosen.pop();
            }
        }
    }
    Ok(chosen.into_iter().map(|(_, number)| number).collect())
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014), which is a bijection: no two rows have the same hash.
fn hash(number: u64) -> u64 {
    let mut hash = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}
