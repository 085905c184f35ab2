//! Compares an input with what earlier runs have sent, before anything is sent.

use std::sync::Arc;

use super::feed::{FeedError, FeedSettings, is_done, record_hash};
use crate::ledger::{Comparison, InputRecord, LedgerError, Need, OutcomeKind, Overlap, RowState, RunId, Store};
use crate::record::{CheckedRow, Checker};
use crate::source::{Inputs, Row};

/// Where an input goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ComparedWith<'a> {
    pub(crate) host: &'a str,
    pub(crate) bots: &'a [(String, u64)],
    /// The run that is resumed.
    pub(crate) run: Option<RunId>,
}

/// Reads all records of the input, and finds those that other runs than this one have sent to the same bots of a host. If there
/// can be none, reads nothing.
///
/// # Errors
/// When the input or the ledger cannot be read.
pub(crate) fn compare(
    inputs: &Inputs,
    settings: &FeedSettings,
    store: &Store,
    with: ComparedWith<'_>,
) -> Result<(Comparison, Overlap), FeedError> {
    let (mut comparison, snapshot) = (Comparison::begin()?, store.snapshot()?);
    if !is_all_new(settings, &snapshot, with)? {
        add_records(inputs, settings, (&snapshot, with.run), &mut comparison)?;
    }
    let overlap = comparison.compare(&snapshot, with.host, with.run)?;
    Ok((comparison, overlap))
}

/// Whether every record that is left to send is new, and equal only to records that are sent, too.
fn is_all_new(
    settings: &FeedSettings,
    snapshot: &Store,
    ComparedWith { host, bots, run }: ComparedWith<'_>,
) -> Result<bool, LedgerError> {
    if settings.mapping.has_key() || settings.mapping.excludes_runs() {
        return Ok(false);
    }
    let bots = bots.iter().map(|(bot, _)| bot.as_str());
    let has_others = snapshot.has_sent_to(host, bots, run)?;
    Ok(!has_others && !run.map_or(Ok(false), |run| snapshot.has_rejected(run))?)
}

fn add_records(
    inputs: &Inputs,
    settings: &FeedSettings,
    (snapshot, run): (&Store, Option<RunId>),
    comparison: &mut Comparison,
) -> Result<(), FeedError> {
    let mut rows = inputs.open(&settings.source)?;
    let mapping = settings.mapping.clone().without_excluded_runs();
    let checker = Checker::new(mapping, settings.score, settings.include_in_doubt);
    let mut checker = checker.with_duplicates(Arc::clone(&settings.duplicates));
    let mut known = run.map(|run| snapshot.state_cursor(run));
    let (mut row, numbering) = (Row::default(), settings.mapping.numbering());
    while rows.read(&mut row)? {
        let is_resent = checker.is_resent(&row);
        for part in numbering.parts() {
            let (number, key) = (numbering.number(row.number, part), checker.key(&row, part));
            let Some(CheckedRow::Valid(record)) = checker.check(&row, part) else { continue };
            let bot_id = record.bot_id().or(settings.bot.as_deref()).unwrap_or_default();
            let entry = known.as_mut().map(|known| known.find(number)).transpose()?.flatten();
            let need = match entry.map(|(_, state)| state) {
                // Without a key, it has nothing in common with the rows that are left.
                Some(state) if was_sent(state) && is_done(Some(state), settings.resend) && key.is_none() => continue,
                Some(state) if was_sent(state) && is_done(Some(state), settings.resend) => Need::Sent,
                _ if settings.mapping.is_excluded((numbering, row.number, part), bot_id) => Need::None,
                None => Need::First,
                state if is_done(state, settings.resend) => Need::None,
                Some(_) => Need::Again,
            };
            comparison.add(&InputRecord { row: number, bot_id, record: record_hash(&record, key), need, is_resent })?;
        }
    }
    Ok(rows.ensure_unchanged()?)
}

/// Whether the run has sent a record in this state, as far as is known.
fn was_sent(state: RowState) -> bool {
    matches!(state, RowState::Claimed | RowState::Settled(OutcomeKind::Saved | OutcomeKind::InDoubt))
}
