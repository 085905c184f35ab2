//! What every command gets besides its own arguments.

use std::fmt::Display;

use serde::Serialize;

use crate::cli::GlobalArgs;
use crate::report::{OutputError, Printer};
use crate::settings::{self, Context, Overrides, Settings, SettingsError};

/// The global options, the environment and the printer.
#[derive(Clone, Copy)]
pub(super) struct Session<'a> {
    pub(super) global: &'a GlobalArgs,
    pub(super) context: &'a Context,
    pub(super) printer: &'a Printer,
}

impl Session<'_> {
    pub(super) fn is_json(self) -> bool {
        self.printer.is_json()
    }

    /// Whether people can be asked.
    pub(super) fn can_ask(self) -> bool {
        self.context.has_terminal() && !self.global.no_input
    }

    /// Prints a result in the format asked for.
    pub(super) fn result(self, text: impl Display, json: &impl Serialize) -> Result<(), OutputError> {
        if self.is_json() { self.printer.json(json) } else { self.printer.result(text) }
    }

    pub(super) fn overrides(self) -> Overrides {
        Overrides {
            config: self.global.config.clone(),
            profile: self.global.profile.clone(),
            state_dir: self.global.state_dir.clone(),
            ..Overrides::default()
        }
    }

    /// The settings by the global options alone.
    pub(super) fn settings(self) -> Result<Settings, SettingsError> {
        self.resolve(&self.overrides())
    }

    /// Resolves the settings and prints their warnings.
    pub(super) fn resolve(self, overrides: &Overrides) -> Result<Settings, SettingsError> {
        let settings = settings::resolve(overrides, self.context)?;
        for warning in settings.warnings() {
            self.printer.warning(warning);
        }
        Ok(settings)
    }
}
