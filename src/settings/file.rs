//! Reads the config. Every key of every profile is validated, including profiles that are not used.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use secrecy::zeroize::Zeroizing;

use super::credential::SecretSource;
use super::error::{SettingsError, convert, known_names};
use super::layer::{Claims, FieldTexts, Key, Layer};
use super::mapping::{MappingConfig, read_mapping};
use super::raw::Raw;
use super::source::{Source, Sourced};
use super::toml_table::{self, Table};
use super::value::{self, ValueError};
use crate::record::Field;

/// The profile that is used if none is named.
pub(super) const DEFAULT_PROFILE: &str = "default_profile";
/// The table of profiles.
pub(super) const PROFILES: &str = "profiles";
/// The table of mappings.
pub(super) const MAPPING: &str = "mapping";

#[derive(Debug)]
pub(super) struct ConfigFile {
    pub(super) path: Arc<Path>,
    pub(super) default_profile: Option<Sourced<String>>,
    pub(super) profiles: BTreeMap<String, Profile>,
    pub(super) mappings: BTreeMap<String, Sourced<MappingConfig>>,
}

#[derive(Debug)]
pub(super) struct Profile {
    /// Where the profile starts.
    pub(super) source: Source,
    pub(super) layer: Layer,
}

impl ConfigFile {
    /// Reads the config at this path; `None` if there is no file.
    pub(super) fn read(path: &Path, home: Option<&Path>) -> Result<Option<Self>, SettingsError> {
        match std::fs::read_to_string(path).map(Zeroizing::new) {
            Ok(text) => Self::parse(path, &text, home).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(SettingsError::Unreadable { what: "config", path: path.to_owned(), source }),
        }
    }

    /// Parses a config. Relative paths in it start at the directory of `path`.
    pub(super) fn parse(path: &Path, text: &str, home: Option<&Path>) -> Result<Self, SettingsError> {
        toml_table::parse("the config", path, text, home, |root| Self::read_root(path, &root))
    }

    fn read_root(path: &Path, root: &Table<'_>) -> Result<Self, SettingsError> {
        root.reject_unknown(&[DEFAULT_PROFILE, PROFILES, MAPPING])?;
        let profiles = root.named_tables(PROFILES)?.into_iter().map(|(name, table)| {
            let layer = read_profile(&table.value.of_profile(name))?;
            Ok((name.to_owned(), Profile { source: table.source, layer }))
        });
        let profiles = profiles.collect::<Result<_, SettingsError>>()?;
        let mappings = root.named_tables(MAPPING)?.into_iter().map(|(name, table)| {
            let mapping = read_mapping(&table.value)?;
            Ok((name.to_owned(), Sourced::new(mapping, table.source)))
        });
        let mappings = mappings.collect::<Result<_, SettingsError>>()?;
        let default_profile = root.read(DEFAULT_PROFILE, Raw::text)?;
        let config = Self { path: path.into(), default_profile, profiles, mappings };
        if let Some(name) = &config.default_profile {
            config.profile(name)?;
        }
        Ok(config)
    }

    /// Finds a profile by name.
    pub(super) fn profile(&self, name: &Sourced<String>) -> Result<&Profile, SettingsError> {
        let unknown = || {
            let searched = match name.source {
                Source::File { .. } => String::new(),
                _ => format!(" in {}", self.path.display()),
            };
            let hint = known_names("profile", self.profiles.keys(), "add a [profiles.NAME] to the config");
            let known = self.profiles.keys().map(String::as_str);
            SettingsError::unknown(name.source.clone(), ("profile", &name.value), &searched, known, hint)
        };
        self.profiles.get(&name.value).ok_or_else(unknown)
    }

    /// Whether the file contains a secret that is valid beyond this machine. Plain http is allowed for loopback only: such
    /// a profile belongs to a sandbox, and its secret is made up.
    pub(super) fn contains_secret(&self) -> bool {
        self.profiles.values().any(|Profile { layer, .. }| {
            let is_inline = |secret: &Sourced<SecretSource>| matches!(secret.value, SecretSource::Inline(_));
            let is_sandbox = layer.host.as_ref().is_some_and(|host| host.value.scheme() == "http");
            layer.secret.as_ref().is_some_and(is_inline) && !is_sandbox
        })
    }
}

fn read_profile(table: &Table<'_>) -> Result<Layer, SettingsError> {
    let keys: Vec<_> = Key::ALL.iter().map(|key| key.name()).collect();
    table.reject_unknown(&keys)?;
    Ok(Layer {
        claims: read_claims(table)?,
        defaults: read_fields(table, Key::Defaults, &Field::BODY, read_default)?,
        columns: read_fields(table, Key::Columns, &Field::ROW, |_, raw| raw.text())?,
        ..Layer::read(|key| Ok(table.get(key.name())))?
    })
}

fn read_claims(table: &Table<'_>) -> Result<Claims, SettingsError> {
    let Some(claims) = table.table(Key::Claims.name())? else { return Ok(Claims::new()) };
    let read = |(name, raw): (&str, Sourced<Raw<'_>>)| match value::claim_name(name) {
        Ok(()) => Ok((name.to_owned(), convert(name, raw, Raw::json)?)),
        Err(problem) => Err(SettingsError::value(Key::Claims.name(), raw.source, problem)),
    };
    claims.value.entries().into_iter().map(read).collect()
}

/// Only a score may be written as a number. For any other field, a number is most likely meant for the score.
fn read_default(field: Field, raw: Raw<'_>) -> Result<String, ValueError> {
    match field {
        Field::Score => raw.number_or_string(),
        _ => raw.string().map(str::to_owned),
    }
}

fn read_fields(
    table: &Table<'_>,
    key: Key,
    known: &[Field],
    read: impl Fn(Field, Raw<'_>) -> Result<String, ValueError>,
) -> Result<FieldTexts, SettingsError> {
    let Some(table) = table.table(key.name())? else { return Ok(FieldTexts::new()) };
    let fields = table.value.fields(known, &[])?.into_iter();
    fields.map(|(field, name, raw)| Ok((field, convert(name, raw, |raw| read(field, raw))?))).collect()
}
