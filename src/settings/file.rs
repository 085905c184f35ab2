//! The config as it is written: every key read and checked, in every profile, before anything is made of it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use serde_json::Value;
use toml::de::DeValue;
use url::Url;

use super::credential::{Algorithm, SecretSource};
use super::error::SettingsError;
use super::key::{DEFAULT_PROFILE, Key, MAPPING, PROFILES};
use super::mapping::{MappingConfig, read_mapping};
use super::source::{Source, Sourced};
use super::table::{self, Table, Written};
use super::value::{self, ValueError};
use crate::pacing::Limit;
use crate::record::Field;

/// A whole config.
#[derive(Debug)]
pub(super) struct ConfigFile {
    pub(super) path: Arc<Path>,
    pub(super) default_profile: Option<Written<String>>,
    pub(super) profiles: BTreeMap<String, ProfileConfig>,
    pub(super) mappings: BTreeMap<String, Sourced<MappingConfig>>,
}

/// One profile, as it is written.
#[derive(Debug)]
pub(super) struct ProfileConfig {
    pub(super) line: usize,
    pub(super) host: Option<Written<Url>>,
    pub(super) bot_id: Option<Written<String>>,
    pub(super) api_version: Option<Written<String>>,
    pub(super) client_id: Option<Written<String>>,
    pub(super) secret: Option<Written<SecretSource>>,
    pub(super) algorithm: Option<Written<Algorithm>>,
    pub(super) private_key_file: Option<Written<PathBuf>>,
    pub(super) subject: Option<Written<String>>,
    pub(super) token_ttl: Option<Written<Duration>>,
    pub(super) jti: Option<Written<bool>>,
    pub(super) claims: Vec<(String, Written<Value>)>,
    pub(super) limits: Option<Written<Vec<Limit>>>,
    pub(super) concurrency: Option<Written<NonZeroUsize>>,
    pub(super) timeout: Option<Written<Duration>>,
    pub(super) ca_file: Option<Written<PathBuf>>,
    pub(super) defaults: BTreeMap<Field, Written<String>>,
    pub(super) columns: BTreeMap<Field, Written<String>>,
}

impl ConfigFile {
    /// Reads a config; `None` when there is none at that place.
    ///
    /// # Errors
    /// When it can't be read, or anything in it is not as it must be.
    pub(super) fn read(path: &Path, home: Option<&Path>) -> Result<Option<Self>, SettingsError> {
        match std::fs::read_to_string(path).map(Zeroizing::new) {
            Ok(text) => Self::parse(path, &text, home).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(SettingsError::Unreadable { path: path.to_owned(), source }),
        }
    }

    /// Reads a config's text; relative paths in it start at the directory of `path`.
    ///
    /// # Errors
    /// When anything in it is not as it must be.
    pub(super) fn parse(path: &Path, text: &str, home: Option<&Path>) -> Result<Self, SettingsError> {
        let file: Arc<Path> = path.into();
        let entries = table::parse(&file, text)?;
        let outermost = Table::outermost(&file, text, entries.get_ref());
        outermost.refuse_unknown(&[DEFAULT_PROFILE, PROFILES, MAPPING])?;
        let places = Places { base: path.parent().unwrap_or(Path::new("")), home };
        let mut profiles = BTreeMap::new();
        if let Some(tables) = outermost.table(PROFILES)? {
            for (name, ..) in tables.value.entries() {
                if let Some(profile) = tables.value.table(name)? {
                    let table = profile.value.of_profile(name);
                    profiles.insert(name.to_owned(), read_profile(&table, profile.line, &places)?);
                }
            }
        }
        let mut mappings = BTreeMap::new();
        if let Some(tables) = outermost.table(MAPPING)? {
            for (name, ..) in tables.value.entries() {
                if let Some(mapping) = tables.value.table(name)? {
                    let source = tables.value.source(mapping.line);
                    mappings.insert(name.to_owned(), Sourced::new(read_mapping(&mapping.value)?, source));
                }
            }
        }
        let default_profile = outermost.read(DEFAULT_PROFILE, |found| value::text(table::string(found)?))?;
        let config = Self { path: Arc::clone(&file), default_profile, profiles, mappings };
        if let Some(name) = &config.default_profile {
            config.profile(&name.value, || Source::File { file, line: name.line })?;
        }
        Ok(config)
    }

    /// The profile of that name.
    ///
    /// # Errors
    /// When there is none, with the nearest name and all the others.
    pub(super) fn profile(
        &self,
        name: &str,
        named_by: impl FnOnce() -> Source,
    ) -> Result<&ProfileConfig, SettingsError> {
        self.profiles.get(name).ok_or_else(|| {
            let named_by = named_by();
            let is_in_config = matches!(named_by, Source::File { .. });
            SettingsError::UnknownProfile {
                name: name.to_owned(),
                config: (!is_in_config).then(|| self.path.to_path_buf()),
                named_by,
                known: self.profiles.keys().cloned().collect(),
            }
        })
    }

    /// Whether a secret stands in it that opens anything beyond this machine. Plain http is for loopback alone: such a
    /// profile is a sandbox's, and its secret invented.
    pub(super) fn holds_a_secret(&self) -> bool {
        self.profiles.values().any(|profile| {
            let is_inline = |secret: &Written<SecretSource>| matches!(secret.value, SecretSource::Inline(_));
            let stays_here = profile.host.as_ref().is_some_and(|host| host.value.scheme() == "http");
            profile.secret.as_ref().is_some_and(is_inline) && !stays_here
        })
    }
}

/// Where paths of a config start.
struct Places<'a> {
    base: &'a Path,
    home: Option<&'a Path>,
}

impl Places<'_> {
    fn path(&self, text: &str) -> Result<PathBuf, ValueError> {
        value::path(text, self.base, self.home)
    }
}

fn read_profile(table: &Table<'_>, line: usize, places: &Places<'_>) -> Result<ProfileConfig, SettingsError> {
    table.refuse_unknown(&Key::ALL.map(Key::name))?;
    Ok(ProfileConfig {
        line,
        host: read_text(table, Key::Host, value::host)?,
        bot_id: read_text(table, Key::BotId, value::path_id)?,
        api_version: read_text(table, Key::ApiVersion, value::api_version)?,
        client_id: read_text(table, Key::ClientId, value::id)?,
        secret: read_secret(table, places)?,
        algorithm: read_text(table, Key::Algorithm, value::algorithm)?,
        private_key_file: read_text(table, Key::PrivateKeyFile, |text| places.path(text))?,
        subject: read_text(table, Key::Subject, value::text)?,
        token_ttl: read_text(table, Key::TokenTtl, value::token_ttl)?,
        jti: table.read(Key::Jti.name(), table::boolean)?,
        claims: read_claims(table)?,
        limits: table.read(Key::Limits.name(), read_limits)?,
        concurrency: table.read(Key::Concurrency.name(), |found| value::concurrency(&table::digits(found)?))?,
        timeout: read_text(table, Key::Timeout, value::duration)?,
        ca_file: read_text(table, Key::CaFile, |text| places.path(text))?,
        defaults: read_fields(table, Key::Defaults, &Field::ALL, read_default)?,
        columns: read_fields(table, Key::Columns, &Field::OF_ROWS, |_, found| value::text(table::string(found)?))?,
    })
}

fn read_text<T>(
    table: &Table<'_>,
    key: Key,
    read: impl FnOnce(&str) -> Result<T, ValueError>,
) -> Result<Option<Written<T>>, SettingsError> {
    table.read(key.name(), |found| read(table::string(found)?))
}

fn read_limits(found: &DeValue<'_>) -> Result<Vec<Limit>, ValueError> {
    table::strings(found)?.into_iter().map(|limit| Ok(limit.parse()?)).collect()
}

fn read_secret(table: &Table<'_>, places: &Places<'_>) -> Result<Option<Written<SecretSource>>, SettingsError> {
    let mut secrets = Vec::new();
    for key in Key::SECRETS {
        if let Some(secret) = table.read(key.name(), |found| secret_source(key, found, places))? {
            secrets.push((key, secret));
        }
    }
    secrets.sort_by_key(|(_, secret)| secret.line);
    let mut secrets = secrets.into_iter();
    let first = secrets.next();
    if let (Some((first, _)), Some((second, written))) = (&first, secrets.next()) {
        return Err(SettingsError::Twice {
            place: table.source(written.line),
            first: first.name(),
            second: second.name(),
        });
    }
    Ok(first.map(|(_, secret)| secret))
}

fn secret_source(key: Key, found: &DeValue<'_>, places: &Places<'_>) -> Result<SecretSource, ValueError> {
    Ok(match key {
        Key::ClientSecretEnv => SecretSource::Environment(value::variable_name(table::string(found)?)?),
        Key::ClientSecretFile => SecretSource::File(places.path(table::string(found)?)?),
        Key::ClientSecretCommand => SecretSource::Command(command(&table::strings(found)?, places)?),
        _ => SecretSource::Inline(SecretString::from(value::text(table::string(found)?)?)),
    })
}

/// A bare program is looked for as a shell would; one with a path starts where other paths of the config do.
fn command(words: &[&str], places: &Places<'_>) -> Result<Vec<OsString>, ValueError> {
    let (program, arguments) = words.split_first().ok_or(ValueError::NoProgram)?;
    if program.trim().is_empty() {
        return Err(ValueError::NoProgram);
    }
    let program = if program.contains(['/', std::path::MAIN_SEPARATOR]) {
        places.path(program)?.into_os_string()
    } else {
        OsString::from(program)
    };
    Ok(std::iter::once(program).chain(arguments.iter().map(OsString::from)).collect())
}

fn read_claims(table: &Table<'_>) -> Result<Vec<(String, Written<Value>)>, SettingsError> {
    let Some(claims) = table.table(Key::Claims.name())? else { return Ok(Vec::new()) };
    let mut read = Vec::new();
    for (name, line, found) in claims.value.entries() {
        let value = value::claim_name(name)
            .map_err(|problem| table.wrong(Key::Claims.name(), line, problem))
            .and_then(|()| table::json(found).map_err(|problem| claims.value.wrong(name, line, problem)))?;
        read.push((name.to_owned(), Written { value, line }));
    }
    Ok(read)
}

/// Only a score may be written as a number: for any other field that would be the wrong field.
fn read_default(field: Field, found: &DeValue<'_>) -> Result<String, ValueError> {
    match field {
        Field::Score => table::number_or_string(found),
        _ => table::string(found).map(str::to_owned),
    }
}

fn read_fields(
    table: &Table<'_>,
    key: Key,
    known: &[Field],
    read: impl Fn(Field, &DeValue<'_>) -> Result<String, ValueError>,
) -> Result<BTreeMap<Field, Written<String>>, SettingsError> {
    let mut fields = BTreeMap::new();
    let Some(table) = table.table(key.name())?.map(|table| table.value) else { return Ok(fields) };
    for (name, line, found) in table.entries() {
        let field = known.iter().copied().find(|field| name == field.key() || name == field.wire_name());
        let field = field.ok_or_else(|| {
            let keys: Vec<_> = known.iter().map(|field| field.key()).collect();
            table.unknown(name, line, &keys)
        })?;
        let value = read(field, found).map_err(|problem| table.wrong(name, line, problem))?;
        if fields.insert(field, Written { value, line }).is_some() {
            return Err(SettingsError::Twice {
                place: table.source(line),
                first: field.key(),
                second: field.wire_name(),
            });
        }
    }
    Ok(fields)
}
