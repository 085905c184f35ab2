//! At a terminal, `submit` asks for missing fields.

use crate::support::{Stage, Terminal, record};

const DOWN: &str = "\u{1b}[B";
const ENTER: &str = "\r";

fn at_a_terminal(stage: &Stage, arguments: &[&str]) -> Terminal {
    Terminal::start(stage.process(arguments).envs(stage.variables()))
}

#[test]
fn all_fields_are_asked_with_last_answers() {
    let stage = Stage::new();
    let mut terminal = at_a_terminal(&stage, &["submit"]);
    terminal.wait_for("THUMB: thumbs up or down");
    // The second type and its first score: the cursor starts at the best score.
    terminal.type_in(&format!("{DOWN}{ENTER}"));
    terminal.wait_for("5  very satisfied");
    terminal.type_in(&format!("{DOWN}{ENTER}"));
    for (asked, answer) in [
        ("Respondent's id", "007"),
        ("Survey name", "Größe"),
        ("Channel", "rtm"),
        ("Language", "de"),
        ("Prompt the respondent was shown", ""),
    ] {
        terminal.wait_for(asked);
        terminal.type_in(&format!("{answer}{ENTER}"));
    }
    let (code, seen) = terminal.end();
    assert_eq!(code, Some(0), "{seen}");
    assert!(seen.contains("saved CSAT 1 of 007"), "{seen}");
    stage.has_exactly(&[record(["007", "Größe", "1", "rtm", "CSAT", "de", ""])]);

    let mut terminal = at_a_terminal(&stage, &["submit", "--score", "4"]);
    terminal.wait_for("THUMB: thumbs up or down");
    terminal.type_in(ENTER);
    terminal.wait_for("Respondent's id");
    // No id is offered, and an empty one is not accepted.
    terminal.type_in(ENTER);
    terminal.type_in(&format!("008{ENTER}"));
    for (asked, offered) in [("Survey name", "Größe"), ("Channel", "rtm"), ("Language", "de")] {
        terminal.wait_for(asked);
        terminal.wait_for(offered);
        terminal.type_in(ENTER);
    }
    terminal.wait_for("Prompt the respondent was shown");
    terminal.type_in(ENTER);
    assert_eq!(terminal.end().0, Some(0));
    let records = stage.sent();
    assert_eq!(records[1], record(["008", "Größe", "4", "rtm", "CSAT", "de", ""]));
}

#[test]
fn a_wrong_answer_is_asked_again() {
    let stage = Stage::new();
    let given = [
        "submit",
        "--type",
        "NPS",
        "--score",
        "10",
        "--name",
        "n",
        "--channel",
        "rtm",
        "--message",
        "",
        "--channel-uid",
        "u",
    ];
    let mut terminal = at_a_terminal(&stage, &given);
    terminal.wait_for("Language");
    terminal.type_in(&format!(" {ENTER}"));
    terminal.wait_for("required, but empty");
    terminal.type_in(&format!("en{ENTER}"));
    let (code, seen) = terminal.end();
    assert_eq!(code, Some(0), "{seen}");
    for word in ["Survey name", "Score", "Type of feedback", "Respondent"] {
        assert!(!seen.contains(word), "{word} was asked for: {seen}");
    }
}

#[test]
fn invalid_options_fail_before_any_question() {
    let stage = Stage::new();
    for (given, said) in [
        (&["submit", "--type", "nps", "--score", "11"][..], "an NPS score is a whole number from 0 to 10"),
        (&["submit", "--type", "stars"], "invalid record"),
        (&["submit", "--score", "nine"], "invalid record"),
        (&["submit", "--type", "nps", "--channel-uid", " "], "invalid record"),
    ] {
        let (code, seen) = at_a_terminal(&stage, given).end();
        assert!(code == Some(2) && seen.contains(said) && !seen.contains("missing"), "{seen}");
        assert!(!seen.contains("Respondent's id") && !seen.contains("Type of feedback"), "{seen}");
    }
    let mut terminal = at_a_terminal(&stage, &["submit", "--score", "7"]);
    terminal.wait_for("THUMB: thumbs up or down");
    terminal.type_in(&format!("{DOWN}{ENTER}"));
    let (code, seen) = terminal.end();
    assert!(code == Some(2) && seen.contains("a CSAT score is a whole number from 1 to 5"), "{seen}");
    assert!(!seen.contains("Respondent's id"), "{seen}");
    stage.was_never_called();
}

#[test]
fn ctrl_c_at_a_question_sends_nothing() {
    let stage = Stage::new();
    let mut terminal = at_a_terminal(&stage, &["submit"]);
    terminal.wait_for("THUMB: thumbs up or down");
    terminal.type_in("\u{3}");
    let (code, seen) = terminal.end();
    assert_ne!(code, Some(0), "{seen}");
    stage.was_never_called();
    assert!(!stage.state().join("ledger.db").exists());
}

#[test]
fn import_draws_a_bar_unless_quiet() {
    let stage = Stage::new();
    let file = stage.write_records(&crate::support::numbered(30));
    let path = file.to_str().unwrap();
    let (code, seen) = at_a_terminal(&stage, &["import", path]).end();
    assert_eq!(code, Some(0), "{seen}");
    assert!(seen.contains('━') && seen.contains("30/30") && seen.contains("saved 30"), "{seen:?}");
    let (_, seen) = at_a_terminal(&stage, &["import", path, "--again", "--quiet"]).end();
    assert!(!seen.contains('━') && seen.contains("Run 2"), "{seen:?}");
}

#[test]
fn ctrl_c_at_a_selection_restores_the_cursor() {
    let stage = Stage::new();
    let mut terminal = at_a_terminal(&stage, &["submit"]);
    terminal.wait_for("THUMB: thumbs up or down");
    terminal.type_in("\u{3}");
    let (code, seen) = terminal.end();
    assert_eq!(code, Some(130), "{seen:?}");
    let (hidden, shown) = (seen.rfind("\u{1b}[?25l"), seen.rfind("\u{1b}[?25h"));
    assert!(shown > hidden, "the cursor stays hidden: {seen:?}");
    stage.was_never_called();
}
