//! Checks the README and `docs/` against the code they describe.

use std::path::Path;

use clap::{CommandFactory, Parser};
use kore_feedback::cli::Arguments;
use kore_feedback::record::Field;
use kore_feedback::settings::Key;

use crate::documents::{pages, shell_lines};

const README: &str = include_str!("../../README.md");
const IMPORT: &str = include_str!("../../docs/import.md");
const CONFIGURATION: &str = include_str!("../../docs/configuration.md");
const SCRIPTING: &str = include_str!("../../docs/scripting.md");

/// The calls of `kore-feedback` in a line, without pipes and redirections.
fn calls(words: &[String]) -> Vec<Vec<&str>> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let parts = words.split(|word| ["|", "&&"].contains(word) || word.ends_with(';'));
    let parts = parts.map(|part| part.split(|word| [">", "<"].contains(word)).next().unwrap_or_default());
    parts.filter(|part| part.first() == Some(&"kore-feedback")).map(<[&str]>::to_vec).collect()
}

#[test]
fn documented_commands_parse() {
    let lines: Vec<_> = pages().iter().flat_map(|page| shell_lines(page)).collect();
    let calls: Vec<Vec<&str>> = lines.iter().flat_map(|line| calls(line)).collect();
    assert!(calls.len() > 30, "only {} commands found", calls.len());
    for call in calls {
        let parsed = Arguments::try_parse_from(&call);
        assert!(parsed.is_ok(), "{call:?}: {}", parsed.unwrap_err());
    }
}

#[test]
fn readme_starts_with_the_two_setup_commands() {
    let lines = shell_lines(README);
    assert_eq!(lines[0].join(" "), "cargo run --release -- import examples/feedback.csv --sandbox");
    assert_eq!(lines[1].join(" "), "cargo test");
    assert!(README.lines().count() <= 250, "the README has {} lines", README.lines().count());
}

#[test]
fn links_between_pages_have_targets() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (number, page) in pages().iter().enumerate() {
        let directory = if number == 0 { "" } else { "docs" };
        for link in page.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            let is_local = !link.is_empty() && !link.contains("://");
            assert!(!is_local || root.join(directory).join(link).exists(), "{link} does not exist");
        }
    }
}

#[test]
fn every_profile_key_and_variable_is_documented() {
    for key in Key::ALL {
        let line = CONFIGURATION.lines().find(|line| line.starts_with(&format!("| `{key}` | ")));
        let line = line.unwrap_or_else(|| panic!("no line for {key}"));
        match key.variable() {
            Some(variable) => assert!(line.contains(&format!(" `{variable}` ")), "{line}"),
            None => assert!(!line.contains("KORE_FEEDBACK_"), "{line}"),
        }
    }
}

#[test]
fn every_field_is_documented() {
    for field in Field::BODY {
        assert!(IMPORT.contains(&format!("\n| `{field}` | ")), "no line for {field}");
    }
}

#[test]
fn exit_codes_match_the_source() {
    let source = include_str!("../../src/exit.rs");
    let documented = SCRIPTING.split_once("\n## Exit codes\n").unwrap().1.split_once("\n## ").unwrap().0;
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

#[test]
fn every_option_is_documented() {
    let pages = pages().concat();
    let mut command = Arguments::command();
    command.build();
    let mut commands = vec![&command];
    while let Some(command) = commands.pop() {
        for option in command.get_arguments().filter_map(|argument| argument.get_long()) {
            let known = ["help", "version"].contains(&option) || pages.contains(&format!("--{option}"));
            assert!(known, "--{option} of {} is not in the docs", command.get_name());
        }
        commands.extend(command.get_subcommands());
    }
}

#[test]
fn every_module_is_described_to_contributors() {
    let contributing = include_str!("../../CONTRIBUTING.md");
    let modules =
        include_str!("../../src/lib.rs").lines().filter_map(|line| line.split_once("mod ")?.1.strip_suffix(';'));
    let missing: Vec<&str> = modules.filter(|module| !contributing.contains(&format!("`{module}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
