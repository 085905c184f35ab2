//! What an input was found to be, for people to see: a wrong guess must be found before anything is sent.

use std::fmt;

use super::compression::Compression;
use super::format::Format;
use super::options::delimiter_name;

/// What an input was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialect {
    /// The form its rows have.
    pub format: Format,
    /// How it is packed.
    pub compression: Option<Compression>,
    /// The text's encoding; `None` for workbooks.
    pub encoding: Option<TextEncoding>,
    /// The byte between two cells; only delimited text has one.
    pub delimiter: Option<u8>,
    /// How many rows are the header: none for JSON, whose keys name the columns.
    pub header_rows: usize,
    /// Who writes headers like that.
    pub header: HeaderStyle,
    /// The sheet that was read; only workbooks have one.
    pub sheet: Option<SheetDialect>,
}

/// The encoding of a text, and who said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextEncoding {
    /// Its name in the WHATWG encoding standard, such as `UTF-8`.
    pub name: &'static str,
    /// How it was found.
    pub source: EncodingSource,
}

/// How an encoding was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncodingSource {
    /// A byte order mark declares it.
    Bom,
    /// The user gave it.
    Option,
    /// Nothing speaks against UTF-8 in the beginning of the input.
    Default,
    /// It isn't UTF-8, and the letters make sense in this one only.
    Detected,
}

/// Who writes headers like that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderStyle {
    /// Nobody in particular: one row, or as many as the user said.
    Plain,
    /// Qualtrics: ids, question texts, and `{"ImportId": …}` cells.
    Qualtrics,
    /// Qualtrics in older files: `V1, V2, …`, and names and question texts below.
    QualtricsLegacy,
    /// SurveyMonkey: questions, and `Response` or the options' texts below.
    SurveyMonkey,
}

/// Which sheet of a workbook was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetDialect {
    /// Its name.
    pub name: String,
    /// How many the workbook has.
    pub of: usize,
}

impl fmt::Display for TextEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = if self.source == EncodingSource::Detected { " (found out)" } else { "" };
        write!(f, "{}{by}", self.name)
    }
}

/// Such as `CSV, gzip, UTF-8, cells separated by semicolons, 3 header rows (Qualtrics)`; what is plain is left out.
impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.format)?;
        self.compression.iter().try_for_each(|compression| write!(f, ", {compression}"))?;
        self.encoding.iter().try_for_each(|encoding| write!(f, ", {encoding}"))?;
        if let Some(delimiter) = self.delimiter {
            let words = match delimiter {
                b',' => "commas",
                b';' => "semicolons",
                b'\t' => "tabs",
                _ => &delimiter_name(delimiter),
            };
            write!(f, ", cells separated by {words}")?;
        }
        if let Some(SheetDialect { name, of }) = &self.sheet {
            write!(f, ", sheet \"{}\"", crate::text::excerpt(name, 40))?;
            if *of > 1 {
                write!(f, " of {of}")?;
            }
        }
        if self.header_rows > 1 {
            write!(f, ", {} header rows", self.header_rows)?;
        }
        match self.header {
            HeaderStyle::Plain => Ok(()),
            HeaderStyle::Qualtrics | HeaderStyle::QualtricsLegacy => write!(f, " (Qualtrics)"),
            HeaderStyle::SurveyMonkey => write!(f, " (SurveyMonkey)"),
        }
    }
}
