//! The effects around `reconcile`: reads records and rows, waits, and writes the findings to the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::error::VerifyError;
use super::reconcile::{Findings, reconcile};
use super::settings::{MARGIN, VerifyEvent, VerifySettings};
use super::snapshot::{ServerRecord, Snapshot};
use super::verified::Verified;
use crate::clock;
use crate::delivery::ResponseFilter;
use crate::ledger::{Lease, Outcome, OutcomeKind, RunId, RunKind, SentRow, Store};
use crate::pacing::Backoff;
use crate::run::LaneResources;
use crate::run::read::{Reader, Records};
use crate::signals::interrupted;

/// How many outcomes share one commit.
const BATCH: usize = 500;
/// The pauses between two readings.
const PAUSES: Backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_secs(30) };

/// Asks the server which of a run's rows it has, and writes the result to the ledger. Blocks until then, or until a
/// signal asks the process to end: once a run has listened for signals, the system leaves their handling to the
/// process.
///
/// # Errors
/// [`VerifyError`]; every row in the ledger is then unchanged or correctly resolved.
pub(crate) fn verify(
    resources: &LaneResources,
    store: &Store,
    settings: &VerifySettings,
    on_event: &dyn Fn(VerifyEvent),
) -> Result<Verified, VerifyError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(VerifyError::Runtime)?;
    let on_read = |event| on_event(VerifyEvent::Reading(event));
    let reader = Reader::new(resources, settings.timeout, settings.longest_window, &on_read);
    let verified = runtime.block_on(Verifier { reader, resources, store, settings, on_event }.run());
    // Don't wait for a pending name lookup or secret command.
    runtime.shutdown_background();
    verified
}

struct Verifier<'a> {
    reader: Reader<'a>,
    resources: &'a LaneResources,
    store: &'a Store,
    settings: &'a VerifySettings,
    on_event: &'a dyn Fn(VerifyEvent),
}

impl Verifier<'_> {
    async fn run(&self) -> Result<Verified, VerifyError> {
        let VerifySettings { run, bot, .. } = self.settings;
        let mut by_bot = run.bots.iter().zip(self.store.counts_by_bot(run)?);
        let counts = by_bot.find(|(of_run, _)| *of_run == bot).map(|(_, counts)| counts).unwrap_or_default();
        if counts.in_doubt + counts.saved == 0 {
            return Ok(Verified::default());
        }
        let (findings, records) = tokio::select! {
            () = interrupted() => return Err(VerifyError::Interrupted),
            findings = self.find() => findings?,
        };
        self.write(&findings).await?;
        let mut undecided = BTreeMap::new();
        for (_, reason) in &findings.undecided {
            *undecided.entry(*reason).or_default() += 1;
        }
        Ok(Verified {
            in_doubt_before: counts.in_doubt,
            saved_before: counts.saved,
            records,
            saved: findings.saved.len() as u64,
            absent: findings.absent.len() as u64,
            undecided,
            missing: findings.missing,
            surplus: findings.surplus,
        })
    }

    /// Reads until every row is found, no other row can be expected to appear, or the time to wait is over. Returns the
    /// findings and the number of records.
    async fn find(&self) -> Result<(Findings, u64), VerifyError> {
        let VerifySettings { run, bot, settle, wait, visible_within, .. } = self.settings;
        // Read again: a run that has just ended has learned the server's time since it began.
        let run = &self.store.run(run.id)?;
        let started = Instant::now();
        let mut pauses = 0;
        let mut offset = run.clock_offset;
        self.report_clock(offset);
        loop {
            let Some(range) = self.store.sending_range(run, bot, offset.unwrap_or_default())? else {
                return Ok((Findings::default(), 0));
            };
            let keep = |response| Some(ServerRecord::from(&response));
            let Records { records, clock_offset, as_of } =
                self.reader.range(range.widened(MARGIN), &ResponseFilter::default(), keep).await?;
            if offset.is_none() && clock_offset.is_some_and(|clock_offset| clock_offset.abs() > MARGIN / 2) {
                // The run does not say how the clocks differed, so they are assumed to differ as they do now.
                offset = clock_offset;
                self.report_clock(offset);
                continue;
            }
            // Read after the records, so that every record of ours has its row; and wider, because clocks are inexact.
            let target = (run.host.as_str(), bot.bot_id.as_str());
            let rows = self.store.sent_rows(target, range.widened(MARGIN * 2), offset.unwrap_or_default())?;
            let clock_offset = clock_offset.or(offset).unwrap_or_default();
            let snapshot = Snapshot {
                run: run.id,
                range: range.widened(MARGIN / 2),
                records: &records,
                rows: &rows,
                active_runs: &self.active_runs(&rows),
                now: as_of.saturating_add(clock_offset).unwrap_or(Timestamp::MAX),
                settle: *settle,
            };
            let findings = reconcile(&snapshot);
            let may_appear = findings.may_appear(&snapshot, *visible_within);
            let left = wait.saturating_sub(started.elapsed());
            if may_appear == 0 || left.is_zero() {
                return Ok((findings, records.len() as u64));
            }
            pauses += 1;
            let pause = PAUSES.ceiling(pauses).min(left);
            (self.on_event)(VerifyEvent::NotFoundYet { rows: may_appear, wait: pause });
            tokio::time::sleep(pause).await;
        }
    }

    fn report_clock(&self, offset: Option<SignedDuration>) {
        if let Some(difference) = offset.and_then(clock::difference) {
            (self.on_event)(VerifyEvent::ClocksDiffer { difference });
        }
    }

    /// Other runs that a process is working on now.
    fn active_runs(&self, rows: &[SentRow]) -> BTreeSet<RunId> {
        let own = self.settings.run.id;
        let others: BTreeSet<RunId> = rows.iter().map(|row| row.run).filter(|run| *run != own).collect();
        others.into_iter().filter(|run| Lease::is_held(self.store.directory(), *run)).collect()
    }

    async fn write(&self, findings: &Findings) -> Result<(), VerifyError> {
        let run = &self.settings.run;
        let now = clock::now();
        let absent = Outcome::with_detail(OutcomeKind::Unsent, format!("absent on the server, verified at {now:.0}"));
        let saved = findings.saved.iter().map(|(row, id)| (*row, found(id.clone())));
        let unsent = findings.absent.iter().map(|row| (*row, absent.clone()));
        let outcomes: Vec<(u64, Outcome)> = saved.chain(unsent).collect();
        // A submit is not resumed: it is submitted again, as another run.
        let is_import = run.kind == RunKind::Import;
        if is_import && !findings.absent.is_empty() {
            // Before the rows change: a finished run would never send its unsent rows.
            self.store.reopen(run.id)?;
        }
        for batch in outcomes.chunks(BATCH) {
            self.resources.writer.record_outcomes(run.id, batch.to_vec(), now).await?;
        }
        if is_import && self.store.run(run.id)?.finished_at.is_none() && self.store.counts(run)?.unsent == 0 {
            self.store.finish(run.id, now)?;
        }
        Ok(())
    }
}

/// Without a status, because no POST got this answer: see [`SentRow::is_inferred`].
fn found(server_id: Option<String>) -> Outcome {
    Outcome { server_id, ..Outcome::new(OutcomeKind::Saved) }
}
