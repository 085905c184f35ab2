//! What the process was started with: its environment, read once and passed on, and the options that set something. Nothing
//! else reads environment variables or asks the terminal.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::IsTerminal;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use crate::pacing::Limit;

/// The environment that the process was started in.
#[derive(Clone, Default)]
pub struct Context {
    environment: BTreeMap<OsString, OsString>,
    /// Whether stdin is a terminal. Prompts need one.
    pub stdin_is_terminal: bool,
    /// Whether stdout is a terminal.
    pub stdout_is_terminal: bool,
    /// Whether stderr is a terminal. Progress bars need one.
    pub stderr_is_terminal: bool,
    /// The width of the terminal at stderr, if there is one.
    pub stderr_columns: Option<u16>,
    /// The working directory; empty if unknown.
    pub working_directory: PathBuf,
    /// The user's home directory, for a leading `~` in paths.
    pub home_directory: Option<PathBuf>,
    /// The user's config directory; `None` without a home directory.
    pub config_directory: Option<PathBuf>,
    /// The user's state directory, or the local data directory on systems without one.
    pub state_directory: Option<PathBuf>,
}

impl Context {
    /// Reads the environment of this process.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn read() -> Self {
        Self {
            environment: std::env::vars_os().collect(),
            stdin_is_terminal: std::io::stdin().is_terminal(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
            stderr_columns: terminal_size::terminal_size_of(std::io::stderr()).map(|(columns, _)| columns.0),
            working_directory: std::env::current_dir().unwrap_or_default(),
            home_directory: dirs::home_dir(),
            config_directory: dirs::config_dir(),
            state_directory: dirs::state_dir().or_else(dirs::data_local_dir),
        }
    }

    /// The same environment, with another working directory.
    #[must_use]
    pub fn in_directory(&self, working_directory: PathBuf) -> Self {
        Self { working_directory, ..self.clone() }
    }

    /// The value of an environment variable.
    pub fn variable_os(&self, name: &str) -> Option<&OsStr> {
        self.environment.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// The names of all environment variables.
    pub fn variable_names(&self) -> impl Iterator<Item = &OsStr> {
        self.environment.keys().map(OsString::as_os_str)
    }

    /// Whether colors are allowed (<https://no-color.org>: any value that is not empty forbids them).
    pub fn colors_allowed(&self) -> bool {
        let set = |name| self.variable_os(name).is_some_and(|value| !value.is_empty());
        !set("NO_COLOR") && self.variable_os("TERM").is_none_or(|term| term != "dumb")
    }
}

/// Omits the environment variables: they may contain secrets.
impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("working_directory", &self.working_directory).finish_non_exhaustive()
    }
}

#[cfg(test)]
impl Context {
    /// A context with these variables, no terminal and no directories.
    pub(crate) fn with_variables(variables: &[(&str, &str)]) -> Self {
        Self {
            environment: variables.iter().map(|(name, value)| (name.into(), value.into())).collect(),
            ..Self::default()
        }
    }

    /// A context with this variable, whose value need not be text.
    pub(crate) fn with_variable_bytes(name: &str, value: &OsStr) -> Self {
        let mut context = Self::with_variables(&[]);
        context.environment.insert(name.into(), value.into());
        context
    }
}

/// The options of a command that set something; nothing by default.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--config`
    pub config: Option<PathBuf>,
    /// `--profile`
    pub profile: Option<String>,
    /// `--state-dir`
    pub state_dir: Option<PathBuf>,
    /// Every `--rate-limit`; empty for `--no-rate-limit`.
    pub limits: Option<Vec<Limit>>,
    /// `--concurrency`
    pub concurrency: Option<NonZeroUsize>,
    /// `--timeout`
    pub timeout: Option<Duration>,
    /// `--ttl`
    pub ttl: Option<Duration>,
    /// `--sub`
    pub sub: Option<String>,
    /// `--jti`
    pub jti: Option<bool>,
    /// Every `--claim` in order; of two with the same name, the later wins.
    pub claims: Vec<(String, Value)>,
    /// The sandbox started by `--sandbox`.
    pub sandbox: Option<SandboxTarget>,
}

/// A sandbox in this process, as a target.
#[derive(Debug, Clone)]
pub struct SandboxTarget {
    /// Where it listens.
    pub host: Url,
    /// The bot it serves.
    pub bot_id: String,
    /// The client id it expects.
    pub client_id: String,
    /// The secret it verifies tokens with.
    pub client_secret: SecretString,
}
