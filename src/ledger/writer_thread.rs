//! The thread that owns the ledger's connection while rows are sent. It commits in groups: all requests that queued up
//! during one commit share the next transaction, so a slow disk costs time but never certainty.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::answered::{Answered, PendingReply};
use super::gathering::{Gathering, outcomes};
use super::headroom::Headroom;
use super::location::Location;
use super::millis::to_millis;
use super::neighbors::Neighbors;
use super::records::RecordWriter;
use super::request::{Admission, Call, Claim, Claimed, Look, OpenCall, RecordHash, Target, Turn};
use super::witness::Witness;
use super::{LedgerError, Outcome, RunId, Store, transitions};

const CACHE_KIB: i32 = 512;
/// Attempts older than this are deleted; no window is longer than a day.
const ATTEMPTS_KEPT: Duration = Duration::from_secs(25 * 60 * 60);

pub(super) type Reply<T> = oneshot::Sender<Result<T, LedgerError>>;

#[derive(Debug)]
pub(super) enum Request {
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
    headroom: Headroom,
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
        let (headroom, records, witnesses) = (Headroom::default(), RecordWriter::default(), BTreeMap::new());
        Self {
            connection,
            session,
            neighbors,
            headroom,
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
        self.delete_old_attempts();
        let mut gathering = Gathering::default();
        while let Ok(mut group) = requests.recv() {
            gathering.gather(&mut group, requests, self.in_flight);
            let started = Instant::now();
            self.commit(group);
            gathering.committed(started.elapsed());
        }
    }

    fn commit(&mut self, requests: Vec<Request>) {
        let outcomes = outcomes(&requests);
        let Self { connection, session, neighbors, headroom, records, location, .. } = self;
        // If the transaction can't begin, usually because another process holds the lock, every request gets that
        // error.
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(LedgerError::from);
        let mut group = Group {
            transaction: transaction.as_ref(),
            in_place: location.ensure_unchanged(),
            session,
            neighbors,
            headroom,
            records,
            intents: BTreeMap::new(),
        };
        let replies: Vec<PendingReply> = requests.into_iter().map(|request| group.serve(request)).collect();
        let intents = group.intents;
        self.in_flight = (self.in_flight + intents.values().sum::<usize>()).saturating_sub(outcomes);
        let committed = transaction.and_then(|transaction| Ok(transaction.commit()?));
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

    fn delete_old_attempts(&self) {
        let before = crate::clock::now().checked_sub(ATTEMPTS_KEPT).map_or(0, to_millis);
        // This only limits the size of the file: if it fails now, the next start repeats it.
        let _ = self.connection.execute("DELETE FROM attempts WHERE answer_due < ?1", [before]);
        let _ = self.connection.execute("DELETE FROM waiting WHERE refreshed_at < ?1", [before]);
    }
}

/// The requests of one transaction, or why it did not begin.
struct Group<'a> {
    transaction: Result<&'a Transaction<'a>, &'a LedgerError>,
    /// If the ledger was moved, outcomes still belong into it, but nothing more is sent.
    in_place: Result<(), LedgerError>,
    session: &'a str,
    neighbors: &'a mut Neighbors,
    headroom: &'a mut Headroom,
    records: &'a mut RecordWriter,
    /// How many intents of each run were written.
    intents: BTreeMap<RunId, usize>,
}

impl Group<'_> {
    fn serve(&mut self, request: Request) -> PendingReply {
        let session = self.session;
        match request {
            Request::Claim { claim, target, reply } => {
                let claimed = self.admit(&claim.call, &target, |transaction, headroom, records| {
                    let claimed = transitions::claim(transaction, &claim, &target, session, headroom, records)?;
                    Ok(claimed.map(|claimed| (claimed.attempt, claimed)))
                });
                if let Ok(Admission::Granted(_)) = claimed {
                    *self.intents.entry(claim.run).or_default() += 1;
                }
                pending(reply, claimed)
            }
            Request::StartCall { call, target, reply } => pending(
                reply,
                self.admit(&call, &target, |transaction, _, _| {
                    let attempt = transitions::start_attempt(transaction, &call, &target, None, session)?;
                    Ok(Ok((attempt, OpenCall { attempt })))
                }),
            ),
            Request::Look { look, target, reply } => pending(
                reply,
                self.transaction
                    .map_err(LedgerError::clone)
                    .and_then(|transaction| self.neighbors.look(&look, transaction, &target.scope)),
            ),
            Request::EndCall { call, now, reply } => {
                pending(reply, self.with(|transaction, _| transitions::end_attempt(transaction, call.attempt, now)))
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
        }
    }

    fn with<T>(
        &mut self,
        write: impl FnOnce(&Transaction<'_>, &mut RecordWriter) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        write(self.transaction.map_err(LedgerError::clone)?, self.records)
    }

    /// Writes a call, and returns what was written after its number, unless other processes have made calls that the
    /// permit does not take into account, another process goes first, or `write` returns the run that has sent the record.
    fn admit<T>(
        &mut self,
        call: &Call,
        target: &Target,
        write: impl FnOnce(
            &Transaction<'_>,
            &mut Headroom,
            &mut RecordWriter,
        ) -> Result<Result<(i64, T), RunId>, LedgerError>,
    ) -> Result<Admission<T>, LedgerError> {
        let transaction = self.transaction.map_err(LedgerError::clone)?;
        self.in_place.clone()?;
        if let Some(objection) = self.neighbors.objection(call, transaction, &target.scope)? {
            return Ok(objection);
        }
        let (attempt, written) = match write(transaction, self.headroom, self.records)? {
            Ok(written) => written,
            Err(run) => return Ok(Admission::SentBefore(run)),
        };
        self.neighbors.called(attempt, transaction, &target.scope)?;
        Ok(Admission::Granted(written))
    }
}

fn pending<T: Send + 'static>(reply: Reply<T>, result: Result<T, LedgerError>) -> PendingReply {
    // The receiver may be gone; the ledger is right all the same.
    Box::new(move |committed| reply.send(committed.clone().and(result)).is_ok())
}
