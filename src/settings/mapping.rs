//! Mappings: those written in the config's `[mapping.NAME]` or in a file, and the built-in presets for well-known exports.
//! Each preset is a file that also serves as an example.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::{SettingsError, convert};
use super::raw::Raw;
use super::source::{Source, Sourced};
use super::source_options::{FILE, read_source_options};
use super::toml_table::{self, Table};
use super::value::ValueError;
use crate::record::{
    Clause, Conversion, DateForm, DecimalSign, Field, FieldSource, FieldSpec, FoldedSet, MAX_RECORDS, MappingSpec,
    MatchedBy, RecordSpec, Scale, SkipRule, TO_FILL_IN, Template, ValueMap, check_value, fold,
};
use crate::source::SourceOptions;
use crate::text::excerpt;

pub(super) const PRESET: &str = "preset";
/// The keys of a mapping.
pub(super) const MAPPING_KEYS: [&str; 8] = [FILE, FIELDS, RECORDS, NO_ANSWER, FILTER, SKIP, INCLUDE, PRESET];

/// One mapping as it is written.
#[derive(Debug, Clone)]
pub struct MappingConfig {
    pub(super) spec: MappingSpec,
    /// How the file is read.
    pub(super) source: SourceOptions,
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
    Ok(MappingConfig {
        spec: read_spec(table, MatchedBy::Mapping)?,
        source: read_source_options(table)?,
        preset: table.read(PRESET, Raw::text)?,
    })
}

impl MappingConfig {
    /// The mapping, merged over the preset that it extends.
    ///
    /// # Errors
    /// If there is no such preset.
    pub fn full_spec(&self) -> Result<MappingSpec, SettingsError> {
        let base = self.base()?.map(|preset| preset.spec).unwrap_or_default();
        Ok(self.spec.clone().over(base))
    }

    /// How the file is read, merged the same way.
    ///
    /// # Errors
    /// If there is no such preset.
    pub fn full_source(&self) -> Result<SourceOptions, SettingsError> {
        let base = self.base()?.map(|preset| preset.source).unwrap_or_default();
        Ok(self.source.clone().over(base))
    }

    fn base(&self) -> Result<Option<Preset>, SettingsError> {
        self.preset.as_ref().map(|name| preset(&name.value, &name.source)).transpose()
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
    /// How the file is read.
    pub source: SourceOptions,
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
        table.reject_unknown(&[NAME, ABOUT, RECOGNISED_BY, FILE, FIELDS, NO_ANSWER, SKIP])?;
        let columns = |raw: Raw<'_>| Ok(raw.strings()?.into_iter().map(str::to_owned).collect());
        Ok(Preset {
            name,
            about: table.value(ABOUT, Raw::text)?.unwrap_or_default(),
            recognised_by: table.value(RECOGNISED_BY, columns)?.unwrap_or_default(),
            spec: read_spec(&table, MatchedBy::Preset)?,
            source: read_source_options(&table)?,
            text,
        })
    })
}

pub(super) const FIELDS: &str = "fields";
pub(super) const NO_ANSWER: &str = "no_answer";
pub(super) const FILTER: &str = "filter";
pub(super) const RECORDS: &str = "records";
pub(super) const SKIP: &str = "skip";
pub(super) const INCLUDE: &str = "include";

pub(super) const COLUMN: &str = "column";
pub(super) const VALUE: &str = "value";
pub(super) const TEMPLATE: &str = "template";
pub(super) const VALUES: &str = "values";
pub(super) const TRIM: &str = "trim";
pub(super) const IGNORE_CASE: &str = "ignore_case";
pub(super) const LOWER_CASE: &str = "lower_case";
pub(super) const NUMBER: &str = "number";
pub(super) const LEADING: &str = "leading";
pub(super) const DECIMAL: &str = "decimal";
pub(super) const SCALE: &str = "scale";
pub(super) const ROUNDING: &str = "rounding";
pub(super) const INVERT: &str = "invert";
pub(super) const NEEDED: &str = "needed";
/// The keys of a text field.
pub(super) const TEXT_KEYS: [&str; 8] = [COLUMN, VALUE, TEMPLATE, TRIM, VALUES, IGNORE_CASE, LOWER_CASE, NEEDED];
/// The keys of the type and the bot: blanks are no part of them.
pub(super) const NAME_KEYS: [&str; 7] = [COLUMN, VALUE, TEMPLATE, VALUES, IGNORE_CASE, LOWER_CASE, NEEDED];
/// The keys of a score.
pub(super) const SCORE_KEYS: [&str; 11] =
    [COLUMN, VALUE, TEMPLATE, VALUES, IGNORE_CASE, NUMBER, DECIMAL, SCALE, ROUNDING, INVERT, NEEDED];

pub(super) const IS: &str = "is";
pub(super) const IS_NOT: &str = "is_not";
pub(super) const WHEN: &str = "when";
pub(super) const DATE: &str = "date";
pub(super) const REASON: &str = "reason";
pub(super) const KEY: &str = "key";
/// The keys of a skip rule.
pub(super) const SKIP_KEYS: [&str; 7] = [COLUMN, IS, IS_NOT, WHEN, DATE, REASON, KEY];
/// The keys of a filter.
pub(super) const FILTER_KEYS: [&str; 5] = [COLUMN, IS, IS_NOT, WHEN, DATE];

pub(super) fn read_spec(table: &Table<'_>, by: MatchedBy) -> Result<MappingSpec, SettingsError> {
    let words = |raw: Raw<'_>| Ok(raw.one_or_more()?.into_iter().map(str::to_owned).collect());
    let fields = table.table(FIELDS)?.map(|fields| read_fields(&fields.value, &[], by));
    Ok(MappingSpec {
        fields: fields.transpose()?.unwrap_or_default(),
        records: read_records(table, by)?,
        no_answer: read_no_answer(table)?,
        filters: table.tables(FILTER)?.iter().map(read_filter).collect::<Result<_, _>>()?,
        skip: table.tables(SKIP)?.iter().map(read_skip).collect::<Result<_, _>>()?,
        include: table.value(INCLUDE, words)?.unwrap_or_default(),
    })
}

/// Reads the rules of all fields of a table that may also have other keys.
fn read_fields(
    table: &Table<'_>,
    others: &[&'static str],
    by: MatchedBy,
) -> Result<BTreeMap<Field, FieldSpec>, SettingsError> {
    let rules = table.fields(&Field::ROW, others)?.into_iter();
    rules.map(|(field, name, raw)| Ok((field, read_field(table, name, raw, field, by)?))).collect()
}

fn read_records(table: &Table<'_>, by: MatchedBy) -> Result<Vec<RecordSpec>, SettingsError> {
    let records = table.tables(RECORDS)?;
    if let Some(surplus) = records.get(MAX_RECORDS) {
        return Err(SettingsError::value(RECORDS, surplus.source.clone(), ValueError::TooManyRecords));
    }
    let read = |record: &Sourced<Table<'_>>| {
        let fields = read_fields(&record.value, &[NO_ANSWER], by)?;
        Ok(RecordSpec { fields, no_answer: read_no_answer(&record.value)? })
    };
    records.iter().map(read).collect()
}

fn read_no_answer(table: &Table<'_>) -> Result<Option<FoldedSet>, SettingsError> {
    table.value(NO_ANSWER, |raw| Ok(FoldedSet::new(raw.one_or_more()?)))
}

/// Reads the rule of a field. A string alone is the name of a column.
fn read_field<'a>(
    fields: &Table<'a>,
    name: &str,
    raw: Sourced<Raw<'a>>,
    field: Field,
    by: MatchedBy,
) -> Result<FieldSpec, SettingsError> {
    if raw.value.string().is_ok() {
        let source = Some(FieldSource::Column(convert(name, raw, Raw::text)?.value));
        return Ok(FieldSpec { source, conversion: Conversion::default(), needed: None, by });
    }
    let table = fields.as_table(name, raw)?.value;
    table.reject_unknown(match field {
        Field::Score => &SCORE_KEYS,
        Field::Type | Field::BotId => &NAME_KEYS,
        _ => &TEXT_KEYS,
    })?;
    let source = read_source(&table, field)?;
    let conversion = read_conversion(&table, field)?;
    if let Some(FieldSource::Constant(_)) = source
        && let Some((key, place)) = first_of(&table, &[TRIM, VALUES, LOWER_CASE, NUMBER, DECIMAL, SCALE, INVERT])
    {
        return Err(SettingsError::twice(place, VALUE, key));
    }
    let needed = table.value(NEEDED, Raw::text)?.map(Into::into);
    Ok(FieldSpec { source, conversion, needed, by })
}

fn read_source(table: &Table<'_>, field: Field) -> Result<Option<FieldSource<String>>, SettingsError> {
    let column = table.read(COLUMN, read_columns)?;
    let constant = table.read(VALUE, |raw| read_constant(field, raw))?;
    let template = table.read(TEMPLATE, |raw| Ok(FieldSource::Template(Template::new(raw.string()?)?)))?;
    let origins = [(COLUMN, column), (VALUE, constant), (TEMPLATE, template)];
    let mut set: Vec<_> = origins.into_iter().filter_map(|(key, origin)| Some((key, origin?))).collect();
    set.sort_by_key(|(_, origin)| origin.source.line());
    if let [(first, _), (second, origin), ..] = &set[..] {
        return Err(SettingsError::twice(origin.source.clone(), first, second));
    }
    Ok(set.pop().map(|(_, origin)| origin.value))
}

/// Reads a column, or several of which the first that is not blank is taken.
fn read_columns(raw: Raw<'_>) -> Result<FieldSource<String>, ValueError> {
    let columns = raw.one_or_more()?;
    match columns[..] {
        [column] if !column.trim().is_empty() => Ok(FieldSource::Column(column.to_owned())),
        [_, _, ..] if columns.iter().all(|column| !column.trim().is_empty()) => {
            Ok(FieldSource::FirstOf(columns.into_iter().map(str::to_owned).collect()))
        }
        _ => Err(ValueError::Empty),
    }
}

fn read_constant(field: Field, raw: Raw<'_>) -> Result<FieldSource<String>, ValueError> {
    let value = if field == Field::Score { raw.number_or_string()? } else { raw.string()?.to_owned() };
    match check_value(field, &value) {
        Some(problem) => Err(ValueError::InvalidConstant { value: excerpt(&value, 60), problem }),
        None => Ok(FieldSource::Constant(value)),
    }
}

fn read_conversion(table: &Table<'_>, field: Field) -> Result<Conversion, SettingsError> {
    for (key, needs) in [(ROUNDING, SCALE), (IGNORE_CASE, VALUES)] {
        if let (Some(raw), None) = (table.get(key), table.get(needs)) {
            return Err(SettingsError::value(key, raw.source, ValueError::Without(needs)));
        }
    }
    let boolean = |key| Ok::<_, SettingsError>(table.value(key, Raw::boolean)?.unwrap_or_default());
    let rounding = table.value(ROUNDING, |raw| Ok(raw.string()?.parse()?))?.unwrap_or_default();
    let scale = table.value(SCALE, |raw| Ok(raw.string()?.parse::<Scale>()?))?;
    Ok(Conversion {
        keep_blanks: table.value(TRIM, Raw::boolean)? == Some(false),
        values: read_values(table, field, boolean(IGNORE_CASE)?)?,
        lower_case: boolean(LOWER_CASE)?,
        leading_number: table.read(NUMBER, read_number_kind)?.is_some(),
        decimal: table.value(DECIMAL, read_decimal)?,
        scale: scale.map(|scale| scale.rounded(rounding)),
        invert: boolean(INVERT)?,
    })
}

fn read_number_kind(raw: Raw<'_>) -> Result<(), ValueError> {
    let text = raw.string()?;
    if text == LEADING { Ok(()) } else { Err(ValueError::NotANumberKind(excerpt(text, 40))) }
}

fn read_decimal(raw: Raw<'_>) -> Result<DecimalSign, ValueError> {
    let text = raw.string()?;
    text.parse().map_err(|_| ValueError::NotADecimalSign(excerpt(text, 40)))
}

fn read_values(table: &Table<'_>, field: Field, ignore_case: bool) -> Result<ValueMap, SettingsError> {
    let Some(values) = table.table(VALUES)? else { return Ok(ValueMap::default()) };
    let meaning = |raw: Raw<'_>| {
        let meaning = raw.number_or_string()?;
        match check_value(field, &meaning).filter(|_| field == Field::Score) {
            Some(_) if meaning == TO_FILL_IN => Err(ValueError::ToFillIn),
            Some(problem) => Err(ValueError::InvalidConstant { value: excerpt(&meaning, 60), problem }),
            None => Ok(meaning),
        }
    };
    let pair = |(text, raw): (&str, _)| Ok((text.to_owned(), convert(&excerpt(text, 60), raw, meaning)?.value));
    let pairs: Vec<_> = values.value.entries().into_iter().map(pair).collect::<Result<_, SettingsError>>()?;
    let twice =
        |text: String| SettingsError::value(VALUES, values.source.clone(), ValueError::TwoMeanings(excerpt(&text, 60)));
    ValueMap::new(pairs, ignore_case).map_err(twice)
}

fn read_skip(rule: &Sourced<Table<'_>>) -> Result<SkipRule, SettingsError> {
    let table = &rule.value;
    table.reject_unknown(&SKIP_KEYS)?;
    let when = read_clause(rule)?;
    Ok(SkipRule { key: table.value(KEY, Raw::text)?, reason: required(rule, REASON)?.into(), when })
}

fn read_filter(rule: &Sourced<Table<'_>>) -> Result<Clause, SettingsError> {
    rule.value.reject_unknown(&FILTER_KEYS)?;
    read_clause(rule)
}

fn missing(rule: &Sourced<Table<'_>>, key: &str) -> SettingsError {
    SettingsError::value(key, rule.source.clone(), ValueError::Required)
}

fn required(rule: &Sourced<Table<'_>>, key: &str) -> Result<String, SettingsError> {
    rule.value.value(key, Raw::text)?.ok_or_else(|| missing(rule, key))
}

/// Reads `when`, or a column and its values.
fn read_clause(rule: &Sourced<Table<'_>>) -> Result<Clause, SettingsError> {
    let table = &rule.value;
    let form = |raw: Raw<'_>| {
        let text = raw.string()?;
        DateForm::new(text).ok_or_else(|| ValueError::NotADateForm(excerpt(text, 40)))
    };
    let form = table.read(DATE, form)?;
    let dates = form.as_ref().map(|form| &form.value);
    if let Some(clause) = table.value(WHEN, |raw| Ok(Clause::parse(raw.string()?, dates)?))? {
        let other = first_of(table, &[COLUMN, IS, IS_NOT]);
        return other.map_or(Ok(clause), |(key, place)| Err(SettingsError::twice(place, WHEN, key)));
    }
    if let Some(form) = form {
        return Err(SettingsError::value(DATE, form.source, ValueError::Without(WHEN)));
    }
    let words = |key| table.read(key, |raw| Ok(FoldedSet::new(raw.one_or_more()?)));
    let (values, is) = match (words(IS)?, words(IS_NOT)?) {
        (Some(_), Some(second)) => return Err(SettingsError::twice(second.source, IS, IS_NOT)),
        (Some(values), None) => (values.value, true),
        (None, Some(values)) => (values.value, false),
        (None, None) => return Err(missing(rule, if table.get(COLUMN).is_some() { IS } else { WHEN })),
    };
    Ok(Clause::values(&required(rule, COLUMN)?, values, is))
}

/// The first of these keys that the table has, in the order written.
fn first_of(table: &Table<'_>, keys: &[&'static str]) -> Option<(&'static str, Source)> {
    let mut entries = table.entries().into_iter();
    entries.find_map(|(name, raw)| keys.iter().find(|key| **key == name).map(|key| (*key, raw.source)))
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
