//! How an export's rows become records, as written in a preset, a mapping file or the config.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{FieldSource, MatchedBy, SkipRule};
use crate::record::{Conversion, Field, FoldedSet};

/// Where each field comes from, how it is converted, and which rows are skipped.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MappingSpec {
    /// A field listed here is never matched to a column by its name alone.
    pub fields: BTreeMap<Field, FieldSpec>,
    /// Texts in place of a score that mean that nobody answered; such rows are skipped. With `None`, an empty score is
    /// an error.
    pub no_answer: Option<FoldedSet>,
    pub skip: Vec<SkipRule>,
    /// The skip rules not to apply, by key or reason.
    pub include: Vec<String>,
}

/// What a spec says about one field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldSpec {
    /// `None` when the command line or the profile has to say it.
    pub source: Option<FieldSource<String>>,
    /// Applies to columns and templates; constants are sent as written.
    pub conversion: Conversion,
    /// What the user has to provide, for the message when nobody has.
    pub needed: Option<Arc<str>>,
    /// Who wrote the spec: a mapping or a preset.
    pub by: MatchedBy,
}

impl MappingSpec {
    /// Merges this spec over `base`: fields and `no_answer` of this one win, skip rules and includes add up.
    #[must_use]
    pub fn over(self, base: Self) -> Self {
        let mut fields = base.fields;
        fields.extend(self.fields);
        Self {
            fields,
            no_answer: self.no_answer.or(base.no_answer),
            skip: base.skip.into_iter().chain(self.skip).collect(),
            include: base.include.into_iter().chain(self.include).collect(),
        }
    }

    /// The skip rules that `include` does not disable.
    pub fn active_skips(&self) -> impl Iterator<Item = &SkipRule> {
        self.skip.iter().filter(|rule| !self.include.iter().any(|name| rule.is_named(name)))
    }
}
