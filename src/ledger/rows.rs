//! The records of a run, read in order and in constant memory.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::vec;

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::millis::{from_millis, to_millis};
use super::schema::BOT_OF_ROW;
use super::{Deviations, LedgerError, RowState, RunId, Store};

const PAGE: u32 = 4096;

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
    pub(crate) fn rows(&self, run: RunId) -> Rows<'_> {
        Rows { connection: &self.connection, run, page: Vec::new().into_iter(), after: Some(0) }
    }

    /// A cursor before the first record of a run.
    pub(crate) fn row_cursor(&self, run: RunId) -> RowCursor<'_> {
        RowCursor(self.rows(run).peekable())
    }

    /// Marks the claims that a dead process left behind as in doubt (invariant 4). Requires the run's lease.
    pub(crate) fn mark_claims_in_doubt(&self, run: RunId, why: &str, now: Timestamp) -> Result<u64, LedgerError> {
        let changed = self.connection.execute(
            "UPDATE rows SET state = 'in doubt', detail = ?2, changed_at = ?3 WHERE run = ?1 AND state = 'claimed'",
            params![run.0, why, to_millis(now)],
        )?;
        Ok(changed as u64)
    }

    /// How many saved rows of a run have each combination of deviations.
    pub(crate) fn deviations(&self, run: RunId) -> Result<Vec<(Deviations, u64)>, LedgerError> {
        let sql = "SELECT deviations FROM rows WHERE run = ?1 AND state = 'saved' AND deviations IS NOT NULL";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([run.0])?;
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
pub(crate) struct Rows<'a> {
    connection: &'a Connection,
    run: RunId,
    page: vec::IntoIter<RowEntry>,
    /// The last row of the page; `None` once all pages were read.
    after: Option<u64>,
}

impl Rows<'_> {
    fn read_page(&self, after: u64) -> Result<Vec<RowEntry>, LedgerError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT row, state, {BOT_OF_ROW}, status, server_id, detail, server_time, deviations FROM rows
             WHERE run = ?1 AND row > ?2 ORDER BY row LIMIT ?3"
        ))?;
        let entries = statement.query_map(params![self.run.0, after, PAGE], entry)?;
        Ok(entries.collect::<Result<_, _>>()?)
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<RowEntry, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let (None, Some(after)) = (self.page.as_slice().first(), self.after) {
            match self.read_page(after) {
                Ok(page) => {
                    self.after = page.last().map(|entry| entry.row);
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
pub(crate) struct RowCursor<'a>(Peekable<Rows<'a>>);

impl RowCursor<'_> {
    /// What the ledger knows of the record with this number, if anything. Records must be asked for in order.
    pub(crate) fn find(&mut self, row: u64) -> Result<Option<RowEntry>, LedgerError> {
        let is_passed = |entry: &Result<RowEntry, _>| entry.as_ref().map_or(true, |entry| entry.row <= row);
        while let Some(entry) = self.0.next_if(is_passed).transpose()? {
            if entry.row == row {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<RowEntry> {
    Ok(RowEntry {
        row: row.get(0)?,
        state: row.get(1)?,
        bot: row.get(2)?,
        status: row.get(3)?,
        server_id: row.get(4)?,
        detail: row.get(5)?,
        server_time: row.get::<_, Option<i64>>(6)?.map(from_millis),
        deviations: row.get(7)?,
    })
}
