//! The program that is measured.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::NOWHERE;
use super::input::write_csv;
use super::process::Took;

/// The ledger in a home directory.
pub(crate) const STATE: &str = ".local/state/kore-feedback";

/// A binary, and a directory for its inputs.
pub(crate) struct Subject {
    binary: PathBuf,
    home: PathBuf,
}

/// A finished import.
pub(crate) struct Import {
    pub(crate) rows: usize,
    pub(crate) took: Took,
    /// The size of its ledger in bytes.
    pub(crate) ledger: f64,
}

impl Subject {
    pub(crate) fn new(binary: &str, home: &Path) -> Self {
        Self { binary: Path::new(binary).canonicalize().expect("the binary"), home: home.to_owned() }
    }

    pub(crate) fn binary_size(&self) -> u64 {
        self.binary.metadata().expect("the binary").len()
    }

    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// A file with this many rows.
    pub(crate) fn input(&self, rows: usize) -> (PathBuf, usize) {
        let path = self.home.join(format!("{rows}.csv"));
        if !path.exists() {
            write_csv(BufWriter::new(File::create(&path).expect("the input")), rows).expect("the input");
        }
        (path, rows)
    }

    /// A quiet import into a new ledger.
    pub(crate) fn import(&self, (input, rows): &(PathBuf, usize), url: &str, in_flight: usize) -> Import {
        let home = tempfile::tempdir_in(&self.home).expect("a directory");
        let took = Took::of(self.import_command(input, url, home.path(), in_flight));
        let ledger = home.path().join(STATE).join("ledger.db").metadata().map_or(0, |file| file.len());
        Import { rows: *rows, took, ledger: ledger as f64 }
    }

    pub(crate) fn import_command(&self, input: &Path, url: &str, home: &Path, in_flight: usize) -> Command {
        let mut run = self.command(url, home);
        run.arg("import").arg(input).args(["-q", "--no-rate-limit", "--concurrency", &in_flight.to_string()]);
        run
    }

    pub(crate) fn check(&self, (input, _): &(PathBuf, usize)) -> Took {
        let mut run = self.command(NOWHERE, &self.home);
        run.arg("import").arg(input).args(["--dry-run", "-q"]);
        Took::of(run)
    }

    pub(crate) fn token(&self) -> Command {
        let mut run = self.command(NOWHERE, &self.home);
        run.arg("token");
        run
    }

    fn command(&self, url: &str, home: &Path) -> Command {
        let mut command = Command::new(&self.binary);
        command.env_clear().env("HOME", home).env("KORE_FEEDBACK_HOST", url).env("KORE_FEEDBACK_BOT_ID", "st-1");
        command.env("KORE_FEEDBACK_CLIENT_ID", "cs-1").env("KORE_FEEDBACK_CLIENT_SECRET", "s".repeat(40));
        command.current_dir(home);
        command
    }
}

impl Import {
    /// Rows per second.
    pub(crate) fn rate(&self) -> f64 {
        self.rows as f64 / self.took.seconds
    }
}
