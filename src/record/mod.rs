//! Rows into feedback: which column is which field, what a score may be, and the one place that decides what is valid.
//! Knows nothing of files, of the ledger or of HTTP.

mod checker;
mod draft;
mod feedback;
mod field;
pub mod hints;
mod mapping;
mod oddity;
mod problem;
mod score;
mod standing;
mod tally;
mod validate;

pub use checker::{Checker, Judged, SkipReason};
pub use draft::{Draft, DraftError, RefusedDraft};
pub use feedback::{Feedback, Fingerprint, fingerprint};
pub use field::{Field, fold};
pub use mapping::{
    Assignment, AssignmentError, ColumnBy, ConstantBy, FieldSource, Mapping, MappingError, MappingProblem,
    MappingRules, REPORT_COLUMNS,
};
pub use oddity::{OddCode, Oddity};
pub use problem::{Problem, ProblemKind};
pub use score::{FeedbackType, Score, ScoreRule};
pub use standing::{Band, Standing};
pub use tally::{Distribution, Outside, Survey, Tally};
pub use validate::check_value;
