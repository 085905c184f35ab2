//! `config init` on a terminal, `config get`, `set` and `edit`.

use crate::support::{Surroundings, json, stderr, stdout};

#[test]
fn set_keeps_comments_and_get_reads_back() {
    let home = Surroundings::new();
    home.run(&["config", "init"]).success();
    home.run(&["config", "set", "host", "https://platform.kore.ai"]).success();
    home.run(&["config", "set", "limits", "[\"600/1m\"]"]).success();
    home.run(&["config", "set", "defaults.channel", "rtm"]).success();
    let text = std::fs::read_to_string(home.config_path()).unwrap();
    assert!(text.contains("# The URL of the environment") && text.contains("#bot_id = "), "{text}");
    assert_eq!(stdout(&home.run(&["config", "get", "host"]).success()), "https://platform.kore.ai\n");
    assert_eq!(json(&home.run(&["config", "get", "limits", "-ojson"]).success())["value"][0], "600/1m");
    assert_eq!(stdout(&home.run(&["config", "get", "defaults.channel"]).success()), "rtm\n");
    let before = std::fs::read_to_string(home.config_path()).unwrap();
    for (key, value) in [("host", "bots"), ("zebra", "1"), ("timeout", "never")] {
        home.run(&["config", "set", key, value]).failure().code(2);
    }
    assert_eq!(std::fs::read_to_string(home.config_path()).unwrap(), before);
    let said = stderr(&home.run(&["config", "get", "hots"]).failure().code(2));
    assert!(said.contains("did you mean \"host\"?"), "{said}");
    assert!(stderr(&home.run(&["config", "get", "bot_id"]).failure().code(2)).contains("bot_id is not set"));
}

#[test]
fn a_refused_first_value_creates_no_config() {
    let home = Surroundings::new();
    for (key, value) in [("zebra", "1"), ("host", "bots"), ("default_profile", "none")] {
        home.run(&["config", "set", key, value]).code(2);
        assert!(!home.path("config").exists(), "{key}");
    }
    home.run(&["config", "set", "timeout", "20s"]).success();
    assert_eq!(stdout(&home.run(&["config", "get", "timeout"]).success()), "20s\n");
}

#[test]
fn a_secret_is_read_from_standard_input_only() {
    let home = Surroundings::new();
    let said = stderr(&home.run(&["config", "set", "client_secret", "hunter2"]).failure().code(2));
    assert!(said.contains("client_secret_command") && !said.contains("hunter2"), "{said}");
    assert!(!home.config_path().exists());
    home.run(&["config", "set", "client_secret"]).failure().code(2);
    let assert = home.command(&["config", "set", "client_secret"]).write_stdin("hunter2\n").assert().success();
    assert!(!stdout(&assert).contains("hunter2"));
    assert!(std::fs::read_to_string(home.config_path()).unwrap().contains("client_secret = \"hunter2\""));
    assert_eq!(stdout(&home.run(&["config", "get", "client_secret"]).success()), "set, from client_secret\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(home.config_path()).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[cfg(unix)]
mod terminal {
    use crate::support::{Stage, Surroundings, Terminal, stderr};

    const DOWN: &str = "\u{1b}[B";

    #[test]
    fn init_asks_and_offers_to_check() {
        let stage = Stage::new();
        let mut terminal = Terminal::start(&mut stage.process(&["config", "init"]));
        let other = format!("{}\r", DOWN.repeat(8));
        let (url, bot, client) = (stage.sandbox.url(), stage.sandbox.bot_id(), stage.sandbox.client_id());
        for (asked, answer) in [
            ("another host", &*other),
            ("URL of the host", "bots\r"),
            ("host \"bots\" must", &format!("{url}\r")),
            ("Bot id", "\r"),
            ("required, but empty", &format!("{bot}\r")),
            ("Client id", &format!("{client}\r")),
            ("type it now", &format!("{}\r", DOWN.repeat(3))),
            ("Client secret (not shown)", &format!("{}\r", stage.sandbox.client_secret())),
            ("Check the result now?", "\r"),
        ] {
            terminal.wait_for(asked);
            terminal.type_in(answer);
        }
        let (code, seen) = terminal.end();
        assert_eq!(code, Some(0), "{seen}");
        assert!(seen.contains("the server returns records"), "{seen}");
        assert!(!seen.contains(stage.sandbox.client_secret()), "{seen}");
        let secret = stage.path("config/kore-feedback/client-secret");
        assert_eq!(std::fs::read_to_string(&secret).unwrap(), stage.sandbox.client_secret());
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
        let text = std::fs::read_to_string(stage.config_path()).unwrap();
        assert!(
            text.contains("# The client id of the app.") && !text.contains(stage.sandbox.client_secret()),
            "{text}"
        );
    }

    /// The questions can be answered again: no half of a config is left behind.
    #[test]
    fn init_writes_nothing_if_the_secret_exists() {
        let stage = Stage::new();
        let secret = stage.path("config/kore-feedback/client-secret");
        std::fs::create_dir_all(secret.parent().unwrap()).unwrap();
        std::fs::write(&secret, "another").unwrap();
        let mut terminal = Terminal::start(&mut stage.process(&["config", "init"]));
        for (asked, answer) in [
            ("Host of the platform", "\r"),
            ("Bot id", "st-1\r"),
            ("Client id", "cs-1\r"),
            ("type it now", &*format!("{}\r", DOWN.repeat(3))),
            ("Client secret (not shown)", "hunter2\r"),
        ] {
            terminal.wait_for(asked);
            terminal.type_in(answer);
        }
        let (code, seen) = terminal.end();
        assert_eq!(code, Some(2), "{seen}");
        assert!(seen.contains("it already exists") && seen.contains("move that file away"), "{seen}");
        assert!(!stage.config_path().exists());
        assert_eq!(std::fs::read_to_string(&secret).unwrap(), "another");
    }

    #[test]
    fn init_asks_nothing_without_input() {
        let home = Surroundings::new();
        let (code, seen) = Terminal::start(&mut home.process(&["config", "init", "--no-input"])).end();
        assert_eq!(code, Some(0), "{seen}");
        assert!(home.config_path().exists() && !seen.contains("Host of"), "{seen}");
    }

    #[test]
    fn a_typed_secret_is_not_shown() {
        let home = Surroundings::new();
        let mut terminal = Terminal::start(&mut home.process(&["config", "set", "client_secret"]));
        terminal.wait_for("Client secret (not shown): ");
        terminal.type_in("hunter3\u{7f}2\r");
        let (code, seen) = terminal.end();
        assert!(code == Some(0) && !seen.contains("hunter"), "{seen}");
        assert!(std::fs::read_to_string(home.config_path()).unwrap().contains("client_secret = \"hunter2\""));
    }

    #[test]
    fn edit_opens_the_editor_and_checks() {
        let home = Surroundings::new();
        let editor = home.write("my editor", "#!/bin/sh\necho 'zebra = 1' > \"$2\"\n");
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o700)).unwrap();
        let mut command = home.command(&["config", "edit"]);
        let said = stderr(&command.env("EDITOR", format!("'{}' -w", editor.display())).assert().failure().code(2));
        assert!(said.contains("unknown key \"zebra\""), "{said}");
        let said = stderr(&home.command(&["config", "edit"]).env("VISUAL", "false").assert().failure().code(2));
        assert!(said.contains("the editor false failed"), "{said}");
    }
}
