//! What can be wrong with a configuration: each says where, by file and line, variable or option.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::key::Key;
use super::source::Source;
use super::value::{ValueError, did_you_mean};
use crate::error::{Advice, nearest};
use crate::text::excerpt;

const SHOWN: usize = 60;

/// Why there are no settings. Nothing here repeats a secret's value, nor a line of the config.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A config that was named is not there.
    #[error("{}: there is no config at {}", named_by.place(), path.display())]
    NoConfig {
        /// Where it should be.
        path: PathBuf,
        /// What named it.
        named_by: Source,
    },
    /// A profile was named, and there is no config that it could stand in.
    #[error(
        "{}: there is no profile {:?}, for there is no config{}",
        named_by.place(),
        excerpt(name, SHOWN),
        at(path.as_deref())
    )]
    NoConfigForProfile {
        /// The profile.
        name: String,
        /// What named it.
        named_by: Source,
        /// Where the config would be.
        path: Option<PathBuf>,
    },
    /// The config is there and can't be read.
    #[error("the config {} can't be read", path.display())]
    Unreadable {
        /// The config.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The config is no TOML.
    #[error("{}:{line}: {what}", file.display())]
    Syntax {
        /// The config.
        file: Arc<Path>,
        /// The line, from 1.
        line: usize,
        /// The parser's words, which hold none of the file's.
        what: String,
    },
    /// A key that nothing reads.
    #[error("{}:{line}: unknown key {:?} in {table}{}", file.display(), excerpt(key, SHOWN), did_you_mean(*nearest))]
    UnknownKey {
        /// The config.
        file: Arc<Path>,
        /// The key's line.
        line: usize,
        /// The key.
        key: String,
        /// Where it stands: `[profiles.prod]`.
        table: String,
        /// The name it may have meant.
        nearest: Option<&'static str>,
        /// All names that could stand there.
        known: Vec<&'static str>,
    },
    /// A value that the key can't have.
    #[error("{}: {key} {problem}", place.place())]
    Value {
        /// The key, or the part of it.
        key: String,
        /// Where it was said.
        place: Source,
        /// What is wrong.
        problem: ValueError,
    },
    /// One thing said in two ways, where only one can hold.
    #[error("{}: both {first} and {second} are given", place.place())]
    Twice {
        /// Where the second stands.
        place: Source,
        /// The one.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// A profile that the config has none of.
    #[error(
        "{}: there is no profile {:?}{}{}",
        named_by.place(),
        excerpt(name, SHOWN),
        in_config(config.as_deref()),
        did_you_mean(nearest(name, known.iter().map(String::as_str)))
    )]
    UnknownProfile {
        /// The profile.
        name: String,
        /// What named it.
        named_by: Source,
        /// The config that was read; `None` when the config names it itself.
        config: Option<PathBuf>,
        /// The profiles that there are.
        known: Vec<String>,
    },
    /// A mapping that is neither in the config nor a file.
    #[error("--mapping: there is no mapping {:?} in the config, and no file of that name{}", excerpt(name, SHOWN), did_you_mean(nearest(name, known.iter().map(String::as_str))))]
    UnknownMapping {
        /// What was named.
        name: String,
        /// The config's mappings.
        known: Vec<String>,
    },
    /// A mapping file that can't be read.
    #[error("the mapping {} can't be read", path.display())]
    UnreadableMapping {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A preset that there is none of.
    #[error("{}: there is no preset {:?}{}", named_by.place(), excerpt(name, SHOWN), did_you_mean(nearest(name, known.iter().copied())))]
    UnknownPreset {
        /// The preset.
        name: String,
        /// What named it.
        named_by: Source,
        /// The presets that there are.
        known: Vec<&'static str>,
    },
    /// Settings that the command can't do without, all of them.
    #[error("{} not set{}", listed(keys), for_profile(profile.as_deref()))]
    Missing {
        /// What is missing.
        keys: Vec<Key>,
        /// The profile that was used.
        profile: Option<String>,
        /// The profiles to choose from, when none was used.
        profiles: Vec<String>,
        /// Where the config is, or would be.
        config: Option<PathBuf>,
    },
    /// A variable with bytes that are no text. They are not shown.
    #[error("the environment variable {0} is not UTF-8 text")]
    NotUnicode(&'static str),
    /// Nowhere to keep what must be kept, or to find the config.
    #[error("there is no home directory, and so no place for {0}")]
    NoHome(&'static str),
}

fn at(path: Option<&Path>) -> String {
    path.map_or_else(String::new, |path| format!(" at {}", path.display()))
}

fn for_profile(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(" for the profile {}", excerpt(name, SHOWN)))
}

fn in_config(config: Option<&Path>) -> String {
    config.map_or_else(String::new, |path| format!(" in {}", path.display()))
}

/// `host and bot_id are`, `client_id is`.
fn listed(keys: &[Key]) -> String {
    let names: Vec<_> = keys.iter().map(|key| key.name()).collect();
    match names.as_slice() {
        [] => "nothing is".to_owned(),
        [one] => format!("{one} is"),
        [first @ .., last] => format!("{} and {last} are", first.join(", ")),
    }
}

impl Advice for SettingsError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::NoConfig { .. } | Self::NoConfigForProfile { .. } => {
                Some("`kore-feedback config init` writes a commented one".to_owned())
            }
            Self::UnknownKey { known, table, .. } => Some(format!("{table} takes {}", known.join(", "))),
            Self::UnknownProfile { known, .. } if known.is_empty() => Some("the config has no profiles".to_owned()),
            Self::UnknownProfile { known, .. } => Some(format!("the config has {}", known.join(", "))),
            Self::UnknownMapping { known, .. } if known.is_empty() => {
                Some("`kore-feedback import FILE --plan --write-mapping NEW.toml` writes one to begin with".to_owned())
            }
            Self::UnknownMapping { known, .. } => Some(format!("the config has {}", known.join(", "))),
            Self::UnknownPreset { known, .. } => Some(format!("the presets are {}", known.join(", "))),
            Self::Missing { keys, profile, profiles, config } => {
                Some(missing_hint(keys, profile.as_deref(), profiles, config.as_deref()))
            }
            Self::NoHome(what) => Some(match *what {
                "the config" => {
                    "name one with --config FILE, or give everything by KORE_FEEDBACK_* variables".to_owned()
                }
                _ => "name a directory with --state-dir DIR".to_owned(),
            }),
            Self::Twice { .. } => Some("keep one of them".to_owned()),
            Self::Unreadable { .. }
            | Self::UnreadableMapping { .. }
            | Self::Syntax { .. }
            | Self::Value { .. }
            | Self::NotUnicode(_) => None,
        }
    }
}

fn missing_hint(keys: &[Key], profile: Option<&str>, profiles: &[String], config: Option<&Path>) -> String {
    let variables: Vec<_> = keys.iter().filter_map(|key| key.variable()).collect();
    let by_variable = format!("set {}", variables.join(", "));
    let secret = if keys.contains(&Key::ClientSecret) {
        "; the secret may also come from client_secret_command, client_secret_file or client_secret_env"
    } else {
        ""
    };
    // Whoever has everything else may have it in the rows.
    let bot =
        if keys == [Key::BotId] { "; where the rows of an import name their bots, --map bot_id=COLUMN" } else { "" };
    let trial = if profiles.is_empty() { "; to try things without any, add --sandbox" } else { "" };
    let first = match (profile, profiles, config) {
        (Some(name), _, Some(path)) => format!("put them into [profiles.{name}] of {}", path.display()),
        (None, [_, ..], _) => format!("choose a profile with --profile: {}", profiles.join(", ")),
        (_, _, Some(path)) => {
            format!("put them into a profile of {} (`kore-feedback config init` writes a start)", path.display())
        }
        (_, _, None) => "put them into a config and name it with --config".to_owned(),
    };
    format!("{first}, or {by_variable}{secret}{bot}{trial}")
}
