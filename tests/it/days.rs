//! What happens during long runs: tokens expire, secrets are rotated, inputs change.

use std::io::Write;
use std::time::Duration;

use kore_feedback::sandbox::SandboxOptions;

use crate::support::{Stage, numbered, stderr, until};

#[test]
fn tokens_are_renewed_before_they_expire() {
    let stage = Stage::new();
    let records = numbered(16);
    let mut command = stage.command(&["import", "--rate-limit", "5/1s"]);
    command.arg(stage.write_records(&records)).env("KORE_FEEDBACK_TOKEN_TTL", "2s").assert().success();
    stage.has_exactly(&records);
    assert_eq!(stage.sandbox.counts().refused, 0);
}

#[test]
fn single_use_tokens_are_never_reused() {
    let stage = Stage::with(SandboxOptions { enforce_jti: true, ..SandboxOptions::default() });
    let records = numbered(200);
    let mut command = stage.command(&["import", "--concurrency", "16"]);
    command.arg(stage.write_records(&records)).env("KORE_FEEDBACK_JTI", "true").assert().success();
    stage.has_exactly(&records);
    assert_eq!(stage.sandbox.counts().refused, 0);
}

#[cfg(unix)]
#[test]
fn a_rotated_secret_is_reloaded() {
    let stage = Stage::new();
    let secret = stage.sandbox.client_secret();
    // The first call prints an old secret.
    stage.write("secret.sh", format!("[ -e asked ] && echo {secret} || (touch asked; echo yesterday)\n"));
    stage.write_config("[profiles.rotated]\nclient_secret_command = [\"sh\", \"secret.sh\"]\n");
    let records = numbered(5);
    let mut command = stage.command(&["import"]);
    command.arg(stage.write_records(&records)).env_remove("KORE_FEEDBACK_CLIENT_SECRET").assert().success();
    stage.has_exactly(&records);
    assert!((1..=4).contains(&stage.sandbox.counts().refused), "{:?}", stage.sandbox.counts());
}

fn slow() -> Stage {
    let latency = Some(Duration::from_millis(4)..=Duration::from_millis(8));
    Stage::with(SandboxOptions { latency, ..SandboxOptions::default() })
}

#[test]
fn a_changed_input_stops_a_resumable_run() {
    let stage = slow();
    let records = numbered(1500);
    let file = stage.write_records(&records);
    let before = std::fs::metadata(&file).unwrap();
    let running = stage.start_import(&file, &[]);
    until(|| stage.sandbox.records().len() > 20);
    let mut open = std::fs::OpenOptions::new().append(true).open(&file).unwrap();
    open.write_all(b"one,more,1,rtm,THUMB,en,\n").unwrap();
    let ended = running.end();
    assert_eq!(ended.code, Some(5), "{}", ended.stderr);
    assert!(ended.stderr.contains("has changed since it was checked"), "{}", ended.stderr);

    let refused = stderr(&stage.import(&file, &["--resume"]).failure().code(2));
    assert!(refused.contains("has changed since run 1"), "{refused}");
    open.set_len(before.len()).unwrap();
    stage.import(&file, &["--resume"]).success();
    stage.has_exactly(&records);
}

#[cfg(unix)]
#[test]
fn a_deleted_input_is_still_read() {
    let stage = slow();
    let records = numbered(600);
    let file = stage.write_records(&records);
    let running = stage.start_import(&file, &[]);
    until(|| stage.sandbox.records().len() > 20);
    std::fs::remove_file(&file).unwrap();
    let ended = running.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    stage.has_exactly(&records);
}
