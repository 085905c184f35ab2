//! What the command line says about mistakes, and other names for the same.

use crate::support::{Stage, Surroundings, stderr, stdout};

#[test]
fn the_vendors_names_are_understood() {
    let stage = Stage::new();
    for option in ["--channel-uid", "--uid", "--channelUId"] {
        let record =
            ["submit", "--type", "CSAT", "--score", "4", "--name", "n", "--channel", "rtm", "--language", "en"];
        stage.run(&[&record[..], &["--message", "", option, "jo"]].concat()).success();
    }
    assert_eq!(stage.sent().len(), 3);
}

#[test]
fn an_unknown_field_gets_the_list() {
    let said = stderr(&Surroundings::new().run(&["import", "x.csv", "--map", "uid=Email"]).failure().code(2));
    assert!(said.contains("\"uid\" is not a field; the fields are channel_uid, name, score"), "{said}");
}

#[test]
fn only_near_names_are_suggested() {
    let home = Surroundings::new();
    let said = stderr(&home.run(&["send"]).failure().code(2));
    assert!(!said.contains("sandbox"), "{said}");
    let said = stderr(&home.run(&["imprt"]).failure().code(2));
    assert!(said.contains("'import'"), "{said}");
}

#[test]
fn help_is_a_command_and_names_variables() {
    let home = Surroundings::new();
    let help = stdout(&home.run(&["help", "submit"]).success());
    assert!(help.starts_with("Submit one feedback record"), "{help}");
    let help = stdout(&home.run(&["--help"]).success());
    for words in ["KORE_FEEDBACK_CLIENT_SECRET", "NO_COLOR", "docs/configuration.md", "Documentation:"] {
        assert!(help.contains(words), "{words}: {help}");
    }
}

#[cfg(unix)]
#[test]
fn input_from_the_keyboard_says_how() {
    use crate::support::Terminal;

    let stage = Stage::new();
    for command in ["import", "inspect"] {
        let mut terminal = Terminal::start(stage.process(&[command, "-"]).envs(stage.variables()));
        terminal.wait_for("type or paste them");
    }
}
