//! From a header and the rules to a mapping.

use std::sync::Arc;

use super::rows::{ColumnFilter, Dedupe, RowRules, Sample, Skip};
use super::{
    ColumnBy, ConstantBy, DedupeRule, Description, FieldSource, Filter, Mapping, MappingError, MappingProblem,
    MappingRules, Origin, REPORT_COLUMNS,
};
use crate::error::nearest;
use crate::record::validate::check_value;
use crate::record::{Conversion, Field, Template, Words, fold};
use crate::source::{find_column, written_name};

impl Mapping {
    /// Where each field would come from, as far as it is known, in the order of [`Field::ALL`].
    pub fn sources(headers: &[String], rules: &MappingRules) -> [Result<FieldSource, MappingProblem>; 7] {
        let resolver = Resolver { headers: &headers[..own_columns(headers)], rules };
        Field::ALL.map(|field| resolver.checked_source(field))
    }

    /// Where the bot would come from; `None` where nothing is said of it.
    pub fn bot_source(headers: &[String], rules: &MappingRules) -> Option<Result<FieldSource, MappingProblem>> {
        let resolver = Resolver { headers: &headers[..own_columns(headers)], rules };
        let source = resolver.checked_source(Field::BotId);
        // What a mapping makes of bots must not be left undone because it doesn't say where they come from.
        let is_left_open = matches!(source, Err(MappingProblem::Unfilled { .. }))
            && !rules.description.fields.contains_key(&Field::BotId);
        (!is_left_open).then_some(source)
    }

    /// Finds each field's column, constant or template, and the bot's in the same way. For a field decide, in this order:
    /// `--map` or `--set`, the mapping or preset, the profile's columns, a header that is the field's name, a header that is
    /// it but for case, `_`, `-` and blanks, the profile's defaults. A constant does not fill the empty cells of a column.
    ///
    /// `delimiter` is what parted the header, for the message about an input read as one column; `None` for inputs
    /// without one.
    ///
    /// # Errors
    /// When a field has no source, or more than one is meant, or a constant is wrong: everything at once.
    pub fn resolve(headers: &[String], delimiter: Option<char>, rules: &MappingRules) -> Result<Self, MappingError> {
        let own = own_columns(headers);
        let resolver = Resolver { headers: &headers[..own], rules };
        let sources = Field::ALL.map(|field| resolver.checked_source(field));
        let bot = Self::bot_source(headers, rules).transpose();
        let mut problems: Vec<_> = sources.iter().filter_map(|source| source.as_ref().err().cloned()).collect();
        problems.extend(bot.as_ref().err().cloned());
        let rows = resolver.rows(&mut problems);
        problems.extend(unknown_includes(&rules.description));
        problems.splice(0..0, resolver.one_column(delimiter, &problems));
        match (sources, bot) {
            ([Ok(a), Ok(b), Ok(c), Ok(d), Ok(e), Ok(f), Ok(g)], Ok(bot)) if problems.is_empty() => {
                let sources = [a, b, c, d, e, f, g];
                let source = |field: Field| sources.get(field as usize).or(bot.as_ref());
                let has_template =
                    sources.iter().chain(&bot).any(|source| matches!(source, FieldSource::Template { .. }));
                let names = || headers[..own].iter().cloned().zip(0..).collect();
                Ok(Self {
                    conversions: Field::OF_ROWS.map(|field| resolver.conversion(field, source(field)?)),
                    names: has_template.then(|| Arc::new(names())),
                    sources,
                    bot,
                    rows,
                    headers: headers.to_vec(),
                    is_failure_report: own < headers.len(),
                })
            }
            _ => Err(MappingError { problems, headers: headers.to_vec() }),
        }
    }
}

/// How many columns of a header are not a failure report's.
pub fn own_columns(headers: &[String]) -> usize {
    let is_failure_report = headers.ends_with(&REPORT_COLUMNS.map(String::from));
    headers.len() - if is_failure_report { REPORT_COLUMNS.len() } else { 0 }
}

struct Resolver<'a> {
    /// The input's own columns.
    headers: &'a [String],
    rules: &'a MappingRules,
}

impl Resolver<'_> {
    fn checked_source(&self, field: Field) -> Result<FieldSource, MappingProblem> {
        let source = self.source(field)?;
        if let FieldSource::Constant { value, by } = &source
            && let Some(kind) = check_value(field, value)
        {
            return Err(MappingProblem::BadConstant { field, value: value.clone(), by: *by, kind });
        }
        Ok(source)
    }

    fn source(&self, field: Field) -> Result<FieldSource, MappingProblem> {
        let Self { rules, .. } = self;
        let given = |pairs: &[(Field, String)]| -> Vec<String> {
            pairs.iter().filter(|(of, _)| *of == field).map(|(_, text)| text.clone()).collect()
        };
        match (&given(&rules.map)[..], &given(&rules.set)[..]) {
            ([], []) => {}
            ([column], []) => return self.named(field, column, ColumnBy::Map),
            ([], [value]) => return Ok(FieldSource::Constant { value: value.clone(), by: ConstantBy::Set }),
            (columns, values) => {
                let columns = columns.iter().map(|column| format!("--map {field}={column}"));
                let values = values.iter().map(|value| format!("--set {field}={value}"));
                return Err(MappingProblem::GivenTwice { field, options: columns.chain(values).collect() });
            }
        }
        let described = rules.description.fields.get(&field);
        if let Some((origin, by)) = described.and_then(|rule| Some((rule.origin.as_ref()?, rule.by))) {
            return match origin {
                Origin::Column(column) => self.named(field, column, by.into()),
                Origin::Value(value) => Ok(FieldSource::Constant { value: value.clone(), by: by.into() }),
                Origin::Template(template) => {
                    self.ensure_columns(field, template)?;
                    Ok(FieldSource::Template { template: template.clone(), by })
                }
            };
        }
        if let Some(column) = rules.columns.get(&field) {
            return self.named(field, column, ColumnBy::Profile);
        }
        if let Some(found) = self.by_own_name(field).filter(|_| described.is_none()) {
            return found;
        }
        let default = rules.defaults.get(&field).cloned();
        let needed = || described.and_then(|rule| rule.needed.as_deref()).map(str::to_owned);
        default
            .map(|value| FieldSource::Constant { value, by: ConstantBy::Default })
            .ok_or_else(|| MappingProblem::Unfilled { field, needed: needed() })
    }

    /// A constant is what it is; everything else is converted as described.
    fn conversion(&self, field: Field, source: &FieldSource) -> Option<Box<Conversion>> {
        let rule = self.rules.description.fields.get(&field)?;
        let is_constant = matches!(source, FieldSource::Constant { .. });
        (!is_constant && !rule.conversion.is_none()).then(|| Box::new(rule.conversion.clone()))
    }

    fn ensure_columns(&self, field: Field, template: &Template) -> Result<(), MappingProblem> {
        let missing = template.columns().into_iter().find(|name| !self.headers.contains(name));
        missing.map_or(Ok(()), |column| Err(self.no_column_for(format!("the template of {field}"), &column)))
    }

    fn no_column_for(&self, what: String, column: &str) -> MappingProblem {
        MappingProblem::NoSuchColumnFor { what, column: column.to_owned(), nearest: self.nearest(column) }
    }

    fn nearest(&self, column: &str) -> Option<String> {
        nearest(column, self.headers.iter().map(String::as_str)).map(str::to_owned)
    }

    /// The column that the user named.
    fn named(&self, field: Field, column: &str, by: ColumnBy) -> Result<FieldSource, MappingProblem> {
        let exact = self.only(field, by, |header| header == column);
        let similar = || self.only(field, by, |header| fold(header) == fold(column));
        let by_place = || {
            let index = find_column(self.headers, column)?;
            Some(Ok(FieldSource::Column { index, header: self.headers.get(index)?.clone(), by }))
        };
        let found = exact.or_else(similar).or_else(by_place);
        found.unwrap_or_else(|| {
            let nearest = self.nearest(column);
            Err(MappingProblem::NoSuchColumn { field, column: column.to_owned(), by, nearest })
        })
    }

    /// The column that a rule for rows names; the first, if several are called that.
    fn column(&self, column: &str) -> Option<usize> {
        let fits = |fits: &dyn Fn(&String) -> bool| self.headers.iter().position(fits);
        let exact = fits(&|header| header == column);
        exact.or_else(|| fits(&|header| fold(header) == fold(column))).or_else(|| find_column(self.headers, column))
    }

    /// The rules for rows; what is wrong with them joins the other problems.
    fn rows(&self, problems: &mut Vec<MappingProblem>) -> RowRules {
        let MappingRules { description, selection, .. } = self.rules;
        let mut find = |what: String, column: &str| {
            self.column(column).or_else(|| {
                problems.push(self.no_column_for(what, column));
                None
            })
        };
        let filters = group(&selection.filters);
        let filters = filters.into_iter().filter_map(|(filters, written)| {
            let (column, is) = (find("--filter".to_owned(), &filters[0].column)?, filters[0].is);
            let values = Words::new(filters.iter().map(|filter| &filter.value));
            Some(ColumnFilter { column, values, is, written: written.into() })
        });
        let filters = filters.collect();
        let dedupe = selection.dedupe.as_ref().map(|dedupe| match dedupe {
            DedupeRule::Record => Dedupe::Record,
            DedupeRule::Columns(columns) => {
                Dedupe::Columns(columns.iter().filter_map(|column| find("--dedupe-by".to_owned(), column)).collect())
            }
        });
        RowRules {
            no_answer: description.no_answer.clone(),
            skips: skips(description, find),
            filters,
            dedupe,
            rows: selection.rows.clone(),
            sample: selection.sample.map(|size| Sample { size, rows: None }),
            except: selection.except.clone(),
        }
    }

    /// The column whose header is the field's name; where that stands above several columns, none is taken unasked.
    fn by_own_name(&self, field: Field) -> Option<Result<FieldSource, MappingProblem>> {
        let is_name = |header: &str| [field.wire_name(), field.key()].contains(&written_name(self.headers, header));
        let is_similar = |header: &str| Field::from_name(written_name(self.headers, header)) == Some(field);
        self.only(field, ColumnBy::ExactName, is_name).or_else(|| self.only(field, ColumnBy::SimilarName, is_similar))
    }

    /// The one column that fits, an error if there are several, `None` if there are none.
    fn only(
        &self,
        field: Field,
        by: ColumnBy,
        fits: impl Fn(&str) -> bool,
    ) -> Option<Result<FieldSource, MappingProblem>> {
        let fitting: Vec<_> = self.headers.iter().enumerate().filter(|(_, header)| fits(header)).collect();
        match fitting[..] {
            [] => None,
            [(index, header)] => Some(Ok(FieldSource::Column { index, header: header.clone(), by })),
            _ => {
                let columns = fitting.into_iter().map(|(index, header)| (index, header.clone())).collect();
                Some(Err(MappingProblem::Ambiguous { field, columns }))
            }
        }
    }

    /// One column only is suspicious when columns are missing.
    fn one_column(&self, delimiter: Option<char>, problems: &[MappingProblem]) -> Option<MappingProblem> {
        let lacks_columns =
            problems.iter().any(|p| matches!(p, MappingProblem::Unfilled { .. } | MappingProblem::NoSuchColumn { .. }));
        match (self.headers, delimiter) {
            ([header], Some(delimiter)) if lacks_columns => {
                Some(MappingProblem::OneColumn { delimiter, header: header.clone() })
            }
            _ => None,
        }
    }
}

/// Filters for the same column with `=` are one: any of their values will do.
fn group(filters: &[Filter]) -> Vec<(Vec<&Filter>, String)> {
    let mut groups: Vec<Vec<&Filter>> = Vec::new();
    for filter in filters {
        let same = |group: &&mut Vec<&Filter>| filter.is && group[0].is && group[0].column == filter.column;
        match groups.iter_mut().find(same) {
            Some(group) => group.push(filter),
            None => groups.push(vec![filter]),
        }
    }
    let written = |group: &[&Filter]| group.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
    groups.into_iter().map(|group| (group.clone(), written(&group))).collect()
}

/// The skip rules that are not let in.
fn skips(description: &Description, mut find: impl FnMut(String, &str) -> Option<usize>) -> Vec<Skip> {
    let applies = |rule: &&super::SkipRule| !description.include.iter().any(|word| rule.is_called(word));
    let rules = description.skip.iter().filter(applies).filter_map(|rule| {
        let what =
            format!("the rule that skips rows for {:?} (--include {:?} lets them in)", &*rule.reason, rule.name());
        let column = find(what, &rule.column)?;
        Some(Skip { column, values: rule.values.clone(), when_is: rule.when_is, reason: Arc::clone(&rule.reason) })
    });
    rules.collect()
}

/// What is to be let in and is left out by no rule.
fn unknown_includes(description: &Description) -> impl Iterator<Item = MappingProblem> {
    let is_unknown = |word: &&String| !description.skip.iter().any(|rule| rule.is_called(word));
    description.include.iter().filter(is_unknown).map(|given| MappingProblem::NoSuchSkip {
        given: given.clone(),
        known: description.skip.iter().map(|rule| rule.name().to_owned()).collect(),
    })
}

#[cfg(test)]
mod tests;
