//! From the arguments that every command takes to the settings.

use crate::cli::GlobalArgs;
use crate::report::Printer;
use crate::settings::{self, Context, Overrides, Settings, SettingsError};

/// What the global options say.
pub(super) fn overrides(global: &GlobalArgs) -> Overrides {
    Overrides {
        config: global.config.clone(),
        profile: global.profile.clone(),
        state_dir: global.state_dir.clone(),
        ..Overrides::default()
    }
}

/// The settings, with their warnings said.
pub(super) fn resolve(overrides: &Overrides, context: &Context, printer: &Printer) -> Result<Settings, SettingsError> {
    let settings = settings::resolve(overrides, context)?;
    for warning in settings.warnings() {
        printer.warning(warning);
    }
    Ok(settings)
}
