//! The thread that owns the ledger's connection while rows are sent. It commits in groups: all requests that queued up
//! during one commit share the next transaction, so a slow disk costs time but never certainty.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::answered::{Answered, PendingReply};
use super::attempts::CallsOfCommit;
use super::foreign_rows::ForeignRows;
use super::gathering::Gathering;
use super::location::Location;
use super::neighbors::Neighbors;
use super::records::RecordWriter;
use super::request::{Admission, Call, Claim, Claimed, Look, OpenCall, RecordHash, Target, Turn};
use super::witness::Witness;
use super::{Comparison, LedgerError, Outcome, RunId, Store, attempts, transitions};

const CACHE_KIB: i32 = 512;

pub(super) type Reply<T> = oneshot::Sender<Result<T, LedgerError>>;

#[derive(Debug)]
pub(super) enum Request {
    Compared { with: Arc<Comparison> },
    Claim { claim: Claim, target: Target, reply: Reply<Admission<Claimed>> },
    Settle { claimed: Claimed, outcome: Outcome, now: Timestamp, reply: Reply<()> },
    Record { run: RunId, outcomes: Vec<(u64, Outcome)>, now: Timestamp, reply: Reply<()> },
    LearnKeys { run: RunId, learned: Vec<(u64, RecordHash, RunId)>, target: Target, now: Timestamp, reply: Reply<()> },
    ClockOffset { run: RunId, offset: SignedDuration, reply: Reply<()> },
    StartCall { call: Call, target: Target, reply: Reply<Admission<OpenCall>> },
    EndCall { call: OpenCall, now: Timestamp, reply: Reply<()> },
    Look { look: Look, target: Target, reply: Reply<Turn> },
}

pub(super) struct WriterThread {
    connection: Connection,
    session: String,
    neighbors: Neighbors,
    foreign: ForeignRows,
    records: RecordWriter,
    directory: PathBuf,
    location: Location,
    /// Opened with the first intent of a run; `None` for runs without a witness.
    witnesses: BTreeMap<RunId, Option<Witness>>,
    answered: Arc<Answered>,
    /// How many claims have no outcome yet.
    in_flight: usize,
}

impl WriterThread {
    /// `session` tells this process's calls from those of others.
    pub(super) fn new(store: Store, session: String, answered: Arc<Answered>) -> Self {
        let directory = store.directory().to_owned();
        let location = Location::of(store.path());
        let connection = store.into_connection();
        // This only limits memory: rows are written one after the other.
        let _ = connection.pragma_update(None, "cache_size", -CACHE_KIB);
        let neighbors = Neighbors::new(session.clone());
        let foreign = ForeignRows::new(session.clone());
        let (records, witnesses) = (RecordWriter::default(), BTreeMap::new());
        Self {
            connection,
            session,
            neighbors,
            foreign,
            records,
            directory,
            location,
            witnesses,
            answered,
            in_flight: 0,
        }
    }

    /// Serves requests until every sender is gone.
    pub(super) fn run(mut self, requests: &Receiver<Vec<Request>>) {
        // This only limits the size of the file: if it fails now, the next start repeats it.
        let _ = attempts::delete_old(&self.connection, crate::clock::now());
        let mut gathering = Gathering::default();
        while let Ok(mut group) = requests.recv() {
            gathering.gather(&mut group, requests, self.in_flight, outcomes);
            let started = Instant::now();
            self.commit(group);
            gathering.committed(started.elapsed());
        }
    }

    fn commit(&mut self, requests: Vec<Request>) {
        let outcomes = outcomes(&requests);
        let Self { connection, session, neighbors, foreign, records, location, .. } = self;
        // If the transaction can't begin, usually because another process holds the lock, every request gets that
        // error.
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(LedgerError::from);
        foreign.begin_transaction();
        let (calls, intents) = (CallsOfCommit::default(), BTreeMap::new());
        let in_place = location.ensure_unchanged();
        let mut group =
            Group { transaction: transaction.as_ref(), in_place, session, neighbors, foreign, records, calls, intents };
        let replies: Vec<PendingReply> = requests.into_iter().filter_map(|request| group.serve(request)).collect();
        let Group { calls, intents, .. } = group;
        self.in_flight = (self.in_flight + intents.values().sum::<usize>()).saturating_sub(outcomes);
        let committed = transaction.and_then(|transaction| {
            let written = calls.write(&transaction, session).and_then(|()| Ok(transaction.commit()?));
            written.inspect_err(|error| foreign.rolled_back(error.clone()))
        });
        // Before the replies: no POST is sent that the witness does not count.
        let committed = committed.and_then(|()| self.count(intents));
        self.answered.hand_over(replies, committed);
    }

    fn count(&mut self, intents: BTreeMap<RunId, usize>) -> Result<(), LedgerError> {
        for (run, count) in intents {
            let witness = match self.witnesses.entry(run) {
                Entry::Occupied(opened) => opened.into_mut(),
                Entry::Vacant(vacant) => vacant.insert(Witness::open(&self.directory, run)?),
            };
            witness.as_mut().map_or(Ok(()), |witness| witness.add(count as u64))?;
        }
        Ok(())
    }
}

/// How many claims get an outcome.
fn outcomes(requests: &[Request]) -> usize {
    requests.iter().filter(|request| matches!(request, Request::Settle { .. })).count()
}

/// The requests of one transaction, or why it did not begin.
struct Group<'a> {
    transaction: Result<&'a Transaction<'a>, &'a LedgerError>,
    /// If the ledger was moved, outcomes still belong into it, but nothing more is sent.
    in_place: Result<(), LedgerError>,
    session: &'a str,
    neighbors: &'a mut Neighbors,
    foreign: &'a mut ForeignRows,
    records: &'a mut RecordWriter,
    calls: CallsOfCommit,
    /// How many intents of each run were written.
    intents: BTreeMap<RunId, usize>,
}

impl Group<'_> {
    /// The reply, if the request has one.
    fn serve(&mut self, request: Request) -> Option<PendingReply> {
        Some(match request {
            Request::Compared { with } => {
                self.foreign.start(with);
                return None;
            }
            Request::Claim { claim, target, reply } => pending(reply, self.claim(&claim, &target)),
            Request::StartCall { call, target, reply } => pending(reply, self.start_call(&call, &target)),
            Request::Look { look, target, reply } => pending(
                reply,
                self.transaction
                    .map_err(LedgerError::clone)
                    .and_then(|transaction| self.neighbors.look(&look, transaction, &target.scope)),
            ),
            Request::EndCall { call, now, reply } => {
                let end = |attempt| self.with(|transaction, _| attempts::end(transaction, attempt, now));
                pending(reply, call.attempt.map_or(Ok(()), end))
            }
            Request::Settle { claimed, outcome, now, reply } => pending(
                reply,
                self.with(|transaction, records| transitions::settle(transaction, &claimed, &outcome, now, records)),
            ),
            Request::ClockOffset { run, offset, reply } => {
                pending(reply, self.with(|transaction, _| transitions::set_clock_offset(transaction, run, offset)))
            }
            Request::LearnKeys { run, learned, target, now, reply } => pending(
                reply,
                self.with(|transaction, records| {
                    learned.iter().try_for_each(|(row, record, sent_by)| {
                        transitions::learn_key(transaction, run, (*row, record, *sent_by), &target, now, records)
                    })
                }),
            ),
            Request::Record { run, outcomes, now, reply } => pending(
                reply,
                self.with(|transaction, records| {
                    outcomes.iter().try_for_each(|(row, outcome)| {
                        transitions::set_outcome(transaction, run, *row, outcome, now, records)
                    })
                }),
            ),
        })
    }

    fn with<T>(
        &mut self,
        write: impl FnOnce(&Transaction<'_>, &mut RecordWriter) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        write(self.transaction.map_err(LedgerError::clone)?, self.records)
    }

    /// Writes an intent, unless other processes have made calls that the permit does not take into account, another process
    /// goes first, or a run has sent the record.
    fn claim(&mut self, claim: &Claim, target: &Target) -> Result<Admission<Claimed>, LedgerError> {
        let transaction = self.transaction.map_err(LedgerError::clone)?;
        self.in_place.clone()?;
        if let Some(objection) = self.neighbors.objection(&claim.call, transaction, &target.scope)? {
            return Ok(objection);
        }
        if let Some(sent_by) = transitions::claim(transaction, claim, target, self.foreign, self.records)? {
            return Ok(Admission::SentBefore(sent_by));
        }
        let &Claim { run, row, call, .. } = claim;
        let attempt = self.record_call(transaction, &call, target, Some((run, row)))?;
        *self.intents.entry(run).or_default() += 1;
        Ok(Admission::Granted(Claimed { run, row, claimed_at: call.now, attempt }))
    }

    /// The same for a call that sends no row.
    fn start_call(&mut self, call: &Call, target: &Target) -> Result<Admission<OpenCall>, LedgerError> {
        let transaction = self.transaction.map_err(LedgerError::clone)?;
        self.in_place.clone()?;
        if let Some(objection) = self.neighbors.objection(call, transaction, &target.scope)? {
            return Ok(objection);
        }
        Ok(Admission::Granted(OpenCall { attempt: self.record_call(transaction, call, target, None)? }))
    }

    /// Records a call; returns the number of its line if it has its own.
    fn record_call(
        &mut self,
        transaction: &Transaction<'_>,
        call: &Call,
        target: &Target,
        sends: Option<(RunId, u64)>,
    ) -> Result<Option<i64>, LedgerError> {
        if call.windows_since.is_none() {
            self.calls.add(call, target, sends);
            return Ok(None);
        }
        let attempt = attempts::start(transaction, call, target, sends, self.session)?;
        self.neighbors.called(attempt, transaction, &target.scope)?;
        Ok(Some(attempt))
    }
}

fn pending<T: Send + 'static>(reply: Reply<T>, result: Result<T, LedgerError>) -> PendingReply {
    // The receiver may be gone; the ledger is right all the same.
    Box::new(move |committed| reply.send(committed.clone().and(result)).is_ok())
}
