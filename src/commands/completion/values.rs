//! The values that are offered for each argument.

use std::ffi::OsStr;
use std::sync::Arc;

use clap::builder::{Arg, Command, StyledStr};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter};

use super::typed::Typed;
use crate::ledger::Run;
use crate::record::{FeedbackType, Field};
use crate::settings::{Key, Preset, presets};
use crate::text::excerpt;

type Candidates = Vec<CompletionCandidate>;
type Offer = fn(&str, &Typed) -> Candidates;

/// The command line with values to offer. Options are offered only to those who type one, or where nothing else can follow.
pub(super) fn with_values(command: Command, typed: Typed, is_option: bool) -> Command {
    add(command, &Arc::new(typed), is_option)
}

fn add(command: Command, typed: &Arc<Typed>, is_option: bool) -> Command {
    let command = if is_option { command } else { command.disable_help_flag(true).disable_version_flag(true) };
    let command = command.mut_args(|argument| {
        let is_hidden = argument.is_hide_set() || !(is_option || argument.is_positional());
        with_completer(argument, typed).hide(is_hidden)
    });
    command.mut_subcommands(|command| add(command, typed, is_option))
}

fn with_completer(argument: Arg, typed: &Arc<Typed>) -> Arg {
    let Some(offer) = offer(argument.get_id().as_str(), argument.is_positional()) else { return argument };
    let typed = Arc::clone(typed);
    let complete = move |current: &OsStr| {
        let mut candidates = offer(&current.to_string_lossy(), &typed);
        candidates.retain(|candidate| is_typeable(candidate, current));
        candidates
    };
    argument.add(ArgValueCompleter::new(complete))
}

/// Whether a candidate continues what was typed, and no control character of a file reaches the terminal.
fn is_typeable(candidate: &CompletionCandidate, current: &OsStr) -> bool {
    let value = candidate.get_value().to_string_lossy();
    value.starts_with(&*current.to_string_lossy()) && !value.contains(char::is_control)
}

/// What is offered for the argument with this id.
fn offer(id: &str, is_positional: bool) -> Option<Offer> {
    Some(match id {
        "key" if is_positional => |_, _| Key::ALL.iter().map(|key| CompletionCandidate::new(key.name())).collect(),
        "profile" => |_, typed| texts(typed.settings().iter().flat_map(|settings| settings.profiles())),
        "run" => |_, typed| {
            let latest = CompletionCandidate::new("latest");
            typed.runs().iter().map(run).chain([latest]).collect()
        },
        "exclude_run" => |_, typed| typed.runs().iter().map(run).collect(),
        "preset" => |_, _| presets().into_iter().flatten().map(preset).collect(),
        "mapping" => mappings,
        "map" => |current, typed| assignments(current, |_| typed.columns()),
        "set" => |current, _| assignments(current, |field| if field == "type" { types() } else { Vec::new() }),
        "filter" => |_, typed| texts(typed.columns().iter().map(|column| format!("{column}="))),
        "key" | "dedupe_by" => |_, typed| texts(typed.columns()),
        "feedback_type" | "types" => |_, _| texts(types()),
        "format" => |_, _| texts(["csv", "tsv", "ndjson", "json", "xlsx", "xls", "ods"]),
        _ => return None,
    })
}

fn texts(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Candidates {
    texts.into_iter().map(|text| CompletionCandidate::new(text.as_ref())).collect()
}

fn described(value: &str, about: &str) -> CompletionCandidate {
    CompletionCandidate::new(value).help(Some(StyledStr::from(excerpt(about, 60))))
}

fn run(run: &Run) -> CompletionCandidate {
    described(&run.id.to_string(), &run.input)
}

fn preset(preset: Preset) -> CompletionCandidate {
    described(preset.name, &preset.about)
}

/// Mappings of the config, and files.
fn mappings(current: &str, typed: &Typed) -> Candidates {
    let settings = typed.settings();
    let names = texts(settings.iter().flat_map(|settings| settings.mapping_names()));
    names.into_iter().chain(PathCompleter::file().complete(OsStr::new(current))).collect()
}

/// The names of the fields, and after the equals sign the values of one.
fn assignments<V: AsRef<str>>(current: &str, values: impl Fn(&str) -> Vec<V>) -> Candidates {
    let Some((field, _)) = current.split_once('=') else {
        return texts(Field::ROW.iter().map(|field| format!("{field}=")));
    };
    texts(values(field).iter().map(|value| format!("{field}={}", value.as_ref())))
}

fn types() -> Vec<String> {
    FeedbackType::ALL.iter().map(ToString::to_string).collect()
}
