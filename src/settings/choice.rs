//! Which config and which profile of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Context;
use super::error::SettingsError;
use super::file::{ConfigFile, ProfileConfig};
use super::key::PROFILE_VARIABLE;
use super::overrides::Overrides;
use super::source::{Source, Sourced};

pub(super) fn read_config(
    path: Option<&Sourced<PathBuf>>,
    context: &Context,
) -> Result<Option<ConfigFile>, SettingsError> {
    let Some(path) = path else { return Ok(None) };
    let config = ConfigFile::read(&path.value, context.home_directory.as_deref())?;
    if config.is_none() && path.source != Source::Default {
        return Err(SettingsError::NoConfig { path: path.value.clone(), named_by: path.source.clone() });
    }
    Ok(config)
}

pub(super) struct Chosen<'a> {
    pub(super) name: Sourced<String>,
    pub(super) config: ChosenConfig<'a>,
}

#[derive(Clone)]
pub(super) struct ChosenConfig<'a> {
    pub(super) name: Arc<str>,
    pub(super) file: Arc<Path>,
    pub(super) written: &'a ProfileConfig,
}

impl ChosenConfig<'_> {
    pub(super) fn source(&self, line: usize) -> Source {
        Source::Profile { name: Arc::clone(&self.name), file: Arc::clone(&self.file), line }
    }
}

/// The profile that was named, else the config's default, else its only one.
pub(super) fn choose_profile<'a>(
    overrides: &Overrides,
    context: &Context,
    config: Option<&'a ConfigFile>,
    path: Option<&Sourced<PathBuf>>,
) -> Result<Option<Chosen<'a>>, SettingsError> {
    let by_argument = overrides.profile.clone().map(|name| Sourced::new(name, Source::Argument("--profile")));
    let named = match by_argument {
        Some(named) => Some(named),
        None => variable(context, PROFILE_VARIABLE)?
            .filter(|name| !name.is_empty())
            .map(|name| Sourced::new(name.to_owned(), Source::Environment(PROFILE_VARIABLE))),
    };
    let Some(config) = config else {
        return named.map_or(Ok(None), |named| {
            Err(SettingsError::NoConfigForProfile {
                name: named.value,
                named_by: named.source,
                path: path.map(|path| path.value.clone()),
            })
        });
    };
    let Some(name) = named.or_else(|| usual_profile(config)) else { return Ok(None) };
    let written = config.profile(&name.value, || name.source.clone())?;
    let chosen = ChosenConfig { name: name.value.as_str().into(), file: Arc::clone(&config.path), written };
    Ok(Some(Chosen { name, config: chosen }))
}

fn usual_profile(config: &ConfigFile) -> Option<Sourced<String>> {
    let file = || Arc::clone(&config.path);
    if let Some(name) = &config.default_profile {
        return Some(Sourced::new(name.value.clone(), Source::File { file: file(), line: name.line }));
    }
    match config.profiles.first_key_value() {
        Some((name, only)) if config.profiles.len() == 1 => {
            Some(Sourced::new(name.clone(), Source::File { file: file(), line: only.line }))
        }
        _ => None,
    }
}

/// A variable's text, if it is set.
pub(super) fn variable<'a>(context: &'a Context, name: &'static str) -> Result<Option<&'a str>, SettingsError> {
    context.variable_os(name).map(|value| value.to_str().ok_or(SettingsError::NotUnicode(name))).transpose()
}
