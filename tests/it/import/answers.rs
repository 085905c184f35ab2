//! Answers that are well-formed, but not about the record that was sent: what they mean for rows, runs and reports.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json as value};

use crate::support::{Fixed, IMPATIENT, Stage, json, numbered, stderr, stdout};

const ONE_BY_ONE: [&str; 4] = ["-o", "json", "--concurrency", "1"];

fn rows(stage: &Stage, run: &str) -> Vec<Value> {
    let rows = json(&stage.run(&["runs", "show", run, "--rows", "-o", "json"]).success());
    rows["rows"].as_array().unwrap().clone()
}

#[test]
fn contradicting_answers_leave_rows_in_doubt() {
    for (fault, difference) in [
        ("other-bot", "botId \"st-other\" instead of \""),
        ("other-type", "type \"CSAT\" instead of \"NPS\""),
        ("other-score", "score 4.0 instead of 3"),
        ("other-uid", "channelUId \"somebody-else@example.com\" instead of \"respondent-00003@example.com\""),
        ("old-time", "its time is 1999-12-31T23:59:59Z, but the response is of 20"),
        ("repeated-id", "the response has the id of another record: row 1 got "),
    ] {
        let stage = Stage::faulty(&[&format!("{fault}:at=3")]);
        let assert = stage.import(&stage.write_records(&numbered(6)), &ONE_BY_ONE).failure().code(1);
        let summary = json(&assert);
        assert_eq!((&summary["saved"], &summary["in_doubt"]), (&5.into(), &1.into()), "{fault}: {summary}");
        let row = &rows(&stage, "1")[2];
        assert_eq!(row["outcome"], "in doubt", "{fault}");
        assert!(row["error"].as_str().unwrap().contains(difference), "{fault}: {row}");
        assert_eq!(stage.sandbox.counts().arrivals, 6, "{fault}: it is not sent again");
        // Its record is there all the same, and is found.
        let verified = json(&stage.run(&["runs", "verify", "1", "-o", "json"]).code(0));
        assert_eq!((&verified["saved"], &verified["still_in_doubt"]), (&1.into(), &0.into()), "{fault}: {verified}");
    }
}

#[test]
fn a_cache_that_answers_stops_the_run() {
    for fault in ["repeated-id", "other-uid", "old-time"] {
        let stage = Stage::faulty(&[fault]);
        let file = stage.write_records(&numbered(60));
        let assert = stage.import(&file, &["-o", "json", "--concurrency", "4", IMPATIENT]).failure().code(5);
        let summary = json(&assert);
        assert!(summary["saved"].as_u64().unwrap() <= 1, "{fault}: {summary}");
        assert!(summary["in_doubt"].as_u64().unwrap() < 20, "{fault}: {summary}");
        assert!(stderr(&assert).contains("the server is not confirming"), "{}", stderr(&assert));
    }
}

#[test]
fn normalized_fields_stay_saved_and_are_counted() {
    let stage = Stage::faulty(&["other-name:at=2", "other-channel:every=3", "other-language:at=5"]);
    let file = stage.write_records(&numbered(7));
    let assert = stage.import(&file, &ONE_BY_ONE).success();
    let summary = json(&assert);
    assert_eq!(summary["saved"], 7);
    assert_eq!(summary["changed_fields"], value!({"channel": 2, "language": 1, "name": 1}));
    assert_eq!(summary["missing_fields"], value!({}));
    let said = stderr(&assert);
    assert_eq!(said.matches("with another value than was sent: ").count(), 1, "{said}");
    assert!(said.contains("warning: the server saved row 2 with another value than was sent: name"), "{said}");
    let stage = Stage::new();
    let strict = stage.import(&stage.write_records(&numbered(2)), &["--strict-answers"]).success();
    assert!(!stdout(&strict).contains("Answers:"), "{}", stdout(&strict));
}

#[test]
fn missing_fields_warn_or_fail_the_check() {
    let stage = Stage::faulty(&["only-id:every=2"]);
    let file = stage.write_records(&numbered(4));
    let assert = stage.import(&file, &["--concurrency", "1"]).success();
    let said = stderr(&assert);
    let fields = "botId, channel, language, score, timestamp, createdOn, timestampValue, type, name, channelUId, orgId, \
                  accountId, userId";
    assert_eq!(said.matches("lack fields that the API documents as required").count(), 1, "{said}");
    assert!(said.contains(fields), "{said}");
    let summary = stdout(&assert);
    assert!(summary.contains("Response: missing from its responses: accountId in 2 rows, "), "{summary}");

    let strict = stage.import(&file, &[&ONE_BY_ONE[..], &["--again", "--strict-answers"]].concat()).failure().code(1);
    let (summary, said) = (json(&strict), stderr(&strict));
    assert_eq!((&summary["saved"], &summary["missing_fields"]["orgId"]), (&4.into(), &2.into()));
    assert!(
        said.contains("error: the server's responses are not as documented: missing from its responses: acc"),
        "{said}"
    );
    assert!(said.contains("hint: omit --strict-answers"), "{said}");
}

#[test]
fn strict_answers_fail_a_submit_too() {
    let stage = Stage::faulty(&["only-id"]);
    let submit = |uid: &str, more: &[&str]| {
        let options = ["--name=n", "--score=9", "--channel=rtm", "--type=NPS", "--language=en", "--message="];
        stage.run(&[&["submit", "--channel-uid", uid], &options[..], more].concat())
    };
    submit("a", &[]).success();
    let strict = submit("b", &["--strict-answers"]).failure().code(1);
    assert!(stderr(&strict).contains("the server's responses are not as documented"), "{}", stderr(&strict));
    assert_eq!(stage.sent().len(), 2);
}

#[test]
fn repeated_ids_are_found_at_the_end() {
    let (calls, is_cached) = (AtomicUsize::new(0), Arc::new(AtomicBool::new(false)));
    let cached = Arc::clone(&is_cached);
    let server = Fixed::start(move |_| match calls.fetch_add(1, Ordering::Relaxed) {
        call @ 0..2 => (200, value!({"_id": format!("id-{call}")}).to_string()),
        _ if cached.load(Ordering::Relaxed) => (200, value!({"_id": "id-0"}).to_string()),
        _ => (401, "Unauthorized".to_owned()),
    });
    let stage = Stage::new();
    let file = stage.write_records(&numbered(3));
    let import = |arguments: &[&str]| {
        let mut command = stage.command(&[&["import", IMPATIENT], &ONE_BY_ONE[..], arguments].concat());
        command.arg(&file).env("KORE_FEEDBACK_HOST", server.url()).assert()
    };
    assert_eq!(json(&import(&[]).code(3))["saved"], 2);
    is_cached.store(true, Ordering::Relaxed);
    // This process has not seen the first id.
    let resumed = import(&["--resume"]).code(1);
    let summary = json(&resumed);
    assert_eq!((&summary["saved"], &summary["in_doubt"]), (&2.into(), &1.into()), "{summary}");
    let said = stderr(&resumed);
    assert!(said.contains("1 more row in doubt: the server responded with ids of other rows"), "{said}");
    assert_eq!(rows(&stage, "1")[2]["error"], "the response has the id of another record: row 1 got id-0");
}

#[test]
fn a_login_page_saves_nothing() {
    let server = Fixed::start(|_| (200, "<html><title>Sign in to the proxy</title></html>".to_owned()));
    let stage = Stage::new();
    let file = stage.write_records(&numbered(50));
    let mut command = stage.command(&["import", "-o", "json", IMPATIENT]);
    let assert = command.arg(&file).env("KORE_FEEDBACK_HOST", server.url()).assert().failure().code(5);
    let summary = json(&assert);
    assert_eq!(summary["saved"], 0);
    assert!(summary["unsent"].as_u64().unwrap() > 30, "{summary}");
    assert!(stderr(&assert).contains("Sign in to the proxy"), "{}", stderr(&assert));
}

#[test]
fn rows_show_the_servers_time() {
    let stage = Stage::faulty(&["400:at=2"]);
    stage.import(&stage.write_records(&numbered(3)), &ONE_BY_ONE).code(1);
    let rows = rows(&stage, "1");
    let times: Vec<_> = stage.sandbox.records().iter().map(|record| format!("{:.3}", record.saved_at)).collect();
    assert_eq!([&rows[0]["server_time"], &rows[2]["server_time"]], [times[0].as_str(), &times[1]]);
    assert_eq!(rows[1]["server_time"], Value::Null);
    let csv = stdout(&stage.run(&["runs", "show", "1", "--rows"]).success());
    assert!(csv.lines().nth(1).unwrap().contains(&format!(",{},", times[0])), "{csv}");
}
