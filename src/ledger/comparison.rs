//! Compares all records of an input with what was sent before to the same bots: how many there are, and which rows to skip.
//! Each claim also takes into account what other processes have sent since (`foreign_rows.rs`).
//!
//! The records' hashes are sorted on disk, so that memory does not grow with the input.

use std::collections::BTreeMap;
use std::sync::{LockResult, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};

use super::{LedgerError, RecordHash, RunId, Store, attempts};

mod judge;
mod sent;
#[cfg(test)]
mod tests;

pub(crate) use judge::Overlap;

/// `need` is that of [`Need`]. `groups`: equal records of one bot; those that are all new and all needed are left out. `spare`:
/// how many of them are neither needed nor sent. `judged`: rows whose key was sent before, or that are equal to more records
/// than were sent. `resent`: the row is in doubt, and sent again. `unsettled`: rows of other runs that were counted as sent, and may be sent again by them.
const TABLES: &str = "
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -4096;
    CREATE TABLE bots (bot INTEGER PRIMARY KEY, bot_id TEXT NOT NULL) STRICT;
    CREATE TABLE input (row INTEGER PRIMARY KEY, bot INTEGER NOT NULL, record BLOB NOT NULL, message INTEGER NOT NULL,
                        key INTEGER, need INTEGER NOT NULL, resent INTEGER NOT NULL) STRICT;
    CREATE TABLE groups (bot INTEGER NOT NULL, record BLOB NOT NULL, copies INTEGER NOT NULL, sent INTEGER NOT NULL,
                         run INTEGER, spare INTEGER NOT NULL, PRIMARY KEY (bot, record)) STRICT, WITHOUT ROWID;
    CREATE TABLE unsettled (id INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE sent_messages (bot INTEGER NOT NULL, record BLOB NOT NULL, message INTEGER NOT NULL,
                                sent INTEGER NOT NULL, PRIMARY KEY (bot, record, message)) STRICT, WITHOUT ROWID;
    CREATE TABLE judged (row INTEGER PRIMARY KEY, verdict INTEGER NOT NULL, of INTEGER NOT NULL) STRICT;
    BEGIN;";

/// Whether a row of the input is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// The run has sent it.
    Sent = -1,
    /// It has another outcome, or is not selected, but its record counts.
    None,
    /// The run has not reached it.
    First,
    /// The run has an entry for it.
    Again,
}

/// A record of the input.
#[derive(Debug)]
pub(crate) struct InputRecord<'a> {
    pub(crate) row: u64,
    pub(crate) bot_id: &'a str,
    pub(crate) record: RecordHash,
    pub(crate) need: Need,
    /// Whether it may be sent although it is in doubt.
    pub(crate) is_resent: bool,
}

/// What is known of a row before it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// Not as many equal records were sent as the input has. It has `spare` that are neither sent nor needed.
    New { spare: u64 },
    /// If by its record, the ledger may not know its key yet.
    Sent { by: RunId, is_by_key: bool },
    /// Its key was sent with another record.
    Changed { since: RunId },
    /// An earlier row of the input has the same key.
    SameKey { row: u64, is_equal: bool },
}

/// The records of one input, in a temporary database that SQLite removes.
#[derive(Debug)]
pub(crate) struct Comparison {
    connection: Mutex<Connection>,
    bots: BTreeMap<String, i64>,
    has_keys: bool,
    /// Whether anything is known of any row: most inputs are new, and have no equal records.
    has_judged: bool,
    has_groups: bool,
    has_unsettled: bool,
    /// The last line of the table `attempts` that was taken into account.
    since: i64,
}

impl Comparison {
    pub(crate) fn begin() -> Result<Self, LedgerError> {
        let connection = Connection::open("")?;
        connection.execute_batch(TABLES)?;
        let (connection, bots) = (Mutex::new(connection), BTreeMap::new());
        let (has_keys, has_judged, has_groups, has_unsettled) = (false, false, false, false);
        Ok(Self { connection, bots, has_keys, has_judged, has_groups, has_unsettled, since: 0 })
    }

    pub(crate) fn add(&mut self, record: &InputRecord<'_>) -> Result<(), LedgerError> {
        let InputRecord { row, bot_id, record, need, is_resent } = record;
        let connection = unpoisoned(self.connection.get_mut());
        let bot = match self.bots.get(*bot_id) {
            Some(bot) => *bot,
            None => {
                let bot = self.bots.len() as i64 + 1;
                connection.execute("INSERT INTO bots VALUES (?1, ?2)", params![bot, bot_id])?;
                self.bots.insert((*bot_id).to_owned(), bot);
                bot
            }
        };
        self.has_keys |= record.key.is_some();
        connection.prepare_cached("INSERT INTO input VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?.execute(params![
            row,
            bot,
            record.prefix(),
            record.message,
            record.key,
            *need as i64,
            is_resent
        ])?;
        Ok(())
    }

    /// Compares the records with what other runs than this one have sent to the same bots of a host, as a
    /// [snapshot](Store::snapshot) of the ledger has it.
    pub(crate) fn compare(&mut self, snapshot: &Store, host: &str, run: Option<RunId>) -> Result<Overlap, LedgerError> {
        let connection = unpoisoned(self.connection.get_mut());
        let ledger = &snapshot.connection;
        let overlap = judge::judge(connection, ledger, &self.bots, self.has_keys, (host, run))?;
        connection.execute_batch("COMMIT")?;
        let exists =
            |table| connection.query_row(&format!("SELECT EXISTS (SELECT 1 FROM {table})"), [], |row| row.get(0));
        self.has_judged = exists("judged")?;
        self.has_groups = exists("groups")?;
        self.has_unsettled = exists("unsettled")?;
        self.since = attempts::last(ledger)?;
        Ok(overlap)
    }

    pub(super) fn since(&self) -> i64 {
        self.since
    }

    /// Whether another run's record was counted as sent, although it may be sent again.
    pub(super) fn counted(&self, id: i64) -> Result<bool, LedgerError> {
        if !self.has_unsettled {
            return Ok(false);
        }
        let connection = unpoisoned(self.connection.lock());
        let mut statement = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM unsettled WHERE id = ?1)")?;
        Ok(statement.query_row([id], |row| row.get(0))?)
    }

    /// What is known of a row.
    pub(crate) fn find(&self, row: u64, bot_id: &str, record: &RecordHash) -> Result<Known, LedgerError> {
        let connection = unpoisoned(self.connection.lock());
        if self.has_judged {
            let judged = connection
                .prepare_cached("SELECT verdict, of FROM judged WHERE row = ?1")?
                .query_row([row], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            if let Some((verdict, of)) = judged {
                return Ok(judge::known(verdict, of));
            }
        }
        if !self.has_groups {
            return Ok(Known::New { spare: 0 });
        }
        let group = connection
            .prepare_cached("SELECT spare, iif(sent >= copies, run, NULL) FROM groups WHERE bot = ?1 AND record = ?2")?
            .query_row(params![self.bots.get(bot_id), record.prefix()], |row| <(u64, Option<i64>)>::try_from(row))
            .optional()?;
        Ok(match group {
            Some((_, Some(run))) => Known::Sent { by: RunId(run), is_by_key: false },
            Some((spare, None)) => Known::New { spare },
            None => Known::New { spare: 0 },
        })
    }
}

/// A thread that panicked while it read has changed nothing.
fn unpoisoned<T>(lock: LockResult<T>) -> T {
    lock.unwrap_or_else(PoisonError::into_inner)
}
