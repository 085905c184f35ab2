//! The help of every command, so that changes are noticed.

use std::collections::BTreeSet;
use std::path::Path;

use clap::{Command, CommandFactory};
use kore_feedback::cli::Arguments;

use crate::support::{Surroundings, stdout};

/// Every command as its words; the program itself first, without any.
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
fn no_help_snapshot_is_stale() {
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

#[test]
fn import_short_help_fits_one_screen() {
    let help = stdout(&Surroundings::new().run(&["import", "-h"]).success());
    assert!(help.lines().count() <= 50, "{help}");
    insta::assert_snapshot!(help, @r"
    Import feedback from a file, each row exactly once

    Usage: kore-feedback import [OPTIONS] <FILE>...

    Arguments:
      <FILE>...  Input files, processed as one; quote patterns such as 'q3/*.csv'; - for standard input

    Options:
      -h, --help  Print help (see more with '--help')

    Columns:
          --map <FIELD=COLUMN>   Take a field (or bot_id) from this column: a header, 'Name#2' for the
                                 second Name, '#7' for the seventh column; repeatable
          --set <FIELD=VALUE>    Give a field (or bot_id) this value in every row; repeatable
          --mapping <NAME|FILE>  Use a mapping from the config or from a file
          --preset <NAME>        Use the built-in mapping for this export; `presets list` shows all

    Rows:
          --dry-run                Check everything, show a preview and the duration, send nothing
          --skip-invalid           Import the valid rows, and write the invalid ones to the failure
                                   report
          --filter <COLUMN=VALUE>  Import only rows that meet this condition; repeatable
          --sample <N>             Import a random sample of N rows, always the same ones for a file

    Runs:
          --resume    Resume the unfinished run of this file
          --only-new  Import only what was not sent before: the new rows of an export that has grown
          --again     Import rows although they were sent before; they are then saved twice
      -y, --yes       Send without asking; without a terminal, nothing is asked

    Sending:
          --sandbox  Send to a sandbox inside this process: no setup, nothing leaves this machine

    Global options:
          --config <FILE>    Config file [default: config.toml in the user's config directory]
      -p, --profile <NAME>   Profile from the config [default: default_profile, or the only one]
          --state-dir <DIR>  Directory of the ledger [default: kore-feedback in the user's state
                             directory]
      -o, --output <FORMAT>  Format of results on stdout [default: text] [possible values: text, json,
                             ndjson]
      -q, --quiet            Print only errors to stderr
      -v, --verbose          Print details to stderr: every retry, wait and rejected row

    Examples:
      kore-feedback import feedback.csv --sandbox    Try it: no setup, nothing leaves this machine
      kore-feedback import feedback.csv --dry-run    Check a file and preview the result
      kore-feedback import feedback.csv --resume     Continue after an interruption

    These are the most common options: see --help for all options and more examples.
    ");
}
