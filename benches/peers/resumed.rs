//! A long import that was interrupted shortly before its end, and is resumed again and again.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::process::Took;
use super::subject::{STATE, Subject};

const INTERRUPTED: i32 = 130;
const LEFT: usize = 1000;
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);

pub(crate) struct Resumed {
    input: PathBuf,
    home: TempDir,
    rows: usize,
    sent: usize,
    seconds: f64,
}

impl Resumed {
    /// Imports this many rows until about a thousand are left.
    pub(crate) fn interrupt(subject: &Subject, url: &str, rows: usize) -> Self {
        let home = tempfile::tempdir_in(subject.home()).expect("a directory");
        let (input, _) = subject.input(rows);
        let mut run = subject.import_command(&input, url, home.path(), 64);
        run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let started = Instant::now();
        let mut child = run.spawn().expect("the import");
        while sent(home.path()) < rows - LEFT.min(rows / 2) {
            assert!(child.try_wait().expect("its state").is_none(), "{run:?} ended early");
            std::thread::sleep(BETWEEN_LOOKS);
        }
        signal(child.id());
        let status = child.wait().expect("its state");
        assert_eq!(status.code(), Some(INTERRUPTED), "the import was not interrupted in time");
        let seconds = started.elapsed().as_secs_f64();
        let interrupted = Self { input, rows, sent: sent(home.path()), home, seconds };
        std::fs::copy(interrupted.ledger(), interrupted.kept_ledger()).expect("a copy");
        std::fs::hard_link(witness(interrupted.home.path()), interrupted.kept_witness()).expect("a link");
        interrupted
    }

    /// How many rows the interrupted import has sent per second.
    pub(crate) fn rate(&self) -> f64 {
        self.sent as f64 / self.seconds
    }

    /// How many rows are left.
    pub(crate) fn left(&self) -> usize {
        self.rows - self.sent
    }

    /// Sends what is left, as the interrupted import left it.
    pub(crate) fn resume(&self, subject: &Subject, url: &str) -> Took {
        self.restore();
        let mut run = subject.import_command(&self.input, url, self.home.path(), 64);
        run.arg("--resume");
        Took::of(run)
    }

    /// Puts the ledger back. A copied witness would be taken for that of another ledger; a link to the same file is not.
    fn restore(&self) {
        std::fs::copy(self.kept_ledger(), self.ledger()).expect("a copy");
        let witness = witness(self.home.path());
        std::fs::remove_file(&witness).expect("the witness");
        std::fs::hard_link(self.kept_witness(), &witness).expect("a link");
    }

    fn ledger(&self) -> PathBuf {
        self.home.path().join(STATE).join("ledger.db")
    }

    fn kept_ledger(&self) -> PathBuf {
        self.home.path().join("kept.db")
    }

    fn kept_witness(&self) -> PathBuf {
        self.home.path().join("kept.witness")
    }
}

/// The file that counts the requests of the only run.
fn witness(home: &Path) -> PathBuf {
    home.join(STATE).join("leases/run-1.witness")
}

/// How many requests the run has sent.
fn sent(home: &Path) -> usize {
    let text = std::fs::read_to_string(witness(home)).unwrap_or_default();
    text.split_once(' ').and_then(|(count, _)| count.parse().ok()).unwrap_or_default()
}

/// Ctrl-C.
fn signal(process: u32) {
    let status = Command::new("kill").args(["-INT", &process.to_string()]).status();
    assert!(status.expect("kill").success());
}
