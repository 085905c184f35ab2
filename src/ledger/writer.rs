//! The thread that owns the ledger's connection while rows are sent. It commits in groups: whatever has queued up while
//! the disk was busy shares the next transaction, so that a slow disk costs time and never certainty.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::others::{self, Others};
use super::state::{Leave, Outcome};
use super::store::millis;
use super::{LedgerError, RunId, Store, entries};

/// How many requests one commit takes at the most.
const GROUP: usize = 512;
/// Windows longer than a day are not remembered beyond one.
const REMEMBERED: Duration = Duration::from_secs(25 * 60 * 60);

/// What is to be claimed: one row, for one POST.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The run.
    pub run: RunId,
    /// The row.
    pub row: u64,
    /// What the server can read back of it, hashed.
    pub fingerprint: [u8; 16],
    /// What the user has given leave to.
    pub leave: Leave,
    /// When it is claimed.
    pub now: Timestamp,
    /// When its answer will have come at the latest.
    pub answer_due: Timestamp,
    /// Calls of other processes answered before this moment hold no slot in any window. `None` without limits.
    pub windows_since: Option<Timestamp>,
    /// Which [`Others`] the permit for this POST was given in view of; 0 before any.
    pub others_seen: u64,
}

/// A call that sends no row, to be noted so that it takes its place in the windows.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// When it is about to be made.
    pub now: Timestamp,
    /// When its answer will have come at the latest.
    pub answer_due: Timestamp,
    /// As in [`Claim`].
    pub windows_since: Option<Timestamp>,
    /// As in [`Claim`].
    pub others_seen: u64,
}

/// A call that was noted and has no answer yet.
#[derive(Debug)]
pub struct NotedCall {
    attempt: i64,
}

/// What came of noting a call.
#[derive(Debug)]
pub enum CallAnswer {
    /// It may be made.
    Noted(NotedCall),
    /// Other processes have called the same bot meanwhile: look at the windows again with these calls in them.
    Others(Others),
}

/// The proof that an intent is durable. Only the ledger makes one, and each allows one POST.
#[derive(Debug)]
pub struct Claimed {
    run: RunId,
    row: u64,
    attempt: i64,
}

impl Claimed {
    /// The row that may be sent.
    pub fn row(&self) -> u64 {
        self.row
    }
}

/// What came of a claim.
#[derive(Debug)]
pub enum ClaimAnswer {
    /// The intent is on the disk: send it.
    Granted(Claimed),
    /// Other processes have called the same bot meanwhile: look at the windows again with these calls in them.
    Others(Others),
}

/// The hot path's handle on the ledger, for one bot of a run. The last one of a writer, when it is dropped, waits for what
/// is queued to be committed.
#[derive(Debug, Clone)]
pub struct Writer {
    desk: Arc<Queue>,
    bot: Bot,
}

/// The bot that calls are made to.
#[derive(Debug, Clone)]
pub(super) struct Bot {
    /// Whose windows it shares: host and bot.
    pub(super) scope: Arc<str>,
    /// Its number in the run.
    pub(super) number: u32,
}

/// The way to the writer's thread.
#[derive(Debug)]
struct Queue {
    sender: Option<SyncSender<Request>>,
    thread: Option<JoinHandle<()>>,
}

type Reply<T> = oneshot::Sender<Result<T, LedgerError>>;

enum Request {
    Claim(Claim, Bot, Reply<ClaimAnswer>),
    Settle { claimed: Claimed, outcome: Outcome, now: Timestamp, reply: Reply<()> },
    Record { run: RunId, outcomes: Vec<(u64, Outcome)>, now: Timestamp, reply: Reply<()> },
    Call(Call, Bot, Reply<CallAnswer>),
    Answered { call: NotedCall, now: Timestamp, reply: Reply<()> },
}

impl Request {
    /// Answers that nothing has come of it, and why.
    fn refuse(self, why: &LedgerError) {
        let why = why.clone();
        // Whoever asked may have gone.
        match self {
            Self::Claim(.., reply) => drop(reply.send(Err(why))),
            Self::Call(.., reply) => drop(reply.send(Err(why))),
            Self::Settle { reply, .. } | Self::Record { reply, .. } | Self::Answered { reply, .. } => {
                drop(reply.send(Err(why)));
            }
        }
    }
}

impl Writer {
    /// Starts the writer, for a run's first bot; `scope` says whose windows are shared, and `session` tells this process's
    /// calls from others'.
    pub fn start(store: Store, scope: String, session: String) -> Self {
        let (sender, receiver) = sync_channel(2 * GROUP);
        let connection = store.into_connection();
        let thread = std::thread::spawn(move || Desk { connection, session, others: HashMap::new() }.work(&receiver));
        let desk = Arc::new(Queue { sender: Some(sender), thread: Some(thread) });
        Self { desk, bot: Bot { scope: scope.into(), number: 1 } }
    }

    /// The same writer for another bot of the run, by its number there.
    #[must_use]
    pub fn for_bot(&self, scope: String, number: u32) -> Self {
        Self { desk: Arc::clone(&self.desk), bot: Bot { scope: scope.into(), number } }
    }

    /// Makes the intent to send a row durable.
    ///
    /// # Errors
    /// [`LedgerError::NotClaimable`] when it would send something twice; what SQLite says. Nothing may be sent then.
    pub async fn claim(&self, claim: Claim) -> Result<ClaimAnswer, LedgerError> {
        let bot = self.bot.clone();
        self.ask(|reply| Request::Claim(claim, bot, reply)).await
    }

    /// Makes the outcome of a claimed row durable.
    ///
    /// # Errors
    /// What SQLite says; the row is then in doubt.
    pub async fn settle(&self, claimed: Claimed, outcome: Outcome, now: Timestamp) -> Result<(), LedgerError> {
        self.ask(|reply| Request::Settle { claimed, outcome, now, reply }).await
    }

    /// Makes outcomes of rows durable that need no sending: invalid, skipped.
    ///
    /// # Errors
    /// [`LedgerError::NotSettleable`] when a row has an outcome already; what SQLite says.
    pub async fn record(&self, run: RunId, outcomes: Vec<(u64, Outcome)>, now: Timestamp) -> Result<(), LedgerError> {
        self.ask(|reply| Request::Record { run, outcomes, now, reply }).await
    }

    /// Notes a call that sends no row, so that every process counts it.
    ///
    /// # Errors
    /// What SQLite says. The call must not be made then: another process could take its place in the windows.
    pub async fn note_call(&self, call: Call) -> Result<CallAnswer, LedgerError> {
        let bot = self.bot.clone();
        self.ask(|reply| Request::Call(call, bot, reply)).await
    }

    /// Notes that a call has been answered, or has failed: its place in the windows runs out from here on.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn note_answer(&self, call: NotedCall, now: Timestamp) -> Result<(), LedgerError> {
        self.ask(|reply| Request::Answered { call, now, reply }).await
    }

    async fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, LedgerError> {
        let (reply, answer) = oneshot::channel();
        let sender = self.desk.sender.as_ref().ok_or(LedgerError::WriterGone)?;
        // A worker has one request open at a time. Were there more workers than places, the next commit makes room.
        sender.send(request(reply)).map_err(|_| LedgerError::WriterGone)?;
        answer.await.unwrap_or(Err(LedgerError::WriterGone))
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        drop(self.sender.take());
        if let Some(thread) = self.thread.take() {
            // A panicked writer has failed every request already; there is nothing to add here.
            let _ = thread.join();
        }
    }
}

/// An answer that is sent once the commit has succeeded.
enum Pending {
    Claim(Reply<ClaimAnswer>, Result<ClaimAnswer, LedgerError>),
    Call(Reply<CallAnswer>, Result<CallAnswer, LedgerError>),
    Done(Reply<()>, Result<(), LedgerError>),
}

impl Pending {
    fn send(self, committed: &Result<(), LedgerError>) {
        // Whoever asked may have gone; the ledger is right all the same.
        match self {
            Self::Claim(reply, answer) => drop(reply.send(committed.clone().and(answer))),
            Self::Call(reply, answer) => drop(reply.send(committed.clone().and(answer))),
            Self::Done(reply, answer) => drop(reply.send(committed.clone().and(answer))),
        }
    }
}

/// The thread's own side.
struct Desk {
    connection: Connection,
    session: String,
    /// By scope.
    others: HashMap<Arc<str>, others::Seen>,
}

impl Desk {
    fn work(mut self, requests: &Receiver<Request>) {
        self.forget_old_attempts();
        while let Ok(first) = requests.recv() {
            let group: Vec<Request> = std::iter::once(first).chain(requests.try_iter().take(GROUP - 1)).collect();
            self.serve(group);
        }
    }

    fn serve(&mut self, group: Vec<Request>) {
        let Self { connection, session, others } = self;
        let transaction = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
            Ok(transaction) => transaction,
            Err(error) => {
                // Above all: another process holds the lock. Whoever asked is to hear that.
                let error = error.into();
                return group.into_iter().for_each(|request| request.refuse(&error));
            }
        };
        // A failed commit must leave no trace in what we believe to know.
        let mut view = others::View::new(others);
        let answers: Vec<Pending> =
            group.into_iter().map(|request| answer(&transaction, request, session, &mut view)).collect();
        let others::View { new, .. } = view;
        let committed = transaction.commit().map_err(LedgerError::from);
        if committed.is_ok() {
            others.extend(new);
        }
        for answer in answers {
            answer.send(&committed);
        }
    }

    fn forget_old_attempts(&self) {
        let before = crate::clock::now().checked_sub(REMEMBERED).map_or(0, millis);
        // Only a matter of the file's size: if it fails now, the next start does it.
        let _ = self.connection.execute("DELETE FROM attempts WHERE answer_due < ?1", [before]);
    }
}

fn answer(transaction: &Transaction<'_>, request: Request, session: &str, seen: &mut others::View<'_>) -> Pending {
    match request {
        Request::Claim(request, bot, reply) => {
            let view = (request.windows_since, request.others_seen);
            let answer = others::news(transaction, view, &bot, session, seen).and_then(|news| match news {
                Some(others) => Ok(ClaimAnswer::Others(others)),
                None => claim(transaction, &request, &bot, session).map(ClaimAnswer::Granted),
            });
            Pending::Claim(reply, answer)
        }
        Request::Call(call, bot, reply) => {
            let view = (call.windows_since, call.others_seen);
            let answer = others::news(transaction, view, &bot, session, seen).and_then(|news| match news {
                Some(others) => Ok(CallAnswer::Others(others)),
                None => {
                    let times = (millis(call.now), millis(call.answer_due));
                    let attempt = entries::note_attempt(transaction, &bot.scope, session, times)?;
                    Ok(CallAnswer::Noted(NotedCall { attempt }))
                }
            });
            Pending::Call(reply, answer)
        }
        Request::Answered { call, now, reply } => {
            Pending::Done(reply, entries::note_answer(transaction, call.attempt, now))
        }
        Request::Settle { claimed, outcome, now, reply } => {
            Pending::Done(reply, settle(transaction, &claimed, &outcome, now))
        }
        Request::Record { run, outcomes, now, reply } => {
            let recorded =
                outcomes.iter().try_for_each(|(row, outcome)| entries::record(transaction, run, *row, outcome, now));
            Pending::Done(reply, recorded)
        }
    }
}

fn claim(transaction: &Transaction<'_>, claim: &Claim, bot: &Bot, session: &str) -> Result<Claimed, LedgerError> {
    let attempt = entries::claim(transaction, claim, bot, session)?;
    Ok(Claimed { run: claim.run, row: claim.row, attempt })
}

fn settle(
    transaction: &Transaction<'_>,
    claimed: &Claimed,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<(), LedgerError> {
    entries::note_answer(transaction, claimed.attempt, now)?;
    entries::record(transaction, claimed.run, claimed.row, outcome, now)
}

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, ErrorCode};

    use super::{Call, CallAnswer, Writer};
    use crate::clock;
    use crate::error::Advice;
    use crate::ledger::{LedgerError, Outcome, OutcomeKind, RunId, Store};

    #[tokio::test]
    async fn while_another_process_holds_the_ledger_everybody_is_told_so_and_then_it_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap().without_waiting();
        let other = Connection::open(store.path()).unwrap();
        let writer = Writer::start(store, "scope".to_owned(), "ours".to_owned());
        let now = clock::now();
        let call = || writer.note_call(Call { now, answer_due: now, windows_since: None, others_seen: 0 });
        let invalid = vec![(1, Outcome::because(OutcomeKind::Invalid, "no score"))];

        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let (noted, recorded) = tokio::join!(call(), writer.record(RunId(1), invalid, now));
        for error in [noted.unwrap_err(), recorded.unwrap_err()] {
            assert!(
                matches!(&error, LedgerError::Sqlite(why) if why.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)),
                "{error}"
            );
            assert!(error.hint().unwrap().contains("another process has held the ledger"), "{error}");
        }
        other.execute_batch("COMMIT").unwrap();
        assert!(matches!(call().await.unwrap(), CallAnswer::Noted(_)));
    }
}
