//! Merges all sources: the command line wins over the environment, the environment over the profile, and the profile over
//! the defaults.

use std::path::PathBuf;

use super::context::{Context, Overrides, SandboxTarget};
use super::credential::{MAX_JTI_TTL, SecretSource};
use super::error::{INIT_HINT, SettingsError, convert};
use super::file::ConfigFile;
use super::layer::{Claims, Key, Layer, Values};
use super::paths;
use super::raw::{Form, Raw};
use super::resolved::Settings;
use super::source::{Source, Sourced};
use super::value::{self, ValueError};
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
    let in_arguments = arguments(overrides)?;
    let in_environment = environment(context, |key| {
        !in_arguments.sets(key) && (overrides.sandbox.is_none() || key.applies_to_sandbox())
    })?;
    let below = match &overrides.sandbox {
        Some(target) => sandbox(target).over(in_environment).over(in_profile.beside_sandbox()),
        None => in_environment.over(in_profile),
    };
    let values = Values::from(in_arguments.over(below));
    check_signing(&values)?;
    check_encryption(&values)?;
    let state_dir = paths::state_directory(overrides, context)?;
    let in_directory = state_dir.as_ref().map(|directory| directory.value.as_path());
    Ok(Settings {
        warnings: warning::warnings(&values, context, config.as_ref(), in_directory),
        values,
        state_dir,
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
    let variable = variable(context, PROFILE_VARIABLE)?.filter(|name| !name.is_empty());
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

/// Without a key, tokens are not encrypted, whatever else is set: that must not go unnoticed.
fn check_encryption(values: &Values) -> Result<(), SettingsError> {
    let without = |key: Key, place: &Source| match place {
        Source::Default => Ok(()),
        place => Err(SettingsError::value(key.name(), place.clone(), ValueError::Without("jwe_public_key_file"))),
    };
    if values.jwe_public_key_file.is_some() {
        return Ok(());
    }
    without(Key::JweAlg, &values.jwe_alg.source)?;
    without(Key::JweEnc, &values.jwe_enc.source)
}

/// Reads the `KORE_FEEDBACK_*` variables of the keys that need one. The others are ignored, even if they are invalid.
fn environment(context: &Context, is_needed: impl Fn(Key) -> bool) -> Result<Layer, SettingsError> {
    Layer::read(|key| {
        let Some(name) = key.variable().filter(|_| is_needed(key)) else { return Ok(None) };
        let text = variable(context, &name)?.filter(|text| key.may_be_empty() || !text.is_empty());
        Ok(text.map(|text| {
            let (base, home) = (context.working_directory.as_path(), context.home_directory.as_deref());
            Sourced::new(Raw { form: Form::Text(text), base, home }, Source::Environment(name))
        }))
    })
}

/// The text of an environment variable, if it is set.
fn variable<'a>(context: &'a Context, name: &str) -> Result<Option<&'a str>, SettingsError> {
    let text = |value: &'a std::ffi::OsStr| value.to_str().ok_or_else(|| SettingsError::NotUnicode(name.to_owned()));
    context.variable_os(name).map(text).transpose()
}

/// The layer of a sandbox: it sets the target, and no limits.
fn sandbox(target: &SandboxTarget) -> Layer {
    fn set<T>(value: T) -> Option<Sourced<T>> {
        Some(Sourced::new(value, Source::Sandbox))
    }
    Layer {
        host: set(target.host.clone()),
        bot_id: set(target.bot_id.clone()),
        client_id: set(target.client_id.clone()),
        secret: set(SecretSource::Inline(target.client_secret.clone())),
        limits: set(Vec::new()),
        ..Layer::default()
    }
}

/// The layer of the command line.
fn arguments(given: &Overrides) -> Result<Layer, SettingsError> {
    let limits_option = match given.limits.as_deref() {
        Some([]) => "--no-rate-limit",
        _ => "--rate-limit",
    };
    Ok(Layer {
        subject: argument(Key::Subject, "--sub", given.sub.as_deref(), value::text)?,
        token_ttl: argument(Key::TokenTtl, "--ttl", given.ttl, value::token_ttl)?,
        jti: argument(Key::Jti, "--jti", given.jti, Ok)?,
        claims: claims(given)?,
        limits: argument(Key::Limits, limits_option, given.limits.clone(), Ok)?,
        concurrency: argument(Key::Concurrency, "--concurrency", given.concurrency, value::checked_concurrency)?,
        timeout: argument(Key::Timeout, "--timeout", given.timeout, value::positive)?,
        ..Layer::default()
    })
}

fn argument<T, V>(
    key: Key,
    option: &'static str,
    given: Option<T>,
    check: impl FnOnce(T) -> Result<V, ValueError>,
) -> Result<Option<Sourced<V>>, SettingsError> {
    given.map(|given| convert(key.name(), Sourced::new(given, Source::Argument(option)), check)).transpose()
}

fn claims(given: &Overrides) -> Result<Claims, SettingsError> {
    let claim = |(name, claim): &(String, serde_json::Value)| {
        let claim = Sourced::new(claim.clone(), Source::Argument("--claim"));
        let checked = convert(Key::Claims.name(), claim, |claim| value::claim_name(name).map(|()| claim))?;
        Ok((name.clone(), checked))
    };
    given.claims.iter().map(claim).collect()
}
