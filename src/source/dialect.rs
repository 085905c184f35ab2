//! How an input is read, for people to check: a wrong guess must be noticed before anything is sent.

use std::fmt;

use super::compression::Compression;
use super::encoding::TextEncoding;
use super::format::Format;
use super::options::delimiter_name;
use crate::text::{excerpt, quoted};

/// The detected and declared properties of an input.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub format: Format,
    pub compression: Option<Compression>,
    /// `None` for workbooks.
    pub encoding: Option<TextEncoding>,
    /// Only delimited text has one.
    pub delimiter: Option<u8>,
    /// 0 for JSON, whose keys name the columns, and for files without a header.
    pub header_rows: usize,
    pub header_style: HeaderStyle,
    /// Where a JSON document has its array of records, unless it is that array.
    pub records_at: Option<String>,
    /// Only workbooks have one.
    pub sheet: Option<SheetDialect>,
}

/// The tool whose header layout the input has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum HeaderStyle {
    /// One row, or the number of rows that the user passed.
    #[default]
    Plain,
    /// No header: the columns are numbered.
    None,
    /// Ids, question texts, and `{"ImportId": …}` cells.
    Qualtrics,
    /// Older files: `V1, V2, …`, and names and question texts below.
    QualtricsLegacy,
    /// Questions, and `Response` or the option texts below.
    SurveyMonkey,
}

/// The sheet of a workbook that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SheetDialect {
    pub name: String,
    /// How many sheets the workbook has.
    pub of: usize,
    /// How many of them are read.
    pub selected: usize,
}

/// Such as `CSV, gzip, UTF-8, cells separated by semicolons, 3 header rows (Qualtrics)`, leaving out what is not special.
impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.format)?;
        self.compression.iter().try_for_each(|compression| write!(f, ", {compression}"))?;
        self.encoding.iter().try_for_each(|encoding| write!(f, ", {encoding}"))?;
        if let Some(path) = &self.records_at {
            write!(f, ", records at {}", excerpt(path, 80))?;
        }
        if let Some(delimiter) = self.delimiter {
            let separator = match delimiter {
                b',' => "commas",
                b';' => "semicolons",
                b'\t' => "tabs",
                _ => &delimiter_name(delimiter),
            };
            write!(f, ", cells separated by {separator}")?;
        }
        if let Some(SheetDialect { name, of, selected }) = &self.sheet {
            match selected {
                0 | 1 => write!(f, ", sheet {}", quoted(name, 40))?,
                selected => write!(f, ", {selected} sheets")?,
            }
            if *of > 1 {
                write!(f, " of {of}")?;
            }
        }
        if self.header_rows > 1 {
            write!(f, ", {} header rows", self.header_rows)?;
        }
        match self.header_style {
            HeaderStyle::Plain => Ok(()),
            HeaderStyle::None => write!(f, ", no header"),
            HeaderStyle::Qualtrics | HeaderStyle::QualtricsLegacy => write!(f, " (Qualtrics)"),
            HeaderStyle::SurveyMonkey => write!(f, " (SurveyMonkey)"),
        }
    }
}
