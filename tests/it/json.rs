//! `--output json`: every command prints one object that matches the schema in `docs/output.schema.json`.

use assert_cmd::assert::Assert;
use boon::{Compiler, Schemas};
use serde_json::Value;

use crate::support::{IMPATIENT, Stage, Surroundings, csv_of, json, numbered, record, stderr, stdout};

const SCHEMA: &str = include_str!("../../docs/output.schema.json");

/// The object on stdout, which matches the definition.
fn matching(definition: &str, assert: &Assert) -> Value {
    let printed = json(assert);
    ensure_match(definition, &printed);
    printed
}

#[expect(clippy::unwrap_used, reason = "a schema that does not compile has failed")]
fn ensure_match(definition: &str, printed: &Value) {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("output.json", serde_json::from_str(SCHEMA).unwrap()).unwrap();
    let pointer = format!("output.json#/$defs/{}", definition.replace(' ', "%20"));
    let schema = compiler.compile(&pointer, &mut schemas).unwrap();
    if let Err(error) = schemas.validate(printed, schema) {
        panic!("{definition}: {error:#}\n{printed:#}");
    }
}

#[test]
fn runs_match_the_schema() {
    let stage = Stage::faulty(&["400:at=2", "500:at=3"]);
    stage.write_records(&numbered(4));
    matching("import", &stage.run(&["import", "in.csv", "-ojson", "--dry-run"]));
    matching("import", &stage.run(&["import", "in.csv", "-ojson"]).code(1));
    for (definition, arguments) in [
        ("runs list", &["list"][..]),
        ("runs show", &["show", "1"]),
        ("runs show --rows", &["show", "1", "--rows"]),
        ("runs failures", &["failures", "1"]),
        ("runs saved", &["saved", "1"]),
        ("runs saved", &["saved", "1", "saved.csv"]),
        ("runs report", &["report", "1"]),
        ("runs verify", &["verify", "1"]),
        ("import", &["resume", "1"]),
    ] {
        matching(definition, &stage.run(&[&["runs", "-ojson"], arguments].concat()));
    }
}

#[test]
fn responses_match_the_schema() {
    let stage = Stage::new();
    stage.write_records(&numbered(12));
    stage.run(&["import", "in.csv"]).success();
    let responses =
        |arguments: &[&str]| stage.run(&[&["responses", "-ojson"], arguments, &["--from=2026-01-01"]].concat());
    let printed = matching("responses export", &responses(&["export"]).success());
    assert_eq!(printed["responses"].as_array().unwrap().len(), 12);
    assert_eq!(matching("responses export", &responses(&["export", "out.csv"]).success())["records"], 12);
    let refused = matching("responses export", &responses(&["export", "out.csv"]).code(2));
    assert_eq!(refused["error"]["kind"], "usage");
    responses(&["export", "--format=csv"]).code(2);
    let scores = matching("responses scores", &responses(&["scores", "--by=month"]).success());
    assert_eq!((&scores["records"], &scores["groups"][0]["records"]), (&12.into(), &12.into()));
}

#[test]
fn failures_have_the_cells_by_header() {
    let stage = Stage::faulty(&["400:at=2"]);
    stage.write_records(&numbered(3));
    stage.run(&["import", "in.csv", "--concurrency=1"]).code(1);
    let printed = matching("runs failures", &stage.run(&["runs", "failures", "1", "-ojson"]));
    let failures = printed["failures"].as_array().unwrap();
    assert_eq!((failures.len(), &failures[0]["row"], &failures[0]["status"]), (1, &2.into(), &400.into()));
    assert_eq!(failures[0]["cells"]["channelUId"], numbered(3)[1][0]);
}

#[test]
fn submits_match_the_schema() {
    let submit = ["submit", "--type=CSAT", "--score=4", "--channel-uid=jo@example.com", "--name=n", "--channel=rtm"];
    let submit = [&submit[..], &["--language=en", "--message=", "-o", "json"]].concat();
    let stage = Stage::faulty(&["400:at=2"]);
    matching("submit", &stage.run(&submit).success());
    let dry = matching("submit", &stage.run(&[&submit[..], &["--dry-run"]].concat()).success());
    assert_eq!(dry["request"]["body"]["channelUId"], "jo@example.com");
    matching("submit", &stage.run(&submit).code(1));
    let incomplete = matching("submit", &stage.run(&["submit", "--score", "4", "-o", "json"]).code(2));
    assert_eq!((&incomplete["run"], &incomplete["outcome"]), (&Value::Null, &"unsent".into()));
    assert_eq!(incomplete["error"]["kind"], "invalid_record");
}

#[test]
fn smoke_tests_match_the_schema() {
    let stage = Stage::faulty(&["403:on=responses", "other-name:at=2"]);
    let failed = matching("smoke", &stage.run(&["smoke", "--name", "Test", "-ojson"]).code(1));
    assert_eq!(failed["error"]["kind"], "unexpected_response");
    matching("smoke", &stage.run(&["smoke", "--read-only", "-ojson"]).code(3));
    let refused = matching("failed", &stage.run(&["smoke", "--name", " ", "-ojson"]).code(2));
    assert_eq!(refused["error"]["kind"], "invalid_record");
}

#[test]
fn other_commands_match_the_schema() {
    let stage = Stage::new();
    stage.write_records(&numbered(4));
    for (definition, arguments) in [
        ("inspect", &["inspect", "in.csv"][..]),
        ("token", &["token", "--header"]),
        ("presets list", &["presets", "list"]),
        ("presets show", &["presets", "show", "qualtrics"]),
        ("config show", &["config", "show"]),
        ("config path", &["config", "path"]),
        ("config check", &["config", "check"]),
        ("config set", &["config", "set", "timeout", "20s"]),
        ("config get", &["config", "get", "timeout"]),
        ("config init", &["config", "init", "--config", "new.toml"]),
        ("completions", &["completions", "bash"]),
    ] {
        matching(definition, &stage.run(&[arguments, &["-o", "json"]].concat()).success());
    }
    let token = json(&stage.run(&["token", "-ojson"]).success());
    matching("token inspect", &stage.run(&["token", "inspect", token["token"].as_str().unwrap(), "-ojson"]));
}

#[test]
fn every_failure_is_an_object_with_its_place() {
    let home = Surroundings::new();
    home.write("broken.csv", "a,b\n1,\"open\n");
    home.write("bad.toml", "[profiles.x]\nhost = 7\n");
    for (arguments, kind, key, value) in [
        (&["import", "--no-such-option"][..], "usage", "", Value::Null),
        (&["inspect", "missing.csv"], "input", "file", "missing.csv".into()),
        (&["inspect", "broken.csv"], "input", "line", 2.into()),
        (&["config", "show", "--config", "bad.toml"], "config", "line", 2.into()),
        (&["config", "show", "--profile", "zebra"], "config", "setting", "--profile".into()),
        (&["runs", "show", "7"], "ledger", "", Value::Null),
    ] {
        for output in [&["-o", "json"][..], &["--output=json"], &["-ojson"]] {
            let assert = home.run(&[arguments, output].concat()).code(2);
            let error = &matching("failed", &assert)["error"];
            assert_eq!((&error["kind"], &error["exit_code"]), (&kind.into(), &2.into()), "{error}");
            assert!(key.is_empty() || error["location"][key] == value, "{error}");
            assert!(stderr(&assert).contains("error: "), "people are told, too");
        }
    }
}

#[test]
fn a_stopped_run_has_summary_and_error() {
    let stage = Stage::faulty(&["401"]);
    stage.write_records(&numbered(3));
    let stopped = matching("import", &stage.run(&["import", "in.csv", "-ojson", IMPATIENT]).code(3));
    assert_eq!((&stopped["run"], &stopped["unsent"]), (&1.into(), &3.into()));
    assert_eq!((&stopped["error"]["kind"], &stopped["error"]["exit_code"]), (&"credentials".into(), &3.into()));
}

#[test]
fn the_preview_and_warnings_are_in_the_object() {
    let stage = Stage::new();
    let rows = ["9", "10", "3"].map(|score| record(["a@example.com", "Relationship", score, "rtm", "NPS", "en", ""]));
    stage.write("in.csv", csv_of(&rows));
    let printed = matching("import", &stage.run(&["import", "in.csv", "-ojson", "--dry-run"]).success());
    let survey = &printed["preview"][0]["surveys"][0];
    assert_eq!(
        (&survey["name"], &survey["score"], &survey["positive"]),
        (&"Relationship".into(), &33.into(), &2.into())
    );
    let warnings = printed["warnings"].as_array().unwrap();
    assert!(warnings.iter().any(|warning| warning.as_str().unwrap().contains("no date field")), "{warnings:?}");
}

#[test]
fn the_log_has_what_verbose_shows() {
    let stage = Stage::faulty(&["429:at=2"]);
    stage.write_records(&numbered(3));
    stage.run(&["import", "in.csv", "--quiet", "--concurrency=1", "--log-file", "import.log"]).success();
    let log = std::fs::read_to_string(stage.path("import.log")).unwrap();
    assert!(log.contains("Z detail  row 2: retrying"), "{log}");
    assert!(!log.contains("eyJ"), "no token is logged: {log}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(stage.path("import.log")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let refused = stage.run(&["runs", "list", "--log-file", "no/such/directory.log"]).code(2);
    assert!(stderr(&refused).contains("cannot write the log no/such/directory.log"));
}

#[test]
fn events_tell_each_outcome_as_it_comes() {
    let stage = Stage::faulty(&["400:at=2"]);
    let rows = [&numbered(3)[..], &[record(["a", "x", "9", "rtm", "CSAT", "en", ""])]].concat();
    stage.write("in.csv", csv_of(&rows));
    let assert = stage.run(&["import", "in.csv", "-o", "ndjson", "--skip-invalid", "--concurrency=1"]).code(1);
    let events = stdout(&assert);
    let mut events: Vec<Value> = events.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    events.iter().for_each(|line| ensure_match("ndjson line", line));
    let summary = events.pop().unwrap();
    assert_eq!((&summary["event"], &summary["saved"], &summary["rejected"]), (&"summary".into(), &2.into(), &1.into()));
    let mut outcomes: Vec<_> = events.iter().map(|event| (event["row"].as_u64(), event["outcome"].as_str())).collect();
    outcomes.sort_unstable();
    let expected = [(1, "saved"), (2, "rejected"), (3, "saved"), (4, "invalid")];
    assert_eq!(outcomes, expected.map(|(row, outcome)| (Some(row), Some(outcome))));
    let saved = events.iter().find(|event| event["row"] == 3).unwrap();
    assert_eq!(saved["server_id"], stage.sandbox.records()[1].id.to_string());
    let keys: Vec<_> = saved.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["event", "row", "record", "outcome", "status", "server_id", "error"]);
}

#[test]
fn the_last_event_may_be_only_an_error() {
    let refused = matching("ndjson line", &Stage::new().run(&["import", "missing.csv", "-ondjson"]).code(2));
    assert_eq!((&refused["event"], &refused["error"]["kind"]), (&"summary".into(), &"input".into()));
}

#[test]
fn only_imports_have_events() {
    let refused = Surroundings::new().run(&["runs", "list", "-o", "ndjson"]).code(2);
    assert!(stderr(&refused).contains("only for import and runs resume"));
    assert_eq!(json(&refused)["error"]["kind"], "usage");
}
