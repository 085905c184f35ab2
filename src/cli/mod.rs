//! What can be said on the command line: clap structs only, one file per subcommand. Decides nothing.

mod completions;
mod config;
mod given;
mod import;
mod presets;
mod rows;
mod runs;
mod sandbox;
mod sending;
mod submit;
mod token;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::exit::Exit;
use crate::pacing::parse_duration;

pub use completions::CompletionsArgs;
pub use config::{ConfigArgs, ConfigCommand};
pub use given::import_of;
pub use import::ImportArgs;
pub use presets::{PresetsArgs, PresetsCommand, ShowPresetArgs};
pub use rows::RowArgs;
pub use runs::{FailuresArgs, ResumeArgs, RunsArgs, RunsCommand, ShowArgs, VerifyArgs};
pub use sandbox::SandboxArgs;
pub use sending::{DeliveryArg, PaceArg, SendingArgs};
pub use submit::SubmitArgs;
pub use token::{InspectArgs, MintArgs, TokenArgs, TokenCommand};

const EXAMPLES: &str = "\
Examples:
  Try it, without any configuration and without sending anything real:
    kore-feedback import feedback.csv --sandbox
  Begin a config, and see what holds:
    kore-feedback config init
    kore-feedback config show
  Check a file, import it, and look back:
    kore-feedback import feedback.csv --dry-run
    kore-feedback import feedback.csv
    kore-feedback runs list";

/// Submit and bulk-import survey feedback (NPS, CSAT, thumbs) to Kore.ai.
#[derive(Debug, Parser)]
#[command(name = "kore-feedback", version, max_term_width = 100)]
#[command(arg_required_else_help = true, disable_help_subcommand = true, after_help = EXAMPLES)]
pub struct Arguments {
    /// What holds for every command.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct GlobalArgs {
    /// Config file to read [default: config.toml in the user's config directory]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Profile of the config to use [default: the config's default_profile, or its only one]
    #[arg(long, short = 'p', global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Directory of the ledger [default: kore-feedback in the user's state directory]
    #[arg(long, global = true, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
    /// How results are printed on standard output
    #[arg(long, short = 'o', global = true, value_name = "FORMAT", default_value = "text")]
    pub output: OutputFormat,
    /// Say nothing on standard error but errors
    #[arg(long, short = 'q', global = true)]
    pub quiet: bool,
    /// Say more on standard error: every retry, wait and refusal
    #[arg(long, short = 'v', global = true, conflicts_with = "quiet")]
    pub verbose: bool,
}

/// The form of what goes to standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people.
    Text,
    /// For programs: one JSON object.
    Json,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "clap shows a variant's words instead of those of its own arguments")]
pub enum Command {
    Submit(Box<SubmitArgs>),
    Import(Box<ImportArgs>),
    Token(TokenArgs),
    Runs(RunsArgs),
    Presets(PresetsArgs),
    Sandbox(SandboxArgs),
    Config(ConfigArgs),
    Completions(CompletionsArgs),
}

/// Reads the command line.
///
/// # Errors
/// Whatever clap refuses; a request for help or the version comes this way too.
pub fn parse() -> Result<Arguments, clap::Error> {
    Arguments::try_parse()
}

/// Reads a command line that was given earlier, without the program's name.
///
/// # Errors
/// Whatever clap refuses: it may have been given to another version.
pub fn parse_again(words: &[String]) -> Result<Arguments, clap::Error> {
    Arguments::try_parse_from(std::iter::once("kore-feedback").chain(words.iter().map(String::as_str)))
}

/// Prints what clap has to say, and the exit code that goes with it.
pub fn print_error(error: &clap::Error) -> Exit {
    // A closed pipe behind `--help | head` leaves nobody to tell.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Success }
}

/// A length of time as people write it.
fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "write a number with a unit, such as 90s, 10m or 1h30m".to_owned())
}
