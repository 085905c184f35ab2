//! Kills imports with SIGKILL at random moments, resumes them, and counts lost and doubled rows.
//!
//! ```sh
//! cargo bench --bench crash            # 100 kills
//! cargo bench --bench crash -- 1000    # more
//! ```
//!
//! The sandbox injects every fault that leaves a row in doubt, and bursts that hit all requests in flight. At the end each row
//! must be on the server once, or be rejected or in doubt in the ledger, and no row may be there twice. Every second file is
//! for several bots, and each row must be at its own bot. For the first two files, `runs verify` and `runs resume` follow twice,
//! which leaves hardly a row in doubt: one that a fault hits again when it is sent alone has no neighbors to compare with.

#![expect(clippy::print_stdout, reason = "results are printed for a person")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::process::{Child, ExitCode, Stdio};
use std::time::{Duration, Instant};

use kore_feedback::sandbox::{Sandbox, SandboxOptions};

mod support;

use support::command;

const ROWS: usize = 1000;
const FAULTS: [&str; 8] = [
    "500:p=0.01,seed=1",
    "reset-after-save:p=0.01,seed=2",
    "truncate:p=0.01,seed=3",
    "reset-before:p=0.01,seed=4",
    "400:p=0.01,seed=5",
    "reset-before:burst=130",
    "401:burst=170",
    "503-retry-after:burst=210",
];

/// The bots of every second file, with different numbers of rows.
const BOTS: [&str; 8] = ["st-a", "st-a", "st-a", "st-b", "st-b", "st-c", "st-d", "st-e"];

/// The result of one or more files.
#[derive(Default)]
struct Found {
    kills: usize,
    rows: usize,
    saved: usize,
    rejected: usize,
    in_doubt: usize,
    twice: usize,
    lost: usize,
    astray: usize,
}

fn main() -> ExitCode {
    let wanted = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(100);
    let (mut all, started) = (Found::default(), Instant::now());
    let mut files = 0;
    while all.kills < wanted {
        files += 1;
        all.add(&import_under_fire(wanted - all.kills, files % 2 == 0, files <= 2));
        println!("{files} files, {} kills: {}", all.kills, all.in_words());
    }
    println!("done in {:.0} s", started.elapsed().as_secs_f64());
    if all.twice + all.lost + all.astray == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Imports one file, killing it until it is finished or enough kills were made; then resolves all doubt if it is to be
/// verified.
fn import_under_fire(kills: usize, by_bot: bool, verified: bool) -> Found {
    let home = tempfile::tempdir().expect("a directory");
    let faults = FAULTS.map(|fault| fault.parse().expect("a fault")).to_vec();
    let latency = Some(Duration::from_millis(1)..=Duration::from_millis(8));
    let options = SandboxOptions { faults, latency, any_bot: by_bot, ..SandboxOptions::default() };
    let sandbox = Sandbox::start(options).expect("a sandbox");
    let file = home.path().join("in.csv");
    std::fs::write(&file, rows()).expect("the input");
    let mut found = Found::default();
    let mut resume = false;
    loop {
        let mut run = command(home.path(), &sandbox);
        run.arg("import")
            .arg(&file)
            .args(["--concurrency", "8", "-q", "--wait-for-target=2s", "--timeout=2s"])
            .args(resume.then_some("--resume"));
        run.args(by_bot.then_some("--map=bot_id=Bot"));
        let mut child = run.spawn().expect("the binary");
        // After enough kills the last process runs to its end.
        let killed = found.kills < kills && killed_in_time(&mut child);
        let status = child.wait().expect("its end");
        if !killed {
            assert!(matches!(status.code(), Some(0 | 1)), "it ended with {status}");
            break;
        }
        found.kills += 1;
        resume = began(home.path(), &sandbox);
    }
    if verified {
        resolve_doubt(home.path(), &sandbox);
    }
    found.count(home.path(), &sandbox, by_bot);
    found
}

/// Asks the server about rows in doubt and sends those that are absent, twice: the second time for those that a fault hit
/// again.
fn resolve_doubt(home: &Path, sandbox: &Sandbox) {
    for _ in 0..2 {
        // A row counts as absent once the time for a late save is over.
        let verify = &["runs", "verify", "1", "-q", "--settle", "5s", "--wait", "30s"][..];
        for words in [verify, &["runs", "resume", "1", "-q"]] {
            let ended = command(home, sandbox).args(words).status().expect("the binary");
            assert!(matches!(ended.code(), Some(0 | 1)), "{words:?} ended with {ended}");
        }
    }
}

/// Kills the process at a random moment; false if it ended before that.
fn killed_in_time(child: &mut Child) -> bool {
    std::thread::sleep(Duration::from_micros(fastrand::u64(1_000..400_000)));
    let running = child.try_wait().expect("its state").is_none();
    if running {
        child.kill().expect("a signal");
    }
    running
}

/// Whether the run was in the ledger before the process was killed.
fn began(home: &Path, sandbox: &Sandbox) -> bool {
    let list = command(home, sandbox).args(["runs", "list", "-o", "json"]).stdout(Stdio::piped()).output();
    let runs: serde_json::Value = serde_json::from_slice(&list.expect("the list").stdout).expect("JSON");
    runs.as_array().is_some_and(|runs| !runs.is_empty())
}

impl Found {
    fn count(&mut self, home: &Path, sandbox: &Sandbox, by_bot: bool) {
        let listed = command(home, sandbox).args(["runs", "show", "1", "--rows"]).stdout(Stdio::piped()).output();
        let mut outcomes: BTreeMap<usize, String> = BTreeMap::new();
        for record in csv::Reader::from_reader(&listed.expect("the rows").stdout[..]).records().flatten() {
            outcomes.insert(record[0].parse().expect("a number"), record[1].to_owned());
        }
        let mut there: BTreeMap<usize, usize> = BTreeMap::new();
        for record in sandbox.records() {
            let row = record.channel_uid.parse().expect("a number");
            *there.entry(row).or_default() += 1;
            self.astray += usize::from(by_bot && *record.bot_id != *BOTS[row % BOTS.len()]);
        }
        let with = |wanted: &str| outcomes.values().filter(|outcome| *outcome == wanted).count();
        let excused: BTreeSet<usize> =
            outcomes.iter().filter(|(_, outcome)| *outcome != "saved").map(|(row, _)| *row).collect();
        self.rows = ROWS;
        (self.saved, self.rejected, self.in_doubt) = (with("saved"), with("rejected"), with("in doubt"));
        self.twice = there.values().filter(|copies| **copies > 1).count();
        self.lost = (1..=ROWS).filter(|row| !there.contains_key(row) && !excused.contains(row)).count();
        self.lost += ROWS - outcomes.len();
    }

    fn add(&mut self, other: &Self) {
        self.kills += other.kills;
        self.rows += other.rows;
        self.saved += other.saved;
        self.rejected += other.rejected;
        self.in_doubt += other.in_doubt;
        self.twice += other.twice;
        self.lost += other.lost;
        self.astray += other.astray;
    }

    fn in_words(&self) -> String {
        format!(
            "{} rows, {} saved, {} rejected, {} in doubt; {} arrived twice, {} lost, {} at another bot",
            self.rows, self.saved, self.rejected, self.in_doubt, self.twice, self.lost, self.astray
        )
    }
}

fn rows() -> String {
    let mut text = "channelUId,name,score,channel,type,language,message,Bot\n".to_owned();
    for row in 1..=ROWS {
        let _ = writeln!(text, "{row},Post-chat,{},rtm,NPS,en,How likely?,{}", row % 11, BOTS[row % BOTS.len()]);
    }
    text
}
