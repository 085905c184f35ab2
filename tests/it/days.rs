//! What happens to runs that last: tokens end, secrets are rotated, inputs change.

use std::io::Write;
use std::time::Duration;

use kore_feedback::sandbox::SandboxOptions;

use crate::support::{Stage, numbered, stderr, until};

#[test]
fn tokens_are_renewed_before_they_end() {
    let stage = Stage::new();
    let records = numbered(16);
    let mut command = stage.command(&["import", "--rate-limit", "5/1s"]);
    command.arg(stage.write_records(&records)).env("KORE_FEEDBACK_TOKEN_TTL", "2s").assert().success();
    stage.has_exactly(&records);
    assert_eq!(stage.sandbox.counts().refused, 0);
}

#[test]
fn where_each_token_works_once_none_is_used_twice() {
    let stage = Stage::with(SandboxOptions { enforce_jti: true, ..SandboxOptions::default() });
    let records = numbered(200);
    let mut command = stage.command(&["import", "--concurrency", "16"]);
    command.arg(stage.write_records(&records)).env("KORE_FEEDBACK_JTI", "true").assert().success();
    stage.has_exactly(&records);
    assert_eq!(stage.sandbox.counts().refused, 0);
}

#[cfg(unix)]
#[test]
fn a_secret_that_was_rotated_is_read_anew_after_the_first_refusal() {
    let stage = Stage::new();
    let secret = stage.sandbox.client_secret();
    // The first time it gives the secret of yesterday.
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
fn an_input_that_changes_stops_the_run_which_goes_on_when_it_is_back() {
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
fn an_input_that_disappears_is_read_to_its_end_all_the_same() {
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
