//! Resolves the options against a header.

use std::sync::Arc;

use super::condition::Condition;
use super::row_selection::RowRules;
use super::rules::Filter;
use super::{
    Clause, Column, Dedupe, FieldSource, FieldSpec, MappingError, MappingOptions, MappingProblem, MatchedBy,
    MatchedSource, RecordSpec, ResolvedMapping, RowSelection, SkipRule, report_columns,
};
use crate::error::nearest;
use crate::record::codes::is_unknown_channel;
use crate::record::validate::check_value;
use crate::record::{Conversion, Field, Template, fold, is_place};
use crate::source::{find_column, written_name};
use crate::text::excerpt;

/// How much of a suggested header a message shows.
const SHOWN: usize = 80;

type Resolved<T> = Result<T, MappingProblem>;

impl ResolvedMapping {
    /// Each field's source as far as it is known, in the order of [`Field::BODY`].
    pub fn sources(headers: &[String], options: &MappingOptions) -> [Result<MatchedSource, MappingProblem>; 7] {
        Resolver::new(headers, options).sources()
    }

    /// The bot's source; `None` when nothing says where it comes from.
    pub fn bot_source(headers: &[String], options: &MappingOptions) -> Option<Result<MatchedSource, MappingProblem>> {
        Resolver::new(headers, options).bot_source()
    }

    /// Finds the source of every field and of the bot. The first of these decides: `--map` or `--set`, the spec, the
    /// profile's columns, a header that is the field's name, a header that is similar to it, the profile's defaults. A
    /// constant does not fill the empty cells of a column.
    ///
    /// `delimiter` is what the header was split at, for the message about an input with only one column; `None` for inputs
    /// without one.
    ///
    /// # Errors
    /// Everything that is wrong at once: fields without a source or with several, wrong constants, unknown columns.
    pub fn resolve(
        headers: &[String],
        delimiter: Option<char>,
        options: &MappingOptions,
    ) -> Result<Self, MappingError> {
        let resolver = Resolver::new(headers, options);
        let mut problems = Vec::new();
        let records = resolver.records(&mut problems);
        let rows = resolver.row_rules(&mut problems);
        problems.extend(resolver.unknown_includes());
        problems.splice(0..0, resolver.single_column(delimiter, &problems));
        let mapping = ResolvedMapping { records, rows, headers: headers.to_vec(), places: Vec::new() };
        let is_of_records = report_columns::position(headers, report_columns::RECORD).is_some();
        if is_of_records && !mapping.numbering().is_multiple() {
            problems.push(MappingProblem::ReportOfRecords);
        }
        if problems.is_empty() { Ok(mapping) } else { Err(MappingError { problems, headers: headers.to_vec() }) }
    }
}

fn keep_problem<T>(resolved: Resolved<T>, problems: &mut Vec<MappingProblem>) -> Option<T> {
    resolved.map_err(|problem| problems.push(problem)).ok()
}

struct Resolver<'a> {
    /// Without the columns that a failure report adds.
    headers: &'a [String],
    options: &'a MappingOptions,
    /// One of several records.
    record: Option<&'a RecordSpec>,
}

impl<'a> Resolver<'a> {
    fn new(headers: &'a [String], options: &'a MappingOptions) -> Self {
        Self { headers: &headers[..report_columns::input_columns(headers)], options, record: None }
    }

    /// The same for one of several records.
    fn of_record(&self, record: &'a RecordSpec) -> Self {
        Self { record: Some(record), ..*self }
    }

    fn sources(&self) -> [Resolved<MatchedSource>; 7] {
        Field::BODY.map(|field| self.checked_source(field))
    }

    /// `None` when nothing says where the bot comes from.
    fn bot_source(&self) -> Option<Resolved<MatchedSource>> {
        let source = self.checked_source(Field::BotId);
        // A spec that converts bots without naming their column must not be ignored.
        let is_optional = self.spec(Field::BotId).is_none();
        let is_unfilled = matches!(source, Err(MappingProblem::Unfilled { .. }));
        (!(is_optional && is_unfilled)).then_some(source)
    }

    /// What the record says about a field, or else all records together.
    fn spec(&self, field: Field) -> Option<&'a FieldSpec> {
        let own = self.record.and_then(|record| record.fields.get(&field));
        own.or_else(|| self.options.spec.fields.get(&field))
    }

    fn checked_source(&self, field: Field) -> Resolved<MatchedSource> {
        let matched = self.source(field)?;
        match &matched.source {
            FieldSource::Constant(value) => match check_value(field, value) {
                Some(kind) => {
                    Err(MappingProblem::BadConstant { field, value: value.clone(), by: matched.matched_by, kind })
                }
                None => Ok(matched),
            },
            _ => Ok(matched),
        }
    }

    fn source(&self, field: Field) -> Resolved<MatchedSource> {
        let options = self.options;
        if let Some(source) = self.options_source(field)? {
            return Ok(source);
        }
        let spec = self.spec(field);
        let shared = options.spec.fields.get(&field);
        let source_of = |spec: &'a FieldSpec| Some((spec.source.as_ref()?, spec.by));
        if let Some((source, by)) = spec.and_then(source_of).or_else(|| shared.and_then(source_of)) {
            return self.spec_source(field, source, by);
        }
        if let Some(name) = options.columns.get(&field) {
            return self.named(field, name, MatchedBy::ProfileColumns);
        }
        if let Some(found) = self.by_own_name(field).filter(|_| spec.is_none()) {
            return found;
        }
        let default = options.defaults.get(&field).cloned();
        default.map(|value| MatchedSource::constant(value, MatchedBy::ProfileDefaults)).ok_or_else(|| {
            let needed = spec.and_then(|spec| spec.needed.as_deref()).map(str::to_owned);
            MappingProblem::Unfilled { field, needed }
        })
    }

    /// What `--map` or `--set` says.
    fn options_source(&self, field: Field) -> Resolved<Option<MatchedSource>> {
        fn given(pairs: &[(Field, String)], field: Field) -> Vec<&String> {
            pairs.iter().filter(|(of, _)| *of == field).map(|(_, text)| text).collect()
        }
        let (columns, values) = (given(&self.options.map, field), given(&self.options.set, field));
        let own = self.record.and_then(|record| record.fields.get(&field)).and_then(|spec| spec.source.as_ref());
        match (&columns[..], &values[..]) {
            ([], []) => Ok(None),
            (_, _) if own.is_some() => Err(MappingProblem::GivenTwice {
                field,
                options: self.options_in_words(field).chain(["the record's own".to_owned()]).collect(),
            }),
            ([column], []) => self.named(field, column, MatchedBy::Map).map(Some),
            ([], [value]) => Ok(Some(MatchedSource::constant((*value).clone(), MatchedBy::Set))),
            _ => Err(MappingProblem::GivenTwice { field, options: self.options_in_words(field).collect() }),
        }
    }

    fn options_in_words(&self, field: Field) -> impl Iterator<Item = String> {
        let MappingOptions { map, set, .. } = self.options;
        let columns = map.iter().filter(move |(of, _)| *of == field);
        let values = set.iter().filter(move |(of, _)| *of == field);
        let columns = columns.map(move |(_, column)| format!("--map {field}={column}"));
        columns.chain(values.map(move |(_, value)| format!("--set {field}={value}")))
    }

    fn spec_source(&self, field: Field, source: &FieldSource<String>, by: MatchedBy) -> Resolved<MatchedSource> {
        match source {
            FieldSource::Column(name) => self.named(field, name, by),
            FieldSource::FirstOf(names) => self.first_of(field, names.iter().map(String::as_str), by),
            FieldSource::Constant(value) => self.constant(field, value, by),
            FieldSource::Template(template) => {
                self.ensure_columns(field, template)?;
                Ok(MatchedSource { source: FieldSource::Template(template.clone()), matched_by: by })
            }
        }
    }

    /// The name of a survey and its type are often names of columns, too. For other fields it is uncertain what is meant.
    fn constant(&self, field: Field, value: &str, by: MatchedBy) -> Resolved<MatchedSource> {
        let is_clear = match field {
            Field::Name | Field::Type => true,
            Field::Channel => !is_unknown_channel(value),
            _ => false,
        };
        if by == MatchedBy::Record && !is_clear && self.headers.iter().any(|header| header == value) {
            return Err(MappingProblem::ValueOrColumn { field, text: value.to_owned() });
        }
        Ok(MatchedSource::constant(value.to_owned(), by))
    }

    /// The record's own conversion, or else that of all records. Constants are never converted.
    fn conversion(&self, field: Field, matched: &MatchedSource) -> Option<Box<Conversion>> {
        let shared = self.options.spec.fields.get(&field);
        let specs = [self.spec(field), shared].into_iter().flatten();
        let conversion = specs.map(|spec| &spec.conversion).find(|conversion| !conversion.is_identity())?;
        let is_constant = matches!(matched.source, FieldSource::Constant(_));
        (!is_constant).then(|| Box::new(conversion.clone()))
    }

    fn ensure_columns(&self, field: Field, template: &Template) -> Resolved<()> {
        let missing = template.columns().into_iter().find(|name| !self.headers.contains(name) && !is_place(name));
        missing.map_or(Ok(()), |column| Err(self.unknown_column(format!("the template of {field}"), &column)))
    }

    fn unknown_column(&self, named_by: String, column: &str) -> MappingProblem {
        MappingProblem::UnknownColumn { named_by, column: column.to_owned(), nearest: self.nearest(column) }
    }

    fn nearest(&self, column: &str) -> Option<String> {
        nearest(column, self.headers.iter().map(String::as_str)).map(|header| excerpt(header, SHOWN))
    }

    /// The column that the user named for a field, or several, as `A|B`. A column whose name contains `|` comes first.
    fn named(&self, field: Field, name: &str, by: MatchedBy) -> Resolved<MatchedSource> {
        let missing = match self.named_one(field, name, by) {
            Err(problem @ MappingProblem::NoSuchColumn { .. }) if name.contains('|') => problem,
            found => return found,
        };
        let names = || name.split('|').map(str::trim);
        let is_known =
            |name: &str| !matches!(self.named_one(field, name, by), Err(MappingProblem::NoSuchColumn { .. }));
        if names().any(is_known) { self.first_of(field, names(), by) } else { Err(missing) }
    }

    fn first_of<'n>(
        &self,
        field: Field,
        names: impl Iterator<Item = &'n str>,
        by: MatchedBy,
    ) -> Resolved<MatchedSource> {
        let columns = names.map(|name| Ok(self.named_one(field, name, by)?.columns().to_vec()));
        let columns = columns.collect::<Resolved<Vec<_>>>()?.concat();
        Ok(MatchedSource { source: FieldSource::FirstOf(columns), matched_by: by })
    }

    /// The column that the user named, by its header or by its position such as `#3`.
    fn named_one(&self, field: Field, name: &str, by: MatchedBy) -> Resolved<MatchedSource> {
        let exact = self.only(field, by, |header| header == name);
        let similar = || self.only(field, by, |header| fold(header) == fold(name));
        let by_position = || find_column(self.headers, name).map(|index| Ok(self.matched(index, by)));
        exact.or_else(similar).or_else(by_position).unwrap_or_else(|| {
            let (column, nearest) = (name.to_owned(), self.nearest(name));
            Err(MappingProblem::NoSuchColumn { field, column, by, nearest })
        })
    }

    /// The column whose header is the field's name. If several columns share that header, none is chosen.
    fn by_own_name(&self, field: Field) -> Option<Resolved<MatchedSource>> {
        let is_name = |header: &str| [field.wire_name(), field.key()].contains(&written_name(self.headers, header));
        let is_similar = |header: &str| Field::from_name(written_name(self.headers, header)) == Some(field);
        let exact = self.only(field, MatchedBy::ExactName, is_name);
        exact.or_else(|| self.only(field, MatchedBy::SimilarName, is_similar))
    }

    /// The one column that fits, an error if there are several, `None` if there is none.
    fn only(&self, field: Field, by: MatchedBy, fits: impl Fn(&str) -> bool) -> Option<Resolved<MatchedSource>> {
        let fitting: Vec<_> = self.headers.iter().enumerate().filter(|(_, header)| fits(header)).collect();
        match fitting[..] {
            [] => None,
            [(index, _)] => Some(Ok(self.matched(index, by))),
            _ => {
                let columns = fitting.into_iter().map(|(index, header)| (index, header.clone())).collect();
                Some(Err(MappingProblem::Ambiguous { field, columns }))
            }
        }
    }

    fn matched(&self, index: usize, matched_by: MatchedBy) -> MatchedSource {
        let column = Column { index, header: self.headers[index].clone() };
        MatchedSource { source: FieldSource::Column(column), matched_by }
    }

    /// The column that a rule for rows names; the first if several have that name.
    fn find(&self, name: &str) -> Option<usize> {
        let exact = self.headers.iter().position(|header| header == name);
        let similar = || self.headers.iter().position(|header| fold(header) == fold(name));
        exact.or_else(similar).or_else(|| find_column(self.headers, name))
    }

    fn condition(&self, named_by: &str, clause: &Clause) -> Resolved<Condition<usize>> {
        clause.resolve(|name| self.find(name)).map_err(|why| match why {
            Ok(column) => self.unknown_column(named_by.to_owned(), column),
            Err(error) => MappingProblem::BadCondition { named_by: named_by.to_owned(), error: error.clone() },
        })
    }

    fn filters(&self, named_by: &str, clauses: &[Clause], problems: &mut Vec<MappingProblem>) -> Vec<Filter> {
        let filter = |clause: &Clause| {
            let keep = keep_problem(self.condition(named_by, clause), problems)?;
            Some(Filter { keep, text: format!("{named_by} {clause}").into() })
        };
        Filter::merged(clauses.iter().filter_map(filter))
    }

    /// The rules for rows; what is wrong with them joins the other problems.
    fn row_rules(&self, problems: &mut Vec<MappingProblem>) -> RowRules {
        let MappingOptions { spec, selection, .. } = self.options;
        let mut filters = self.filters("--filter", &selection.filters, problems);
        filters.extend(self.filters("the mapping's filter", &spec.filters, problems));
        let mut find = |named_by: &str, name: &str| {
            let found = self.find(name).ok_or_else(|| self.unknown_column(named_by.to_owned(), name));
            keep_problem(found, problems)
        };
        let dedupe = selection.dedupe.as_ref().map(|dedupe| match dedupe {
            Dedupe::Record => Dedupe::Record,
            Dedupe::Columns(names) => {
                Dedupe::Columns(names.iter().filter_map(|name| find("--dedupe-by", name)).collect())
            }
        });
        let key = selection.key.iter().filter_map(|name| find("--key", name)).collect();
        let skips = spec.active_skips().filter_map(|rule| {
            let SkipRule { key, reason, when } = rule;
            let named_by = format!("the skip rule {reason:?} (disable it with --include {:?})", rule.name());
            let when = keep_problem(self.condition(&named_by, when), problems)?;
            Some(SkipRule { key: key.clone(), reason: Arc::clone(reason), when })
        });
        RowRules {
            skips: skips.collect(),
            selection: RowSelection {
                filters,
                rows: selection.rows.clone(),
                sample: selection.sample,
                dedupe,
                excluded_runs: selection.excluded_runs.clone(),
                key,
            },
            sampled: None,
        }
    }

    /// What `--include` names and no rule skips rows for.
    fn unknown_includes(&self) -> impl Iterator<Item = MappingProblem> {
        let spec = &self.options.spec;
        let unknown = spec.include.iter().filter(|name| !spec.skip.iter().any(|rule| rule.is_named(name)));
        unknown.map(|given| MappingProblem::NoSuchSkip {
            given: given.clone(),
            known: spec.skip.iter().map(|rule| rule.name().to_owned()).collect(),
        })
    }

    /// A single column is suspicious when columns are missing: the delimiter is probably wrong.
    fn single_column(&self, delimiter: Option<char>, problems: &[MappingProblem]) -> Option<MappingProblem> {
        let lacks_columns = problems
            .iter()
            .any(|p| matches!(p.itself(), MappingProblem::Unfilled { .. } | MappingProblem::NoSuchColumn { .. }));
        match (self.headers, delimiter) {
            ([header], Some(delimiter)) if lacks_columns => {
                Some(MappingProblem::OneColumn { delimiter, header: header.clone() })
            }
            _ => None,
        }
    }
}

mod records;
#[cfg(test)]
mod tests;
