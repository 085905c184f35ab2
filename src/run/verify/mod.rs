//! Doubt resolved, not guessed (decision 3): the server is asked which records it has, and each row in doubt is found to
//! be saved, found to be absent, or left in doubt with the reason said.
//!
//! The reader pages through the server's records of the run's time, within the limits. [`reconcile`] is pure: it sets
//! those records against the ledger's rows. What it finds goes into the ledger, under the run's lease.
//!
//! A row that is wrongly held for absent is sent again, and doubles a record; one that is wrongly held for saved loses
//! one; one that is left in doubt costs a look at the dashboard. So in doubt about the doubt, it stays. Assumed is:
//!
//! 1. Equal records are interchangeable. A record is recognised by the fields that read back (name, type, respondent,
//!    channel, language, score), and `message` is none of them. If two equal rows are in doubt and one such record is
//!    found, one row is saved and the other absent, and it makes no difference which: afterwards the server has as many
//!    such records as there are rows.
//! 2. Nobody else saved a record that is equal to one of ours in the run's time. Where there are more of them than all the
//!    POSTs in the ledger can have made, somebody did: those rows stay in doubt.
//! 3. Records become visible in the order in which they were saved, or within a minute ([`SETTLE_TIME`]). A row is absent
//!    only if the saved rows next to it, sent before and after, are visible; for the last one, the minute must have
//!    passed. It must have, too, where no answer tells that the server is done with the request.
//! 4. Records read back as they were sent. This is checked on the rows that are known to be saved: if one of them reads
//!    back otherwise, no row is absent as long as there is any record that nobody accounts for. Whether the ids of the
//!    two calls are the same is not documented; where none is, all saved rows must be recognised by their fields.
//!
//! If none of the run's saved rows can be seen at all, the reading is not trusted, and everything stays in doubt.

mod account;
mod evidence;
mod pages;
mod reading;
mod reconcile;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

pub use self::evidence::{SETTLE_TIME, UndecidedReason};
pub use self::reading::VerifyError;
use self::reading::{MARGIN, Reader};
pub use self::reconcile::{Findings, Question, ServerRecord, reconcile};
use super::LaneResources;
use crate::clock;
use crate::ledger::{Lease, LedgerError, Outcome, OutcomeKind, Run, RunBot, RunId, RunKind, SentRow, Store};
use crate::pacing::Backoff;
use crate::signals::Signals;

/// How many outcomes one commit takes.
const BATCH: usize = 500;
/// The pauses between two looks.
const LOOKS: Backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_secs(30) };

/// How a run is verified.
#[derive(Debug, Clone)]
pub struct VerifySettings {
    /// The run. Its lease is the caller's.
    pub run: Run,
    /// The one of its bots whose records are read.
    pub bot: RunBot,
    /// How long one call may take.
    pub timeout: Duration,
    /// The longest of the rolling windows; `None` without limits.
    pub longest_window: Option<Duration>,
    /// How long rows that are not found, and may still appear, are looked for again.
    pub wait: Duration,
    /// How long a record may take to appear, whatever the rows around it show: a row that is not found counts as one that
    /// may still appear until then.
    pub visible_within: Duration,
}

/// What happens meanwhile, for whoever shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerifyEvent {
    /// A page has been read: so many records so far, of so many as far as the server says.
    Read {
        /// So far.
        records: u64,
        /// In all.
        of: Option<u64>,
    },
    /// Nothing is asked for a while.
    Paused {
        /// Why.
        why: String,
        /// How long.
        wait: Duration,
    },
    /// Not everything was found; there will be another look.
    LookingAgain {
        /// Rows that were not found.
        rows: u64,
        /// When.
        wait: Duration,
    },
}

/// What a verification came to, as the ledger has it now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Rows that were in doubt.
    pub in_doubt_before: u64,
    /// Rows that were known to be saved, and looked for.
    pub saved_before: u64,
    /// Records that were read, the run's own and others of its time.
    pub records: u64,
    /// Rows in doubt that were found.
    pub saved: u64,
    /// Rows in doubt that are surely not on the server: unsent now.
    pub absent: u64,
    /// Rows that stay in doubt, by reason.
    pub undecided: BTreeMap<UndecidedReason, u64>,
    /// Rows that were saved and can't be seen on the server.
    pub missing: Vec<u64>,
    /// Records that are equal to rows of this run and accounted for by none of any run.
    pub surplus: u64,
}

impl Verified {
    /// Rows that stay in doubt.
    pub fn still_in_doubt(&self) -> u64 {
        self.undecided.values().sum()
    }

    /// Adds what the verification of another bot of the same run came to.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.in_doubt_before += other.in_doubt_before;
        self.saved_before += other.saved_before;
        self.records += other.records;
        self.saved += other.saved;
        self.absent += other.absent;
        for (why, rows) in other.undecided {
            *self.undecided.entry(why).or_default() += rows;
        }
        self.missing.extend(other.missing);
        self.missing.sort_unstable();
        self.surplus += other.surplus;
        self
    }

    /// Whether every row's fate is known, and what was saved is there.
    pub fn is_clean(&self) -> bool {
        self.undecided.is_empty() && self.missing.is_empty()
    }
}

/// Asks the server what became of a run's rows, and writes down what is found. Blocks until then, or until a signal asks the
/// process to end: whoever has sent the run's rows has taken the signals from the system, so this must hear them.
///
/// # Errors
/// [`VerifyError`]; the ledger then has every row as before, or resolved rightly.
pub fn verify(
    resources: &LaneResources,
    store: &Store,
    settings: &VerifySettings,
    tell: &dyn Fn(VerifyEvent),
) -> Result<Verified, VerifyError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(VerifyError::Runtime)?;
    let verified = runtime.block_on(Verification { resources, store, settings, tell }.work());
    // A name that is being looked up, or a secret, is not waited for.
    runtime.shutdown_background();
    verified
}

struct Verification<'a> {
    resources: &'a LaneResources,
    store: &'a Store,
    settings: &'a VerifySettings,
    tell: &'a dyn Fn(VerifyEvent),
}

impl Verification<'_> {
    async fn work(&self) -> Result<Verified, VerifyError> {
        let signals = Signals::listen();
        let VerifySettings { run, bot, .. } = self.settings;
        let by_bot = run.bots.iter().zip(self.store.counts_by_bot(run)?);
        let counts = by_bot.filter(|(of_run, _)| *of_run == bot).map(|(_, counts)| counts).next().unwrap_or_default();
        let span = self.store.sending_span(run, bot)?.filter(|_| counts.in_doubt + counts.saved > 0);
        let Some(span) = span else { return Ok(Verified::default()) };
        let (findings, records) = tokio::select! {
            () = interrupted(signals) => return Err(VerifyError::Interrupted),
            found = self.look(span) => found?,
        };
        self.write_down(&findings).await?;
        let mut undecided = BTreeMap::new();
        for (_, why) in &findings.undecided {
            *undecided.entry(*why).or_default() += 1;
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

    /// Looks until everything is found, or nothing more can be hoped for.
    async fn look(&self, span: (Timestamp, Timestamp)) -> Result<(Findings, u64), VerifyError> {
        let began = Instant::now();
        let mut looks = 0;
        loop {
            let reader = Reader { resources: self.resources, settings: self.settings, tell: self.tell };
            let records = reader.read(span).await?;
            // After the records: whatever of ours is among them is in the ledger by now.
            let rows = self.rows(span)?;
            let question = Question {
                run: self.settings.run.id,
                span: (shifted(span.0, -MARGIN / 2), shifted(span.1, MARGIN / 2)),
                records: &records,
                rows: &rows,
                busy: &self.busy(&rows),
                now: clock::now(),
            };
            let findings = reconcile(&question);
            let hoped_for = findings.may_appear(&question, self.settings.visible_within);
            let left = self.settings.wait.saturating_sub(began.elapsed());
            if hoped_for == 0 || left.is_zero() {
                return Ok((findings, records.len() as u64));
            }
            looks += 1;
            let wait = LOOKS.ceiling(looks).min(left);
            (self.tell)(VerifyEvent::LookingAgain { rows: hoped_for, wait });
            tokio::time::sleep(wait).await;
        }
    }

    /// Every row to this bot that may have a record in what was read, however the clocks differ.
    fn rows(&self, (from, to): (Timestamp, Timestamp)) -> Result<Vec<SentRow>, LedgerError> {
        let VerifySettings { run, bot, .. } = self.settings;
        let (from, to) = (shifted(from, -2 * MARGIN), shifted(to, 2 * MARGIN));
        self.store.sent_rows((&run.host, &bot.bot_id), (from, to))
    }

    /// Other runs that a process is working on now.
    fn busy(&self, rows: &[SentRow]) -> BTreeSet<RunId> {
        let others: BTreeSet<RunId> =
            rows.iter().map(|row| row.run).filter(|run| *run != self.settings.run.id).collect();
        others.into_iter().filter(|run| Lease::is_held(self.store.directory(), *run)).collect()
    }

    async fn write_down(&self, findings: &Findings) -> Result<(), VerifyError> {
        let run = &self.settings.run;
        let now = clock::now();
        let absent = format!("absent on the server, verified at {now:.0}");
        let saved = findings.saved.iter().map(|(row, id)| (*row, found(id.clone())));
        let unsent =
            findings.absent.iter().map(|row| (*row, Outcome::with_detail(OutcomeKind::Unsent, absent.as_str())));
        let outcomes: Vec<(u64, Outcome)> = saved.chain(unsent).collect();
        // A submit is not resumed: it is submitted again, as another run.
        let is_import = run.kind == RunKind::Import;
        if is_import && !findings.absent.is_empty() {
            // Before the rows: a run that has ended with rows unsent would never send them.
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

/// Waits for a signal; for ever where none can come.
async fn interrupted(signals: io::Result<Signals>) {
    if let Ok(mut signals) = signals
        && signals.next().await
    {
        return;
    }
    std::future::pending().await
}

/// Without a status, for no POST was answered so: that tells these rows from those that were.
fn found(server_id: Option<String>) -> Outcome {
    Outcome { kind: OutcomeKind::Saved, status: None, server_id, detail: None }
}

/// A moment that much later, or earlier; the end of time where there is none.
fn shifted(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.saturating_add(by).unwrap_or(moment)
}
