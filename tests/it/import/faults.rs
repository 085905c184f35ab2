//! How each delivery fault affects a row: the table of verdicts in `delivery`, end to end.

use std::time::Duration;

use serde_json::Value;

use crate::support::{Fixed, IMPATIENT, Stage, json, new_record, numbered, stderr, stdout};

/// The outcomes of ten rows, in the order of the summary's keys.
#[derive(Debug, PartialEq, Eq, Default)]
struct Counts {
    saved: u64,
    rejected: u64,
    unsent: u64,
    in_doubt: u64,
}

const ROWS: usize = 10;

fn counts(summary: &Value) -> Counts {
    let count = |key: &str| summary[key].as_u64().unwrap();
    let all = ["saved", "rejected", "invalid", "skipped", "unsent", "in_doubt"].map(count);
    assert_eq!(all.iter().sum::<u64>(), count("rows"), "every row has one outcome");
    Counts { saved: count("saved"), rejected: count("rejected"), unsent: count("unsent"), in_doubt: count("in_doubt") }
}

/// Imports ten rows, one at a time, into a sandbox with this fault.
#[track_caller]
fn import(fault: &str, arguments: &[&str], code: i32) -> (Stage, Counts) {
    let stage = Stage::faulty(&[fault]);
    let file = stage.write_records(&numbered(ROWS));
    let one_by_one = ["-o", "json", "--concurrency", "1"];
    let assert = stage.import(&file, &[&one_by_one[..], arguments].concat());
    let counts = counts(&json(&assert));
    assert_eq!(assert.get_output().status.code(), Some(code), "{fault}: {counts:?}");
    let taken_in_doubt = if fault_saves(fault) { counts.in_doubt } else { 0 };
    assert_eq!(stage.sandbox.records().len() as u64, counts.saved + taken_in_doubt, "{fault}: {counts:?}");
    (stage, counts)
}

fn fault_saves(fault: &str) -> bool {
    ["reset-after-save", "hang-after-save", "truncate", "oversized"].iter().any(|kind| fault.starts_with(kind))
}

#[test]
fn a_rejected_record_does_not_stop_others() {
    let (stage, counts) = import("400:at=3", &[], 1);
    assert_eq!(counts, Counts { saved: 9, rejected: 1, ..Counts::default() });
    let mut expected = numbered(ROWS);
    expected.remove(2);
    stage.has_exactly(&expected);
}

#[test]
fn records_in_doubt_are_not_resent() {
    for fault in ["500", "502", "503", "504", "html", "reset-before", "reset-after-save", "truncate", "oversized"] {
        let (stage, counts) = import(&format!("{fault}:at=3"), &[], 1);
        assert_eq!(counts, Counts { saved: 9, in_doubt: 1, ..Counts::default() }, "{fault}");
        assert_eq!(stage.sandbox.counts().arrivals, 10, "{fault}");
    }
}

#[test]
fn a_missing_answer_leaves_its_row_in_doubt() {
    for fault in ["hang", "hang-after-save"] {
        let (stage, counts) = import(&format!("{fault}:at=3"), &["--timeout", "2s"], 1);
        assert_eq!(counts, Counts { saved: 9, in_doubt: 1, ..Counts::default() }, "{fault}");
        let report = stdout(&stage.run(&["runs", "failures", "1"]).success());
        assert!(report.contains("the record may have arrived: no response within 2s ("), "{report}");
        assert_eq!(stage.sandbox.counts().arrivals, 10, "{fault}");
    }
}

#[test]
fn records_not_accepted_are_retried_until_saved() {
    for fault in ["401", "401-replay", "403", "404", "redirect", "429", "429-retry-after", "503-retry-after"] {
        let (stage, counts) = import(&format!("{fault}:at=3"), &[], 0);
        assert_eq!(counts, Counts { saved: 10, ..Counts::default() }, "{fault}");
        stage.has_exactly(&numbered(ROWS));
        assert_eq!(stage.sandbox.counts().arrivals, 11, "{fault}");
        assert_eq!(stage.sandbox.counts().redirects_followed, 0, "{fault}");
    }
}

#[test]
fn a_target_that_refuses_everything_stops_the_run() {
    for (fault, code) in [("401", 3), ("403", 3), ("401-replay", 3), ("404", 3), ("redirect", 3)] {
        let (stage, counts) = import(fault, &[IMPATIENT], code);
        assert_eq!(counts, Counts { unsent: 10, ..Counts::default() }, "{fault}");
        assert!(stage.sandbox.counts().arrivals <= 5, "{fault}: {:?}", stage.sandbox.counts());
        assert_eq!(stage.sandbox.counts().redirects_followed, 0, "{fault}");
    }
}

#[test]
fn endless_retry_after_stops_the_run() {
    let (stage, counts) = import("503-retry-after", &[IMPATIENT], 4);
    assert_eq!(counts, Counts { unsent: 10, ..Counts::default() });
    assert!(stage.sandbox.counts().arrivals <= 4, "{:?}", stage.sandbox.counts());
}

#[test]
fn a_silent_server_costs_only_a_few_rows() {
    for fault in ["500", "truncate"] {
        let (_, counts) = import(fault, &[IMPATIENT], 5);
        assert!((3..10).contains(&counts.in_doubt), "{fault}: {counts:?}");
        assert_eq!(counts.in_doubt + counts.unsent, 10, "{fault}");
    }
}

#[test]
fn an_unreachable_target_stops_the_run_after_waiting() {
    let mut stage = Stage::new();
    let file = stage.write_records(&numbered(3));
    // No process listens on this port any more.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = stage.command(&["import", IMPATIENT, "-o", "json"]);
    let assert = command.arg(&file).env("KORE_FEEDBACK_HOST", format!("http://{closed}")).assert().failure().code(4);
    assert_eq!(counts(&json(&assert)), Counts { unsent: 3, ..Counts::default() });
    assert!(stderr(&assert).contains("cannot reach the server"), "{}", stderr(&assert));
    stage.restart(&[]);
}

#[test]
fn a_target_that_recovers_in_time_is_used() {
    let (stage, counts) = import("503-retry-after:first=2", &[], 0);
    assert_eq!(counts, Counts { saved: 10, ..Counts::default() });
    assert_eq!(stage.sandbox.counts().arrivals, 12);
}

#[test]
fn a_row_out_of_retries_stays_unsent() {
    let mut stage = Stage::faulty(&["503-retry-after:every=2"]);
    let file = stage.write_records(&numbered(6));
    let arguments = ["-o", "json", "--concurrency", "6", "--retries", "0"];
    let assert = stage.import(&file, &arguments).failure().code(1);
    let first = counts(&json(&assert));
    assert!(first.unsent > 0 && first.saved + first.unsent == 6, "{first:?}");
    assert!(!stage.path("in.failures.csv").exists(), "a resumed run sends them");
    let before = stage.restart(&[]);
    stage.import(&file, &["--resume"]).success();
    let mut all = [before, stage.sent()].concat();
    all.sort();
    assert_eq!(all, numbered(6));
}

#[test]
fn at_least_once_resends_rows_in_doubt() {
    let (stage, counts) = import("500:at=3", &["--delivery", "at-least-once"], 0);
    assert_eq!(counts, Counts { saved: 10, ..Counts::default() });
    stage.has_exactly(&numbered(ROWS));
    let stage = Stage::faulty(&["reset-after-save:at=3"]);
    let file = stage.write_records(&numbered(5));
    stage.import(&file, &["--delivery", "at-least-once", "--concurrency", "1"]).success();
    stage.has_exactly(&[&numbered(5)[..], &numbered(3)[2..]].concat());
}

#[test]
fn single_doubts_neither_stop_nor_pause_the_run() {
    let stage = Stage::faulty(&["500:every=7", "reset-after-save:every=11", "400:every=13"]);
    let rows = numbered(200);
    let assert = stage.import(&stage.write_records(&rows), &["-o", "json", "--concurrency", "16"]).failure().code(1);
    let summary = json(&assert);
    let counts = counts(&summary);
    assert_eq!(stage.sandbox.counts().arrivals, 200);
    let both = 200 / 7 + 200 / 11 - 200 / 77;
    assert_eq!(counts.in_doubt, both);
    let sent = stage.sent();
    assert!(sent.windows(2).all(|pair| pair[0] != pair[1]), "a record arrived twice");
    assert_eq!(sent.len() as u64, counts.saved + (200 / 11 - 200 / 77));
}

#[test]
fn a_servers_limit_costs_no_row() {
    let options = kore_feedback::sandbox::SandboxOptions {
        limits: vec![(5, Duration::from_secs(1))],
        ..kore_feedback::sandbox::SandboxOptions::default()
    };
    let stage = Stage::with(options);
    let rows = numbered(7);
    stage.import(&stage.write_records(&rows), &[]).success();
    stage.has_exactly(&rows);
    assert!(stage.sandbox.counts().rate_limited > 0, "this side knows no limit, so the server had to say it");
}

#[test]
fn a_shared_limit_is_never_exceeded() {
    let options = kore_feedback::sandbox::SandboxOptions {
        limits: vec![(6, Duration::from_secs(1))],
        ..kore_feedback::sandbox::SandboxOptions::default()
    };
    for pace in ["even", "early"] {
        let stage = Stage::with(options.clone());
        let rows = numbered(14);
        stage.import(&stage.write_records(&rows), &["--rate-limit", "6/1s", "--pace", pace]).success();
        stage.has_exactly(&rows);
        assert_eq!(stage.sandbox.counts().rate_limited, 0, "{pace}");
    }
}

#[test]
fn a_row_refused_alone_is_rejected() {
    let server = Fixed::start(|request| match request.contains("respondent-00003@") {
        true => (403, "a gateway dislikes this text".to_owned()),
        false => (200, new_record()),
    });
    let stage = Stage::new();
    for concurrency in ["1", "4"] {
        let file = stage.write_records(&numbered(ROWS));
        let mut command = stage.command(&["import", IMPATIENT, "-o", "json", "--again", "--concurrency", concurrency]);
        let assert = command.arg(&file).env("KORE_FEEDBACK_HOST", server.url()).assert().failure().code(1);
        assert_eq!(counts(&json(&assert)), Counts { saved: 9, rejected: 1, ..Counts::default() }, "{concurrency}");
    }
}
