//! The settings in effect, each value with its source.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use url::Url;

use super::context::Context;
use super::credential::{CredentialSettings, JweSettings, SigningKey};
use super::error::{SettingsError, convert, known_names};
use super::file::MAPPING;
use super::layer::{FieldTexts, Values};
use super::mapping::{MappingConfig, parse_mapping};
use super::shown::{Show as _, Shown, ShownValue};
use super::source::{Source, Sourced};
use super::value;
use crate::record::Field;

/// Where requests go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The environment's URL, without a path: https, or http to this machine.
    pub host: Url,
    /// The version in the path; empty for a path without one.
    pub api_version: String,
}

/// The settings in effect, as [`super::resolve`] merged them.
#[derive(Debug, Clone)]
pub struct Settings {
    pub(super) config: Option<Sourced<PathBuf>>,
    pub(super) config_exists: bool,
    pub(super) profile: Option<Sourced<String>>,
    pub(super) profiles: Vec<String>,
    pub(crate) values: Values,
    pub(super) mappings: BTreeMap<String, Sourced<MappingConfig>>,
    pub(super) state_dir: Option<Sourced<PathBuf>>,
    pub(super) warnings: Vec<String>,
}

impl Settings {
    /// The profile in use. With a sandbox, only its columns and defaults apply.
    pub fn profile(&self) -> Option<&str> {
        self.profile.as_ref().map(|profile| profile.value.as_str())
    }

    /// The names of all profiles in the config.
    pub fn profiles(&self) -> &[String] {
        &self.profiles
    }

    /// The names of all mappings in the config.
    pub fn mapping_names(&self) -> impl Iterator<Item = &str> {
        self.mappings.keys().map(String::as_str)
    }

    /// Where requests go.
    ///
    /// # Errors
    /// If the host is not set. Requests also need a bot and credentials, so the error names everything that is missing.
    pub fn target(&self) -> Result<Target, SettingsError> {
        let Values { host, api_version, .. } = &self.values;
        match host {
            Some(host) => Ok(Target { host: host.value.clone(), api_version: api_version.value.clone() }),
            None => Err(self.missing(true)),
        }
    }

    /// The bot that receives the requests, unless rows name their own.
    ///
    /// # Errors
    /// If it is not set. The error names everything else that is missing, too.
    pub fn bot_id(&self) -> Result<&str, SettingsError> {
        self.values.bot_id.as_ref().map(|bot_id| bot_id.value.as_str()).ok_or_else(|| self.missing(true))
    }

    /// Checks that everything is set that sending needs. A profile with a column for the bot needs no bot of its own.
    ///
    /// # Errors
    /// If something is missing; the error names all of it.
    pub fn ensure_complete(&self) -> Result<(), SettingsError> {
        self.target()?;
        if !self.columns().contains_key(&Field::BotId) {
            self.bot_id()?;
        }
        self.credentials().map(drop)
    }

    /// What is needed to mint tokens.
    ///
    /// # Errors
    /// If the client id, or the secret or private key, is not set.
    pub fn credentials(&self) -> Result<CredentialSettings, SettingsError> {
        let Values { client_id, algorithm, subject, token_ttl, jti, claims, .. } = self.values.clone();
        let (Some(client_id), Some(key)) = (client_id, self.signing_key()) else {
            return Err(self.missing(false));
        };
        let (kore_claims, jwe) = (self.values.kore_claims.value.clone(), self.jwe());
        Ok(CredentialSettings { client_id, key, algorithm, subject, token_ttl, jti, claims, kore_claims, jwe })
    }

    /// How tokens are encrypted, if they are.
    pub fn jwe(&self) -> Option<JweSettings> {
        let Values { jwe_public_key_file, jwe_alg, jwe_enc, .. } = &self.values;
        jwe_public_key_file.as_ref().map(|file| JweSettings {
            public_key_file: file.value.clone(),
            key_encryption: jwe_alg.value,
            content_encryption: jwe_enc.value,
        })
    }

    /// What signs tokens, if it is configured.
    pub fn signing_key(&self) -> Option<SigningKey> {
        if self.values.algorithm.value.uses_private_key() {
            self.values.private_key_file.clone().map(SigningKey::PrivateKey)
        } else {
            self.values.secret.clone().map(SigningKey::Secret)
        }
    }

    /// The settings that sending needs and that are not set.
    pub fn missing_for_import(&self) -> Vec<&'static str> {
        self.missing_keys(true)
    }

    fn missing_keys(&self, with_target: bool) -> Vec<&'static str> {
        let Values { host, bot_id, client_id, .. } = &self.values;
        let required = [
            ("host", with_target && host.is_none()),
            ("bot_id", with_target && bot_id.is_none()),
            ("client_id", client_id.is_none()),
            ("client_secret", self.signing_key().is_none()),
        ];
        required.into_iter().filter(|(_, is_missing)| *is_missing).map(|(key, _)| key).collect()
    }

    /// The error that names every missing setting, of the target as well if `with_target`.
    fn missing(&self, with_target: bool) -> SettingsError {
        SettingsError::Missing {
            keys: self.missing_keys(with_target),
            profile: self.profile().map(str::to_owned),
            profiles: if self.profile.is_none() { self.profiles.clone() } else { Vec::new() },
            config: self.config.as_ref().map(|path| path.value.clone()),
        }
    }

    /// The profile's values for fields that an input has no column for.
    pub fn defaults(&self) -> BTreeMap<Field, String> {
        texts(&self.values.defaults)
    }

    /// The profile's column for each field.
    pub fn columns(&self) -> BTreeMap<Field, String> {
        texts(&self.values.columns)
    }

    /// Finds a mapping of the config by name, else the file of this name.
    ///
    /// # Errors
    /// If there is neither, or the file is not a valid mapping.
    pub fn mapping(&self, name: &str, context: &Context) -> Result<MappingConfig, SettingsError> {
        if let Some(mapping) = self.mappings.get(name) {
            return Ok(mapping.value.clone());
        }
        let (base, home) = (&context.working_directory, context.home_directory.as_deref());
        let path = Sourced::new(Path::new(name), Source::Argument("--mapping"));
        let path = convert(name, path, |path| value::expand(path, base, home))?.value;
        match std::fs::read_to_string(&path) {
            Ok(text) => parse_mapping(Path::new(name), &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(self.unknown_mapping(name)),
            Err(source) => Err(SettingsError::Unreadable { what: "mapping", path, source }),
        }
    }

    fn unknown_mapping(&self, name: &str) -> SettingsError {
        let without = "run `kore-feedback inspect FILE --write-mapping NEW.toml` to write one";
        let hint = known_names("mapping", self.mappings.keys(), without);
        let known = self.mappings.keys().map(String::as_str);
        let place = Source::Argument("--mapping");
        SettingsError::unknown(place, ("mapping", name), ": not in the config, and not a file", known, hint)
    }

    /// The ledger's directory, which need not exist.
    ///
    /// # Errors
    /// If none is named and there is no home directory for the default.
    pub fn state_dir(&self) -> Result<PathBuf, SettingsError> {
        self.state_dir.as_ref().map(|path| path.value.clone()).ok_or(SettingsError::NoHome("the ledger"))
    }

    /// Warnings about settings that are most likely not intended. Show them once.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Where the config is or would be, and whether it exists.
    pub fn config(&self) -> Option<(&Sourced<PathBuf>, bool)> {
        self.config.as_ref().map(|path| (path, self.config_exists))
    }

    /// All settings in effect, in the order documented.
    pub fn shown(&self) -> Vec<Shown<'_>> {
        let places = [self.config.shown("config"), self.profile.shown("profile"), self.state_dir.shown("state_dir")];
        places.into_iter().chain(self.values.shown()).chain(self.shown_mappings()).collect()
    }

    /// Each mapping with the fields that it sets and the preset that it extends.
    fn shown_mappings(&self) -> impl Iterator<Item = Shown<'_>> {
        self.mappings.iter().flat_map(|(name, mapping)| {
            let fields = mapping.value.spec.fields.keys().map(|field| field.key());
            let fields = Shown {
                key: format!("{MAPPING}.{name}.fields"),
                value: ShownValue::Open(fields.collect()),
                source: Some(&mapping.source),
            };
            let preset = mapping.value.preset.as_ref().map(|preset| preset.shown(&format!("{MAPPING}.{name}.preset")));
            std::iter::once(fields).chain(preset)
        })
    }
}

fn texts(fields: &FieldTexts) -> BTreeMap<Field, String> {
    fields.iter().map(|(field, text)| (*field, text.value.clone())).collect()
}
