//! Resolves the settings from the global options.

use crate::cli::GlobalArgs;
use crate::report::Printer;
use crate::settings::{self, Context, Overrides, Settings, SettingsError};

pub(super) fn overrides(global: &GlobalArgs) -> Overrides {
    Overrides {
        config: global.config.clone(),
        profile: global.profile.clone(),
        state_dir: global.state_dir.clone(),
        ..Overrides::default()
    }
}

/// Resolves the settings and prints their warnings.
pub(super) fn resolve(overrides: &Overrides, context: &Context, printer: &Printer) -> Result<Settings, SettingsError> {
    let settings = settings::resolve(overrides, context)?;
    for warning in settings.warnings() {
        printer.warning(warning);
    }
    Ok(settings)
}
