//! Numbers of rows as text that people can read: `1-64,70`.

use std::ops::RangeInclusive;

/// Lists the rows in order.
pub(super) fn to_text(mut rows: Vec<u64>) -> String {
    rows.sort_unstable();
    rows.dedup();
    let ranges = rows.chunk_by(|row, next| row + 1 == *next);
    let words = ranges.filter_map(|range| Some((range.first()?, range.last()?)));
    let words = words.map(|(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") });
    words.collect::<Vec<_>>().join(",")
}

/// The ranges of a list; `None` if it is not one.
pub(super) fn ranges(text: &str) -> Option<Vec<RangeInclusive<u64>>> {
    let range = |word: &str| {
        let (first, last) = word.split_once('-').unwrap_or((word, word));
        Some(first.parse().ok()?..=last.parse().ok()?)
    };
    text.split(',').map(range).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    use super::{ranges, to_text};

    #[test]
    fn neighbors_are_one_range() {
        assert_eq!(to_text(vec![70, 2, 1, 3, 3, u64::MAX]), "1-3,70,18446744073709551615");
        for not_a_list in ["", "1,", "1-", "-1", "a"] {
            assert_eq!(ranges(not_a_list), None, "{not_a_list}");
        }
    }

    proptest! {
        #[test]
        fn lists_are_read_as_written(rows in prop::collection::btree_set(any::<u8>(), 1..60)) {
            let rows: Vec<u64> = rows.into_iter().map(u64::from).collect();
            let read: Vec<u64> = ranges(&to_text(rows.clone())).unwrap().into_iter().flatten().collect();
            prop_assert_eq!(read, rows);
        }
    }
}
