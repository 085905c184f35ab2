//! What holds, each value with where it was said.

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::credential::{Algorithm, CredentialSettings, SecretSource, SigningKey};
use super::error::SettingsError;
use super::key::Key;
use super::mapping::MappingConfig;
use super::source::{Source, Sourced};
use crate::pacing::Limit;
use crate::record::Field;

/// The version in the API's path (contract: "Sample Request").
pub const DEFAULT_API_VERSION: &str = "1.1";
/// How many calls may be on their way at once: the listed limits need no more than one.
pub const DEFAULT_CONCURRENCY: NonZeroUsize = NonZeroUsize::new(4).unwrap();
/// How long an answer may take.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// The limits that the vendor lists for "Feedback Analytics": 60 a minute and 1,800 an hour for each bot.
pub fn default_limits() -> Vec<Limit> {
    const PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).unwrap();
    const PER_HOUR: NonZeroU32 = NonZeroU32::new(1_800).unwrap();
    vec![
        Limit { calls: PER_MINUTE, per: Duration::from_secs(60) },
        Limit { calls: PER_HOUR, per: Duration::from_secs(60 * 60) },
    ]
}

/// Where calls go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The environment's URL, without a path: https, or this machine.
    pub host: Url,
    /// The version in the path, or empty for a path without one.
    pub api_version: String,
}

/// How calls are made.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliverySettings {
    /// The rolling limits to keep; empty for none.
    pub limits: Sourced<Vec<Limit>>,
    /// How many calls may be on their way at once.
    pub concurrency: Sourced<NonZeroUsize>,
    /// How long an answer may take; longer than zero.
    pub timeout: Sourced<Duration>,
    /// A PEM file with a certificate authority to trust besides the system's.
    pub ca_file: Option<Sourced<PathBuf>>,
}

/// Texts by field, each with where it was said.
#[derive(Debug, Clone, Default)]
pub(super) struct FieldTexts {
    texts: BTreeMap<Field, String>,
    sources: BTreeMap<Field, Source>,
}

impl FieldTexts {
    pub(super) fn new(said: impl IntoIterator<Item = (Field, Sourced<String>)>) -> Self {
        let mut all = Self::default();
        for (field, text) in said {
            all.texts.insert(field, text.value);
            all.sources.insert(field, text.source);
        }
        all
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Field, &str, &Source)> {
        self.texts.iter().zip(self.sources.values()).map(|((field, text), source)| (*field, text.as_str(), source))
    }
}

/// Everything that was configured, resolved by [`super::resolve`].
#[derive(Debug, Clone)]
pub struct Settings {
    pub(super) config: Option<Sourced<PathBuf>>,
    pub(super) config_exists: bool,
    pub(super) profile: Option<Sourced<String>>,
    pub(super) profiles: Vec<String>,
    pub(super) host: Option<Sourced<Url>>,
    pub(super) bot_id: Option<Sourced<String>>,
    pub(super) api_version: Sourced<String>,
    pub(super) client_id: Option<Sourced<String>>,
    pub(super) secret: Option<Sourced<SecretSource>>,
    pub(super) private_key_file: Option<Sourced<PathBuf>>,
    pub(super) algorithm: Sourced<Algorithm>,
    pub(super) subject: Sourced<String>,
    pub(super) token_ttl: Sourced<Duration>,
    pub(super) jti: Sourced<bool>,
    pub(super) claims: Vec<(String, Sourced<Value>)>,
    pub(super) delivery: DeliverySettings,
    pub(super) defaults: FieldTexts,
    pub(super) columns: FieldTexts,
    pub(super) mappings: BTreeMap<String, Sourced<MappingConfig>>,
    pub(super) state_dir: Option<Sourced<PathBuf>>,
    pub(super) warnings: Vec<String>,
}

impl Settings {
    /// The profile that was used; beside a sandbox, for its columns and defaults alone.
    pub fn profile(&self) -> Option<&str> {
        self.profile.as_ref().map(|profile| profile.value.as_str())
    }

    /// Where calls go.
    ///
    /// # Errors
    /// When the host is missing. Whoever calls needs credentials and mostly a bot too, so all that is missing is named at
    /// once.
    pub fn target(&self) -> Result<Target, SettingsError> {
        match &self.host {
            Some(host) => Ok(Target { host: host.value.clone(), api_version: self.api_version.value.clone() }),
            None => Err(self.missing_target()),
        }
    }

    /// The bot that calls go to, unless rows name their own.
    ///
    /// # Errors
    /// When it is missing; all else that is missing is named with it.
    pub fn bot_id(&self) -> Result<&str, SettingsError> {
        self.bot_id.as_ref().map(|bot_id| bot_id.value.as_str()).ok_or_else(|| self.missing_target())
    }

    fn missing_target(&self) -> SettingsError {
        let mut missing = Vec::new();
        missing.extend(self.host.is_none().then_some(Key::Host));
        missing.extend(self.bot_id.is_none().then_some(Key::BotId));
        missing.extend(self.missing_credentials());
        self.missing(missing)
    }

    /// What tokens are minted with.
    ///
    /// # Errors
    /// When the client id or what signs is missing.
    pub fn credentials(&self) -> Result<CredentialSettings, SettingsError> {
        let (Some(client_id), Some(key)) = (self.client_id.clone(), self.signing_key()) else {
            return Err(self.missing(self.missing_credentials()));
        };
        Ok(CredentialSettings {
            client_id,
            key,
            algorithm: self.algorithm.clone(),
            subject: self.subject.clone(),
            token_ttl: self.token_ttl.clone(),
            jti: self.jti.clone(),
            claims: self.claims.clone(),
        })
    }

    /// What tokens are signed with, if it is configured.
    pub fn signing_key(&self) -> Option<SigningKey> {
        if self.algorithm.value.uses_private_key() {
            self.private_key_file.clone().map(SigningKey::PrivateKey)
        } else {
            self.secret.clone().map(SigningKey::Secret)
        }
    }

    /// The JWT app's client id, if it is configured.
    pub fn client_id(&self) -> Option<&str> {
        self.client_id.as_ref().map(|client_id| client_id.value.as_str())
    }

    /// How tokens are signed.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm.value
    }

    fn missing_credentials(&self) -> Vec<Key> {
        let mut missing = Vec::new();
        missing.extend(self.client_id.is_none().then_some(Key::ClientId));
        missing.extend(self.signing_key().is_none().then_some(Key::ClientSecret));
        missing
    }

    fn missing(&self, keys: Vec<Key>) -> SettingsError {
        let profile = self.profile().map(str::to_owned);
        let profiles = if profile.is_none() { self.profiles.clone() } else { Vec::new() };
        SettingsError::Missing { keys, profile, profiles, config: self.config.as_ref().map(|path| path.value.clone()) }
    }

    /// How calls are made.
    pub fn delivery(&self) -> &DeliverySettings {
        &self.delivery
    }

    /// The profile's values for fields that an input has no column for.
    pub fn defaults(&self) -> &BTreeMap<Field, String> {
        &self.defaults.texts
    }

    /// Where the profile says the field's default.
    pub fn default_source(&self, field: Field) -> Option<&Source> {
        self.defaults.sources.get(&field)
    }

    /// The profile's columns: which column of an input is which field.
    pub fn columns(&self) -> &BTreeMap<Field, String> {
        &self.columns.texts
    }

    /// Where the profile says the field's column.
    pub fn column_source(&self, field: Field) -> Option<&Source> {
        self.columns.sources.get(&field)
    }

    /// The directory of the ledger; it need not exist yet.
    ///
    /// # Errors
    /// When none was named and there is no home to put one in.
    pub fn state_dir(&self) -> Result<PathBuf, SettingsError> {
        self.state_dir.as_ref().map(|path| path.value.clone()).ok_or(SettingsError::NoHome("the ledger"))
    }

    /// What is allowed and most likely not meant, as sentences. To be said once.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}
