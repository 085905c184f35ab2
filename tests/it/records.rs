//! Several records per row: `[[records]]` and `--record`.

use serde_json::{Value, json as value};

use crate::support::{Record, Stage, json, record, stderr, stdout};

mod inspect;
mod reports;
mod runs;

const SHARED: [&str; 4] = ["--map=channel_uid=Email", "--set=channel=email", "--set=language=en", "--set=message="];
const BOTH: [&str; 2] = ["--record=type=NPS,name=Loyalty,score=Q1", "--record=type=CSAT,name=Service,score=Q2"];

/// The options that make a loyalty and a service record of each row.
fn options<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&SHARED[..], &BOTH, more].concat()
}

fn loyalty(uid: &str, score: &str) -> Record {
    record([uid, "Loyalty", score, "email", "NPS", "en", ""])
}

fn service(uid: &str, score: &str) -> Record {
    record([uid, "Service", score, "email", "CSAT", "en", ""])
}

/// Both answered, one of them answered, none answered, and a blank line.
const FILE: &str = "Email,Q1,Q2\na@x.org,9,4\nb@x.org,,5\nc@x.org,0,\nd@x.org,,\n,,\n";

#[test]
fn a_row_makes_a_record_per_answer() {
    let stage = Stage::new();
    let file = stage.write("in.csv", FILE);
    let ended = stage.import(&file, &options(&[])).success();
    stage.has_exactly(&[
        loyalty("a@x.org", "9"),
        service("a@x.org", "4"),
        service("b@x.org", "5"),
        loyalty("c@x.org", "0"),
    ]);
    let said = stdout(&ended);
    assert!(said.starts_with("Run 1: 5 rows, 6 records to "), "{said}");
    assert!(said.contains("saved             4") && said.contains("skipped           2"), "{said}");
    let said = stderr(&ended);
    for expected in [
        "in.csv: 5 rows, 6 records,",
        "skipped: 1 row (blank row)",
        "skipped: 1 row (no answer)",
        "record 1: name ",
        "always \"Service\"",
        "to send: 4 records",
        "Loyalty",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn json_counts_rows_and_records() {
    let stage = Stage::new();
    let file = stage.write("in.csv", FILE);
    let dry = json(&stage.import(&file, &options(&["--dry-run", "-o", "json"])).success());
    let counts = |summary: &Value| ["rows", "records", "saved", "skipped", "unsent"].map(|key| summary[key].clone());
    assert_eq!(value!(counts(&dry)), value!([5, 6, 0, 2, 4]));
    let sent = json(&stage.import(&file, &options(&["-o", "json"])).success());
    assert_eq!(value!(counts(&sent)), value!([5, 6, 4, 2, 0]));
    let shown = json(&stage.run(&["runs", "show", "1", "-o", "json"]).success());
    assert_eq!(value!(counts(&shown)), value!([5, 6, 4, 2, 0]));
}

const MAPPING: &str = r#"
no_answer = ["", "-"]
[fields]
channel_uid = { template = "{{ Email or row['Response ID'] }}" }
channel = { value = "email" }
language = { column = "Lang", lower_case = true }
message = { value = "Tell us" }
type = { value = "NPS" }

[[records]]
name = { value = "Loyalty" }
score = "Q1"

[[records]]
name = "Agent"
type = { value = "CSAT" }
message = { template = "How was {{ Agent }}?" }
score = { column = "Q2", values = { great = 5, poor = 1 } }
no_answer = ["not asked"]
"#;

#[test]
fn a_mapping_file_describes_records() {
    let stage = Stage::new();
    let mapping = stage.write("survey.toml", MAPPING);
    let file = stage.write(
        "in.csv",
        "Email,Response ID,Lang,Q1,Q2,Agent\na@x.org,R1,DE,9,great,Ada\n,R2,EN,-,poor,Bob\nc@x.org,R3,EN,3,not asked,\n",
    );
    stage.import(&file, &["--mapping", mapping.to_str().unwrap()]).success();
    stage.has_exactly(&[
        record(["a@x.org", "Loyalty", "9", "email", "NPS", "de", "Tell us"]),
        record(["a@x.org", "Ada", "5", "email", "CSAT", "de", "How was Ada?"]),
        record(["R2", "Bob", "1", "email", "CSAT", "en", "How was Bob?"]),
        record(["c@x.org", "Loyalty", "3", "email", "NPS", "en", "Tell us"]),
    ]);
}

#[test]
fn one_record_is_the_same_as_none() {
    let stage = Stage::new();
    let file = stage.write("in.csv", "Email,Q1\na@x.org,9\n");
    stage.import(&file, &[&SHARED[..], &BOTH[..1]].concat()).success();
    let plain = ["--set=type=NPS", "--set=name=Loyalty", "--map=score=Q1", "--no-answer="];
    let said = stderr(&stage.import(&file, &[&SHARED[..], &plain].concat()).failure().code(2));
    assert!(said.contains("already imported by run 1"), "{said}");
}

#[test]
fn commas_are_quoted_and_columns_named() {
    let stage = Stage::new();
    let file = stage.write("in.csv", "Email,\"Q1, overall\",Survey\na@x.org,9,S\n");
    let one = r#"--record=type=NPS,name="Sales, ""North""",score="Q1, overall",message=value:Survey"#;
    let other = r#"--record=type=NPS,name=column:Survey,"score=Q1, overall",message=Why?"#;
    stage.import(&file, &[&SHARED[..3], &[one, other]].concat()).success();
    stage.has_exactly(&[
        record(["a@x.org", "Sales, \"North\"", "9", "email", "NPS", "en", "Survey"]),
        record(["a@x.org", "S", "9", "email", "NPS", "en", "Why?"]),
    ]);
}

#[test]
fn wrong_records_say_which_one() {
    let stage = Stage::new();
    let file = stage.write("in.csv", "Email,Q1,Q2,Comment\na@x.org,9,4,x\n");
    for (more, expected) in [
        ("--record=type=NPS,name=Third,score=Q7", "record 3 (Third): score: no column \"Q7\" (named by --record)"),
        ("--record=type=CES,name=Third,score=Q2", "record 3 (Third): type: invalid value \"CES\" from --record"),
        ("--set=name=All", "name: set more than once (--set name=All, the record's own)"),
        ("--record=type=NPS,name=Third", "record 3 (Third): score: no column and no value"),
        ("--record=score=Q1,name=a,type=NPS,bot_id=st-1", "bot_id: no column and no value"),
    ] {
        let said = stderr(&stage.import(&file, &options(&[more])).failure().code(2));
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let ambiguous = "--record=type=NPS,name=A,score=Q1,message=Comment";
    let said = stderr(&stage.import(&file, &[&SHARED[..3], &[ambiguous]].concat()).failure().code(2));
    assert!(said.contains("message: \"Comment\" is a value, but the input also has a column of this name"), "{said}");
    assert!(said.contains("message=\"column:Comment\" for the column"), "{said}");
    for (wrong, expected) in [("type", "no ="), ("score=Q1,score=Q2", "score is given twice"), ("name=\"a", "unclosed")]
    {
        let said = stderr(&stage.import(&file, &[&format!("--record={wrong}")]).failure().code(2));
        assert!(said.contains(expected), "{said}");
    }
    stage.was_never_called();
}

#[test]
fn what_all_records_lack_is_said_once() {
    let stage = Stage::new();
    let file = stage.write("in.csv", "Email,Q1,Q2\na@x.org,9,4\n");
    let said = stderr(&stage.import(&file, &BOTH).failure().code(2));
    assert_eq!(said.matches("channel_uid: no column and no value").count(), 1, "{said}");
    assert!(!said.contains("record 1"), "{said}");
}

#[test]
fn each_record_may_go_to_its_bot() {
    use kore_feedback::sandbox::SandboxOptions;
    let stage = Stage::with(SandboxOptions { any_bot: true, ..SandboxOptions::default() });
    let file = stage.write("in.csv", FILE);
    let records = BOTH.iter().zip(["st-a", "st-b"]).map(|(record, bot)| format!("{record},bot_id={bot}"));
    let records: Vec<String> = records.collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    stage.import(&file, &[&SHARED[..], &records].concat()).success();
    let mut bots: Vec<_> =
        stage.sandbox.records().iter().map(|sent| (sent.bot_id.to_string(), sent.name.to_string())).collect();
    bots.sort();
    let expected = [("st-a", "Loyalty"), ("st-a", "Loyalty"), ("st-b", "Service"), ("st-b", "Service")];
    assert_eq!(bots, expected.map(|(bot, name)| (bot.to_owned(), name.to_owned())));
}

#[test]
fn selections_concern_rows_and_dedupe_records() {
    let all = [
        loyalty("a", "9"),
        service("a", "4"),
        loyalty("a", "9"),
        service("a", "5"),
        loyalty("b", "1"),
        service("b", "1"),
    ];
    for (selection, kept, skipped) in [
        ("--rows=2", &all[2..4], "skipped: 2 rows (excluded by --rows)"),
        ("--filter=Email=b", &all[4..], "skipped: 2 rows (excluded by --filter Email=b)"),
        (
            "--dedupe-by=Email",
            &[all[0].clone(), all[1].clone(), all[4].clone(), all[5].clone()],
            "skipped: 2 records (duplicate",
        ),
        (
            "--dedupe",
            &[all[0].clone(), all[1].clone(), all[3].clone(), all[4].clone(), all[5].clone()],
            "skipped: 1 record (duplicate",
        ),
    ] {
        let stage = Stage::new();
        let file = stage.write("in.csv", "Email,Q1,Q2\na,9,4\na,9,5\nb,1,1\n");
        let said = stderr(&stage.import(&file, &options(&[selection])).success());
        stage.has_exactly(kept);
        assert!(said.contains(skipped), "{selection}: {said}");
    }
    let stage = Stage::new();
    let file = stage.write("in.csv", "Email,Q1,Q2\na,9,4\na,9,5\nb,1,1\n");
    let sampled = json(&stage.import(&file, &options(&["--sample=1", "-o", "json"])).success());
    assert_eq!((&sampled["saved"], &sampled["skipped"]), (&2.into(), &2.into()));
}
