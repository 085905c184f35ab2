//! Runs the commands of the README and of `docs/` with bash, against a sandbox.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::path::Path;

use crate::documents::{pages, shell_blocks};
use crate::support::Stage;

/// Commands that cannot end or succeed here, by what they contain. They are parsed by another test.
const LEFT_OUT: [(&str, &str); 9] = [
    ("cargo ", "builds the program"),
    ("kore-feedback sandbox", "runs until it is stopped"),
    ("--config sandbox.toml", "needs that sandbox"),
    ("$EDITOR", "opens an editor"),
    ("kore-feedback submit\n", "asks at a terminal"),
    ("--resume", "needs an interrupted run"),
    ("sqlite3", "may not be installed"),
    ("--recover", "needs a damaged ledger"),
    ("runs resume 7", "needs that run"),
];

fn is_left_out(line: &str) -> bool {
    let line = format!("{line}\n");
    LEFT_OUT.iter().any(|(words, _)| line.contains(words))
}

/// A file that every documented import can read.
const EXPORT: &str = "\
channelUId,name,score,channel,type,language,message,ResponseId,Email,EndDate,Country,Comment,Q1_NPS,Q2,Q3_NPS,RecipientEmail,UserLanguage,Status,Finished,Bot
jo@example.com,Post-chat,4,rtm,CSAT,en,,R_1,jo@example.com,2026-02-03,DE,Good,9,4,9,jo@example.com,EN,IP Address,1,BOT
al@example.com,Post-chat,5,rtm,CSAT,en,,R_2,al@example.com,2026-02-04,AT,Fine,7,5,7,al@example.com,EN,IP Address,1,BOT
";

const RECORD: &str = r#"{"channelUId": "jo@example.com", "name": "Post-chat", "score": 3, "channel": "rtm", "type": "CSAT",
    "language": "en", "message": ""}"#;

/// A home with the files that the documents name, and one earlier run.
fn home() -> Stage {
    let stage = Stage::new();
    stage.write("export.csv", EXPORT.replace("BOT", stage.sandbox.bot_id()));
    stage.write("feedback.csv", EXPORT.replace("Post-chat", "Feedback"));
    stage.write("record.json", RECORD);
    let script = stage.write("bin/notify-team", "#!/bin/sh\ncat > /dev/null\n");
    std::fs::set_permissions(script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("permissions");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/feedback.csv");
    stage.write("examples/feedback.csv", std::fs::read(examples).expect("an example"));
    stage.write("earlier.csv", EXPORT.replace("Post-chat", "Earlier"));
    stage.command(&["import", "earlier.csv"]).assert().success();
    stage
}

/// Runs a line; returns what it printed if it failed.
fn failure(stage: &Stage, line: &str) -> Option<String> {
    let binary = Path::new(env!("CARGO_BIN_EXE_kore-feedback")).parent().unwrap();
    let path = format!("{}:{}:/usr/local/bin:/usr/bin:/bin", stage.path("bin").display(), binary.display());
    let mut bash = stage.program("bash");
    bash.args(["--norc", "-euo", "pipefail", "-c", line]).env("PATH", path);
    bash.envs(stage.variables());
    let output = bash.stdin(std::process::Stdio::null()).output().expect("bash runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (!output.status.success()).then(|| format!("{line}\n{said}"))
}

#[test]
fn documented_commands_work() {
    let mut failures = Vec::new();
    let mut runs = 0;
    for block in pages().iter().flat_map(|page| shell_blocks(page)) {
        let lines: Vec<&str> = block.lines().filter(|line| !is_left_out(line)).collect();
        if lines.is_empty() {
            continue;
        }
        // The lines of a block belong together.
        let stage = home();
        runs += lines.len();
        failures.extend(lines.iter().filter_map(|line| failure(&stage, line)));
    }
    assert!(runs > 30, "only {runs} commands found");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
