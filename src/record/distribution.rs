//! How often each score was given.

use super::{FeedbackType, Score};

/// The scores of one survey, counted.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Distribution {
    /// By score, from 0 to the highest of any scale.
    counts: [u64; 11],
    out_of_scale: OutOfScale,
}

/// Scores that are not on their type's scale, allowed by `--allow-any-score`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct OutOfScale {
    pub count: u64,
    /// 0 if there is none.
    pub lowest: f64,
    /// 0 if there is none.
    pub highest: f64,
}

impl Distribution {
    /// Counts a score of a survey of this type.
    pub(crate) fn count(&mut self, of: FeedbackType, score: Score) {
        match score.on_scale(of) {
            Some(score) => self.counts[usize::from(score)] += 1,
            None => self.out_of_scale.count(score.value()),
        }
    }

    /// How often this score was given.
    pub(crate) fn count_of(&self, score: u8) -> u64 {
        self.counts.get(usize::from(score)).copied().unwrap_or_default()
    }

    /// How many scores are on the scale.
    pub(crate) fn on_scale(&self) -> u64 {
        self.counts.iter().sum()
    }

    pub(crate) fn out_of_scale(&self) -> OutOfScale {
        self.out_of_scale
    }

    /// How many scores there are, on the scale or not.
    pub(crate) fn total(&self) -> u64 {
        self.on_scale() + self.out_of_scale.count
    }
}

impl OutOfScale {
    fn count(&mut self, score: f64) {
        let is_first = self.count == 0;
        self.lowest = if is_first { score } else { self.lowest.min(score) };
        self.highest = if is_first { score } else { self.highest.max(score) };
        self.count += 1;
    }
}
