//! Where a workbook's file is damaged or cut, as far as that can be told. Only asked when it can't be read.

use std::io::{self, Cursor, Read};

use zip::ZipArchive;

use crate::text::excerpt;

/// What each part of an archive begins with, and the end of the directory behind all parts. [APPNOTE 4.3.7, 4.3.16]
const PART: &[u8] = b"PK\x03\x04";
const DIRECTORY_END: &[u8] = b"PK\x05\x06";
/// How far before the file's end the directory's end can begin: its own length, and that of the longest comment.
const DIRECTORY_END_WITHIN: usize = 22 + 65_535;
/// Where the length of a part's name stands behind its beginning, and where the name does.
const NAME_LENGTH: std::ops::Range<usize> = 26..28;
const NAME: usize = 30;
const LONGEST_NAME: usize = 100;

/// Whether an archive has no directory, so that something is missing at its end.
pub(super) fn is_cut(bytes: &[u8]) -> bool {
    let end = &bytes[bytes.len().saturating_sub(DIRECTORY_END_WITHIN)..];
    !end.windows(DIRECTORY_END.len()).any(|window| window == DIRECTORY_END)
}

/// The last part whose beginning is whole: a cut archive was cut in it, or behind it.
pub(super) fn last_part(bytes: &[u8]) -> Option<String> {
    let begins = bytes.windows(PART.len()).enumerate().rev().filter(|(_, window)| *window == PART);
    begins.map(|(place, _)| place).find_map(|place| name_of(&bytes[place..]))
}

fn name_of(part: &[u8]) -> Option<String> {
    let length = part.get(NAME_LENGTH)?.iter().rev().fold(0, |length, byte| length << 8 | usize::from(*byte));
    let name = std::str::from_utf8(part.get(NAME..NAME + length)?).ok()?;
    (!name.is_empty()).then(|| excerpt(name, LONGEST_NAME))
}

/// The first part that can't be unpacked, or isn't what its checksum says, and why. No more than `most` bytes are unpacked
/// in search of it: an archive may say that it unpacks to little, and unpack to a thousand times its size.
pub(super) fn damaged_part(bytes: &[u8], most: u64) -> Option<String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut left = most;
    (0..archive.len()).find_map(|place| {
        let name = excerpt(&archive.by_index_raw(place).ok()?.name().ok()?, LONGEST_NAME);
        let damage = match archive.by_index(place) {
            Ok(part) => match io::copy(&mut part.take(left), &mut io::sink()) {
                Ok(unpacked) => {
                    left -= unpacked;
                    return None;
                }
                Err(error) => error.to_string(),
            },
            Err(error) => error.to_string(),
        };
        Some(format!("{name} in it is damaged: {damage}"))
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::write::SimpleFileOptions;

    use super::damaged_part;

    /// Unpacks to a thousand times its size, and its second part is not what its checksum says.
    fn bomb(unpacked: usize) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let packed = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        archive.start_file("large", packed).unwrap();
        archive.write_all(&vec![0; unpacked]).unwrap();
        archive.start_file("damaged", packed.compression_method(zip::CompressionMethod::Stored)).unwrap();
        archive.write_all(b"123456").unwrap();
        let mut bytes = archive.finish().unwrap().into_inner();
        let place = bytes.windows(6).position(|window| window == b"123456").unwrap();
        bytes[place] = b'9';
        bytes
    }

    #[test]
    fn damage_is_looked_for_within_so_many_bytes_of_all_parts_together() {
        let bytes = bomb(1 << 20);
        assert!(bytes.len() < 1 << 12, "{} bytes", bytes.len());
        let found = damaged_part(&bytes, (1 << 20) + 100).unwrap();
        assert!(found.starts_with("damaged in it is damaged: "), "{found}");
        for most in [0, 1 << 10, 1 << 20] {
            assert_eq!(damaged_part(&bytes, most), None, "behind {most} bytes nothing is unpacked");
        }
    }
}
