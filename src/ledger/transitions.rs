//! Writes intents, outcomes and calls. Each change of a row is checked against the state machine first.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};

use super::headroom::Headroom;
use super::millis::{offset_to_millis, to_millis};
use super::request::{Call, Claim, Claimed, RecordHash, Target};
use super::sent_before::sent_before;
use super::state::{may_be_claimed, may_be_settled};
use super::{LedgerError, Outcome, OutcomeKind, RowState, RunId};

/// For an outcome that a row may have without a POST. `?10` has the states in which it may have it.
const SETTLE_WITHOUT_CLAIM: &str =
    "INSERT INTO rows (run, row, state, status, server_id, detail, changed_at, server_time, deviations)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
     ON CONFLICT DO UPDATE SET state = ?3, status = ?4, server_id = ?5, detail = ?6, changed_at = ?7, server_time = ?8,
                               deviations = ?9, fingerprint = iif(?3 = 'skipped', NULL, fingerprint),
                               key = iif(?3 = 'skipped', NULL, key)
     WHERE instr(?10, ',' || state || ',')";

/// For one that only a row in the ledger can have. Names no indexed column, so that no index is written.
const SETTLE_CLAIMED: &str =
    "UPDATE rows SET state = ?3, status = ?4, server_id = ?5, detail = ?6, changed_at = ?7, server_time = ?8, deviations = ?9
     WHERE run = ?1 AND row = ?2 AND instr(?10, ',' || state || ',')";

/// Records the intent to send a row, unless another run has sent its record: then returns that run.
pub(super) fn claim(
    transaction: &Transaction<'_>,
    claim: &Claim,
    target: &Target,
    session: &str,
    headroom: &mut Headroom,
) -> Result<Result<Claimed, RunId>, LedgerError> {
    let &Claim { run, row, record: RecordHash { fingerprint, message, key }, resend, call, .. } = claim;
    let ensure = |is_claimable: bool, state| match is_claimable {
        true => Ok(()),
        false => Err(LedgerError::NotClaimable { run, row, state: name(state) }),
    };
    if claim.copies.is_some() {
        // A row that must not be sent again is an error, whatever was sent before.
        let state = state(transaction, run, row)?;
        ensure(may_be_claimed(state, resend), state)?;
        if let Some(run) = sent_before(transaction, claim, target, headroom)? {
            return Ok(Err(run));
        }
    }
    let changed = transaction
        .prepare_cached(
            "INSERT INTO rows (run, row, state, fingerprint, attempts, claimed_at, answer_due, changed_at, bot, message, key)
             VALUES (?1, ?2, 'claimed', ?3, 1, ?4, ?5, ?4, ?6, ?7, ?8)
             ON CONFLICT DO UPDATE SET state = 'claimed', status = NULL, server_id = NULL, detail = NULL,
                                       server_time = NULL, deviations = NULL, fingerprint = ?3, attempts = attempts + 1, claimed_at = ?4, answer_due = ?5,
                                       changed_at = ?4, bot = ?6, message = ?7, key = ?8
             WHERE instr(?9, ',' || state || ',')",
        )?
        .execute(params![
            run.0,
            row,
            fingerprint,
            to_millis(call.now),
            to_millis(call.answer_due),
            target.bot,
            message,
            key,
            words(|state| may_be_claimed(Some(state), resend))
        ])?;
    if changed == 0 {
        ensure(false, state(transaction, run, row)?)?;
    }
    headroom.claimed(claim, target);
    Ok(Ok(Claimed { run, row, attempt: start_attempt(transaction, &call, target, Some(run), session)? }))
}

/// Records a call, which then counts in the windows of every process, and returns its number.
pub(super) fn start_attempt(
    transaction: &Transaction<'_>,
    call: &Call,
    target: &Target,
    run: Option<RunId>,
    session: &str,
) -> Result<i64, LedgerError> {
    transaction
        .prepare_cached(
            "INSERT INTO attempts (scope, session, run, claimed_at, answer_due) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            target.scope,
            session,
            run.map(|run| run.0),
            to_millis(call.now),
            to_millis(call.answer_due)
        ])?;
    Ok(transaction.last_insert_rowid())
}

pub(super) fn end_attempt(transaction: &Transaction<'_>, attempt: i64, now: Timestamp) -> Result<(), LedgerError> {
    transaction
        .prepare_cached("UPDATE attempts SET answered_at = ?2 WHERE attempt = ?1")?
        .execute(params![attempt, to_millis(now)])?;
    Ok(())
}

/// Records the outcome of a claimed row, and that its call was answered.
pub(super) fn settle(
    transaction: &Transaction<'_>,
    claimed: &Claimed,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<(), LedgerError> {
    end_attempt(transaction, claimed.attempt, now)?;
    set_outcome(transaction, claimed.run, claimed.row, outcome, now)
}

pub(super) fn set_outcome(
    transaction: &Transaction<'_>,
    run: RunId,
    row: u64,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let Outcome { kind, status, server_id, detail, server_time, deviations } = outcome;
    let server_time = server_time.map(to_millis);
    let sql = if may_be_settled(None, *kind) { SETTLE_WITHOUT_CLAIM } else { SETTLE_CLAIMED };
    let changed = transaction.prepare_cached(sql)?.execute(params![
        run.0,
        row,
        kind.as_str(),
        status,
        server_id,
        detail,
        to_millis(now),
        server_time,
        deviations,
        words(|state| may_be_settled(Some(state), *kind))
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
) -> Result<(), LedgerError> {
    let skipped = Outcome::with_detail(OutcomeKind::Skipped, format!("sent by run {sent_by}"));
    set_outcome(transaction, run, row, &skipped, now)?;
    transaction
        .prepare_cached(
            "UPDATE rows SET bot = ?3, fingerprint = ?4, message = ?5, key = ?6 WHERE run = ?1 AND row = ?2",
        )?
        .execute(params![run.0, row, target.bot, record.fingerprint, record.message, record.key])?;
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
        .prepare_cached("SELECT state FROM rows WHERE run = ?1 AND row = ?2")?
        .query_row(params![run.0, row], |row| row.get(0))
        .optional()?;
    Ok(state)
}

/// The states' words, each between commas.
fn words(are_meant: impl Fn(RowState) -> bool) -> String {
    let settled = OutcomeKind::ALL.iter().map(|kind| RowState::Settled(*kind));
    let states = std::iter::once(RowState::Claimed).chain(settled).filter(|state| are_meant(*state));
    states.fold(",".to_owned(), |words, state| words + state.as_str() + ",")
}

fn name(state: Option<RowState>) -> &'static str {
    state.map_or("new", RowState::as_str)
}
