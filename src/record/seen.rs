//! What has been seen before in an input, in a few bytes a record.

use std::collections::HashMap;
use std::sync::Arc;

use super::mapping::{Dedupe, Mapping};
use crate::source::Row;

/// The rows that are duplicates, each with the first row that it is alike, in order.
pub type Duplicates = Arc<[(u64, u64)]>;

/// Which rows are duplicates of earlier ones: to be found out, or known.
#[derive(Debug, Clone)]
pub(super) enum Twins {
    /// The input is read for the first time.
    Sought(Seen),
    /// It has been read before.
    Known(Duplicates),
}

impl Twins {
    /// The first row that is the same in what `--dedupe` goes by, if there is one.
    pub(super) fn first_alike(
        &mut self,
        mapping: &Mapping,
        row: &Row,
        texts: [&str; 7],
        bot: Option<&str>,
    ) -> Option<u64> {
        let dedupe = mapping.rows().dedupe()?;
        match (self, dedupe) {
            (Self::Known(duplicates), _) => {
                let at = duplicates.binary_search_by_key(&row.number, |(row, _)| *row).ok()?;
                duplicates.get(at).map(|(_, first)| *first)
            }
            (Self::Sought(seen), Dedupe::Record) => seen.first(row.number, texts.into_iter().chain(bot)),
            (Self::Sought(seen), Dedupe::Columns(columns)) => {
                seen.first(row.number, columns.iter().map(|column| row.cell(*column).unwrap_or_default()))
            }
        }
    }
}

/// The records of an input so far, each by a hash of 16 bytes and the number of its row: with what a hash table needs
/// besides, at most some 80 bytes for every record that is not a duplicate (measured: 76 MB for a million).
#[derive(Debug, Clone, Default)]
pub(super) struct Seen(HashMap<[u8; 16], u64>);

impl Seen {
    /// The first row with these texts, if there was one before this.
    fn first<'a>(&mut self, row: u64, texts: impl IntoIterator<Item = &'a str>) -> Option<u64> {
        let mut hasher = blake3::Hasher::new();
        for text in texts {
            // Lengths go in, so that no two lists of texts run together into the same bytes.
            hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
        }
        let mut hash = [0; 16];
        hasher.finalize_xof().fill(&mut hash);
        let first = *self.0.entry(hash).or_insert(row);
        (first != row).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::Seen;

    #[test]
    fn the_first_row_is_remembered_and_texts_are_kept_apart() {
        let mut seen = Seen::default();
        assert_eq!(seen.first(1, ["a", "bc"]), None);
        assert_eq!(seen.first(2, ["ab", "c"]), None);
        assert_eq!(seen.first(5, ["a", "bc"]), Some(1));
        assert_eq!(seen.first(6, ["a", "bc"]), Some(1));
        // The same row looked at twice is no duplicate of itself.
        assert_eq!(seen.first(1, ["a", "bc"]), None);
    }
}
