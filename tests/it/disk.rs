//! A full disk and an unwritable state directory: nothing is sent without its intent in the ledger.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use assert_cmd::Command;

use crate::support::{Fixed, IMPATIENT, Running, Stage, csv_of, json, new_record, numbered, stderr};

#[test]
fn an_unusable_state_dir_stops_before_sending() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(3));
    let blocked = stage.write("a-file", "in the way");
    let assert = stage.import(&file, &["--state-dir", blocked.join("state").to_str().unwrap()]).code(2);
    assert!(stderr(&assert).contains("--state-dir"), "{}", stderr(&assert));
    stage.was_never_called();
}

#[test]
fn a_damaged_ledger_is_kept() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(3));
    let ledger = stage.write("state/kore-feedback/ledger.db", "no ledger at all, ".repeat(100));
    let assert = stage.import(&file, &[]).code(2);
    assert!(stderr(&assert).contains("damaged"), "{}", stderr(&assert));
    assert!(std::fs::read_to_string(ledger).unwrap().starts_with("no ledger at all"));
    stage.was_never_called();
}

/// The run would be there, but could not be resumed.
#[test]
fn no_run_begins_without_its_input() {
    let stage = Stage::new();
    std::fs::create_dir_all(stage.state().join("spool/run-1/in-the-way")).unwrap();
    let mut command = stage.command(&["import", "-"]);
    let said = stderr(&command.write_stdin(csv_of(&numbered(2))).assert().failure());
    assert!(said.contains("cannot spool standard input"), "{said}");
    stage.was_never_called();
    assert_eq!(
        json(&stage.run(&["runs", "list", "-ojson"]).success()),
        serde_json::json!({"runs": [], "warnings": []})
    );
}

/// The next import would find no ledger there, and send everything again.
#[cfg(unix)]
#[test]
fn a_ledger_that_is_moved_stops_the_run() {
    let stage = Stage::new();
    let (state, moved) = (stage.state(), stage.path("moved"));
    let (calls, from, to) = (Arc::new(AtomicUsize::new(0)), state.clone(), moved.clone());
    let counted = Arc::clone(&calls);
    let server = Fixed::start(move |_| {
        if counted.fetch_add(1, Ordering::Relaxed) == 2 {
            std::fs::rename(&from, &to).unwrap();
        }
        (200, new_record())
    });
    let file = stage.write_records(&numbered(6));
    let mut import = stage.command(&["import", file.to_str().unwrap(), "--concurrency=1"]);
    import.env("KORE_FEEDBACK_HOST", server.url());
    let said = stderr(&import.assert().code(5));
    assert!(said.contains("no longer at") && said.contains("move it back"), "{said}");
    assert_eq!(calls.load(Ordering::Relaxed), 3);

    let _ = std::fs::remove_dir_all(&state);
    std::fs::rename(&moved, &state).unwrap();
    import.arg("--resume").assert().success();
    assert_eq!(calls.load(Ordering::Relaxed), 6, "the outcome of the third is known");
}

#[cfg(unix)]
#[test]
fn a_ledger_writable_by_others_is_warned_about() {
    use std::os::unix::fs::PermissionsExt;
    let stage = Stage::new();
    let file = stage.write_records(&numbered(1));
    let quiet = stderr(&stage.import(&file, &[]).success());
    assert!(!quiet.contains("chmod"), "{quiet}");
    std::fs::set_permissions(stage.state(), PermissionsExt::from_mode(0o770)).unwrap();
    let said = stderr(&stage.run(&["runs", "list"]).success());
    assert!(said.contains("others can write to") && said.contains("run chmod go-w"), "{said}");
}

/// Exit code 2 would mean that nothing was sent.
#[cfg(target_os = "linux")]
#[test]
fn an_unprintable_summary_exits_with_1() {
    for (faults, code) in [(&[][..], 1), (&["401"], 3)] {
        let stage = Stage::faulty(faults);
        let file = stage.write_records(&numbered(2));
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = stage.process(&["import", IMPATIENT]);
        let ended = Running::writing(command.arg(file).envs(stage.variables()), full).end();
        assert_eq!(ended.code, Some(code), "{}", ended.stderr);
        assert!(ended.stderr.contains("cannot print the summary"), "{}", ended.stderr);
    }
}

/// A command that sends nothing exits with 2, after a record was sent the code is 1.
#[cfg(target_os = "linux")]
#[test]
fn unprintable_results_have_documented_codes() {
    let stage = Stage::faulty(&["400:at=2"]);
    stage.write_records(&numbered(3));
    stage.run(&["import", "in.csv", "--concurrency=1"]).code(1);
    let submit =
        ["submit", "--type=CSAT", "--score=4", "--channel-uid=jo", "--name=n", "--channel=rtm", "--language=en"];
    let submit = [&submit[..], &["--message="]].concat();
    for (arguments, code) in [
        (&["runs", "list"][..], 2),
        (&["runs", "show", "1"], 2),
        (&["runs", "show", "1", "--rows"], 2),
        (&["runs", "failures", "1"], 2),
        (&["runs", "saved", "1"], 2),
        (&["runs", "report", "1"], 2),
        (&["runs", "verify", "1", "--no-rate-limit"], 2),
        (&["token"], 2),
        (&["inspect", "in.csv"], 2),
        (&["smoke", "--name=n"], 1),
        (&submit, 1),
    ] {
        for output in ["--output=text", "--output=json"] {
            let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
            let mut command = stage.process(&[arguments, &[output]].concat());
            let ended = Running::writing(command.envs(stage.variables()), full).end();
            assert_eq!(ended.code, Some(code), "{arguments:?} {output}: {}", ended.stderr);
            assert!(ended.stderr.contains("error: cannot write to standard output"), "{}", ended.stderr);
        }
    }
    for list in ["report", "saved"] {
        let refused = stage.run(&["runs", list, "1", "no/such/directory.html"]).code(2);
        let said = stderr(&refused);
        assert!(said.contains(&format!("`kore-feedback runs {list} 1`")) && !said.contains(".report-"), "{said}");
    }
}

/// The shell's file size limit simulates a full disk: the ledger grows until it reaches the limit.
#[cfg(unix)]
#[test]
fn a_full_disk_stops_a_resumable_run() {
    let stage = Stage::new();
    let records = numbered(1000);
    let file = stage.write_records(&records);
    let mut shell = Command::from_std(stage.program("sh"));
    shell.args(["-c", "ulimit -f 1000; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_kore-feedback")]);
    let full = shell.envs(stage.variables()).arg("import").arg(&file).args(["-o", "json"]).assert().code(5);
    assert!(stderr(&full).contains("ledger"), "{}", stderr(&full));
    let after = stage.sent().len();
    assert!(after > 0 && after < 1000, "{after} of 1000 rows were sent: the disk was never full in between");

    let resumed = stage.import(&file, &["--resume", "-o", "json"]);
    let (saved, in_doubt) = (json(&resumed)["saved"].as_u64().unwrap(), json(&resumed)["in_doubt"].as_u64().unwrap());
    assert_eq!(saved + in_doubt, 1000);
    // Only what was in flight when the disk filled up is in doubt.
    assert!(in_doubt <= 4, "{in_doubt} rows in doubt");
    let mut sent = stage.sent();
    let all = sent.len();
    sent.dedup();
    assert_eq!(sent.len(), all, "rows were sent twice");
    assert!(all as u64 >= saved, "{all} rows are there, {saved} were saved");
}
