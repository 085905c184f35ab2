//! Counts the calls that verification and exports take, and kills an export with SIGKILL again and again.
//!
//! ```sh
//! cargo bench --bench responses                      # 100,000 rows to verify, 20,000 records to export, 100 kills
//! cargo bench --bench responses -- 0 2000 5          # fewer, and nothing to verify
//! ```
//!
//! Verification must take at most 30 calls for 10 rows in doubt if the server filters by respondent, and at most 10 more than
//! one for every 50 rows if it does not. Of fewer than 100,000 rows that is not judged: waiting for late records costs more calls
//! than pages do. The export must contain each record once, however often it was killed.

#![expect(clippy::print_stdout, reason = "results are printed for a person")]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use kore_feedback::sandbox::{ResponsesApi, Sandbox, SandboxOptions};

mod support;

use support::command;

const JUDGED: usize = 100_000;

fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<usize>().ok());
    let mut next = |default| numbers.next().unwrap_or(default);
    let (rows, records, kills) = (next(JUDGED), next(20_000), next(100));
    let started = Instant::now();
    let pages = rows as u64 / 50;
    let is_cheap = [(ResponsesApi::B, 30), (ResponsesApi::A, pages + 10)].map(|(api, most)| {
        if rows == 0 {
            return true;
        }
        let calls = calls_of_verification(api, rows);
        println!("{rows} rows, 10 in doubt, version {api:?}: verified with {calls} calls (at most {most})");
        calls <= most || rows < JUDGED
    });
    let is_complete = export_under_fire(records, kills);
    println!("done in {:.0} s", started.elapsed().as_secs_f64());
    if is_cheap == [true; 2] && is_complete { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Imports this many rows, of which ten end in doubt, half of them saved, and verifies them.
fn calls_of_verification(responses_api: ResponsesApi, rows: usize) -> u64 {
    let home = tempfile::tempdir().expect("a directory");
    let step = rows / 11;
    let fault = |number: usize| {
        let kind = if number.is_multiple_of(2) { "500" } else { "reset-after-save" };
        format!("{kind}:at={}", step * number).parse().expect("a fault")
    };
    let faults = (1..=10).map(fault).collect();
    let sandbox =
        Sandbox::start(SandboxOptions { faults, responses_api, ..SandboxOptions::default() }).expect("a sandbox");
    let file = home.path().join("in.csv");
    std::fs::write(&file, csv(rows)).expect("the input");
    let imported = command(home.path(), &sandbox).arg("import").arg(&file).args(["-q", "--timeout=1s"]).status();
    assert_eq!(imported.expect("the binary").code(), Some(1), "some rows are in doubt");
    let before = sandbox.counts().arrivals;
    let verify = ["runs", "verify", "1", "--settle=1s", "--wait=1m", "-ojson", "-q"];
    let verified = command(home.path(), &sandbox).args(verify).stdout(Stdio::piped()).output().expect("the binary");
    let calls = sandbox.counts().arrivals - before;
    let verified: serde_json::Value = serde_json::from_slice(&verified.stdout).expect("JSON");
    let figures = ["in_doubt_before", "saved", "absent"].map(|key| verified[key].as_u64());
    assert_eq!(figures, [Some(10), Some(5), Some(5)], "{verified}");
    calls
}

fn csv(rows: usize) -> String {
    let mut text = "channelUId,name,score,channel,type,language,message\n".to_owned();
    for row in 1..=rows {
        let _ = writeln!(text, "jo+{row}@example.com,Post-chat,{},rtm,NPS,en,How likely?", row % 11);
    }
    text
}

/// Exports all records, killing the export as often as it takes; whether each is in the file once.
fn export_under_fire(wanted: usize, most_kills: usize) -> bool {
    let home = tempfile::tempdir().expect("a directory");
    let latency = Some(Duration::from_micros(500)..=Duration::from_millis(1));
    let sandbox = Sandbox::start(SandboxOptions { latency, ..SandboxOptions::default() }).expect("a sandbox");
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
    for number in 0..wanted {
        let body = format!(
            r#"{{"channelUId":"jo+{number}@example.com","name":"n","score":{},"channel":"rtm","type":"NPS","language":"en","message":""}}"#,
            number % 11
        );
        // Three of each millisecond.
        let at = start + SignedDuration::from_millis(i64::try_from(number / 3).expect("a number"));
        sandbox.seed(&body, at).expect("a record");
    }
    let file = home.path().join("out.csv");
    let mut kills = 0;
    while !file.exists() {
        kills += usize::from(killed_after_some_calls(home.path(), &sandbox, kills < most_kills));
    }
    let mut reader = csv::Reader::from_path(&file).expect("the export");
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("records");
    let different: BTreeSet<&str> = rows.iter().map(|row| &row[9]).collect();
    let left = sandbox.records().iter().filter(|record| !different.contains(record.id.to_string().as_str())).count();
    println!(
        "exported {wanted} records, {kills} kills: {} in the file, {} different, {left} lost",
        rows.len(),
        different.len()
    );
    kills == most_kills && rows.len() == wanted && different.len() == wanted && left == 0
}

/// Starts or continues the export, and kills it after a random number of calls if it is to be killed.
fn killed_after_some_calls(home: &Path, sandbox: &Sandbox, kill: bool) -> bool {
    let mut export = command(home, sandbox);
    let mut child =
        export.args(["responses", "export", "--from=2026-01-01", "out.csv", "-q"]).spawn().expect("the binary");
    // A slice takes about 20 calls: few processes complete one.
    let until = sandbox.counts().arrivals + fastrand::u64(0..25);
    loop {
        if child.try_wait().expect("its state").is_some() {
            return false;
        }
        if kill && sandbox.counts().arrivals >= until {
            std::thread::sleep(Duration::from_micros(fastrand::u64(0..3000)));
            child.kill().expect("a signal");
            return !child.wait().expect("its end").success();
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}
