//! The forms that rows come in, and how an input's own content says which one it is.

use std::fmt;
use std::path::Path;

use crate::error::{Advice, nearest};
use crate::text::excerpt;

/// A form that rows come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Delimited text, whatever the delimiter.
    Csv,
    /// Delimited text with tabs.
    Tsv,
    /// One JSON object after the other, commonly one a line (NDJSON).
    JsonLines,
    /// One JSON array of objects.
    Json,
    /// An Excel workbook.
    Xlsx,
    /// An Excel workbook as it was until 2003.
    Xls,
    /// An OpenDocument spreadsheet.
    Ods,
}

impl Format {
    /// Every format, with what it is called on the command line.
    const NAMES: [(&'static str, Self); 7] = [
        ("csv", Self::Csv),
        ("tsv", Self::Tsv),
        ("ndjson", Self::JsonLines),
        ("json", Self::Json),
        ("xlsx", Self::Xlsx),
        ("xls", Self::Xls),
        ("ods", Self::Ods),
    ];

    /// What it is called on the command line.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, format)| *format == self).map_or("csv", |(name, _)| name)
    }

    /// Whether it is a workbook, which has sheets.
    pub fn is_workbook(self) -> bool {
        matches!(self, Self::Xlsx | Self::Xls | Self::Ods)
    }

    /// What the ending of a file's name says, the ending of a packed file's own name left out.
    pub(super) fn of_ending(name: &str) -> Option<Self> {
        let lower = name.to_lowercase();
        let unpacked =
            [".gz", ".gzip", ".zst", ".zstd"].iter().find_map(|end| lower.strip_suffix(end)).unwrap_or(&lower);
        match Path::new(unpacked).extension()?.to_str()? {
            "csv" | "txt" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// What the beginning of a text says. Only where it could be more than one of them, the ending decides.
    pub(super) fn of_text(start: &str, ending: Option<Self>) -> Self {
        let delimited = if ending == Some(Self::Tsv) { Self::Tsv } else { Self::Csv };
        let mut signs = start.chars().filter(|c| !c.is_whitespace());
        let is_json = ending == Some(Self::Json) || ending == Some(Self::JsonLines);
        match (signs.next(), signs.next()) {
            (Some('{'), Some('"')) | (Some('{'), Some('}')) => Self::JsonLines,
            (Some('['), Some('{')) => Self::Json,
            (Some('['), Some(_)) if is_json => Self::Json,
            (Some('{'), _) if is_json => Self::JsonLines,
            _ => delimited,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::JsonLines => "JSON lines",
            Self::Json => "JSON",
            Self::Xlsx => "XLSX",
            Self::Xls => "XLS",
            Self::Ods => "ODS",
        })
    }
}

/// A text is no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a format: it is one of csv, tsv, ndjson, json, xlsx, xls, ods")]
pub struct FormatError {
    given: String,
    nearest: Option<&'static str>,
}

impl Advice for FormatError {
    fn hint(&self) -> Option<String> {
        self.nearest.map(|name| format!("did you mean {name}?"))
    }
}

/// The format with this name; `jsonl` is another name of `ndjson`.
///
/// # Errors
/// When it is none.
pub fn parse_format(text: &str) -> Result<Format, FormatError> {
    let lower = text.to_ascii_lowercase();
    let name = if lower == "jsonl" { "ndjson" } else { lower.as_str() };
    Format::NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| *format).ok_or_else(|| FormatError {
        given: excerpt(text, 20),
        nearest: nearest(name, Format::NAMES.map(|(name, _)| name)),
    })
}

#[cfg(test)]
mod tests {
    use super::{Format, parse_format};

    #[test]
    fn formats_read_by_their_names() {
        for (name, format) in Format::NAMES {
            assert_eq!(parse_format(name), Ok(format));
            assert_eq!(format.name(), name);
        }
        assert_eq!(parse_format("JSONL"), Ok(Format::JsonLines));
        assert!(parse_format("xlsm").unwrap_err().to_string().contains("xlsx"));
    }

    #[test]
    fn the_content_decides_and_the_ending_breaks_ties() {
        for (start, ending, format) in [
            ("id,score\n", None, Format::Csv),
            ("id,score\n", Some(Format::Json), Format::Csv),
            (" {\"id\": 1}\n", Some(Format::Csv), Format::JsonLines),
            ("\n[\n  {\"id\": 1}", Some(Format::Csv), Format::Json),
            ("[]", Some(Format::Json), Format::Json),
            ("[]", Some(Format::Csv), Format::Csv),
            ("{id},{score}\n", None, Format::Csv),
            ("id\tscore", Some(Format::Tsv), Format::Tsv),
            ("", None, Format::Csv),
        ] {
            assert_eq!(Format::of_text(start, ending), format, "{start:?}");
        }
    }

    #[test]
    fn an_ending_may_stand_before_that_of_a_packed_file() {
        for (name, format) in
            [("a.JSONL.gz", Some(Format::JsonLines)), ("q3/b.tsv.zst", Some(Format::Tsv)), ("c.gz", None), ("c", None)]
        {
            assert_eq!(Format::of_ending(name), format, "{name}");
        }
    }
}
