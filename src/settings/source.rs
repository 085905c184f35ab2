//! Where a value was said.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Where a value comes from, in the words of [`fmt::Display`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An option of the command line, such as `--host`.
    Argument(&'static str),
    /// An environment variable, by its name.
    Environment(&'static str),
    /// A key of the config outside of any profile.
    File {
        /// The config.
        file: Arc<Path>,
        /// The key's line, from 1.
        line: usize,
    },
    /// A key of a profile.
    Profile {
        /// The profile's name.
        name: Arc<str>,
        /// The config.
        file: Arc<Path>,
        /// The key's line, from 1.
        line: usize,
    },
    /// The sandbox that the command started itself.
    Sandbox,
    /// Nobody said anything.
    Default,
}

impl Source {
    /// Where to look, for the beginning of an error: `config.toml:12`, `KORE_FEEDBACK_HOST`, `--host`.
    pub(super) fn place(&self) -> String {
        match self {
            Self::File { file, line } | Self::Profile { file, line, .. } => format!("{}:{line}", file.display()),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument(name) | Self::Environment(name) => f.write_str(name),
            Self::File { file, line } => write!(f, "{}:{line}", file.display()),
            Self::Profile { name, file, line } => write!(f, "profile {name}, {}:{line}", file.display()),
            Self::Sandbox => f.write_str("the sandbox"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value and where it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it was said.
    pub source: Source,
}

impl<T> Sourced<T> {
    /// The value, said there.
    pub fn new(value: T, source: Source) -> Self {
        Self { value, source }
    }

    /// The value that holds where nobody says another.
    pub fn default_of(value: T) -> Self {
        Self::new(value, Source::Default)
    }
}
