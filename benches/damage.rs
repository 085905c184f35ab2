//! Damages the ledgers of killed imports, resumes them, and counts rows that were sent twice.
//!
//! ```sh
//! cargo bench --bench damage            # 100 trials of each kind
//! cargo bench --bench damage -- 10      # fewer
//! ```
//!
//! A resumed import either sends no row twice, or is refused. A refused one is recovered with `runs verify --recover` and
//! resumed. At the end each row must be on the server once, or be in doubt in the ledger.

#![expect(clippy::print_stdout, reason = "results are printed for a person")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use kore_feedback::sandbox::{Sandbox, SandboxOptions};

mod support;

const ROWS: usize = 300;
const STATE: &str = "state";
const COPY: &str = "copy";
const REFUSED: i32 = 2;

#[derive(Debug, Clone, Copy)]
enum Damage {
    LogDeleted,
    LogTruncated,
    LogBitFlipped,
    LedgerEmptied,
    OlderLedger,
    DirectoryCopied,
}

const ALL: [Damage; 6] = [
    Damage::LogDeleted,
    Damage::LogTruncated,
    Damage::LogBitFlipped,
    Damage::LedgerEmptied,
    Damage::OlderLedger,
    Damage::DirectoryCopied,
];

#[derive(Default)]
struct Found {
    trials: usize,
    refused: usize,
    twice: usize,
    in_doubt: usize,
    lost: usize,
}

fn main() -> ExitCode {
    let trials = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(100);
    let started = Instant::now();
    let mut is_good = true;
    for damage in ALL {
        let mut found = Found::default();
        (0..trials).for_each(|_| Trial::new().run(damage, &mut found));
        let Found { trials, refused, twice, in_doubt, lost } = found;
        println!(
            "{damage:?}: {trials} trials of {ROWS} rows, {refused} refused and recovered; {twice} rows sent twice, {lost} \
             lost, {in_doubt} left in doubt"
        );
        is_good &= twice + lost == 0;
    }
    println!("done in {:.0} s", started.elapsed().as_secs_f64());
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Trial {
    home: tempfile::TempDir,
    sandbox: Sandbox,
}

impl Trial {
    fn new() -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let latency = Some(Duration::ZERO..=Duration::from_millis(2));
        let sandbox = Sandbox::start(SandboxOptions { latency, ..SandboxOptions::default() }).expect("a sandbox");
        std::fs::write(home.path().join("in.csv"), rows()).expect("the input");
        Self { home, sandbox }
    }

    fn run(&self, damage: Damage, found: &mut Found) {
        self.kill_and_damage(damage);
        let state = if matches!(damage, Damage::DirectoryCopied) { COPY } else { STATE };
        let mut code = self.code(state, &["import", "in.csv", "--resume"]);
        if code == Some(REFUSED) {
            // Without `--resume`, too.
            assert_eq!(self.code(state, &["import", "in.csv"]), Some(REFUSED));
            found.refused += 1;
            self.code(state, &["runs", "verify", "1", "--recover", "--settle", "0s"]);
            code = self.code(state, &["import", "in.csv", "--resume"]);
        }
        assert!(matches!(code, Some(0 | 1)), "{damage:?}: the last import ended with {code:?}");
        self.count(state, found);
    }

    /// Imports until a random row, kills the process and damages what it leaves.
    fn kill_and_damage(&self, damage: Damage) {
        let mut import = self.command(STATE, &["import", "in.csv", "-q"]);
        let is_finished = matches!(damage, Damage::LedgerEmptied) && fastrand::bool();
        let last = if is_finished { ROWS } else { fastrand::usize(20..ROWS - 20) };
        let mut child = import.spawn().expect("the binary");
        self.wait_for(fastrand::usize(1..last));
        let older = ["ledger.db", "ledger.db-wal"].map(|name| std::fs::read(self.path(name)).unwrap_or_default());
        if is_finished {
            child.wait().expect("its end");
        } else {
            self.wait_for(last);
            child.kill().expect("a signal");
            child.wait().expect("its end");
        }
        self.damage(damage, older).expect("the damage");
    }

    fn wait_for(&self, records: usize) {
        while self.sandbox.records().len() < records {
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    fn damage(&self, damage: Damage, [older, older_log]: [Vec<u8>; 2]) -> std::io::Result<()> {
        let log = self.path("ledger.db-wal");
        match damage {
            Damage::LogDeleted => std::fs::remove_file(log),
            Damage::LogTruncated => {
                let file = std::fs::OpenOptions::new().write(true).open(log)?;
                file.set_len(fastrand::u64(..file.metadata()?.len()))
            }
            Damage::LogBitFlipped => {
                let mut bytes = std::fs::read(&log)?;
                let byte = fastrand::usize(..bytes.len());
                bytes[byte] ^= 1 << fastrand::u8(..8);
                std::fs::write(log, bytes)
            }
            Damage::LedgerEmptied => std::fs::write(self.path("ledger.db"), ""),
            Damage::OlderLedger => {
                std::fs::remove_file(self.path("ledger.db-shm"))?;
                std::fs::write(self.path("ledger.db"), older)?;
                std::fs::write(log, older_log)
            }
            Damage::DirectoryCopied => {
                copy_directory(&self.home.path().join(STATE), &self.home.path().join(COPY))?;
                // The original sends the rest.
                self.code(STATE, &["import", "in.csv", "--resume"]);
                Ok(())
            }
        }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.home.path().join(STATE).join(name)
    }

    fn command(&self, state: &str, arguments: &[&str]) -> Command {
        let mut command = support::command(self.home.path(), &self.sandbox);
        command.args(arguments).arg("--state-dir").arg(self.home.path().join(state));
        command
    }

    fn code(&self, state: &str, arguments: &[&str]) -> Option<i32> {
        self.command(state, arguments).status().expect("the binary").code()
    }

    fn count(&self, state: &str, found: &mut Found) {
        let mut there: BTreeMap<usize, usize> = BTreeMap::new();
        for record in self.sandbox.records() {
            *there.entry(record.channel_uid.parse().expect("a number")).or_default() += 1;
        }
        let listed = self.command(state, &["runs", "show", "1", "--rows"]).stdout(Stdio::piped()).output();
        let listed = listed.expect("the rows").stdout;
        let records = csv::Reader::from_reader(&listed[..]).into_records().flatten();
        let in_doubt: BTreeSet<usize> =
            records.filter(|record| &record[1] == "in doubt").filter_map(|record| record[0].parse().ok()).collect();
        found.trials += 1;
        found.twice += there.values().filter(|copies| **copies > 1).count();
        found.in_doubt += in_doubt.len();
        found.lost += (1..=ROWS).filter(|row| !there.contains_key(row) && !in_doubt.contains(row)).count();
    }
}

fn copy_directory(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let (entry, target) = entry.map(|entry| (entry.path(), to.join(entry.file_name())))?;
        if entry.is_dir() {
            copy_directory(&entry, &target)?;
        } else {
            std::fs::copy(entry, target)?;
        }
    }
    Ok(())
}

fn rows() -> String {
    let mut text = "channelUId,name,score,channel,type,language,message\n".to_owned();
    for row in 1..=ROWS {
        let _ = writeln!(text, "{row},Post-chat,{},rtm,NPS,en,How likely?", row % 11);
    }
    text
}
