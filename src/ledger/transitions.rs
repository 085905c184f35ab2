//! Writes intents, outcomes and calls. Each change of a row is checked against the state machine first.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};

use super::foreign_rows::ForeignRows;
use super::millis::{offset_to_millis, to_millis};
use super::records::{RecordWriter, StoredOutcome, record_id};
use super::request::{Claim, Claimed, RecordHash, Target};
use super::sent_before::sent_before;
use super::state::{may_be_claimed, may_be_settled};
use super::{LedgerError, Outcome, OutcomeKind, RowState, RunId, attempts};

/// For an outcome that a row may have without a POST. `?9` has a bit for each state in which it may have it.
const SETTLE_WITHOUT_CLAIM: &str = "INSERT INTO records (id, state, attempts, status, server_id, detail, changed_at, server_time, deviations)
     VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7, ?8)
     ON CONFLICT DO UPDATE SET state = ?2, status = ?3, server_id = ?4, detail = ?5,
                               changed_at = ?6 - coalesce(claimed_at, 0), server_time = ?7 - coalesce(claimed_at, 0),
                               deviations = ?8, fingerprint = iif(?2 = 4, NULL, fingerprint), key = iif(?2 = 4, NULL, key)
     WHERE (?9 >> state) & 1";

/// For one that only a row in the ledger can have. Names no indexed column, so that no index is written.
const SETTLE_CLAIMED: &str = "UPDATE records SET state = ?2, status = ?3, server_id = ?4, detail = ?5, changed_at = ?6 - coalesce(claimed_at, 0),
                        server_time = ?7 - coalesce(claimed_at, 0), deviations = ?8
     WHERE id = ?1 AND (?9 >> state) & 1";

/// `?13` has a bit for each state in which a row may be claimed. The columns from `?8` on reserve room for the outcome.
const CLAIM: &str = "INSERT INTO records (id, state, attempts, bot, fingerprint, message, key, claimed_at, answer_due, status, server_id,
                          changed_at, server_time, deviations)
     VALUES (?1, 0, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
     ON CONFLICT DO UPDATE SET state = 0, attempts = attempts + 1, bot = ?2, fingerprint = ?3, message = ?4, key = ?5,
                               claimed_at = ?6, answer_due = ?7, status = ?8, server_id = ?9, changed_at = ?10,
                               server_time = ?11, deviations = ?12, detail = NULL
     WHERE (?13 >> state) & 1";

/// Records the intent to send a row, unless another run has sent its record: then returns that run.
pub(super) fn claim(
    transaction: &Transaction<'_>,
    claim: &Claim,
    target: &Target,
    foreign: &mut ForeignRows,
    records: &mut RecordWriter,
) -> Result<Option<RunId>, LedgerError> {
    let &Claim { run, row, resend, .. } = claim;
    if let Some(sent_by) = sent_before(transaction, claim, target, foreign)? {
        // A row that must not be sent again is an error, whatever was sent before.
        let state = state(transaction, run, row)?;
        if !may_be_claimed(state, resend) {
            return Err(LedgerError::NotClaimable { run, row, state: name(state) });
        }
        return Ok(Some(sent_by));
    }
    insert_claim(transaction, claim, target, records)?;
    Ok(None)
}

fn insert_claim(
    transaction: &Transaction<'_>,
    claim: &Claim,
    target: &Target,
    records: &mut RecordWriter,
) -> Result<(), LedgerError> {
    let &Claim { run, row, record: RecordHash { fingerprint, message, key }, resend, call, .. } = claim;
    let started_at = records.started_at(transaction, run)?;
    let room = &records.room;
    let changed = transaction.prepare_cached(CLAIM)?.execute(params![
        record_id(run, row)?,
        target.bot,
        fingerprint,
        message,
        key,
        to_millis(call.now) - started_at,
        to_millis(call.answer_due) - to_millis(call.now),
        room.status,
        room.server_id,
        room.changed_at,
        room.server_time,
        room.deviations,
        mask(|state| may_be_claimed(Some(state), resend)),
    ])?;
    if changed == 0 {
        let state = state(transaction, run, row)?;
        return Err(LedgerError::NotClaimable { run, row, state: name(state) });
    }
    Ok(())
}

/// Records the outcome of a claimed row, and that its call was answered.
pub(super) fn settle(
    transaction: &Transaction<'_>,
    claimed: &Claimed,
    outcome: &Outcome,
    now: Timestamp,
    records: &mut RecordWriter,
) -> Result<(), LedgerError> {
    claimed.attempt.map_or(Ok(()), |attempt| attempts::end(transaction, attempt, now))?;
    let started_at = records.started_at(transaction, claimed.run)?;
    let stored = StoredOutcome::new(outcome, now, started_at);
    write_outcome(transaction, (claimed.run, claimed.row), outcome, &stored)?;
    records.settled(outcome, &stored, to_millis(claimed.claimed_at) - started_at);
    Ok(())
}

pub(super) fn set_outcome(
    transaction: &Transaction<'_>,
    run: RunId,
    row: u64,
    outcome: &Outcome,
    now: Timestamp,
    records: &mut RecordWriter,
) -> Result<(), LedgerError> {
    let stored = StoredOutcome::new(outcome, now, records.started_at(transaction, run)?);
    write_outcome(transaction, (run, row), outcome, &stored)
}

fn write_outcome(
    transaction: &Transaction<'_>,
    (run, row): (RunId, u64),
    Outcome { kind, detail, deviations, .. }: &Outcome,
    stored: &StoredOutcome<'_>,
) -> Result<(), LedgerError> {
    let sql = if may_be_settled(None, *kind) { SETTLE_WITHOUT_CLAIM } else { SETTLE_CLAIMED };
    let changed = transaction.prepare_cached(sql)?.execute(params![
        record_id(run, row)?,
        RowState::Settled(*kind),
        stored.status,
        stored.server_id,
        detail,
        stored.changed_at,
        stored.server_time,
        deviations,
        mask(|state| may_be_settled(Some(state), *kind)),
    ])?;
    if changed == 0 {
        let state = state(transaction, run, row)?;
        return Err(LedgerError::NotSettleable { run, row, outcome: *kind, state: name(state) });
    }
    Ok(())
}

/// Records that a row is skipped because an earlier run has sent its record, and which key that record has.
pub(super) fn learn_key(
    transaction: &Transaction<'_>,
    run: RunId,
    (row, record, sent_by): (u64, &RecordHash, RunId),
    target: &Target,
    now: Timestamp,
    records: &mut RecordWriter,
) -> Result<(), LedgerError> {
    let skipped = Outcome::with_detail(OutcomeKind::Skipped, format!("sent by run {sent_by}"));
    set_outcome(transaction, run, row, &skipped, now, records)?;
    transaction
        .prepare_cached("UPDATE records SET bot = ?2, fingerprint = ?3, message = ?4, key = ?5 WHERE id = ?1")?
        .execute(params![record_id(run, row)?, target.bot, record.fingerprint, record.message, record.key])?;
    Ok(())
}

/// Records how far the server's clock is ahead of this machine's.
pub(super) fn set_clock_offset(
    transaction: &Transaction<'_>,
    run: RunId,
    offset: SignedDuration,
) -> Result<(), LedgerError> {
    transaction
        .prepare_cached("UPDATE runs SET clock_offset = ?2 WHERE run = ?1")?
        .execute(params![run.0, offset_to_millis(offset)])?;
    Ok(())
}

fn state(transaction: &Transaction<'_>, run: RunId, row: u64) -> Result<Option<RowState>, LedgerError> {
    let state = transaction
        .prepare_cached("SELECT state FROM records WHERE id = ?1")?
        .query_row([record_id(run, row)?], |row| row.get(0))
        .optional()?;
    Ok(state)
}

/// A bit for each of these states, by its code.
fn mask(is_meant: impl Fn(RowState) -> bool) -> i64 {
    RowState::all().filter(|state| is_meant(*state)).fold(0, |mask, state| mask | 1 << state.code())
}

fn name(state: Option<RowState>) -> &'static str {
    state.map_or("new", RowState::as_str)
}
