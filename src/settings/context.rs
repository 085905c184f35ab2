//! The process's surroundings, read once and handed on: nothing else asks the environment or the terminal.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::IsTerminal;
use std::path::PathBuf;

/// What the process was started with.
#[derive(Clone)]
pub struct Context {
    environment: BTreeMap<OsString, OsString>,
    /// Whether standard input is a terminal: only then is anything asked.
    pub stdin_is_terminal: bool,
    /// Whether standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// Whether standard error is a terminal: only then are bars drawn.
    pub stderr_is_terminal: bool,
    /// How many columns the terminal at standard error has; `None` where there is none.
    pub stderr_columns: Option<u16>,
    /// The working directory; empty when it can't be told.
    pub working_directory: PathBuf,
    /// The user's home, for a leading `~` in paths.
    pub home_directory: Option<PathBuf>,
    /// Where the user's configuration lives; `None` where there is no home either.
    pub config_directory: Option<PathBuf>,
    /// Where the user's programs keep what they must remember: the state directory, or the local data directory on
    /// systems that have no such thing.
    pub state_directory: Option<PathBuf>,
}

impl Context {
    /// Reads it all, once.
    #[expect(clippy::disallowed_methods, reason = "this is the environment's home")]
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

    /// The same surroundings with another working directory.
    #[must_use]
    pub fn in_directory(&self, working_directory: PathBuf) -> Self {
        Self { working_directory, ..self.clone() }
    }

    /// A variable of the environment, as it is.
    pub fn variable_os(&self, name: &str) -> Option<&OsStr> {
        self.environment.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// The names of all variables of the environment.
    pub fn variable_names(&self) -> impl Iterator<Item = &OsStr> {
        self.environment.keys().map(OsString::as_os_str)
    }

    /// Whether colours are wanted (<https://no-color.org>: any value but an empty one forbids them).
    pub fn colors_allowed(&self) -> bool {
        let set = |name| self.variable_os(name).is_some_and(|value| !value.is_empty());
        !set("NO_COLOR") && self.variable_os("TERM").is_none_or(|term| term != "dumb")
    }
}

/// The environment may hold secrets, so its values are left out.
impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("working_directory", &self.working_directory).finish_non_exhaustive()
    }
}

#[cfg(test)]
impl Context {
    /// A context with just these variables, no terminal and no directories anywhere.
    pub(crate) fn with_variables(variables: &[(&str, &str)]) -> Self {
        Self {
            environment: variables.iter().map(|(name, value)| (name.into(), value.into())).collect(),
            stdin_is_terminal: false,
            stdout_is_terminal: false,
            stderr_is_terminal: false,
            stderr_columns: None,
            working_directory: PathBuf::new(),
            home_directory: None,
            config_directory: None,
            state_directory: None,
        }
    }

    /// A context with just this variable, whose value need not be text.
    pub(crate) fn with_variable_bytes(name: &str, value: &OsStr) -> Self {
        let mut context = Self::with_variables(&[]);
        context.environment.insert(name.into(), value.into());
        context
    }
}
