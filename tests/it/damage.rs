//! Ledgers that were damaged, copied or restored: no row is sent again without a word, and `runs verify --recover` is the
//! way back.

#![expect(clippy::unwrap_used, reason = "a test whose setup fails has failed")]

use std::path::Path;

use kore_feedback::sandbox::SandboxOptions;

use crate::support::{Stage, json, let_time_pass, numbered, stderr, until};

const ROWS: usize = 200;
const RECOVER: [&str; 7] = ["runs", "verify", "1", "--recover", "--settle=0s", "--output", "json"];

/// A run that was killed in the middle.
fn killed() -> Stage {
    let latency = Some(std::time::Duration::from_millis(1)..=std::time::Duration::from_millis(2));
    let stage = Stage::with(SandboxOptions { latency, ..SandboxOptions::default() });
    let file = stage.write_records(&numbered(ROWS));
    let running = stage.start_import(&file, &[]);
    until(|| stage.sandbox.records().len() > ROWS / 3);
    running.kill();
    stage
}

fn path(stage: &Stage, name: &str) -> std::path::PathBuf {
    stage.state().join(name)
}

fn copy_directory(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_directory(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}

#[track_caller]
fn assert_refused(stage: &Stage, arguments: &[&str], why: &str) {
    let arrivals = stage.sandbox.counts().arrivals;
    let refused = stage.run(arguments).code(2);
    let said = stderr(&refused);
    assert!(said.contains(why), "{arguments:?}: {said}");
    assert!(said.contains("kore-feedback runs verify 1 --recover"), "{said}");
    assert_eq!(stage.sandbox.counts().arrivals, arrivals, "{arguments:?} called the server");
}

/// Recovers run 1, resumes it, and asserts that every row is there once.
#[track_caller]
fn assert_recovered(stage: &Stage, state: &[&str]) {
    let_time_pass(&state.last().map_or_else(|| stage.state(), |directory| directory.into()));
    let recovered = stage.run(&[&RECOVER, state].concat());
    let verified = json(&recovered);
    assert_eq!(verified["still_in_doubt"], 0, "{verified} {}", stderr(&recovered));
    let resumed = stage.run(&[&["import", "in.csv", "--resume", "--output", "json"], state].concat()).code(0);
    assert_eq!(json(&resumed)["saved"], ROWS);
    stage.has_exactly(&numbered(ROWS));
}

#[test]
fn a_deleted_log_is_noticed() {
    let stage = killed();
    std::fs::remove_file(path(&stage, "ledger.db-wal")).unwrap();
    for command in [&["import", "in.csv", "--resume"][..], &["import", "in.csv"], &["runs", "resume", "1"]] {
        assert_refused(&stage, command, "the ledger may be incomplete for run 1");
    }
    assert_recovered(&stage, &[]);
}

#[test]
fn a_truncated_log_is_noticed() {
    let stage = killed();
    let log = std::fs::OpenOptions::new().write(true).open(path(&stage, "ledger.db-wal")).unwrap();
    log.set_len(log.metadata().unwrap().len() / 2).unwrap();
    assert_refused(&stage, &["import", "in.csv", "--resume"], "run 1");
    assert_recovered(&stage, &[]);
}

#[test]
fn a_flipped_bit_in_the_log_is_noticed() {
    let stage = killed();
    let log = path(&stage, "ledger.db-wal");
    let mut bytes = std::fs::read(&log).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    std::fs::write(&log, bytes).unwrap();
    assert_refused(&stage, &["import", "in.csv", "--resume"], "run 1");
    assert_recovered(&stage, &[]);
}

#[test]
fn an_emptied_ledger_is_noticed() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(ROWS));
    stage.import(&file, &[]).code(0);
    std::fs::write(path(&stage, "ledger.db"), "").unwrap();
    for command in [&["import", "in.csv"][..], &["import", "in.csv", "--resume"], &["runs", "resume", "1"]] {
        assert_refused(&stage, command, "the run is missing, although requests were sent for it");
    }
    let submit = ["submit", "--type=NPS", "--score=9", "--channel-uid=jo", "--name=n", "--channel=rtm"];
    assert_refused(&stage, &[&submit[..], &["--language=en", "--message="]].concat(), "run 1");
    assert_recovered(&stage, &[]);
}

#[test]
fn a_deleted_ledger_is_noticed() {
    let stage = killed();
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
        std::fs::remove_file(path(&stage, name)).unwrap();
    }
    assert_refused(&stage, &["import", "in.csv"], "run 1");
    assert_refused(&stage, &["runs", "verify", "1"], "run 1");
    assert_recovered(&stage, &[]);
}

#[test]
fn an_older_copy_of_the_ledger_is_noticed() {
    let latency = Some(std::time::Duration::from_millis(1)..=std::time::Duration::from_millis(2));
    let stage = Stage::with(SandboxOptions { latency, ..SandboxOptions::default() });
    let file = stage.write_records(&numbered(ROWS));
    let running = stage.start_import(&file, &[]);
    until(|| stage.sandbox.records().len() > ROWS / 4);
    let files = ["ledger.db", "ledger.db-wal"];
    let copies = files.map(|name| std::fs::read(path(&stage, name)).unwrap());
    until(|| stage.sandbox.records().len() > ROWS / 2);
    running.kill();
    std::fs::remove_file(path(&stage, "ledger.db-shm")).unwrap();
    for (name, copy) in files.iter().zip(copies) {
        std::fs::write(path(&stage, name), copy).unwrap();
    }
    assert_refused(&stage, &["import", "in.csv", "--resume"], "run 1");
    assert_recovered(&stage, &[]);
}

/// Not on file systems that do not record when a file was created.
#[test]
fn a_copied_directory_is_noticed() {
    let stage = killed();
    if std::fs::metadata(path(&stage, "leases")).unwrap().created().is_err() {
        return;
    }
    let copy = stage.path("copy");
    copy_directory(&stage.state(), &copy);
    let state = ["--state-dir", copy.to_str().unwrap()];
    // The original continues; the copy does not know what it sends.
    stage.run(&["import", "in.csv", "--resume"]);
    assert_refused(&stage, &[&["import", "in.csv", "--resume"], &state[..]].concat(), "it was copied or restored");
    assert_recovered(&stage, &state);
}

#[test]
fn a_copied_directory_warns_of_new_imports() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(3));
    stage.import(&file, &[]).code(0);
    if std::fs::metadata(&file).unwrap().created().is_err() {
        return;
    }
    let copy = stage.path("copy");
    copy_directory(&stage.state(), &copy);
    let other = stage.write("other.csv", std::fs::read_to_string(&file).unwrap().replace("NPS", "CSAT"));
    let state = ["--state-dir", copy.to_str().unwrap(), "--allow-any-score"];
    let warned = stage.import(&other, &state);
    assert!(stderr(&warned).contains("was copied or restored"), "{}", stderr(&warned));
    let third = stage.write("third.csv", std::fs::read_to_string(&file).unwrap().replace("NPS", "THUMB"));
    let quiet = stage.import(&third, &state);
    assert!(!stderr(&quiet).contains("was copied or restored"), "{}", stderr(&quiet));
}

#[test]
fn a_damaged_page_stops_the_resume() {
    let stage = killed();
    // Closing the ledger moves the log into the file.
    drop(stage.run(&["runs", "verify", "1"]));
    let ledger = path(&stage, "ledger.db");
    let mut bytes = std::fs::read(&ledger).unwrap();
    let last = bytes.len() - 4096;
    bytes[last..last + 64].fill(0xff);
    std::fs::write(&ledger, bytes).unwrap();
    let refused = stage.run(&["import", "in.csv", "--resume"]).code(2);
    assert!(stderr(&refused).contains("move ledger.db"), "{}", stderr(&refused));
    std::fs::remove_file(&ledger).unwrap();
    assert_recovered(&stage, &[]);
}

#[test]
fn a_missing_or_damaged_witness_stops_the_resume() {
    let stage = killed();
    let witness = path(&stage, "leases/run-1.witness");
    std::fs::write(&witness, std::fs::read_to_string(&witness).unwrap().replace("0000", "0001")).unwrap();
    assert_refused(&stage, &["import", "in.csv", "--resume"], "is damaged");
    std::fs::remove_file(&witness).unwrap();
    assert_refused(&stage, &["import", "in.csv", "--resume"], "is missing");
    assert_recovered(&stage, &[]);
}

#[test]
fn a_killed_run_resumes_without_recovery() {
    let stage = killed();
    stage.let_time_pass();
    stage.run(&["import", "in.csv", "--resume"]);
    stage.run(&["runs", "verify", "1"]).code(0);
    stage.run(&["import", "in.csv", "--resume"]).code(0);
    stage.has_exactly(&numbered(ROWS));
}

#[test]
fn recovery_waits_for_late_saves() {
    let stage = Stage::faulty(&["late-save:at=9,after=1h"]);
    let file = stage.write_records(&numbered(9));
    stage.import(&file, &["--concurrency=1", "--timeout=200ms"]).code(1);
    std::fs::write(path(&stage, "ledger.db"), "").unwrap();
    let recovered = stage.run(&["runs", "verify", "1", "--recover", "--output", "json"]).code(1);
    let verified = json(&recovered);
    assert_eq!((&verified["saved"], &verified["still_in_doubt"]), (&8.into(), &1.into()), "{verified}");
    assert_eq!(verified["undecided"][0]["reason"], "recent");
}
