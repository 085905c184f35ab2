//! Several processes share the rate limits of one bot. The sandbox counts exactly, on arrival.

use std::time::Duration;

use kore_feedback::sandbox::SandboxOptions;

use crate::support::{Running, Stage, csv_of, numbered, until};

/// Short, so that a test that fills several windows takes a few seconds.
const LIMIT: &str = "8/600ms";

fn limited_stage() -> Stage {
    Stage::with(SandboxOptions { limits: vec![(8, Duration::from_millis(600))], ..SandboxOptions::default() })
}

#[test]
fn runs_and_submits_share_the_windows() {
    let stage = limited_stage();
    let records = numbered(48);
    let (one, other) = records.split_at(24);
    let limits = ["--rate-limit", LIMIT, "--pace", "early"];
    let running = [("one.csv", one), ("other.csv", other)]
        .map(|(name, records)| stage.start_import(&stage.write(name, csv_of(records)), &limits));
    for _ in 0..3 {
        let record =
            r#"{"channelUId":"jo","name":"x","score":1,"channel":"rtm","type":"THUMB","language":"en","message":""}"#;
        stage.command(&["submit", "--rate-limit", LIMIT, "--json", "-"]).write_stdin(record).assert().success();
    }
    for run in running {
        let ended = run.end();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }
    let counts = stage.sandbox.counts();
    assert_eq!((counts.saved, counts.rate_limited), (51, 0));
}

#[test]
fn a_new_process_remembers_earlier_calls() {
    let stage = limited_stage();
    for part in numbered(24).chunks(8) {
        let file = stage.write_records(part);
        stage.import(&file, &["--rate-limit", LIMIT, "--pace", "early"]).success();
    }
    let counts = stage.sandbox.counts();
    assert_eq!((counts.saved, counts.rate_limited), (24, 0));
}

#[test]
fn a_window_filled_by_others_costs_no_row() {
    let stage = limited_stage();
    let records = numbered(20);
    stage.import(&stage.write_records(&records), &["--no-rate-limit", "--concurrency", "4"]).success();
    stage.has_exactly(&records);
    assert!(stage.sandbox.counts().rate_limited > 0, "nothing was rate-limited: the test shows nothing");
}

const RECORD: &str =
    r#"{"channelUId":"jo","name":"x","score":1,"channel":"rtm","type":"THUMB","language":"en","message":""}"#;
/// A slot every half second.
const SLOW: &str = "6/3s";

fn slow_stage() -> Stage {
    Stage::with(SandboxOptions { limits: vec![(6, Duration::from_secs(3))], ..SandboxOptions::default() })
}

fn start_submit(stage: &Stage, limit: &str) -> Running {
    stage.write("record.json", RECORD);
    let mut command = stage.process(&["submit", "--rate-limit", limit, "--json", "record.json"]);
    Running::start(command.envs(stage.variables()))
}

#[test]
fn a_submit_gets_through_next_to_an_import() {
    let stage = slow_stage();
    let import = stage.start_import(&stage.write_records(&numbered(30)), &["--rate-limit", SLOW]);
    until(|| stage.sandbox.records().len() >= 6);
    let ended = start_submit(&stage, SLOW).end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let place = stage.sandbox.records().iter().position(|record| &*record.channel_uid == "jo").unwrap();
    assert!(place < 10, "it was record {place}");
    assert_eq!(import.end().code, Some(0));
    let counts = stage.sandbox.counts();
    assert_eq!((counts.saved, counts.rate_limited), (31, 0));
}

#[test]
fn a_verification_gets_through_next_to_an_import() {
    let stage = slow_stage();
    stage.import(&stage.write("one.csv", csv_of(&numbered(1))), &["--set", "name=one"]).success();
    let import = stage.start_import(&stage.write_records(&numbered(30)), &["--rate-limit", SLOW]);
    until(|| stage.sandbox.records().len() >= 7);
    stage.run(&["runs", "verify", "1", "--rate-limit", SLOW]).success();
    let saved = stage.sandbox.records().len();
    assert!(saved < 15, "{saved} records were saved when it ended");
    assert_eq!(import.end().code, Some(0));
    let counts = stage.sandbox.counts();
    assert_eq!((counts.saved, counts.rate_limited), (31, 0));
}

#[test]
fn a_long_wait_names_the_run_that_calls() {
    let stage = Stage::new();
    let _import = stage.start_import(&stage.write_records(&numbered(2)), &["--rate-limit", "1/50s"]);
    until(|| stage.sandbox.records().len() == 1);
    start_submit(&stage, "1/50s").wait_until_said("waiting for the rate limit; run 1 is using it");
    assert_eq!(stage.sandbox.records().len(), 1);
}

#[test]
fn two_imports_share_the_window_equally() {
    let stage = slow_stage();
    let limits = ["--rate-limit", SLOW, "--set", "name=one"];
    let one = stage.start_import(&stage.write("one.csv", csv_of(&numbered(14))), &limits);
    until(|| stage.sandbox.records().len() >= 2);
    let limits = ["--rate-limit", SLOW, "--set", "name=other"];
    let other = stage.start_import(&stage.write("other.csv", csv_of(&numbered(12))), &limits);
    for run in [one, other] {
        let ended = run.end();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }
    let counts = stage.sandbox.counts();
    assert_eq!((counts.saved, counts.rate_limited), (26, 0));
    let records = stage.sandbox.records();
    let names: Vec<_> = records.iter().map(|record| record.name.to_string()).collect();
    let first = names.iter().position(|name| name == "other").unwrap();
    let shared = &names[first..names.len().min(first + 18)];
    let others = shared.iter().filter(|name| *name == "other").count();
    assert!((7..=11).contains(&others), "{names:?}");
}

#[test]
fn a_killed_waiting_process_blocks_nobody() {
    let stage = slow_stage();
    let import = stage.start_import(&stage.write_records(&numbered(14)), &["--rate-limit", SLOW]);
    until(|| stage.sandbox.records().len() >= 6);
    // Stopped while it waits for its turn: the import must not wait for it.
    let submit = start_submit(&stage, SLOW);
    until(|| stage.run(&["runs", "show", "2"]).get_output().status.success());
    submit.kill();
    let ended = import.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(stage.sandbox.counts().rate_limited, 0);
}
