//! Checks the ledger against a model: random actions of a run, a server, and a machine that may crash during any write.
//! After each action, the invariants in the module's header must hold, and the server must have the right records.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
use tempfile::TempDir;

use super::{
    Admission, Call, Claim, Claimed, Identity, LedgerError, NewRun, Outcome, OutcomeKind, RecordHash, ResendPolicy,
    RowState, RunId, RunKind, Store, Writer,
};
use crate::numbering::Numbering;

const ROWS: u64 = 6;
const RUN: RunId = RunId(1);

/// What can happen next.
#[derive(Debug, Clone)]
enum Action {
    /// The run claims a row, whatever state it is in.
    Claim(u64),
    /// A POST in flight ends.
    Answer(usize, PostResult),
    /// The same, and its worker claims the next row with the same commit.
    AnswerAndClaim(usize, PostResult, u64),
    /// The machine crashes. The server has saved the POSTs in flight whose bit is set in `saved`; `torn` bytes of an
    /// unfinished write have reached the disk.
    Crash { saved: u8, torn: usize },
    /// A new process resumes the run.
    Resume(ResendPolicy),
    /// The server is asked about each row in doubt.
    Verify,
}

/// The result of a POST.
#[derive(Debug, Clone, Copy)]
enum PostResult {
    Saved,
    Rejected,
    /// The server did not accept the record.
    NotAccepted,
    /// The server saved the record, but its answer was lost.
    AnswerLost,
    /// The request was lost, which the sender can't detect.
    RequestLost,
}

fn action() -> impl Strategy<Value = Action> {
    let result = prop_oneof![
        4 => Just(PostResult::Saved),
        1 => Just(PostResult::Rejected),
        1 => Just(PostResult::NotAccepted),
        2 => Just(PostResult::AnswerLost),
        1 => Just(PostResult::RequestLost),
    ];
    prop_oneof![
        6 => (1..=ROWS).prop_map(Action::Claim),
        5 => (any::<usize>(), result.clone()).prop_map(|(which, result)| Action::Answer(which, result)),
        5 => (any::<usize>(), result, 1..=ROWS).prop_map(|(which, result, row)| Action::AnswerAndClaim(which, result, row)),
        1 => (any::<u8>(), 0usize..5000).prop_map(|(saved, torn)| Action::Crash { saved, torn }),
        1 => resend_policy().prop_map(Action::Resume),
        1 => Just(Action::Verify),
    ]
}

fn resend_policy() -> impl Strategy<Value = ResendPolicy> {
    (prop::bool::weighted(0.25), prop::bool::weighted(0.25))
        .prop_map(|(in_doubt, rejected)| ResendPolicy { in_doubt, rejected })
}

/// A run's process, its disk, and the server.
struct Model {
    disk: TempDir,
    process: Option<Process>,
    server: BTreeMap<u64, u32>,
    rejected: Vec<u64>,
    /// Rows that were in doubt and sent again because the policy allows it. Only these may be on the server twice.
    resent: Vec<u64>,
}

struct Process {
    writer: Writer,
    store: Store,
    resend: ResendPolicy,
    in_flight: Vec<Claimed>,
}

impl Model {
    fn new() -> Self {
        let disk = tempfile::tempdir().unwrap();
        Store::open(disk.path()).unwrap().begin(&new_run(), now()).unwrap();
        let process = Some(Process::start(disk.path(), ResendPolicy::NEVER));
        Self { disk, process, server: BTreeMap::new(), rejected: Vec::new(), resent: Vec::new() }
    }

    async fn act(&mut self, action: &Action) {
        match action {
            Action::Claim(row) => self.commit(None, Some(*row)).await,
            Action::Answer(which, result) => self.commit(Some((*which, *result)), None).await,
            Action::AnswerAndClaim(which, result, row) => self.commit(Some((*which, *result)), Some(*row)).await,
            Action::Crash { saved, torn } => self.crash(*saved, *torn),
            Action::Resume(resend) => self.resume(*resend),
            Action::Verify => self.verify().await,
        }
        self.check();
    }

    /// Records the outcome of a POST, and claims a row.
    async fn commit(&mut self, answer: Option<(usize, PostResult)>, row: Option<u64>) {
        let answered = answer.and_then(|(which, result)| self.answer(which, result));
        let Some(process) = &mut self.process else { return };
        let mut before = process.states();
        before.extend(answered.iter().map(|(claimed, outcome)| (claimed.row, RowState::Settled(outcome.kind))));
        let settle = async {
            if let Some((claimed, outcome)) = answered {
                process.writer.settle(claimed, outcome, now()).await.unwrap();
            }
        };
        let claim = async { Some((row?, process.writer.claim(new_claim(row?, process.resend)).await)) };
        let ((), claimed) = tokio::join!(settle, claim);
        match claimed {
            Some((row, Ok(Admission::Granted(claimed)))) => {
                process.in_flight.push(claimed);
                self.note_claim(row, before.get(&row).copied());
            }
            Some((_, Ok(other))) => panic!("{other:?} without limits"),
            Some((_, Err(LedgerError::NotClaimable { .. }))) | None => assert_eq!(process.states(), before),
            Some((_, Err(error))) => panic!("{error}"),
        }
    }

    fn note_claim(&mut self, row: u64, was: Option<RowState>) {
        let resend = self.process.as_ref().map_or(ResendPolicy::NEVER, |process| process.resend);
        match was {
            None | Some(RowState::Settled(OutcomeKind::Unsent)) => {}
            Some(RowState::Settled(OutcomeKind::InDoubt)) if resend.in_doubt => self.resent.push(row),
            Some(RowState::Settled(OutcomeKind::Rejected)) if resend.rejected => {
                self.rejected.retain(|rejected| *rejected != row);
            }
            _ => panic!("row {row} was claimed while {was:?}, with {resend:?}"),
        }
    }

    /// Ends a POST in flight, if there is one; its outcome is still to be recorded.
    fn answer(&mut self, which: usize, result: PostResult) -> Option<(Claimed, Outcome)> {
        let process = self.process.as_mut().filter(|process| !process.in_flight.is_empty())?;
        let claimed = process.in_flight.swap_remove(which % process.in_flight.len());
        let row = claimed.row;
        if matches!(result, PostResult::Saved | PostResult::AnswerLost) {
            *self.server.entry(row).or_default() += 1;
        }
        let kind = match result {
            PostResult::Saved => OutcomeKind::Saved,
            PostResult::Rejected => OutcomeKind::Rejected,
            PostResult::NotAccepted => OutcomeKind::Unsent,
            PostResult::AnswerLost | PostResult::RequestLost => OutcomeKind::InDoubt,
        };
        if kind == OutcomeKind::Rejected {
            self.rejected.push(row);
        }
        Some((claimed, Outcome::with_detail(kind, "model")))
    }

    /// Keeps a copy of the disk as it is now, with a torn write at its end. The process is gone.
    fn crash(&mut self, saved: u8, torn: usize) {
        let Some(process) = self.process.take() else { return };
        for (index, claimed) in process.in_flight.iter().enumerate() {
            if saved >> (index % 8) & 1 == 1 {
                *self.server.entry(claimed.row).or_default() += 1;
            }
        }
        let disk = tempfile::tempdir().unwrap();
        std::fs::copy(self.disk.path().join("ledger.db"), disk.path().join("ledger.db")).unwrap();
        if let Ok(mut log) = std::fs::read(self.disk.path().join("ledger.db-wal")) {
            log.extend((0..torn).map(|byte| byte as u8));
            std::fs::write(disk.path().join("ledger.db-wal"), log).unwrap();
        }
        drop(process);
        self.disk = disk;
    }

    fn resume(&mut self, resend: ResendPolicy) {
        // A process that still exists ends in order: its requests were answered or abandoned.
        if let Some(process) = self.process.take() {
            drop(process.in_flight);
        }
        let process = Process::start(self.disk.path(), resend);
        process.store.mark_claims_in_doubt(RUN, "the process ended", now()).unwrap();
        self.process = Some(process);
    }

    async fn verify(&mut self) {
        let Some(process) = self.process.as_ref().filter(|process| process.in_flight.is_empty()) else { return };
        let in_doubt = process.states().into_iter().filter(|(_, state)| *state == in_doubt()).map(|(row, _)| row);
        let resolved = in_doubt.map(|row| {
            let found = self.server.contains_key(&row);
            (row, Outcome::with_detail(if found { OutcomeKind::Saved } else { OutcomeKind::Unsent }, "verified"))
        });
        process.writer.record_outcomes(RUN, resolved.collect(), now()).await.unwrap();
    }

    fn check(&self) {
        let Some(process) = &self.process else { return };
        let run = process.store.run(RUN).unwrap();
        let counts = process.store.counts(&run).unwrap();
        assert_eq!(counts.saved + counts.skipped + counts.not_saved(), ROWS, "{counts:?}");
        for (row, state) in process.states() {
            let (copies, resent) = (self.server.get(&row).copied().unwrap_or_default(), self.resent.contains(&row));
            match state {
                RowState::Settled(OutcomeKind::Saved) => {
                    assert!(copies >= 1, "row {row} is saved, but not on the server")
                }
                RowState::Settled(OutcomeKind::Rejected | OutcomeKind::Unsent) if !resent => {
                    assert_eq!(copies, 0, "row {row} is {}, but on the server", state.as_str());
                }
                _ => {}
            }
            assert!(copies <= 1 || resent, "row {row} is on the server {copies} times");
        }
    }

    /// At the end, all doubt is resolved and all other rows are sent: every row that was not rejected is on the server.
    async fn finish(&mut self) {
        self.resume(ResendPolicy::NEVER);
        self.verify().await;
        for row in 1..=ROWS {
            self.commit(None, Some(row)).await;
        }
        while self.process.as_ref().is_some_and(|process| !process.in_flight.is_empty()) {
            self.commit(Some((0, PostResult::Saved)), None).await;
        }
        self.check();
        for row in (1..=ROWS).filter(|row| !self.rejected.contains(row)) {
            let copies = self.server.get(&row).copied().unwrap_or_default();
            assert!(
                copies == 1 || (copies > 1 && self.resent.contains(&row)),
                "row {row} is on the server {copies} times"
            );
        }
    }
}

impl Process {
    fn start(disk: &Path, resend: ResendPolicy) -> Self {
        let writer = Writer::start(Store::open(disk).unwrap(), "bot".to_owned(), "session".to_owned());
        Self { writer, store: Store::open(disk).unwrap(), resend, in_flight: Vec::new() }
    }

    fn states(&self) -> BTreeMap<u64, RowState> {
        let rows = self.store.rows(RUN).map(Result::unwrap);
        rows.map(|entry| (entry.row, entry.state)).collect()
    }
}

fn new_claim(row: u64, resend: ResendPolicy) -> Claim {
    let call = Call { now: now(), answer_due: now(), windows_since: None, foreign_version: 0 };
    let record = RecordHash { fingerprint: [0; 16], message: 0, key: None };
    Claim { run: RUN, row, record, spare: None, resend, call }
}

fn in_doubt() -> RowState {
    RowState::Settled(OutcomeKind::InDoubt)
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

pub(super) fn new_run() -> NewRun {
    NewRun {
        kind: RunKind::Import,
        sandbox: false,
        profile: None,
        host: "https://bots.kore.ai".to_owned(),
        bots: vec![("st-1".to_owned(), 10)],
        api_version: "1.1".to_owned(),
        input: "in.csv".to_owned(),
        content: [0; 32],
        mapping: String::new(),
        identity: Identity([0; 32]),
        rows: ROWS,
        records: ROWS,
        numbering: Numbering::SINGLE,
        options: None,
        again: false,
        sent_before: 0,
    }
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(96))]

    #[test]
    fn no_row_is_lost_or_sent_twice(
        actions in prop::collection::vec(action(), 1..60),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut model = Model::new();
            for action in &actions {
                model.act(action).await;
            }
            model.finish().await;
        });
    }
}
