//! This machine's clock is wrong: rows are found by the server's clock.

#![expect(clippy::unwrap_used, reason = "a test whose setup fails has failed")]

use jiff::SignedDuration;
use kore_feedback::sandbox::SandboxOptions;
use serde_json::Value;

use crate::support::{Fixed, Stage, json, numbered, stderr, stdout};

const HOUR_MS: i64 = 3_600_000;

/// A sandbox whose clock is this many hours ahead of this machine's.
fn stage(hours: i64, faults: &[&str]) -> Stage {
    Stage::with(SandboxOptions {
        clock_offset: SignedDuration::from_hours(hours),
        faults: faults.iter().map(|fault| fault.parse().unwrap()).collect(),
        ..SandboxOptions::default()
    })
}

fn import(stage: &Stage, rows: usize) -> assert_cmd::assert::Assert {
    stage.import(&stage.write_records(&numbered(rows)), &["-o", "json", "--concurrency", "1"])
}

fn verify(stage: &Stage) -> assert_cmd::assert::Assert {
    stage.run(&["runs", "verify", "1", "-o", "json"])
}

/// Makes the ledger one that was written by a clock that was these hours ahead, minutes earlier.
fn rewrite_ledger(stage: &Stage, hours: i64, minutes: i64) {
    let ledger = rusqlite::Connection::open(stage.state().join("ledger.db")).unwrap();
    let shift = hours * HOUR_MS - minutes * 60_000;
    let sql = format!(
        "UPDATE records SET server_time = server_time - {shift};
         UPDATE runs SET started_at = started_at + {shift}, clock_offset = clock_offset - {};",
        hours * HOUR_MS
    );
    ledger.execute_batch(&sql).unwrap();
}

#[test]
fn a_wrong_clock_is_reported_and_harmless() {
    for (hours, words) in [(2, "2 h behind"), (-24, "1 day 0 h ahead of")] {
        let stage = stage(hours, &["reset-after-save:at=2", "500:at=4"]);
        let imported = import(&stage, 6);
        let words = format!("this machine's clock is {words} the server's");
        assert_eq!(stderr(&imported).matches(&words).count(), 1, "{}", stderr(&imported));
        let offset = json(&stage.run(&["runs", "show", "1", "-o", "json"]))["clock_offset_ms"].as_i64().unwrap();
        assert!((offset - hours * HOUR_MS).abs() < 60_000, "{offset}");
        rewrite_ledger(&stage, 0, 10);
        let verified = verify(&stage).code(0);
        let (found, absent) = (&json(&verified)["saved"], &json(&verified)["absent"]);
        assert_eq!((found, absent), (&1.into(), &1.into()), "{}", stdout(&verified));
        assert!(stderr(&verified).contains(&words), "{}", stderr(&verified));
    }
}

#[test]
fn a_clock_corrected_later_is_harmless() {
    for hours in [-2, 24, -24 * 30] {
        let stage = stage(0, &["reset-after-save:at=2", "500:at=4"]);
        import(&stage, 6);
        rewrite_ledger(&stage, hours, 10);
        let verified = json(&verify(&stage).code(0));
        assert_eq!((&verified["saved"], &verified["absent"]), (&1.into(), &1.into()), "{hours} h: {verified}");
        assert_eq!(verified["missing_saved"], 0, "{hours} h: {verified}");
    }
}

#[test]
fn a_slow_clock_makes_no_row_old() {
    // By the clock of the run, the row is two hours old; in fact it was sent a moment ago.
    let stage = stage(0, &["hang:at=2"]);
    let file = stage.write_records(&numbered(3));
    stage.import(&file, &["--concurrency", "1", "--timeout", "400ms"]).code(1);
    rewrite_ledger(&stage, -2, 0);
    let verified = json(&verify(&stage).code(1));
    assert_eq!((&verified["absent"], &verified["still_in_doubt"]), (&0.into(), &1.into()), "{verified}");
    assert_eq!(verified["undecided"][0]["reason"], "recent");
}

#[test]
fn times_of_records_replace_a_missing_date() {
    let server = Fixed::start(|request| {
        let uid = request.split('"').find(|text| text.contains('@')).unwrap_or_default();
        let later = kore_feedback::clock::now() + SignedDuration::from_hours(5);
        (200, serde_json::json!({"_id": uid, "timestamp": later.to_string()}).to_string())
    });
    let stage = Stage::new();
    let file = stage.write_records(&numbered(2));
    let mut command = stage.command(&["import"]);
    let assert = command.arg(&file).env("KORE_FEEDBACK_HOST", server.url()).assert().success();
    assert!(stderr(&assert).contains("clock is 5 h behind"), "{}", stderr(&assert));
    let shown = json(&stage.run(&["runs", "show", "1", "-o", "json"]));
    assert_ne!(shown["clock_offset_ms"], Value::Null);
}
