//! Bytes into rows: compression, encodings, delimiters, quotes, objects, sheets. Knows files, and no field's meaning.
//!
//! An input is read in layers, each of which streams: its bytes are unpacked (`compression`), decoded (`decode`, `encoding`)
//! and parted into records (`delimited`, `json`), the first of which are the header (`header`). [`Table`] is all of them
//! together, whatever the format; [`Inputs`] are several files read as one. A file of any size costs a buffer, a record of
//! at most [`MAX_RECORD`] bytes, and nothing else; only workbooks (`sheet`) are in memory as a whole.

mod compression;
mod csv;
mod decode;
mod delimited;
mod delimiter;
mod dialect;
mod encoding;
mod error;
mod format;
mod header;
mod input;
mod inputs;
mod json;
mod options;
mod row;
#[cfg(test)]
mod samples;
mod sheet;
mod table;
#[cfg(test)]
mod tests;
mod text;

pub use compression::Compression;
pub use csv::MAX_RECORD;
pub use dialect::{Dialect, EncodingSource, HeaderStyle, SheetDialect, TextEncoding};
pub use encoding::Readings;
pub use error::SourceError;
pub use format::{Format, FormatError, parse_format};
pub use header::{find_column, written_name};
pub use input::{HashingReader, Input, InputError};
pub use inputs::{Inputs, RowReader};
pub use json::JsonError;
pub use options::{DelimiterError, EncodingError, SourceOptions, delimiter_name, parse_delimiter, parse_encoding};
pub use row::{Row, RowError};
pub use table::Table;
