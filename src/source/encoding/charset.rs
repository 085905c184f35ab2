//! One type for all encodings, and reading those that are not in the WHATWG encoding standard.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read};

use encoding_rs::{MACINTOSH, WINDOWS_874, X_MAC_CYRILLIC};

use super::pages::{CodePage, PAGES};
use crate::source::buffer::BUFFER;

/// A text encoding.
#[derive(Debug, Clone, Copy)]
pub enum Encoding {
    /// One of the WHATWG encoding standard.
    Standard(&'static encoding_rs::Encoding),
    /// A code page of DOS or the Macintosh.
    Page(&'static CodePage),
}

impl Encoding {
    /// Its name, which [`Encoding::for_label`] knows.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard(encoding) => encoding.name(),
            Self::Page(page) => page.name,
        }
    }

    /// Finds an encoding by its label in the WHATWG encoding standard, as a code page (`cp850`, `ibm850`, `850`), or as one
    /// of the Macintosh (`mac-ce`).
    #[must_use]
    pub fn for_label(label: &str) -> Option<Self> {
        let label = label.trim().to_ascii_lowercase();
        let number = ["cp", "ibm", "dos", "oem"].iter().find_map(|prefix| label.strip_prefix(prefix)).unwrap_or(&label);
        let number = number.trim_start_matches(['-', '_']);
        let mac = label.strip_prefix("x-").unwrap_or(&label).replace(['-', '_'], "");
        let is_named = |page: &&CodePage| match page.name.strip_prefix("cp") {
            Some(digits) => digits == number,
            None => page.name.trim_start_matches("x-").replace('-', "") == mac,
        };
        let known = match mac.as_str() {
            "macroman" => Some(MACINTOSH),
            "maccyrillic" => Some(X_MAC_CYRILLIC),
            _ if number == "874" => Some(WINDOWS_874),
            _ => encoding_rs::Encoding::for_label_no_replacement(label.as_bytes()),
        };
        known.map(Self::Standard).or_else(|| PAGES.iter().find(is_named).map(Self::Page))
    }

    /// Decodes a whole text. U+FFFD replaces invalid bytes.
    pub(in crate::source) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Standard(encoding) => encoding.decode_without_bom_handling(bytes).0,
            Self::Page(page) => {
                let upper = page.upper();
                bytes.iter().map(|byte| character(&upper, *byte)).collect::<String>().into()
            }
        }
    }

    /// The characters of a single-byte encoding from byte 128 on.
    pub(super) fn upper(self) -> [char; 128] {
        match self {
            Self::Standard(encoding) => {
                let decode = |byte| encoding.decode_without_bom_handling(&[byte]).0.chars().next();
                std::array::from_fn(|place| decode(128 + place as u8).unwrap_or(char::REPLACEMENT_CHARACTER))
            }
            Self::Page(page) => page.upper(),
        }
    }
}

impl PartialEq for Encoding {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Encoding {}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn character(upper: &[char; 128], byte: u8) -> char {
    if byte.is_ascii() { char::from(byte) } else { upper[usize::from(byte - 128)] }
}

/// Decodes a code page to UTF-8 while reading.
pub(in crate::source) struct PageReader<R> {
    input: R,
    upper: [char; 128],
    bytes: Vec<u8>,
    text: String,
    /// How much of the text was read.
    read: usize,
}

impl<R: Read> PageReader<R> {
    pub(in crate::source) fn new(input: R, page: &CodePage) -> Self {
        Self { input, upper: page.upper(), bytes: vec![0; BUFFER], text: String::new(), read: 0 }
    }
}

impl<R: Read> Read for PageReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read == self.text.len() {
            let length = self.input.read(&mut self.bytes)?;
            self.text.clear();
            self.text.extend(self.bytes[..length].iter().map(|byte| character(&self.upper, *byte)));
            self.read = 0;
        }
        let mut rest = &self.text.as_bytes()[self.read..];
        let read = rest.read(buffer)?;
        self.read += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::{Encoding, PageReader};
    use std::io::Read;

    #[test]
    fn labels_name_encodings() {
        for (label, name) in [
            ("cp850", "cp850"),
            ("IBM-850", "cp850"),
            ("ibm437", "cp437"),
            ("858", "cp858"),
            ("cp866", "IBM866"),
            ("dos-874", "windows-874"),
            ("cp1252", "windows-1252"),
            ("MacRoman", "macintosh"),
            ("mac-cyrillic", "x-mac-cyrillic"),
            ("x-mac-ce", "x-mac-ce"),
            ("mac_turkish", "x-mac-turkish"),
            ("shift_jis", "Shift_JIS"),
            ("ks_c_5601-1987", "EUC-KR"),
        ] {
            assert_eq!(Encoding::for_label(label).map(Encoding::name), Some(name), "{label}");
            let again = Encoding::for_label(name).map(Encoding::name);
            assert_eq!(again, Some(name), "{label}");
        }
        for label in ["", "cp", "cp85", "mac-", "replacement", "x"] {
            assert_eq!(Encoding::for_label(label), None, "{label}");
        }
    }

    #[test]
    fn code_pages_are_decoded_while_reading() {
        let Some(Encoding::Page(page)) = Encoding::for_label("cp850") else { panic!("not a page") };
        let bytes = b"Gr\x94\xe1e ".repeat(100_000);
        let (mut reader, mut text) = (PageReader::new(&bytes[..], page), String::new());
        assert_eq!(reader.read_to_string(&mut text).unwrap(), 800_000);
        assert_eq!(text, "Größe ".repeat(100_000));
        assert_eq!(Encoding::Page(page).decode(&bytes), text);
    }
}
