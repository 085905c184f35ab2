//! Mappings as they are written: in the config's `[mapping.NAME]`, in a file of their own, or in a preset.

use std::path::Path;
use std::sync::Arc;

use super::error::SettingsError;
use super::resolved::Settings;
use super::source::Source;
use super::table::{self, Table, Written};
use super::value::{self, ValueError};
use super::{Context, preset};
use crate::record::{
    Conversion, DescribedBy, Description, Field, FieldRule, Origin, Scale, SkipRule, Template, ValueMap, Words,
    check_value,
};
use crate::text::excerpt;

const FIELDS: &str = "fields";
const NO_ANSWER: &str = "no_answer";
const SKIP: &str = "skip";
const INCLUDE: &str = "include";
const PRESET: &str = "preset";
/// The keys of a mapping.
pub(super) const MAPPING_KEYS: [&str; 5] = [FIELDS, NO_ANSWER, SKIP, INCLUDE, PRESET];

const COLUMN: &str = "column";
const VALUE: &str = "value";
const TEMPLATE: &str = "template";
const VALUES: &str = "values";
const IGNORE_CASE: &str = "ignore_case";
const LOWER_CASE: &str = "lower_case";
const NUMBER: &str = "number";
const SCALE: &str = "scale";
const ROUNDING: &str = "rounding";
const INVERT: &str = "invert";
const NEEDED: &str = "needed";
/// The keys of a field that is text.
pub(super) const TEXT_KEYS: [&str; 7] = [COLUMN, VALUE, TEMPLATE, VALUES, IGNORE_CASE, LOWER_CASE, NEEDED];
/// The keys of a score.
pub(super) const SCORE_KEYS: [&str; 10] =
    [COLUMN, VALUE, TEMPLATE, VALUES, IGNORE_CASE, NUMBER, SCALE, ROUNDING, INVERT, NEEDED];

const IS: &str = "is";
const IS_NOT: &str = "is_not";
const REASON: &str = "reason";
const KEY: &str = "key";
/// The keys of a skip rule.
pub(super) const SKIP_KEYS: [&str; 5] = [COLUMN, IS, IS_NOT, REASON, KEY];

/// One mapping, as it is written.
#[derive(Debug, Clone)]
pub struct MappingConfig {
    /// What it says itself.
    pub(super) description: Description,
    /// The preset that it builds on.
    pub(super) preset: Option<(String, Source)>,
}

/// Reads a mapping file.
///
/// # Errors
/// When it is no TOML, or anything in it is not as it must be: with file, line and key.
pub fn parse_mapping(path: &Path, text: &str) -> Result<MappingConfig, SettingsError> {
    let file: Arc<Path> = path.into();
    let entries = table::parse(&file, text)?;
    let table = Table::named("the mapping", &file, text, entries.get_ref());
    // A file that began as a preset says so, and that's all it does.
    table.refuse_unknown(&[&MAPPING_KEYS[..], &preset::OWN_KEYS].concat())?;
    read_mapping_keys(&table)
}

impl MappingConfig {
    /// What it says, over what its preset says.
    ///
    /// # Errors
    /// When there is no such preset.
    pub fn description(&self) -> Result<Description, SettingsError> {
        let base = match &self.preset {
            Some((name, named_by)) => preset::preset(name, || named_by.clone())?.description,
            None => Description::default(),
        };
        Ok(self.description.clone().over(base))
    }
}

impl Settings {
    /// The mapping of that name in the config, else the one in the file of that name.
    ///
    /// # Errors
    /// When there is neither, or the file is not as it must be.
    pub fn mapping(&self, name: &str, context: &Context) -> Result<MappingConfig, SettingsError> {
        if let Some(mapping) = self.mappings.get(name) {
            return Ok(mapping.value.clone());
        }
        let path =
            value::expand(Path::new(name), &context.working_directory, context.home_directory.as_deref()).map_err(
                |problem| SettingsError::Value { key: name.to_owned(), place: Source::Argument("--mapping"), problem },
            )?;
        match std::fs::read_to_string(&path) {
            Ok(text) => parse_mapping(Path::new(name), &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(SettingsError::UnknownMapping {
                name: name.to_owned(),
                known: self.mappings.keys().cloned().collect(),
            }),
            Err(source) => Err(SettingsError::UnreadableMapping { path, source }),
        }
    }
}

pub(super) fn read_mapping(table: &Table<'_>) -> Result<MappingConfig, SettingsError> {
    table.refuse_unknown(&MAPPING_KEYS)?;
    read_mapping_keys(table)
}

fn read_mapping_keys(table: &Table<'_>) -> Result<MappingConfig, SettingsError> {
    let preset = table.read(PRESET, |found| value::text(table::string(found)?))?;
    let preset = preset.map(|name| {
        let place = table.source(name.line);
        (name.value, place)
    });
    Ok(MappingConfig { description: read_description(table, DescribedBy::Mapping)?, preset })
}

/// What mappings and presets have in common.
pub(super) fn read_description(table: &Table<'_>, by: DescribedBy) -> Result<Description, SettingsError> {
    let mut description = Description::default();
    if let Some(fields) = table.table(FIELDS)? {
        for (name, line, _) in fields.value.entries() {
            let field = Field::OF_ROWS.into_iter().find(|field| name == field.key() || name == field.wire_name());
            let field = field.ok_or_else(|| fields.value.unknown(name, line, &Field::OF_ROWS.map(Field::key)))?;
            let rule = read_field(&fields.value, name, field, by)?;
            if description.fields.insert(field, rule).is_some() {
                let place = table.source(line);
                return Err(SettingsError::Twice { place, first: field.key(), second: field.wire_name() });
            }
        }
    }
    description.no_answer =
        table.read(NO_ANSWER, |found| Ok(Words::new(table::one_or_more(found)?)))?.map(|words| words.value);
    description.skip =
        table.tables(SKIP)?.iter().map(|rule| read_skip(&rule.value, rule.line)).collect::<Result<_, _>>()?;
    let include =
        table.read(INCLUDE, |found| Ok(table::one_or_more(found)?.into_iter().map(str::to_owned).collect()))?;
    description.include = include.map(|words| words.value).unwrap_or_default();
    Ok(description)
}

/// A text alone is a column's name.
fn read_field(fields: &Table<'_>, name: &str, field: Field, by: DescribedBy) -> Result<FieldRule, SettingsError> {
    let column =
        fields.read(name, |found| found.as_str().map(value::text).transpose())?.and_then(|column| column.value);
    if let Some(column) = column {
        return Ok(FieldRule {
            origin: Some(Origin::Column(column)),
            conversion: Conversion::default(),
            needed: None,
            by,
        });
    }
    let Some(table) = fields.table(name)? else {
        return Ok(FieldRule { origin: None, conversion: Conversion::default(), needed: None, by });
    };
    let table = table.value;
    table.refuse_unknown(if field == Field::Score { &SCORE_KEYS } else { &TEXT_KEYS })?;
    let origin = read_origin(&table, field)?;
    let conversion = read_conversion(&table)?;
    if let Some((VALUE, _)) = origin
        && let Some((key, line)) = first_of(&table, &[VALUES, LOWER_CASE, NUMBER, SCALE, INVERT])
    {
        return Err(SettingsError::Twice { place: table.source(line), first: VALUE, second: key });
    }
    let needed = table.read(NEEDED, |found| value::text(table::string(found)?))?;
    Ok(FieldRule {
        origin: origin.map(|(_, origin)| origin),
        conversion,
        needed: needed.map(|needed| needed.value.into()),
        by,
    })
}

fn read_origin(table: &Table<'_>, field: Field) -> Result<Option<(&'static str, Origin)>, SettingsError> {
    let column = table.read(COLUMN, |found| Ok(Origin::Column(value::text(table::string(found)?)?)))?;
    let constant = table.read(VALUE, |found| {
        let value =
            if field == Field::Score { table::number_or_string(found)? } else { table::string(found)?.to_owned() };
        match check_value(field, &value) {
            Some(problem) => Err(ValueError::NoValueOfField { value: excerpt(&value, 60), problem }),
            None => Ok(Origin::Value(value)),
        }
    })?;
    let template = table.read(TEMPLATE, |found| Ok(Origin::Template(Template::new(table::string(found)?)?)))?;
    let mut said: Vec<(&'static str, Written<Origin>)> = [(COLUMN, column), (VALUE, constant), (TEMPLATE, template)]
        .into_iter()
        .filter_map(|(key, origin)| Some((key, origin?)))
        .collect();
    said.sort_by_key(|(_, origin)| origin.line);
    if let [(first, _), (second, origin), ..] = &said[..] {
        return Err(SettingsError::Twice { place: table.source(origin.line), first, second });
    }
    Ok(said.pop().map(|(key, origin)| (key, origin.value)))
}

fn read_conversion(table: &Table<'_>) -> Result<Conversion, SettingsError> {
    let boolean = |key| Ok::<_, SettingsError>(table.read(key, table::boolean)?.is_some_and(|truth| truth.value));
    let rounding = table.read(ROUNDING, |found| Ok(table::string(found)?.parse()?))?;
    let scale = table.read(SCALE, |found| Ok(table::string(found)?.parse::<Scale>()?))?;
    for (key, needs) in [(ROUNDING, SCALE), (IGNORE_CASE, VALUES)] {
        if let (Some((_, line)), None) = (first_of(table, &[key]), first_of(table, &[needs])) {
            return Err(table.wrong(key, line, ValueError::Without(needs)));
        }
    }
    let rounding = rounding.map(|rounding| rounding.value).unwrap_or_default();
    Ok(Conversion {
        values: read_values(table, boolean(IGNORE_CASE)?)?,
        lower_case: boolean(LOWER_CASE)?,
        leading_number: table.read(NUMBER, |found| number_kind(table::string(found)?))?.is_some(),
        scale: scale.map(|scale| scale.value.rounded(rounding)),
        invert: boolean(INVERT)?,
    })
}

fn number_kind(text: &str) -> Result<(), ValueError> {
    if text == "leading" { Ok(()) } else { Err(ValueError::NotANumberKind(excerpt(text, 40))) }
}

fn read_values(table: &Table<'_>, ignore_case: bool) -> Result<ValueMap, SettingsError> {
    let Some(values) = table.table(VALUES)? else { return Ok(ValueMap::default()) };
    let mut pairs = Vec::new();
    for (text, line, found) in values.value.entries() {
        let meaning = table::number_or_string(found).map_err(|problem| values.value.wrong(text, line, problem))?;
        pairs.push((text.to_owned(), meaning));
    }
    let twice = |text: String| table.wrong(VALUES, values.line, ValueError::TwoMeanings(excerpt(&text, 60)));
    ValueMap::new(pairs, ignore_case).map_err(twice)
}

fn read_skip(table: &Table<'_>, line: usize) -> Result<SkipRule, SettingsError> {
    table.refuse_unknown(&SKIP_KEYS)?;
    let text = |key| table.read(key, |found| value::text(table::string(found)?));
    let required = |key, found: Option<Written<String>>| {
        found.map(|found| found.value).ok_or_else(|| table.wrong(key, line, ValueError::Required))
    };
    let words = |key| table.read(key, |found| Ok(Words::new(table::one_or_more(found)?)));
    let (values, when_is) = match (words(IS)?, words(IS_NOT)?) {
        (Some(_), Some(second)) => {
            return Err(SettingsError::Twice { place: table.source(second.line), first: IS, second: IS_NOT });
        }
        (Some(values), None) => (values.value, true),
        (None, Some(values)) => (values.value, false),
        (None, None) => return Err(table.wrong(IS, line, ValueError::Required)),
    };
    Ok(SkipRule {
        key: text(KEY)?.map(|key| key.value),
        column: required(COLUMN, text(COLUMN)?)?,
        values,
        when_is,
        reason: required(REASON, text(REASON)?)?.into(),
    })
}

/// The first of these keys that the table has, and its line.
fn first_of(table: &Table<'_>, keys: &[&'static str]) -> Option<(&'static str, usize)> {
    let mut entries = table.entries().into_iter();
    entries.find_map(|(name, line, _)| keys.iter().find(|key| **key == name).map(|key| (*key, line)))
}
