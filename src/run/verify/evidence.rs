//! Whether a row that was not found is absent. Pure.

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;

use super::matching::{MatchedBy, Matching};
use super::snapshot::Snapshot;
use super::verified::UndecidedReason;
use crate::ledger::SentRow;
use crate::record::Fingerprint;

/// How long the server may still work on a request, and its record may take to appear, after this side stopped waiting
/// for the answer.
pub const SETTLE_TIME: Duration = Duration::from_secs(60);

/// What the saved rows show about rows that are not found.
pub(super) struct Evidence<'a> {
    now: Timestamp,
    /// The run has saved rows, and none of them are visible.
    pub(super) nothing_visible: bool,
    /// A row may be on the server although it is not recognized.
    reads_back_otherwise: bool,
    /// The rows that an answer said were saved, and whether they are visible, ordered by when they were sent.
    by_claim: Vec<(&'a SentRow, bool)>,
    /// The same rows, ordered by when their calls ended.
    by_end: Vec<(&'a SentRow, bool)>,
}

impl<'a> Evidence<'a> {
    /// `is_in_doubt` says which fingerprints rows in doubt of the run have.
    pub(super) fn gather(
        snapshot: &Snapshot<'a>,
        matching: &Matching<'a>,
        is_in_doubt: impl Fn(&Fingerprint) -> bool,
    ) -> Self {
        let mut own = matching.saved_rows().filter(|(row, _)| row.run == snapshot.run).peekable();
        // Rows of other runs at the edges may have records outside the range that was read.
        let in_range = || matching.saved_rows().filter(|(row, _)| snapshot.range.covers(row));
        let any_missing = in_range().any(|(_, matched_by)| matched_by == MatchedBy::Nothing);
        // A row recognized only by fields that it shares with a row in doubt, of any run, proves nothing: the record
        // may be the other row's.
        let ambiguous: HashSet<&Fingerprint> = snapshot
            .rows
            .iter()
            .filter(|row| row.is_in_doubt() || row.is_inferred())
            .map(|row| &row.fingerprint)
            .collect();
        let is_visible = |row: &SentRow, matched_by| match matched_by {
            MatchedBy::Nothing => false,
            MatchedBy::Id => true,
            MatchedBy::Fields => !ambiguous.contains(&row.fingerprint),
        };
        let answered = in_range().filter(|(row, _)| !row.is_inferred());
        let mut by_claim: Vec<_> = answered.map(|(row, matched_by)| (row, is_visible(row, matched_by))).collect();
        let mut by_end = by_claim.clone();
        by_claim.sort_by_key(|(row, _)| row.claimed_at);
        by_end.sort_by_key(|(row, _)| row.ended_at);
        Self {
            now: snapshot.now,
            nothing_visible: own.peek().is_some() && own.all(|(_, matched_by)| matched_by == MatchedBy::Nothing),
            reads_back_otherwise: (matching.fields_changed && matching.unmatched_except(is_in_doubt) > 0)
                || (!matching.ids_agree && any_missing),
            by_claim,
            by_end,
        }
    }

    /// Why a row that was not found can't be called absent; `None` if it can.
    pub(super) fn against_absence(&self, row: &SentRow) -> Option<UndecidedReason> {
        if self.reads_back_otherwise {
            return Some(UndecidedReason::ReadsBackOtherwise);
        }
        let before = self.by_end.partition_point(|(saved, _)| saved.ended_at <= row.claimed_at);
        let before = before.checked_sub(1).map(|index| self.by_end[index].1);
        let after = self.by_claim.partition_point(|(saved, _)| saved.claimed_at < row.ended_at);
        let after = self.by_claim.get(after).map(|(_, is_visible)| *is_visible);
        let is_recent = row.age(self.now) < SETTLE_TIME;
        match (before, after) {
            (None, None) => Some(UndecidedReason::NoNeighbour),
            (Some(false), _) | (_, Some(false)) => Some(UndecidedReason::NeighbourMissing),
            (_, None) if is_recent => Some(UndecidedReason::Recent),
            _ if is_recent && !shows_end(row.status) => Some(UndecidedReason::Recent),
            _ => None,
        }
    }
}

/// Whether an answer with this status shows that the server is done with the request. A gateway may answer 502, 504 and
/// other errors of its own while the server behind it is still working.
fn shows_end(status: Option<u16>) -> bool {
    matches!(status, Some(200..=299 | 500 | 503))
}
