//! The records of a run, read in order and in constant memory.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::vec;

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::millis::{from_millis, to_millis};
use super::records::{OF_RUN, ROW, record_id};
use super::{Deviations, LedgerError, OutcomeKind, RowState, RunId, Store};

const PAGE: u32 = 4096;
const SAVED: RowState = RowState::Settled(OutcomeKind::Saved);
const IN_DOUBT: RowState = RowState::Settled(OutcomeKind::InDoubt);

/// One record as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowEntry {
    /// The record's number.
    pub row: u64,
    pub state: RowState,
    /// The number of the bot that the record was sent to, if it was sent.
    pub bot: Option<u32>,
    /// The HTTP status of the last answer.
    pub status: Option<u16>,
    /// The server's id of the record.
    pub server_id: Option<String>,
    /// Why it was not saved.
    pub detail: Option<String>,
    /// The server's time of the record.
    pub(crate) server_time: Option<Timestamp>,
    pub(crate) deviations: Deviations,
}

impl Store {
    /// The records of a run that the ledger knows, in order.
    pub(crate) fn rows(&self, run: RunId) -> Rows<'_, RowEntry> {
        self.pages(run)
    }

    /// A cursor before the first record of a run.
    pub(crate) fn row_cursor(&self, run: RunId) -> RowCursor<'_, RowEntry> {
        RowCursor(self.rows(run).peekable())
    }

    /// The same, for the states alone.
    pub(crate) fn state_cursor(&self, run: RunId) -> RowCursor<'_, (u64, RowState)> {
        RowCursor(self.pages(run).peekable())
    }

    fn pages<T>(&self, run: RunId) -> Rows<'_, T> {
        Rows { connection: &self.connection, run, page: Vec::new().into_iter(), after: Some(0) }
    }

    /// Marks the claims that a dead process left behind as in doubt (invariant 4). Requires the run's lease.
    pub(crate) fn mark_claims_in_doubt(&self, run: RunId, why: &str, now: Timestamp) -> Result<u64, LedgerError> {
        let changed = self.connection.execute(
            &format!(
                "UPDATE records SET state = ?4, detail = ?2, changed_at = ?3 - claimed_at - (SELECT started_at FROM runs WHERE run = ?1),
                                    status = NULL, server_id = NULL, server_time = NULL, deviations = NULL
                 WHERE {OF_RUN} AND state = ?5"
            ),
            params![run.0, why, to_millis(now), IN_DOUBT, RowState::Claimed],
        )?;
        Ok(changed as u64)
    }

    /// How many saved rows of a run have each combination of deviations.
    pub(crate) fn deviations(&self, run: RunId) -> Result<Vec<(Deviations, u64)>, LedgerError> {
        let sql = format!("SELECT deviations FROM records WHERE {OF_RUN} AND state = ?2 AND deviations IS NOT NULL");
        let mut statement = self.connection.prepare(&sql)?;
        let mut rows = statement.query(params![run.0, SAVED])?;
        // Counted here: for a GROUP BY, SQLite would sort all rows.
        let mut counts = BTreeMap::<Deviations, u64>::new();
        while let Some(row) = rows.next()? {
            *counts.entry(row.get(0)?).or_default() += 1;
        }
        Ok(counts.into_iter().collect())
    }
}

/// Iterates over the records of a run. At most one page of them is in memory.
#[derive(Debug)]
pub(crate) struct Rows<'a, T> {
    connection: &'a Connection,
    run: RunId,
    page: vec::IntoIter<T>,
    /// The last row of the page; `None` once all pages were read.
    after: Option<u64>,
}

impl<T: Numbered> Rows<'_, T> {
    fn read_page(&self, after: u64) -> Result<Vec<T>, LedgerError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {ROW}, {} FROM records WHERE id > ?2 AND id <= (?1 << 36) + 0xFFFFFFFFF ORDER BY id LIMIT ?3",
            T::COLUMNS
        ))?;
        let entries = statement.query_map(params![self.run.0, record_id(self.run, after)?, PAGE], T::read)?;
        Ok(entries.collect::<Result<_, _>>()?)
    }
}

impl<T: Numbered> Iterator for Rows<'_, T> {
    type Item = Result<T, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let (None, Some(after)) = (self.page.as_slice().first(), self.after) {
            match self.read_page(after) {
                Ok(page) => {
                    self.after = page.last().map(Numbered::number);
                    self.page = page.into_iter();
                }
                Err(error) => {
                    self.after = None;
                    return Some(Err(error));
                }
            }
        }
        self.page.next().map(Ok)
    }
}

/// Finds records in the order of the input.
#[derive(Debug)]
pub(crate) struct RowCursor<'a, T: Numbered>(Peekable<Rows<'a, T>>);

impl<T: Numbered> RowCursor<'_, T> {
    /// What the ledger knows of the record with this number, if anything. Records must be asked for in order.
    pub(crate) fn find(&mut self, row: u64) -> Result<Option<T>, LedgerError> {
        let is_passed = |entry: &Result<T, _>| entry.as_ref().map_or(true, |entry| entry.number() <= row);
        while let Some(entry) = self.0.next_if(is_passed).transpose()? {
            if entry.number() == row {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }
}

/// What is read of each record.
pub(crate) trait Numbered: Sized {
    /// The columns after the number.
    const COLUMNS: &str;

    fn read(row: &Row<'_>) -> rusqlite::Result<Self>;

    fn number(&self) -> u64;
}

impl Numbered for (u64, RowState) {
    const COLUMNS: &str = "state";

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        row.try_into()
    }

    fn number(&self) -> u64 {
        self.0
    }
}

impl Numbered for RowEntry {
    const COLUMNS: &str = "state, iif(claimed_at IS NULL, NULL, bot), status + 200,
        iif(typeof(server_id) = 'blob', lower(hex(server_id)), server_id), detail,
        (SELECT started_at FROM runs WHERE run = ?1) + coalesce(claimed_at, 0) + server_time, deviations";

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let entry = Self {
            row: row.get(0)?,
            state: row.get(1)?,
            bot: row.get(2)?,
            status: row.get(3)?,
            server_id: row.get(4)?,
            detail: row.get(5)?,
            server_time: row.get::<_, Option<i64>>(6)?.map(from_millis),
            deviations: row.get(7)?,
        };
        Ok(if entry.state == RowState::Claimed { entry.without_outcome() } else { entry })
    }

    fn number(&self) -> u64 {
        self.row
    }
}

impl RowEntry {
    /// A claim has placeholders there.
    fn without_outcome(self) -> Self {
        let deviations = Deviations::default();
        Self { status: None, server_id: None, server_time: None, deviations, ..self }
    }
}
