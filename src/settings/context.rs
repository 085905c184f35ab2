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
            stderr_columns: terminal_columns(),
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

    /// Whether people can be asked: prompts are shown on stderr and answered on stdin.
    pub fn has_terminal(&self) -> bool {
        self.stdin_is_terminal && self.stderr_is_terminal
    }

    /// Whether output gets colors if `--color` does not say so: on a terminal, unless `NO_COLOR` is set
    /// (<https://no-color.org>), and anywhere with `CLICOLOR_FORCE` (<https://bixense.com/clicolors>).
    pub fn colors_by_default(&self, is_terminal: bool) -> bool {
        let value = |name| self.variable_os(name).filter(|value| !value.is_empty());
        let is_forced = value("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        value("NO_COLOR").is_none() && (is_forced || (is_terminal && !self.is_dumb()))
    }

    /// Whether the terminal understands no escape sequences, so that the cursor cannot be moved.
    pub fn is_dumb(&self) -> bool {
        match self.variable_os("TERM") {
            Some(term) => term.is_empty() || term == "dumb",
            None => cfg!(unix),
        }
    }

    /// Whether output is limited to ASCII: the locale says so, or a terminal has no locale. A file or a pipe without a
    /// locale, as in many CI systems, gets UTF-8.
    pub fn is_ascii_only(&self, is_terminal: bool) -> bool {
        let set = |name| self.variable_os(name).filter(|value| !value.is_empty());
        let Some(locale) = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")) else {
            return is_terminal && cfg!(unix);
        };
        let locale = locale.to_string_lossy().to_lowercase();
        !(locale.contains("utf-8") || locale.contains("utf8"))
    }
}

/// The width of the terminal at stderr now, if there is one: it may have been resized.
pub fn terminal_columns() -> Option<u16> {
    terminal_size::terminal_size_of(std::io::stderr()).map(|(columns, _)| columns.0)
}

/// Omits the environment variables: they may contain secrets.
impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("working_directory", &self.working_directory).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Context;

    #[test]
    fn colors_follow_the_common_variables() {
        for (variables, on_terminal, elsewhere) in [
            (&[("TERM", "xterm")][..], true, false),
            (&[("TERM", "dumb")], false, false),
            (&[("TERM", "xterm"), ("NO_COLOR", "1")], false, false),
            (&[("TERM", "xterm"), ("NO_COLOR", "")], true, false),
            (&[("TERM", "xterm"), ("CLICOLOR_FORCE", "1")], true, true),
            (&[("TERM", "xterm"), ("CLICOLOR_FORCE", "0")], true, false),
            (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false, false),
        ] {
            let context = Context::with_variables(variables);
            assert_eq!(context.colors_by_default(true), on_terminal, "{variables:?}");
            assert_eq!(context.colors_by_default(false), elsewhere, "{variables:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_locale_decides_about_ascii() {
        for (variables, on_terminal, elsewhere) in [
            (&[][..], true, false),
            (&[("LANG", "C")], true, true),
            (&[("LANG", "de_DE.UTF-8")], false, false),
            (&[("LANG", "de_DE.utf8")], false, false),
            (&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "C")], true, true),
            (&[("LC_CTYPE", "C.UTF-8"), ("LC_ALL", "")], false, false),
        ] {
            let context = Context::with_variables(variables);
            assert_eq!(context.is_ascii_only(true), on_terminal, "{variables:?}");
            assert_eq!(context.is_ascii_only(false), elsewhere, "{variables:?}");
        }
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
