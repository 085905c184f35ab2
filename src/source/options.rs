//! Options that override detection, and how people write them.

use encoding_rs::{Encoding, MACINTOSH};

use super::format::Format;
use crate::error::{Advice, nearest};
use crate::text::excerpt;

/// What is known about an input beforehand; what is `None` is detected.
#[derive(Debug, Clone, Default)]
pub struct SourceOptions {
    /// The input's format.
    pub format: Option<Format>,
    /// The sheet of a workbook: its name, or its position counted from 1.
    pub sheet: Option<String>,
    /// How many rows form the header, from 1 to 3.
    pub header_rows: Option<u8>,
    /// The byte that separates cells.
    pub delimiter: Option<u8>,
    /// The text's encoding. A byte order mark in the file overrides it, as in the WHATWG encoding standard.
    pub encoding: Option<&'static Encoding>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a delimiter: use , ; | tab, or another single punctuation character")]
pub(crate) struct DelimiterError {
    given: String,
}

impl Advice for DelimiterError {}

/// No encoding has this label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown encoding {given:?}")]
pub struct EncodingError {
    given: String,
    nearest: Option<&'static str>,
}

impl Advice for EncodingError {
    fn hint(&self) -> Option<String> {
        Some(self.nearest.map_or_else(
            || "pass a WHATWG label, such as windows-1252, utf-16le, iso-8859-15, macintosh or shift_jis".into(),
            |name| format!("did you mean {name}?"),
        ))
    }
}

/// Parses an ASCII punctuation character other than a quote, or `tab`, `\t`, `comma`, `semicolon` or `pipe`.
pub(crate) fn parse_delimiter(text: &str) -> Result<u8, DelimiterError> {
    match (text.to_ascii_lowercase().as_str(), text.as_bytes()) {
        ("\t" | "tab" | "\\t", _) => Ok(b'\t'),
        ("comma", _) => Ok(b','),
        ("semicolon", _) => Ok(b';'),
        ("pipe", _) => Ok(b'|'),
        (_, [byte]) if byte.is_ascii_punctuation() && *byte != b'"' => Ok(*byte),
        _ => Err(DelimiterError { given: excerpt(text, 20) }),
    }
}

/// Writes a delimiter visibly, as [`parse_delimiter`] reads it.
pub(crate) fn delimiter_name(delimiter: u8) -> String {
    if delimiter == b'\t' { "tab".into() } else { char::from(delimiter).to_string() }
}

/// Finds an encoding by its label in the WHATWG encoding standard, or by `macroman`.
///
/// # Errors
/// When no encoding has the label; the hint names the nearest one.
pub fn parse_encoding(label: &str) -> Result<&'static Encoding, EncodingError> {
    if matches!(label.trim().to_ascii_lowercase().as_str(), "macroman" | "mac-roman" | "mac_roman") {
        return Ok(MACINTOSH);
    }
    Encoding::for_label_no_replacement(label.as_bytes()).ok_or_else(|| EncodingError {
        given: excerpt(label, 40),
        nearest: nearest(label.trim(), LABELS.split_whitespace()),
    })
}

/// The labels worth suggesting: the encodings that spreadsheets and survey tools write.
const LABELS: &str = "
    utf-8 utf-16le utf-16be latin1 macintosh koi8-r shift_jis euc-jp euc-kr gb18030 big5
    iso-8859-1 iso-8859-2 iso-8859-5 iso-8859-7 iso-8859-8 iso-8859-9 iso-8859-15
    windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 windows-1255 windows-1256 windows-1257 windows-1258
";

#[cfg(test)]
mod tests {
    use super::{LABELS, delimiter_name, parse_delimiter, parse_encoding};
    use crate::error::Advice;

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
            assert_eq!(error.hint(), Some(format!("did you mean {meant}?")), "{typo}");
        }
        assert!(parse_encoding("zebra").unwrap_err().hint().unwrap().contains("windows-1252"));
    }

    #[test]
    fn suggested_labels_parse() {
        for label in LABELS.split_whitespace() {
            assert!(parse_encoding(label).is_ok(), "{label}");
        }
    }
}
