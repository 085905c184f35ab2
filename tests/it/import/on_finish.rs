//! `import --on-finish`: a command at the end of a run.

use std::time::Duration;

use kore_feedback::sandbox::SandboxOptions;
use rustix::process::Signal;
use serde_json::Value;

use crate::support::{IMPATIENT, Stage, json, numbered, stderr, stdout, until};

/// What the command `tee FILE` got.
fn passed(stage: &Stage, file: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(stage.path(file)).unwrap()).unwrap()
}

#[test]
fn the_command_gets_the_summary() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(3));
    let assert = stage.import(&file, &["-o", "json", "--on-finish", "tee 'the summary.json'"]).success();
    let (mut expected, passed) = (json(&assert), passed(&stage, "the summary.json"));
    assert_eq!(passed["exit_code"], 0);
    expected.as_object_mut().unwrap().remove("warnings");
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(passed[key], *value, "{key}");
    }
    // Its output goes to standard error: there is one JSON object on standard output.
    assert!(stderr(&assert).contains("\"exit_code\":0"), "{}", stderr(&assert));
}

#[test]
fn no_shell_runs_the_command() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(1));
    let said = stderr(&stage.import(&file, &["--on-finish", "echo $HOME; touch x '#'"]).success());
    assert!(said.contains("$HOME; touch x #"), "{said}");
    assert!(!stage.path("x").exists());
    stage.write("bin/hook.sh", "#!/bin/sh\npwd > \"$1\"\n");
    std::fs::set_permissions(stage.path("bin/hook.sh"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    stage.import(&file, &["--again", "--on-finish", "bin/hook.sh where"]).success();
    let directory = std::fs::read_to_string(stage.path("where")).unwrap();
    assert_eq!(std::path::Path::new(directory.trim()), stage.path("").canonicalize().unwrap());
}

#[test]
fn a_failing_command_is_only_a_warning() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(1));
    for (command, problem) in [
        ("sh -c 'exit 7' hunter2", "--on-finish: sh: it ended with exit status: 7"),
        ("no-such-program-at-all hunter2", "--on-finish: no-such-program-at-all: cannot run it"),
        // It closes its input without reading.
        ("true", ""),
    ] {
        let assert = stage.import(&file, &["--again", "-v", "--on-finish", command]).success();
        let said = stderr(&assert);
        assert_eq!(said.contains("warning: --on-finish"), !problem.is_empty(), "{said}");
        assert!(said.contains(problem) && !said.contains("hunter2"), "{said}");
        assert!(stdout(&assert).contains("saved             1"), "{}", stdout(&assert));
    }
}

#[test]
fn stopped_and_resumed_runs_call_it() {
    let mut stage = Stage::faulty(&["403:p=1"]);
    let file = stage.write_records(&numbered(2));
    stage.import(&file, &[IMPATIENT, "--on-finish", "tee summary.json"]).failure().code(3);
    let first = passed(&stage, "summary.json");
    assert_eq!((&first["exit_code"], &first["unsent"]), (&3.into(), &2.into()));
    stage.restart(&[]);
    stage.run(&["runs", "resume", "1"]).success();
    let resumed = passed(&stage, "summary.json");
    assert_eq!((&resumed["exit_code"], &resumed["saved"]), (&0.into(), &2.into()));
}

#[test]
fn a_resumed_run_can_have_another_command() {
    let mut stage = Stage::faulty(&["403:p=1"]);
    let file = stage.write_records(&numbered(2));
    stage.import(&file, &[IMPATIENT, "--on-finish", "tee first.json"]).failure().code(3);
    stage.restart(&[]);
    stage.run(&["runs", "resume", "1", "--on-finish", "tee second.json"]).success();
    assert_eq!(passed(&stage, "first.json")["saved"], 0);
    assert_eq!(passed(&stage, "second.json")["saved"], 2);
}

#[test]
fn an_interrupted_run_calls_it() {
    let latency = Some(Duration::from_millis(30)..=Duration::from_millis(30));
    let stage = Stage::with(SandboxOptions { latency, ..SandboxOptions::default() });
    let running = stage.start_import(&stage.write_records(&numbered(60)), &["--on-finish", "tee summary.json"]);
    until(|| stage.sandbox.records().len() >= 5);
    running.signal(Signal::INT);
    assert_eq!(running.end().code, Some(130));
    let summary = passed(&stage, "summary.json");
    assert_eq!(summary["exit_code"], 130);
    assert_eq!(summary["saved"], stage.sandbox.records().len());
}

#[test]
fn a_signal_ends_a_hanging_command() {
    let stage = Stage::new();
    let mut running = stage.start_import(&stage.write_records(&numbered(1)), &["-v", "--on-finish", "sleep 600"]);
    running.wait_until_said("--on-finish: running sleep");
    // The signal may arrive before the command runs, and is then ignored or ends it.
    until(|| {
        running.signal(Signal::TERM);
        running.has_ended()
    });
    let ended = running.end();
    assert!(ended.stderr.contains("--on-finish: sleep: interrupted"), "{}", ended.stderr);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

#[test]
fn nothing_sent_calls_nothing() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(1));
    stage.import(&file, &["--dry-run", "--on-finish", "touch called"]).success();
    let invalid = stage.write("invalid.csv", "score\nx\n");
    stage.import(&invalid, &["--on-finish", "touch called"]).failure().code(2);
    for command in ["", "touch 'called", "''"] {
        let said = stderr(&stage.import(&file, &["--on-finish", command]).failure().code(2));
        assert!(said.contains("--on-finish <COMMAND>"), "{said}");
    }
    assert!(!stage.path("called").exists());
    stage.was_never_called();
}
