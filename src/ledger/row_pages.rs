//! The rows of a run, read in order and in constant memory.

use std::collections::VecDeque;

use rusqlite::{Connection, Row, params};

use super::schema::BOT_OF_ROW;
use super::{LedgerError, RowState, RunId};

const PAGE: u32 = 4096;

/// One row as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowEntry {
    pub row: u64,
    pub state: RowState,
    /// The number of the bot that the row was sent to, if it was sent.
    pub bot: Option<u32>,
    /// The HTTP status of the last answer.
    pub status: Option<u16>,
    /// The server's id of the record.
    pub server_id: Option<String>,
    /// Why the row was not saved.
    pub detail: Option<String>,
}

/// The rows of a run that the ledger knows, a page at a time.
#[derive(Debug)]
pub struct RowPages<'a> {
    connection: &'a Connection,
    run: RunId,
    /// The last row read; `None` after the last page.
    after: Option<u64>,
}

impl<'a> RowPages<'a> {
    pub(super) fn new(connection: &'a Connection, run: RunId) -> Self {
        Self { connection, run, after: Some(0) }
    }

    fn read(&self, after: u64) -> Result<Vec<RowEntry>, LedgerError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT row, state, status, server_id, detail, {BOT_OF_ROW} FROM rows
             WHERE run = ?1 AND row > ?2 ORDER BY row LIMIT ?3"
        ))?;
        let entries = statement.query_map(params![self.run.0, after, PAGE], entry)?;
        Ok(entries.collect::<Result<_, _>>()?)
    }
}

impl Iterator for RowPages<'_> {
    type Item = Result<Vec<RowEntry>, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        let page = self.read(self.after?);
        self.after = page.as_ref().ok().and_then(|page| page.last()).map(|entry| entry.row);
        Some(page).filter(|page| page.as_ref().map_or(true, |page| !page.is_empty()))
    }
}

/// A cursor over a run's rows that moves forward with the input.
#[derive(Debug)]
pub struct RowCursor<'a> {
    pages: RowPages<'a>,
    page: VecDeque<RowEntry>,
}

impl<'a> RowCursor<'a> {
    pub(super) fn new(pages: RowPages<'a>) -> Self {
        Self { pages, page: VecDeque::new() }
    }

    /// What the ledger knows of this row, if anything. Rows must be asked for in order.
    pub fn find(&mut self, row: u64) -> Result<Option<RowEntry>, LedgerError> {
        while self.page.front().is_none_or(|entry| entry.row <= row) {
            match self.page.pop_front() {
                Some(entry) if entry.row == row => return Ok(Some(entry)),
                Some(_) => {}
                None => match self.pages.next().transpose()? {
                    Some(page) => self.page = page.into(),
                    None => return Ok(None),
                },
            }
        }
        Ok(None)
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<RowEntry> {
    Ok(RowEntry {
        row: row.get(0)?,
        state: row.get(1)?,
        status: row.get(2)?,
        server_id: row.get(3)?,
        detail: row.get(4)?,
        bot: row.get(5)?,
    })
}
