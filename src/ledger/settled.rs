//! The rows of a run as the ledger has them, read in order beside the input, in constant memory.

use std::collections::VecDeque;

use rusqlite::{Connection, params};

use super::runs::BOT;
use super::state::RowState;
use super::{LedgerError, RunId, Store};

const PAGE: u32 = 4096;

/// What the ledger has of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowEntry {
    /// The row's number.
    pub row: u64,
    /// Where it stands.
    pub state: RowState,
    /// The number of the bot that it was sent to, if it was.
    pub bot: Option<u32>,
    /// The HTTP status it came with.
    pub status: Option<u16>,
    /// The server's id of the record.
    pub server_id: Option<String>,
    /// Why it was not saved.
    pub detail: Option<String>,
}

/// A cursor over a run's rows that goes forward with the input.
#[derive(Debug)]
pub struct SettledRows<'a> {
    store: &'a Store,
    run: RunId,
    page: VecDeque<RowEntry>,
    read_up_to: u64,
    at_end: bool,
}

impl<'a> SettledRows<'a> {
    /// A cursor before the first row.
    pub fn new(store: &'a Store, run: RunId) -> Self {
        Self { store, run, page: VecDeque::new(), read_up_to: 0, at_end: false }
    }

    /// What the ledger has of this row, if anything. Rows must be asked for in order.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn entry(&mut self, row: u64) -> Result<Option<RowEntry>, LedgerError> {
        loop {
            match self.page.front() {
                Some(entry) if entry.row < row => drop(self.page.pop_front()),
                Some(entry) if entry.row == row => return Ok(self.page.pop_front()),
                Some(_) => return Ok(None),
                None if self.at_end || self.read_up_to >= row => return Ok(None),
                None => self.turn_page(row)?,
            }
        }
    }

    fn turn_page(&mut self, row: u64) -> Result<(), LedgerError> {
        let after = self.read_up_to.max(row.saturating_sub(1));
        self.page = self.store.rows_after(self.run, after, PAGE)?.into();
        self.at_end = self.page.is_empty();
        self.read_up_to = self.page.back().map_or(after, |entry| entry.row);
        Ok(())
    }
}

pub(super) fn rows_after(
    connection: &Connection,
    run: RunId,
    row: u64,
    most: u32,
) -> Result<Vec<RowEntry>, LedgerError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT row, state, status, server_id, detail, {BOT} FROM rows WHERE run = ?1 AND row > ?2 ORDER BY row LIMIT ?3"
    ))?;
    let after = i64::try_from(row).unwrap_or(i64::MAX);
    let entries = statement.query_map(params![run.0, after, most], |row| {
        let state: String = row.get(1)?;
        Ok(RowEntry {
            row: u64::try_from(row.get::<_, i64>(0)?).unwrap_or_default(),
            // The schema's CHECK lets no other word in.
            state: RowState::from_word(&state).unwrap_or(RowState::Claimed),
            status: row.get(2)?,
            server_id: row.get(3)?,
            detail: row.get(4)?,
            bot: row.get(5)?,
        })
    })?;
    Ok(entries.collect::<Result<_, _>>()?)
}
