//! The ledger against a model of the world: random actions of a run, a server and a machine that may die at any write.
//! Checked after each action are the invariants in the module's header, and above all: what the server has.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
use tempfile::TempDir;

use super::{
    Admission, Call, Claim, Claimed, Identity, LedgerError, NewRun, Outcome, OutcomeKind, ResendPolicy, RowState,
    RunId, RunKind, Store, Writer,
};

const ROWS: u64 = 6;
const RUN: RunId = RunId(1);

/// What can happen next.
#[derive(Debug, Clone)]
enum Action {
    /// The run claims a row, whatever state it is in.
    Claim(u64),
    /// A POST in flight ends so.
    Answer(usize, Fate),
    /// The machine dies. Of the POSTs in flight the server took those whose bit is set; of the write that was going on
    /// so many bytes have reached the disk.
    Crash { taken: u8, torn: usize },
    /// The run is taken up again, with or without leave to resend what is in doubt.
    Resume(ResendPolicy),
    /// The server is asked for each row in doubt.
    Verify,
}

/// How a POST ends.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Saved,
    Rejected,
    /// The server surely did not take it.
    NotTaken,
    /// It took the record, and its answer was lost.
    AnswerLost,
    /// The request was lost, and nobody can tell.
    RequestLost,
}

fn action() -> impl Strategy<Value = Action> {
    let fate = prop_oneof![
        4 => Just(Fate::Saved),
        1 => Just(Fate::Rejected),
        1 => Just(Fate::NotTaken),
        2 => Just(Fate::AnswerLost),
        1 => Just(Fate::RequestLost),
    ];
    prop_oneof![
        6 => (1..=ROWS).prop_map(Action::Claim),
        5 => (any::<usize>(), fate).prop_map(|(which, fate)| Action::Answer(which, fate)),
        1 => (any::<u8>(), 0usize..5000).prop_map(|(taken, torn)| Action::Crash { taken, torn }),
        1 => prop_oneof![3 => Just(ResendPolicy::Never), 1 => Just(ResendPolicy::InDoubt)].prop_map(Action::Resume),
        1 => Just(Action::Verify),
    ]
}

/// The run's process, its disk, and the server.
struct World {
    disk: TempDir,
    process: Option<Process>,
    server: BTreeMap<u64, u32>,
    rejected: Vec<u64>,
    /// Rows that were sent again with leave while they were in doubt: only these may be on the server twice.
    resent: Vec<u64>,
}

struct Process {
    writer: Writer,
    store: Store,
    resend: ResendPolicy,
    in_flight: Vec<Claimed>,
}

impl World {
    fn new() -> Self {
        let disk = tempfile::tempdir().unwrap();
        Store::open(disk.path()).unwrap().begin(&new_run(), now()).unwrap();
        let process = Some(Process::start(disk.path(), ResendPolicy::Never));
        Self { disk, process, server: BTreeMap::new(), rejected: Vec::new(), resent: Vec::new() }
    }

    async fn act(&mut self, action: &Action) {
        match action {
            Action::Claim(row) => self.claim(*row).await,
            Action::Answer(which, fate) => self.answer(*which, *fate).await,
            Action::Crash { taken, torn } => self.crash(*taken, *torn),
            Action::Resume(resend) => self.resume(*resend),
            Action::Verify => self.verify().await,
        }
        self.check();
    }

    async fn claim(&mut self, row: u64) {
        let Some(process) = &mut self.process else { return };
        let before = process.states();
        let call = Call { now: now(), answer_due: now(), windows_since: None, foreign_version: 0 };
        let claim = Claim { run: RUN, row, fingerprint: [0; 16], resend: process.resend, call };
        match process.writer.claim(claim).await {
            Ok(Admission::Granted(claimed)) => {
                let was = before.get(&row).copied();
                if was == Some(RowState::Settled(OutcomeKind::InDoubt)) {
                    assert_eq!(process.resend, ResendPolicy::InDoubt, "row {row} in doubt was claimed without leave");
                    self.resent.push(row);
                } else {
                    let claimable = matches!(was, None | Some(RowState::Settled(OutcomeKind::Unsent)));
                    assert!(claimable, "row {row} was claimed while {was:?}");
                }
                process.in_flight.push(claimed);
            }
            Ok(Admission::Stale(calls)) => panic!("{calls:?} without limits"),
            Err(LedgerError::NotClaimable { .. }) => assert_eq!(process.states(), before),
            Err(error) => panic!("{error}"),
        }
    }

    async fn answer(&mut self, which: usize, fate: Fate) {
        let Some(process) = self.process.as_mut().filter(|process| !process.in_flight.is_empty()) else { return };
        let claimed = process.in_flight.swap_remove(which % process.in_flight.len());
        let row = claimed.row();
        if matches!(fate, Fate::Saved | Fate::AnswerLost) {
            *self.server.entry(row).or_default() += 1;
        }
        let kind = match fate {
            Fate::Saved => OutcomeKind::Saved,
            Fate::Rejected => OutcomeKind::Rejected,
            Fate::NotTaken => OutcomeKind::Unsent,
            Fate::AnswerLost | Fate::RequestLost => OutcomeKind::InDoubt,
        };
        if kind == OutcomeKind::Rejected {
            self.rejected.push(row);
        }
        process.writer.settle(claimed, Outcome::with_detail(kind, "model"), now()).await.unwrap();
    }

    /// The disk as it is at this moment goes on, with a write torn at its end; the process does not.
    fn crash(&mut self, taken: u8, torn: usize) {
        let Some(process) = self.process.take() else { return };
        for (place, claimed) in process.in_flight.iter().enumerate() {
            if taken >> (place % 8) & 1 == 1 {
                *self.server.entry(claimed.row()).or_default() += 1;
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
        // A process that is still there ends in order: its answers have all come, or it has given up on them.
        if let Some(process) = self.process.take() {
            drop(process.in_flight);
        }
        let process = Process::start(self.disk.path(), resend);
        process.store.mark_claims_in_doubt(RUN, "the process ended", now()).unwrap();
        self.process = Some(process);
    }

    async fn verify(&mut self) {
        let Some(process) = self.process.as_ref().filter(|process| process.in_flight.is_empty()) else { return };
        let doubts = process.states().into_iter().filter(|(_, state)| *state == in_doubt()).map(|(row, _)| row);
        let resolved = doubts.map(|row| {
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
                RowState::Settled(OutcomeKind::Saved) => assert!(copies >= 1, "row {row} is saved, and not there"),
                RowState::Settled(OutcomeKind::Rejected | OutcomeKind::Unsent) if !resent => {
                    assert_eq!(copies, 0, "row {row} is {}, and there", state.as_str());
                }
                _ => {}
            }
            assert!(copies <= 1 || resent, "row {row} is there {copies} times");
        }
    }

    /// After everything: doubt is resolved, the rest is sent, and every row that wasn't rejected is there.
    async fn settle_down(&mut self) {
        self.resume(ResendPolicy::Never);
        self.verify().await;
        for row in 1..=ROWS {
            self.claim(row).await;
        }
        while self.process.as_ref().is_some_and(|process| !process.in_flight.is_empty()) {
            self.answer(0, Fate::Saved).await;
        }
        self.check();
        for row in (1..=ROWS).filter(|row| !self.rejected.contains(row)) {
            let copies = self.server.get(&row).copied().unwrap_or_default();
            assert!(copies == 1 || (copies > 1 && self.resent.contains(&row)), "row {row} is there {copies} times");
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
        options: None,
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
            let mut world = World::new();
            for action in &actions {
                world.act(action).await;
            }
            world.settle_down().await;
        });
    }
}
