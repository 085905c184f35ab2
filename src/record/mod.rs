//! Rows into feedback: which column is which field, which scores are allowed, and the one place that decides what is valid.
//! Knows nothing of files, the ledger or HTTP.

mod anomalies;
mod bounded_counts;
mod checker;
mod codes;
mod conversion;
mod dedupe;
mod derived;
mod distribution;
mod draft;
mod feedback;
mod field;
mod folded_set;
mod mapping;
mod mojibake;
mod problem;
mod proposal;
mod record_proposal;
mod score;
mod suggestion;
mod tally;
mod validate;

pub use checker::{CheckedRow, Checker};
pub use field::Field;
pub use mapping::{Dedupe, MappingOptions, ResolvedMapping, RowSelection};
pub use proposal::propose;
pub use score::ScoreRule;

pub(crate) use anomalies::find_anomalies;
pub(crate) use bounded_counts::BoundedCounts;
pub(crate) use conversion::{
    Conversion, DecimalSign, PLACES, RowValues, Scale, ScaleError, Template, TemplateError, ValueMap, is_place,
    place_text,
};
pub(crate) use dedupe::Duplicates;
pub(crate) use distribution::{Band, BandCounts, Distribution};
pub(crate) use draft::Draft;
pub(crate) use feedback::{Feedback, Fingerprint, fingerprint, message_hash};
pub(crate) use field::{FeedbackType, fold};
pub(crate) use folded_set::FoldedSet;
pub(crate) use mapping::{
    Assignment, Clause, ClauseError, DateForm, ExcludedRun, FieldSource, FieldSpec, MAX_RECORDS, MappingError,
    MappingProblem, MappingSpec, MatchedBy, MatchedSource, RecordMapping, RecordOption, RecordSpec, RowRange, SkipRule,
    report_columns,
};
pub(crate) use problem::{Problem, ProblemKind, SkipReason};
pub(crate) use proposal::{Proposal, Proposed};
pub(crate) use record_proposal::{RecordProposal, propose_records};
pub(crate) use score::Score;
pub(crate) use suggestion::{TO_FILL_IN, suggest_conversion};
pub(crate) use tally::{Survey, Tally};
pub(crate) use validate::{check_value, is_path_segment};
