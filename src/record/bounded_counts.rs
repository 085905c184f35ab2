//! Counts of texts in memory that does not grow with the input.

use std::cmp::Reverse;

use foldhash::fast::RandomState;
use indexmap::IndexMap;

/// The longest text that is kept, in bytes: no real name is longer.
pub(super) const MAX_TEXT: usize = 512;

/// A count for each of the first texts, and one for all others together.
#[derive(Debug, Clone)]
pub(crate) struct BoundedCounts<T> {
    capacity: usize,
    pub(super) known: IndexMap<Box<str>, T, RandomState>,
    /// Where the text is that was counted last: most columns repeat a text many times.
    latest: usize,
    pub(super) others: T,
}

impl<T: Default> BoundedCounts<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, known: IndexMap::default(), latest: 0, others: T::default() }
    }

    #[inline]
    pub(super) fn update(&mut self, text: &str, count: impl FnOnce(&mut T)) {
        if let Some((_, counted)) = self.known.get_index_mut(self.latest).filter(|(latest, _)| &***latest == text) {
            count(counted);
        } else if let Some((place, _, counted)) = self.known.get_full_mut(text) {
            self.latest = place;
            count(counted);
        } else if self.known.len() < self.capacity && text.len() <= MAX_TEXT {
            count(self.known.entry(text.into()).or_default());
        } else {
            count(&mut self.others);
        }
    }
}

impl BoundedCounts<u64> {
    pub(crate) fn count(&mut self, text: &str) {
        self.update(text, |count| *count += 1);
    }

    /// The texts and their counts, the most frequent first.
    pub(crate) fn by_count(&self) -> Vec<(&str, u64)> {
        let mut counts: Vec<_> = self.known.iter().map(|(text, count)| (&**text, *count)).collect();
        counts.sort_by_key(|(text, count)| (Reverse(*count), *text));
        counts
    }

    /// The same if these are all texts; empty if there were more than fit.
    pub(crate) fn all_by_count(&self) -> Vec<(&str, u64)> {
        if self.others == 0 { self.by_count() } else { Vec::new() }
    }
}
