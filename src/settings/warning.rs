//! What is allowed in a configuration and most likely not meant.

use std::path::Path;

use super::Context;
use super::credential::{Algorithm, SecretSource};
use super::file::ConfigFile;
use super::key::{VARIABLE_PREFIX, variables};
use super::paths::is_readable_by_others;
use super::value::did_you_mean;
use crate::error::nearest;
use crate::text::printable;

/// Variables that begin as ours do and that nothing reads.
pub(super) fn unknown_variables(context: &Context, config: Option<&ConfigFile>) -> Vec<String> {
    let names = context.variable_names().map(|name| name.to_string_lossy());
    names
        .filter(|name| name.starts_with(VARIABLE_PREFIX))
        .filter(|name| !variables().any(|known| known == name) && !config.is_some_and(|config| reads(config, name)))
        .map(|name| {
            let meant = did_you_mean(nearest(&name, variables()));
            format!("the environment variable {} means nothing here{meant}", printable(&name))
        })
        .collect()
}

/// Whether a profile takes its secret from that variable.
fn reads(config: &ConfigFile, variable: &str) -> bool {
    let secrets = config.profiles.values().filter_map(|profile| profile.secret.as_ref());
    secrets.into_iter().any(|secret| matches!(&secret.value, SecretSource::Environment(name) if name == variable))
}

/// A config with a secret in it that others can read.
pub(super) fn readable_config(config: &ConfigFile) -> Option<String> {
    (config.holds_a_secret() && is_readable_by_others(&config.path)).then(|| readable("config", &config.path))
}

/// A file with a secret or a private key that others can read.
pub(super) fn readable_file(path: &Path) -> Option<String> {
    is_readable_by_others(path).then(|| readable("file", path))
}

fn readable(what: &str, path: &Path) -> String {
    let path = path.display().to_string();
    let path = printable(&path);
    format!("the {what} {path} holds a secret and others can read it: chmod 600 {path}")
}

/// An algorithm that the platform does not list.
pub(super) fn unlisted_algorithm(algorithm: Algorithm) -> Option<String> {
    let warning =
        || format!("the platform lists HS256, HS512, RS256 and RS512, and may refuse tokens signed with {algorithm}");
    (!algorithm.is_listed()).then(warning)
}
