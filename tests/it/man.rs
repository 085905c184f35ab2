//! The committed man pages.

use std::collections::BTreeMap;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::roff::{Roff, roman};
use kore_feedback::cli::Arguments;

const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/man");

/// What the help ends with, line by line: clap_mangen would fill the lines of the examples.
fn examples(command: &Command) -> Roff {
    let help = command.get_after_long_help().or(command.get_after_help()).map(ToString::to_string).unwrap_or_default();
    let lines: Vec<_> = help.trim_start_matches("Examples:\n").lines().map(roman).collect();
    let mut section = Roff::new();
    if !lines.is_empty() {
        section.control("SH", ["EXAMPLES"]).control("nf", []);
        lines.into_iter().for_each(|line| {
            section.text([line]);
        });
        section.control("fi", []);
    }
    section
}

/// The page of each command by its file name.
fn pages() -> BTreeMap<String, Vec<u8>> {
    fn add(command: &Command, pages: &mut BTreeMap<String, Vec<u8>>) {
        let man = clap_mangen::Man::new(command.clone()).source("kore-feedback").manual("kore-feedback");
        let mut page = Vec::new();
        let written = man.render_title(&mut page).and_then(|()| man.render_name_section(&mut page));
        let written = written.and_then(|()| man.render_synopsis_section(&mut page));
        let written = written.and_then(|()| man.render_description_section(&mut page));
        let written = written.and_then(|()| man.render_options_section(&mut page));
        let written = written.and_then(|()| man.render_subcommands_section(&mut page));
        written.and_then(|()| examples(command).to_writer(&mut page)).expect("written to memory");
        pages.insert(man.get_filename(), page);
        command.get_subcommands().filter(|command| !command.is_hide_set()).for_each(|command| add(command, pages));
    }
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    let mut pages = BTreeMap::new();
    add(&command, &mut pages);
    pages
}

fn committed() -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(DIRECTORY).into_iter().flatten().map(|entry| entry.expect("an entry"));
    let page = |path: &Path| std::fs::read(path).expect("a page");
    entries.map(|entry| (entry.file_name().into_string().expect("a name"), page(&entry.path()))).collect()
}

/// Writes the pages, as insta writes snapshots.
fn renew() {
    // Removes those of former commands, too.
    let _ = std::fs::remove_dir_all(DIRECTORY);
    std::fs::create_dir(DIRECTORY).expect("a directory");
    for (name, page) in pages() {
        std::fs::write(Path::new(DIRECTORY).join(name), page).expect("written");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the variable of insta, which writes the other generated files")]
fn committed_man_pages_are_current() {
    if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        renew();
    }
    let (committed, pages) = (committed(), pages());
    let stale = pages.iter().filter(|(name, page)| committed.get(*name) != Some(page)).map(|(name, _)| name);
    let surplus = committed.keys().filter(|name| !pages.contains_key(*name));
    let names: Vec<&String> = stale.chain(surplus).collect();
    let how = "INSTA_UPDATE=always cargo test --test it man";
    assert!(names.is_empty(), "the command line has changed; run `{how}`: {names:?}");
}
