//! Several processes share the rate limits of one bot. The sandbox counts exactly, on arrival.

use std::time::Duration;

use kore_feedback::sandbox::SandboxOptions;

use crate::support::{Stage, csv_of, numbered};

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
