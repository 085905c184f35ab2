//! What may be at the path of a failure report.

use std::fs;
use std::os::unix::fs::{FileTypeExt, symlink};

use crate::support::{Stage, numbered, stderr, until};

fn make_fifo(stage: &Stage, name: &str) {
    assert!(stage.program("mkfifo").arg(name).status().unwrap().success());
}

#[test]
fn failures_keeps_any_existing_file() {
    let stage = Stage::faulty(&["400"]);
    let file = stage.write_records(&numbered(1));
    let edited = stage.write("notes.toml", "edited by hand");
    for kept in ["notes.kept-1.toml", "notes.kept-2.toml"] {
        fs::write(&edited, kept).unwrap();
        let said = stderr(&stage.import(&file, &["--failures", "notes.toml", "--again"]).failure().code(1));
        assert!(
            said.contains(&format!("renamed an existing {} to", edited.display())) && said.contains(kept),
            "{said}"
        );
        assert_eq!(fs::read_to_string(stage.path(kept)).unwrap(), kept);
        assert!(fs::read_to_string(&edited).unwrap().starts_with("channelUId"));
    }
}

#[test]
fn failures_never_replaces_config_or_ledger() {
    let stage = Stage::faulty(&["400"]);
    let file = stage.write_records(&numbered(1));
    let config = stage.write_config("[profiles.p]\n");
    let ledger = stage.write("state/kore-feedback/ledger.db", "");
    for (path, what) in [(config, "config"), (ledger, "ledger")] {
        let said = stderr(&stage.import(&file, &["--failures", path.to_str().unwrap()]).failure().code(2));
        assert!(said.contains(&format!("would overwrite the {what}")) && said.contains("--failures"), "{said}");
        assert!(path.exists());
    }
    stage.was_never_called();
}

#[test]
fn only_a_regular_file_may_be_replaced() {
    let stage = Stage::faulty(&["400"]);
    let file = stage.write_records(&numbered(1));
    let target = stage.write("precious", "untouched");
    make_fifo(&stage, "pipe");
    symlink(&target, stage.path("in.failures.csv")).unwrap();
    symlink(stage.path("nowhere"), stage.path("dangling")).unwrap();
    for path in ["in.failures.csv", "pipe", "dangling"] {
        let said = stderr(&stage.import(&file, &["--failures", path]).failure().code(2));
        assert!(said.contains(&format!("{path} is not a regular file")) && said.contains("--failures"), "{said}");
    }
    // The default path, too.
    let said = stderr(&stage.import(&file, &[]).failure().code(2));
    assert!(said.contains("in.failures.csv is not a regular file"), "{said}");
    stage.was_never_called();
    assert_eq!(fs::read_to_string(target).unwrap(), "untouched");
}

/// Nobody ever opens the other end.
#[test]
fn a_fifo_that_appears_never_blocks_the_run() {
    let stage = Stage::faulty(&["400:at=1", "hang:at=2"]);
    let file = stage.write_records(&numbered(2));
    let running = stage.start_import(&file, &["--concurrency", "1", "--timeout", "1s"]);
    until(|| stage.sandbox.counts().faulted == 2);
    make_fifo(&stage, "in.failures.csv");
    let ended = running.end();
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("in.failures.kept-1.csv"), "{}", ended.stderr);
    assert!(fs::metadata(stage.path("in.failures.kept-1.csv")).unwrap().file_type().is_fifo());
    assert_eq!(fs::read_to_string(stage.path("in.failures.csv")).unwrap().lines().count(), 3);
}
