//! At a terminal, `submit` asks for missing fields, and before it sends.

use super::OPTIONS;
use crate::support::{Stage, Terminal, record, stderr, stdout};

const DOWN: &str = "\u{1b}[B";
const ENTER: &str = "\r";

fn at_a_terminal(stage: &Stage, arguments: &[&str]) -> Terminal {
    Terminal::start(stage.process(arguments).envs(stage.variables()))
}

/// Types the answer to each question.
fn answer(terminal: &mut Terminal, answers: &[(&str, &str)]) {
    for (asked, answer) in answers {
        terminal.wait_for(asked);
        terminal.type_in(answer);
    }
}

/// A first submit, so that the next one has last answers.
fn submitted_once() -> Stage {
    let stage = Stage::new();
    let mut terminal = at_a_terminal(&stage, &["submit"]);
    answer(
        &mut terminal,
        &[
            ("THUMB: thumbs up or down", &format!("{DOWN}{ENTER}")),
            ("Score, 1 to 5", &format!("1{ENTER}")),
            ("Respondent's id", &format!("007{ENTER}")),
            ("Survey name", &format!("Größe{ENTER}")),
            ("another channel", ENTER),
            ("Language", &format!("de{ENTER}")),
            ("Prompt the respondent was shown", &format!("How?{ENTER}")),
            ("Send CSAT 1 for 007 to", ENTER),
        ],
    );
    let (code, seen) = terminal.end();
    assert_eq!(code, Some(0), "{seen}");
    assert!(seen.contains("saved CSAT 1 of 007"), "{seen}");
    stage.has_exactly(&[record(["007", "Größe", "1", "rtm", "CSAT", "de", "How?"])]);
    stage
}

#[test]
fn the_second_submit_takes_twelve_keys() {
    let stage = submitted_once();
    let mut terminal = at_a_terminal(&stage, &["submit"]);
    let mut keys = 0;
    for (asked, answer) in [
        ("THUMB: thumbs up or down", ENTER),
        ("Score, 1 to 5", "4\r"),
        ("Respondent's id", "jo@x.io\r"),
        ("Send CSAT 4 for jo@x.io to", ENTER),
    ] {
        terminal.wait_for(asked);
        terminal.type_in(answer);
        keys += answer.chars().count();
    }
    let (code, seen) = terminal.end();
    assert_eq!((code, keys), (Some(0), 12), "{seen}");
    assert!(seen.contains("as last time") && seen.contains("How?"), "{seen}");
    assert_eq!(stage.sent()[1], record(["jo@x.io", "Größe", "4", "rtm", "CSAT", "de", "How?"]));
}

#[test]
fn last_answers_can_be_edited_and_cleared() {
    let stage = submitted_once();
    let mut terminal = at_a_terminal(&stage, &["submit", "--type", "NPS", "--score", "9", "--channel-uid", "008"]);
    answer(
        &mut terminal,
        &[
            ("e to edit]", "e"),
            ("Survey name", ENTER),
            ("another channel", &format!("{DOWN}{ENTER}")),
            ("Language", &format!("en{ENTER}")),
            ("Prompt the respondent was shown (- for none)", &format!("-{ENTER}")),
            ("e to edit]", "y"),
        ],
    );
    let (code, seen) = terminal.end();
    assert_eq!(code, Some(0), "{seen}");
    assert_eq!(stage.sent()[1], record(["008", "Größe", "9", "email", "NPS", "en", ""]));
}

#[test]
fn a_typed_score_is_never_replaced() {
    let stage = Stage::new();
    let given = [
        "submit",
        "--type",
        "NPS",
        "--channel-uid",
        "007",
        "--name",
        "n",
        "--channel",
        "rtm",
        "--language",
        "en",
        "--message",
        "",
    ];
    let mut terminal = at_a_terminal(&stage, &given);
    answer(
        &mut terminal,
        &[
            ("Score, 0 to 10", ENTER),
            ("required, but empty", &format!("11{ENTER}")),
            ("an NPS score is a whole number from 0 to 10", &format!("3{ENTER}")),
            ("Send NPS 3 for 007 to", "y"),
        ],
    );
    assert_eq!(terminal.end().0, Some(0));
    stage.has_exactly(&[record(["007", "n", "3", "rtm", "NPS", "en", ""])]);
}

#[test]
fn an_empty_answer_is_refused_with_reason() {
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
    answer(
        &mut terminal,
        &[("Language", ENTER), ("required, but empty", &format!("en{ENTER}")), ("Send NPS 10 for u to", ENTER)],
    );
    let (code, seen) = terminal.end();
    assert_eq!(code, Some(0), "{seen}");
    for word in ["Survey name", "Score,", "Type of feedback", "Respondent's"] {
        assert!(!seen.contains(word), "{word} was asked for: {seen}");
    }
}

#[test]
fn a_complete_record_is_confirmed_with_target() {
    let stage = Stage::new();
    let profile = format!("[profiles.production]\nhost = \"{}\"\n", stage.sandbox.url());
    stage.write_config(&profile);
    let mut terminal = at_a_terminal(&stage, &OPTIONS);
    terminal.wait_for(&stage.sandbox.url());
    terminal.wait_for(stage.sandbox.bot_id());
    terminal.wait_for("(profile production)");
    let tail = &stage.sandbox.bot_id()[stage.sandbox.bot_id().len() - 4..];
    terminal.wait_for(&format!("Send CSAT 4 for jo@example.com to production (st-…{tail})? [Y/n]"));
    terminal.type_in("n");
    let (code, seen) = terminal.end();
    assert_eq!(code, Some(2), "{seen}");
    assert!(seen.contains("not confirmed; nothing was sent"), "{seen}");
    stage.was_never_called();
}

#[test]
fn yes_and_no_input_ask_nothing() {
    let stage = Stage::new();
    for option in ["--yes", "-y", "--no-input"] {
        let (code, seen) = at_a_terminal(&stage, &[&OPTIONS[..], &[option, "--again"]].concat()).end();
        assert!(code == Some(0) && !seen.contains("Send CSAT"), "{seen}");
        assert!(seen.contains("saved CSAT 4 of jo@example.com"), "{seen}");
    }
    let (code, seen) = at_a_terminal(&stage, &["submit", "--no-input"]).end();
    assert!(code == Some(2) && seen.contains("missing") && !seen.contains("Type of feedback"), "{seen}");
}

#[test]
fn without_a_terminal_saved_names_the_target() {
    let stage = Stage::new();
    let assert = stage.run(&OPTIONS).success();
    assert!(!stderr(&assert).contains("Send CSAT"), "{}", stderr(&assert));
    let target = format!("at {}, bot {}", stage.sandbox.url(), stage.sandbox.bot_id());
    assert!(stdout(&assert).contains(&target), "{}", stdout(&assert));
}

#[test]
fn with_yes_every_last_answer_is_offered() {
    let stage = submitted_once();
    let mut terminal = at_a_terminal(&stage, &["submit", "--yes", "--score", "4"]);
    answer(
        &mut terminal,
        &[
            ("THUMB: thumbs up or down", ENTER),
            // No id is offered, and an empty one is not accepted.
            ("Respondent's id", ENTER),
            ("required, but empty", &format!("008{ENTER}")),
            ("Survey name", ENTER),
            ("another channel", ENTER),
            ("Language", ENTER),
            ("Prompt the respondent was shown", ENTER),
        ],
    );
    assert_eq!(terminal.end().0, Some(0));
    assert_eq!(stage.sent()[1], record(["008", "Größe", "4", "rtm", "CSAT", "de", "How?"]));
}

#[test]
fn letters_choose_an_item() {
    let stage = Stage::new();
    let mut terminal =
        at_a_terminal(&stage, &["submit", "--channel-uid=jo", "--name=n", "--language=en", "--message="]);
    answer(
        &mut terminal,
        &[
            ("THUMB: thumbs up or down", "none\rcsat\r"),
            ("Score, 1 to 5", "4\r"),
            ("another channel", "em\r"),
            ("Send CSAT 4 for jo to", ENTER),
        ],
    );
    let (code, seen) = terminal.end();
    assert_eq!(code, Some(0), "{seen}");
    stage.has_exactly(&[record(["jo", "n", "4", "email", "CSAT", "en", ""])]);
}

#[test]
fn a_dumb_terminal_gets_plain_questions() {
    let stage = Stage::new();
    let mut command = stage.process(&["submit"]);
    let mut terminal = Terminal::start_as(command.envs(stage.variables()).env("LANG", "C"), "dumb", 80);
    answer(
        &mut terminal,
        &[
            ("3  THUMB: thumbs up or down", ""),
            ("Type of feedback [1]: ", "9\n"),
            ("enter a number from 1 to 3", "2\n"),
            ("Score, 1 to 5", "\n"),
            ("required, but empty", "4\n"),
            ("Respondent's id or email address: ", "007\n"),
            ("Survey name: ", "n\n"),
            ("Channel [1]: ", "\n"),
            ("Language, such as en: ", "en\n"),
            ("(may be empty): ", "\n"),
            ("? [Y/n]", "y\n"),
        ],
    );
    let (code, seen) = terminal.end();
    assert_eq!(code, Some(0), "{seen}");
    assert!(!seen.contains('\u{1b}') && seen.is_ascii(), "{seen:?}");
    stage.has_exactly(&[record(["007", "n", "4", "rtm", "CSAT", "en", ""])]);
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
    answer(&mut terminal, &[("THUMB: thumbs up or down", &format!("{DOWN}{ENTER}"))]);
    let (code, seen) = terminal.end();
    assert!(code == Some(2) && seen.contains("a CSAT score is a whole number from 1 to 5"), "{seen}");
    assert!(!seen.contains("Respondent's id"), "{seen}");
    stage.was_never_called();
}

#[test]
fn ctrl_c_at_any_question_sends_nothing() {
    let stage = Stage::new();
    for (arguments, question) in
        [(&["submit"][..], "THUMB: thumbs up or down"), (&["submit", "--type", "NPS"], "Score,"), (&OPTIONS, "[Y/n]")]
    {
        let mut terminal = at_a_terminal(&stage, arguments);
        answer(&mut terminal, &[(question, "\u{3}")]);
        let (code, seen) = terminal.end();
        assert_eq!(code, Some(130), "{seen:?}");
        let (hidden, shown) = (seen.rfind("\u{1b}[?25l"), seen.rfind("\u{1b}[?25h"));
        assert!(shown >= hidden, "the cursor stays hidden: {seen:?}");
    }
    stage.was_never_called();
    assert!(!stage.state().join("ledger.db").exists());
}

#[test]
fn json_from_the_keyboard_says_how() {
    let stage = Stage::new();
    let mut terminal = at_a_terminal(&stage, &["submit", "--json", "-"]);
    terminal.wait_for("type or paste its JSON");
}

#[test]
fn import_draws_a_bar_unless_quiet() {
    let stage = Stage::new();
    let file = stage.write_records(&crate::support::numbered(30));
    let path = file.to_str().unwrap();
    let (code, seen) = at_a_terminal(&stage, &["import", path, "--yes"]).end();
    assert_eq!(code, Some(0), "{seen}");
    assert!(seen.contains('━') && seen.contains("30/30") && seen.contains("saved 30"), "{seen:?}");
    let (_, seen) = at_a_terminal(&stage, &["import", path, "--again", "--quiet", "--yes"]).end();
    assert!(!seen.contains('━') && seen.contains("Run 2"), "{seen:?}");
}

#[test]
fn import_asks_before_it_sends() {
    let stage = Stage::new();
    let file = stage.write_records(&crate::support::numbered(3));
    let path = file.to_str().unwrap();
    let mut terminal = at_a_terminal(&stage, &["import", path]);
    answer(&mut terminal, &[(stage.sandbox.bot_id(), ""), ("Send 3 records to 127", ""), ("? [Y/n]", "n")]);
    let (code, seen) = terminal.end();
    assert!(code == Some(2) && seen.contains("not confirmed; nothing was sent"), "{seen}");
    stage.was_never_called();
    assert!(!stdout(&stage.run(&["runs", "list"])).contains("in.csv"), "no run is left behind");
    // Enter means yes, but not after words that are no answer.
    let mut terminal = at_a_terminal(&stage, &["import", path]);
    answer(&mut terminal, &[("? [Y/n]", "stop\r"), ("? [Y/n]", "n")]);
    assert_eq!(terminal.end().0, Some(2));
    stage.was_never_called();
    let mut terminal = at_a_terminal(&stage, &["import", path]);
    answer(&mut terminal, &[("Send 3 records to 127", ENTER)]);
    assert_eq!(terminal.end().0, Some(0));
    assert_eq!(stage.sent().len(), 3);
}
