//! JSON objects as rows: one per line, in sequence, or in an array. Their keys are the columns.
//!
//! One object is in memory at a time. Only strings are decoded: numbers keep their digits.

mod flatten;
mod reader;
mod values;

pub(super) use self::reader::JsonReader;
pub(super) use self::values::{Layout, wrapped_records};
