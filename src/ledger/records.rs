//! How the table `records` stores a row: see `schema.rs`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension};

use super::millis::to_millis;
use super::{Deviations, LedgerError, Outcome, OutcomeKind, RunId};

#[cfg(test)]
mod tests;

/// A record's id has its run above these bits, and its number in the run below.
const ROW_BITS: u32 = 36;
/// The largest number of a record.
const LAST_ROW: u64 = (1 << ROW_BITS) - 1;
/// What is subtracted from an HTTP status: SQLite stores a 0 in no bytes.
const USUAL_STATUS: i64 = 200;

/// The records of run `?1`, as SQL.
pub(super) const OF_RUN: &str = "id BETWEEN ?1 << 36 AND (?1 << 36) + 0xFFFFFFFFF";
/// A record's number in its run, as SQL.
pub(super) const ROW: &str = "(id & 0xFFFFFFFFF)";
/// The server's id of a record that is not claimed, as SQL.
pub(super) const SERVER_ID: &str = "iif(typeof(server_id) = 'blob', lower(hex(server_id)), server_id)";
/// When a record was claimed, or else its run began, in milliseconds after the run began, as SQL.
pub(super) const CLAIMED_AT: &str = "coalesce(claimed_at, 0)";

/// The id of a record.
///
/// # Errors
/// [`LedgerError::TooManyRecords`]
pub(super) fn record_id(run: RunId, row: u64) -> Result<i64, LedgerError> {
    let id = (row <= LAST_ROW).then(|| run.0.checked_mul(1 << ROW_BITS)).flatten();
    id.map(|first| first | row.cast_signed()).ok_or(LedgerError::TooManyRecords { run, row, most: LAST_ROW })
}

/// The run of the record with this id.
pub(super) fn run_of(id: i64) -> RunId {
    RunId(id >> ROW_BITS)
}

/// A server's id: bytes if it is an even number of lower-case hexadecimal digits, else text.
pub(super) enum ServerId<'a> {
    Bytes(Vec<u8>),
    Text(&'a str),
}

impl<'a> From<&'a str> for ServerId<'a> {
    fn from(id: &'a str) -> Self {
        bytes(id.as_bytes()).map_or(Self::Text(id), Self::Bytes)
    }
}

fn bytes(digits: &[u8]) -> Option<Vec<u8>> {
    let (pairs, odd) = digits.as_chunks::<2>();
    let mut bytes = Vec::with_capacity(pairs.len());
    for [high, low] in pairs {
        bytes.push(digit(*high)? << 4 | digit(*low)?);
    }
    odd.is_empty().then_some(bytes)
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

impl ServerId<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Text(text) => text.len(),
        }
    }
}

impl ToSql for ServerId<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// An outcome in the units of the table, but with times after the run began.
pub(super) struct StoredOutcome<'a> {
    pub(super) status: Option<i64>,
    pub(super) server_id: Option<ServerId<'a>>,
    pub(super) changed_at: i64,
    pub(super) server_time: Option<i64>,
}

impl<'a> StoredOutcome<'a> {
    pub(super) fn new(outcome: &'a Outcome, now: Timestamp, started_at: i64) -> Self {
        Self {
            status: outcome.status.map(|status| i64::from(status) - USUAL_STATUS),
            server_id: outcome.server_id.as_deref().map(ServerId::from),
            changed_at: to_millis(now) - started_at,
            server_time: outcome.server_time.map(|time| to_millis(time) - started_at),
        }
    }
}

/// The room that the next claims reserve for their outcomes: as much as the last saved record took. A page is full of claims
/// before their outcomes come. If these took more room than the claims, the page would be split, and half of it lost.
#[derive(Debug, Default)]
pub(super) struct Room {
    pub(super) status: Option<i64>,
    /// Zeros in place of the id.
    pub(super) server_id: Option<Vec<u8>>,
    pub(super) changed_at: i64,
    pub(super) server_time: Option<i64>,
    pub(super) deviations: Deviations,
}

impl Room {
    /// Of the outcome of a record that was claimed at this time after the run began.
    fn of(stored: &StoredOutcome<'_>, claimed_at: i64, deviations: Deviations) -> Self {
        Self {
            status: stored.status,
            server_id: stored.server_id.as_ref().map(|id| vec![0; id.len()]),
            changed_at: stored.changed_at - claimed_at,
            server_time: stored.server_time.map(|time| time - claimed_at),
            deviations,
        }
    }
}

/// What a writer remembers to write records.
#[derive(Debug, Default)]
pub(super) struct RecordWriter {
    started_at: BTreeMap<RunId, i64>,
    pub(super) room: Room,
}

impl RecordWriter {
    /// When a run began, which never changes.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRun`], or if SQLite fails.
    pub(super) fn started_at(&mut self, connection: &Connection, run: RunId) -> Result<i64, LedgerError> {
        if let Some(started_at) = self.started_at.get(&run) {
            return Ok(*started_at);
        }
        let mut statement = connection.prepare("SELECT started_at FROM runs WHERE run = ?1")?;
        let found = statement.query_row([run.0], |row| row.get(0)).optional()?;
        let started_at = found.ok_or(LedgerError::NoSuchRun { run })?;
        self.started_at.insert(run, started_at);
        Ok(started_at)
    }

    /// Learns from an outcome how much room the next ones will take.
    pub(super) fn settled(&mut self, outcome: &Outcome, stored: &StoredOutcome<'_>, claimed_at: i64) {
        if outcome.kind == OutcomeKind::Saved {
            self.room = Room::of(stored, claimed_at, outcome.deviations);
        }
    }
}
