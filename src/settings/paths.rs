//! Where the config and the ledger are, and who else can read a file.

use std::path::{Path, PathBuf};

use super::error::SettingsError;
use super::key::{CONFIG_VARIABLE, STATE_DIR_VARIABLE};
use super::source::{Source, Sourced};
use super::value;
use super::{Context, Overrides};

const OUR_DIRECTORY: &str = "kore-feedback";
const CONFIG_NAME: &str = "config.toml";

/// Where the config is, or would be: `--config`, else `KORE_FEEDBACK_CONFIG`, else in the user's config directory;
/// `None` when the user has none.
///
/// # Errors
/// When a named path begins with `~` and there is no home.
pub fn config_file(overrides: &Overrides, context: &Context) -> Result<Option<Sourced<PathBuf>>, SettingsError> {
    let named = named_path(overrides.config.as_deref(), "--config", CONFIG_VARIABLE, context)?;
    let usual = || context.config_directory.as_ref().map(|path| path.join(OUR_DIRECTORY).join(CONFIG_NAME));
    Ok(named.or_else(|| usual().map(Sourced::default_of)))
}

/// Where the ledger is kept: `--state-dir`, else `KORE_FEEDBACK_STATE_DIR`, else in the user's state directory;
/// `None` when the user has none.
///
/// # Errors
/// When a named path begins with `~` and there is no home.
pub(super) fn state_directory(
    overrides: &Overrides,
    context: &Context,
) -> Result<Option<Sourced<PathBuf>>, SettingsError> {
    let named = named_path(overrides.state_dir.as_deref(), "--state-dir", STATE_DIR_VARIABLE, context)?;
    let usual = || context.state_directory.as_ref().map(|path| path.join(OUR_DIRECTORY));
    Ok(named.or_else(|| usual().map(Sourced::default_of)))
}

fn named_path(
    argument: Option<&Path>,
    option: &'static str,
    variable: &'static str,
    context: &Context,
) -> Result<Option<Sourced<PathBuf>>, SettingsError> {
    let said = argument.map(|path| (path, Source::Argument(option)));
    let set = || context.variable_os(variable).filter(|path| !path.is_empty());
    let said = said.or_else(|| set().map(|path| (Path::new(path), Source::Environment(variable))));
    let Some((path, source)) = said else { return Ok(None) };
    match value::expand(path, &context.working_directory, context.home_directory.as_deref()) {
        Ok(path) => Ok(Some(Sourced::new(path, source))),
        Err(problem) => Err(SettingsError::Value { key: "the path".to_owned(), place: source, problem }),
    }
}

/// Whether anybody but the file's owner may read it. `false` where there is no file, or no such permissions.
pub(super) fn is_readable_by_others(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        const READ_BY_GROUP_OR_OTHERS: u32 = 0o044;
        std::fs::metadata(path)
            .is_ok_and(|found| found.is_file() && found.permissions().mode() & READ_BY_GROUP_OR_OTHERS != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}
