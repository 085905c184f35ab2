//! Derives a row's fields from its cells: fills in templates and applies conversions.

use super::mapping::{FieldSource, RecordMapping};
use super::validate::{Fields, Finding};
use super::{FeedbackType, Field, Problem, ProblemKind, RowValues, Score};
use crate::source::Row;
use crate::text::trimmed;

/// The fields of the current row that are not a cell or constant as it is. The memory is reused for every row.
#[derive(Debug, Clone, Default)]
pub(super) struct Derived {
    rendered: [String; 8],
    converted: [String; 8],
    /// The score, if a conversion computed it.
    pub(super) score: Option<Score>,
    /// The fields that could not be derived, and the template's error if that is why.
    failed: Vec<(Field, ProblemKind, Option<String>)>,
}

impl Derived {
    /// Fills in the templates. Starts a new row.
    pub(super) fn render(&mut self, mapping: &RecordMapping, row: &Row) {
        self.failed.clear();
        self.score = None;
        let Some(columns) = &mapping.columns_by_name else { return };
        let (mut trimmed_cells, mut cells) = (None, None);
        for (field, matched) in mapping.fields() {
            if let FieldSource::Template(template) = &matched.source {
                let keeps_blanks = mapping.keeps_blanks(field);
                let values = if keeps_blanks { &mut cells } else { &mut trimmed_cells };
                let values = values.get_or_insert_with(|| RowValues::new(columns, row, keeps_blanks));
                let text = &mut self.rendered[field as usize];
                text.clear();
                if let Err(why) = template.render(values, text) {
                    self.failed.push((field, ProblemKind::Template, Some(why)));
                }
            }
        }
    }

    pub(super) fn convert(&mut self, mapping: &RecordMapping, row: &Row) {
        for field in Field::ROW {
            let Some(conversion) = mapping.conversion(field) else { continue };
            // Inverting needs the type's scale, and the type is converted after the score.
            let of = if conversion.invert { self.feedback_type(mapping, row) } else { None };
            let mut text = std::mem::take(&mut self.converted[field as usize]);
            text.clear();
            match conversion.convert(self.original(mapping, row, field), of, &mut text) {
                Ok(score) => self.score = score.or(self.score),
                Err(kind) => self.failed.push((field, kind, None)),
            }
            self.converted[field as usize] = text;
        }
    }

    pub(super) fn has_failed(&self) -> bool {
        !self.failed.is_empty()
    }

    fn feedback_type(&self, mapping: &RecordMapping, row: &Row) -> Option<FeedbackType> {
        let text = self.original(mapping, row, Field::Type);
        let Some(conversion) = mapping.conversion(Field::Type) else { return FeedbackType::parse(text) };
        let mut converted = String::new();
        conversion.convert(text, None, &mut converted).ok()?;
        FeedbackType::parse(&converted)
    }

    /// The field's text before any conversion, without surrounding blanks. A constant is sent as written.
    #[inline]
    pub(super) fn original<'a>(&'a self, mapping: &'a RecordMapping, row: &'a Row, field: Field) -> &'a str {
        let Some(matched) = mapping.source(field) else { return "" };
        let text = match &matched.source {
            FieldSource::Column(column) => row.cell(column.index).unwrap_or_default(),
            FieldSource::FirstOf(_) => {
                matched.column_in(row).and_then(|column| row.cell(column.index)).unwrap_or_default()
            }
            FieldSource::Constant(value) => return value,
            FieldSource::Template(_) => &self.rendered[field as usize],
        };
        if mapping.keeps_blanks(field) { text } else { trimmed(text) }
    }

    /// The field's text as it is sent.
    #[inline]
    pub(super) fn text<'a>(&'a self, mapping: &'a RecordMapping, row: &'a Row, field: Field) -> &'a str {
        match mapping.conversion(field) {
            Some(_) => &self.converted[field as usize],
            None => self.original(mapping, row, field),
        }
    }

    /// The texts of the body's fields.
    #[inline]
    pub(super) fn texts<'a>(&'a self, mapping: &'a RecordMapping, row: &'a Row) -> Fields<'a> {
        Field::BODY.map(|field| self.text(mapping, row, field))
    }

    /// Everything that is wrong, with the text as it is in the row. A field that could not be derived has only that problem.
    pub(super) fn problems(&self, mapping: &RecordMapping, row: &Row, findings: Vec<Finding>) -> Vec<Problem> {
        let failed = self.failed.iter().map(|(field, kind, why)| (*field, *kind, why.as_deref()));
        let has_failed = |field| self.failed.iter().any(|(failed, ..)| *failed == field);
        let found = findings.into_iter().filter(|(field, _)| !has_failed(*field));
        let mut problems: Vec<_> = failed.chain(found.map(|(field, kind)| (field, kind, None))).collect();
        problems.sort();
        let problem = |(field, kind, why): (Field, ProblemKind, Option<&str>)| {
            let header = mapping.source(field).and_then(|matched| Some(matched.column_in(row)?.header.clone()));
            Problem::new(header, Some(field), why.unwrap_or_else(|| self.original(mapping, row, field)), kind)
        };
        problems.into_iter().map(problem).collect()
    }
}
