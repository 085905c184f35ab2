//! Bytes into rows: encodings, delimiters, quotes and line breaks. Knows files, and no field's meaning.
//!
//! Everything streams: a file of any size costs a buffer, a record of at most [`MAX_RECORD`] bytes, and nothing else.

mod csv;
mod decode;
mod dialect;
mod error;
mod input;
mod options;
mod row;
mod rows;

pub use csv::MAX_RECORD;
pub use error::SourceError;
pub use input::{Hashing, Input, InputError};
pub use options::{DelimiterError, EncodingError, SourceOptions, delimiter_name, parse_delimiter, parse_encoding};
pub use row::{Row, RowFault};
pub use rows::{Rows, Shape};
