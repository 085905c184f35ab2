//! The hot path's handle on the ledger.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;

use super::answered::Answered;
use super::request::{Admission, Call, Claim, Claimed, Look, OpenCall, RecordHash, Target, Turn};
use super::writer_thread::{Reply, Request, WriterThread};
use super::{Comparison, LedgerError, Outcome, RunId, Store};

/// Writes to the ledger for one bot of a run. Dropping the last clone waits until everything queued is committed.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    queue: Arc<Queue>,
    target: Target,
}

/// The way to the writer thread, which ends with it.
#[derive(Debug)]
struct Queue {
    /// Waking the thread costs a system call, so requests that are made together are sent together.
    unsent: Mutex<Vec<Request>>,
    sender: Option<Sender<Vec<Request>>>,
    answered: Arc<Answered>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the writer thread, for a run's first bot. Calls of the same `scope` share rate limits; `session` tells
    /// this process's calls from those of others.
    pub(crate) fn start(store: Store, scope: String, session: String) -> Self {
        let (sender, receiver) = channel();
        let answered = Arc::new(Answered::default());
        let thread = WriterThread::new(store, session, Arc::clone(&answered));
        let thread = std::thread::spawn(move || thread.run(&receiver));
        let queue = Queue { unsent: Mutex::default(), sender: Some(sender), answered, thread: Some(thread) };
        let queue = Arc::new(queue);
        Self { queue, target: Target { scope: scope.into(), bot: 1 } }
    }

    /// The same writer for another bot of the run, by its number there.
    #[must_use]
    pub(crate) fn for_bot(&self, scope: String, bot: u32) -> Self {
        Self { queue: Arc::clone(&self.queue), target: Target { scope: scope.into(), bot } }
    }

    /// Says what the run's claims know of what was sent before. Required before claims that ask.
    pub(crate) fn start_after(&self, compared: Arc<Comparison>) {
        self.queue.add(Request::Compared { with: compared });
        self.queue.send_all();
    }

    /// Makes the intent to send a row durable.
    ///
    /// # Errors
    /// [`LedgerError::NotClaimable`] if this could send a record twice, or if SQLite fails. Nothing may be sent then.
    pub(crate) async fn claim(&self, claim: Claim) -> Result<Admission<Claimed>, LedgerError> {
        let target = self.target.clone();
        self.request(|reply| Request::Claim { claim, target, reply }).await
    }

    /// Makes the outcome of a claimed row durable.
    ///
    /// # Errors
    /// If SQLite fails; the row is then in doubt.
    pub(crate) async fn settle(&self, claimed: Claimed, outcome: Outcome, now: Timestamp) -> Result<(), LedgerError> {
        self.request(|reply| Request::Settle { claimed, outcome, now, reply }).await
    }

    /// Makes outcomes durable that need no POST: invalid or skipped rows, and rows in doubt that were resolved.
    ///
    /// # Errors
    /// [`LedgerError::NotSettleable`] if a row has an outcome already, or if SQLite fails.
    pub(crate) async fn record_outcomes(
        &self,
        run: RunId,
        outcomes: Vec<(u64, Outcome)>,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        self.request(|reply| Request::Record { run, outcomes, now, reply }).await
    }

    /// Makes durable that rows are skipped because a run has sent their records, and which keys these have.
    ///
    /// # Errors
    /// [`LedgerError::NotSettleable`] if a row has an outcome already, or if SQLite fails.
    pub(crate) async fn learn_keys(
        &self,
        run: RunId,
        learned: Vec<(u64, RecordHash, RunId)>,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let target = self.target.clone();
        self.request(|reply| Request::LearnKeys { run, learned, target, now, reply }).await
    }

    /// Records how far the server's clock is ahead of this machine's.
    ///
    /// # Errors
    /// If SQLite fails.
    pub(crate) async fn record_clock_offset(&self, run: RunId, offset: SignedDuration) -> Result<(), LedgerError> {
        self.request(|reply| Request::ClockOffset { run, offset, reply }).await
    }

    /// Records a call that sends no row, so that every process counts it.
    ///
    /// # Errors
    /// If SQLite fails. The call must not be made then: another process could take its place in the windows.
    pub(crate) async fn start_call(&self, call: Call) -> Result<Admission<OpenCall>, LedgerError> {
        let target = self.target.clone();
        self.request(|reply| Request::StartCall { call, target, reply }).await
    }

    /// Records that a call was answered or failed: its slot is free one window later.
    pub(crate) async fn end_call(&self, call: OpenCall, now: Timestamp) -> Result<(), LedgerError> {
        self.request(|reply| Request::EndCall { call, now, reply }).await
    }

    /// Records that this process waits for the rate limit, and returns what the others do.
    ///
    /// # Errors
    /// If SQLite fails.
    pub(crate) async fn look(&self, look: Look) -> Result<Turn, LedgerError> {
        let target = self.target.clone();
        self.request(|reply| Request::Look { look, target, reply }).await
    }

    async fn request<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, LedgerError> {
        // Dropped after the answer's receiver, so that no reply is left behind.
        let _pass_on = self.queue.answered.pass_on();
        let (reply, answer) = oneshot::channel();
        if self.queue.add(request(reply)) {
            // Whoever makes the first of several requests sends them all, once the other workers had their turn.
            let _send = SendAll(&self.queue);
            tokio::task::yield_now().await;
        }
        answer.await.unwrap_or(Err(LedgerError::WriterStopped))
    }
}

impl Queue {
    /// True for the first request since requests were sent.
    fn add(&self, request: Request) -> bool {
        // Requests are added and taken as a whole.
        let mut unsent = self.unsent.lock().unwrap_or_else(PoisonError::into_inner);
        unsent.push(request);
        unsent.len() == 1
    }

    fn send_all(&self) {
        let requests = std::mem::take(&mut *self.unsent.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(sender) = &self.sender {
            // If the thread has stopped, the requests end with this, and who waits for them learns that.
            let _ = sender.send(requests);
        }
    }
}

/// Sends the requests when it is dropped: even if the first of them is abandoned.
struct SendAll<'a>(&'a Queue);

impl Drop for SendAll<'_> {
    fn drop(&mut self) {
        self.0.send_all();
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        drop(self.sender.take());
        if let Some(thread) = self.thread.take() {
            // If the thread panicked, every request has failed already; there is nothing to add here.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, ErrorCode};

    use super::{Admission, Call, Writer};
    use crate::clock;
    use crate::error::Advice;
    use crate::ledger::{LedgerError, Outcome, OutcomeKind, RunId, Store};

    #[tokio::test]
    async fn requests_fail_while_the_ledger_is_locked() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap().without_waiting();
        let other = Connection::open(store.path()).unwrap();
        let writer = Writer::start(store, "scope".to_owned(), "ours".to_owned());
        let now = clock::now();
        let call = || writer.start_call(Call { now, answer_due: now, windows_since: None, foreign_version: 0 });
        let invalid = vec![(1, Outcome::with_detail(OutcomeKind::Invalid, "no score"))];

        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let (started, recorded) = tokio::join!(call(), writer.record_outcomes(RunId(1), invalid, now));
        for error in [started.unwrap_err(), recorded.unwrap_err()] {
            assert!(
                matches!(&error, LedgerError::Sqlite(why) if why.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)),
                "{error}"
            );
            assert!(error.hint().unwrap().contains("another process has locked the ledger"), "{error}");
        }
        other.execute_batch("COMMIT").unwrap();
        assert!(matches!(call().await.unwrap(), Admission::Granted(_)));
    }
}
