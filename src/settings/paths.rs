//! Where the config and the ledger are, and who can read a file.

use std::path::{Path, PathBuf};

use super::context::{Context, Overrides};
use super::error::{SettingsError, convert};
use super::source::{Source, Sourced};
use super::value;

/// The environment variable that names the config.
pub(super) const CONFIG_VARIABLE: &str = "KORE_FEEDBACK_CONFIG";
/// The environment variable that names the ledger's directory.
pub(super) const STATE_DIR_VARIABLE: &str = "KORE_FEEDBACK_STATE_DIR";

const OUR_DIRECTORY: &str = "kore-feedback";
const CONFIG_NAME: &str = "config.toml";

/// Locates the config, which need not exist: `--config`, else `KORE_FEEDBACK_CONFIG`, else in the user's config directory.
/// `None` if the user has no such directory.
///
/// # Errors
/// If the path starts with `~` and there is no home directory.
pub fn config_file(overrides: &Overrides, context: &Context) -> Result<Option<Sourced<PathBuf>>, SettingsError> {
    let default = context.config_directory.as_ref().map(|path| path.join(OUR_DIRECTORY).join(CONFIG_NAME));
    locate("--config", overrides.config.as_deref(), CONFIG_VARIABLE, default, context)
}

/// Locates the ledger's directory: `--state-dir`, else `KORE_FEEDBACK_STATE_DIR`, else in the user's state directory.
/// `None` if the user has no such directory.
///
/// # Errors
/// If the path starts with `~` and there is no home directory.
pub(super) fn state_directory(
    overrides: &Overrides,
    context: &Context,
) -> Result<Option<Sourced<PathBuf>>, SettingsError> {
    let default = context.state_directory.as_ref().map(|path| path.join(OUR_DIRECTORY));
    locate("--state-dir", overrides.state_dir.as_deref(), STATE_DIR_VARIABLE, default, context)
}

fn locate(
    option: &'static str,
    argument: Option<&Path>,
    variable: &str,
    default: Option<PathBuf>,
    context: &Context,
) -> Result<Option<Sourced<PathBuf>>, SettingsError> {
    let in_environment = || context.variable_os(variable).filter(|path| !path.is_empty());
    let (path, source) = match (argument, in_environment()) {
        (Some(path), _) => (path, Source::Argument(option)),
        (None, Some(path)) => (Path::new(path), Source::Environment(variable.to_owned())),
        (None, None) => return Ok(default.map(Sourced::default_of)),
    };
    let home = context.home_directory.as_deref();
    convert("the path", Sourced::new(path, source), |path| value::expand(path, &context.working_directory, home))
        .map(Some)
}

/// Whether anyone but the owner may read the file. `false` without a file, and on systems without such permissions.
pub(super) fn is_readable_by_others(path: &Path) -> bool {
    path.is_file() && permits_others(path, 0o044)
}

/// Whether anyone but the owner may write to the directory.
pub(super) fn is_writable_by_others(path: &Path) -> bool {
    path.is_dir() && permits_others(path, 0o022)
}

/// Whether the group or all others have one of these permissions.
fn permits_others(path: &Path, permissions: u32) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & permissions != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = (path, permissions);
        false
    }
}
