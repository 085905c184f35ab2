//! What has been seen before in an input, in a few bytes a record.

use std::collections::HashMap;

/// The records of an input so far, each by a hash of 16 bytes and the number of its row: with what a hash table needs
/// besides, at most some 80 bytes for every record that is not a duplicate (measured: 76 MB for a million).
#[derive(Debug, Clone, Default)]
pub(super) struct Seen(HashMap<[u8; 16], u64>);

impl Seen {
    /// The first row with these texts, if there was one before this.
    pub(super) fn first<'a>(&mut self, row: u64, texts: impl IntoIterator<Item = &'a str>) -> Option<u64> {
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
