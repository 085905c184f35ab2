//! Settings reach the binary from each source, and their errors reach the user.

use crate::support::{Surroundings, json, stderr, stdout};

const PROFILE: &str = "[profiles.prod]\nhost = \"https://bots.kore.ai\"\nbot_id = \"st-1\"\nclient_id = \"cs-1\"\n";

#[test]
fn configs_are_found_in_order() {
    let surroundings = Surroundings::new();
    let timeout =
        |command: &mut assert_cmd::Command| json(&command.assert().code(2))["settings"]["timeout"]["value"].clone();
    let show = || surroundings.command(&["config", "show", "-o", "json"]);
    assert_eq!(timeout(&mut show()), "30s");
    surroundings.write_config("[profiles.a]\ntimeout = \"1s\"\n");
    assert_eq!(timeout(&mut show()), "1s");
    surroundings.write("named.toml", "[profiles.a]\ntimeout = \"2s\"\n");
    assert_eq!(timeout(show().env("KORE_FEEDBACK_CONFIG", "named.toml")), "2s");
    surroundings.write("argument.toml", "[profiles.a]\ntimeout = \"3s\"\n");
    assert_eq!(timeout(show().args(["--config", "argument.toml"]).env("KORE_FEEDBACK_CONFIG", "named.toml")), "3s");
    assert_eq!(timeout(show().env("KORE_FEEDBACK_CONFIG", "~/named.toml")), "2s");
}

#[test]
fn invalid_configs_are_usage_errors() {
    let surroundings = Surroundings::new();
    let path = surroundings.write_config(&format!("{PROFILE}cleint_secret = \"hunter2\"\n"));
    let said = stderr(&surroundings.run(&["token"]).failure().code(2));
    let expected = format!(
        "error: {}:5: unknown key \"cleint_secret\" in [profiles.prod]; did you mean \"client_secret\"?",
        path.display()
    );
    assert!(said.starts_with(&expected), "{said}");
    assert!(said.contains("hint: the keys of [profiles.prod] are host, "), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn syntax_errors_do_not_print_config_lines() {
    let surroundings = Surroundings::new();
    surroundings.write_config(&format!("{PROFILE}client_secret = \"hunter2\n"));
    let assert = surroundings.run(&["config", "show"]).failure().code(2);
    assert!(stderr(&assert).contains("config.toml:5: "), "{}", stderr(&assert));
    assert!(!stderr(&assert).contains("hunter2") && stdout(&assert).is_empty());
}

#[test]
fn escapes_in_a_config_are_not_printed() {
    let surroundings = Surroundings::new();
    surroundings.write_config("[profiles.prod]\n\"\\u001b[31m\" = 1\n");
    let said = stderr(&surroundings.run(&["config", "show"]).failure().code(2));
    assert!(!said.contains('\u{1b}'), "{said:?}");
}

#[cfg(unix)]
#[test]
fn readable_secrets_cause_one_warning() {
    use std::os::unix::fs::PermissionsExt;
    let surroundings = Surroundings::new();
    let path = surroundings.write_config(&format!("{PROFILE}client_secret = \"hunter2\"\n"));
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    let assert = surroundings.run(&["token"]).success();
    assert_eq!(stderr(&assert).matches("chmod 600").count(), 1, "{}", stderr(&assert));
    assert_eq!(stderr(&surroundings.run(&["token", "--quiet"]).success()), "");
}
