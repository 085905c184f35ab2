//! Runs the commands of `examples/README.md`.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;

use crate::documents::shell_lines;
use crate::support::{Surroundings, json, stderr};

const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");

/// Expected counts: rows, saved, invalid.
const EXPECTED: [(&str, u64, u64, u64); 3] = [
    ("examples/feedback.csv", 200, 200, 0),
    ("examples/nps-export.csv", 210, 205, 5),
    ("examples/umfrage.csv", 204, 204, 0),
];

/// A home with a copy of the examples, because failure reports are written next to them.
fn with_examples() -> Surroundings {
    let surroundings = Surroundings::new();
    for file in files() {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file)).expect("an example");
        surroundings.write(&file, &text);
    }
    surroundings
}

/// The examples, without failure reports left by manual runs.
fn files() -> BTreeSet<String> {
    let found = std::fs::read_dir(DIRECTORY).expect("the examples").map(|entry| entry.expect("an entry").file_name());
    let names = found.map(|name| name.to_string_lossy().into_owned());
    let inputs = names.filter(|name| name.ends_with(".csv") && !name.contains(".failures"));
    inputs.map(|name| format!("examples/{name}")).collect()
}

fn documented() -> Vec<Vec<String>> {
    shell_lines(&std::fs::read_to_string(Path::new(DIRECTORY).join("README.md")).expect("its README"))
}

#[test]
fn documented_commands_give_the_documented_results() {
    let surroundings = with_examples();
    let mut seen = BTreeSet::new();
    for words in documented() {
        let ["kore-feedback", arguments @ ..] = &words.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
            panic!("{words:?} is not ours")
        };
        let (file, rows, saved, invalid) =
            EXPECTED.into_iter().find(|(file, ..)| arguments.contains(file)).expect("a known example");
        let ended = surroundings.run(&[arguments, &["--output", "json"]].concat());
        let ended = ended.code(if invalid == 0 { 0 } else { 1 });
        let summary = json(&ended);
        let counts = ["rows", "saved", "invalid"].map(|key| summary[key].clone());
        assert_eq!(counts, [json!(rows), json!(saved), json!(invalid)], "{words:?}\n{}", stderr(&ended));
        assert_eq!(summary["failures_file"].is_null(), invalid == 0, "{words:?}");
        seen.insert(file.to_owned());
    }
    assert_eq!(seen, files(), "every example has its command");
}

#[test]
fn invalid_rows_stop_the_import_and_are_listed() {
    let surroundings = with_examples();
    let documented = documented();
    let words = documented.iter().find(|words| words.iter().any(|word| word == "--skip-invalid")).unwrap();
    let arguments: Vec<&str> = words[1..].iter().map(String::as_str).filter(|word| *word != "--skip-invalid").collect();
    let refused = surroundings.run(&arguments).failure().code(2);
    let said = stderr(&refused);
    for (row, line) in [(31, 34), (78, 91), (112, 129), (149, 168), (187, 210)] {
        assert!(said.contains(&format!("\n   {row:<4} {line:<4}")), "row {row}:\n{said}");
    }
    assert!(said.contains("5 of 210 rows cannot be sent; nothing was sent"), "{said}");
}
