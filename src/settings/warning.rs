//! Warns about settings that are valid but most likely not intended.

use std::path::Path;

use super::context::Context;
use super::credential::{Algorithm, SecretSource};
use super::error::VARIABLE_PREFIX;
use super::file::ConfigFile;
use super::layer::{Key, Values};
use super::paths::{CONFIG_VARIABLE, STATE_DIR_VARIABLE, is_readable_by_others, is_writable_by_others};
use super::source::Sourced;
use crate::error::{did_you_mean, nearest};
use crate::text::printable;

/// The environment variable that names the profile.
pub(super) const PROFILE_VARIABLE: &str = "KORE_FEEDBACK_PROFILE";

/// All warnings about these settings.
pub(super) fn warnings(
    values: &Values,
    context: &Context,
    config: Option<&ConfigFile>,
    state_dir: Option<&Path>,
) -> Vec<String> {
    let algorithm = values.algorithm.value;
    let secret_file = match (&values.secret, &values.private_key_file) {
        (_, Some(key)) if algorithm.uses_private_key() => Some(&key.value),
        (Some(Sourced { value: SecretSource::File(path), .. }), _) => Some(path),
        _ => None,
    };
    let others = [
        config.filter(|config| config.contains_secret()).and_then(|config| readable("config", &config.path)),
        secret_file.and_then(|path| readable("file", path)),
        unlisted(algorithm),
        state_dir.and_then(writable),
    ];
    unknown_variables(context, config).into_iter().chain(others.into_iter().flatten()).collect()
}

/// Finds variables with our prefix that nothing reads.
fn unknown_variables(context: &Context, config: Option<&ConfigFile>) -> Vec<String> {
    let others = [CONFIG_VARIABLE, PROFILE_VARIABLE, STATE_DIR_VARIABLE].map(str::to_owned);
    let known: Vec<_> = others.into_iter().chain(Key::ALL.iter().filter_map(|key| key.variable())).collect();
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

fn readable(what: &str, path: &Path) -> Option<String> {
    let warning = || {
        let path = path.display().to_string();
        let path = printable(&path);
        format!("the {what} {path} contains a secret and others can read it: run chmod 600 {path}")
    };
    is_readable_by_others(path).then(warning)
}

/// Whoever can write to the directory can replace the ledger.
fn writable(directory: &Path) -> Option<String> {
    let warning = || {
        let path = directory.display().to_string();
        let path = printable(&path);
        format!("others can write to {path} and replace the ledger: run chmod go-w {path}")
    };
    is_writable_by_others(directory).then(warning)
}

fn unlisted(algorithm: Algorithm) -> Option<String> {
    let warning =
        || format!("the platform lists HS256, HS512, RS256 and RS512: it may reject tokens signed with {algorithm}");
    (!algorithm.is_listed()).then(warning)
}
