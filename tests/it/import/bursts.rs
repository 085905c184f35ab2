//! An incident that hits every request in flight costs one pause, however many requests it hits.

use std::time::Duration;

use kore_feedback::sandbox::SandboxOptions;

use crate::support::{Stage, csv_of, json, numbered, stderr};

const BOTS: [&str; 5] = ["st-a", "st-b", "st-c", "st-d", "st-e"];
/// The first step of the backoff is a sixteenth of it.
const PATIENCE: &str = "--wait-for-target=4s";

/// How an import went.
struct Went {
    stage: Stage,
    summary: serde_json::Value,
    said: String,
}

impl Went {
    /// The lines that say that the run paused.
    fn pauses(&self) -> Vec<&str> {
        self.said.lines().filter(|line| line.starts_with("paused: ")).collect()
    }

    fn count(&self, key: &str) -> u64 {
        self.summary[key].as_u64().unwrap()
    }
}

/// Imports this many records to this many bots, with this many requests in flight for each. Requests take long enough for all
/// of them to be in flight together.
#[track_caller]
fn import(faults: &[&str], records: usize, bots: usize, in_flight: usize, code: i32) -> Went {
    let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    let latency = Some(Duration::from_millis(80)..=Duration::from_millis(80));
    let stage = Stage::with(SandboxOptions { faults, latency, any_bot: true, ..SandboxOptions::default() });
    let concurrency = in_flight.to_string();
    let mut arguments = vec!["-v", "-o", "json", PATIENCE, "--concurrency", &concurrency];
    let mut csv = csv_of(&numbered(records));
    if bots > 1 {
        arguments.push("--map=bot_id=Bot");
        let with_bot = |(row, line)| format!("{line},{}\n", if row == 0 { "Bot" } else { BOTS[row % bots] });
        csv = csv.lines().enumerate().map(with_bot).collect();
    }
    let assert = stage.import(&stage.write("in.csv", csv), &arguments);
    let said = stderr(&assert);
    assert_eq!(assert.get_output().status.code(), Some(code), "{said}");
    Went { summary: json(&assert), stage, said }
}

/// One burst amid three times as many records as there are requests in flight, and at least 24.
#[track_caller]
fn import_with_burst(fault: &str, bots: usize, in_flight: usize, code: i32) -> Went {
    let records = (3 * bots * in_flight).max(24);
    let fault = format!("{fault}:burst={}", records * 2 / 3 - 1);
    // On a busy machine, a burst may hit too few requests to show anything.
    let mut attempts = (0..10).map(|_| import(&[&fault], records, bots, in_flight, code));
    attempts.find(|went| went.stage.sandbox.counts().faulted >= 3).expect("a burst that hits several requests")
}

const WIDTHS: [(usize, usize); 3] = [(1, 4), (1, 64), (5, 8)];

#[test]
fn a_burst_of_refusals_loses_no_row() {
    for (bots, in_flight) in WIDTHS {
        for fault in ["401", "401-replay", "404"] {
            let went = import_with_burst(fault, bots, in_flight, 0);
            went.stage.has_exactly(&numbered(went.count("saved") as usize));
            let pauses = went.pauses();
            assert!(pauses.len() <= bots, "{fault}, {bots} × {in_flight}: {}", went.said);
            assert!(pauses.iter().all(|line| line.contains("retrying in 0.2 s")), "{fault}: {}", went.said);
        }
    }
}

#[test]
fn a_burst_of_waits_is_waited_for() {
    for (bots, in_flight) in WIDTHS {
        for fault in ["503-retry-after", "429", "429-retry-after"] {
            let went = import_with_burst(fault, bots, in_flight, 0);
            went.stage.has_exactly(&numbered(went.count("saved") as usize));
            let pauses = went.pauses();
            assert!(fault.starts_with("429") || pauses.len() == 1, "{fault}, {bots} × {in_flight}: {}", went.said);
            let is_first_step = |line: &&str| line.contains("retrying in 1.0 s") || line.contains("retrying in 0.");
            assert!(pauses.iter().all(is_first_step), "{fault}: {}", went.said);
        }
    }
}

#[test]
fn a_burst_of_doubt_costs_one_pause() {
    for (bots, in_flight) in WIDTHS {
        for fault in ["reset-before", "reset-after-save", "500", "503"] {
            let went = import_with_burst(fault, bots, in_flight, 1);
            let hits = went.stage.sandbox.counts().faulted;
            assert_eq!((went.count("in_doubt"), went.count("unsent")), (hits, 0), "{fault}");
            let [pause] = went.pauses()[..] else { panic!("{fault}, {bots} × {in_flight}: {}", went.said) };
            assert!(pause.contains("retrying in 0.2 s"), "{pause}");
        }
    }
}

#[test]
fn repeated_bursts_never_stop_a_run() {
    let faults = ["reset-before:burst=70", "401:burst=90", "503-retry-after:burst=110", "500:burst=130"];
    let went = import(&faults, 600, 5, 8, 1);
    assert_eq!((went.count("unsent"), went.count("saved") + went.count("in_doubt")), (0, 600), "{}", went.said);
    assert_eq!(went.stage.sandbox.counts().saved, went.count("saved"));
    assert!(!went.said.contains("retrying in 0.5 s"), "a pause doubled: {}", went.said);
}

#[test]
fn frequent_bursts_reject_no_row() {
    let went = import(&["401:burst=25"], 300, 5, 8, 0);
    assert_eq!(went.count("saved"), 300, "{}", went.said);
    assert!(went.stage.sandbox.counts().faulted >= 100, "too few requests were hit to show anything");
}
