//! The effects around `reconcile`: reads records and rows, waits, and writes the findings to the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::asked::{RESPONDENTS, Wanted, is_conclusive};
use super::error::VerifyError;
use super::reconcile::{Findings, reconcile};
use super::settings::{FindRespondents, MARGIN, VerifyEvent, VerifySettings};
use super::snapshot::{ServerRecord, Snapshot};
use super::verified::Verified;
use crate::clock;
use crate::delivery::ResponseFilter;
use crate::ledger::{Lease, Outcome, OutcomeKind, RunId, RunKind, SentRow, Store, TimeRange};
use crate::pacing::Backoff;
use crate::run::LaneResources;
use crate::run::read::{ReadError, Reader, Records};
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
    find_respondents: &FindRespondents<'_>,
    on_event: &dyn Fn(VerifyEvent),
) -> Result<Verified, VerifyError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(VerifyError::Runtime)?;
    let on_read = |event| on_event(VerifyEvent::Reading(event));
    let reader = Reader::new(resources, settings.timeout, settings.longest_window, &on_read);
    let verified = runtime.block_on(Verifier { reader, resources, store, settings, find_respondents, on_event }.run());
    // Don't wait for a pending name lookup or secret command.
    runtime.shutdown_background();
    verified
}

struct Verifier<'a> {
    reader: Reader<'a>,
    resources: &'a LaneResources,
    store: &'a Store,
    settings: &'a VerifySettings,
    find_respondents: &'a FindRespondents<'a>,
    on_event: &'a dyn Fn(VerifyEvent),
}

/// What was found in the end.
#[derive(Default)]
struct Found {
    findings: Findings,
    records: u64,
    /// How many saved rows were looked for, if not all.
    saved_next_to_doubt: Option<u64>,
}

/// The respondents to ask for, and their rows.
struct Asked {
    wanted: Wanted,
    respondents: Vec<String>,
}

/// The records of one reading.
struct Reading {
    records: Vec<ServerRecord>,
    clock_offset: Option<SignedDuration>,
    as_of: Timestamp,
}

impl Verifier<'_> {
    async fn run(&self) -> Result<Verified, VerifyError> {
        let VerifySettings { run, bot, .. } = self.settings;
        let mut by_bot = run.bots.iter().zip(self.store.counts_by_bot(run)?);
        let counts = by_bot.find(|(of_run, _)| *of_run == bot).map(|(_, counts)| counts).unwrap_or_default();
        if counts.in_doubt + counts.saved == 0 {
            return Ok(Verified::default());
        }
        let Found { findings, records, saved_next_to_doubt } = tokio::select! {
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
            saved_before: saved_next_to_doubt.unwrap_or(counts.saved),
            only_doubt: saved_next_to_doubt.is_some(),
            records,
            saved: findings.saved.len() as u64,
            absent: findings.absent.len() as u64,
            undecided,
            missing: findings.missing,
            surplus: findings.surplus,
        })
    }

    /// Reads until every row is found, no other row can be expected to appear, or the time to wait is over.
    async fn find(&self) -> Result<Found, VerifyError> {
        let VerifySettings { run, bot, wait, visible_within, .. } = self.settings;
        // Read again: a run that has just ended has learned the server's time since it began.
        let run = &self.store.run(run.id)?;
        let (started, mut pauses, mut offset) = (Instant::now(), 0, run.clock_offset);
        let (mut may_ask, mut asked) = (!self.settings.all, None);
        self.report_clock(offset);
        loop {
            let Some(range) = self.store.sending_range(run, bot, offset.unwrap_or_default())? else {
                return Ok(Found::default());
            };
            if may_ask && asked.is_none() {
                asked = self.choose(range, offset)?;
            }
            let reading;
            (reading, asked) = self.read(range, asked).await?;
            may_ask = asked.is_some();
            if self.learns_clock(&mut offset, &reading) {
                continue;
            }
            let Reading { records, clock_offset, as_of } = reading;
            // Read after the records, so that every record of ours has its row.
            let mut rows = self.sent_rows(range, offset)?;
            if let Some(Asked { wanted, .. }) = &asked {
                rows = wanted.rows_of(rows, run.id, &records);
            }
            let now = as_of.saturating_add(clock_offset.or(offset).unwrap_or_default()).unwrap_or(Timestamp::MAX);
            let active_runs = self.active_runs(&rows);
            let snapshot = self.snapshot((range, now), &records, &rows, &active_runs);
            let findings = reconcile(&snapshot);
            if asked.is_some() && !is_conclusive(&findings, &rows, &records) {
                (may_ask, asked) = (false, None);
                continue;
            }
            let may_appear = findings.may_appear(&snapshot, *visible_within);
            let left = wait.saturating_sub(started.elapsed());
            if may_appear == 0 || left.is_zero() {
                let saved = || snapshot.own_rows().filter(|row| row.is_saved()).count() as u64;
                let saved_next_to_doubt = asked.map(|_| saved());
                return Ok(Found { findings, records: records.len() as u64, saved_next_to_doubt });
            }
            pauses += 1;
            let pause = PAUSES.ceiling(pauses).min(left);
            (self.on_event)(VerifyEvent::NotFoundYet { rows: may_appear, wait: pause });
            tokio::time::sleep(pause).await;
        }
    }

    /// Whether a range by another clock must be read: the run does not say how the clocks differed, so they are assumed to
    /// differ as they do now.
    fn learns_clock(&self, offset: &mut Option<SignedDuration>, reading: &Reading) -> bool {
        let differs = reading.clock_offset.is_some_and(|offset| offset.abs() > MARGIN / 2);
        if offset.is_some() || !differs {
            return false;
        }
        *offset = reading.clock_offset;
        self.report_clock(*offset);
        true
    }

    fn snapshot<'b>(
        &self,
        (range, now): (TimeRange, Timestamp),
        records: &'b [ServerRecord],
        rows: &'b [SentRow],
        active_runs: &'b BTreeSet<RunId>,
    ) -> Snapshot<'b> {
        let VerifySettings { run, settle, .. } = self.settings;
        Snapshot { run: run.id, range: compared(range), records, rows, active_runs, now, settle: *settle }
    }

    /// The rows of all runs in a wider time than that of the records, because clocks are inexact.
    fn sent_rows(&self, range: TimeRange, offset: Option<SignedDuration>) -> Result<Vec<SentRow>, VerifyError> {
        let VerifySettings { run, bot, .. } = self.settings;
        let target = (run.host.as_str(), bot.bot_id.as_str());
        Ok(self.store.sent_rows(target, range.widened(MARGIN * 2), offset.unwrap_or_default())?)
    }

    /// The respondents to ask for, if that takes few calls and they are known.
    fn choose(&self, range: TimeRange, offset: Option<SignedDuration>) -> Result<Option<Asked>, VerifyError> {
        let wanted = Wanted::choose(&self.sent_rows(range, offset)?, self.settings.run.id, compared(range));
        let asked = wanted.and_then(|wanted| {
            let respondents = wanted.respondents(&(self.find_respondents)(&wanted.fingerprints)?)?;
            Some(Asked { wanted, respondents })
        });
        Ok(asked)
    }

    /// Asks for some respondents, or reads everything if that is not possible.
    async fn read(&self, range: TimeRange, asked: Option<Asked>) -> Result<(Reading, Option<Asked>), ReadError> {
        match (self.ask(asked.as_ref(), range).await?, asked) {
            (Some(reading), Some(asked)) => Ok((reading, Some(asked))),
            _ => Ok((self.read_all(range).await?, None)),
        }
    }

    async fn read_all(&self, range: TimeRange) -> Result<Reading, ReadError> {
        let keep = |response| Some(ServerRecord::from(&response));
        let read = self.reader.range(range.widened(MARGIN), &ResponseFilter::default(), keep).await?;
        let Records { records, clock_offset, as_of } = read;
        Ok(Reading { records, clock_offset, as_of })
    }

    /// Reads the records of some respondents; `None` if the server ignores or rejects this filter.
    async fn ask(&self, asked: Option<&Asked>, range: TimeRange) -> Result<Option<Reading>, ReadError> {
        let Some(Asked { respondents, .. }) = asked else { return Ok(None) };
        let mut reading = Reading { records: Vec::new(), clock_offset: None, as_of: clock::now() };
        let range = range.widened(MARGIN);
        // With their spellings, there are up to three of each.
        for respondents in respondents.chunks(3 * RESPONDENTS) {
            let filter = ResponseFilter { channel_uids: respondents.to_vec(), ..ResponseFilter::default() };
            let Some(page) = self.reader.first_page(range, &filter).await? else { return Ok(None) };
            let is_whole =
                !page.more_available && page.total_count.is_none_or(|total| total <= page.records.len() as u64);
            let mut records = page.records;
            if !is_whole && records.iter().all(|record| filter.matches(record)) {
                let read = self.reader.range(range, &filter, Some).await?;
                (records, reading.clock_offset) = (read.records, read.clock_offset.or(reading.clock_offset));
            }
            if !records.iter().all(|record| filter.matches(record)) {
                return Ok(None);
            }
            reading.records.extend(records.iter().map(ServerRecord::from));
        }
        Ok(Some(reading))
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

/// The time of which the rows and their records are compared: records at the edges may be missing.
fn compared(range: TimeRange) -> TimeRange {
    range.widened(MARGIN / 2)
}

/// Without a status, because no POST got this answer: see [`SentRow::is_inferred`].
fn found(server_id: Option<String>) -> Outcome {
    Outcome { server_id, ..Outcome::new(OutcomeKind::Saved) }
}
