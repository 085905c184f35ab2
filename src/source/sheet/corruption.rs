//! Finding where a workbook's archive is corrupt or truncated, once it could not be read.

use std::io::{self, Cursor, Read};
use std::ops::Range;

use zip::ZipArchive;

use crate::text::excerpt;

/// The signatures of each part, and of the end of the directory after all parts. [APPNOTE 4.3.7, 4.3.16]
const PART: &[u8] = b"PK\x03\x04";
const DIRECTORY_END: &[u8] = b"PK\x05\x06";
/// The longest end of the directory: its own length, and that of the longest comment.
const MAX_DIRECTORY_END: usize = 22 + 65_535;
/// Where a part's header has the length of its name, and the name itself.
const NAME_LENGTH: Range<usize> = 26..28;
const NAME: usize = 30;
const NAME_SHOWN: usize = 100;

/// Whether the archive has no directory, so that its end is missing.
pub(super) fn is_truncated(bytes: &[u8]) -> bool {
    let end = &bytes[bytes.len().saturating_sub(MAX_DIRECTORY_END)..];
    !end.windows(DIRECTORY_END.len()).any(|window| window == DIRECTORY_END)
}

/// Returns the last part that has a whole header: the archive ends in it or after it.
pub(super) fn last_part(bytes: &[u8]) -> Option<String> {
    let starts = bytes.windows(PART.len()).enumerate().rev().filter(|(_, window)| *window == PART);
    starts.map(|(start, _)| start).find_map(|start| part_name(&bytes[start..]))
}

fn part_name(part: &[u8]) -> Option<String> {
    let length = part.get(NAME_LENGTH)?.iter().rev().fold(0, |length, byte| length << 8 | usize::from(*byte));
    let name = std::str::from_utf8(part.get(NAME..NAME + length)?).ok()?;
    (!name.is_empty()).then(|| excerpt(name, NAME_SHOWN))
}

/// Finds the first part that cannot be decompressed, or does not match its checksum, and says why. Decompresses at most
/// `max_bytes`: an archive can declare a small size and expand to a thousand times that.
pub(super) fn corrupt_part(bytes: &[u8], max_bytes: u64) -> Option<String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut left = max_bytes;
    (0..archive.len()).find_map(|index| {
        let name = excerpt(&archive.by_index_raw(index).ok()?.name().ok()?, NAME_SHOWN);
        let part = archive.by_index(index).map_err(io::Error::other);
        match part.and_then(|part| io::copy(&mut part.take(left), &mut io::sink())) {
            Ok(read) => {
                left -= read;
                None
            }
            Err(error) => Some(format!("{name} in the archive is corrupt: {error}")),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::write::SimpleFileOptions;

    use super::corrupt_part;

    /// Expands to a thousand times its size; its second part does not match its checksum.
    fn bomb(size: usize) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let deflated = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        archive.start_file("large", deflated).unwrap();
        archive.write_all(&vec![0; size]).unwrap();
        archive.start_file("damaged", deflated.compression_method(zip::CompressionMethod::Stored)).unwrap();
        archive.write_all(b"123456").unwrap();
        let mut bytes = archive.finish().unwrap().into_inner();
        let place = bytes.windows(6).position(|window| window == b"123456").unwrap();
        bytes[place] = b'9';
        bytes
    }

    #[test]
    fn corruption_search_is_bounded() {
        let bytes = bomb(1 << 20);
        assert!(bytes.len() < 1 << 12, "{} bytes", bytes.len());
        let found = corrupt_part(&bytes, (1 << 20) + 100).unwrap();
        assert!(found.starts_with("damaged in the archive is corrupt: "), "{found}");
        for max_bytes in [0, 1 << 10, 1 << 20] {
            assert_eq!(corrupt_part(&bytes, max_bytes), None, "decompresses at most {max_bytes} bytes");
        }
    }
}
