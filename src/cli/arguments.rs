//! The whole command line: global options and one subcommand.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue};
use clap::{Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};
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

const LONG_HELP: &str = "\
Examples:
  Try it: no setup, nothing leaves this machine:
    kore-feedback import feedback.csv --sandbox
  Create a config, and check it:
    kore-feedback config init
    kore-feedback config check
  Inspect a file, check it, import it, and list the runs:
    kore-feedback inspect feedback.csv
    kore-feedback import feedback.csv --dry-run
    kore-feedback import feedback.csv
    kore-feedback runs list

On a terminal, import asks for the columns that it cannot match, and offers to save the answers as a mapping.

Environment variables:
  KORE_FEEDBACK_CONFIG, KORE_FEEDBACK_PROFILE, KORE_FEEDBACK_STATE_DIR
      in place of --config, --profile and --state-dir
  KORE_FEEDBACK_HOST, KORE_FEEDBACK_BOT_ID, KORE_FEEDBACK_API_VERSION, KORE_FEEDBACK_CLIENT_ID,
  KORE_FEEDBACK_CLIENT_SECRET, KORE_FEEDBACK_CLIENT_SECRET_FILE, KORE_FEEDBACK_ALGORITHM,
  KORE_FEEDBACK_PRIVATE_KEY_FILE, KORE_FEEDBACK_SUBJECT, KORE_FEEDBACK_TOKEN_TTL, KORE_FEEDBACK_JTI,
  KORE_FEEDBACK_LIMITS, KORE_FEEDBACK_CONCURRENCY, KORE_FEEDBACK_TIMEOUT, KORE_FEEDBACK_CA_FILE, …
      in place of the profile's keys; docs/configuration.md lists all
  HTTPS_PROXY, NO_PROXY
      the proxy, and the hosts that are reached without it
  NO_COLOR, CLICOLOR_FORCE, TERM, LC_ALL, LC_CTYPE, LANG
      colors, and ASCII in place of Unicode marks

Documentation: README.md and the pages of docs/ next to it, in the source code of this program";

const COMPLETION_EXAMPLES: &str = "\
Examples:
  bash, with the package bash-completion:
    mkdir -p ~/.local/share/bash-completion/completions
    kore-feedback completions bash > ~/.local/share/bash-completion/completions/kore-feedback
  bash, without it:
    kore-feedback completions bash >> ~/.bashrc
  zsh, if ~/.zshrc has `fpath=(~/.zfunc $fpath)` before `autoload -U compinit && compinit`:
    mkdir -p ~/.zfunc
    kore-feedback completions zsh > ~/.zfunc/_kore-feedback
  fish:
    mkdir -p ~/.config/fish/completions
    kore-feedback completions fish > ~/.config/fish/completions/kore-feedback.fish

Print the script again after an update.";

/// Submit and bulk-import survey feedback (NPS, CSAT, thumbs) to Kore.ai
#[derive(Debug, Parser)]
#[command(name = "kore-feedback", version, max_term_width = 100)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = EXAMPLES, after_long_help = LONG_HELP)]
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
    /// Print the help of a command
    // Not clap's own, which repeats the whole command line in the completions.
    #[command(after_help = "Examples:\n  kore-feedback help import\n  kore-feedback help runs verify")]
    Help {
        /// Command, such as import or runs verify
        #[arg(value_name = "COMMAND")]
        command: Vec<String>,
    },
}

/// The help of the command with these words.
///
/// # Errors
/// The help, as clap returns it for `--help`; or that there is no such command.
pub fn help(words: &[String]) -> clap::Error {
    let arguments = ["kore-feedback"].into_iter().chain(words.iter().map(String::as_str)).chain(["--help"]);
    match Arguments::command().try_get_matches_from(arguments) {
        Ok(_) => Arguments::command().error(clap::error::ErrorKind::InvalidSubcommand, "no such command"),
        Err(error) => with_near_suggestions(error),
    }
}

impl Command {
    /// Whether the command sends many records, and so has events to report.
    pub fn has_events(&self) -> bool {
        matches!(self, Self::Import(_) | Self::Runs(RunsCommand::Resume { .. }))
    }

    /// Whether the command sends records.
    pub fn sends(&self) -> bool {
        self.has_events() || matches!(self, Self::Submit(_) | Self::Smoke(_))
    }
}

/// The whole command line, as clap describes it.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Parses the command line.
///
/// # Errors
/// Whatever clap rejects, and requests for help or the version.
pub fn parse(arguments: &[OsString]) -> Result<Arguments, clap::Error> {
    if let Some(parsed) = parse_with_one(arguments) {
        return Ok(parsed);
    }
    let command = Arguments::command().color(color_of(arguments));
    let matches = command.try_get_matches_from(arguments).map_err(with_near_suggestions)?;
    Arguments::from_arg_matches(&matches)
}

/// Parses with the only subcommand whose name occurs in the command line: building all subcommands takes more than half of the
/// time to start. `None` if that fails: only the whole command line has all helps and suggestions.
fn parse_with_one(arguments: &[OsString]) -> Option<Arguments> {
    let mut named = SUBCOMMANDS.iter().filter(|(name, _)| arguments.iter().skip(1).any(|argument| argument == name));
    let (Some((name, augment)), None) = (named.next(), named.next()) else { return None };
    let command = GlobalArgs::augment_args(clap::Command::new("kore-feedback"));
    let matches = command.subcommand(augment(clap::Command::new(*name))).try_get_matches_from(arguments).ok()?;
    Arguments::from_arg_matches(&matches).ok()
}

/// Adds the arguments of a subcommand.
type Augment = fn(clap::Command) -> clap::Command;

/// All subcommands but those that only print texts.
const SUBCOMMANDS: &[(&str, Augment)] = &[
    ("submit", SubmitArgs::augment_args),
    ("import", ImportArgs::augment_args),
    ("inspect", InspectFileArgs::augment_args),
    ("smoke", SmokeArgs::augment_args),
    ("token", TokenArgs::augment_args),
    ("runs", RunsCommand::augment_subcommands),
    ("responses", ResponsesCommand::augment_subcommands),
    ("presets", PresetsCommand::augment_subcommands),
    ("sandbox", SandboxArgs::augment_args),
    ("config", ConfigCommand::augment_subcommands),
];

/// The colors of help and usage errors, which are printed before the arguments are known.
fn color_of(arguments: &[OsString]) -> ColorChoice {
    let value_at = |place: usize| match arguments[place].to_str()? {
        "--color" => arguments.get(place + 1)?.to_str(),
        joined => joined.strip_prefix("--color="),
    };
    let values = (0..arguments.len()).take_while(|place| arguments[*place] != "--").filter_map(value_at);
    values.last().and_then(|value| value.parse().ok()).unwrap_or(ColorChoice::Auto)
}

/// clap also suggests names that are only remotely similar, such as `sandbox` for `send`.
fn with_near_suggestions(mut error: clap::Error) -> clap::Error {
    for (typed, suggested) in [
        (ContextKind::InvalidArg, ContextKind::SuggestedArg),
        (ContextKind::InvalidSubcommand, ContextKind::SuggestedSubcommand),
        (ContextKind::InvalidValue, ContextKind::SuggestedValue),
    ] {
        let Some(ContextValue::String(typed)) = error.get(typed).cloned() else { continue };
        let names = match error.remove(suggested) {
            Some(ContextValue::String(name)) => vec![name],
            Some(ContextValue::Strings(names)) => names,
            _ => continue,
        };
        let near = names
            .into_iter()
            .filter(|name| is_near(&typed, name))
            .max_by(|a, b| strsim::jaro_winkler(&typed, a).total_cmp(&strsim::jaro_winkler(&typed, b)));
        if let Some(near) = near {
            error.insert(suggested, ContextValue::String(near));
        }
    }
    error
}

/// Whether one is probably meant by the other: a typo, or its beginning.
fn is_near(typed: &str, name: &str) -> bool {
    let name_of = |text: &str| text.trim_start_matches('-').split([' ', '=']).next().unwrap_or_default().to_lowercase();
    let (typed, name) = (name_of(typed), name_of(name));
    let most = 1.max(name.len().min(typed.len()) / 4);
    (typed.len() >= 3 && name.starts_with(&typed)) || strsim::osa_distance(&typed, &name) <= most
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
    exit_of(error)
}

/// The exit code of clap's message.
pub fn exit_of(error: &clap::Error) -> Exit {
    if error.use_stderr() { Exit::Usage } else { Exit::Success }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, FromArgMatches};

    use super::{Arguments, SUBCOMMANDS, parse, parse_with_one};

    #[test]
    fn one_subcommand_parses_as_all_do() {
        for line in [
            "-p prod import a.csv --map score=Q1 --output json",
            "import a.csv -p prod -- b.csv",
            "import -- --help",
            "submit --type NPS --score 9 -v",
            "inspect a.csv --color never",
            "smoke --name x",
            "token --ttl 5m -q",
            "token",
            "runs list --limit 3",
            "runs verify 7 --wait 5m",
            "responses export --from 2026-01-01 a.csv",
            "presets list",
            "sandbox --port 1",
            "config set host https://example.com",
        ] {
            let arguments: Vec<_> = ["kore-feedback"].into_iter().chain(line.split(' ')).map(Into::into).collect();
            let one = parse_with_one(&arguments).map(|parsed| format!("{parsed:?}"));
            let all = Arguments::from_arg_matches(&Arguments::command().get_matches_from(&arguments)).unwrap();
            assert_eq!(one, Some(format!("{all:?}")), "{line}");
        }
    }

    #[test]
    fn doubtful_lines_are_parsed_with_all_subcommands() {
        for line in [
            "",
            "--help",
            "import",
            "import --help",
            "import token",
            "-p import token",
            "imprt a.csv",
            "runs",
            "help runs",
        ] {
            let arguments: Vec<_> = ["kore-feedback"].into_iter().chain(line.split(' ')).map(Into::into).collect();
            assert!(parse_with_one(&arguments).is_none(), "{line}");
        }
    }

    #[test]
    fn every_subcommand_can_be_parsed_alone() {
        let command = Arguments::command();
        let names = command.get_subcommands().map(clap::Command::get_name);
        let names: Vec<_> = names.filter(|name| !["completions", "help"].contains(name)).collect();
        assert_eq!(SUBCOMMANDS.iter().map(|(name, _)| *name).collect::<Vec<_>>(), names);
    }

    fn message(arguments: &[&str]) -> String {
        let arguments: Vec<_> = arguments.iter().map(Into::into).collect();
        parse(&arguments).unwrap_err().to_string()
    }

    #[test]
    fn only_typos_get_suggestions() {
        for (arguments, suggestion) in [
            (&["kore-feedback", "send"][..], None),
            (&["kore-feedback", "imprt", "a.csv"], Some("'import'")),
            (&["kore-feedback", "sanbox"], Some("'sandbox'")),
            (&["kore-feedback", "runs", "lst"], Some("'list'")),
            (&["kore-feedback", "import", "a.csv", "--no-limit"], None),
            (&["kore-feedback", "import", "a.csv", "--skip-invald"], Some("'--skip-invalid'")),
            (&["kore-feedback", "import", "a.csv", "--rate"], Some("'--rate-limit'")),
            (&["kore-feedback", "import", "a.csv", "--interactive"], None),
            (&["kore-feedback", "runs", "list", "-o", "jsn"], Some("'json'")),
        ] {
            let message = message(arguments);
            match suggestion {
                Some(name) => assert!(message.contains("similar") && message.contains(name), "{message}"),
                None => assert!(!message.contains("similar"), "{message}"),
            }
        }
    }
}
