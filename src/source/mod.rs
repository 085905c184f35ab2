//! Bytes to rows: compression, encodings, delimiters, quotes, JSON, workbooks. Knows files, but not what a column means.
//!
//! An input is read in streaming layers: its bytes are decompressed (`archive`, `compression`), decoded (`decode`, `encoding`), and
//! split into rows (`delimited`, `json`), the first of which form the header (`header`). [`Table`] combines them for any
//! format; `Inputs` are several files read as one. Whatever the size of a file, memory holds a buffer and one record of at
//! most 1 MiB; only workbooks (`sheet`) are read into memory.

mod archive;
mod buffer;
mod compression;
mod content;
mod csv;
mod decode;
mod delimited;
mod delimiter;
mod dialect;
mod encoding;
mod error;
mod format;
mod gzip;
mod header;
mod header_doubt;
mod input;
mod inputs;
mod json;
mod layout;
mod options;
mod patterns;
mod reader;
mod row;
mod row_reader;
#[cfg(test)]
mod samples;
mod sheet;
mod table;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use content::ContentHasher;
pub(crate) use dialect::Dialect;
pub use encoding::Encoding;
pub(crate) use encoding::EncodingSource;
pub(crate) use error::ContentError;
pub use error::SourceError;
pub use format::Format;
pub(crate) use header::{find_column, written_name};
pub(crate) use input::{HashingReader, Input, InputError};
pub(crate) use inputs::Inputs;
pub(crate) use layout::Layout;
pub use options::{SourceOptions, ValueError, parse_encoding};
pub(crate) use options::{delimiter_name, parse_delimiter, parse_format};
pub(crate) use row::RowError;
pub use row::{Place, Row};
pub(crate) use row_reader::RowReader;
pub use table::Table;
