//! The command line: clap structs, one file per subcommand. Parses and validates, and makes no decisions.

mod as_typed;
mod import;
mod input;
mod runs;
mod sandbox;
mod sending;
mod submit;
mod token;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::exit::Exit;
use crate::pacing::parse_duration;

pub use import::{ImportArgs, RowArgs};
pub use input::{InputArgs, InspectFileArgs};
pub use runs::{RunsCommand, VerifyArgs};
pub use sandbox::SandboxArgs;
pub use sending::SendingArgs;
pub use submit::SubmitArgs;
pub use token::{MintArgs, TokenArgs, TokenCommand};

const EXAMPLES: &str = "\
Examples:
  Try it: no setup, nothing leaves this machine:
    kore-feedback import feedback.csv --sandbox
  Create a config, and show the settings in effect:
    kore-feedback config init
    kore-feedback config show
  Inspect a file, check it, import it, and list the runs:
    kore-feedback inspect feedback.csv
    kore-feedback import feedback.csv --dry-run
    kore-feedback import feedback.csv
    kore-feedback runs list";

const CONFIG_EXAMPLES: &str = "\
Examples:
  kore-feedback config init          Write a commented config file
  kore-feedback config show          Show all settings in effect and their sources
  kore-feedback config show -p prod -o json
  $EDITOR \"$(kore-feedback config path)\"";

const PRESET_EXAMPLES: &str = "\
Examples:
  kore-feedback presets list
  kore-feedback presets show qualtrics > our-survey.toml";

const COMPLETION_EXAMPLES: &str = "\
Examples:
  bash:  kore-feedback completions bash > ~/.local/share/bash-completion/completions/kore-feedback
  zsh:   kore-feedback completions zsh > \"${fpath[1]}/_kore-feedback\"
  fish:  kore-feedback completions fish > ~/.config/fish/completions/kore-feedback.fish";

/// Submit and bulk-import survey feedback (NPS, CSAT, thumbs) to Kore.ai
#[derive(Debug, Parser)]
#[command(name = "kore-feedback", version, max_term_width = 100)]
#[command(arg_required_else_help = true, disable_help_subcommand = true, after_help = EXAMPLES)]
pub struct Arguments {
    /// Options of every command.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// The subcommand.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Config file [default: config.toml in the user's config directory]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Profile from the config [default: default_profile, or the only one]
    #[arg(long, short = 'p', global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Directory of the ledger [default: kore-feedback in the user's state directory]
    #[arg(long, global = true, value_name = "DIR")]
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
    /// For programs: one JSON value
    Json,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "clap shows a variant's words instead of those of its own arguments")]
pub enum Command {
    Submit(Box<SubmitArgs>),
    Import(Box<ImportArgs>),
    Inspect(Box<InspectFileArgs>),
    Token(TokenArgs),
    /// List, resume and verify earlier runs
    #[command(subcommand, after_help = runs::EXAMPLES)]
    Runs(RunsCommand),
    /// Show the built-in mappings for exports of survey tools
    #[command(subcommand, after_help = PRESET_EXAMPLES)]
    Presets(PresetsCommand),
    Sandbox(SandboxArgs),
    /// Show the settings in effect, or create a config file
    #[command(subcommand, after_help = CONFIG_EXAMPLES)]
    Config(ConfigCommand),
    /// Print the completion script of a shell
    #[command(after_help = COMPLETION_EXAMPLES)]
    Completions {
        /// Shell to print the script for
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
}

/// The subcommands of `presets`.
#[derive(Debug, Subcommand)]
pub enum PresetsCommand {
    /// List all presets and the export each is for
    #[command(after_help = "Examples:\n  kore-feedback presets list")]
    List,
    /// Print a preset as a mapping file that you can adapt
    #[command(after_help = "Examples:\n  kore-feedback presets show qualtrics > our-survey.toml")]
    Show {
        /// Name of the preset
        #[arg(value_name = "NAME")]
        name: String,
    },
}

/// The subcommands of `config`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show all settings in effect with their sources; of a secret, only the source
    #[command(after_help = "Examples:\n  kore-feedback config show\n  kore-feedback config show -p prod -o json")]
    Show,
    /// Print the path of the config file, whether it exists or not
    #[command(after_help = "Examples:\n  $EDITOR \"$(kore-feedback config path)\"")]
    Path,
    /// Create a commented config file that only you can read; never overwrites a file
    #[command(after_help = "Examples:\n  kore-feedback config init\n  kore-feedback config init --config ci.toml")]
    Init,
}

/// Parses the command line.
///
/// # Errors
/// Whatever clap rejects, and requests for help or the version.
pub fn parse() -> Result<Arguments, clap::Error> {
    Arguments::try_parse()
}

/// Prints clap's message, and returns its exit code.
pub fn print_error(error: &clap::Error) -> Exit {
    // If the pipe of `--help | head` is closed, there is nowhere to report the error.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Success }
}

fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "write a number with a unit, such as 90s, 10m or 1h30m".to_owned())
}
