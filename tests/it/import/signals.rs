//! Signals and kills: nothing is lost, nothing is sent twice, and the printed command resumes the run.

use std::collections::BTreeSet;
use std::time::Duration;

use kore_feedback::sandbox::SandboxOptions;
use rustix::process::Signal;

use crate::support::{Record, Running, Stage, json, numbered, until};

/// How often the run is killed, and its size. Increase them by hand for a longer test.
const ROUNDS: usize = 6;
const ROWS: usize = 300;

fn slow(from: u64, to: u64) -> Stage {
    let latency = Some(Duration::from_millis(from)..=Duration::from_millis(to));
    Stage::with(SandboxOptions { latency, ..SandboxOptions::default() })
}

#[test]
fn killed_imports_lose_and_double_nothing() {
    let stage = slow(1, 8);
    let rows = numbered(ROWS);
    let file = stage.write_records(&rows);
    let mut arguments = vec!["--concurrency", "8", "-q"];
    for round in 1..=ROUNDS {
        let running = stage.start_import(&file, &arguments);
        // A number of records that falls anywhere between two commits.
        until(|| stage.sandbox.records().len() >= round * ROWS / (ROUNDS + 2) + round);
        running.kill();
        arguments = vec!["--concurrency", "8", "-q", "--resume"];
    }
    let summary = json(&stage.import(&file, &["--resume", "-o", "json"]));
    // Requests that were in flight at the last kill may still arrive.
    let count = |key: &str| summary[key].as_u64().unwrap() as usize;
    assert_eq!((count("rows"), count("unsent"), count("rejected")), (ROWS, 0, 0));
    assert_eq!(count("saved") + count("in_doubt"), ROWS);
    assert!(count("in_doubt") <= ROUNDS * 8, "{summary}");
    let sent = stage.sent();
    let once: BTreeSet<&Record> = sent.iter().collect();
    assert_eq!(once.len(), sent.len(), "a record arrived twice");
    let in_doubt = in_doubt(&stage, &rows);
    assert_eq!(in_doubt.len(), count("in_doubt"));
    for row in &rows {
        assert!(once.contains(row) || in_doubt.contains(row), "{row:?} is missing, and not in doubt");
    }
}

/// The rows in doubt in the ledger.
fn in_doubt(stage: &Stage, rows: &[Record]) -> BTreeSet<Record> {
    let listed = crate::support::stdout(&stage.run(&["runs", "show", "1", "--rows"]).success());
    let mut reader = csv::Reader::from_reader(listed.as_bytes());
    let entries = reader.records().map(Result::unwrap).filter(|entry| &entry[1] == "in doubt");
    entries.map(|entry| rows[entry[0].parse::<usize>().unwrap() - 1].clone()).collect()
}

#[test]
fn the_first_signal_waits_for_requests_in_flight() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let stage = slow(30, 30);
        let rows = numbered(60);
        let running = stage.start_import(&stage.write_records(&rows), &["--concurrency", "4"]);
        until(|| stage.sandbox.records().len() >= 10);
        running.signal(signal);
        let ended = running.end();
        assert_eq!(ended.code, Some(130), "{}", ended.stderr);
        assert!(ended.stderr.contains("stopping: waiting for requests in flight"), "{}", ended.stderr);
        assert!(ended.stdout.contains("in doubt          0"), "what flew has landed: {}", ended.stdout);
        let saved = stage.sandbox.records().len();
        assert!(saved < 60 && ended.stdout.contains(&format!("saved {saved:>13}")), "{saved}: {}", ended.stdout);
        let (_, printed) = ended.stdout.split_once("resume with `").unwrap();
        let printed = shell_words::split(printed.split('`').next().unwrap()).unwrap();
        stage.run(&printed[1..].iter().map(String::as_str).collect::<Vec<_>>()).success();
        stage.has_exactly(&rows);
    }
}

#[test]
fn the_second_signal_abandons_requests_in_flight() {
    let stage = Stage::faulty(&["hang:every=2"]);
    let mut running = stage.start_import(&stage.write_records(&numbered(9)), &["--concurrency", "1", "-o", "json"]);
    until(|| stage.sandbox.counts().faulted == 1);
    running.signal(Signal::INT);
    running.wait_until_said("stopping: waiting for requests in flight");
    assert!(!running.has_ended());
    running.signal(Signal::INT);
    let ended = running.end();
    assert_eq!(ended.code, Some(130), "{}", ended.stderr);
    let summary: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((&summary["saved"], &summary["in_doubt"], &summary["unsent"]), (&1.into(), &1.into(), &7.into()));
    let shown = json(&stage.run(&["runs", "show", "1", "-o", "json"]).success());
    assert_eq!((&shown["state"], &shown["in_doubt"]), (&"unfinished".into(), &1.into()));
}

#[test]
fn a_signal_after_the_last_row_changes_nothing() {
    let stage = slow(300, 300);
    let running = stage.start_import(&stage.write_records(&numbered(2)), &["--concurrency", "2"]);
    until(|| stage.sandbox.counts().arrivals == 2);
    running.signal(Signal::INT);
    let ended = running.end();
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    stage.has_exactly(&numbered(2));
}

/// When a terminal closes, both the shell and the system send SIGHUP.
#[test]
fn a_second_hang_up_abandons_nothing() {
    let stage = slow(300, 300);
    let rows = numbered(40);
    let mut running = stage.start_import(&stage.write_records(&rows), &["--concurrency", "4", "-o", "json"]);
    until(|| stage.sandbox.counts().arrivals >= 4);
    running.signal(Signal::HUP);
    running.wait_until_said("stopping: waiting for requests in flight");
    running.signal(Signal::HUP);
    let ended = running.end();
    assert_eq!(ended.code, Some(130), "{}", ended.stderr);
    let summary: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(summary["in_doubt"], 0, "{summary}");
}

/// With `nohup` the run must continue.
#[test]
fn an_ignored_hang_up_stays_ignored() {
    let stage = slow(30, 30);
    let rows = numbered(30);
    let file = stage.write_records(&rows);
    let mut command = stage.program("nohup");
    command.arg(env!("CARGO_BIN_EXE_kore-feedback")).args(["import", "--concurrency", "4"]).arg(file);
    let running = Running::start(command.envs(stage.variables()));
    until(|| stage.sandbox.records().len() >= 5);
    running.signal(Signal::HUP);
    let ended = running.end();
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    stage.has_exactly(&rows);
}

#[test]
fn a_signal_interrupts_waiting_for_the_target() {
    let stage = Stage::faulty(&["503-retry-after"]);
    let mut running = stage.start_import(&stage.write_records(&numbered(2)), &[]);
    running.wait_until_said("the server asked clients to wait");
    running.signal(Signal::INT);
    let ended = running.end();
    assert_eq!(ended.code, Some(130), "{}", ended.stderr);
    assert!(ended.stdout.contains("unsent            2"), "{}", ended.stdout);
}

#[test]
fn piped_input_is_resumed_after_a_kill() {
    let stage = Stage::faulty(&["hang:at=3"]);
    let file = stage.write_records(&numbered(5));
    let mut command = stage.process(&["import", "-", "--concurrency", "1"]);
    let piped = std::fs::File::open(file).unwrap();
    let running = crate::support::Running::reading(command.envs(stage.variables()), piped);
    until(|| stage.sandbox.counts().faulted == 1);
    running.kill();
    let summary = json(&stage.run(&["runs", "resume", "1", "-o", "json"]).failure().code(1));
    assert_eq!((&summary["saved"], &summary["in_doubt"]), (&4.into(), &1.into()));
    let mut expected = numbered(5);
    expected.remove(2);
    stage.has_exactly(&expected);
}
