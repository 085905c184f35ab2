//! What terminals of different kinds are shown.

use crate::support::{Stage, Terminal, numbered, stderr, stdout};

#[test]
fn progress_shows_windows_and_survives_resizing() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(9));
    let mut command =
        stage.process(&["import", file.to_str().unwrap(), "--yes", "--rate-limit", "2/1m", "--pace=early"]);
    let mut terminal = Terminal::start_wide(command.envs(stage.variables()), 110);
    terminal.wait_for("2/2 this minute");
    terminal.resize(40);
    // The line that the terminal has wrapped is erased as a whole.
    terminal.wait_for("A\u{1b}[J");
}

#[test]
fn a_dumb_terminal_in_c_gets_plain_ascii() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(9));
    let mut command = stage.process(&["import", file.to_str().unwrap(), "--sandbox"]);
    let (code, seen) = Terminal::start_as(command.env("LANG", "C"), "dumb", 80).end();
    assert_eq!(code, Some(0), "{seen}");
    assert!(seen.is_ascii() && !seen.contains('\u{1b}'), "{seen:?}");
    let mut command = stage.process(&["import", file.to_str().unwrap(), "--sandbox"]);
    let (_, seen) = Terminal::start_as(command.env("LANG", "C"), "xterm", 80).end();
    assert!(seen.is_ascii() && seen.contains("====") && seen.contains("saved 9 | failed 0"), "{seen:?}");
    for arguments in [&["--help"][..], &["import", "--help"], &["import"]] {
        let (_, seen) = Terminal::start_as(stage.process(arguments).env("LANG", "C"), "dumb", 80).end();
        assert!(seen.is_ascii() && !seen.contains('\u{1b}'), "{seen}");
    }
}

#[test]
fn colors_can_be_forced_and_forbidden() {
    let stage = Stage::faulty(&["400:at=1"]);
    let file = stage.write_records(&numbered(2));
    let run = |arguments: &[&str], variable: &str| {
        let mut command = stage.command(&["import"]);
        command.arg(&file).args(["--again"]).args(arguments).env(variable, "1").assert()
    };
    for (arguments, variable, is_colored) in [
        (&[][..], "X", false),
        (&["--color", "always"], "NO_COLOR", true),
        (&[], "CLICOLOR_FORCE", true),
        (&["--color=never"], "CLICOLOR_FORCE", false),
    ] {
        let assert = run(arguments, variable);
        let said = (stdout(&assert), stderr(&assert));
        let saved = said.0.lines().find(|line| line.contains("  saved ")).unwrap_or_else(|| panic!("{said:?}"));
        assert_eq!(saved.contains("\u{1b}[32m"), is_colored, "{said:?}");
    }
    let refused = stage.run(&["--color", "always", "imprt"]).failure().code(2);
    assert!(stderr(&refused).contains("\u{1b}["), "{}", stderr(&refused));
}
