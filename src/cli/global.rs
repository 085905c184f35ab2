//! Options of every command.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, ValueHint};

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Config file [default: config.toml in the user's config directory]
    #[arg(long, global = true, value_name = "FILE")]
    #[arg(value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Profile from the config [default: default_profile, or the only one]
    #[arg(long, short = 'p', global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Directory of the ledger [default: kore-feedback in the user's state directory]
    #[arg(long, global = true, value_name = "DIR")]
    #[arg(value_hint = ValueHint::DirPath)]
    pub state_dir: Option<PathBuf>,
    /// Format of results on stdout
    #[arg(long, short = 'o', global = true, value_name = "FORMAT", default_value = "text")]
    pub output: OutputFormat,
    /// Print only errors to stderr
    #[arg(long, short = 'q', global = true)]
    pub quiet: bool,
    /// Print details to stderr: every retry, wait and rejected row
    #[arg(long, short = 'v', global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Append all messages to this file, with times and all details
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    #[arg(value_hint = ValueHint::FilePath)]
    pub log_file: Option<PathBuf>,
    /// Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_short_help = true)]
    pub color: ColorWhen,
    /// Never ask anything, even on a terminal
    #[arg(long, global = true, hide_short_help = true)]
    pub no_input: bool,
}

impl GlobalArgs {
    /// The same options with absolute paths.
    #[must_use]
    pub fn absolute(&self, directory: &Path) -> Self {
        let absolute = |path: &Option<PathBuf>| path.as_ref().map(|path| directory.join(path));
        Self { config: absolute(&self.config), state_dir: absolute(&self.state_dir), ..self.clone() }
    }

    /// The option that names the ledger's directory, as it is typed.
    pub fn ledger_option(&self) -> Vec<OsString> {
        self.state_dir.iter().flat_map(|path| ["--state-dir".into(), path.into()]).collect()
    }

    /// The options that affect settings, as they are typed.
    pub fn options(&self) -> Vec<OsString> {
        let config = self.config.iter().flat_map(|path| ["--config".into(), path.into()]);
        let profile = self.profile.iter().map(|name| format!("--profile={name}").into());
        config.chain(profile).chain(self.ledger_option()).collect()
    }
}

/// The format of standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people
    Text,
    /// For programs: one JSON object
    Json,
    /// For programs: an object per record while an import runs, then the summary
    Ndjson,
}

/// When output is colored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the names say it, and clap would show docs as help")]
pub enum ColorWhen {
    Auto,
    Always,
    Never,
}
