//! Rows into feedback: which column is which field, what a score may be, and the one place that decides what is valid.
//! Knows nothing of files, of the ledger or of HTTP.

mod field;

pub use field::{Field, fold};
