//! Any bytes into UTF-8 bytes: which encoding it is, and whether it is text at all.

use std::io::{self, Chain, Cursor, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

use super::compression::Bytes;
use super::dialect::{EncodingSource, TextEncoding};
use super::encoding::{Evidence, Readings, detect, unmarked_utf16};

/// The input with the bytes that were looked at put back in front.
type Whole<R> = Chain<Cursor<Vec<u8>>, Bytes<R>>;

/// An input as UTF-8, without its byte order mark. UTF-8 passes through unchecked; where any other encoding has bytes
/// that mean nothing, U+FFFD stands for them.
pub(super) enum Decoded<R: Read> {
    Utf8(Whole<R>),
    Other(Box<DecodeReaderBytes<Whole<R>, Vec<u8>>>),
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Utf8(input) => input.read(buffer),
            Self::Other(input) => input.read(buffer),
        }
    }
}

/// Why an input can't be decoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Undecodable {
    /// It is no text; what it is instead, and which encoding would explain it.
    NotText { seen: String },
    /// It can be read in two ways.
    Unclear(Readings),
}

/// Starts to decode: by the byte order mark if there is one, else as declared, else as the bytes say. `start` is the
/// beginning of the input, and all of it if it `is_whole`.
pub(super) fn decode<R: Read>(
    start: Vec<u8>,
    is_whole: bool,
    rest: Bytes<R>,
    declared: Option<&'static Encoding>,
) -> Result<(Decoded<R>, TextEncoding), Undecodable> {
    let mark = Encoding::for_bom(&start).filter(|_| !start.starts_with(UTF_32LE_MARK));
    let (encoding, source) = match (mark, declared) {
        (Some((encoding, _)), _) => (encoding, EncodingSource::Bom),
        (None, Some(encoding)) => (encoding, EncodingSource::Option),
        (None, None) => find_out(&start, is_whole)?,
    };
    if let Some(seen) = other_than_text(&start, encoding) {
        return Err(Undecodable::NotText { seen });
    }
    let mut start = Cursor::new(start);
    start.set_position(mark.map_or(0, |(_, length)| length as u64));
    let whole = start.chain(rest);
    let decoded = if encoding == UTF_8 {
        Decoded::Utf8(whole)
    } else {
        let builder = &mut DecodeReaderBytesBuilder::new();
        Decoded::Other(Box::new(builder.encoding(Some(encoding)).bom_sniffing(false).build(whole)))
    };
    Ok((decoded, TextEncoding { name: encoding.name(), source }))
}

fn find_out(start: &[u8], is_whole: bool) -> Result<(&'static Encoding, EncodingSource), Undecodable> {
    if let Some(encoding) = unmarked_utf16(start) {
        return Ok((encoding, EncodingSource::Detected));
    }
    if other_than_text(start, UTF_8).is_some() {
        return Ok((UTF_8, EncodingSource::Default));
    }
    match detect(start, is_whole) {
        Evidence::Utf8 => Ok((UTF_8, EncodingSource::Default)),
        Evidence::Clear(encoding) => Ok((encoding, EncodingSource::Detected)),
        Evidence::Unclear(readings) => Err(Undecodable::Unclear(readings)),
    }
}

const UTF_32LE_MARK: &[u8] = b"\xff\xfe\0\0";

/// The first bytes of what people take for a table.
const KNOWN_FORMATS: [(&[u8], &str); 8] = [
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"%PDF-", "a PDF document"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\0", "an SQLite database"),
    (UTF_32LE_MARK, "UTF-32 text"),
];

/// Where a tar archive says that it is one.
const TAR: (usize, &[u8]) = (257, b"ustar");

fn other_than_text(start: &[u8], encoding: &'static Encoding) -> Option<String> {
    if let Some((_, name)) = KNOWN_FORMATS.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Some((*name).into());
    }
    if start.get(TAR.0..).is_some_and(|rest| rest.starts_with(TAR.1)) {
        return Some("a tar archive".into());
    }
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return None;
    }
    let first = start.iter().position(|&byte| byte == 0)?;
    Some(format!("binary data (byte {} is NUL)", first + 1))
}

#[cfg(test)]
mod tests {
    use super::{Undecodable, decode};
    use crate::source::compression::Bytes;
    use crate::source::dialect::EncodingSource;
    use encoding_rs::{Encoding, SHIFT_JIS, WINDOWS_1252};
    use std::io::Read;

    fn text_of(bytes: &[u8], declared: Option<&'static Encoding>) -> (String, &'static str, EncodingSource) {
        let rest = Bytes::new(&b""[..]).unwrap();
        let (mut decoded, found) = decode(bytes.to_vec(), true, rest, declared).unwrap();
        let mut text = String::new();
        decoded.read_to_string(&mut text).unwrap();
        (text, found.name, found.source)
    }

    fn seen(bytes: &[u8]) -> String {
        match decode(bytes.to_vec(), true, Bytes::new(&b""[..]).unwrap(), None).err() {
            Some(Undecodable::NotText { seen }) => seen,
            other => panic!("{other:?}"),
        }
    }

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn a_byte_order_mark_decides_and_is_not_part_of_the_text() {
        let mark = EncodingSource::Bom;
        assert_eq!(text_of(b"\xef\xbb\xbfna\xc3\xafve", None), ("naïve".into(), "UTF-8", mark));
        assert_eq!(text_of(b"\xef\xbb\xbfna\xc3\xafve", Some(WINDOWS_1252)), ("naïve".into(), "UTF-8", mark));
        let little = utf16("\u{feff}Grüße 東", u16::to_le_bytes);
        assert_eq!(text_of(&little, None), ("Grüße 東".into(), "UTF-16LE", mark));
        let big = utf16("\u{feff}Grüße 東", u16::to_be_bytes);
        assert_eq!(text_of(&big, None), ("Grüße 東".into(), "UTF-16BE", mark));
    }

    #[test]
    fn a_declared_encoding_is_used() {
        let given = EncodingSource::Option;
        assert_eq!(text_of(b"Gr\xfc\xdfe", Some(WINDOWS_1252)), ("Grüße".into(), "windows-1252", given));
        assert_eq!(text_of(b"\x93\xfa\x96\x7b", Some(SHIFT_JIS)), ("日本".into(), "Shift_JIS", given));
        assert_eq!(text_of(b"\x93\xff\x41", Some(SHIFT_JIS)).0, "\u{fffd}A");
    }

    #[test]
    fn what_the_bytes_say_is_used_when_nothing_is_declared() {
        assert_eq!(text_of(b"id,score\n", None), ("id,score\n".into(), "UTF-8", EncodingSource::Default));
        assert_eq!(text_of(b"K\xf6ln", None), ("Köln".into(), "windows-1252", EncodingSource::Detected));
        let unmarked = utf16("id,score\n1,5\n", u16::to_le_bytes);
        assert_eq!(text_of(&unmarked, None), ("id,score\n1,5\n".into(), "UTF-16LE", EncodingSource::Detected));
    }

    #[test]
    fn what_is_no_text_is_named() {
        assert!(seen(b"PK\x03\x04\x14\0").contains("zip"));
        assert!(seen(b"\x1f\x8b\x08").contains("gzip"));
        assert!(seen(b"\xff\xfe\0\0a\0\0\0").contains("UTF-32"));
        assert_eq!(seen(b"abc\0def"), "binary data (byte 4 is NUL)");
    }
}
