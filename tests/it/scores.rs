//! Scores as exports write them: with decimal commas, separators of thousands, or words.

use crate::support::{Stage, json, stderr, stdout};

const HEADER: &str = "channelUId,name,score,channel,type,language,message";

/// A file with one row for each score.
fn file(stage: &Stage, scores: &[&str]) -> std::path::PathBuf {
    let row = |(number, score): (usize, &&str)| format!("r{number},S,\"{score}\",rtm,CSAT,en,\n");
    let rows: String = scores.iter().enumerate().map(row).collect();
    stage.write("in.csv", format!("{HEADER}\n{rows}"))
}

#[test]
fn decimal_commas_are_read_strictly() {
    let stage = Stage::new();
    let file = file(&stage, &["4,5", "1.000,0", "1.00,0", "3"]);
    stage.write("comma.toml", "[fields]\nscore = { column = \"score\", decimal = \",\" }\n");
    let options = ["--mapping", "comma.toml", "--allow-any-score", "--skip-invalid"];
    let words = stderr(&stage.import(&file, &options).failure().code(1));
    assert!(words.contains("decimal \",\""), "{words}");
    assert!(words.contains("1.00,0") && words.contains("score with other separators"), "{words}");
    let mut sent: Vec<_> = stage.sent().into_iter().map(|[_, _, score, ..]| score).collect();
    sent.sort();
    assert_eq!(sent, ["1000", "3", "4.5"]);
    stage.write("wrong.toml", "[fields]\nscore = { column = \"score\", decimal = \";\" }\n");
    let words = stderr(&stage.import(&file, &["--mapping", "wrong.toml"]).failure().code(2));
    assert!(words.contains("wrong.toml:2: decimal \";\" must be \",\" or \".\""), "{words}");
}

#[test]
fn leading_numbers_with_thousands_are_refused() {
    let stage = Stage::new();
    let file = file(&stage, &["1.000", "1,000", "4 - good"]);
    stage.write("leading.toml", "[fields]\nscore = { column = \"score\", number = \"leading\" }\n");
    let words = stderr(&stage.import(&file, &["--mapping", "leading.toml"]).failure().code(2));
    assert!(words.contains("could be a decimal or have a separator of thousands; set decimal"), "{words}");
    assert!(words.contains("1 × score that could be two numbers"), "{words}");
    assert!(words.contains("1 × score with separators"), "{words}");
    stage.was_never_called();
}

const WORDS: [&str; 6] = ["Sehr zufrieden", "Gut", "Gut ", "Gut", "5", "5"];

#[test]
fn words_lead_to_a_skeleton_of_values() {
    let stage = Stage::new();
    let words = stderr(&stage.import(&file(&stage, &WORDS), &["--dry-run"]).failure().code(2));
    let rule = "score = { column = \"score\", values = { Gut = \"…\", \"Sehr zufrieden\" = \"…\" } }";
    assert!(words.contains("4 × score not a number") && words.contains(rule), "{words}");

    let many: Vec<String> = (0..20).map(|number| format!("text {number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let words = stderr(&stage.import(&file(&stage, &many), &[]).failure().code(2));
    assert!(words.contains("convert them in a mapping with values, number, decimal or scale"), "{words}");
    let words = stderr(&stage.import(&file(&stage, &["9 - Yes", "0 - No"]), &[]).failure().code(2));
    assert!(words.contains("score = { column = \"score\", number = \"leading\" }"), "{words}");
    let words = stderr(&stage.import(&file(&stage, &["4,5", "3"]), &[]).failure().code(2));
    assert!(words.contains("score = { column = \"score\", decimal = \",\" }"), "{words}");
    stage.was_never_called();
}

#[test]
fn inspect_counts_few_values_and_suggests_scores() {
    let stage = Stage::new();
    let file = file(&stage, &WORDS);
    let name = file.to_str().unwrap();
    let inspected = stage.run(&["inspect", name]).success();
    let columns = stdout(&inspected);
    assert!(columns.contains("\"Gut\" (3), \"5\" (2), \"Sehr zufrieden\" (1)"), "{columns}");
    assert!(stderr(&inspected).contains("values = { Gut = \"…\", \"Sehr zufrieden\" = \"…\" }"));

    let read = json(&stage.run(&["inspect", name, "-o", "json"]).success());
    let column = |name: &str| read["columns"].as_array().unwrap().iter().find(|column| column["name"] == name).unwrap();
    let counted = serde_json::json!([{"value": "CSAT", "count": 6}]);
    assert_eq!(column("type")["values"], counted);
    assert!(read["score_rule"].as_str().unwrap().contains("Gut = \"…\""), "{read}");
}

#[test]
fn a_written_skeleton_must_be_filled_in() {
    let stage = Stage::new();
    let file = file(&stage, &WORDS);
    stage.run(&["inspect", file.to_str().unwrap(), "--write-mapping", "new.toml"]).success();
    let words = stderr(&stage.import(&file, &["--mapping", "new.toml"]).failure().code(2));
    assert!(words.contains("Gut must be replaced: write the score that this text stands for"), "{words}");
    stage.was_never_called();

    let written = std::fs::read_to_string(stage.path("new.toml")).unwrap();
    let filled = written.replace("Gut = \"…\"", "Gut = 4").replace("zufrieden\" = \"…\"", "zufrieden\" = 5");
    stage.write("filled.toml", filled);
    stage.import(&file, &["--mapping", "filled.toml"]).success();
    let mut sent: Vec<_> = stage.sent().into_iter().map(|[_, _, score, ..]| score).collect();
    sent.sort();
    assert_eq!(sent, ["4", "4", "4", "5", "5", "5"]);
}

#[test]
fn words_are_found_in_any_record_of_a_row() {
    let stage = Stage::new();
    let file = file(&stage, &["5", "4"]);
    let fields = "[[records]]\nname = { value = \"A\" }\nscore = \"score\"\n";
    let words = "[[records]]\nname = { value = \"B\" }\nscore = \"name\"\n";
    stage.write("records.toml", format!("{fields}{words}"));
    let said = stderr(&stage.import(&file, &["--mapping", "records.toml"]).failure().code(2));
    assert!(
        said.contains("score = { column = \"name\", values = { S = \"…\" } }` under [fields] or [[records]]"),
        "{said}"
    );
}
