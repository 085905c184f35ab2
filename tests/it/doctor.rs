//! `config check`.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use kore_feedback::sandbox::SandboxOptions;

use crate::support::{Stage, Surroundings, json, stderr, stdout};

/// The status of a check.
#[track_caller]
fn status(shown: &str, check: &str) -> String {
    let line = shown.lines().find(|line| line.get(9..).is_some_and(|rest| rest.starts_with(&format!("{check:<12} "))));
    line.unwrap_or_else(|| panic!("no {check} in\n{shown}")).split(' ').next().unwrap().to_owned()
}

#[test]
fn a_working_setup_is_ok_throughout() {
    let stage = Stage::new();
    let shown = stdout(&stage.run(&["config", "check"]).success());
    for check in ["config", "settings", "bot id", "secret", "token", "proxy", "dns", "tcp", "tls", "clock", "read"] {
        assert_eq!(status(&shown, check), "ok", "{check}: {shown}");
    }
    assert_eq!(stage.sandbox.counts().saved, 0);
    assert!(!shown.contains(stage.sandbox.client_secret()), "{shown}");
}

#[test]
fn missing_settings_end_with_two() {
    let home = Surroundings::new();
    let assert = home.run(&["config", "check"]).failure().code(2);
    let shown = stdout(&assert);
    assert_eq!(status(&shown, "settings"), "failed");
    assert!(shown.contains("fix: ") && shown.contains("KORE_FEEDBACK_CLIENT_SECRET"), "{shown}");
    assert!(stderr(&assert).contains("checks failed, the first: settings: "), "{}", stderr(&assert));
}

#[test]
fn a_wrong_secret_ends_with_three() {
    let stage = Stage::new();
    let mut command = stage.command(&["config", "check"]);
    let shown = stdout(&command.env("KORE_FEEDBACK_CLIENT_SECRET", "wrong").assert().failure().code(3));
    assert_eq!((status(&shown, "tls"), status(&shown, "read")), ("ok".to_owned(), "failed".to_owned()));
    for scope in ["Feedback Analytics", "Metrics", "Feedback Survey"] {
        assert!(shown.contains(scope), "{shown}");
    }
}

#[test]
fn an_unreachable_host_ends_with_four() {
    let stage = Stage::new();
    let mut command = stage.command(&["config", "check"]);
    let shown = stdout(&command.env("KORE_FEEDBACK_HOST", "http://127.0.0.1:9").assert().failure().code(4));
    assert_eq!((status(&shown, "dns"), status(&shown, "tcp")), ("ok".to_owned(), "failed".to_owned()));
    assert!(!shown.contains("read  "), "{shown}");
}

#[test]
fn a_wrong_clock_and_an_odd_bot_are_warnings() {
    let clock_offset = "5m".parse().unwrap();
    let stage = Stage::with(SandboxOptions { clock_offset, any_bot: true, ..SandboxOptions::default() });
    let mut command = stage.command(&["config", "check", "--output", "json"]);
    let found = json(&command.env("KORE_FEEDBACK_BOT_ID", "bot-7").assert());
    let checks = found["checks"].as_array().unwrap();
    let of = |name: &str| checks.iter().find(|check| check["check"] == name).unwrap();
    assert_eq!((&of("bot id")["status"], &of("clock")["status"]), (&"warning".into(), &"warning".into()), "{found}");
    assert!(of("bot id")["fix"].as_str().unwrap().contains("st-"), "{found}");
}

#[test]
fn a_proxy_is_named_without_its_password() {
    let stage = Stage::new();
    let mut command = stage.command(&["config", "check"]);
    command.env("KORE_FEEDBACK_HOST", "https://kore.example").env("HTTPS_PROXY", "http://jo:hunter2@127.0.0.1:9");
    let shown = stdout(&command.assert().failure().code(4));
    assert!(shown.contains("127.0.0.1, from HTTPS_PROXY") && !shown.contains("hunter2"), "{shown}");
}

#[cfg(unix)]
#[test]
fn a_readable_config_with_a_secret_is_a_warning() {
    let stage = Stage::new();
    let profile = format!("[profiles.p]\nhost = \"https://x.example\"\nclient_secret = \"{}\"\n", "hunter2");
    stage.write_config(&profile);
    let assert = stage.run(&["config", "check"]).success();
    let shown = stdout(&assert);
    assert!(shown.contains("others can read it") && shown.contains("fix: chmod 600 "), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}
