//! Defaults ← profile ← environment ← arguments.

use super::choice::{choose_profile, read_config};
use super::credential::{Algorithm, MAX_JTI_TTL, SecretSource};
use super::error::SettingsError;
use super::file::ConfigFile;
use super::key::Key;
use super::layers::{Layers, wrong};
use super::overrides::Overrides;
use super::resolved::{DEFAULT_API_VERSION, DeliverySettings, Settings};
use super::source::{Source, Sourced};
use super::value::{self, ValueError};
use super::{Context, paths, warning};
use crate::pacing::duration_text;

/// Finds out what holds: the arguments' word before the environment's, that before the profile's, that before the
/// defaults. Beside a sandbox only arguments and what does not concern the target count.
///
/// # Errors
/// When anything that was said is wrong, even in a profile that is not used. That something is missing is no error
/// here: [`Settings::target`] and [`Settings::credentials`] say so to those who need it.
pub fn resolve(overrides: &Overrides, context: &Context) -> Result<Settings, SettingsError> {
    let path = paths::config_file(overrides, context)?;
    let config = read_config(path.as_ref(), context)?;
    let chosen = choose_profile(overrides, context, config.as_ref(), path.as_ref())?;
    let all = Layers { context: Some(context), profile: chosen.as_ref().map(|chosen| chosen.config.clone()) };
    let sandbox = overrides.sandbox.as_ref();
    let ours = if sandbox.is_some() { Layers { context: None, profile: None } } else { all.clone() };
    let algorithm = ours.pick(Key::Algorithm, None, value::algorithm, |profile| profile.algorithm.as_ref())?;
    let settings = Settings {
        state_dir: paths::state_directory(overrides, context)?,
        config_exists: config.is_some(),
        profiles: config.iter().flat_map(|config| config.profiles.keys().cloned()).collect(),
        host: ours.host(overrides)?,
        bot_id: ours.bot_id(overrides)?,
        api_version: ours
            .pick(Key::ApiVersion, None, value::api_version, |profile| profile.api_version.as_ref())?
            .unwrap_or_else(|| Sourced::default_of(DEFAULT_API_VERSION.to_owned())),
        client_id: match sandbox {
            Some(sandbox) => Some(Sourced::new(sandbox.client_id.clone(), Source::Sandbox)),
            None => ours.pick(Key::ClientId, None, value::id, |profile| profile.client_id.as_ref())?,
        },
        secret: ours.secret(sandbox)?,
        private_key_file: ours.path(Key::PrivateKeyFile, |profile| profile.private_key_file.as_ref())?,
        algorithm: algorithm.unwrap_or_else(|| Sourced::default_of(Algorithm::Hs256)),
        subject: ours.subject(overrides)?,
        token_ttl: ours.token_ttl(overrides)?,
        jti: ours.jti(overrides)?,
        claims: ours.claims(overrides)?,
        delivery: DeliverySettings {
            limits: ours.limits(overrides)?,
            concurrency: all.concurrency(overrides)?,
            timeout: all.timeout(overrides)?,
            ca_file: ours.path(Key::CaFile, |profile| profile.ca_file.as_ref())?,
        },
        defaults: all.fields(|profile| &profile.defaults),
        columns: all.fields(|profile| &profile.columns),
        mappings: config.iter().flat_map(|config| config.mappings.clone()).collect(),
        config: path,
        profile: chosen.map(|chosen| chosen.name),
        warnings: warning::unknown_variables(context, config.as_ref()),
    };
    check_signing(&settings)?;
    Ok(with_warnings(settings, config.as_ref()))
}

/// What only the values together can get wrong.
fn check_signing(settings: &Settings) -> Result<(), SettingsError> {
    let ttl = &settings.token_ttl;
    if settings.jti.value && ttl.value > MAX_JTI_TTL {
        let problem = ValueError::TooLongForJti(duration_text(ttl.value));
        return Err(wrong(Key::TokenTtl, ttl.source.clone(), problem));
    }
    let algorithm = &settings.algorithm;
    if algorithm.value.uses_private_key() && settings.private_key_file.is_none() {
        let problem = ValueError::NoPrivateKey(algorithm.value);
        return Err(wrong(Key::Algorithm, algorithm.source.clone(), problem));
    }
    Ok(())
}

fn with_warnings(mut settings: Settings, config: Option<&ConfigFile>) -> Settings {
    let algorithm = settings.algorithm.value;
    let secret_file = match (&settings.secret, &settings.private_key_file) {
        (_, Some(key)) if algorithm.uses_private_key() => Some(&key.value),
        (Some(Sourced { value: SecretSource::File(path), .. }), _) => Some(path),
        _ => None,
    };
    let found = [
        config.and_then(warning::readable_config),
        secret_file.and_then(|path| warning::readable_file(path)),
        warning::unlisted_algorithm(algorithm),
    ];
    settings.warnings.extend(found.into_iter().flatten());
    settings
}
