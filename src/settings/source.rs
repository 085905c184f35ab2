//! Where a value was set.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::error::Location;

/// What set a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A command-line option, such as `--timeout`.
    Argument(&'static str),
    /// An environment variable, by name.
    Environment(String),
    /// A line of the config or of a mapping file.
    File {
        /// The profile that the line belongs to.
        profile: Option<Arc<str>>,
        /// The file.
        file: Arc<Path>,
        /// The key's line, from 1.
        line: usize,
    },
    /// The sandbox that the command started.
    Sandbox,
    /// The built-in default.
    Default,
}

impl Source {
    /// Where to look, as the start of an error: `config.toml:12`, `KORE_FEEDBACK_HOST`, `--timeout`.
    pub(super) fn place(&self) -> String {
        match self {
            Self::Argument(name) => (*name).to_owned(),
            Self::Environment(name) => name.clone(),
            Self::File { file, line, .. } => format!("{}:{line}", file.display()),
            Self::Sandbox => "the sandbox".to_owned(),
            Self::Default => "default".to_owned(),
        }
    }

    /// The same for programs. `key` is the setting, if it is known.
    pub(super) fn location(&self, key: Option<&str>) -> Option<Location> {
        let setting = match self {
            Self::Argument(name) => Some((*name).to_owned()),
            Self::Environment(name) => Some(name.clone()),
            Self::File { .. } => key.map(str::to_owned),
            Self::Sandbox | Self::Default => return None,
        };
        let file = match self {
            Self::File { file, line, .. } => Location::line(&file.to_string_lossy(), Some(*line as u64)),
            _ => Location::default(),
        };
        Some(Location { setting, ..file })
    }

    /// What this source calls a key: its variable, or the key itself.
    pub(super) fn name_of<'a>(&'a self, key: &'a str) -> &'a str {
        match self {
            Self::Environment(variable) => variable,
            _ => key,
        }
    }

    /// The line, if a file set the value.
    pub(super) fn line(&self) -> Option<usize> {
        match self {
            Self::File { line, .. } => Some(*line),
            _ => None,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::File { profile: Some(name), .. } = self {
            write!(f, "profile {name}, ")?;
        }
        f.write_str(&self.place())
    }
}

/// A value and what set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// What set it.
    pub source: Source,
}

impl<T> Sourced<T> {
    /// A value from this source.
    pub fn new(value: T, source: Source) -> Self {
        Self { value, source }
    }

    /// A built-in default.
    pub fn default_of(value: T) -> Self {
        Self::new(value, Source::Default)
    }
}
