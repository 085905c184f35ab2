//! Reads what mappings and presets have in common: fields, conversions and skip rules.

use super::error::{SettingsError, convert};
use super::raw::Raw;
use super::source::{Source, Sourced};
use super::toml_table::Table;
use super::value::ValueError;
use crate::record::{
    Condition, Conversion, Field, FieldSource, FieldSpec, FoldedSet, MappingSpec, MatchedBy, Scale, SkipRule, Template,
    ValueMap, check_value,
};
use crate::text::excerpt;

pub(super) const FIELDS: &str = "fields";
pub(super) const NO_ANSWER: &str = "no_answer";
pub(super) const SKIP: &str = "skip";
pub(super) const INCLUDE: &str = "include";

pub(super) const COLUMN: &str = "column";
pub(super) const VALUE: &str = "value";
pub(super) const TEMPLATE: &str = "template";
pub(super) const VALUES: &str = "values";
pub(super) const IGNORE_CASE: &str = "ignore_case";
pub(super) const LOWER_CASE: &str = "lower_case";
pub(super) const NUMBER: &str = "number";
pub(super) const LEADING: &str = "leading";
pub(super) const SCALE: &str = "scale";
pub(super) const ROUNDING: &str = "rounding";
pub(super) const INVERT: &str = "invert";
pub(super) const NEEDED: &str = "needed";
/// The keys of a text field.
pub(super) const TEXT_KEYS: [&str; 7] = [COLUMN, VALUE, TEMPLATE, VALUES, IGNORE_CASE, LOWER_CASE, NEEDED];
/// The keys of a score.
pub(super) const SCORE_KEYS: [&str; 10] =
    [COLUMN, VALUE, TEMPLATE, VALUES, IGNORE_CASE, NUMBER, SCALE, ROUNDING, INVERT, NEEDED];

pub(super) const IS: &str = "is";
pub(super) const IS_NOT: &str = "is_not";
pub(super) const REASON: &str = "reason";
pub(super) const KEY: &str = "key";
/// The keys of a skip rule.
pub(super) const SKIP_KEYS: [&str; 5] = [COLUMN, IS, IS_NOT, REASON, KEY];

pub(super) fn read_spec(table: &Table<'_>, by: MatchedBy) -> Result<MappingSpec, SettingsError> {
    let words = |raw: Raw<'_>| Ok(raw.one_or_more()?.into_iter().map(str::to_owned).collect());
    let fields = match table.table(FIELDS)? {
        Some(fields) => {
            let rules = fields.value.fields(&Field::ROW)?.into_iter();
            rules.map(|(field, name, raw)| Ok((field, read_field(&fields.value, name, raw, field, by)?))).collect()
        }
        None => Ok(Default::default()),
    };
    Ok(MappingSpec {
        fields: fields?,
        no_answer: table.value(NO_ANSWER, |raw| Ok(FoldedSet::new(raw.one_or_more()?)))?,
        skip: table.tables(SKIP)?.iter().map(read_skip).collect::<Result<_, _>>()?,
        include: table.value(INCLUDE, words)?.unwrap_or_default(),
    })
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
    table.reject_unknown(if field == Field::Score { &SCORE_KEYS } else { &TEXT_KEYS })?;
    let source = read_source(&table, field)?;
    let conversion = read_conversion(&table)?;
    if let Some(FieldSource::Constant(_)) = source
        && let Some((key, place)) = first_of(&table, &[VALUES, LOWER_CASE, NUMBER, SCALE, INVERT])
    {
        return Err(SettingsError::twice(place, VALUE, key));
    }
    let needed = table.value(NEEDED, Raw::text)?.map(Into::into);
    Ok(FieldSpec { source, conversion, needed, by })
}

fn read_source(table: &Table<'_>, field: Field) -> Result<Option<FieldSource<String>>, SettingsError> {
    let column = table.read(COLUMN, |raw| Ok(FieldSource::Column(raw.text()?)))?;
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

fn read_constant(field: Field, raw: Raw<'_>) -> Result<FieldSource<String>, ValueError> {
    let value = if field == Field::Score { raw.number_or_string()? } else { raw.string()?.to_owned() };
    match check_value(field, &value) {
        Some(problem) => Err(ValueError::InvalidConstant { value: excerpt(&value, 60), problem }),
        None => Ok(FieldSource::Constant(value)),
    }
}

fn read_conversion(table: &Table<'_>) -> Result<Conversion, SettingsError> {
    for (key, needs) in [(ROUNDING, SCALE), (IGNORE_CASE, VALUES)] {
        if let (Some(raw), None) = (table.get(key), table.get(needs)) {
            return Err(SettingsError::value(key, raw.source, ValueError::Without(needs)));
        }
    }
    let boolean = |key| Ok::<_, SettingsError>(table.value(key, Raw::boolean)?.unwrap_or_default());
    let rounding = table.value(ROUNDING, |raw| Ok(raw.string()?.parse()?))?.unwrap_or_default();
    let scale = table.value(SCALE, |raw| Ok(raw.string()?.parse::<Scale>()?))?;
    Ok(Conversion {
        values: read_values(table, boolean(IGNORE_CASE)?)?,
        lower_case: boolean(LOWER_CASE)?,
        leading_number: table.read(NUMBER, read_number_kind)?.is_some(),
        scale: scale.map(|scale| scale.rounded(rounding)),
        invert: boolean(INVERT)?,
    })
}

fn read_number_kind(raw: Raw<'_>) -> Result<(), ValueError> {
    let text = raw.string()?;
    if text == LEADING { Ok(()) } else { Err(ValueError::NotANumberKind(excerpt(text, 40))) }
}

fn read_values(table: &Table<'_>, ignore_case: bool) -> Result<ValueMap, SettingsError> {
    let Some(values) = table.table(VALUES)? else { return Ok(ValueMap::default()) };
    let pair = |(text, raw): (&str, _)| Ok((text.to_owned(), convert(text, raw, Raw::number_or_string)?.value));
    let pairs: Vec<_> = values.value.entries().into_iter().map(pair).collect::<Result<_, SettingsError>>()?;
    let twice =
        |text: String| SettingsError::value(VALUES, values.source.clone(), ValueError::TwoMeanings(excerpt(&text, 60)));
    ValueMap::new(pairs, ignore_case).map_err(twice)
}

fn read_skip(rule: &Sourced<Table<'_>>) -> Result<SkipRule, SettingsError> {
    let table = &rule.value;
    table.reject_unknown(&SKIP_KEYS)?;
    let missing = |key| SettingsError::value(key, rule.source.clone(), ValueError::Required);
    let required = |key| table.value(key, Raw::text)?.ok_or_else(|| missing(key));
    let words = |key| table.read(key, |raw| Ok(FoldedSet::new(raw.one_or_more()?)));
    let (values, is) = match (words(IS)?, words(IS_NOT)?) {
        (Some(_), Some(second)) => return Err(SettingsError::twice(second.source, IS, IS_NOT)),
        (Some(values), None) => (values.value, true),
        (None, Some(values)) => (values.value, false),
        (None, None) => return Err(missing(IS)),
    };
    Ok(SkipRule {
        key: table.value(KEY, Raw::text)?,
        reason: required(REASON)?.into(),
        when: Condition { column: required(COLUMN)?, values, is },
    })
}

/// The first of these keys that the table has, in the order written.
fn first_of(table: &Table<'_>, keys: &[&'static str]) -> Option<(&'static str, Source)> {
    let mut entries = table.entries().into_iter();
    entries.find_map(|(name, raw)| keys.iter().find(|key| **key == name).map(|key| (*key, raw.source)))
}
