//! Rows that other processes have claimed since this one compared its input with the ledger, by the lines of `attempts`. Each
//! takes the place of one equal record that this process was about to send.
//!
//! Lines are read under the write lock, by the transaction that would claim: of two processes that claim the same record at
//! the same time, the second sees the first. While no other process writes, a claim costs no query.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{OptionalExtension, Transaction, params};

use super::records::{record_id, run_of};
use super::request::{Claim, Target};
use super::{Comparison, LedgerError, RunId, attempts, row_list};

/// On this connection only; SQLite moves them to a file if they grow. `foreign_rows` wait for an equal record of ours,
/// `counted_rows` have had one or were known to the comparison. `spared` counts equal records for which we sent one less than we
/// have anyway.
const TABLES: &str = "
    CREATE TEMP TABLE IF NOT EXISTS foreign_rows (
        bot INTEGER, record BLOB, has_key INTEGER, id INTEGER, PRIMARY KEY (bot, record, has_key, id)
    ) WITHOUT ROWID;
    CREATE TEMP TABLE IF NOT EXISTS counted_rows (id INTEGER PRIMARY KEY);
    CREATE TEMP TABLE IF NOT EXISTS spared (
        bot INTEGER, record BLOB, records INTEGER, PRIMARY KEY (bot, record)
    ) WITHOUT ROWID;";

/// Named without an index: lines are found by their number.
const LINES: &str = "
    SELECT attempts.run, attempts.rows FROM attempts NOT INDEXED CROSS JOIN runs USING (run)
    WHERE attempt > ?1 AND scope = ?2 AND session <> ?3 AND NOT sandbox";

const ADD: &str = "
    INSERT OR IGNORE INTO foreign_rows
    SELECT ?1, substr(fingerprint, 1, 8), key IS NOT NULL, id FROM records
    WHERE id BETWEEN ?2 AND ?3 AND fingerprint IS NOT NULL AND id NOT IN (SELECT id FROM counted_rows)";

/// A record with a key is not equal to one with another key.
const EQUAL: &str = "
    SELECT has_key, id, coalesce(state IN (0, 1, 6), 0) FROM foreign_rows LEFT JOIN records USING (id)
    WHERE foreign_rows.bot = ?1 AND record = ?2 AND has_key <= ?3 LIMIT 1";

#[derive(Debug)]
pub(super) struct ForeignRows {
    session: String,
    compared: Option<Arc<Comparison>>,
    bots: BTreeMap<u32, Seen>,
    /// Counts the transactions. Nobody else writes during one.
    transaction: u64,
    /// Why a transaction was rolled back, and with it what was read in it.
    lost: Option<LedgerError>,
}

/// What was read about one bot.
#[derive(Debug)]
struct Seen {
    /// The last line that was taken into account.
    attempt: i64,
    /// SQLite's `data_version` then.
    data_version: Option<i64>,
    transaction: u64,
    has_rows: bool,
}

impl ForeignRows {
    /// `session` tells this process's calls from those of others.
    pub(super) fn new(session: String) -> Self {
        Self { session, compared: None, bots: BTreeMap::new(), transaction: 0, lost: None }
    }

    /// What was sent until now is known to this comparison.
    pub(super) fn start(&mut self, compared: Arc<Comparison>) {
        self.compared = Some(compared);
    }

    pub(super) fn begin_transaction(&mut self) {
        self.transaction += 1;
    }

    pub(super) fn rolled_back(&mut self, error: LedgerError) {
        self.lost = Some(error);
    }

    /// The run that has sent an equal record instead of this process; if `spare` of them were sent already, which this
    /// process does not send.
    pub(super) fn sent_instead(
        &mut self,
        transaction: &Transaction<'_>,
        claim: &Claim,
        spare: u64,
        target: &Target,
    ) -> Result<Option<RunId>, LedgerError> {
        if !self.read(transaction, target)? {
            return Ok(None);
        }
        while let Some(run) = self.take_equal(transaction, claim, target)? {
            if !is_spared(transaction, claim, spare, target)? {
                return Ok(Some(run));
            }
        }
        Ok(None)
    }

    /// Reads what other processes have claimed since the last time. Whether they ever claimed anything.
    fn read(&mut self, transaction: &Transaction<'_>, target: &Target) -> Result<bool, LedgerError> {
        self.lost.clone().map_or(Ok(()), Err)?;
        let since = self.compared.as_ref().map_or(0, |compared| compared.since());
        let seen = self.bots.entry(target.bot).or_insert(Seen::nothing_after(since));
        if seen.transaction != self.transaction {
            let current = transaction.pragma_query_value(None, "data_version", |row| row.get(0))?;
            if seen.data_version != Some(current) {
                seen.read_lines(transaction, &self.session, target)?;
                seen.data_version = Some(current);
            }
            seen.transaction = self.transaction;
        }
        Ok(seen.has_rows)
    }

    /// Takes one row with an equal record that was sent; returns its run. One that was not sent after all is dropped: if it is
    /// claimed again, a new line says so.
    fn take_equal(
        &self,
        transaction: &Transaction<'_>,
        claim: &Claim,
        target: &Target,
    ) -> Result<Option<RunId>, LedgerError> {
        let (bot, record) = (target.bot, claim.record.prefix());
        let mut equal = transaction.prepare_cached(EQUAL)?;
        loop {
            let params = params![bot, record, claim.record.key.is_none()];
            let found = equal.query_row(params, |row| <(bool, i64, bool)>::try_from(row)).optional()?;
            let Some((has_key, id, is_sent)) = found else { return Ok(None) };
            transaction
                .prepare_cached("DELETE FROM foreign_rows WHERE (bot, record, has_key, id) = (?1, ?2, ?3, ?4)")?
                .execute(params![bot, record, has_key, id])?;
            if is_sent {
                transaction.prepare_cached("INSERT OR IGNORE INTO counted_rows VALUES (?1)")?.execute([id])?;
                if !self.was_known(id)? {
                    return Ok(Some(run_of(id)));
                }
            }
        }
    }

    fn was_known(&self, id: i64) -> Result<bool, LedgerError> {
        self.compared.as_ref().map_or(Ok(false), |compared| compared.counted(id))
    }
}

impl Seen {
    fn nothing_after(attempt: i64) -> Self {
        Self { attempt, data_version: None, transaction: 0, has_rows: false }
    }

    fn read_lines(&mut self, transaction: &Transaction<'_>, session: &str, target: &Target) -> Result<(), LedgerError> {
        if attempts::has_gap_after(transaction, self.attempt)? {
            return Err(LedgerError::Unseen);
        }
        let last = attempts::last(transaction)?;
        let mut lines = transaction.prepare_cached(LINES)?;
        let mut lines = lines.query(params![self.attempt, target.scope, session])?;
        while let Some(line) = lines.next()? {
            let (run, rows) = (RunId(line.get(0)?), line.get::<_, Option<String>>(1)?);
            // A version that lists no rows has written it.
            let ranges = rows.as_deref().and_then(row_list::ranges).ok_or(LedgerError::Unseen)?;
            if !self.has_rows {
                transaction.execute_batch(TABLES)?;
                self.has_rows = true;
            }
            let mut add = transaction.prepare_cached(ADD)?;
            for range in ranges {
                let (first, last) = (record_id(run, *range.start())?, record_id(run, *range.end())?);
                add.execute(params![target.bot, first, last])?;
            }
        }
        self.attempt = last;
        Ok(())
    }
}

/// Whether the input has one more equal record that is not sent anyway.
fn is_spared(transaction: &Transaction<'_>, claim: &Claim, spare: u64, target: &Target) -> Result<bool, LedgerError> {
    if spare == 0 {
        return Ok(false);
    }
    let sql = "INSERT INTO spared VALUES (?1, ?2, 1)
               ON CONFLICT DO UPDATE SET records = records + 1 WHERE records < ?3";
    Ok(transaction.prepare_cached(sql)?.execute(params![target.bot, claim.record.prefix(), spare])? > 0)
}
