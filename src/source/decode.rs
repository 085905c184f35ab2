//! Any bytes into UTF-8 bytes: which encoding it is, and whether it is text at all.

use std::io::{self, Chain, Cursor, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

/// How many bytes at the start are looked at.
const PEEKED: u64 = 8 * 1024;

/// The input with the bytes that were looked at put back in front.
type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

/// An input as UTF-8, without its byte order mark. UTF-8 passes through unchecked; where any other encoding has bytes
/// that mean nothing, U+FFFD stands for them.
pub(super) enum Decoded<R: Read> {
    Utf8(Whole<R>),
    Other(DecodeReaderBytes<Whole<R>, Vec<u8>>),
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Utf8(input) => input.read(buffer),
            Self::Other(input) => input.read(buffer),
        }
    }
}

/// What an input was found to be encoded in.
pub(super) struct Found {
    pub(super) encoding: &'static Encoding,
    pub(super) had_bom: bool,
}

/// What an input is instead of text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotText {
    pub(super) seen: String,
    pub(super) encoding: Option<&'static str>,
}

/// Starts to decode: by the byte order mark if there is one, else as declared, else as UTF-8.
pub(super) fn decode<R: Read>(
    mut input: R,
    declared: Option<&'static Encoding>,
) -> io::Result<Result<(Decoded<R>, Found), NotText>> {
    let mut peeked = Vec::new();
    input.by_ref().take(PEEKED).read_to_end(&mut peeked)?;
    let mark = Encoding::for_bom(&peeked);
    let encoding = mark.map(|(encoding, _)| encoding).or(declared).unwrap_or(UTF_8);
    if let Some(not_text) = other_than_text(&peeked, encoding) {
        return Ok(Err(not_text));
    }
    let mut start = Cursor::new(peeked);
    start.set_position(mark.map_or(0, |(_, length)| length as u64));
    let whole = start.chain(input);
    let decoded = if encoding == UTF_8 {
        Decoded::Utf8(whole)
    } else {
        let builder = &mut DecodeReaderBytesBuilder::new();
        Decoded::Other(builder.encoding(Some(encoding)).bom_sniffing(false).build(whole))
    };
    Ok(Ok((decoded, Found { encoding, had_bom: mark.is_some() })))
}

/// The first bytes of what people take for a CSV file.
const KNOWN_FORMATS: [(&[u8], &str); 6] = [
    (b"PK\x03\x04", "an Excel workbook (.xlsx) or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"%PDF-", "a PDF document"),
    (b"SQLite format 3\0", "an SQLite database"),
];

fn other_than_text(start: &[u8], encoding: &'static Encoding) -> Option<NotText> {
    if let Some((_, name)) = KNOWN_FORMATS.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Some(NotText { seen: (*name).into(), encoding: None });
    }
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return None;
    }
    let first = start.iter().position(|&byte| byte == 0)?;
    let unmarked = unmarked_utf16(start);
    let seen = match unmarked {
        Some(_) => "UTF-16 text without a byte order mark".into(),
        None => format!("binary data (byte {} is NUL)", first + 1),
    };
    Some(NotText { seen, encoding: unmarked })
}

/// UTF-16 of mostly Latin text has a NUL in every other place, and hardly any elsewhere.
fn unmarked_utf16(start: &[u8]) -> Option<&'static str> {
    let nuls_at = |parity| start.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    let mostly = |count: usize| count * 10 > start.len() / 2 * 7;
    match (nuls_at(0), nuls_at(1)) {
        (0, odd) if mostly(odd) => Some("utf-16le"),
        (even, 0) if mostly(even) => Some("utf-16be"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{NotText, decode};
    use encoding_rs::{Encoding, SHIFT_JIS, WINDOWS_1252};
    use std::io::Read;

    fn text_of(bytes: &[u8], declared: Option<&'static Encoding>) -> (String, &'static str, bool) {
        let (mut decoded, found) = decode(bytes, declared).unwrap().unwrap();
        let mut text = String::new();
        decoded.read_to_string(&mut text).unwrap();
        (text, found.encoding.name(), found.had_bom)
    }

    fn not_text(bytes: &[u8]) -> NotText {
        decode(bytes, None).unwrap().err().unwrap()
    }

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn a_byte_order_mark_decides_and_is_not_part_of_the_text() {
        assert_eq!(text_of(b"\xef\xbb\xbfna\xc3\xafve", None), ("naïve".into(), "UTF-8", true));
        assert_eq!(text_of(b"\xef\xbb\xbfna\xc3\xafve", Some(WINDOWS_1252)), ("naïve".into(), "UTF-8", true));
        let little = utf16("\u{feff}Grüße 東", u16::to_le_bytes);
        assert_eq!(text_of(&little, None), ("Grüße 東".into(), "UTF-16LE", true));
        let big = utf16("\u{feff}Grüße 東", u16::to_be_bytes);
        assert_eq!(text_of(&big, None), ("Grüße 東".into(), "UTF-16BE", true));
    }

    #[test]
    fn a_declared_encoding_is_used() {
        assert_eq!(text_of(b"Gr\xfc\xdfe", Some(WINDOWS_1252)), ("Grüße".into(), "windows-1252", false));
        assert_eq!(text_of(b"\x93\xfa\x96\x7b", Some(SHIFT_JIS)), ("日本".into(), "Shift_JIS", false));
        assert_eq!(text_of(b"\x93\xff\x41", Some(SHIFT_JIS)).0, "\u{fffd}A");
    }

    #[test]
    fn what_is_no_text_is_named() {
        assert!(not_text(b"PK\x03\x04\x14\0").seen.contains("xlsx"));
        assert!(not_text(b"\x1f\x8b\x08").seen.contains("gzip"));
        assert_eq!(not_text(b"abc\0def").seen, "binary data (byte 4 is NUL)");
        assert_eq!(not_text(&utf16("id,score", u16::to_le_bytes)).encoding, Some("utf-16le"));
        assert_eq!(not_text(&utf16("id,score", u16::to_be_bytes)).encoding, Some("utf-16be"));
    }
}
