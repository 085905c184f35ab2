//! How an export's rows become records, as a preset, a mapping file or the config says it, before any header is known.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{ColumnBy, ConstantBy};
use crate::record::{Conversion, Field, Template, Words};

/// Where each field comes from, what is made of it, and which rows are no answers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Description {
    /// What is said of fields. A field that is mentioned is never taken from a column by its name alone.
    pub fields: BTreeMap<Field, FieldRule>,
    /// What stands where a score would, when nobody answered; such rows are skipped. `None` when nothing is said of it:
    /// then an empty score is a mistake.
    pub no_answer: Option<Words>,
    /// Rows that are left out.
    pub skip: Vec<SkipRule>,
    /// The skip rules, by key or reason, that are not to be applied.
    pub include: Vec<String>,
}

/// What is said of one field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldRule {
    /// Where it comes from; `None` when that is left to the command line or the profile.
    pub origin: Option<Origin>,
    /// What is made of it. Constants are taken as they are.
    pub conversion: Conversion,
    /// What to give for it, for the message when nobody has.
    pub needed: Option<Arc<str>>,
    /// Who says so.
    pub by: DescribedBy,
}

/// Where a described field comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Origin {
    /// A column, by its header.
    Column(String),
    /// The same for every row.
    Value(String),
    /// Put together from several columns.
    Template(Template),
}

/// Who describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DescribedBy {
    /// A mapping of the config's or of a file.
    Mapping,
    /// A preset.
    Preset,
}

/// Rows that are left out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkipRule {
    /// What `--include` calls it, besides its reason.
    pub key: Option<String>,
    /// The column that tells.
    pub column: String,
    /// What it tells by.
    pub values: Words,
    /// Whether the rows with one of the values are left out, or all others.
    pub when_is: bool,
    /// Why, as it is counted and written into the ledger.
    pub reason: Arc<str>,
}

impl Description {
    /// This description, and where it says nothing the other.
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
}

impl SkipRule {
    /// Whether a person's word means this rule.
    pub fn is_called(&self, word: &str) -> bool {
        self.key.as_deref().is_some_and(|key| key.eq_ignore_ascii_case(word)) || self.reason.eq_ignore_ascii_case(word)
    }

    /// The shorter of its names.
    pub fn name(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.reason)
    }
}

impl From<DescribedBy> for ColumnBy {
    fn from(by: DescribedBy) -> Self {
        match by {
            DescribedBy::Mapping => Self::Mapping,
            DescribedBy::Preset => Self::Preset,
        }
    }
}

impl From<DescribedBy> for ConstantBy {
    fn from(by: DescribedBy) -> Self {
        match by {
            DescribedBy::Mapping => Self::Mapping,
            DescribedBy::Preset => Self::Preset,
        }
    }
}
