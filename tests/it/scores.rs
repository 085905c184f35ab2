//! Scores as exports write them: with decimal commas, separators of thousands, or words.

use crate::support::{Stage, stderr};

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
