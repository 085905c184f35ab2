//! `config show`, `config path` and `config init`.

#[cfg(unix)]
use crate::support::Terminal;
use crate::support::{Stage, Surroundings, json, stderr, stdout};

#[test]
fn init_writes_a_private_config_and_never_overwrites() {
    let surroundings = Surroundings::new();
    let assert = surroundings.run(&["config", "init"]).success();
    let path = surroundings.config_path();
    assert_eq!(stdout(&assert), format!("{}\n", path.display()));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), include_str!("../../config.example.toml"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
    }
    std::fs::write(&path, "# mine\n").unwrap();
    let refused = surroundings.run(&["config", "init"]).failure().code(2);
    assert!(stderr(&refused).contains("already"), "{}", stderr(&refused));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "# mine\n");
}

#[test]
fn init_leaves_unset_what_only_users_know() {
    let surroundings = Surroundings::new();
    surroundings.run(&["config", "init"]).success();
    let said = stderr(&surroundings.run(&["token"]).failure().code(2));
    assert!(said.starts_with("error: client_id and client_secret are not set for profile production\n"), "{said}");
}

#[test]
fn init_and_path_obey_config_option() {
    let surroundings = Surroundings::new();
    let named = surroundings.path("deep/er/my.toml");
    surroundings.run(&["config", "init", "--config", "deep/er/my.toml"]).success();
    assert!(named.is_file() && !surroundings.config_path().exists());
    let shown = stdout(&surroundings.run(&["config", "path", "--config", "deep/er/my.toml"]).success());
    assert_eq!(shown, format!("{}\n", named.display()));
    let usual = json(&surroundings.run(&["config", "path", "-o", "json"]).success());
    assert_eq!(usual["path"], surroundings.config_path().display().to_string());
    assert_eq!(usual["exists"], false);
}

#[cfg(unix)]
#[test]
fn init_does_not_follow_dangling_links() {
    let surroundings = Surroundings::new();
    let elsewhere = surroundings.path("elsewhere.toml");
    std::os::unix::fs::symlink(&elsewhere, surroundings.path("link.toml")).unwrap();
    surroundings.run(&["config", "init", "--config", "link.toml"]).failure().code(2);
    assert!(!elsewhere.exists());
}

#[test]
fn show_lists_values_and_sources_without_secrets() {
    let surroundings = Surroundings::new();
    surroundings.write_config(
        "[profiles.prod]\nhost = \"https://bots.kore.ai\"\nclient_secret = \"hunter2\"\n[profiles.prod.defaults]\nscore = 4\n",
    );
    let shown = stdout(&surroundings.command(&["config", "show"]).env("KORE_FEEDBACK_BOT_ID", "st-1").assert().code(2));
    let shown = shown.replace(&surroundings.config_path().display().to_string(), "FILE");
    let line = |key: &str| {
        let line = shown.lines().find(|line| line.split(' ').next() == Some(key));
        let words = line.unwrap_or_else(|| panic!("no {key} in\n{shown}")).split_whitespace();
        words.skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("host"), "https://bots.kore.ai (profile prod, FILE:2)");
    assert_eq!(line("bot_id"), "st-1 (KORE_FEEDBACK_BOT_ID)");
    assert_eq!(line("client_id"), "not set");
    assert_eq!(line("client_secret"), "set, from client_secret (profile prod, FILE:3)");
    assert_eq!(line("limits"), "60/1m, 1800/1h (default)");
    assert_eq!(line("defaults.score"), "4 (profile prod, FILE:5)");
    assert!(!shown.contains("hunter2"));
}

#[test]
fn show_lists_mappings() {
    let surroundings = Surroundings::new();
    surroundings.write_config(
        "[profiles.p]\n[mapping.tickets]\nno_answer = \"-\"\n[mapping.tickets.fields]\nscore = \"Stars\"\nname = \"Survey\"\n\
         [mapping.relations]\npreset = \"qualtrics\"\n",
    );
    let file = surroundings.config_path().display().to_string();
    let shown = stdout(&surroundings.run(&["config", "show"]).code(2)).replace(&file, "FILE");
    let lines: Vec<_> = shown.lines().filter(|line| line.starts_with("mapping")).collect();
    let words: Vec<_> = lines.iter().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        words,
        [
            "mapping.relations.fields none (FILE:7)",
            "mapping.relations.preset qualtrics (FILE:8)",
            "mapping.tickets.fields name, score (FILE:2)",
        ]
    );
    let shown = json(&surroundings.run(&["config", "show", "-o", "json"]).code(2));
    let tickets = &shown["settings"]["mapping.tickets.fields"];
    assert_eq!(tickets["value"], serde_json::json!(["name", "score"]));
    assert_eq!(tickets["source"], format!("{file}:2"));
    assert_eq!(shown["settings"]["mapping.relations.preset"]["value"], "qualtrics");
}

#[test]
fn show_as_json_contains_no_secret() {
    let surroundings = Surroundings::new();
    let assert = surroundings
        .command(&["config", "show", "-o", "json"])
        .env("KORE_FEEDBACK_CLIENT_SECRET", "hunter2")
        .env("KORE_FEEDBACK_LIMITS", "")
        .assert()
        .code(2);
    let shown = json(&assert);
    let secret = &shown["settings"]["client_secret"];
    assert_eq!(secret["set"], true);
    assert_eq!(secret["source"], "KORE_FEEDBACK_CLIENT_SECRET");
    assert_eq!(shown["settings"]["limits"]["value"], serde_json::json!([]));
    assert_eq!(shown["settings"]["host"]["value"], serde_json::Value::Null);
    assert_eq!(shown["config_exists"], false);
    assert!(!stdout(&assert).contains("hunter2"));
}

#[test]
fn help_shows_no_environment_values() {
    let surroundings = Surroundings::new();
    for arguments in [["token", "--help"], ["config", "--help"]] {
        let mut command = surroundings.command(&arguments);
        let assert =
            command.env("KORE_FEEDBACK_CLIENT_SECRET", "hunter2").env("KORE_FEEDBACK_HOST", "hunter2").assert();
        let help = stdout(&assert.success());
        assert!(help.contains("Examples:") && !help.contains("hunter2"), "{help}");
    }
}

#[test]
fn incomplete_settings_end_show_with_two() {
    let stage = Stage::new();
    let complete = stage.run(&["config", "show"]).success();
    assert!(!stderr(&complete).contains("error"), "{}", stderr(&complete));
    let incomplete = stage.command(&["config", "show"]).env("KORE_FEEDBACK_BOT_ID", "").assert().code(2);
    assert!(stdout(&incomplete).contains("client_secret"), "{}", stdout(&incomplete));
    assert!(stderr(&incomplete).starts_with("error: bot_id is not set\n"), "{}", stderr(&incomplete));
    stage.write_config("[profiles.p.columns]\nbot_id = \"Bot\"\n");
    stage.command(&["config", "show"]).env("KORE_FEEDBACK_BOT_ID", "").assert().success();
}

#[cfg(unix)]
#[test]
fn show_fits_eighty_columns() {
    let surroundings = Surroundings::new();
    surroundings.write_config(
        "[profiles.production]\nhost = \"https://uae-platform.kore.ai\"\nclient_id = \"cs-00000000-0000-0000-0000-000000000000\"\n\
         bot_id = \"st-00000000-0000-0000-0000-000000000000\"\nclient_secret_env = \"KORE_CLIENT_SECRET\"\n\
         [profiles.production.defaults]\nmessage = \"How satisfied are you with the conversation that you have just had?\"\n",
    );
    let (code, seen) = Terminal::start_wide(&mut surroundings.process(&["config", "show"]), 80).end();
    assert_eq!(code, Some(0), "{seen}");
    let home = surroundings.path("").display().to_string();
    let lines = seen.lines().map(str::trim_end).filter(|line| !line.contains(&home));
    let wide: Vec<_> = lines.filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "{wide:#?}");
    assert!(seen.contains("st-00000000-0000-0000-0000-000000000000") && seen.contains("(config.toml:4)"), "{seen}");
}
