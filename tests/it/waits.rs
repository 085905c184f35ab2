//! Waits are bounded, and a command that stops because of one says when it will work.

use std::time::{Duration, Instant};

use assert_cmd::assert::Assert;
use kore_feedback::sandbox::SandboxOptions;

use crate::support::{Fixed, IMPATIENT, Stage, json, numbered, stderr};

const RECORD: &str =
    r#"{"channelUId":"jo","name":"x","score":1,"channel":"rtm","type":"THUMB","language":"en","message":""}"#;

fn submit(stage: &Stage, host: &str, arguments: &[&str]) -> Assert {
    let mut command = stage.command(&["submit", "--json", "-"]);
    command.args(arguments).env("KORE_FEEDBACK_HOST", host).write_stdin(RECORD).assert()
}

fn import(stage: &Stage, host: &str, arguments: &[&str]) -> Assert {
    let file = stage.write_records(&numbered(8));
    stage.command(&["import", "-o", "json"]).arg(file).args(arguments).env("KORE_FEEDBACK_HOST", host).assert()
}

fn answering(status: u16, retry_after: &str, message: &str) -> Fixed {
    let body = format!(r#"{{"errors":[{{"msg":"{message}","code":{status}}}]}}"#);
    Fixed::with_header(&format!("retry-after: {retry_after}"), move |_| (status, body.clone()))
}

/// Fails if this takes a noticeable part of the waits that the servers ask for.
#[track_caller]
fn at_once<T>(command: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let ended = command();
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    ended
}

#[test]
fn a_long_retry_after_ends_submit_at_once() {
    let (stage, server) = (Stage::new(), answering(503, "90", "maintenance"));
    let said = stderr(&at_once(|| submit(&stage, &server.url(), &[]).failure().code(4)));
    assert!(said.contains("error: the server asks clients to wait 1 min 30 s: maintenance (code 503)"), "{said}");
    assert!(said.contains("hint: try again ") && said.contains("(in 1 min 30 s)"), "{said}");
    assert!(!said.contains("retrying in"), "{said}");
}

#[test]
fn the_sandbox_asks_to_wait_as_long_as_told() {
    let stage = Stage::faulty(&["503-retry-after:at=1,after=90s", "429-retry-after:after=9223372036854775807s"]);
    for told in ["(in 1 min 30 s)", "(in 1 day 0 h)"] {
        let said = stderr(&at_once(|| submit(&stage, &stage.sandbox.url(), &[]).failure().code(4)));
        assert!(said.contains(told), "{said}");
    }
    assert_eq!(stage.sent().len(), 0);
}

#[test]
fn verification_does_not_wait_for_hours() {
    let mut stage = Stage::faulty(&["500:at=1"]);
    import(&stage, &stage.sandbox.url(), &[]).failure().code(1);
    stage.restart(&["503-retry-after:after=2h,on=responses"]);
    let said = stderr(&at_once(|| stage.run(&["runs", "verify", "1"]).failure().code(4)));
    assert!(said.contains("error: the server asks clients to wait 2 h: "), "{said}");
    assert!(said.contains("hint: try again after that time; no row of this bot was changed"), "{said}");
}

#[test]
fn absurd_retry_after_stops_without_losing_a_row() {
    let stage = Stage::new();
    let absurd = ["99999999999", "9223372036854775807", "99999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"];
    for retry_after in absurd {
        for status in [503, 429] {
            let server = answering(status, retry_after, "later");
            let said = stderr(&at_once(|| submit(&stage, &server.url(), &[]).failure().code(4)));
            assert!(said.contains("hint: try again on ") && said.contains("(in 1 day 0 h)"), "{said}");
            let assert = at_once(|| import(&stage, &server.url(), &["--again", "--max-wait", "2h"]).failure().code(4));
            let summary = json(&assert);
            assert_eq!((&summary["unsent"], &summary["in_doubt"]), (&8.into(), &0.into()), "{}", stderr(&assert));
        }
    }
}

#[test]
fn an_hourly_limit_ends_submit_with_the_time() {
    let message = "You've exceeded the hourly rate limit. Please wait for sometime before retrying.";
    let body = format!(r#"{{"errors":[{{"msg":"{message}","code":429}}]}}"#);
    let (stage, server) = (Stage::new(), Fixed::start(move |_| (429, body.clone())));
    let said = stderr(&at_once(|| submit(&stage, &server.url(), &[]).failure().code(4)));
    assert!(
        said.contains("error: the rate limit allows no request for 1 h: You've exceeded the hourly rate limit."),
        "{said}"
    );
    assert!(said.contains("(in 1 h), or wait longer with --max-wait"), "{said}");
}

#[test]
fn a_full_window_of_our_own_ends_submit() {
    let stage = Stage::new();
    let once_an_hour = ["--rate-limit", "1/1h"];
    submit(&stage, &stage.sandbox.url(), &once_an_hour).success();
    let said = stderr(&at_once(|| submit(&stage, &stage.sandbox.url(), &once_an_hour).failure().code(4)));
    assert!(said.contains("error: the rate limit allows no request for "), "{said}");
    assert!(said.contains(": 1/1h is full with earlier requests"), "{said}");
    assert!(said.contains("hint: try again "), "{said}");
    assert_eq!(stage.sandbox.counts().arrivals, 1);
}

#[test]
fn max_wait_stops_a_resumable_import() {
    let limits = vec![(5, Duration::from_secs(3600))];
    let mut stage = Stage::with(SandboxOptions { limits, ..SandboxOptions::default() });
    let assert = at_once(|| import(&stage, &stage.sandbox.url(), &["--max-wait", "1s"]).failure().code(4));
    let (summary, said) = (json(&assert), stderr(&assert));
    assert_eq!((&summary["saved"], &summary["unsent"]), (&5.into(), &3.into()), "{said}");
    assert!(
        said.contains("the rate limit allows no request for ") && said.contains("wait longer with --max-wait"),
        "{said}"
    );
    let before = stage.restart(&[]);
    stage.run(&["runs", "resume", "1"]).success();
    let mut all = [before, stage.sent()].concat();
    all.sort();
    assert_eq!(all, numbered(8));
}

#[test]
fn a_waiting_row_is_not_retried_now() {
    let (stage, server) = (Stage::new(), answering(429, "99999999999", "slow down"));
    let assert =
        at_once(|| import(&stage, &server.url(), &["-v", "--max-wait=1s", "--concurrency=1"]).failure().code(4));
    let said = stderr(&assert);
    assert!(said.contains("row 1: retrying in 1 day 0 h: slow down") && !said.contains("retrying now"), "{said}");
}

#[test]
fn an_empty_response_has_a_reason() {
    let table = [(401, 3, "the server rejected the credentials"), (404, 3, "the server rejected the target")];
    for (status, code, what) in table {
        let (stage, server) = (Stage::new(), Fixed::start(move |_| (status, String::new())));
        let assert = import(&stage, &server.url(), &["-v", IMPATIENT]).failure().code(code);
        let (said, reason) = (stderr(&assert), format!("{what}: HTTP {status} with an empty body"));
        assert!(said.contains(&format!("paused: {reason}; retrying in")), "{said}");
        assert_eq!(json(&assert)["error"]["message"], reason, "{said}");
    }
    let (stage, server) = (Stage::new(), Fixed::start(|_| (500, String::new())));
    let said = stderr(&submit(&stage, &server.url(), &[]).failure());
    assert!(said.contains("in doubt with status 500: HTTP 500 with an empty body"), "{said}");
}

/// With one request in flight at a time or several, spaced evenly or not.
#[test]
fn max_wait_also_limits_the_spacing() {
    for options in [&["--pace=even"][..], &["--pace=early"], &["--pace=early", "--concurrency=1"]] {
        let stage = Stage::new();
        let limit = ["--rate-limit=2/1h", "--max-wait=1s"];
        let assert = import(&stage, &stage.sandbox.url(), &[&limit, options].concat()).failure().code(4);
        let saved = json(&assert)["saved"].as_u64().unwrap();
        assert!((1..=2).contains(&saved), "{options:?}: {saved}");
        assert!(stderr(&assert).contains("the rate limit allows no request for "), "{}", stderr(&assert));
    }
}

#[test]
fn workers_stop_when_the_run_does() {
    let (stage, server) = (Stage::new(), answering(503, "3600", "maintenance"));
    let assert = at_once(|| import(&stage, &server.url(), &["--concurrency", "8"]).failure().code(4));
    assert_eq!(json(&assert)["unsent"], 8);
    assert!(stderr(&assert).contains("the server asks clients to wait 1 h: maintenance"), "{}", stderr(&assert));
}

#[test]
fn endless_durations_are_accepted() {
    let stage = Stage::new();
    let longest = "9223372036854775807s";
    let options = ["--max-wait", "--wait-for-target", "--timeout"].map(|option| format!("{option}={longest}"));
    let limit = format!("--rate-limit=100/{longest}");
    let mut options: Vec<&str> = options.iter().map(String::as_str).collect();
    options.extend([&*limit, "--pace=early"]);
    import(&stage, &stage.sandbox.url(), &options).success();
    stage.has_exactly(&numbered(8));
}
