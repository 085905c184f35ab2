//! Options that override detection, and how people write them.

use strum::VariantNames;

use super::encoding::Encoding;
use super::format::Format;
use crate::error::nearest;
use crate::text::quoted;

/// What is known about an input beforehand; what is `None` is detected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceOptions {
    /// The input's format.
    pub format: Option<Format>,
    /// The sheets of a workbook, in order: each a name, a position counted from 1, or `*` for all visible sheets. The first
    /// visible one if empty.
    pub sheets: Vec<String>,
    /// How many rows form the header, from 1 to 3; 0 for an input without a header, whose columns are `#1`, `#2` and so on.
    pub header_rows: Option<u8>,
    /// How many lines, or rows of a sheet, come before the header and are ignored.
    pub skip_lines: Option<u64>,
    /// The keys that lead to the array of records in a JSON document, joined with dots.
    pub records_at: Option<String>,
    /// The byte that separates cells.
    pub delimiter: Option<u8>,
    /// The text's encoding. A byte order mark in the file overrides it, as in the WHATWG encoding standard.
    pub encoding: Option<Encoding>,
}

impl SourceOptions {
    /// These options, and those of `base` where these say nothing.
    #[must_use]
    pub fn over(self, base: Self) -> Self {
        Self {
            format: self.format.or(base.format),
            sheets: if self.sheets.is_empty() { base.sheets } else { self.sheets },
            header_rows: self.header_rows.or(base.header_rows),
            skip_lines: self.skip_lines.or(base.skip_lines),
            records_at: self.records_at.or(base.records_at),
            delimiter: self.delimiter.or(base.delimiter),
            encoding: self.encoding.or(base.encoding),
        }
    }
}

/// Why the value of an option cannot be parsed. The message includes the suggestion, as clap shows nothing else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValueError(String);

/// Parses the name of a [`Format`].
pub(crate) fn parse_format(text: &str) -> Result<Format, ValueError> {
    let names = Format::VARIANTS.iter().copied();
    text.parse().map_err(|_| unknown("format", text, names, &format!("use one of {}", Format::VARIANTS.join(", "))))
}

/// Parses an ASCII punctuation character other than a quote, or `tab`, `\t`, `comma`, `semicolon` or `pipe`.
pub(crate) fn parse_delimiter(text: &str) -> Result<u8, ValueError> {
    match (text.to_ascii_lowercase().as_str(), text.as_bytes()) {
        ("\t" | "tab" | "\\t", _) => Ok(b'\t'),
        ("comma", _) => Ok(b','),
        ("semicolon", _) => Ok(b';'),
        ("pipe", _) => Ok(b'|'),
        (_, [byte]) if byte.is_ascii_punctuation() && *byte != b'"' => Ok(*byte),
        _ => Err(ValueError(format!(
            "{} is not a delimiter: use , ; | tab, or another single punctuation character",
            quoted(text, 20)
        ))),
    }
}

/// Writes a delimiter visibly, as [`parse_delimiter`] reads it.
pub(crate) fn delimiter_name(delimiter: u8) -> String {
    if delimiter == b'\t' { "tab".into() } else { char::from(delimiter).to_string() }
}

/// Finds an encoding by one of its labels.
///
/// # Errors
/// When no encoding has the label.
pub fn parse_encoding(label: &str) -> Result<Encoding, ValueError> {
    const EXAMPLES: &str = "use a WHATWG label, such as windows-1252, utf-16le, iso-8859-15, macintosh or shift_jis, or a DOS \
                            code page, such as cp850";
    Encoding::for_label(label).ok_or_else(|| unknown("encoding", label.trim(), LABELS.split_whitespace(), EXAMPLES))
}

fn unknown(what: &str, text: &str, known: impl Iterator<Item = &'static str>, otherwise: &str) -> ValueError {
    let advice = nearest(text, known).map_or_else(|| otherwise.to_owned(), |name| format!("did you mean {name}?"));
    ValueError(format!("unknown {what} {}: {advice}", quoted(text, 40)))
}

/// The labels worth suggesting: the encodings that spreadsheets and survey tools write.
const LABELS: &str = "
    utf-8 utf-16le utf-16be latin1 macintosh koi8-r shift_jis euc-jp euc-kr gb18030 big5
    iso-8859-1 iso-8859-2 iso-8859-5 iso-8859-7 iso-8859-8 iso-8859-9 iso-8859-15
    windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 windows-1255 windows-1256 windows-1257 windows-1258
    cp437 cp737 cp775 cp850 cp852 cp855 cp857 cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp866
    mac-cyrillic mac-ce mac-greek mac-turkish
";

#[cfg(test)]
mod tests {
    use super::{Format, LABELS, delimiter_name, parse_delimiter, parse_encoding, parse_format};
    use strum::VariantNames;

    #[test]
    fn formats_parse_by_name() {
        for name in Format::VARIANTS {
            assert_eq!(parse_format(name).unwrap().name(), *name);
        }
        for name in ["NDJSON", "jsonl", "JSONL"] {
            assert_eq!(parse_format(name), Ok(Format::Ndjson));
        }
        assert_eq!(Format::Ndjson.to_string(), "NDJSON");
        assert!(parse_format("jsn").unwrap_err().to_string().contains("did you mean json?"));
        assert!(parse_format("zebra").unwrap_err().to_string().contains("csv, tsv, ndjson, json, xlsx"));
    }

    #[test]
    fn delimiters_parse_by_name_and_character() {
        let known = [(",", b','), (";", b';'), ("|", b'|'), ("\t", b'\t'), ("tab", b'\t'), ("\\t", b'\t')];
        for (text, byte) in known.into_iter().chain([("TAB", b'\t'), ("comma", b','), ("^", b'^')]) {
            assert_eq!(parse_delimiter(text), Ok(byte), "{text}");
            assert_eq!(parse_delimiter(&delimiter_name(byte)), Ok(byte), "{text}");
        }
        for text in ["", "\"", "a", "ab", ";;", "é", "\n", " "] {
            assert!(parse_delimiter(text).unwrap_err().to_string().contains("tab"), "{text:?}");
        }
    }

    #[test]
    fn encoding_typos_suggest_the_nearest_label() {
        assert_eq!(parse_encoding("cp1252").unwrap().name(), "windows-1252");
        assert_eq!(parse_encoding("UTF-16LE").unwrap().name(), "UTF-16LE");
        assert_eq!(parse_encoding("MacRoman").unwrap().name(), "macintosh");
        for (typo, meant) in [("windows1252", "windows-1252"), ("utf16le", "utf-16le"), ("shift-jiss", "shift_jis")] {
            let error = parse_encoding(typo).unwrap_err();
            assert!(error.to_string().ends_with(&format!("did you mean {meant}?")), "{error}");
        }
        assert!(parse_encoding("zebra").unwrap_err().to_string().contains("windows-1252"));
    }

    #[test]
    fn suggested_labels_parse() {
        for label in LABELS.split_whitespace() {
            assert!(parse_encoding(label).is_ok(), "{label}");
        }
    }
}
