//! The committed man pages.

use std::collections::BTreeMap;
use std::path::Path;

use clap::{Command, CommandFactory};
use kore_feedback::cli::Arguments;

const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/man");

/// The page of each command by its file name.
fn pages() -> BTreeMap<String, Vec<u8>> {
    fn add(command: &Command, pages: &mut BTreeMap<String, Vec<u8>>) {
        let man = clap_mangen::Man::new(command.clone()).source("kore-feedback").manual("kore-feedback");
        let mut page = Vec::new();
        man.render(&mut page).expect("written to memory");
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
