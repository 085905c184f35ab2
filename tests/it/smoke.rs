//! `smoke` through the real binary: what it sends, what it checks, and how it reports that.

#![expect(clippy::unwrap_used, reason = "a failed setup fails the test")]

use std::time::Duration;

use assert_cmd::assert::Assert;
use insta::assert_snapshot;
use kore_feedback::sandbox::SandboxOptions;
use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use serde_json::{Value, json as value};

use crate::support::{Fixed, IMPATIENT, Stage, Surroundings, json, record, stderr, stdout};

const SMOKE: [&str; 3] = ["smoke", "--name", "Smoke test"];

fn smoke(stage: &Stage, more: &[&str]) -> Assert {
    stage.run(&[&SMOKE[..], more].concat())
}

fn smoke_json(stage: &Stage, more: &[&str], exit: i32) -> Value {
    json(&smoke(stage, &[more, &["-o", "json"]].concat()).code(exit))
}

/// The statuses of the checks, by what they are about: `CSAT echo`.
fn status(report: &Value, check: &str) -> String {
    found(report, check)["status"].as_str().unwrap().to_owned()
}

fn message(report: &Value, check: &str) -> String {
    found(report, check)["message"].as_str().unwrap().to_owned()
}

#[track_caller]
fn found<'a>(report: &'a Value, check: &str) -> &'a Value {
    let (of, name) = check.split_once(' ').map_or((Value::Null, check), |(of, name)| (of.into(), name));
    let mut checks = report["checks"].as_array().unwrap().iter();
    checks.find(|found| found["type"] == of && found["check"] == name).unwrap_or_else(|| panic!("no {check}: {report}"))
}

#[test]
fn one_record_of_each_type_is_checked() {
    let stage = Stage::new();
    let assert = smoke(&stage, &["--max-latency", "60s"]).success();
    let sent = |score, of| {
        record(["smoke-test@example.com", "Smoke test", score, "rtm", of, "en", "Sent by kore-feedback smoke"])
    };
    stage.has_exactly(&[sent("7", "NPS"), sent("3", "CSAT"), sent("1", "THUMB")]);
    let text = without_ids(&stdout(&assert));
    stage.filtered(|| {
        assert_snapshot!(text, @r"
    Smoke test of http://sandbox, bot st-bot
      ok           NPS saved        as [id]
      ok           NPS echo         every field as sent
      ok           NPS contract     every field as documented
      ok           NPS latency      [time], at most 1 min allowed
      ok           NPS read back    every field as sent
      ok           CSAT saved       as [id]
      ok           CSAT echo        every field as sent
      ok           CSAT contract    every field as documented
      ok           CSAT latency     [time], at most 1 min allowed
      ok           CSAT read back   every field as sent
      ok           THUMB saved      as [id]
      ok           THUMB echo       every field as sent
      ok           THUMB contract   every field as documented
      ok           THUMB latency    [time], at most 1 min allowed
      ok           THUMB read back  every field as sent
    15 checks ok, 0 failed, 0 not checked
    ");
    });
    assert!(stderr(&assert).contains("sending 3 records of smoke-test@example.com"), "{}", stderr(&assert));
    // They are in the ledger, like those of a submit.
    let rows = stdout(&stage.run(&["runs", "show", "1", "--rows"]).success());
    assert_eq!(rows.matches(",saved,").count(), 3, "{rows}");
}

/// Without the ids of records.
fn without_ids(text: &str) -> String {
    let shorten = |line: &str| match line.rsplit_once(" as ") {
        Some((start, _)) if start.contains(" saved ") => format!("{start} as [id]"),
        _ => line.to_owned(),
    };
    text.lines().map(shorten).collect::<Vec<_>>().join("\n")
}

#[test]
fn options_choose_types_and_fields() {
    let stage = Stage::new();
    let options =
        ["--type", "thumb", "--type", "CSAT", "--channel-uid", "ci-7", "--channel", "web", "--language", "de"];
    let report = smoke_json(&stage, &options, 0);
    let sent = |score, of| record(["ci-7", "Smoke test", score, "web", of, "de", "Sent by kore-feedback smoke"]);
    stage.has_exactly(&[sent("3", "CSAT"), sent("1", "THUMB")]);
    assert_eq!(report["checks"].as_array().unwrap().len(), 10);
    let keys: Vec<_> = report.as_object().unwrap().keys().map(String::as_str).take(9).collect();
    assert_eq!(keys, ["run", "host", "bot_id", "survey", "passed", "ok", "failed", "not_checked", "checks"]);
    assert_eq!((&report["run"], &report["passed"], &report["ok"]), (&value!(1), &value!(true), &value!(10)));
    let keys: Vec<_> = report["checks"][0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["check", "type", "status", "message", "hint", "elapsed_ms"]);
}

#[test]
fn profile_defaults_never_name_the_survey() {
    let stage = Stage::new();
    stage.write_config(
        "[profiles.p.defaults]\nname = \"Real\"\nchannel_uid = \"anonymous\"\nchannel = \"sms\"\nlanguage = \"fr\"\n",
    );
    let said = stderr(&stage.run(&["smoke"]).failure().code(2));
    assert!(said.contains("--name <SURVEY>"), "{said}");
    smoke(&stage, &["--name", " "]).failure().code(2);
    stage.was_never_called();
    smoke(&stage, &["--type", "NPS"]).success();
    let uid = "smoke-test@example.com";
    stage.has_exactly(&[record([uid, "Smoke test", "7", "sms", "NPS", "fr", "Sent by kore-feedback smoke"])]);
}

#[test]
fn wrong_answers_fail_the_check_they_concern() {
    // A second record, because a fault answers with another one.
    for (fault, failed, words) in [
        ("other-name", "NPS echo", "name "),
        ("other-language", "NPS echo", "language "),
        ("only-id", "NPS contract", "botId is missing, channel is missing"),
        ("other-score", "NPS saved", "in doubt: the response is about another record: score "),
        ("truncate", "NPS saved", "in doubt: the response contains no record"),
    ] {
        let stage = Stage::faulty(&[&format!("{fault}:at=1")]);
        let report = smoke_json(&stage, &["--type", "NPS"], 1);
        assert_eq!(status(&report, failed), "failed", "{fault}: {report}");
        assert!(message(&report, failed).starts_with(words), "{fault}: {report}");
        // The record itself is right.
        assert_eq!(status(&report, "NPS read_back"), "ok", "{fault}: {report}");
        assert_eq!(report["failed"], 1, "{fault}: {report}");
    }
}

#[test]
fn a_slow_server_fails_the_latency() {
    let latency = Some(Duration::from_millis(120)..=Duration::from_millis(120));
    let stage = Stage::with(SandboxOptions { latency, ..SandboxOptions::default() });
    let report = smoke_json(&stage, &["--type", "CSAT", "--max-latency", "100ms"], 1);
    assert_eq!(status(&report, "CSAT latency"), "failed");
    assert!(found(&report, "CSAT latency")["elapsed_ms"].as_u64().unwrap() >= 120);
    assert_eq!((status(&report, "CSAT saved"), report["failed"].clone()), ("ok".to_owned(), value!(1)));
    let report = smoke_json(&stage, &["--type", "CSAT", "--max-latency", "1m"], 0);
    assert_eq!(status(&report, "CSAT latency"), "ok");
    let report = json(&stage.run(&["smoke", "--read-only", "--max-latency", "100ms", "-o", "json"]).code(1));
    assert_eq!((status(&report, "latency").as_str(), status(&report, "read").as_str()), ("failed", "ok"));
}

#[test]
fn records_that_may_not_be_read_are_not_checked() {
    let stage = Stage::faulty(&["403:on=responses"]);
    let assert = smoke(&stage, &[]).success();
    let text = stdout(&assert);
    assert_eq!(text.matches("not checked  ").count(), 3, "{text}");
    for scope in ["Feedback Analytics", "Metrics", "Feedback Survey"] {
        assert!(text.contains(scope), "{text}");
    }
    let report = smoke_json(&stage, &[], 0);
    assert_eq!((status(&report, "NPS read_back").as_str(), &report["passed"]), ("not_checked", &value!(true)));
    assert!(found(&report, "THUMB read_back")["hint"].as_str().unwrap().contains("Feedback Survey"));
}

#[test]
fn a_rejected_token_sends_one_record() {
    let stage = Stage::faulty(&["401"]);
    let assert = smoke(&stage, &[IMPATIENT, "--junit", "out.xml", "-o", "json"]).failure().code(3);
    let report: Value = json(&assert);
    assert_eq!(status(&report, "NPS saved"), "failed");
    assert!(message(&report, "NPS saved").contains("Invalid SDK credentials"), "{report}");
    assert_eq!(status(&report, "CSAT saved"), "not_checked");
    assert_eq!((report["failed"].clone(), report["not_checked"].clone()), (value!(1), value!(14)));
    assert!(stage.sandbox.counts().arrivals <= 6 && stage.sandbox.records().is_empty());
    assert_eq!(junit(&stage, "out.xml").failures, 1);
}

fn junit(stage: &Stage, file: &str) -> Report {
    Report::deserialize(std::fs::read(stage.path(file)).unwrap().as_slice()).unwrap()
}

#[test]
fn junit_has_a_case_for_each_check() {
    let stage = Stage::faulty(&["403:on=responses", "only-id:at=1"]);
    smoke(&stage, &["--junit", "out.xml"]).failure().code(1);
    let report = junit(&stage, "out.xml");
    assert_eq!((report.tests, report.failures), (15, 1));
    let cases: Vec<_> = report.test_suites[0].test_cases.iter().collect();
    assert_eq!((cases[0].name.as_str(), cases[14].name.as_str()), ("NPS saved", "THUMB read back"));
    assert!(cases[0].time.is_some());
    let TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, message: Some(message), .. } = &cases[2].status
    else {
        panic!("{:?}", cases[2]);
    };
    assert!(message.as_str().contains("botId is missing"), "{message:?}");
    assert!(matches!(cases[4].status, TestCaseStatus::Skipped { .. }));
}

#[test]
fn a_missing_directory_is_reported_before_sending() {
    let stage = Stage::new();
    let said = stderr(&smoke(&stage, &["--junit", "no/out.xml"]).failure().code(2));
    assert!(said.contains("--junit: no directory for"), "{said}");
    stage.was_never_called();
    // Later, the records were sent.
    std::fs::create_dir(stage.path("out.xml")).unwrap();
    let said = stderr(&smoke(&stage, &["--junit", "out.xml"]).failure().code(1));
    assert!(said.contains("cannot write ") && said.contains("out.xml"), "{said}");
}

#[test]
fn read_only_sends_nothing() {
    let stage = Stage::new();
    let text = stdout(&stage.run(&["smoke", "--read-only"]).success());
    stage.filtered(|| {
        assert_snapshot!(text, @r"
    Smoke test of http://sandbox, bot st-bot
      ok           connection  without TLS, on this machine
      ok           token       accepted
      ok           scope       the app may read feedback
      ok           read        0 records in the last 24 hours
      ok           latency     [time]
    5 checks ok, 0 failed, 0 not checked
    ");
    });
    let counts = stage.sandbox.counts();
    assert_eq!((counts.arrivals, counts.read, counts.saved), (1, 1, 0));
    let said = stderr(&stage.run(&["smoke", "--read-only", "--name", "x"]).failure().code(2));
    assert!(said.contains("cannot be used with"), "{said}");
}

#[test]
fn read_only_tells_token_scope_and_target_apart() {
    for (fault, exit, statuses) in [
        ("403:on=responses", 3, ["ok", "ok", "failed", "not_checked"]),
        ("401:on=responses", 3, ["ok", "failed", "not_checked", "not_checked"]),
        ("404:on=responses", 4, ["ok", "not_checked", "not_checked", "failed"]),
        ("400:on=responses", 1, ["ok", "not_checked", "not_checked", "failed"]),
    ] {
        let stage = Stage::faulty(&[fault]);
        let assert = stage.run(&["smoke", "--read-only", "-o", "json"]).failure().code(exit);
        let report: Value = json(&assert);
        let checks = ["connection", "token", "scope", "read"].map(|check| status(&report, check));
        assert_eq!(checks, statuses, "{fault}: {report}");
        assert!(stderr(&assert).contains("of 5 checks failed: "), "{}", stderr(&assert));
    }
}

#[test]
fn an_unreachable_host_fails_the_connection() {
    let stage = Stage::new();
    let mut command = stage.command(&["smoke", "--read-only", "-o", "json"]);
    // A port that nobody listens on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let assert = command.env("KORE_FEEDBACK_HOST", format!("http://{free}")).assert().failure().code(4);
    let report: Value = json(&assert);
    assert_eq!((status(&report, "connection").as_str(), status(&report, "token").as_str()), ("failed", "not_checked"));
}

#[test]
fn a_login_page_fails_without_a_false_save() {
    let server = Fixed::start(|_| (200, "<html>\u{1b}[2JSign in</html>".to_owned()));
    let stage = Stage::new();
    let run = |more: &[&str]| {
        let mut command = stage.command(&[&SMOKE[..], &["--type", "CSAT", "--wait", "0s", IMPATIENT], more].concat());
        command.env("KORE_FEEDBACK_HOST", server.url()).assert()
    };
    let assert = run(&["--junit", "out.xml"]).failure().code(1);
    let text = stdout(&assert);
    assert!(text.contains("failed       CSAT saved      in doubt: the response contains no record"), "{text}");
    assert!(text.contains("failed       CSAT read back") && !text.contains('\u{1b}'), "{text}");
    let xml = std::fs::read_to_string(stage.path("out.xml")).unwrap();
    assert!(xml.contains("Sign in") && !xml.contains('\u{1b}'), "{xml}");
}

#[test]
fn a_record_that_never_appears_fails() {
    let server = Fixed::start(|request| {
        if request.contains("getFeedbackSurveyResponses") {
            return (200, r#"{"moreAvailable":false,"totalCount":0,"result":[]}"#.to_owned());
        }
        let (_, body) = request.split_once("\r\n\r\n").unwrap();
        let mut record: Value = serde_json::from_str(body).unwrap();
        record["_id"] = "641b".into();
        (200, record.to_string())
    });
    let stage = Stage::new();
    let mut command = stage.command(&[&SMOKE[..], &["--type", "CSAT", "--wait", "0s", "-o", "json"]].concat());
    let assert = command.env("KORE_FEEDBACK_HOST", server.url()).assert().failure().code(1);
    let report: Value = json(&assert);
    assert_eq!(message(&report, "CSAT read_back"), "not visible within 0.0 s");
    assert_eq!((status(&report, "CSAT saved").as_str(), status(&report, "CSAT echo").as_str()), ("ok", "ok"));
}

#[test]
fn a_full_window_ends_with_the_time_to_wait() {
    let stage = Stage::new();
    let assert = smoke(&stage, &["--rate-limit", "2/1h", "--max-wait", "1s"]).failure().code(4);
    let text = stdout(&assert);
    assert!(text.contains("ok           CSAT saved") && text.contains("failed       THUMB saved"), "{text}");
    assert!(stderr(&assert).contains("try again "), "{}", stderr(&assert));
}

#[cfg(unix)]
#[test]
fn a_terminal_is_asked_before_sending() {
    use crate::support::Terminal;
    let stage = Stage::new();
    let start = |more: &[&str]| {
        Terminal::start(stage.process(&[&SMOKE[..], &["--type", "NPS"], more].concat()).envs(stage.variables()))
    };
    let mut terminal = start(&[]);
    terminal.wait_for("Send 1 record to ");
    terminal.type_in("n\r");
    assert_eq!(terminal.end().0, Some(2));
    stage.was_never_called();
    assert_eq!(start(&["--yes"]).end().0, Some(0));
    assert_eq!(stage.sandbox.counts().saved, 1);
}

#[cfg(unix)]
#[test]
fn an_interrupted_test_says_what_was_sent() {
    let latency = Some(Duration::from_millis(400)..=Duration::from_millis(400));
    let stage = Stage::with(SandboxOptions { latency, ..SandboxOptions::default() });
    let mut command = stage.process(&[&SMOKE[..], &["-o", "json"]].concat());
    let running = crate::support::Running::start(command.envs(stage.variables()));
    crate::support::until(|| stage.sandbox.counts().arrivals > 0);
    running.signal(rustix::process::Signal::INT);
    let ended = running.end();
    assert_eq!(ended.code, Some(130), "{}", ended.stderr);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((status(&report, "NPS saved").as_str(), status(&report, "THUMB saved").as_str()), ("ok", "not_checked"));
    assert_eq!(
        (message(&report, "CSAT saved").as_str(), &report["error"]["kind"]),
        ("interrupted", &"interrupted".into())
    );
}

#[test]
fn the_sandbox_needs_no_settings() {
    let surroundings = Surroundings::new();
    let report = json(&surroundings.run(&[&SMOKE[..], &["--sandbox", "-o", "json"]].concat()).success());
    assert_eq!((&report["ok"], &report["survey"]), (&value!(15), &value!("Smoke test")));
    surroundings.run(&["smoke", "--read-only", "--sandbox"]).success();
}

#[test]
fn encrypted_single_use_tokens_work() {
    let options = SandboxOptions { enforce_jti: true, enforce_jwe: true, ..SandboxOptions::default() };
    let stage = Stage::with(options);
    stage.write("key.jwk", stage.sandbox.public_jwk().unwrap());
    let mut command = stage.command(&SMOKE);
    command.env("KORE_FEEDBACK_JTI", "true").env("KORE_FEEDBACK_JWE_PUBLIC_KEY_FILE", "key.jwk").assert().success();
}
