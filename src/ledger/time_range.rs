use jiff::{SignedDuration, Timestamp};

use super::SentRow;

/// A range of time, with both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeRange {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl TimeRange {
    /// The same range, this much longer at both ends.
    #[must_use]
    pub(crate) fn widened(self, by: SignedDuration) -> Self {
        Self { from: shifted(self.from, -by), to: shifted(self.to, by) }
    }

    /// The same range, this much later.
    #[must_use]
    pub(crate) fn shifted(self, by: SignedDuration) -> Self {
        Self { from: shifted(self.from, by), to: shifted(self.to, by) }
    }

    pub(crate) fn contains(self, time: Timestamp) -> bool {
        self.from <= time && time <= self.to
    }

    /// The same range, extended to this time.
    #[must_use]
    pub(crate) fn including(self, time: Timestamp) -> Self {
        Self { from: self.from.min(time), to: self.to.max(time) }
    }

    /// Whether the row was sent, and its call ended, within this range.
    pub(crate) fn covers(&self, row: &SentRow) -> bool {
        self.from <= row.claimed_at && row.ended_at <= self.to
    }
}

fn shifted(time: Timestamp, by: SignedDuration) -> Timestamp {
    // Only units longer than hours are an error; a time out of range becomes the first or last that can be represented.
    time.saturating_add(by).unwrap_or(time)
}
