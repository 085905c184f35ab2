//! Whether a record was sent before, decided in the transaction that would claim it: two processes that import the same
//! record at the same time never both send it.
//!
//! Records have no identity of their own: two anonymous people may give equal answers. So equal records are counted. A
//! record may be sent if fewer equal ones were sent to its bot than its input has. Neither the order of claims matters nor
//! which run sent what: after all runs, there are as many records as the input with the most of them has. What was sent before
//! the run began is counted by its comparison (`comparison.rs`), which chooses the rows that are left to send; what other
//! processes send meanwhile, by `foreign_rows.rs`.
//!
//! With a key, each key is sent once. A row that was sent without a key is found by its record. The run that finds it stores
//! its key in a skipped row, so that it is found by that from then on.

use rusqlite::{OptionalExtension, Transaction, params};

use super::foreign_rows::ForeignRows;
use super::records::{OF_RUN, record_id};
use super::request::{Claim, Target};
use super::{LedgerError, RunId, Store};

/// A run that has sent the key `?4` to the same bot with another record. `?1` is the run, `?2` the record's id, `?3` the bot's number.
const WITH_KEY: &str = "
    SELECT runs.run FROM records INDEXED BY rows_by_key
    CROSS JOIN runs ON runs.run = id >> 36
    CROSS JOIN bots ON bots.run = runs.run AND bots.bot = records.bot
    WHERE key IS NOT NULL AND key = ?4 AND state IN (0, 1, 4, 6) AND id <> ?2
      AND (runs.host, runs.sandbox, bots.bot_id) =
          (SELECT host, sandbox, bot_id FROM runs JOIN bots USING (run) WHERE run = ?1 AND bot = ?3)
    LIMIT 1";

impl Store {
    /// Whether any run outside of a sandbox, but this one, has sent to one of these bots of a host.
    pub(crate) fn has_sent_to<'a>(
        &self,
        host: &str,
        bots: impl IntoIterator<Item = &'a str>,
        but: Option<RunId>,
    ) -> Result<bool, LedgerError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM runs JOIN bots USING (run)
                                  WHERE host = ?1 AND bot_id = ?2 AND NOT sandbox AND run IS NOT ?3
                                    AND EXISTS (SELECT 1 FROM rows WHERE rows.run = runs.run))";
        let mut statement = self.connection.prepare(sql)?;
        for bot in bots {
            if statement.query_row(params![host, bot, but.map(|run| run.0)], |row| row.get(0))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the server has rejected records of a run.
    pub(crate) fn has_rejected(&self, run: RunId) -> Result<bool, LedgerError> {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM records WHERE {OF_RUN} AND state = 2)");
        Ok(self.connection.query_row(&sql, [run.0], |row| row.get(0))?)
    }

    /// Whether a run has sent records without keys.
    pub(crate) fn has_records_without_key(&self, run: RunId) -> Result<bool, LedgerError> {
        let sql =
            format!("SELECT EXISTS (SELECT 1 FROM records WHERE {OF_RUN} AND key IS NULL AND state IN (0, 1, 6))");
        Ok(self.connection.query_row(&sql, [run.0], |row| row.get(0))?)
    }
}

/// The run that has sent the record's key, or as many equal records that the claim's must not be sent. `None` if the claim does
/// not ask.
pub(super) fn sent_before(
    transaction: &Transaction<'_>,
    claim: &Claim,
    target: &Target,
    foreign: &mut ForeignRows,
) -> Result<Option<RunId>, LedgerError> {
    let Some(spare) = claim.spare else { return Ok(None) };
    match sent_with_key(transaction, claim, target)? {
        Some(run) => Ok(Some(run)),
        None => foreign.sent_instead(transaction, claim, spare, target),
    }
}

/// The run that has sent the record's key.
fn sent_with_key(transaction: &Transaction<'_>, claim: &Claim, target: &Target) -> Result<Option<RunId>, LedgerError> {
    let Some(key) = claim.record.key else { return Ok(None) };
    let mut statement = transaction.prepare_cached(WITH_KEY)?;
    let found = statement
        .query_row(params![claim.run.0, record_id(claim.run, claim.row)?, target.bot, key], |row| row.get(0))
        .optional()?;
    Ok(found.map(RunId))
}
