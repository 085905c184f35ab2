//! What the README says is held against what it is about.

use clap::Parser;
use kore_feedback::cli::Arguments;
use kore_feedback::record::Field;
use kore_feedback::settings::Key;

use crate::documents::shell_lines;

const README: &str = include_str!("../../README.md");

/// Every call of `kore-feedback` in a line, without what the shell does with it.
fn calls(words: &[String]) -> Vec<Vec<&str>> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let parts = words.split(|word| ["|", "&&"].contains(word) || word.ends_with(';'));
    let parts = parts.map(|part| part.split(|word| [">", "<"].contains(word)).next().unwrap_or_default());
    parts.filter(|part| part.first() == Some(&"kore-feedback")).map(<[&str]>::to_vec).collect()
}

#[test]
fn every_command_it_shows_is_understood() {
    let lines = shell_lines(README);
    let calls: Vec<Vec<&str>> = lines.iter().flat_map(|line| calls(line)).collect();
    assert!(calls.len() > 20, "only {} commands found", calls.len());
    for call in calls {
        let parsed = Arguments::try_parse_from(&call);
        assert!(parsed.is_ok(), "{call:?}: {}", parsed.unwrap_err());
    }
}

#[test]
fn it_begins_with_the_two_commands_of_a_fresh_machine() {
    let lines = shell_lines(README);
    assert_eq!(lines[0].join(" "), "cargo run --release -- import examples/feedback.csv --sandbox");
    assert_eq!(lines[1].join(" "), "cargo test");
}

#[test]
fn every_key_of_a_profile_has_its_line_and_its_variable() {
    for key in Key::ALL {
        let line = README.lines().find(|line| line.starts_with(&format!("| `{key}` | ")));
        let line = line.unwrap_or_else(|| panic!("no line for {key}"));
        match key.variable() {
            Some(variable) => assert!(line.contains(&format!(" `{variable}` ")), "{line}"),
            None => assert!(!line.contains("KORE_FEEDBACK_"), "{line}"),
        }
    }
}

#[test]
fn every_field_has_its_line() {
    for field in Field::ALL {
        assert!(README.contains(&format!("\n| `{field}` | ")), "no line for {field}");
    }
}

#[test]
fn the_exit_codes_are_those_of_the_source_word_for_word() {
    let source = include_str!("../../src/exit.rs");
    let documented = README.split_once("\n## Exit codes\n").unwrap().1.split_once("\n## ").unwrap().0;
    let mut meanings = Vec::new();
    let mut meaning = String::new();
    for line in source.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("/// ") {
            meaning = [meaning.as_str(), words].join(" ").trim().to_owned();
        } else if let Some((_, code)) = line.trim_end_matches(',').split_once(" = ") {
            meanings.extend(code.parse::<u8>().map(|code| (code, std::mem::take(&mut meaning))));
        } else {
            meaning.clear();
        }
    }
    assert_eq!(meanings.len(), 7, "{meanings:?}");
    for (code, meaning) in meanings {
        assert!(documented.contains(&format!("\n| {code} | {meaning} |\n")), "{code}: {meaning}");
    }
}
