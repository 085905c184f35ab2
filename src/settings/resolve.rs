//! Merges all sources: the command line wins over the environment, the environment over the profile, and the profile over
//! the defaults.

use std::path::PathBuf;

use super::context::Context;
use super::credential::MAX_JTI_TTL;
use super::error::{INIT_HINT, SettingsError};
use super::file::ConfigFile;
use super::layer::{Key, Layer, Values};
use super::layers;
use super::overrides::Overrides;
use super::paths;
use super::resolved::Settings;
use super::source::{Source, Sourced};
use super::value::ValueError;
use super::warning::{self, PROFILE_VARIABLE};
use crate::pacing::duration_text;

/// Resolves the settings. With a sandbox, only the command line and the settings that do not describe a target apply.
///
/// # Errors
/// If any value is invalid, even in a profile that is not used. Only a variable that an option overrides is not checked. A
/// missing value is not an error here: [`Settings::target`] and [`Settings::credentials`] report it.
pub fn resolve(overrides: &Overrides, context: &Context) -> Result<Settings, SettingsError> {
    let path = paths::config_file(overrides, context)?;
    let config = read_config(path.as_ref(), context)?;
    let profile = profile_name(overrides, context, config.as_ref(), path.as_ref())?;
    let in_profile = match (&config, &profile) {
        (Some(config), Some(name)) => config.profile(name)?.layer.clone(),
        _ => Layer::default(),
    };
    let in_arguments = layers::arguments(overrides)?;
    let in_environment = layers::environment(context, |key| {
        !in_arguments.sets(key) && (overrides.sandbox.is_none() || key.applies_to_sandbox())
    })?;
    let below = match &overrides.sandbox {
        Some(target) => layers::sandbox(target).over(in_environment).over(in_profile.beside_sandbox()),
        None => in_environment.over(in_profile),
    };
    let values = Values::from(in_arguments.over(below));
    check_signing(&values)?;
    Ok(Settings {
        warnings: warning::warnings(&values, context, config.as_ref()),
        values,
        state_dir: paths::state_directory(overrides, context)?,
        config_exists: config.is_some(),
        profiles: config.iter().flat_map(|config| config.profiles.keys().cloned()).collect(),
        mappings: config.map(|config| config.mappings).unwrap_or_default(),
        config: path,
        profile,
    })
}

fn read_config(path: Option<&Sourced<PathBuf>>, context: &Context) -> Result<Option<ConfigFile>, SettingsError> {
    let Some(path) = path else { return Ok(None) };
    let config = ConfigFile::read(&path.value, context.home_directory.as_deref())?;
    if config.is_none() && path.source != Source::Default {
        return Err(SettingsError::NoConfig { path: path.value.clone(), named_by: path.source.clone() });
    }
    Ok(config)
}

/// The profile named by an option or variable, else the config's default, else its only one.
fn profile_name(
    overrides: &Overrides,
    context: &Context,
    config: Option<&ConfigFile>,
    path: Option<&Sourced<PathBuf>>,
) -> Result<Option<Sourced<String>>, SettingsError> {
    let variable = layers::variable(context, PROFILE_VARIABLE)?.filter(|name| !name.is_empty());
    let named = match (&overrides.profile, variable) {
        (Some(name), _) => Some(Sourced::new(name.clone(), Source::Argument("--profile"))),
        (None, Some(name)) => Some(Sourced::new(name.to_owned(), Source::Environment(PROFILE_VARIABLE.to_owned()))),
        (None, None) => None,
    };
    match (named, config) {
        (Some(name), None) => {
            let searched = path.map_or_else(String::new, |path| format!(": no config at {}", path.value.display()));
            let named = ("profile", name.value.as_str());
            Err(SettingsError::unknown(name.source, named, &searched, [], INIT_HINT.to_owned()))
        }
        (named, Some(config)) => Ok(named.or_else(|| default_profile(config))),
        (None, None) => Ok(None),
    }
}

fn default_profile(config: &ConfigFile) -> Option<Sourced<String>> {
    config.default_profile.clone().or_else(|| match config.profiles.first_key_value() {
        Some((name, only)) if config.profiles.len() == 1 => Some(Sourced::new(name.clone(), only.source.clone())),
        _ => None,
    })
}

/// Checks the values that depend on each other.
fn check_signing(values: &Values) -> Result<(), SettingsError> {
    let Values { algorithm, token_ttl: ttl, .. } = values;
    let (key, place, problem) = if values.jti.value && ttl.value > MAX_JTI_TTL {
        (Key::TokenTtl, &ttl.source, ValueError::TooLongForJti(duration_text(ttl.value)))
    } else if algorithm.value.uses_private_key() && values.private_key_file.is_none() {
        (Key::Algorithm, &algorithm.source, ValueError::NoPrivateKey(algorithm.value))
    } else {
        return Ok(());
    };
    Err(SettingsError::value(key.name(), place.clone(), problem))
}
