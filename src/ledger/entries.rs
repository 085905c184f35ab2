//! What the writer writes: intents, outcomes and calls, each checked against the state machine before it is.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use super::state::{Outcome, RowState, may_be_claimed, may_be_settled};
use super::store::millis;
use super::writer::{Bot, Claim};
use super::{LedgerError, RunId};

/// Makes the intent, and gives the number of the attempt.
pub(super) fn claim(
    transaction: &Transaction<'_>,
    claim: &Claim,
    bot: &Bot,
    session: &str,
) -> Result<i64, LedgerError> {
    let state = state(transaction, claim.run, claim.row)?;
    if !may_be_claimed(state, claim.leave) {
        let state = state.map_or("new", RowState::word);
        return Err(LedgerError::NotClaimable { run: claim.run, row: claim.row, state });
    }
    let (now, due) = (millis(claim.now), millis(claim.answer_due));
    transaction
        .prepare_cached(
            "INSERT INTO rows (run, row, state, fingerprint, attempts, claimed_at, answer_due, changed_at, bot)
             VALUES (?1, ?2, 'claimed', ?3, 1, ?4, ?5, ?4, ?6)
             ON CONFLICT DO UPDATE SET state = 'claimed', status = NULL, server_id = NULL, detail = NULL,
                                       fingerprint = ?3, attempts = attempts + 1, claimed_at = ?4, answer_due = ?5,
                                       changed_at = ?4, bot = ?6",
        )?
        .execute(params![claim.run.0, sql(claim.row), claim.fingerprint, now, due, bot.number])?;
    note_attempt(transaction, &bot.scope, session, (now, due))
}

/// A call takes its place in the windows of every process.
pub(super) fn note_attempt(
    transaction: &Transaction<'_>,
    scope: &str,
    session: &str,
    (now, due): (i64, i64),
) -> Result<i64, LedgerError> {
    transaction
        .prepare_cached("INSERT INTO attempts (scope, session, claimed_at, answer_due) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![scope, session, now, due])?;
    Ok(transaction.last_insert_rowid())
}

pub(super) fn note_answer(transaction: &Transaction<'_>, attempt: i64, now: Timestamp) -> Result<(), LedgerError> {
    transaction
        .prepare_cached("UPDATE attempts SET answered_at = ?2 WHERE attempt = ?1")?
        .execute(params![attempt, millis(now)])?;
    Ok(())
}

pub(super) fn record(
    transaction: &Transaction<'_>,
    run: RunId,
    row: u64,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let state = state(transaction, run, row)?;
    if !may_be_settled(state, outcome.kind) {
        let state = state.map_or("new", RowState::word);
        return Err(LedgerError::NotSettleable { run, row, outcome: outcome.kind, state });
    }
    transaction
        .prepare_cached(
            "INSERT INTO rows (run, row, state, status, server_id, detail, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO UPDATE SET state = ?3, status = ?4, server_id = ?5, detail = ?6, changed_at = ?7",
        )?
        .execute(params![
            run.0,
            sql(row),
            outcome.kind.word(),
            outcome.status,
            outcome.server_id,
            outcome.detail,
            millis(now)
        ])?;
    Ok(())
}

fn state(transaction: &Transaction<'_>, run: RunId, row: u64) -> Result<Option<RowState>, LedgerError> {
    let word: Option<String> = transaction
        .prepare_cached("SELECT state FROM rows WHERE run = ?1 AND row = ?2")?
        .query_row(params![run.0, sql(row)], |row| row.get(0))
        .optional()?;
    Ok(word.as_deref().and_then(RowState::from_word))
}

fn sql(row: u64) -> i64 {
    i64::try_from(row).unwrap_or(i64::MAX)
}
