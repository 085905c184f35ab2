//! Warns about settings that are valid but most likely not intended.

use std::path::Path;

use super::context::Context;
use super::credential::{Algorithm, SecretSource};
use super::error::VARIABLE_PREFIX;
use super::file::ConfigFile;
use super::layer::Key;
use super::paths::{CONFIG_VARIABLE, STATE_DIR_VARIABLE, is_readable_by_others};
use crate::error::{did_you_mean, nearest};
use crate::text::printable;

/// The environment variable that names the profile.
pub(super) const PROFILE_VARIABLE: &str = "KORE_FEEDBACK_PROFILE";

/// Every environment variable that is read.
pub(super) fn variables() -> Vec<String> {
    let others = [CONFIG_VARIABLE, PROFILE_VARIABLE, STATE_DIR_VARIABLE].map(str::to_owned);
    others.into_iter().chain(Key::ALL.iter().filter_map(|key| key.variable())).collect()
}

/// Finds variables with our prefix that nothing reads.
pub(super) fn unknown_variables(context: &Context, config: Option<&ConfigFile>) -> Vec<String> {
    let known = variables();
    let is_unknown = |name: &str| !known.iter().any(|known| known == name) && !config.is_some_and(|c| reads(c, name));
    let names = context.variable_names().map(|name| name.to_string_lossy());
    let ours = names.filter(|name| name.starts_with(VARIABLE_PREFIX) && is_unknown(name));
    ours.map(|name| {
        let meant = did_you_mean(nearest(&name, known.iter().map(String::as_str)));
        format!("unknown environment variable {}{meant}", printable(&name))
    })
    .collect()
}

/// Whether a profile takes its secret from this variable.
fn reads(config: &ConfigFile, variable: &str) -> bool {
    let secrets = config.profiles.values().filter_map(|profile| profile.layer.secret.as_ref());
    secrets.into_iter().any(|secret| matches!(&secret.value, SecretSource::Environment(name) if name == variable))
}

/// Warns about a config with a secret in it that others can read.
pub(super) fn readable_config(config: &ConfigFile) -> Option<String> {
    (config.contains_secret() && is_readable_by_others(&config.path)).then(|| readable("config", &config.path))
}

/// Warns about a file with a secret or private key that others can read.
pub(super) fn readable_file(path: &Path) -> Option<String> {
    is_readable_by_others(path).then(|| readable("file", path))
}

fn readable(what: &str, path: &Path) -> String {
    let path = path.display().to_string();
    let path = printable(&path);
    format!("the {what} {path} contains a secret and others can read it: run chmod 600 {path}")
}

/// Warns about an algorithm that the platform does not list.
pub(super) fn unlisted_algorithm(algorithm: Algorithm) -> Option<String> {
    let warning =
        || format!("the platform lists HS256, HS512, RS256 and RS512: it may reject tokens signed with {algorithm}");
    (!algorithm.is_listed()).then(warning)
}
