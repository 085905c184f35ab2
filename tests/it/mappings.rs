//! Mappings and presets, the plan, and the selection of rows.

use crate::support::{Record, Stage, csv_of, json, numbered, stderr, stdout};

const TICKETS: &str = "who,stars,lang,state\nana@example.com,2,Deutsch,closed\nben@example.com,1,English,closed\n\
                       cy@example.com,n/a,English,closed\ndi@example.com,2,English,test\n";
const MAPPING: &str = "no_answer = [\"N/A\"]\n
[fields]\nchannel_uid = \"who\"\nname = { template = \"Ticket {{ state }}\" }\nchannel = { value = \"email\" }
type = { value = \"CSAT\" }\nmessage = { value = \"\" }
score = { column = \"stars\", scale = \"0-2 -> 1-5\", invert = true }
language = { column = \"lang\", values = { deutsch = \"de\", english = \"en\" }, ignore_case = true }\n
[[skip]]\nkey = \"tests\"\ncolumn = \"state\"\nis = \"test\"\nreason = \"test ticket\"\n";

fn record(fields: [&str; 7]) -> Record {
    crate::support::record(fields)
}

/// The lines that report skipped rows.
fn skipped(words: &str) -> Vec<&str> {
    words.lines().filter(|line| line.starts_with("skipped:")).collect()
}

#[test]
fn mappings_work_from_config_and_file() {
    let ana = record(["ana@example.com", "Ticket closed", "1", "email", "CSAT", "de", ""]);
    let ben = record(["ben@example.com", "Ticket closed", "3", "email", "CSAT", "en", ""]);
    let di = record(["di@example.com", "Ticket test", "1", "email", "CSAT", "en", ""]);

    let stage = Stage::new();
    let file = stage.write("in.csv", TICKETS);
    stage.write("tickets.toml", MAPPING);
    let words = stderr(&stage.import(&file, &["--mapping", "tickets.toml"]).success());
    assert_eq!(skipped(&words), ["skipped: 1 row (no answer)", "skipped: 1 row (test ticket)"]);
    stage.has_exactly(&[ana.clone(), ben.clone()]);

    let stage = Stage::new();
    let in_config =
        MAPPING.replace("[fields]", "[mapping.tickets.fields]").replace("[[skip]]", "[[mapping.tickets.skip]]");
    stage.write_config(&format!("[profiles.p]\n[mapping.tickets]\n{in_config}"));
    let file = stage.write("in.csv", TICKETS);
    stage.import(&file, &["--mapping", "tickets", "--include", "tests"]).success();
    stage.has_exactly(&[ana.clone(), ben, di]);

    // Options win over the mapping; a column named by an option is converted as the mapping specifies.
    let stage = Stage::new();
    let file = stage.write("in.csv", TICKETS);
    stage.write("tickets.toml", MAPPING);
    let more = ["--mapping", "tickets.toml", "--map", "language=state", "--set", "name=N", "--rows", "1"];
    stage.import(&file, &more).success();
    stage.has_exactly(&[record(["ana@example.com", "N", "1", "email", "CSAT", "closed", ""])]);
}

#[test]
fn mapping_errors_name_their_place() {
    let stage = Stage::new();
    let file = stage.write("in.csv", TICKETS);
    let refused = |options: &[&str]| {
        let words = stderr(&stage.import(&file, options).failure().code(2));
        words.replace(&stage.path("").display().to_string(), "~/")
    };
    stage.write("typo.toml", MAPPING.replace("invert", "invrt"));
    let words = refused(&["--mapping", "typo.toml"]);
    assert!(
        words.contains("typo.toml:9: unknown key \"invrt\" in [fields.score]; did you mean \"invert\"?"),
        "{words}"
    );
    stage.write("column.toml", MAPPING.replace("\"stars\"", "\"starz\"").replace("{{ state }}", "{{ staet }}"));
    let words = refused(&["--mapping", "column.toml"]);
    assert!(words.contains("score: no column \"starz\" (named by the mapping); did you mean \"stars\"?"), "{words}");
    assert!(words.contains("the template of name: no column \"staet\"; did you mean \"state\"?"), "{words}");
    let words = refused(&["--mapping", "nowhere"]);
    assert!(words.contains("unknown mapping \"nowhere\": not in the config, and not a file"), "{words}");
    let words = refused(&["--preset", "qualtriks"]);
    assert!(words.contains("--preset: unknown preset \"qualtriks\"; did you mean \"qualtrics\"?"), "{words}");
    stage.write("good.toml", MAPPING);
    let words = refused(&["--mapping", "good.toml", "--include", "previews", "--filter", "State2=x"]);
    assert!(words.contains("--include \"previews\": no such skip rule; the rules are: tests"), "{words}");
    assert!(words.contains("--filter: no column \"State2\"; did you mean \"state\"?"), "{words}");
    stage.was_never_called();
}

#[test]
fn scores_outside_the_source_scale_are_invalid() {
    let stage = Stage::new();
    stage.write("good.toml", MAPPING);
    let file = stage.write("in.csv", "who,stars,lang,state\nana,3,en,closed\n");
    let words = stderr(&stage.import(&file, &["--mapping", "good.toml"]).failure().code(2));
    assert!(words.contains("score: not on the scale that the mapping converts from"), "{words}");
    let found = words.lines().find(|line| line.contains("stars") && line.contains("not on the scale")).unwrap();
    assert_eq!(found.split_whitespace().take(4).collect::<Vec<_>>(), ["1", "2", "stars", "3"]);
}

#[test]
fn empty_scores_are_skipped_only_if_configured() {
    let stage = Stage::new();
    let mut records = numbered(2);
    records[1][2] = "NA".to_owned();
    let file = stage.write_records(&records);
    stage.import(&file, &[]).failure().code(2);
    stage.import(&file, &["--no-answer", "na", "--no-answer", ""]).success();
    stage.has_exactly(&records[..1]);
}

#[test]
fn unselected_rows_are_skipped_with_their_reason() {
    let stage = Stage::new();
    let mut records = numbered(6);
    records[3] = records[0].clone();
    records[4][3] = "email".to_owned();
    let file = stage.write_records(&records);
    let words = stderr(&stage.import(&file, &["--dedupe", "--filter", "channel=RTM", "--rows=-5"]).success());
    assert_eq!(
        skipped(&words),
        [
            "skipped: 1 row (excluded by --filter channel=RTM)",
            "skipped: 1 row (duplicate of an earlier row)",
            "skipped: 1 row (excluded by --rows)",
        ]
    );
    stage.has_exactly(&records[..3]);
    let rows = stdout(&stage.run(&["runs", "show", "1", "--rows"]).success());
    for reason in ["duplicate of row 1", "excluded by --filter channel=RTM", "excluded by --rows"] {
        assert!(rows.contains(reason), "{reason}: {rows}");
    }
}

#[test]
fn samples_are_stable_and_nested() {
    let drawn = |size: &str| {
        let stage = Stage::new();
        let file = stage.write_records(&numbered(200));
        let words = stderr(&stage.import(&file, &["--sample", size]).success());
        (stage.sent(), words)
    };
    let (few, words) = drawn("20");
    assert_eq!(few.len(), 20);
    assert_eq!(skipped(&words), ["skipped: 180 rows (not in the sample)"]);
    assert_eq!(drawn("20").0, few);
    let (more, _) = drawn("50");
    assert!(few.iter().all(|record| more.contains(record)) && more.len() == 50);
    // The sample is spread over the file.
    assert!(few.iter().any(|record| record[0].as_str() > "respondent-00100"));
    assert_eq!(drawn("1000").0.len(), 200);
}

#[test]
fn rows_of_an_excluded_run_are_not_resent() {
    let stage = Stage::new();
    let records = numbered(10);
    let file = stage.write_records(&records);
    stage.import(&file, &["--sample", "3"]).success();
    let words = stderr(&stage.import(&file, &[]).failure().code(2));
    assert!(words.contains("3 of 10 records were sent before to this bot: 3 by run 1"), "{words}");
    assert_eq!(stage.sent().len(), 3);
    let words = stderr(&stage.import(&file, &["--exclude-run", "1"]).success());
    assert_eq!(skipped(&words), ["skipped: 3 rows (sent by run 1)"]);
    stage.has_exactly(&records);
    // The same options mean the same run; without options, both runs conflict.
    stage.import(&file, &["--exclude-run", "1"]).failure().code(2);
    stage.import(&file, &["--rows", "2-5"]).failure().code(2);
    let other = stage.write("other.csv", csv_of(&numbered(3)));
    let words = stderr(&stage.import(&other, &["--exclude-run", "1"]).failure().code(2));
    assert!(words.contains("--exclude-run 1: that run had another input"), "{words}");
    stage.import(&file, &["--exclude-run", "9"]).failure().code(2);
    stage.has_exactly(&records);
}

#[test]
fn duplicates_of_settled_rows_are_detected() {
    let mut stage = Stage::faulty(&["hang:every=1"]);
    let mut records = numbered(4);
    records[2] = records[0].clone();
    records[3] = records[1].clone();
    let file = stage.write_records(&records);
    // Whatever is in doubt or unsent: the second process must not take a duplicate for a new record.
    let options = ["--dedupe", "--timeout", "200ms", "--retries", "0", "--wait-for-target", "1s"];
    stage.import(&file, &options).failure();
    stage.restart(&[]);
    stage.import(&file, &[&options[..], &["--resume", "--resend-in-doubt"]].concat()).success();
    stage.has_exactly(&records[..2]);
}

#[test]
fn written_plans_are_valid_mappings() {
    let stage = Stage::new();
    stage.write("in.csv", TICKETS);
    let plan = ["inspect", "in.csv", "--write-mapping", "in.toml", "--map", "score=stars", "--set", "type=CSAT"];
    stage.run(&plan).success();
    let written = std::fs::read_to_string(stage.path("in.toml")).unwrap();
    stage.filtered(|| insta::assert_snapshot!("written-mapping", written));
    let words = stderr(&stage.run(&plan).failure().code(2));
    assert!(
        words.contains("in.toml: it already exists") && words.contains("existing files are never overwritten"),
        "{words}"
    );

    let filled = written
        .replace("#channel_uid = \"…\"", "channel_uid = \"who\"")
        .replacen("#name = { value =", "name = { value =", 1)
        .replace("#channel = { value =", "channel = { value =")
        .replace("#message = { value =", "message = { value =")
        .replace("#no_answer", "no_answer");
    stage.write("in.toml", &filled);
    let imported = stage.run(&["import", "in.csv", "--mapping", "in.toml", "--set", "language=en"]).success();
    assert_eq!(skipped(&stderr(&imported)), ["skipped: 1 row (no answer)"]);
    assert_eq!(stage.sent().len(), 3);
}

#[test]
fn plans_need_no_config_and_have_json() {
    let surroundings = crate::support::Surroundings::new();
    surroundings.write("in.csv", TICKETS);
    let plan = json(&surroundings.run(&["inspect", "in.csv", "-o", "json"]).success());
    assert_eq!(plan["rows"], 4);
    assert_eq!(plan["columns"][1]["name"], "stars");
    assert_eq!(plan["fields"][2]["from"]["column"], "stars");
    assert_eq!(plan["fields"][4]["from"]["open"], true);
    let words = stderr(&surroundings.command(&["inspect", "-"]).write_stdin(TICKETS).assert().success());
    assert!(words.contains("--map=score=stars"), "{words}");
}

#[test]
fn without_a_terminal_the_error_suggests_the_plan() {
    let stage = Stage::new();
    let file = stage.write("in.csv", TICKETS);
    let words = stderr(&stage.import(&file, &[]).failure().code(2));
    assert!(words.contains("`kore-feedback inspect FILE` shows the columns and proposes a mapping"), "{words}");
}

#[test]
fn presets_are_listed_and_shown() {
    let surroundings = crate::support::Surroundings::new();
    insta::assert_snapshot!("presets-list", stdout(&surroundings.run(&["presets", "list"]).success()));
    let shown = stdout(&surroundings.run(&["presets", "show", "qualtrics"]).success());
    assert!(shown.starts_with("# A Qualtrics export in CSV format.") && shown.contains("[[skip]]"), "{shown}");
    let all = json(&surroundings.run(&["presets", "list", "-o", "json"]).success());
    assert!(all["presets"].as_array().unwrap().iter().any(|preset| preset["skips"][0]["key"] == "previews"));
    let words = stderr(&surroundings.run(&["presets", "show", "qualtric"]).failure().code(2));
    assert!(words.contains("did you mean \"qualtrics\"?"), "{words}");
}

#[cfg(unix)]
#[test]
fn open_fields_are_asked_at_a_terminal() {
    use crate::support::Terminal;

    let stage = Stage::new();
    stage.write("in.csv", "who,stars\nana@example.com,5\nben@example.com,2\n");
    let mut command = stage.process(&["import", "in.csv"]);
    let mut terminal = Terminal::start(command.envs(stage.variables()));
    // The columns follow "the same for every row"; a guessed column is preselected.
    for (asked, keys) in [
        ("Source of channel_uid", "\u{1b}[B\r"),
        ("Source of name", "\r"),
        ("Value of name in every row", "Tickets\r"),
        ("Source of score", "\r"),
        ("Source of channel", "\r"),
        ("Value of channel in every row", "email\r"),
        ("Source of type", "\r"),
        ("Feedback type", "\u{1b}[B\r"),
        ("Source of language", "\r"),
        ("Value of language in every row", "en\r"),
        ("Source of message", "\r"),
        ("Value of message in every row", "\r"),
        ("Save this mapping to a file?", "in.toml\r"),
        ("Send 2 records to", "\r"),
    ] {
        terminal.wait_for(asked);
        terminal.type_in(keys);
    }
    let (code, seen) = terminal.end();
    assert_eq!(code, Some(0), "{seen}");
    let expected = [
        record(["ana@example.com", "Tickets", "5", "email", "CSAT", "en", ""]),
        record(["ben@example.com", "Tickets", "2", "email", "CSAT", "en", ""]),
    ];
    stage.has_exactly(&expected);
    let words = stderr(&stage.run(&["import", "in.csv", "--mapping", "in.toml"]).failure().code(2));
    assert!(words.contains("already imported"), "{words}");
}
