//! Decoding any input to UTF-8: the encoding comes from the byte order mark, the options, or detection.

use std::io::{self, Chain, Cursor, Read};

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

use super::compression::Decompressed;
use super::encoding::{Detection, Encoding, EncodingSource, PageReader, TextEncoding, detect, detect_utf16};
use super::error::ContentError;

/// The input, with the bytes read for detection put back in front.
type Whole<R> = Chain<Cursor<Vec<u8>>, Decompressed<R>>;

/// An input as UTF-8, without its byte order mark. UTF-8 passes through unchecked; in any other encoding U+FFFD replaces
/// invalid bytes.
pub(super) enum Decoded<R: Read> {
    Utf8(Whole<R>),
    Standard(Box<DecodeReaderBytes<Whole<R>, Vec<u8>>>),
    Page(Box<PageReader<Whole<R>>>),
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Utf8(input) => input.read(buffer),
            Self::Standard(input) => input.read(buffer),
            Self::Page(input) => input.read(buffer),
        }
    }
}

/// Starts decoding. `start` is the start of the input, or all of it if `is_whole`. A byte order mark overrides the `declared`
/// encoding, as in the WHATWG encoding standard.
pub(super) fn decode<R: Read>(
    start: Vec<u8>,
    is_whole: bool,
    rest: Decompressed<R>,
    declared: Option<Encoding>,
) -> Result<(Decoded<R>, TextEncoding), ContentError> {
    let bom = encoding_rs::Encoding::for_bom(&start).filter(|_| !start.starts_with(UTF_32LE_BOM));
    let (encoding, source) = match (bom, declared) {
        (Some((encoding, _)), _) => (Encoding::Standard(encoding), EncodingSource::Bom),
        (None, Some(encoding)) => (encoding, EncodingSource::Option),
        (None, None) => detect_encoding(&start, is_whole)?,
    };
    if let Some(detected) = detect_other_format(&start, encoding) {
        return Err(ContentError::NotATable { detected });
    }
    let mut start = Cursor::new(start);
    start.set_position(bom.map_or(0, |(_, length)| length as u64));
    let whole = start.chain(rest);
    let decoded = match encoding {
        Encoding::Standard(encoding) if encoding == UTF_8 => Decoded::Utf8(whole),
        Encoding::Standard(encoding) => {
            let builder = &mut DecodeReaderBytesBuilder::new();
            Decoded::Standard(Box::new(builder.encoding(Some(encoding)).bom_sniffing(false).build(whole)))
        }
        Encoding::Page(page) => Decoded::Page(Box::new(PageReader::new(whole, page))),
    };
    Ok((decoded, TextEncoding { name: encoding.name(), source }))
}

fn detect_encoding(start: &[u8], is_whole: bool) -> Result<(Encoding, EncodingSource), ContentError> {
    const UTF8: Encoding = Encoding::Standard(UTF_8);
    if let Some(encoding) = detect_utf16(start) {
        return Ok((encoding, EncodingSource::Detected));
    }
    if detect_other_format(start, UTF8).is_some() {
        return Ok((UTF8, EncodingSource::Default));
    }
    match detect(start, is_whole) {
        Detection::Utf8 => Ok((UTF8, EncodingSource::Default)),
        Detection::Certain(encoding) => Ok((encoding, EncodingSource::Detected)),
        Detection::Ambiguous(ambiguity) => Err(ContentError::AmbiguousEncoding(Box::new(ambiguity))),
    }
}

const UTF_32LE_BOM: &[u8] = b"\xff\xfe\0\0";

/// The first bytes of files that people mistake for tables.
const MAGIC: [(&[u8], &str); 10] = [
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; extract it first"),
    (b"%PDF-", "a PDF document"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\0", "an SQLite database"),
    (UTF_32LE_BOM, "UTF-32 text"),
];

/// The offset and the magic of a tar archive.
const TAR: (usize, &[u8]) = (257, b"ustar");

/// Says what the input looks like if it is not text.
fn detect_other_format(start: &[u8], encoding: Encoding) -> Option<String> {
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Some((*name).into());
    }
    if start.get(TAR.0..).is_some_and(|rest| rest.starts_with(TAR.1)) {
        return Some("a tar archive".into());
    }
    if [UTF_16LE, UTF_16BE].map(Encoding::Standard).contains(&encoding) {
        return None;
    }
    let nul = start.iter().position(|&byte| byte == 0)?;
    Some(format!("binary data (byte {} is NUL)", nul + 1))
}

#[cfg(test)]
mod tests {
    use super::{ContentError, decode};
    use crate::source::compression::Decompressed;
    use crate::source::encoding::{Encoding, EncodingSource};
    use encoding_rs::{SHIFT_JIS, WINDOWS_1252};
    use std::io::Read;

    fn text_of(
        bytes: &[u8],
        declared: Option<&'static encoding_rs::Encoding>,
    ) -> (String, &'static str, EncodingSource) {
        let rest = Decompressed::new(&b""[..]).unwrap();
        let (mut decoded, encoding) = decode(bytes.to_vec(), true, rest, declared.map(Encoding::Standard)).unwrap();
        let mut text = String::new();
        decoded.read_to_string(&mut text).unwrap();
        (text, encoding.name, encoding.source)
    }

    fn detected(bytes: &[u8]) -> String {
        match decode(bytes.to_vec(), true, Decompressed::new(&b""[..]).unwrap(), None).err() {
            Some(ContentError::NotATable { detected }) => detected,
            other => panic!("{other:?}"),
        }
    }

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn byte_order_marks_win_and_are_dropped() {
        let bom = EncodingSource::Bom;
        assert_eq!(text_of(b"\xef\xbb\xbfna\xc3\xafve", None), ("naïve".into(), "UTF-8", bom));
        assert_eq!(text_of(b"\xef\xbb\xbfna\xc3\xafve", Some(WINDOWS_1252)), ("naïve".into(), "UTF-8", bom));
        let little = utf16("\u{feff}Grüße 東", u16::to_le_bytes);
        assert_eq!(text_of(&little, None), ("Grüße 東".into(), "UTF-16LE", bom));
        let big = utf16("\u{feff}Grüße 東", u16::to_be_bytes);
        assert_eq!(text_of(&big, None), ("Grüße 東".into(), "UTF-16BE", bom));
    }

    #[test]
    fn declared_encodings_are_used() {
        let option = EncodingSource::Option;
        assert_eq!(text_of(b"Gr\xfc\xdfe", Some(WINDOWS_1252)), ("Grüße".into(), "windows-1252", option));
        assert_eq!(text_of(b"\x93\xfa\x96\x7b", Some(SHIFT_JIS)), ("日本".into(), "Shift_JIS", option));
        assert_eq!(text_of(b"\x93\xff\x41", Some(SHIFT_JIS)).0, "\u{fffd}A");
    }

    #[test]
    fn undeclared_encodings_are_detected() {
        assert_eq!(text_of(b"id,score\n", None), ("id,score\n".into(), "UTF-8", EncodingSource::Default));
        assert_eq!(text_of(b"K\xf6ln", None), ("Köln".into(), "windows-1252", EncodingSource::Detected));
        let without_bom = utf16("id,score\n1,5\n", u16::to_le_bytes);
        assert_eq!(text_of(&without_bom, None), ("id,score\n1,5\n".into(), "UTF-16LE", EncodingSource::Detected));
    }

    #[test]
    fn other_formats_are_named() {
        assert!(detected(b"PK\x03\x04\x14\0").contains("zip"));
        assert!(detected(b"\x1f\x8b\x08").contains("gzip"));
        assert!(detected(b"\xff\xfe\0\0a\0\0\0").contains("UTF-32"));
        assert_eq!(detected(b"abc\0def"), "binary data (byte 4 is NUL)");
    }
}
