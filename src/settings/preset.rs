//! The presets: mappings of exports whose columns are known for certain, each a file that reads as an example.

use std::path::Path;
use std::sync::Arc;

use super::error::SettingsError;
use super::mapping::read_description;
use super::source::Source;
use super::table::{self, Table, Written};
use super::value::{self, ValueError};
use crate::record::{DescribedBy, Description, fold};

const NAME: &str = "name";
const ABOUT: &str = "about";
const RECOGNISED_BY: &str = "recognised_by";
/// What a preset says besides a mapping.
pub(super) const OWN_KEYS: [&str; 3] = [NAME, ABOUT, RECOGNISED_BY];
const KEYS: [&str; 6] = [NAME, ABOUT, RECOGNISED_BY, "fields", "no_answer", "skip"];

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../record/presets/", $name, ".toml")))),+]
    };
}

/// Each preset's name and file.
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

/// A mapping of one kind of export.
#[derive(Debug, Clone)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// What it is for, in a sentence.
    pub about: String,
    /// The columns that such an export has all of; none when its columns tell nothing.
    pub recognised_by: Vec<String>,
    /// What it says.
    pub description: Description,
    /// The file, to be read and copied.
    pub text: &'static str,
}

impl Preset {
    /// Whether a header has all the columns that such an export is recognised by.
    pub fn recognizes(&self, headers: &[String]) -> bool {
        let has = |column: &String| headers.iter().any(|header| fold(header) == fold(column));
        !self.recognised_by.is_empty() && self.recognised_by.iter().all(has)
    }
}

/// All presets, by name.
///
/// # Errors
/// When one of them is not as it must be.
pub fn presets() -> Result<Vec<Preset>, SettingsError> {
    FILES.into_iter().map(|(name, text)| read(name, text)).collect()
}

/// The preset of that name.
///
/// # Errors
/// When there is none, with the nearest name and all others.
pub fn preset(name: &str, named_by: impl FnOnce() -> Source) -> Result<Preset, SettingsError> {
    match FILES.into_iter().find(|(known, _)| *known == name) {
        Some((name, text)) => read(name, text),
        None => Err(SettingsError::UnknownPreset {
            name: name.to_owned(),
            named_by: named_by(),
            known: FILES.map(|(known, _)| known).to_vec(),
        }),
    }
}

fn read(name: &'static str, text: &'static str) -> Result<Preset, SettingsError> {
    let file: Arc<Path> = Path::new(name).into();
    let entries = table::parse(&file, text)?;
    let table = Table::named("the preset", &file, text, entries.get_ref());
    table.refuse_unknown(&KEYS)?;
    let said = |key| {
        let found: Option<Written<String>> = table.read(key, |found| value::text(table::string(found)?))?;
        found.map(|found| found.value).ok_or_else(|| table.wrong(key, 1, ValueError::Required))
    };
    said(NAME)?;
    let columns =
        table.read(RECOGNISED_BY, |found| Ok(table::strings(found)?.into_iter().map(str::to_owned).collect()))?;
    Ok(Preset {
        name,
        about: said(ABOUT)?,
        recognised_by: columns.map(|columns| columns.value).unwrap_or_default(),
        description: read_description(&table, DescribedBy::Preset)?,
        text,
    })
}

#[cfg(test)]
mod tests {
    use super::{FILES, presets};
    use crate::record::Field;

    #[test]
    fn every_preset_reads_and_is_called_as_its_file() {
        let presets = presets().unwrap();
        for (preset, (file, text)) in presets.iter().zip(FILES) {
            assert_eq!(preset.name, file);
            let written: toml::Table = toml::from_str(text).unwrap();
            assert_eq!(written["name"].as_str(), Some(file));
            // A preset says of each field where it comes from, or that it has to be given.
            assert!(Field::ALL.iter().all(|field| preset.description.fields.contains_key(field)), "{file}");
            assert!(preset.description.no_answer.is_some(), "{file}");
            assert!(preset.description.skip.iter().all(|rule| rule.key.is_some()), "{file}");
        }
    }

    #[test]
    fn every_preset_is_a_mapping_file_to_begin_with() {
        for preset in presets().unwrap() {
            let mapping = crate::settings::parse_mapping("mine.toml".as_ref(), preset.text).unwrap();
            let mut description = mapping.description().unwrap();
            description.fields.values_mut().for_each(|rule| rule.by = crate::record::DescribedBy::Preset);
            assert_eq!(description, preset.description, "{}", preset.name);
        }
    }

    #[test]
    fn no_preset_takes_the_export_of_another_for_its_own() {
        let presets = presets().unwrap();
        for preset in presets.iter().filter(|preset| !preset.recognised_by.is_empty()) {
            let recognised: Vec<_> = presets.iter().filter(|other| other.recognizes(&preset.recognised_by)).collect();
            assert!(matches!(recognised[..], [only] if only.name == preset.name), "{}", preset.name);
        }
    }
}
