//! Whether a record was sent before, decided in the transaction that would claim it: two processes that import the same
//! record at the same time never both send it.
//!
//! Records have no identity of their own: two anonymous people may give equal answers. So equal records are counted. A
//! record may be sent if fewer equal ones were sent to its bot than its input has. Neither the order of claims matters nor
//! which run sent what: after all runs, there are as many records as the input with the most of them has.
//!
//! With a key, each key is sent once. A row that was sent without a key is found by its record. The run that finds it stores
//! its key in a skipped row, so that it is found by that from then on.

use rusqlite::{OptionalExtension, Transaction, params};

use super::headroom::Headroom;
use super::records::{OF_RUN, record_id};
use super::request::{Claim, Target};
use super::{LedgerError, RunId, Store};

/// The other records that went to the same bot. `?1` is the run, `?2` the record's id, `?3` the bot's number.
macro_rules! rows_to_the_bot {
    ($index:literal, $condition:literal) => {
        concat!(
            " FROM records INDEXED BY ",
            $index,
            " CROSS JOIN runs ON runs.run = id >> 36
              CROSS JOIN bots ON bots.run = runs.run AND bots.bot = records.bot
              WHERE ",
            $condition,
            " AND id <> ?2
              AND (runs.host, runs.sandbox, bots.bot_id) =
                  (SELECT host, sandbox, bot_id FROM runs JOIN bots USING (run) WHERE run = ?1 AND bot = ?3)"
        )
    };
}

const WITH_KEY: &str = concat!(
    "SELECT runs.run",
    rows_to_the_bot!("rows_by_key", "key IS NOT NULL AND key = ?4 AND state IN (0, 1, 4, 6)"),
    " LIMIT 1"
);

/// How many equal records were sent, up to `?5`, and by which run.
const BY_RECORD: &str = concat!(
    "SELECT count(*), max(run) FROM (SELECT runs.run AS run",
    rows_to_the_bot!(
        "rows_by_record",
        "substr(fingerprint, 1, 8) = ?4 AND fingerprint IS NOT NULL AND state IN (0, 1, 6)"
    ),
    " LIMIT ?5)"
);

/// The same of those without a key, and of this run.
const BY_RECORD_WITHOUT_KEY: &str = concat!(
    "SELECT count(*), max(runs.run)",
    rows_to_the_bot!(
        "rows_by_record",
        "substr(fingerprint, 1, 8) = ?4 AND fingerprint IS NOT NULL AND state IN (0, 1, 6)"
    ),
    " AND (key IS NULL OR runs.run = ?1)"
);

/// How many of those without a key have got one from another run. This run's own rows are among its copies.
const WITH_LEARNED_KEY: &str = concat!(
    "SELECT count(*)",
    rows_to_the_bot!(
        "rows_with_learned_keys",
        "substr(fingerprint, 1, 8) = ?4 AND fingerprint IS NOT NULL AND state = 4"
    ),
    " AND runs.run <> ?1"
);

impl Store {
    /// Whether any run outside of a sandbox has sent to one of these bots of a host.
    pub(crate) fn has_sent_to<'a>(
        &self,
        host: &str,
        bots: impl IntoIterator<Item = &'a str>,
    ) -> Result<bool, LedgerError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM runs JOIN bots USING (run)
                                  WHERE host = ?1 AND bot_id = ?2 AND NOT sandbox
                                    AND EXISTS (SELECT 1 FROM rows WHERE rows.run = runs.run))";
        let mut statement = self.connection.prepare(sql)?;
        for bot in bots {
            if statement.query_row([host, bot], |row| row.get(0))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a run has sent records without keys.
    pub(crate) fn has_records_without_key(&self, run: RunId) -> Result<bool, LedgerError> {
        let sql =
            format!("SELECT EXISTS (SELECT 1 FROM records WHERE {OF_RUN} AND key IS NULL AND state IN (0, 1, 6))");
        Ok(self.connection.query_row(&sql, [run.0], |row| row.get(0))?)
    }
}

/// The run that has sent the record to the claim's bot, if as many were sent as there are in the input, or the run that has
/// sent its key. `None` if the claim does not ask.
pub(super) fn sent_before(
    transaction: &Transaction<'_>,
    claim: &Claim,
    target: &Target,
    headroom: &mut Headroom,
) -> Result<Option<RunId>, LedgerError> {
    let Some(copies) = claim.copies else { return Ok(None) };
    if let Some(run) = sent_with_key(transaction, claim, target)? {
        return Ok(Some(run));
    }
    if headroom.is_left(transaction, claim, copies, target)? {
        return Ok(None);
    }
    let (sent, run) = count_sent(transaction, claim, copies, target)?;
    headroom.set(claim, target, sent);
    Ok(run.map(RunId).filter(|_| sent >= copies))
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

/// How many equal records were sent, and by which run. As many as there are copies are enough.
fn count_sent(
    transaction: &Transaction<'_>,
    claim: &Claim,
    copies: u64,
    target: &Target,
) -> Result<(u64, Option<i64>), LedgerError> {
    let row = (claim.run.0, record_id(claim.run, claim.row)?, target.bot);
    let prefix = claim.record.prefix();
    let counts = |row: &rusqlite::Row<'_>| <(u64, Option<i64>)>::try_from(row);
    if claim.record.key.is_none() {
        let mut statement = transaction.prepare_cached(BY_RECORD)?;
        return Ok(statement.query_row(params![row.0, row.1, row.2, &prefix[..], copies], counts)?);
    }
    let mut statement = transaction.prepare_cached(BY_RECORD_WITHOUT_KEY)?;
    let (sent, run) = statement.query_row(params![row.0, row.1, row.2, &prefix[..]], counts)?;
    let mut statement = transaction.prepare_cached(WITH_LEARNED_KEY)?;
    let learned: u64 = statement.query_row(params![row.0, row.1, row.2, &prefix[..]], |row| row.get(0))?;
    Ok((sent.saturating_sub(learned), run))
}
