//! What the words before the cursor refer to.

use std::ffi::OsString;
use std::fs::File;
use std::path::PathBuf;

use clap::{ArgMatches, FromArgMatches};

use crate::cli::{self, InputArgs};
use crate::ledger::{Run, Store};
use crate::settings::{self, Context, Overrides, Settings};
use crate::source::Table;

/// The words before the cursor. Whatever cannot be read offers nothing.
pub(super) struct Typed {
    pub(super) context: Context,
    pub(super) words: Vec<OsString>,
}

impl Typed {
    fn matches(&self) -> Option<ArgMatches> {
        cli::command().ignore_errors(true).try_get_matches_from(&self.words).ok()
    }

    pub(super) fn settings(&self) -> Option<Settings> {
        let matches = self.matches()?;
        let path = |id| matches.try_get_one::<PathBuf>(id).ok().flatten().cloned();
        let overrides = Overrides { config: path("config"), state_dir: path("state_dir"), ..Overrides::default() };
        settings::resolve(&overrides, &self.context).ok()
    }

    /// The runs, newest first.
    pub(super) fn runs(&self) -> Vec<Run> {
        let state_dir = self.settings().and_then(|settings| settings.state_dir().ok());
        let store = state_dir.and_then(|directory| Store::open_existing(&directory).ok().flatten());
        let mut runs = store.and_then(|store| store.runs().ok()).unwrap_or_default();
        runs.reverse();
        runs
    }

    /// The columns of the first file that exists.
    pub(super) fn columns(&self) -> Vec<String> {
        self.table().map(|table| table.headers().to_vec()).unwrap_or_default()
    }

    fn table(&self) -> Option<Table<File>> {
        let matches = self.matches()?;
        let (_, matches) = matches.subcommand()?;
        let files = matches.try_get_many::<PathBuf>("files").ok()??;
        // Reading a pipe would take its rows away.
        let file = files.map(|file| self.context.working_directory.join(file)).find(|file| file.is_file())?;
        let options = InputArgs::from_arg_matches(matches).map(|input| input.source()).unwrap_or_default();
        Table::open(File::open(&file).ok()?, &file.to_string_lossy(), &options).ok()
    }
}
