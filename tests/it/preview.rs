//! What `import` and `inspect` print before anything is sent: the preview, and warnings about odd records.

use crate::documents::shell_lines;
#[cfg(unix)]
use crate::support::Terminal;
use crate::support::{Surroundings, json, stderr, stdout};

const EXAMPLES: &str = include_str!("../../examples/README.md");
const DOCS: &str = include_str!("../../docs/import.md");
const HEADER: &str = "channel_uid,name,score,channel,type,language,message\n";

/// A target that is not a sandbox. Nothing is sent to it.
const REAL_TARGET: [(&str, &str); 4] = [
    ("KORE_FEEDBACK_HOST", "https://bots.example.com"),
    ("KORE_FEEDBACK_BOT_ID", "st-1"),
    ("KORE_FEEDBACK_CLIENT_ID", "cs-1"),
    ("KORE_FEEDBACK_CLIENT_SECRET", "made up"),
];

/// The preview and its warnings in the output.
fn preview(said: &str) -> String {
    let begin = said.find("preview of ").unwrap_or_else(|| panic!("no preview in\n{said}"));
    let end = said[begin..].find("to send: ").map_or(said.len(), |length| begin + length);
    said[begin..end].to_owned()
}

/// A home with a CSAT file: pairs of a score and how many records have it.
fn with_csat(scores: &[(u8, usize)]) -> Surroundings {
    let surroundings = Surroundings::new();
    let row = |score: u8| format!("jo@example.com,Post-chat,{score},rtm,CSAT,en,\n");
    let rows: String = scores.iter().map(|(score, times)| row(*score).repeat(*times)).collect();
    surroundings.write("in.csv", &(HEADER.to_owned() + &rows));
    surroundings
}

#[test]
fn examples_are_previewed_as_documented() {
    for words in shell_lines(EXAMPLES) {
        let surroundings = Surroundings::new();
        let file = words.iter().find_map(|word| word.strip_prefix("examples/")).expect("an example");
        let path = format!("{}/examples/{file}", env!("CARGO_MANIFEST_DIR"));
        surroundings.write(&format!("examples/{file}"), std::fs::read_to_string(path).unwrap());
        let arguments: Vec<&str> = words[1..].iter().map(String::as_str).chain(["--dry-run"]).collect();
        let said = preview(&stderr(&surroundings.run(&arguments).success()));
        if file == "nps-export.csv" {
            let drawing = said.split_once("warning: ").map_or(said.as_str(), |(drawing, _)| drawing);
            assert!(
                DOCS.contains(&format!("```text\n{drawing}```\n")),
                "docs/import.md shows another one than\n{drawing}"
            );
        }
        insta::assert_snapshot!(file.trim_end_matches(".csv"), said);
    }
}

#[test]
fn an_inverted_scale_is_warned_of_once() {
    let surroundings = with_csat(&[(1, 30), (2, 10), (5, 3)]);
    let mut said = String::new();
    let doubt = "warning: the CSAT scale of \"Post-chat\" may be inverted: 40 of 43 answers are 1 or 2";
    for more in [&["--dry-run"][..], &[]] {
        said = stderr(&surroundings.run(&[&["import", "in.csv", "--sandbox"], more].concat()).success());
        assert_eq!(said.matches(doubt).count(), 1, "{said}");
    }
    // Following the advice of the warning is enough.
    let advice = said.split('`').nth(1).unwrap().replace('…', "score");
    surroundings.write("turned.toml", format!("[fields]\n{advice}\n"));
    let turned = ["import", "in.csv", "--sandbox", "--dry-run", "--mapping", "turned.toml"];
    let said = stderr(&surroundings.run(&turned).success());
    assert!(said.contains("satisfied    4–5   40   93%") && !said.contains("warning:"), "{said}");
    let fine = with_csat(&[(1, 3), (2, 4), (4, 30)]);
    let said = stderr(&fine.run(&["import", "in.csv", "--sandbox", "--dry-run"]).success());
    assert!(!said.contains("warning:"), "{said}");
}

#[test]
fn real_targets_warn_about_the_date() {
    let surroundings = with_csat(&[(4, 2), (5, 1)]);
    let told = "warning: the API has no date field: the dashboard shows each record under the day on which it is sent, not \
                the day of the answer (3 records here)\n";
    let said = stderr(&surroundings.command(&["import", "in.csv", "--dry-run"]).envs(REAL_TARGET).assert().success());
    assert_eq!(said.matches(told).count(), 1, "{said}");
    let said = stderr(&surroundings.run(&["import", "in.csv", "--dry-run", "--sandbox"]).success());
    assert!(!said.contains("no date"), "{said}");
}

#[test]
fn allowed_scores_off_the_scale_are_counted_apart() {
    let surroundings = with_csat(&[(0, 2), (4, 2), (9, 1)]);
    let said =
        stderr(&surroundings.run(&["import", "in.csv", "--dry-run", "--sandbox", "--allow-any-score"]).success());
    assert!(said.contains("  Post-chat · CSAT 100% satisfied · 5 answers\n"), "{said}");
    assert!(said.contains("    3 answers off the scale (0 to 9), not part of the score\n"), "{said}");
}

#[test]
fn quiet_and_resumed_imports_show_no_preview() {
    let surroundings = with_csat(&[(1, 30)]);
    let quiet = surroundings.run(&["import", "in.csv", "--dry-run", "--sandbox", "--quiet"]).success();
    assert_eq!(stderr(&quiet), "");
    assert!(!stdout(&quiet).contains("dashboard"));
    let resumed = surroundings.run(&["import", "in.csv", "--sandbox", "--resume"]);
    assert!(!stderr(&resumed).contains("dashboard"), "{}", stderr(&resumed));
}

/// A header from which `inspect` guesses or knows six fields; none of its columns could be the message.
const GUESSABLE: &str = "email,survey name,score,channel,survey type,lang\n";

#[test]
fn a_complete_inspection_previews_like_a_dry_run() {
    let surroundings = Surroundings::new();
    surroundings.write("in.csv", &(GUESSABLE.to_owned() + &"jo@example.com,Post-chat,1,kiosk,CSAT,EN\n".repeat(60)));
    let open = stderr(&surroundings.run(&["inspect", "in.csv"]).success());
    assert!(open.contains("replace each …") && !open.contains("dashboard"), "{open}");
    let whole = ["inspect", "in.csv", "--set", "message="];
    let said = stderr(&surroundings.run(&whole).success());
    insta::assert_snapshot!("inspect", said);

    let command = shell_words::split(said.trim_end().trim_end_matches('`').rsplit('`').next().unwrap()).unwrap();
    let arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
    let dry = stderr(&surroundings.command(&arguments).envs(REAL_TARGET).assert().success());
    let (seen, _) = said.split_once("hint: ").unwrap();
    assert_eq!(preview(&dry), preview(seen));
}

#[test]
fn inspect_reports_invalid_rows_and_succeeds() {
    let surroundings = Surroundings::new();
    let rows = "jo@example.com,Post-chat,9,rtm,CSAT,en\njo@example.com,Post-chat,-,rtm,CSAT,en\n\
                jo@example.com,Post-chat,4,rtm,CSAT,en\n";
    surroundings.write("in.csv", &(GUESSABLE.to_owned() + rows));
    let plan = ["inspect", "in.csv", "--set", "message=", "--no-answer=-"];
    let said = stderr(&surroundings.run(&plan).success());
    assert!(said.contains("skipped: 1 row (no answer)\nwarning: 1 of 3 rows cannot be sent:\n"), "{said}");
    let place = said.lines().find(|line| line.contains("a CSAT score is")).unwrap();
    assert_eq!(place.split_whitespace().take(4).collect::<Vec<_>>(), ["1", "2", "score", "9"]);
    assert!(said.contains("hint: fix the file, or import only the valid rows with --skip-invalid"), "{said}");

    let of = |more: &[&str]| json(&surroundings.run(&[&plan[..], &["-o", "json"], more].concat()).success());
    let (plan, open) = (of(&[]), of(&["--map=name=none"]));
    assert_eq!(
        (&plan["check"]["rows"], &plan["check"]["unsent"], &plan["check"]["invalid"]),
        (&3.into(), &1.into(), &1.into())
    );
    assert_eq!(open["check"], serde_json::Value::Null);
}

#[test]
fn a_file_that_breaks_off_is_still_inspected() {
    let surroundings = Surroundings::new();
    let file = GUESSABLE.to_owned() + &"jo@example.com,Post-chat,4,rtm,CSAT,en\n".repeat(10_001) + "\"never closed";
    surroundings.write("in.csv", &file);
    let broken = surroundings.run(&["inspect", "in.csv", "--set", "message="]).failure().code(2);
    assert!(stdout(&broken).contains("first 10,000 rows read"), "{}", stdout(&broken));
    assert!(stderr(&broken).contains("error: in.csv"), "{}", stderr(&broken));
}

#[cfg(unix)]
#[test]
fn terminals_get_colors_unless_no_color() {
    let surroundings = with_csat(&[(1, 3), (3, 1), (4, 3)]);
    let arguments = ["import", "in.csv", "--dry-run", "--sandbox"];
    let mut command = surroundings.process(&arguments);
    let (code, seen) = Terminal::start(&mut command).end();
    assert_eq!(code, Some(0), "{seen}");
    assert!(seen.contains("\u{1b}[1mPost-chat\u{1b}[0m") && seen.contains("\u{1b}[32msatisfied"), "{seen:?}");
    let (_, seen) = Terminal::start(surroundings.process(&arguments).env("NO_COLOR", "1")).end();
    assert!(seen.contains("satisfied") && !seen.contains('\u{1b}'), "{seen:?}");
}
