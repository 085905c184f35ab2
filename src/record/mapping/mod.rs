//! Which column, constant or template fills each field, how its text is converted, and which rows are sent.
//!
//! A [`MappingSpec`] says this by column names, before any header is known. With a header it becomes a
//! [`ResolvedMapping`], which knows columns by index and never fails to find one.

mod canonical;
mod clause;
mod comparison;
mod condition;
mod error;
mod record_mapping;
mod record_spec;
pub(crate) mod report_columns;
mod resolve;
mod resolved;
mod row_selection;
mod rules;
mod spec;

pub(crate) use record_mapping::RecordMapping;
pub use resolved::ResolvedMapping;
pub use row_selection::RowSelection;
pub use rules::Dedupe;
pub use spec::MappingOptions;

pub(crate) use clause::{Clause, ClauseError};
pub(crate) use comparison::DateForm;
pub(crate) use error::{MappingError, MappingProblem};
pub(crate) use record_spec::{MAX_RECORDS, RecordOption, RecordSpec};
pub(crate) use row_selection::{ExcludedRun, RowRange};
pub(crate) use rules::SkipRule;
pub(crate) use spec::{Assignment, Column, FieldSource, FieldSpec, MappingSpec, MatchedBy, MatchedSource};
