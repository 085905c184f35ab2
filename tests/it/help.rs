//! What every command says about itself, so that a change of it is seen.

use std::collections::BTreeSet;
use std::path::Path;

use clap::{Command, CommandFactory};
use kore_feedback::cli::Arguments;

use crate::support::{Surroundings, stdout};

/// Every command as the words that call it, the program itself first.
fn commands() -> Vec<Vec<String>> {
    fn below(words: &[String], command: &Command, all: &mut Vec<Vec<String>>) {
        all.push(words.to_vec());
        for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
            below(&[words, &[subcommand.get_name().to_owned()]].concat(), subcommand, all);
        }
    }
    let mut all = Vec::new();
    below(&[], &Arguments::command(), &mut all);
    all
}

/// `kore-feedback`, `import`, `token-inspect`.
fn name(words: &[String]) -> String {
    if words.is_empty() { "kore-feedback".to_owned() } else { words.join("-") }
}

#[test]
fn every_command_explains_itself() {
    let surroundings = Surroundings::new();
    for words in commands() {
        let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        arguments.push("--help");
        insta::assert_snapshot!(name(&words), stdout(&surroundings.run(&arguments).success()));
    }
}

#[test]
fn no_snapshot_is_of_a_command_that_is_gone() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/snapshots");
    let found = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let found: BTreeSet<String> =
        found.filter(|file| file.starts_with("it__help__") && file.ends_with(".snap")).collect();
    let expected = commands().iter().map(|words| format!("it__help__{}.snap", name(words))).collect();
    assert_eq!(found, expected);
}

#[test]
fn no_secret_can_be_given_as_an_argument() {
    for words in commands() {
        let mut command = Arguments::command();
        command.build();
        let found = words.iter().fold(&command, |command, word| command.find_subcommand(word).unwrap());
        let long = found.get_arguments().filter_map(|argument| argument.get_long());
        let telling: Vec<&str> =
            long.filter(|option| option.contains("secret") || option.contains("password")).collect();
        assert!(telling.is_empty(), "{}: {telling:?}", name(&words));
    }
}
