//! A zip archive with one file in it, read as that file. What people zip is one export; of several files nobody knows which
//! are meant. Workbooks are zip archives, too, and left alone.

use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom, Take};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use zip::CompressionMethod;
use zip::read::{Config, ZipFileEntry};
use zip::unstable::read::ZipIterable;

use super::compression::{Compression, DecompressError};
use super::error::ContentError;
use crate::text::{counted, excerpt, quoted};

const MAGIC: &[u8] = b"PK\x03\x04";

/// How many names of files an error shows, and how many characters of each.
const SHOWN: usize = 5;
const NAME_SHOWN: usize = 60;

/// Parts that only the archive of a document has, in lower case.
const DOCUMENT_PARTS: [&str; 3] = ["[content_types].xml", "mimetype", "content.xml"];

/// The bytes of an input, or of the only file in it.
pub(super) enum Unpacked<R> {
    Whole(R),
    Entry { name: String, content: Box<Entry<R>> },
}

/// A file in an archive. Its end is checked against the archive's directory.
pub(super) struct Entry<R> {
    content: Content<R>,
    crc: Crc,
    expected: (u64, u32),
}

enum Content<R> {
    Stored(Take<R>),
    Deflated(DeflateDecoder<BufReader<Take<R>>>),
}

impl<R: Read + Seek> Unpacked<R> {
    /// Looks for the only file of a zip archive. Anything else is left whole.
    pub(super) fn new(mut input: R) -> Result<Self, ContentError> {
        let read = |error| ContentError::io(None, error);
        let mut start = Vec::new();
        input.by_ref().take(MAGIC.len() as u64).read_to_end(&mut start).map_err(read)?;
        let file = if start == MAGIC { find_file(&mut input)? } else { None };
        let Some(file) = file else {
            input.rewind().map_err(read)?;
            return Ok(Self::Whole(input));
        };
        let name = excerpt(&name_of(&file), NAME_SHOWN);
        Ok(Self::Entry { name, content: Box::new(Entry::open(&file, input)?) })
    }
}

/// `None` for documents such as workbooks, and for archives without a directory. Memory does not grow with the directory.
fn find_file<R: Read + Seek>(input: &mut R) -> Result<Option<ZipFileEntry<'static>>, ContentError> {
    let Ok(mut archive) = ZipIterable::try_new(input, Config::default()) else { return Ok(None) };
    let Ok(entries) = archive.files() else { return Ok(None) };
    let (mut only, mut names, mut files) = (None, Vec::new(), 0_u64);
    for entry in entries {
        let Ok(entry) = entry else { return Ok(None) };
        let name = name_of(&entry);
        if is_document_part(&name) {
            return Ok(None);
        }
        if entry.is_dir() || is_metadata(&name) {
            continue;
        }
        files += 1;
        if names.len() < SHOWN {
            names.push(quoted(&name, NAME_SHOWN));
        }
        only = Some(entry);
    }
    match files {
        0 => Err(ContentError::Archive("the zip archive contains no file".to_owned())),
        1 => Ok(only),
        _ => {
            let more = if files > SHOWN as u64 { ", …" } else { "" };
            let files = counted(files, "file");
            Err(ContentError::Archive(format!("the zip archive contains {files}: {}{more}", names.join(", "))))
        }
    }
}

fn name_of(entry: &ZipFileEntry<'_>) -> String {
    String::from_utf8_lossy(entry.name_raw()).into_owned()
}

fn is_document_part(name: &str) -> bool {
    let name = name.to_lowercase();
    DOCUMENT_PARTS.contains(&name.as_str()) || name.starts_with("xl/")
}

/// Whether it is a file that macOS or Windows adds to what people zip.
fn is_metadata(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    name.starts_with("__MACOSX/") || matches!(file, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}

impl<R: Read + Seek> Entry<R> {
    fn open(entry: &ZipFileEntry<'_>, mut input: R) -> Result<Self, ContentError> {
        let refuse = |why: &str| {
            ContentError::Archive(format!("{} in the zip archive {why}", quoted(&name_of(entry), NAME_SHOWN)))
        };
        if entry.encrypted() {
            return Err(refuse("is encrypted"));
        }
        seek_to_content(entry, &mut input)
            .map_err(|error| ContentError::io(None, DecompressError::wrap(Compression::Zip, error)))?;
        let packed = input.take(entry.compressed_size());
        let content = match entry.compression() {
            CompressionMethod::Stored => Content::Stored(packed),
            CompressionMethod::Deflated => Content::Deflated(DeflateDecoder::new(BufReader::new(packed))),
            other => return Err(refuse(&format!("is compressed with {other}, which is not supported"))),
        };
        Ok(Self { content, crc: Crc::new(), expected: (entry.size(), entry.crc32()) })
    }
}

/// The content follows a header, a name, and extra fields. [APPNOTE 4.3.7]
fn seek_to_content<R: Read + Seek>(entry: &ZipFileEntry<'_>, input: &mut R) -> io::Result<()> {
    let mut header = [0; 30];
    input.seek(SeekFrom::Start(entry.header_start()))?;
    input.read_exact(&mut header)?;
    if !header.starts_with(MAGIC) {
        return Err(ErrorKind::InvalidData.into());
    }
    let length = |at: usize| i64::from(u16::from_le_bytes([header[at], header[at + 1]]));
    input.seek(SeekFrom::Current(length(26) + length(28))).map(drop)
}

impl<R: Read> Entry<R> {
    fn read_checked(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.content {
            Content::Stored(content) => content.read(buffer),
            Content::Deflated(content) => content.read(buffer),
        }?;
        self.crc.update(&buffer[..read]);
        let (size, crc) = self.expected;
        let is_complete = self.crc.amount() == size as u32 && self.crc.sum() == crc;
        if read == 0 && !buffer.is_empty() && !is_complete {
            return Err(ErrorKind::InvalidData.into());
        }
        Ok(read)
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Whole(input) => input.read(buffer),
            Self::Entry { content, .. } => {
                content.read_checked(buffer).map_err(|error| DecompressError::wrap(Compression::Zip, error))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read, Write};

    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, ZipWriter};

    use super::Unpacked;
    use crate::source::samples::xlsx_of;

    fn zip(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            archive.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
            archive.write_all(content).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    fn read(bytes: &[u8]) -> Result<(Option<String>, Vec<u8>), String> {
        let mut unpacked = Unpacked::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
        let mut content = Vec::new();
        unpacked.read_to_end(&mut content).map_err(|error| error.to_string())?;
        let name = if let Unpacked::Entry { name, .. } = unpacked { Some(name) } else { None };
        Ok((name, content))
    }

    #[test]
    fn the_only_file_is_read() {
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let bytes = zip(
                &[("q3/", b""), ("q3/in.csv", b"a,b\n1,2\n"), ("__MACOSX/q3/._in.csv", b"x"), ("q3/.DS_Store", b"x")],
                method,
            );
            assert_eq!(read(&bytes), Ok((Some("q3/in.csv".to_owned()), b"a,b\n1,2\n".to_vec())), "{method}");
        }
    }

    #[test]
    fn workbooks_and_other_files_stay_whole() {
        for bytes in [xlsx_of(""), b"a,b\n".to_vec(), b"PK\x03\x04 is not a zip archive".to_vec(), Vec::new()] {
            assert_eq!(read(&bytes), Ok((None, bytes)));
        }
    }

    #[test]
    fn several_files_are_named() {
        let stored = CompressionMethod::Stored;
        let error = read(&zip(&[("a.csv", b"a"), ("b.csv", b"b")], stored)).unwrap_err();
        assert_eq!(error, "the zip archive contains 2 files: \"a.csv\", \"b.csv\"");
        assert_eq!(read(&zip(&[], stored)).map(|(name, _)| name), Ok(None));
        assert_eq!(read(&zip(&[("q3/", b"")], stored)).unwrap_err(), "the zip archive contains no file");
        let names: Vec<String> = (0..9).map(|number| format!("{number}.csv")).collect();
        let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"a"[..])).collect();
        assert!(read(&zip(&files, stored)).unwrap_err().ends_with("\"4.csv\", …"));
    }

    #[test]
    fn damaged_and_encrypted_files_are_refused() {
        let text = (0..5000).map(|number| format!("{number},{}\n", number * 7919 % 1009)).collect::<String>();
        let stored = zip(&[("in.csv", text.as_bytes())], CompressionMethod::Stored);
        let mut damaged = stored.clone();
        damaged[1000] ^= 1;
        assert_eq!(read(&damaged).unwrap_err(), "corrupt zip data");
        let mut damaged = zip(&[("in.csv", text.as_bytes())], CompressionMethod::Deflated);
        let middle = damaged.len() / 2;
        damaged[middle..middle + 9].fill(0xff);
        assert!(read(&damaged).unwrap_err().ends_with("zip data"));

        // Bit 0 of the flags says that a file is encrypted.
        let mut encrypted = stored;
        let directory = encrypted.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
        encrypted[directory + 8] |= 1;
        assert_eq!(read(&encrypted).unwrap_err(), "\"in.csv\" in the zip archive is encrypted");
    }
}
