//! Mappings as they are written, in the config's `[mapping.NAME]` or in a file.

use std::path::Path;
use std::sync::Arc;

use super::error::SettingsError;
use super::mapping_spec::{FIELDS, INCLUDE, NO_ANSWER, SKIP, read_spec};
use super::preset;
use super::raw::Raw;
use super::source::Sourced;
use super::toml_table::{self, Table};
use crate::record::{MappingSpec, MatchedBy};

pub(super) const PRESET: &str = "preset";
/// The keys of a mapping.
pub(super) const MAPPING_KEYS: [&str; 5] = [FIELDS, NO_ANSWER, SKIP, INCLUDE, PRESET];

/// One mapping as it is written.
#[derive(Debug, Clone)]
pub struct MappingConfig {
    pub(super) spec: MappingSpec,
    /// The preset that it extends.
    pub(super) preset: Option<Sourced<String>>,
}

/// Parses a mapping file.
///
/// # Errors
/// If the text is not TOML or not a valid mapping.
pub fn parse_mapping(path: &Path, text: &str) -> Result<MappingConfig, SettingsError> {
    let file: Arc<Path> = path.into();
    let entries = toml_table::parse(&file, text)?;
    let table = Table::root("the mapping", &file, text, entries.get_ref(), None);
    // A copy of a preset still has the preset's own keys. They have no effect.
    table.reject_unknown(&[&MAPPING_KEYS[..], &preset::OWN_KEYS].concat())?;
    read_keys(&table)
}

pub(super) fn read_mapping(table: &Table<'_>) -> Result<MappingConfig, SettingsError> {
    table.reject_unknown(&MAPPING_KEYS)?;
    read_keys(table)
}

fn read_keys(table: &Table<'_>) -> Result<MappingConfig, SettingsError> {
    Ok(MappingConfig { spec: read_spec(table, MatchedBy::Mapping)?, preset: table.read(PRESET, Raw::text)? })
}

impl MappingConfig {
    /// The mapping, merged over the preset that it extends.
    ///
    /// # Errors
    /// If there is no such preset.
    pub fn full_spec(&self) -> Result<MappingSpec, SettingsError> {
        let base = match &self.preset {
            Some(name) => preset::preset(&name.value, &name.source)?.spec,
            None => MappingSpec::default(),
        };
        Ok(self.spec.clone().over(base))
    }
}
