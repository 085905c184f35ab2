//! Permits in turn: all processes that call the same bot share its rate limits fairly.
//!
//! A process that waits while others call the bot looks at their calls in the ledger again and again, and records there
//! that it waits. A process alone neither looks nor records.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout};

use crate::clock;
use crate::ledger::{Admission, ForeignCalls, LedgerError, Look, RunId, Turn, Writer};
use crate::pacing::{Pacer, Permit};

/// Between two looks while the rate limit has no room. Much shorter than a slot at the vendor's limits.
const WAITING_LOOK: Duration = Duration::from_millis(20);
/// Between two looks while another process goes first: it is about to call.
const YIELDING_LOOK: Duration = Duration::from_millis(5);
/// Other processes that have not called for this long are no longer looked for.
const NEIGHBORS_WITHIN: Duration = Duration::from_secs(10);
/// A longer wait is reported.
const LONG_WAIT: Duration = Duration::from_secs(2);

/// One bot's permits, in turn with other processes. Clones share one state.
#[derive(Debug, Clone)]
pub(crate) struct Turns {
    pacer: Pacer,
    writer: Writer,
    longest_window: Option<Duration>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    is_others_turn: AtomicBool,
    /// Held by the caller that is next. The run that was reported as using the rate limit, if any was.
    reported: Mutex<Option<Option<RunId>>>,
}

impl Turns {
    pub(crate) fn new(pacer: Pacer, writer: Writer, longest_window: Option<Duration>) -> Self {
        Self { pacer, writer, longest_window, shared: Arc::default() }
    }

    /// Waits until a call may start. A long wait is reported once for each process that is waited for.
    ///
    /// # Errors
    /// If the ledger fails.
    pub(crate) async fn permit(&self, report: impl Fn(String)) -> Result<Permit, LedgerError> {
        let mut reported = self.shared.reported.lock().await;
        let started = Instant::now();
        loop {
            if let Some(permit) = self.next_permit().await {
                return Ok(permit);
            }
            let Some(user) = self.look().await? else { continue };
            if started.elapsed() >= LONG_WAIT && *reported != Some(user) {
                *reported = Some(user);
                let who = user.map_or_else(|| "another process".to_owned(), |run| format!("run {run}"));
                report(format!("waiting for the rate limit; {who} is using it"));
            }
        }
    }

    /// A permit, if it comes before the next look.
    async fn next_permit(&self) -> Option<Permit> {
        if self.shared.is_others_turn.load(Ordering::Relaxed) {
            sleep(YIELDING_LOOK).await;
            return None;
        }
        if !self.pacer.has_neighbors(NEIGHBORS_WITHIN) {
            return Some(self.pacer.permit().await);
        }
        timeout(WAITING_LOOK, self.pacer.permit()).await.ok()
    }

    /// Looks at what other processes do; returns the run that uses the rate limit, or that a process without a run does.
    /// `None` if this process waits for nobody.
    async fn look(&self) -> Result<Option<Option<RunId>>, LedgerError> {
        let Some(longest) = self.longest_window else { return Ok(None) };
        let (now, room_in) = (clock::now(), self.pacer.room_in());
        let ready_at = room_in.map(|wait| now.saturating_add(wait).unwrap_or(now));
        let windows_since = now.saturating_sub(longest).unwrap_or(now);
        let Turn { is_ours, calls } = self.writer.look(Look { now, windows_since, ready_at }).await?;
        self.shared.is_others_turn.store(!is_ours, Ordering::Relaxed);
        self.learn(&calls);
        Ok((room_in.is_some() || !is_ours).then_some(calls.latest_run))
    }

    /// What was granted; `None` if a new permit is needed.
    pub(crate) fn granted<T>(&self, admission: Admission<T>) -> Option<T> {
        match admission {
            Admission::Granted(granted) => return Some(granted),
            Admission::Stale(calls) => self.learn(&calls),
            Admission::OthersTurn => self.shared.is_others_turn.store(true, Ordering::Relaxed),
            Admission::SentBefore(_) => {}
        }
        None
    }

    fn learn(&self, calls: &ForeignCalls) {
        self.pacer.set_others(calls.version, &calls.relative_to(clock::now()));
    }
}
