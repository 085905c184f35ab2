//! Rows into feedback: which column is which field, what a score may be, and the one place that decides what is valid.
//! Knows nothing of files, of the ledger or of HTTP.

mod checker;
mod conversion;
mod draft;
mod feedback;
mod field;
mod garbled;
pub mod hints;
mod made;
mod mapping;
mod oddity;
mod problem;
mod proposal;
mod score;
mod seen;
mod skip;
mod standing;
mod tally;
mod validate;

pub use checker::{Checker, Judged};
pub use conversion::{
    Conversion, LONGEST_RENDERED, Rounding, RowValues, Scale, ScaleError, Template, TemplateError, ValueMap, Words,
};
pub use draft::{Draft, DraftError, RefusedDraft};
pub use feedback::{Feedback, Fingerprint, fingerprint};
pub use field::{Field, fold};
pub use mapping::{
    Assignment, AssignmentError, ColumnBy, ConstantBy, DedupeRule, DescribedBy, Description, Except, FieldRule,
    FieldSource, Filter, Mapping, MappingError, MappingProblem, MappingRules, Origin, REPORT_COLUMNS, RowRange,
    SelectionError, SelectionRules, SkipRule, own_columns,
};
pub use oddity::{OddCode, Oddity};
pub use problem::{Problem, ProblemKind};
pub use proposal::{Proposal, Proposed, propose};
pub use score::{FeedbackType, Score, ScoreRule};
pub use seen::Duplicates;
pub use skip::SkipReason;
pub use standing::{Band, Standing};
pub use tally::{Distribution, Garbled, Outside, Survey, Tally};
pub use validate::{check_value, is_part_of_path};
