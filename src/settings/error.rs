//! Errors in a configuration. Each names its place: file and line, variable or option.

use std::io;
use std::path::{Path, PathBuf};

use super::source::{Source, Sourced};
use super::value::ValueError;
use crate::error::{Advice, ErrorKind, Location, did_you_mean, nearest};
use crate::text::excerpt;

const SHOWN: usize = 60;
pub(super) const INIT_HINT: &str = "run `kore-feedback config init` to write a commented config";
/// The prefix of all our environment variables.
pub(super) const VARIABLE_PREFIX: &str = "KORE_FEEDBACK_";

/// Why there are no settings. Never contains a secret or a line of the config.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The config named by an option or variable does not exist.
    #[error("{}: no config at {}", named_by.place(), path.display())]
    NoConfig {
        /// Where it was expected.
        path: PathBuf,
        /// What named it.
        named_by: Source,
    },
    /// The config or a mapping file exists but cannot be read.
    #[error("cannot read the {what} {}", path.display())]
    Unreadable {
        /// `config` or `mapping`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is not TOML.
    #[error("{}: {what}", place.place())]
    Syntax {
        /// The line.
        place: Source,
        /// The parser's message, which quotes nothing of the file.
        what: String,
    },
    /// An invalid value.
    #[error("{}: {key} {problem}", place.place())]
    Value {
        /// The key, or a part of its value.
        key: String,
        /// What set it.
        place: Source,
        /// What is wrong with it.
        problem: ValueError,
    },
    /// Two keys that exclude each other.
    #[error("{}: {first} and {second} cannot both be set", place.place())]
    Twice {
        /// What set the second.
        place: Source,
        /// The key set first.
        first: String,
        /// The key set second.
        second: String,
    },
    /// A key, profile, mapping or preset that does not exist.
    #[error("{}: {message}", place.place())]
    Unknown {
        /// What named it.
        place: Source,
        /// The name, where it was searched for, and the most similar name.
        message: String,
        /// The names that exist.
        hint: String,
    },
    /// Everything that the command needs and that is not set.
    #[error("{} not set{}", listed(keys), profile.as_ref().map_or_else(String::new, |name| format!(" for profile {}", excerpt(name, SHOWN))))]
    Missing {
        /// The missing keys.
        keys: Vec<&'static str>,
        /// The profile in use.
        profile: Option<String>,
        /// The profiles to choose from, if none is in use.
        profiles: Vec<String>,
        /// Where the config is or would be.
        config: Option<PathBuf>,
    },
    /// An environment variable that is not text. Its value is not shown.
    #[error("the environment variable {0} is not UTF-8 text")]
    NotUnicode(String),
    /// No default location, because there is no home directory.
    #[error("no home directory, and so no default location for {0}")]
    NoHome(&'static str),
}

impl SettingsError {
    pub(super) fn value(key: &str, place: Source, problem: ValueError) -> Self {
        Self::Value { key: key.to_owned(), place, problem }
    }

    /// The error for a name that is not among the known ones. `searched` says where, as the end of the message.
    pub(super) fn unknown<'a>(
        place: Source,
        (what, name): (&str, &str),
        searched: &str,
        known: impl IntoIterator<Item = &'a str>,
        hint: String,
    ) -> Self {
        let message =
            format!("unknown {what} {:?}{searched}{}", excerpt(name, SHOWN), did_you_mean(nearest(name, known)));
        Self::Unknown { place, message, hint }
    }

    pub(super) fn twice(place: Source, first: &str, second: &str) -> Self {
        Self::Twice { place, first: first.to_owned(), second: second.to_owned() }
    }
}

/// `the profiles are prod, test`, or what to do if there are none.
pub(super) fn known_names<'a>(what: &str, known: impl IntoIterator<Item = &'a String>, without: &str) -> String {
    let known: Vec<_> = known.into_iter().map(String::as_str).collect();
    if known.is_empty() { without.to_owned() } else { format!("the {what}s are {}", known.join(", ")) }
}

/// Converts a value and keeps its source. An error names the source and the key.
pub(super) fn convert<T, U>(
    key: &str,
    from: Sourced<T>,
    convert: impl FnOnce(T) -> Result<U, ValueError>,
) -> Result<Sourced<U>, SettingsError> {
    match convert(from.value) {
        Ok(value) => Ok(Sourced::new(value, from.source)),
        Err(problem) => Err(SettingsError::value(key, from.source, problem)),
    }
}

/// `host and bot_id are`, `client_id is`.
pub(crate) fn listed(keys: &[&str]) -> String {
    match keys {
        [] => "nothing is".to_owned(),
        [one] => format!("{one} is"),
        [first @ .., last] => format!("{} and {last} are", first.join(", ")),
    }
}

impl Advice for SettingsError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Config
    }

    fn location(&self) -> Option<Location> {
        match self {
            Self::NoConfig { path, .. } | Self::Unreadable { path, .. } => {
                Some(Location::line(&path.to_string_lossy(), None))
            }
            Self::Syntax { place, .. } | Self::Twice { place, .. } | Self::Unknown { place, .. } => {
                place.location(None)
            }
            Self::Value { key, place, .. } => place.location(Some(key)),
            Self::NotUnicode(variable) => Some(Location { setting: Some(variable.clone()), ..Location::default() }),
            Self::Missing { config, .. } => Some(Location::line(&config.as_ref()?.to_string_lossy(), None)),
            Self::NoHome(_) => None,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoConfig { .. } => INIT_HINT.to_owned(),
            Self::Unknown { hint, .. } => hint.clone(),
            Self::Missing { keys, profile, profiles, config } => {
                missing_hint(keys, profile.as_deref(), profiles, config.as_deref())
            }
            Self::NoHome("the config") => {
                "name a config with --config FILE, or set all values with KORE_FEEDBACK_* variables".to_owned()
            }
            Self::NoHome(_) => "name a directory with --state-dir DIR".to_owned(),
            Self::Twice { .. } => "remove one of them".to_owned(),
            Self::Unreadable { .. } | Self::Syntax { .. } | Self::Value { .. } | Self::NotUnicode(_) => return None,
        })
    }
}

fn missing_hint(keys: &[&str], profile: Option<&str>, profiles: &[String], config: Option<&Path>) -> String {
    let place = match (profile, profiles, config) {
        (Some(name), _, Some(path)) => format!("add them to [profiles.{name}] in {}", path.display()),
        (None, [_, ..], _) => format!("choose a profile with --profile: {}", profiles.join(", ")),
        (_, _, Some(path)) => {
            format!("add them to a profile in {} (`kore-feedback config init` writes one)", path.display())
        }
        (_, _, None) => "write a config and name it with --config".to_owned(),
    };
    let variables: Vec<_> = keys.iter().map(|key| variable_of(key)).collect();
    let mut hint = format!("{place}, or set {}", variables.join(", "));
    if keys.contains(&"client_secret") {
        hint.push_str("; the secret can also come from client_secret_command, client_secret_file or client_secret_env");
    }
    // Everything else is set, so the rows may name the bots.
    if keys == ["bot_id"] {
        hint.push_str("; if the rows of an import name their bots, add --map bot_id=COLUMN");
    }
    if profiles.is_empty() {
        hint.push_str("; to try it without a target, add --sandbox");
    }
    hint
}

/// The environment variable of a key.
pub(super) fn variable_of(key: &str) -> String {
    format!("{VARIABLE_PREFIX}{}", key.to_uppercase())
}
