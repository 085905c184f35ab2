//! What is made of a row's cells before they are judged: templates filled in, values converted.

use super::mapping::{FieldSource, Mapping};
use super::validate::Finding;
use super::{FeedbackType, Field, Problem, ProblemKind, RowValues};
use crate::source::Row;

/// The fields of the row at hand that are not a cell as it stands. The texts' memory is used again for every row.
#[derive(Debug, Clone, Default)]
pub(super) struct Made {
    /// What templates made, before anything else was made of it.
    rendered: [String; 8],
    /// What conversions made.
    converted: [String; 8],
    /// The fields that nothing could be made for, why, and in whose words.
    pub(super) failed: Vec<(Field, ProblemKind, Option<String>)>,
}

impl Made {
    /// Fills in the templates.
    pub(super) fn render(&mut self, mapping: &Mapping, row: &Row) {
        self.failed.clear();
        let Some(names) = mapping.names() else { return };
        let values = RowValues::new(names, row);
        for (field, source) in mapping.fields() {
            if let FieldSource::Template { template, .. } = source {
                let text = &mut self.rendered[field as usize];
                text.clear();
                if let Err(why) = template.render(&values, text) {
                    self.failed.push((field, ProblemKind::Template, Some(why)));
                }
            }
        }
    }

    /// Makes what is made of single fields.
    pub(super) fn convert(&mut self, mapping: &Mapping, row: &Row) {
        for field in Field::OF_ROWS {
            let Some(conversion) = mapping.conversion(field) else { continue };
            // The type comes behind the score, and the score's scale is the type's.
            let of = if conversion.invert { self.feedback_type(mapping, row) } else { None };
            let mut text = std::mem::take(&mut self.converted[field as usize]);
            text.clear();
            if let Err(kind) = conversion.convert(self.given(mapping, row, field), of, &mut text) {
                self.failed.push((field, kind, None));
            }
            self.converted[field as usize] = text;
        }
    }

    fn feedback_type(&self, mapping: &Mapping, row: &Row) -> Option<FeedbackType> {
        let text = self.given(mapping, row, Field::Type);
        let Some(conversion) = mapping.conversion(Field::Type) else { return FeedbackType::parse(text) };
        let mut converted = String::new();
        conversion.convert(text, None, &mut converted).ok()?;
        FeedbackType::parse(&converted)
    }

    /// The field's text before anything is made of it.
    pub(super) fn given<'a>(&'a self, mapping: &'a Mapping, row: &'a Row, field: Field) -> &'a str {
        match mapping.source(field) {
            Some(FieldSource::Column { index, .. }) => row.cell(*index).unwrap_or_default(),
            Some(FieldSource::Constant { value, .. }) => value,
            Some(FieldSource::Template { .. }) => &self.rendered[field as usize],
            None => "",
        }
    }

    /// The field's text as it is sent.
    pub(super) fn text<'a>(&'a self, mapping: &'a Mapping, row: &'a Row, field: Field) -> &'a str {
        match mapping.conversion(field) {
            Some(_) => &self.converted[field as usize],
            None => self.given(mapping, row, field),
        }
    }

    /// All that is wrong, with the text as it stands in the row. What nothing could be made for is wrong for that reason
    /// alone.
    pub(super) fn problems(&self, mapping: &Mapping, row: &Row, findings: Vec<Finding>) -> Vec<Problem> {
        let header = |field| mapping.headers().get(mapping.source(field)?.column()?).cloned();
        let has_failed = |field| self.failed.iter().any(|(failed, ..)| *failed == field);
        let failed = self.failed.iter().map(|(field, kind, why)| (*field, *kind, why.as_deref()));
        let found =
            findings.into_iter().filter(|(field, _)| !has_failed(*field)).map(|(field, kind)| (field, kind, None));
        let mut problems: Vec<_> = failed.chain(found).collect();
        problems.sort();
        problems
            .into_iter()
            .map(|(field, kind, why)| {
                let value = why.unwrap_or_else(|| self.given(mapping, row, field));
                Problem::new(header(field), Some(field), value, kind)
            })
            .collect()
    }
}
