//! The whole command line: global options and one subcommand.

use std::ffi::OsString;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use super::{
    ConfigCommand, GlobalArgs, ImportArgs, InspectFileArgs, PresetsCommand, ResponsesCommand, RunsCommand, SandboxArgs,
    SmokeArgs, SubmitArgs, TokenArgs, config, presets, responses, runs,
};
use crate::exit::Exit;

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

/// The subcommands.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "clap shows a variant's words instead of those of its own arguments")]
pub enum Command {
    Submit(Box<SubmitArgs>),
    Import(Box<ImportArgs>),
    Inspect(Box<InspectFileArgs>),
    Smoke(Box<SmokeArgs>),
    Token(TokenArgs),
    /// List, resume and verify earlier runs
    #[command(subcommand, after_help = runs::EXAMPLES)]
    Runs(RunsCommand),
    /// Export or show the records that the server has
    #[command(subcommand, after_help = responses::EXAMPLES)]
    Responses(ResponsesCommand),
    /// Show the built-in mappings for exports of survey tools
    #[command(subcommand, after_help = presets::EXAMPLES)]
    Presets(PresetsCommand),
    Sandbox(SandboxArgs),
    /// Show the settings in effect, or create a config file
    #[command(subcommand, after_help = config::EXAMPLES)]
    Config(ConfigCommand),
    /// Print the completion script of a shell
    #[command(after_help = COMPLETION_EXAMPLES)]
    Completions {
        /// Shell to print the script for
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
}

impl Command {
    /// Whether the command sends many records, and so has events to report.
    pub fn has_events(&self) -> bool {
        matches!(self, Self::Import(_) | Self::Runs(RunsCommand::Resume { .. }))
    }
}

/// Parses the command line.
///
/// # Errors
/// Whatever clap rejects, and requests for help or the version.
pub fn parse() -> Result<Arguments, clap::Error> {
    Arguments::try_parse()
}

/// Whether arguments that may be invalid ask for JSON.
pub fn asks_for_json(arguments: impl IntoIterator<Item = OsString>) -> bool {
    let mut arguments = arguments.into_iter().take_while(|argument| argument != "--").peekable();
    while let Some(argument) = arguments.next() {
        let is_option = argument == "-o" || argument == "--output";
        if ["-ojson", "-o=json", "--output=json"].iter().any(|joined| argument == *joined)
            || (is_option && arguments.peek().is_some_and(|value| value == "json"))
        {
            return true;
        }
    }
    false
}

/// Prints clap's message, and returns its exit code.
pub fn print_error(error: &clap::Error) -> Exit {
    // If the pipe of `--help | head` is closed, there is nowhere to report the error.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Success }
}
