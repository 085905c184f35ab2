//! What can be said of a row that was not found. Pure.

use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use super::account::{Account, Seen};
use super::reconcile::{Doubts, Question, is_inferred, is_open};
use super::shifted;
use crate::ledger::SentRow;
use crate::record::Fingerprint;

/// How long a request may still be going on, and its record be on the way, after nobody waits for the answer any more.
pub const SETTLE_TIME: Duration = Duration::from_secs(60);

/// Why a row stays in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UndecidedReason {
    /// Of the run's saved rows none can be seen.
    NothingVisible,
    /// No saved row was sent near it that could be looked for.
    NoNeighbour,
    /// The saved rows sent just before or after it can't be seen either.
    NeighbourMissing,
    /// It was sent a moment ago, and its record may be on the way.
    Recent,
    /// A saved row reads back otherwise than it was sent, and there are records that nobody accounts for; or rows read
    /// back under other ids, and not all of them are recognised by their fields.
    ReadsBackOtherwise,
    /// There are more equal records than were sent from here.
    SentByOthers,
    /// Another run that is going on has an equal row whose fate is open.
    OtherRunGoing,
}

impl UndecidedReason {
    /// Whether another look, later, may tell more.
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::NothingVisible | Self::NoNeighbour | Self::NeighbourMissing | Self::Recent)
    }

    /// The reason's name for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NothingVisible => "nothing_visible",
            Self::NoNeighbour => "no_neighbour",
            Self::NeighbourMissing => "neighbour_missing",
            Self::Recent => "recent",
            Self::ReadsBackOtherwise => "reads_back_otherwise",
            Self::SentByOthers => "sent_by_others",
            Self::OtherRunGoing => "other_run_going",
        }
    }
}

impl fmt::Display for UndecidedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingVisible => {
                "none of the run's saved rows can be seen on the server, so that nothing follows from what can't be seen"
            }
            Self::NoNeighbour => "not found, but no saved row was sent near it whose being seen would prove something",
            Self::NeighbourMissing => {
                "not found, but the saved rows sent next to it can't be seen either: records may appear late"
            }
            Self::Recent => "not found, but sent a moment ago: its record may still appear",
            Self::ReadsBackOtherwise => {
                "not found, but saved rows are not all recognised either: it may read back otherwise than it was sent"
            }
            Self::SentByOthers => "there are more equal records than were sent from here: somebody else sends them, too",
            Self::OtherRunGoing => "another run that is going on has an equal row whose fate is open",
        })
    }
}

/// What follows from the saved rows for those that are not found.
pub(super) struct Evidence<'a> {
    now: Timestamp,
    /// Of the run's saved rows there are some, and none was seen.
    pub(super) nothing_visible: bool,
    /// A row that is not recognised may be there all the same.
    reads_back_otherwise: bool,
    /// The rows that were answered as saved and can be looked for, by when they were sent, and whether they were seen.
    by_claim: Vec<(&'a SentRow, bool)>,
    /// The same, by when their calls were over.
    by_end: Vec<(&'a SentRow, bool)>,
}

impl<'a> Evidence<'a> {
    pub(super) fn gather(question: &Question<'a>, account: &Account<'a>, doubts: &Doubts<'_>) -> Self {
        let mut own = account.saved().filter(|(row, _)| row.run == question.run).peekable();
        let strangers = account.strangers(|kind| doubts.contains_key(kind));
        // Of other runs' rows at the edges the records may lie outside of what was read.
        let surely_read = |row: &SentRow| question.span.0 <= row.claimed_at && row.ended_at <= question.span.1;
        let looked_for = || account.saved().filter(|(row, _)| surely_read(row));
        let is_missing = looked_for().any(|(_, seen)| seen == Seen::No);
        // A row that is seen only by being equal to one in doubt, of any run, proves nothing: the record may be the other's.
        let unconfirmed: HashSet<&Fingerprint> =
            question.rows.iter().filter(|row| is_open(row) || is_inferred(row)).map(|row| &row.fingerprint).collect();
        let vouches = |row: &SentRow, seen| match seen {
            Seen::No => false,
            Seen::ById => true,
            Seen::ByFields => !unconfirmed.contains(&row.fingerprint),
        };
        let answered = || looked_for().filter(|(row, _)| !is_inferred(row));
        let mut by_claim: Vec<(&SentRow, bool)> = answered().map(|(row, seen)| (row, vouches(row, seen))).collect();
        let mut by_end = by_claim.clone();
        by_claim.sort_by_key(|(row, _)| row.claimed_at);
        by_end.sort_by_key(|(row, _)| row.ended_at);
        Self {
            now: question.now,
            nothing_visible: own.peek().is_some() && own.all(|(_, seen)| seen == Seen::No),
            reads_back_otherwise: (account.altered() && strangers > 0) || (!account.ids_compare() && is_missing),
            by_claim,
            by_end,
        }
    }

    /// Why a row that was not found can't be called absent; `None` if it can.
    pub(super) fn against_absence(&self, row: &SentRow) -> Option<UndecidedReason> {
        if self.reads_back_otherwise {
            return Some(UndecidedReason::ReadsBackOtherwise);
        }
        let before = self.by_end.partition_point(|(saved, _)| saved.ended_at <= row.claimed_at).checked_sub(1);
        let before = before.map(|place| self.by_end[place].1);
        let after = self.by_claim.partition_point(|(saved, _)| saved.claimed_at < row.ended_at);
        let after = self.by_claim.get(after).map(|(_, is_seen)| *is_seen);
        let is_recent = self.now < later(row.ended_at, SETTLE_TIME);
        match (before, after) {
            (None, None) => Some(UndecidedReason::NoNeighbour),
            (Some(false), _) | (_, Some(false)) => Some(UndecidedReason::NeighbourMissing),
            (_, None) if is_recent => Some(UndecidedReason::Recent),
            _ if is_recent && !is_done_with(row.status) => Some(UndecidedReason::Recent),
            _ => None,
        }
    }
}

/// Whether the answer shows that the server has let go of the request. A gateway answers 502 and 504, and others of its
/// own, while what is behind it may go on.
fn is_done_with(status: Option<u16>) -> bool {
    matches!(status, Some(200..=299 | 500 | 503))
}

/// A moment that much later.
pub(super) fn later(moment: Timestamp, by: Duration) -> Timestamp {
    shifted(moment, jiff::SignedDuration::try_from(by).unwrap_or(jiff::SignedDuration::MAX))
}
