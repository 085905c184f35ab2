//! What import prints for people and for programs, and what it never prints.

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Fixed, IMPATIENT, Stage, csv_of, json, numbered, record, stderr, stdout};

/// Terminal escapes, a bell, an 8-bit CSI, a right-to-left override: files and responses may contain them.
const HOSTILE: &str = "\u{1b}[2J\u{7}\u{9b}31m\u{202e}";

/// Panics if a terminal would obey something in the text.
#[track_caller]
fn is_harmless(text: &str) {
    let found = text.chars().find(|c| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c));
    assert_eq!(found, None, "in {text:?}");
}

#[test]
fn the_summary_names_files_and_next_steps() {
    let stage = Stage::faulty(&["400:at=2"]);
    let assert = stage.import(&stage.write_records(&numbered(3)), &[]).failure().code(1);
    stage.filtered(|| {
        assert_snapshot!(stdout(&assert), @r#"
    Run 1: 3 rows to http://sandbox, bot st-bot, [time]
      saved             2
      rejected          1
      invalid           0
      skipped           0
      unsent            0
      in doubt          0
    Failures: ~/in.failures.csv
    Ledger:   ~/state/kore-feedback/ledger.db
    Next:     fix the rows in the failure report, then import it with `kore-feedback import ~/in.failures.csv`
    "#)
    });
}

#[test]
fn json_summaries_have_exactly_the_documented_keys() {
    let stage = Stage::faulty(&["400:at=2"]);
    let file = stage.write_records(&numbered(3));
    let keys = |summary: &Value| summary.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let documented = "run rows records saved rejected invalid skipped unsent in_doubt elapsed_ms failures_file \
                      sent_before changed changed_fields missing_fields skipped_by_reason invalid_by_problem problems preview warnings";
    let documented: Vec<_> = documented.split(' ').collect();
    let dry = json(&stage.import(&file, &["-o", "json", "--dry-run"]).success());
    assert_eq!(keys(&dry), documented);
    assert_eq!((&dry["run"], &dry["unsent"], &dry["failures_file"]), (&Value::Null, &3.into(), &Value::Null));
    let sent = json(&stage.import(&file, &["-o", "json"]).failure().code(1));
    assert_eq!(keys(&sent), documented);
    assert_eq!((&sent["run"], &sent["saved"], &sent["rejected"]), (&1.into(), &2.into(), &1.into()));
    assert_eq!(sent["failures_file"], stage.path("in.failures.csv").display().to_string());
    let bad = stage.write("bad.csv", csv_of(&[record(["a", "x", "9", "rtm", "CSAT", "en", ""])]));
    let refused = json(&stage.import(&bad, &["-o", "json"]).failure().code(2));
    assert_eq!(keys(&refused), [&documented[..], &["error"]].concat());
    assert_eq!((&refused["run"], &refused["invalid"], &refused["saved"]), (&Value::Null, &1.into(), &0.into()));
    assert_eq!(refused["problems"][0]["problem"], "CSAT score out of scale");
    let place = serde_json::json!({"file": stage.path("bad.csv"), "line": 2, "row": 1, "column": "score"});
    assert_eq!((&refused["error"]["kind"], &refused["error"]["location"]), (&"invalid_rows".into(), &place));
}

#[test]
fn under_json_people_are_still_told_what_next() {
    let stage = Stage::faulty(&["401"]);
    let assert = stage.import(&stage.write_records(&numbered(3)), &["-o", "json", IMPATIENT]).failure().code(3);
    assert!(
        stderr(&assert).contains("3 unsent rows: resume with `kore-feedback runs resume 1`"),
        "{}",
        stderr(&assert)
    );
    assert_eq!(json(&assert)["unsent"], 3);
}

#[test]
fn quiet_says_nothing_but_the_result_and_errors() {
    let stage = Stage::new();
    let assert = stage.import(&stage.write_records(&numbered(3)), &["-q"]).success();
    assert_eq!(stderr(&assert), "");
    assert!(stdout(&assert).contains("saved             3"), "{}", stdout(&assert));
    let file = stage.write("bad.csv", csv_of(&[record(["a", "x", "9", "rtm", "CSAT", "en", ""])]));
    let said = stderr(&stage.import(&file, &["-q"]).failure().code(2));
    assert!(said.starts_with("error: ") && said.contains("a CSAT score is"), "{said}");
}

#[test]
fn verbose_tells_each_row_that_was_not_saved() {
    let stage = Stage::faulty(&["400:at=2"]);
    let file = stage.write_records(&numbered(3));
    let said = stderr(&stage.import(&file, &["-v", "--concurrency", "1"]).failure().code(1));
    assert!(said.contains("row 2: rejected: Bad Request (code 400)"), "{said}");
}

#[test]
fn progress_without_terminal_is_plain_lines() {
    // One request every two seconds: long enough for the first line, which comes after five.
    let stage = Stage::new();
    let file = stage.write_records(&numbered(4));
    let assert = stage.import(&file, &["--rate-limit", "1/2s"]).success();
    is_harmless(&stderr(&assert));
    assert!(stderr(&assert).contains("of 4 rows: saved "), "{}", stderr(&assert));
    assert!(!stderr(&assert).contains('━'), "{}", stderr(&assert));
}

#[test]
fn file_contents_cannot_control_the_terminal() {
    let stage = Stage::new();
    let header = format!("channelUId,name,score,channel,type,language,message,{HOSTILE}");
    let file = stage
        .write("in.csv", format!("{header}\na{HOSTILE},x,5{HOSTILE},rtm,CSAT{HOSTILE},en,,\nb,x,5,rtm,CSAT,en,,\n"));
    let refused = stage.import(&file, &[]).failure().code(2);
    let map = format!("name={HOSTILE}1");
    let unmapped = stage.import(&file, &["--map", &map]).failure().code(2);
    let imported =
        stage.import(&file, &["--skip-invalid", "-v", "--map", &format!("message={HOSTILE}")]).failure().code(1);
    for assert in [refused, unmapped, imported] {
        is_harmless(&stderr(&assert));
        is_harmless(&stdout(&assert));
    }
}

#[cfg(unix)]
#[test]
fn hostile_file_names_are_quoted_exactly() {
    let stage = Stage::faulty(&["401"]);
    let file = stage.path(&format!("it's{HOSTILE}\nin.csv"));
    std::fs::write(&file, csv_of(&numbered(2))).unwrap();
    let set = "message=two\nlines\tand a tab";
    let sent = stage.import(&file, &["--set", set, IMPATIENT]).failure().code(3);
    let again = stage.import(&file, &["--set", set, IMPATIENT]).failure().code(2);
    let missing = stage.import(&stage.path(&format!("{HOSTILE}missing.csv")), &[]).failure().code(2);
    for assert in [&sent, &again, &missing] {
        is_harmless(&stderr(assert));
        is_harmless(&stdout(assert));
    }
    for (text, before) in [(stdout(&sent), "resume with `"), (stderr(&again), "resume it with `")] {
        let command = text.split_once(before).unwrap().1.lines().next().unwrap().trim_end_matches('`');
        assert_eq!(words(&stage, command), ["runs", "resume", "1"]);
    }
    let rejecting = Fixed::start(|_| (400, "{}".to_owned()));
    let mut command = stage.command(&["import", "--again", "--set", set, IMPATIENT]);
    let rejected = command.arg(&file).env("KORE_FEEDBACK_HOST", rejecting.url()).assert().failure().code(1);
    let text = stdout(&rejected);
    let command = text.split_once("import it with `").unwrap().1.lines().next().unwrap().trim_end_matches('`');
    let report = file.with_extension("failures.csv");
    let option = format!("--set={set}");
    assert_eq!(words(&stage, command), ["import", report.to_str().unwrap(), &option, "--again", IMPATIENT]);
}

/// The words that a shell makes of the printed command, without the program.
#[cfg(unix)]
fn words(stage: &Stage, command: &str) -> Vec<String> {
    let arguments = command.strip_prefix("kore-feedback ").unwrap();
    let mut shell = assert_cmd::Command::new("bash");
    let assert =
        shell.args(["-c", &format!("printf '%s\\0' {arguments}")]).current_dir(stage.path("")).assert().success();
    stdout(&assert).trim_end_matches('\0').split('\0').map(str::to_owned).collect()
}

#[test]
fn server_messages_cannot_control_the_terminal() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(2));
    for status in [200, 400, 500, 401] {
        let server = Fixed::start(move |_| {
            let said = serde_json::json!({"errors": [{"msg": HOSTILE, "code": HOSTILE}], "_id": HOSTILE});
            (status, format!("{said}{}", if status == 500 { HOSTILE } else { "" }))
        });
        let mut command = stage.command(&["import", "-v", "--again", "--wait-for-target", "1s"]);
        let assert = command.arg(&file).env("KORE_FEEDBACK_HOST", server.url()).assert();
        is_harmless(&stderr(&assert));
        is_harmless(&stdout(&assert));
        if let Ok(report) = std::fs::read_to_string(stage.path("in.failures.csv")) {
            is_harmless(&report);
        }
    }
    for run in ["1", "2", "3", "4"] {
        is_harmless(&stdout(&stage.run(&["runs", "show", run, "--rows"]).success()));
    }
}

/// The contents of all files in a directory.
fn all_files(directory: &std::path::Path) -> Vec<u8> {
    let entries = std::fs::read_dir(directory).unwrap().map(Result::unwrap);
    let content =
        |path: std::path::PathBuf| if path.is_dir() { all_files(&path) } else { std::fs::read(path).unwrap() };
    entries.flat_map(|entry| content(entry.path())).collect()
}

#[test]
fn secrets_and_tokens_are_never_printed_or_stored() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(3));
    // A gateway that quotes the request it rejects, and records its token.
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = std::sync::Arc::clone(&seen);
    let echo = Fixed::start(move |request| {
        let auth = request.lines().find_map(|line| line.strip_prefix("auth: ")).unwrap().to_owned();
        kept.lock().unwrap().push(auth);
        (400, request.to_owned())
    });
    let mut command = stage.command(&["import", "-v"]);
    let assert = command.arg(&file).env("KORE_FEEDBACK_HOST", echo.url()).assert().failure().code(1);
    let said = [all_files(&stage.path("")), stderr(&assert).into(), stdout(&assert).into()].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("auth: [token]"), "the gateway's message is shown");
    assert!(!said.contains(stage.sandbox.client_secret()));
    let tokens = seen.lock().unwrap();
    assert!(!tokens.is_empty());
    for part in tokens.iter().flat_map(|token| token.split('.').skip(1)) {
        assert!(!said.contains(part), "a part of the token was kept");
    }
}
