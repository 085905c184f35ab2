//! Mappings: those written in the config's `[mapping.NAME]` or in a file, and the built-in presets for well-known exports.
//! Each preset is a file that also serves as an example.

use std::path::Path;

use super::error::SettingsError;
use super::mapping_spec::{FIELDS, INCLUDE, NO_ANSWER, SKIP, read_spec};
use super::raw::Raw;
use super::source::{Source, Sourced};
use super::toml_table::{self, Table};
use crate::record::{MappingSpec, MatchedBy, fold};

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
    toml_table::parse("the mapping", path, text, None, |table| {
        // A copy of a preset still has the preset's own keys. They have no effect.
        table.reject_unknown(&[&MAPPING_KEYS[..], &OWN_KEYS].concat())?;
        read_keys(&table)
    })
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
            Some(name) => preset(&name.value, &name.source)?.spec,
            None => MappingSpec::default(),
        };
        Ok(self.spec.clone().over(base))
    }
}

const NAME: &str = "name";
const ABOUT: &str = "about";
const RECOGNISED_BY: &str = "recognised_by";
/// The keys of a preset that a mapping does not have.
const OWN_KEYS: [&str; 3] = [NAME, ABOUT, RECOGNISED_BY];

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("presets/", $name, ".toml")))),+]
    };
}

/// The name and text of each preset.
const FILES: [(&str, &str); 8] = files!(
    "google-forms",
    "kore-dashboard",
    "medallia-agent-connect",
    "microsoft-forms",
    "qualtrics",
    "surveymonkey",
    "typeform",
    "zendesk-csat",
);

/// A built-in mapping for one kind of export.
#[derive(Debug, Clone)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// The exports it is for, in one sentence.
    pub about: String,
    /// The columns that identify such an export; empty if no columns do.
    pub recognised_by: Vec<String>,
    /// The mapping.
    pub spec: MappingSpec,
    /// The file, to read and copy.
    pub text: &'static str,
}

impl Preset {
    /// Whether the header contains all columns that identify such an export.
    pub fn recognizes(&self, headers: &[String]) -> bool {
        let has = |column: &String| headers.iter().any(|header| fold(header) == fold(column));
        !self.recognised_by.is_empty() && self.recognised_by.iter().all(has)
    }
}

/// All presets, by name.
///
/// # Errors
/// If a preset is invalid; a test excludes that.
pub fn presets() -> Result<Vec<Preset>, SettingsError> {
    FILES.into_iter().map(|(name, text)| read_preset(name, text)).collect()
}

/// Finds a preset by name.
///
/// # Errors
/// If there is none.
pub fn preset(name: &str, named_by: &Source) -> Result<Preset, SettingsError> {
    match FILES.into_iter().find(|(known, _)| *known == name) {
        Some((name, text)) => read_preset(name, text),
        None => {
            let known = FILES.map(|(known, _)| known);
            let hint = format!("the presets are {}", known.join(", "));
            Err(SettingsError::unknown(named_by.clone(), ("preset", name), "", known, hint))
        }
    }
}

fn read_preset(name: &'static str, text: &'static str) -> Result<Preset, SettingsError> {
    toml_table::parse("the preset", Path::new(name), text, None, |table| {
        table.reject_unknown(&[NAME, ABOUT, RECOGNISED_BY, FIELDS, NO_ANSWER, SKIP])?;
        let columns = |raw: Raw<'_>| Ok(raw.strings()?.into_iter().map(str::to_owned).collect());
        Ok(Preset {
            name,
            about: table.value(ABOUT, Raw::text)?.unwrap_or_default(),
            recognised_by: table.value(RECOGNISED_BY, columns)?.unwrap_or_default(),
            spec: read_spec(&table, MatchedBy::Preset)?,
            text,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{FILES, presets};
    use crate::record::Field;

    #[test]
    fn presets_parse_and_match_their_file_names() {
        let presets = presets().unwrap();
        for (preset, (file, text)) in presets.iter().zip(FILES) {
            assert_eq!(preset.name, file);
            let written: toml::Table = toml::from_str(text).unwrap();
            assert_eq!(written["name"].as_str(), Some(file));
            assert!(!preset.about.is_empty(), "{file}");
            // A preset has a rule for each field: its source, or what the user must give.
            assert!(Field::BODY.iter().all(|field| preset.spec.fields.contains_key(field)), "{file}");
            assert!(preset.spec.no_answer.is_some(), "{file}");
            assert!(preset.spec.skip.iter().all(|rule| rule.key.is_some()), "{file}");
        }
    }

    #[test]
    fn every_preset_is_a_valid_mapping_file() {
        for preset in presets().unwrap() {
            let mapping = super::parse_mapping("mine.toml".as_ref(), preset.text).unwrap();
            let mut spec = mapping.full_spec().unwrap();
            spec.fields.values_mut().for_each(|rule| rule.by = crate::record::MatchedBy::Preset);
            assert_eq!(spec, preset.spec, "{}", preset.name);
        }
    }

    #[test]
    fn no_preset_recognizes_the_export_of_another() {
        let presets = presets().unwrap();
        for preset in presets.iter().filter(|preset| !preset.recognised_by.is_empty()) {
            let recognised: Vec<_> = presets.iter().filter(|other| other.recognizes(&preset.recognised_by)).collect();
            assert!(matches!(recognised[..], [only] if only.name == preset.name), "{}", preset.name);
        }
    }
}
