//! Kills imports with SIGKILL at random moments, resumes them, and counts lost and doubled rows.
//!
//! ```sh
//! cargo bench --bench crash            # 100 kills
//! cargo bench --bench crash -- 1000    # more
//! cargo bench --bench crash -- 0       # only the growing file, with one kill: verification waits for a minute
//! cargo bench --bench crash -- 200 records    # only files with three records per row
//! ```
//!
//! The sandbox injects every fault that leaves a row in doubt, and bursts that hit all requests in flight. At the end each row
//! must be on the server once, or be rejected or in doubt in the ledger, and no row may be there twice. Of three files, one is
//! for several bots, and each row must be at its own bot; one has three records per row, which count like rows. For the first
//! three files, `runs verify` and `runs resume` follow twice,
//! which leaves hardly a row in doubt: one that a fault hits again when it is sent alone has no neighbors to compare with. Then a file
//! grows with each kill and is imported with `--only-new`, at first without keys.

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

/// The records of a row, where it makes several.
const PER_ROW: usize = 3;

/// What a file looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Plain,
    ByBot,
    Records,
}

/// The bots of every third file, with different numbers of rows.
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
    let only_records = std::env::args().any(|word| word == "records");
    let (mut all, started) = (Found::default(), Instant::now());
    let mut files = 0;
    while all.kills < wanted {
        files += 1;
        let shape = match files % 3 {
            _ if only_records => Shape::Records,
            0 => Shape::Records,
            1 => Shape::Plain,
            _ => Shape::ByBot,
        };
        all.add(&import_under_fire(wanted - all.kills, shape, files <= 3));
        println!("{files} files, {} kills: {}", all.kills, all.in_words());
    }
    let nights = grow_under_fire(wanted / 2 + 1);
    println!("nightly: {} kills: {}", nights.kills, nights.in_words());
    all.add(&nights);
    println!("done in {:.0} s", started.elapsed().as_secs_f64());
    if all.twice + all.lost + all.astray == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Imports one file, killing it until it is finished or enough kills were made; then resolves all doubt if it is to be
/// verified.
fn import_under_fire(kills: usize, shape: Shape, verified: bool) -> Found {
    let by_bot = shape == Shape::ByBot;
    let home = tempfile::tempdir().expect("a directory");
    let faults = FAULTS.map(|fault| fault.parse().expect("a fault")).to_vec();
    let latency = Some(Duration::from_millis(1)..=Duration::from_millis(8));
    let options = SandboxOptions { faults, latency, any_bot: by_bot, ..SandboxOptions::default() };
    let sandbox = Sandbox::start(options).expect("a sandbox");
    let file = home.path().join("in.csv");
    std::fs::write(&file, shape.rows()).expect("the input");
    let mut found = Found::default();
    let mut resume = false;
    loop {
        let mut run = command(home.path(), &sandbox);
        run.arg("import")
            .arg(&file)
            .args(["--concurrency", "8", "-q", "--wait-for-target=2s", "--timeout=2s"])
            .args(resume.then_some("--resume"));
        run.args(by_bot.then_some("--map=bot_id=Bot"));
        run.args(shape.records());
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
    found.count(home.path(), &sandbox, shape);
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

/// Imports a file that grows with each kill, as a nightly job does, and never resumes a run. The keys come late.
fn grow_under_fire(kills: usize) -> Found {
    let home = tempfile::tempdir().expect("a directory");
    let faults = FAULTS.map(|fault| fault.parse().expect("a fault")).to_vec();
    let latency = Some(Duration::from_millis(1)..=Duration::from_millis(8));
    let sandbox = Sandbox::start(SandboxOptions { faults, latency, ..SandboxOptions::default() }).expect("a sandbox");
    let (file, all) = (home.path().join("in.csv"), Shape::Plain.rows());
    let lines: Vec<&str> = all.lines().collect();
    let mut found = Found::default();
    loop {
        let grown = ROWS * (found.kills + 1) / (kills + 1);
        std::fs::write(&file, lines[..=grown].join("\n")).expect("the input");
        let mut run = command(home.path(), &sandbox);
        run.arg("import").arg(&file).args([
            "--only-new",
            "--concurrency",
            "8",
            "-q",
            "--wait-for-target=2s",
            "--timeout=2s",
        ]);
        run.args((found.kills > kills / 3).then_some("--key=channelUId"));
        let mut child = run.spawn().expect("the binary");
        if found.kills < kills && killed_in_time(&mut child) {
            child.wait().expect("its end");
            found.kills += 1;
            continue;
        }
        let status = child.wait().expect("its end");
        assert!(matches!(status.code(), Some(0 | 1)), "it ended with {status}");
        if grown == ROWS {
            break;
        }
        // It ended before the signal: the next night comes all the same.
        found.kills += 1;
    }
    found.count_all_runs(home.path(), &sandbox);
    found
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
    runs["runs"].as_array().is_some_and(|runs| !runs.is_empty())
}

impl Found {
    fn count(&mut self, home: &Path, sandbox: &Sandbox, shape: Shape) {
        let listed = command(home, sandbox).args(["runs", "show", "1", "--rows"]).stdout(Stdio::piped()).output();
        // Of a row and the number of its record; 1 if it is the only one.
        let mut outcomes: BTreeMap<(usize, usize), String> = BTreeMap::new();
        for record in csv::Reader::from_reader(&listed.expect("the rows").stdout[..]).records().flatten() {
            let number = record[6].parse().unwrap_or(1);
            outcomes.insert((record[0].parse().expect("a number"), number), record[1].to_owned());
        }
        let mut there: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for record in sandbox.records() {
            let row = record.channel_uid.parse().expect("a number");
            let number = record.name.strip_prefix("Survey ").and_then(|number| number.parse().ok()).unwrap_or(1);
            *there.entry((row, number)).or_default() += 1;
            self.astray += usize::from(shape == Shape::ByBot && *record.bot_id != *BOTS[row % BOTS.len()]);
        }
        let with = |wanted: &str| outcomes.values().filter(|outcome| *outcome == wanted).count();
        let excused: BTreeSet<(usize, usize)> =
            outcomes.iter().filter(|(_, outcome)| *outcome != "saved").map(|(id, _)| *id).collect();
        let ids: Vec<_> = shape.ids().collect();
        self.rows = ids.len();
        (self.saved, self.rejected, self.in_doubt) = (with("saved"), with("rejected"), with("in doubt"));
        self.twice = there.values().filter(|copies| **copies > 1).count();
        self.lost = ids.iter().filter(|id| !there.contains_key(id) && !excused.contains(id)).count();
        self.lost += ids.iter().filter(|id| !outcomes.contains_key(id)).count();
    }

    /// Rows of a grown file have the same number in all runs; one in doubt in any of them may be missing on the server.
    fn count_all_runs(&mut self, home: &Path, sandbox: &Sandbox) {
        let ledger = home.join(".local/state/kore-feedback/ledger.db");
        let ledger = rusqlite::Connection::open(ledger).expect("the ledger");
        let mut rows = ledger.prepare(
            "SELECT row, max(iif(state = 'claimed', 'in doubt', state)) FROM rows
                                         WHERE state IN ('claimed', 'in doubt', 'rejected') GROUP BY row",
        );
        let rows = rows.as_mut().expect("the rows").query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        let excused: BTreeMap<usize, String> = rows.expect("the rows").flatten().collect();
        let mut there: BTreeMap<usize, usize> = BTreeMap::new();
        for record in sandbox.records() {
            *there.entry(record.channel_uid.parse().expect("a number")).or_default() += 1;
        }
        (self.rows, self.saved) = (ROWS, there.len());
        let absent = |state: &str| excused.iter().filter(|(row, is)| *is == state && !there.contains_key(row)).count();
        (self.rejected, self.in_doubt) = (absent("rejected"), absent("in doubt"));
        self.twice = there.values().filter(|copies| **copies > 1).count();
        self.lost = (1..=ROWS).filter(|row| !there.contains_key(row) && !excused.contains_key(row)).count();
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

impl Shape {
    /// The options that make several records of a row.
    fn records(self) -> Vec<String> {
        let records = if self == Self::Records { PER_ROW } else { 0 };
        (1..=records).map(|number| format!("--record=name=Survey {number},score=Q{number}")).collect()
    }

    /// Each record: its row and its number.
    fn ids(self) -> impl Iterator<Item = (usize, usize)> {
        let per_row = if self == Self::Records { PER_ROW } else { 1 };
        (1..=ROWS / per_row).flat_map(move |row| (1..=per_row).map(move |number| (row, number)))
    }

    fn rows(self) -> String {
        if self == Self::Records {
            let mut text = "channelUId,Q1,Q2,Q3,channel,type,language,message\n".to_owned();
            for row in 1..=ROWS / PER_ROW {
                let scores = [row, row + 3, row + 7].map(|score| score % 11);
                let _ = writeln!(text, "{row},{},{},{},rtm,NPS,en,How likely?", scores[0], scores[1], scores[2]);
            }
            return text;
        }
        let mut text = "channelUId,name,score,channel,type,language,message,Bot\n".to_owned();
        for row in 1..=ROWS {
            let _ = writeln!(text, "{row},Post-chat,{},rtm,NPS,en,How likely?,{}", row % 11, BOTS[row % BOTS.len()]);
        }
        text
    }
}
