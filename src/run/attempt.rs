//! One row's delivery: leave → intent → send → verdict → outcome, again where that is certain not to send it twice.

use std::time::Duration;

use super::end::End;
use super::event::{Events, RunEvent};
use super::feed::Prepared;
use super::gate::{Gate, Pass};
use super::phase::{Phase, Phases};
use super::shared_gate::{SharedGate, SharedPass};
use super::step::{Disposition, asked_for, is_about_host, with_clocks_compared};
use crate::clock;
use crate::credentials::{Token, TokenSource};
use crate::delivery::{Cause, Client, Concern, Reply, Verdict, judge};
use crate::ledger::{Admission, Call, Claim, Claimed, OutcomeKind, ResendPolicy, RunId, Writer};
use crate::pacing::{Backoff, Moment, Pacer, Permit};

/// A row that is refused once more than this, while others get through, is refused for itself. Fewer than the refusals
/// in a row that end a run.
const REFUSALS_OF_ONE_ROW: u32 = 3;
/// What is done about a row whose fate is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Delivery {
    /// It stays in doubt.
    #[default]
    AtMostOnce,
    /// It is sent again: it may then be saved twice.
    AtLeastOnce,
}

/// How rows are sent.
#[derive(Debug, Clone)]
pub struct SendSettings {
    /// The run they belong to.
    pub run: RunId,
    /// What may be sent a second time.
    pub resend: ResendPolicy,
    /// What is done about a row whose fate is unknown.
    pub delivery: Delivery,
    /// How often a row is tried again while others get through.
    pub retries: u32,
    /// How long one call may take.
    pub timeout: Duration,
    /// The longest of the rolling windows; `None` without limits.
    pub longest_window: Option<Duration>,
}

/// Everything one delivery needs; shared by all workers.
#[derive(Debug)]
pub(super) struct RecordSender {
    /// The bot, where there are several.
    pub(super) bot: Option<String>,
    pub(super) client: Client,
    pub(super) tokens: TokenSource,
    pub(super) pacer: Pacer,
    pub(super) gate: Gate,
    /// The gate of all bots, where there are several.
    pub(super) shared: Option<SharedGate>,
    pub(super) writer: Writer,
    pub(super) events: Events,
    pub(super) settings: SendSettings,
    pub(super) phases: Phases,
}

/// A row on its way, with how often it has failed without being judged for itself.
#[derive(Debug)]
pub(super) struct Pending {
    row: Prepared,
    failures: u32,
    first_failure: Option<Moment>,
}

impl Pending {
    pub(super) fn new(row: Prepared) -> Self {
        Self { row, failures: 0, first_failure: None }
    }
}

/// Leave from the gates. Dropped as one: an attempt that ends, or waits, ends or waits for both.
struct GatePermits<'a> {
    _own: Pass<'a>,
    shared: Option<SharedPass<'a>>,
}

/// What became of a row's turn.
pub(super) enum Delivered {
    /// It has its outcome, or the run ends.
    Over,
    /// Others go first, then it goes again.
    Later(Pending),
}

impl RecordSender {
    /// Sends one row until it has an outcome, shall let others go first, or the run ends: then it stays as the ledger has
    /// it.
    pub(super) async fn deliver(&self, mut pending: Pending) -> Result<Delivered, End> {
        let mut resend = self.settings.resend;
        loop {
            let Some((passes, permit)) = self.phases.before(Phase::Stopping, self.leave_to_send()).await.transpose()?
            else {
                return self.leave_unsent();
            };
            // Before the intent: a token that can't be had must not leave a row in doubt.
            let secret_version = self.tokens.secret_version();
            let token = self.tokens.token(clock::now()).map_err(End::Credentials)?;
            let Some(claimed) = self.claim(&pending.row, resend, &permit).await? else { continue };
            let sent = permit.taken_at();
            let Some(verdict) = self.send(&claimed, permit, &token, &pending.row).await else {
                return Ok(Delivered::Over);
            };
            let is_about_credentials = matches!(verdict, Verdict::Refused { concern: Concern::Credentials, .. });
            let step = self.follow(verdict, sent, &passes, &mut pending);
            let is_first_refusal = self.refused() == 1;
            let (again_after, behind_others, kind) = (step.again_after, step.behind_others, step.outcome.kind);
            self.settle(claimed, step, &pending.row).await?;
            if is_about_credentials {
                self.renew_credentials(is_first_refusal.then_some(secret_version)).await;
            }
            drop(passes);
            let Some(wait) = again_after else { return Ok(Delivered::Over) };
            if behind_others {
                return Ok(Delivered::Later(pending));
            }
            if kind == OutcomeKind::InDoubt {
                resend = ResendPolicy::InDoubt;
            }
            if self.phases.before(Phase::Stopping, tokio::time::sleep(wait)).await.is_none() {
                return self.leave_unsent();
            }
        }
    }

    /// The run ends before this row's turn: for all bots, or as somebody asked.
    fn leave_unsent(&self) -> Result<Delivered, End> {
        match self.shared.as_ref().and_then(SharedGate::fault) {
            Some(fault) => Err(End::Stopped(fault)),
            None => Ok(Delivered::Over),
        }
    }

    /// Leave from the gates and the windows, all at once. The gate of all bots is waited for with nothing in hand, and its
    /// pass, which may be the only one, is taken last: it must not wait for one bot's windows.
    async fn leave_to_send(&self) -> Result<(GatePermits<'_>, Permit), End> {
        loop {
            if let Some(gate) = &self.shared {
                gate.wait().await;
            }
            let own = self.gate.pass().await.map_err(End::Stopped)?;
            let permit = self.pacer.permit().await;
            // The wait for the windows may have been long.
            if !self.gate.admits(&own) {
                continue;
            }
            let Some(gate) = &self.shared else { return Ok((GatePermits { _own: own, shared: None }, permit)) };
            if let Some(shared) = gate.try_pass().map_err(End::Stopped)? {
                return Ok((GatePermits { _own: own, shared: Some(shared) }, permit));
            }
        }
    }

    async fn claim(&self, row: &Prepared, resend: ResendPolicy, permit: &Permit) -> Result<Option<Claimed>, End> {
        let SendSettings { run, timeout, longest_window, .. } = self.settings;
        let call = Call::new(clock::now(), timeout, longest_window, permit.others_seen());
        let claim = Claim { run, row: row.number, fingerprint: row.fingerprint, resend, call };
        match self.writer.claim(claim).await.map_err(End::Ledger)? {
            Admission::Granted(claimed) => Ok(Some(claimed)),
            Admission::Stale(calls) => {
                self.pacer.set_others(calls.version, &calls.relative_to(clock::now()));
                Ok(None)
            }
        }
    }

    /// The POST and what it means; `None` when the run was abandoned before an answer came.
    async fn send(&self, claimed: &Claimed, mut permit: Permit, token: &Token, row: &Prepared) -> Option<Verdict> {
        permit.going_out();
        let reply = self.client.save_feedback(claimed, &token.jwt, row.body.clone());
        let reply = self.phases.before(Phase::Abandoned, reply).await?;
        let verdict = judge(&reply);
        match reply {
            Reply::Answer(answer) => Some(with_clocks_compared(verdict, answer.date, clock::now())),
            Reply::Nothing(_) => Some(verdict),
        }
    }

    /// What a verdict means for the row, the gates, the windows and the token.
    fn follow(&self, verdict: Verdict, sent: Moment, passes: &GatePermits<'_>, pending: &mut Pending) -> Disposition {
        let asked = asked_for(&verdict);
        self.observe(&verdict, asked, passes);
        let step = match verdict {
            Verdict::Saved { id, status, record } => {
                self.pacer.accept();
                let step = Disposition::end(OutcomeKind::Saved, Some(status), Some(id), None);
                Disposition { record: Some(record), ..step }
            }
            Verdict::Rejected { status, message } => {
                Disposition::end(OutcomeKind::Rejected, Some(status), None, Some(message))
            }
            Verdict::InDoubt { status, message } => self.after_doubt(status, message, pending),
            Verdict::Refused { status, message, .. } => self.after_refusal(status, message, pending),
            Verdict::Repeat { cause: Cause::RateLimited { window }, status, message, .. } => {
                self.hold_windows(sent, window, asked, &message);
                Disposition::again(status, message, Duration::ZERO)
            }
            Verdict::Repeat { status, message, .. } => {
                self.tokens.discard();
                self.after_failure(status, message, asked, pending)
            }
        };
        self.tell(&step, &pending.row);
        step
    }

    /// Tells the gates. What the gate of all bots holds for is the run's trouble, and not this bot's.
    fn observe(&self, verdict: &Verdict, asked: Duration, passes: &GatePermits<'_>) {
        if let (Some(gate), Some(pass)) = (&self.shared, &passes.shared) {
            if let Some((wait, why)) = pass.observe(verdict, asked) {
                self.events.send(RunEvent::Paused { bot: None, why, wait });
            }
            if is_about_host(verdict) && !gate.is_open() {
                return;
            }
        }
        let pause = self.gate.observe(verdict, asked);
        // Credentials that all bots refuse are not told of each.
        let is_told_already = self.shared.as_ref().is_some_and(|gate| gate.refusals() > 1);
        if let (Some((wait, why)), false) = (pause, is_told_already) {
            self.tell_hold(&why, wait);
        }
    }

    /// How many refusals have come in a row, over all bots that share the credentials.
    fn refused(&self) -> u32 {
        self.shared.as_ref().map_or_else(|| self.gate.refused(), SharedGate::refusals)
    }

    fn after_doubt(&self, status: Option<u16>, message: String, pending: &mut Pending) -> Disposition {
        // A server that says something went wrong is quoted; when none says anything, what that means is said.
        let message = if status.is_some() { message } else { format!("the record may have arrived: {message}") };
        let mut step = Disposition::end(OutcomeKind::InDoubt, status, None, Some(message));
        pending.failures += 1;
        if self.settings.delivery == Delivery::AtLeastOnce && pending.failures <= self.settings.retries {
            step.again_after = Some(Backoff::default().wait(pending.failures));
        }
        step
    }

    /// A new token for the next try; after the first refusal in a row with the secret read anew, for it may have been
    /// rotated since the run began. `reread` is how often that had been done when the refused token was minted.
    async fn renew_credentials(&self, reread: Option<u64>) {
        self.tokens.discard();
        if let Some(secret_version) = reread {
            let tokens = self.tokens.clone();
            // The secret may come from a command. If it can't be had now, the old one is refused again, and that is said.
            let _ = tokio::task::spawn_blocking(move || tokens.reload_secret(secret_version)).await;
        }
    }

    /// A refusal speaks of the credentials or the target, so the others are tried before this row goes again. If they get
    /// through and it never does, it was about the row after all: a gateway may answer 403 to a text that it dislikes.
    fn after_refusal(&self, status: Option<u16>, message: String, pending: &mut Pending) -> Disposition {
        if let (Some(status), true) = (status, self.is_out_of_tries(REFUSALS_OF_ONE_ROW, pending)) {
            return Disposition::end(OutcomeKind::Rejected, Some(status), None, Some(message));
        }
        Disposition { behind_others: true, ..Disposition::again(status, message, Duration::ZERO) }
    }

    fn after_failure(
        &self,
        status: Option<u16>,
        message: String,
        asked: Duration,
        pending: &mut Pending,
    ) -> Disposition {
        let is_out_of_tries = self.is_out_of_tries(self.settings.retries, pending);
        let wait = Backoff::default().wait(pending.failures).max(asked);
        let mut step = Disposition::again(status, message, wait);
        if is_out_of_tries {
            step.again_after = None;
        }
        step
    }

    /// Counts a failure. Out of tries only when others got through meanwhile: a target that takes nothing at all is the
    /// gate's business, and no row's.
    fn is_out_of_tries(&self, retries: u32, pending: &mut Pending) -> bool {
        let first = *pending.first_failure.get_or_insert_with(|| self.gate.now());
        pending.failures += 1;
        pending.failures > retries && self.gate.good_since(first)
    }

    /// No row is burned on a window that is full: it goes again once there is room.
    fn hold_windows(&self, sent: Moment, window: Option<Duration>, asked: Duration, message: &str) {
        let wait = self.pacer.refuse(sent, window, asked);
        self.tell_hold(&format!("the server's rate limit: {message}"), wait);
    }

    fn tell_hold(&self, why: &str, wait: Duration) {
        self.events.send(RunEvent::Paused { bot: self.bot.clone(), why: why.to_owned(), wait });
    }

    fn tell(&self, step: &Disposition, row: &Prepared) {
        if let Some(wait) = step.again_after {
            let why = step.outcome.detail.clone().unwrap_or_default();
            self.events.send(RunEvent::Retrying { row: row.number, why, wait });
        }
    }

    async fn settle(&self, claimed: Claimed, step: Disposition, row: &Prepared) -> Result<(), End> {
        let Disposition { outcome, again_after, record, .. } = step;
        let (kind, why) = (outcome.kind, outcome.detail.clone());
        self.writer.settle(claimed, outcome, clock::now()).await.map_err(End::Ledger)?;
        if again_after.is_some() {
            return Ok(());
        }
        self.events.send(RunEvent::Settled { kind, rows: 1 });
        match (record, why) {
            (Some(record), _) => self.events.send(RunEvent::Saved { row: row.number, record }),
            (None, Some(why)) => self.events.send(RunEvent::NotSaved { row: row.number, kind, why }),
            (None, None) => {}
        }
        Ok(())
    }
}
