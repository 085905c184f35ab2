//! Whether the ledger still knows everything that was sent, and how one that does not is accepted again. See
//! `witness.rs` for what it is compared with.

use std::fmt;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use super::lines::Lines;
use super::millis::to_millis;
use super::records::{OF_RUN, RecordWriter, record_id};
use super::witness::{self, Witness};
use super::{DamageSearch, LedgerError, OutcomeKind, RowState, RunId, Store, row_list};

/// Why a run's rows must not be sent with this ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Distrust {
    /// The ledger has no such run.
    Lost,
    /// Intents were lost.
    Behind {
        known: u64,
        sent: u64,
    },
    /// The directory is a copy; the original may have been used since.
    Copied,
    /// Nothing outside the database shows what was sent.
    NoWitness,
    WitnessDamaged,
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost => f.write_str("the run is missing, although requests were sent for it"),
            Self::Behind { known, sent } => write!(f, "it has {known} of the {sent} requests that were sent"),
            Self::Copied => f.write_str("it was copied or restored, and requests may have been sent since"),
            Self::NoWitness => f.write_str("the witness that counts its requests is missing"),
            Self::WitnessDamaged => f.write_str("the witness that counts its requests is damaged"),
        }
    }
}

/// Rows of one bot that may have been sent without the ledger's knowledge, with their fingerprints.
#[derive(Debug)]
pub(crate) struct LostRows {
    pub(crate) run: RunId,
    pub(crate) bot: u32,
    pub(crate) rows: Vec<(u64, [u8; 16])>,
}

impl Store {
    /// Makes sure that the ledger knows every request that was sent for its imports. Required before anything is sent.
    ///
    /// # Errors
    /// [`LedgerError::Untrusted`].
    pub(crate) fn ensure_complete(&self) -> Result<(), LedgerError> {
        witness::runs(self.directory())?.into_iter().try_for_each(|run| self.ensure_known(run))
    }

    /// The same for one run.
    pub(crate) fn ensure_known(&self, run: RunId) -> Result<(), LedgerError> {
        // Before the database, which is ahead of the witness while another process is sending.
        let found = witness::find(self.directory(), run);
        let why = match (self.open_intents(run)?, found) {
            (Some(None), _) | (_, Ok(None)) => return Ok(()),
            (_, Err(error)) => return Err(error),
            (None, Ok(Some(found))) if found.intents > 0 => Distrust::Lost,
            (Some(Some(known)), Ok(Some(found))) if known < found.intents => {
                Distrust::Behind { known, sent: found.intents }
            }
            _ => return Ok(()),
        };
        Err(LedgerError::Untrusted { run, why })
    }

    /// Makes sure that the rows of a run can be sent on the ledger's word alone. `search` is one that was started before.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] or [`LedgerError::Untrusted`].
    pub(crate) fn ensure_resumable(&self, run: RunId, search: Option<&DamageSearch>) -> Result<(), LedgerError> {
        self.ensure_found_sound(search)?;
        let why = match witness::find(self.directory(), run)? {
            None if self.intents(run)? > 0 => Distrust::NoWitness,
            Some(found) if found.is_copy => Distrust::Copied,
            _ => return Ok(()),
        };
        Err(LedgerError::Untrusted { run, why })
    }

    /// Whether the directory is a copy, and no import was started since.
    pub(crate) fn is_copy(&self) -> Result<bool, LedgerError> {
        let Some(latest) = witness::runs(self.directory())?.pop() else { return Ok(false) };
        Ok(witness::find(self.directory(), latest)?.is_some_and(|found| found.is_copy))
    }

    /// Creates the witness of a run from what the ledger knows, which is trusted from now on. Requires the run's lease.
    pub(crate) fn trust(&self, run: RunId) -> Result<(), LedgerError> {
        let lines = Lines::of_run(&self.connection, run)?;
        Witness::create(self.directory(), run, lines, self.intents(run)?)
    }

    /// Adds a run to the ledger again, from its witness, if the ledger has lost it.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRun`] if the run has no witness.
    pub(crate) fn restore_run(&self, run: RunId) -> Result<(), LedgerError> {
        if self.open_intents(run)?.is_some() {
            return Ok(());
        }
        let found = witness::find(self.directory(), run)?.ok_or(LedgerError::NoSuchRun { run })?;
        self.write(|transaction| found.testimony.run.insert(transaction))
    }

    /// Records that these rows may have been sent, unless the ledger knows what became of them: they are in doubt.
    pub(crate) fn mark_lost(&self, lost: &LostRows, why: &str, now: Timestamp) -> Result<(), LedgerError> {
        self.write(|transaction| {
            // When they were sent is unknown; it was not later than now.
            let sent_at = to_millis(now) - RecordWriter::default().started_at(transaction, lost.run)?;
            let mut statement = transaction.prepare_cached(
                "INSERT INTO records (id, state, detail, fingerprint, attempts, claimed_at, answer_due, changed_at, bot)
                 VALUES (?1, ?2, ?3, ?4, 1, ?5, 0, 0, ?6)
                 ON CONFLICT DO UPDATE SET state = ?2, status = NULL, detail = ?3, fingerprint = ?4, attempts = attempts + 1,
                                           claimed_at = ?5, answer_due = 0, changed_at = 0, bot = ?6
                 WHERE state = ?7",
            )?;
            let (in_doubt, unsent) = (RowState::Settled(OutcomeKind::InDoubt), RowState::Settled(OutcomeKind::Unsent));
            for (row, fingerprint) in &lost.rows {
                let id = record_id(lost.run, *row)?;
                statement.execute(params![id, in_doubt, why, fingerprint, sent_at, lost.bot, unsent])?;
            }
            tell_others(transaction, lost, now)
        })
    }

    /// How many intents the ledger has of a run.
    fn intents(&self, run: RunId) -> Result<u64, LedgerError> {
        let sql = format!("SELECT coalesce(sum(attempts), 0) FROM records WHERE {OF_RUN}");
        Ok(self.connection.query_row(&sql, [run.0], |row| row.get(0))?)
    }

    /// The same, `Some(None)` for a finished run, and `None` for one that the ledger does not have. A finished run sends
    /// nothing, and was finished after its last intent.
    fn open_intents(&self, run: RunId) -> Result<Option<Option<u64>>, LedgerError> {
        let sql = "SELECT finished_at IS NOT NULL FROM runs WHERE run = ?1";
        let finished = self.connection.query_row(sql, [run.0], |row| row.get::<_, bool>(0)).optional()?;
        finished.map(|finished| if finished { Ok(None) } else { self.intents(run).map(Some) }).transpose()
    }
}

/// Lists the rows for processes that send to the same bot now, in a line without calls.
fn tell_others(transaction: &Transaction<'_>, lost: &LostRows, now: Timestamp) -> Result<(), LedgerError> {
    let rows = row_list::to_text(lost.rows.iter().map(|(row, _)| *row).collect());
    transaction.execute(
        "INSERT INTO attempts (scope, session, run, claimed_at, answer_due, calls, rows)
         SELECT host || ' ' || bot_id, '', run, ?3, ?3, 0, ?4 FROM runs JOIN bots USING (run)
         WHERE run = ?1 AND bot = ?2 AND ?4 <> ''",
        params![lost.run.0, lost.bot, to_millis(now), rows],
    )?;
    Ok(())
}
