//! Which source wins, which errors are reported where, and whether the example config is complete.

mod errors;
mod example;
mod precedence;

use std::path::PathBuf;

use super::{Context, Overrides, Settings, SettingsError, resolve};

pub(super) const FULL: &str = r#"
[profiles.prod]
host = "https://bots.kore.ai"
bot_id = "st-1"
client_id = "cs-1"
client_secret = "from-the-config"
"#;

/// A config in a directory of its own.
pub(super) struct Written {
    pub(super) directory: tempfile::TempDir,
}

impl Written {
    pub(super) fn new(text: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("config.toml"), text).unwrap();
        Self { directory }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.directory.path().join("config.toml")
    }

    pub(super) fn overrides(&self) -> Overrides {
        Overrides { config: Some(self.path()), ..Overrides::default() }
    }

    pub(super) fn resolve(&self) -> Result<Settings, SettingsError> {
        resolve(&self.overrides(), &Context::with_variables(&[]))
    }
}

pub(super) fn resolved(text: &str, variables: &[(&str, &str)], change: impl FnOnce(&mut Overrides)) -> Settings {
    let config = Written::new(text);
    let mut overrides = config.overrides();
    change(&mut overrides);
    resolve(&overrides, &Context::with_variables(variables)).unwrap()
}

/// The error of a config, with `FILE` for where it is.
pub(super) fn rejected(text: &str) -> String {
    let config = Written::new(text);
    let error = config.resolve().unwrap_err();
    error.to_string().replace(&config.path().display().to_string(), "FILE")
}

pub(super) fn in_profile(lines: &str) -> String {
    rejected(&format!("[profiles.prod]\n{lines}"))
}
