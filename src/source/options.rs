//! What can be said about an input's form instead of finding it out: format, sheet, header, delimiter and encoding, as
//! people write them.

use encoding_rs::{Encoding, MACINTOSH};

use super::Format;
use crate::error::{Advice, nearest};
use crate::text::excerpt;

/// What is known of an input beforehand; what is `None` is found out.
#[derive(Debug, Clone, Default)]
pub struct SourceOptions {
    /// The form its rows have.
    pub format: Option<Format>,
    /// The sheet of a workbook: its name, or its place counted from 1.
    pub sheet: Option<String>,
    /// How many rows are the header, from 1 to 3.
    pub header_rows: Option<u8>,
    /// The byte between two cells.
    pub delimiter: Option<u8>,
    /// The text's encoding. A byte order mark in the file overrides it, as the WHATWG encoding standard has it.
    pub encoding: Option<&'static Encoding>,
}

/// A text is no delimiter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a delimiter: write one of , ; | tab, or another single punctuation character")]
pub struct DelimiterError {
    given: String,
}

impl Advice for DelimiterError {}

/// A text is no encoding's label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not an encoding that is known here")]
pub struct EncodingError {
    given: String,
    nearest: Option<&'static str>,
}

impl Advice for EncodingError {
    fn hint(&self) -> Option<String> {
        Some(match self.nearest {
            Some(name) => format!("did you mean {name}?"),
            None => {
                "write its WHATWG label, such as windows-1252, utf-16le, iso-8859-15, macintosh or shift_jis".into()
            }
        })
    }
}

/// The delimiter that a text means: the character itself, `tab`, `\t`, `comma`, `semicolon` or `pipe`.
///
/// # Errors
/// When it is neither a known name nor one ASCII punctuation character; quotes can't part cells.
pub fn parse_delimiter(text: &str) -> Result<u8, DelimiterError> {
    match text.to_ascii_lowercase().as_str() {
        "\t" | "tab" | "\\t" => return Ok(b'\t'),
        "comma" => return Ok(b','),
        "semicolon" => return Ok(b';'),
        "pipe" => return Ok(b'|'),
        _ => {}
    }
    match text.as_bytes() {
        [byte] if byte.is_ascii_punctuation() && *byte != b'"' => Ok(*byte),
        _ => Err(DelimiterError { given: excerpt(text, 20) }),
    }
}

/// A delimiter in the form that [`parse_delimiter`] reads and that can be seen.
pub fn delimiter_name(delimiter: u8) -> String {
    if delimiter == b'\t' { "tab".into() } else { char::from(delimiter).to_string() }
}

/// The encoding that a label means: the labels of the WHATWG encoding standard, and `macroman`.
///
/// # Errors
/// When nothing goes by that label; the hint names the nearest one.
pub fn parse_encoding(label: &str) -> Result<&'static Encoding, EncodingError> {
    if matches!(label.trim().to_ascii_lowercase().as_str(), "macroman" | "mac-roman" | "mac_roman") {
        return Ok(MACINTOSH);
    }
    Encoding::for_label_no_replacement(label.as_bytes())
        .ok_or_else(|| EncodingError { given: excerpt(label, 40), nearest: nearest(label.trim(), LABELS) })
}

/// The labels worth suggesting: what spreadsheets and survey tools write.
const LABELS: [&str; 27] = [
    "utf-8",
    "utf-16le",
    "utf-16be",
    "latin1",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-5",
    "iso-8859-7",
    "iso-8859-8",
    "iso-8859-9",
    "iso-8859-15",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "macintosh",
    "koi8-r",
    "shift_jis",
    "euc-jp",
    "euc-kr",
    "gb18030",
    "big5",
];

#[cfg(test)]
mod tests {
    use super::{LABELS, delimiter_name, parse_delimiter, parse_encoding};
    use crate::error::Advice;

    #[test]
    fn delimiters_read_by_name_and_by_sign() {
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
    fn encodings_read_by_their_labels_and_typos_find_the_nearest() {
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
    fn every_suggested_label_is_one_that_reads() {
        for label in LABELS {
            assert!(parse_encoding(label).is_ok(), "{label}");
        }
    }
}
