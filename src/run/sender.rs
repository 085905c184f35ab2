//! Sends rows: permits → intent → POST → verdict → outcome, and again where nothing can be sent twice by that.
//!
//! A worker makes the outcome of one row and the intent of the next durable with the same commit. So [`RecordSender::claim`]
//! ends before the POST, and [`RecordSender::deliver`] before the outcome is durable.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, timeout};

use super::answers::Answers;
use super::breaker::Observed;
use super::circuit::StopReason;
use super::disposition::{Disposition, Retry, Situation, Tries, with_clock_skew};
use super::event::{End, Events, RunEvent};
use super::feed::Prepared;
use super::gate::{Gate, GatePermit};
use super::phase::{Phase, Phases};
use super::settings::SendSettings;
use super::turns::Turns;
use crate::clock;
use crate::credentials::{Token, TokenSource};
use crate::delivery::{Cause, Checked, Client, Concern, Reply, Sent, Verdict, judge_record};
use crate::ledger::{Admission, Call, Claim, Claimed, LedgerError, Outcome, OutcomeKind, ResendPolicy, RunId, Writer};
use crate::pacing::{Moment, Pacer, Permit};
use crate::record::SkipReason;

/// How long to wait for a permit before checking again whether it comes in time. Longer than the wait after which it is reported.
const RECHECK: Duration = Duration::from_secs(5);

/// Everything that sending to one bot needs; shared by its workers.
#[derive(Debug)]
pub(super) struct RecordSender {
    /// The bot, if rows name several.
    pub(super) bot: Option<String>,
    pub(super) client: Client,
    pub(super) tokens: TokenSource,
    pub(super) pacer: Pacer,
    pub(super) turns: Turns,
    pub(super) gate: Gate,
    pub(super) writer: Writer,
    pub(super) events: Events,
    pub(super) settings: SendSettings,
    pub(super) phases: Phases,
    /// Shared by all bots of the run.
    pub(super) answers: Arc<Answers>,
}

/// A row without an outcome yet.
#[derive(Debug)]
pub(super) struct Pending {
    row: Prepared,
    tries: Tries,
    resend: ResendPolicy,
}

/// A row whose intent is durable, with all that its POST needs.
pub(super) struct Ready {
    pending: Pending,
    claimed: Claimed,
    gate_permit: GatePermit,
    permit: Permit,
    token: Arc<Token>,
    secret_version: u64,
}

/// An outcome that is not durable yet.
pub(super) struct Unrecorded {
    row: u64,
    /// How long the request took.
    took: Duration,
    claimed: Claimed,
    disposition: Disposition,
}

/// What happened to a row.
pub(super) enum Delivered {
    /// It has an outcome, which is to be recorded.
    Answered(Unrecorded),
    /// It needs no more work, or the run stops before it got an outcome.
    Done,
    /// Other rows are sent first.
    Later(Pending),
}

impl RecordSender {
    pub(super) fn pending(&self, row: Prepared) -> Pending {
        Pending { row, tries: Tries::default(), resend: self.settings.resend }
    }

    /// Waits until a row may be sent, and makes the intent durable. `None` if it was sent before, or if the run stops: then
    /// the row stays as the ledger has it.
    pub(super) async fn claim(&self, pending: Pending) -> Result<Option<Ready>, End> {
        while let Some((gate_permit, permit)) = self.unless_stopping(pin!(self.permits())).await?.transpose()? {
            // Before the intent: if there is no token, no row may be left in doubt.
            let secret_version = self.tokens.secret_version();
            let token = self.tokens.token(clock::now()).map_err(End::Credentials)?;
            match self.record_intent(&pending, &permit).await? {
                Admission::SentBefore(run) => {
                    self.skip(pending.row.number, run).await?;
                    return Ok(None);
                }
                admission => {
                    if let Some(claimed) = self.turns.granted(admission) {
                        return Ok(Some(Ready { pending, claimed, gate_permit, permit, token, secret_version }));
                    }
                }
            }
        }
        Ok(None)
    }

    /// Sends one row until it has an outcome, other rows should be sent first, or the run stops.
    pub(super) async fn deliver(&self, mut ready: Ready) -> Result<Delivered, End> {
        loop {
            let Ready { mut pending, claimed, mut gate_permit, permit, token, secret_version } = ready;
            let (row, sent) = (pending.row.number, permit.taken_at());
            let Some((checked, took)) = self.send(&claimed, permit, &token, &pending.row).await else {
                return Ok(Delivered::Done);
            };
            let (disposition, reloads_secret) = self.judge(checked, sent, &mut gate_permit, &mut pending);
            let (retry, kind) = (disposition.retry, disposition.outcome.kind);
            let unrecorded = Unrecorded { row, took, claimed, disposition };
            if retry.is_none() && !reloads_secret {
                return Ok(Delivered::Answered(unrecorded));
            }
            self.record(unrecorded).await?;
            if reloads_secret {
                self.reload_secret(secret_version).await;
            }
            drop(gate_permit);
            match retry {
                None => return Ok(Delivered::Done),
                Some(Retry::BehindOthers) => return Ok(Delivered::Later(pending)),
                Some(Retry::WithinLimit(_)) => {}
                Some(Retry::After(wait)) => {
                    self.unless_stopping(tokio::time::sleep(wait)).await?;
                }
            }
            pending.resend.in_doubt |= kind == OutcomeKind::InDoubt;
            let Some(again) = self.claim(pending).await? else { return Ok(Delivered::Done) };
            ready = again;
        }
    }

    /// The future's output; `None` once the run is asked to stop.
    async fn unless_stopping<T>(&self, future: impl Future<Output = T>) -> Result<Option<T>, End> {
        let future = pin!(future);
        let unless_stopped = pin!(self.gate.until_stopped(future));
        match self.phases.before(Phase::Stopping, unless_stopped).await {
            Some(output) => output.map(Some).map_err(End::Stopped),
            // The breaker of all bots may be why this lane was asked to stop.
            None => self.gate.stop_reason().map_or(Ok(None), |reason| Err(End::Stopped(reason))),
        }
    }

    /// Permission from the breaker and from the rate limit, both valid now. The breaker's is waited for first and taken
    /// last: while it is half-open there is only one for all workers, which must not wait for a rate limit.
    async fn permits(&self) -> Result<(GatePermit, Permit), End> {
        loop {
            self.gate.ready().await.map_err(End::Stopped)?;
            let permit = self.permit_in_time().await?;
            if let Some(gate_permit) = self.gate.try_start().map_err(End::Stopped)? {
                return Ok((gate_permit, permit));
            }
        }
    }

    /// Permission from the rate limit. Whether it comes in time is checked again while it is waited for: requests in flight may
    /// fill a window.
    async fn permit_in_time(&self) -> Result<Permit, End> {
        let report = |why| self.events.send(RunEvent::Waiting { bot: self.bot.clone(), why });
        loop {
            self.ensure_room_in_time()?;
            let permit = self.turns.permit(&report);
            let Some(most) = self.settings.max_wait else { return permit.await.map_err(End::Ledger) };
            if let Ok(permit) = timeout(most.max(RECHECK), permit).await {
                return permit.map_err(End::Ledger);
            }
        }
    }

    /// Ends the run if it would have to wait for its own rate limit for longer than it is told to.
    fn ensure_room_in_time(&self) -> Result<(), End> {
        let Some(most) = self.settings.max_wait else { return Ok(()) };
        let full = self.pacer.full_for().map(|(limit, wait)| (format!("{limit} is full with earlier requests"), wait));
        let spaced = || Some(("requests are spaced evenly".to_owned(), self.pacer.next_in()?));
        match full.or_else(spaced) {
            Some((message, wait)) if wait > most => Err(End::Stopped(StopReason::RateLimited { message, wait })),
            _ => Ok(()),
        }
    }

    /// Makes the intent durable, unless another process goes first or has called or sent the record meanwhile.
    async fn record_intent(&self, pending: &Pending, permit: &Permit) -> Result<Admission<Claimed>, End> {
        let SendSettings { run, timeout, longest_window, .. } = self.settings;
        let Pending { row, resend, .. } = pending;
        let call = Call::new(clock::now(), timeout, longest_window, permit.others_seen());
        let claim = Claim { run, row: row.number, record: row.record, spare: row.spare, resend: *resend, call };
        self.writer.claim(claim).await.map_err(End::Ledger)
    }

    /// Skips a row whose record another run has sent meanwhile. One that was rejected or in doubt keeps its outcome.
    async fn skip(&self, row: u64, by: RunId) -> Result<(), End> {
        let why = SkipReason::SentBefore { run: by.0 }.to_string();
        let skipped = vec![(row, Outcome::with_detail(OutcomeKind::Skipped, why))];
        match self.writer.record_outcomes(self.settings.run, skipped, clock::now()).await {
            Ok(()) => {}
            Err(LedgerError::NotSettleable { .. }) => return Ok(()),
            Err(error) => return Err(End::Ledger(error)),
        }
        self.events.send(RunEvent::SentMeanwhile { id: self.settings.numbering.id(row), by });
        Ok(())
    }

    /// Posts the record; `None` if the run was abandoned before an answer came.
    async fn send(
        &self,
        claimed: &Claimed,
        mut permit: Permit,
        token: &Token,
        row: &Prepared,
    ) -> Option<(Checked, Duration)> {
        permit.going_out();
        let started = Instant::now();
        let reply = pin!(self.client.save_feedback(claimed, token, row.body.clone()));
        let reply = self.phases.before(Phase::Abandoned, reply).await?;
        let (now, took) = (clock::now(), started.elapsed());
        let server_time = match &reply {
            Reply::Answer(answer) => answer.date,
            Reply::Nothing(_) => None,
        };
        let record = self.settings.numbering.id(row.number);
        let sent = Sent { bot_id: self.client.bot_id(), body: &row.body };
        let checked = judge_record(&reply, sent, now, |verdict| {
            self.answers.check_id(with_clock_skew(verdict, server_time, now), record)
        });
        self.note_clock(server_time.or(checked.server_time), now).await;
        for warning in self.answers.warnings(record, checked.deviations) {
            self.events.send(RunEvent::Warning(warning));
        }
        Some((checked, took))
    }

    /// Records how the server's clock differs, if that is news.
    async fn note_clock(&self, server: Option<Timestamp>, now: Timestamp) {
        if let Some(offset) = server.and_then(|server| self.answers.new_clock_offset(server, now)) {
            // If this fails, so does recording the outcome, which is reported.
            let _ = self.writer.record_clock_offset(self.settings.run, offset).await;
        }
    }

    /// Applies a verdict to the breaker, the rate limit and the token, and says what it means for the row and whether the
    /// secret should be read again.
    fn judge(
        &self,
        Checked { verdict, server_time, deviations }: Checked,
        sent: Moment,
        gate_permit: &mut GatePermit,
        pending: &mut Pending,
    ) -> (Disposition, bool) {
        let mut asked = verdict.asked_wait(clock::now());
        if let Verdict::Repeat { cause: Cause::RateLimited { window }, .. } = &verdict {
            asked = self.pacer.refuse(sent, *window, asked);
        }
        let Observed { pause, reloads_secret, is_bystander } = gate_permit.observe(&verdict, asked);
        if let Some(pause) = pause {
            let bot = self.bot.clone().filter(|_| !pause.is_for_all);
            self.events.send(RunEvent::Paused { bot, why: pause.why, wait: pause.wait });
        }
        match &verdict {
            Verdict::Saved { .. } => self.pacer.accept(),
            Verdict::Repeat { cause: Cause::Unavailable | Cause::Unreachable | Cause::Replayed, .. }
            | Verdict::Refused { concern: Concern::Credentials, .. } => self.tokens.discard(),
            Verdict::Repeat { .. } | Verdict::Rejected { .. } | Verdict::Refused { .. } | Verdict::InDoubt { .. } => {}
        }
        let succeeded_since = |moment| self.gate.succeeded_since(moment);
        let now = self.gate.now();
        let situation = Situation { settings: &self.settings, asked, is_bystander, now, succeeded_since };
        let mut disposition = situation.dispose(verdict, &mut pending.tries);
        (disposition.outcome.server_time, disposition.outcome.deviations) = (server_time, deviations);
        (disposition, reloads_secret)
    }

    /// Reads the secret again: it may have been rotated since the run began. `secret_version` is that of the secret with which
    /// the refused token was minted. If the secret cannot be read, the old one is refused again, and that is reported.
    async fn reload_secret(&self, secret_version: u64) {
        let tokens = self.tokens.clone();
        // The secret may come from a command.
        let _ = tokio::task::spawn_blocking(move || tokens.reload_secret(secret_version)).await;
    }

    /// Makes an outcome durable, then reports it.
    pub(super) async fn record(&self, unrecorded: Unrecorded) -> Result<(), End> {
        let Unrecorded { row, took, claimed, disposition } = unrecorded;
        let Disposition { outcome, retry, record: saved } = disposition;
        let id = self.settings.numbering.id(row);
        let (kind, status, why) = (outcome.kind, outcome.status, outcome.detail.clone());
        if let Some(retry) = retry {
            let wait = match retry {
                Retry::After(wait) | Retry::WithinLimit(wait) => wait,
                Retry::BehindOthers => Duration::ZERO,
            };
            self.events.send(RunEvent::Retrying { record: id, why: why.clone().unwrap_or_default(), wait });
        }
        self.writer.settle(claimed, outcome, clock::now()).await.map_err(End::Ledger)?;
        if retry.is_some() {
            return Ok(());
        }
        self.events.send(match saved {
            Some(record) => RunEvent::Saved { id, status, record, took },
            None => RunEvent::NotSaved { id, kind, status, why, took: Some(took) },
        });
        Ok(())
    }
}
