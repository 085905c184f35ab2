//! Decompression while reading: a file that expands to a terabyte costs one buffer.

use std::io::{self, BufReader, Chain, Cursor, ErrorKind, Read};

use bzip2::bufread::MultiBzDecoder;
use lzma_rust2::XzReader;
use zstd::stream::read::Decoder as ZstdDecoder;

use super::gzip::{GzipReader, TrailingBytes};

#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub(crate) enum Compression {
    /// RFC 1952, one or more members.
    Gzip,
    /// Zstandard (RFC 8878), one or more frames.
    Zstd,
    /// One or more streams.
    Bzip2,
    /// One or more streams.
    Xz,
    /// The only file of a zip archive.
    Zip,
}

/// The first bytes of compressed data. Those of bzip2 data are followed by the size of its blocks, from 1 to 9, and by
/// [`BZIP2_BLOCK`] or [`BZIP2_END`].
const MAGIC: [(&[u8], Compression); 4] = [
    (b"\x1f\x8b\x08", Compression::Gzip),
    (b"\x28\xb5\x2f\xfd", Compression::Zstd),
    (b"\xfd7zXZ\0", Compression::Xz),
    (b"BZh", Compression::Bzip2),
];
const LONGEST_MAGIC: u64 = 10;
const BZIP2_BLOCK: &[u8] = b"\x31\x41\x59\x26\x53\x59";
const BZIP2_END: &[u8] = b"\x17\x72\x45\x38\x50\x90";

/// What xz data may need to be decompressed, in KiB. The strongest preset needs 65 MiB.
const MAX_XZ_MEMORY: u32 = 128 << 10;

/// The input, with the bytes read for detection put back in front.
type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

pub(super) enum Decompressed<R: Read> {
    Plain(Whole<R>),
    Gzip(Box<GzipReader<BufReader<Whole<R>>>>),
    Zstd(Box<ZstdDecoder<'static, BufReader<Whole<R>>>>),
    Bzip2(Box<MultiBzDecoder<BufReader<Whole<R>>>>),
    Xz(Box<XzReader<BufReader<Whole<R>>>>),
}

impl Compression {
    fn detect(start: &[u8]) -> Option<Self> {
        let (magic, compression) = MAGIC.into_iter().find(|(magic, _)| start.starts_with(magic))?;
        let is_certain = match &start[magic.len()..] {
            [b'1'..=b'9', rest @ ..] => rest.starts_with(BZIP2_BLOCK) || rest.starts_with(BZIP2_END),
            _ => false,
        };
        (compression != Self::Bzip2 || is_certain).then_some(compression)
    }
}

impl<R: Read> Decompressed<R> {
    /// Detects the compression from the first bytes.
    pub(super) fn new(mut input: R) -> io::Result<Self> {
        let mut start = Vec::new();
        input.by_ref().take(LONGEST_MAGIC).read_to_end(&mut start)?;
        let detected = Compression::detect(&start);
        let whole = Cursor::new(start).chain(input);
        Ok(match detected {
            None | Some(Compression::Zip) => Self::Plain(whole),
            Some(Compression::Gzip) => Self::Gzip(Box::new(GzipReader::new(BufReader::new(whole)))),
            Some(Compression::Zstd) => Self::Zstd(Box::new(ZstdDecoder::with_buffer(BufReader::new(whole))?)),
            Some(Compression::Bzip2) => Self::Bzip2(Box::new(MultiBzDecoder::new(BufReader::new(whole)))),
            Some(Compression::Xz) => {
                Self::Xz(Box::new(XzReader::new_mem_limit(BufReader::new(whole), true, MAX_XZ_MEMORY)))
            }
        })
    }

    pub(super) fn compression(&self) -> Option<Compression> {
        match self {
            Self::Plain(_) => None,
            Self::Gzip(_) => Some(Compression::Gzip),
            Self::Zstd(_) => Some(Compression::Zstd),
            Self::Bzip2(_) => Some(Compression::Bzip2),
            Self::Xz(_) => Some(Compression::Xz),
        }
    }
}

impl<R: Read> Read for Decompressed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match self {
            Self::Plain(input) => return input.read(buffer),
            Self::Gzip(input) => input.read(buffer),
            Self::Zstd(input) => input.read(buffer),
            Self::Bzip2(input) => input.read(buffer),
            Self::Xz(input) => input.read(buffer),
        };
        match (read, self.compression()) {
            (Err(error), Some(compression)) => Err(DecompressError::wrap(compression, error)),
            (read, _) => read,
        }
    }
}

/// Why decompression failed; travels inside an [`io::Error`].
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("{problem} {compression} data")]
pub struct DecompressError {
    pub(super) compression: Compression,
    pub(super) problem: Problem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub(super) enum Problem {
    Truncated,
    Corrupt,
    #[strum(to_string = "other bytes follow the")]
    Followed,
}

impl DecompressError {
    pub(super) fn wrap(compression: Compression, error: io::Error) -> io::Error {
        // An error of the operating system says nothing about the data.
        if error.raw_os_error().is_some() || matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::OutOfMemory) {
            return error;
        }
        let problem = match error.kind() {
            ErrorKind::UnexpectedEof => Problem::Truncated,
            _ if error.get_ref().is_some_and(|error| error.is::<TrailingBytes>()) => Problem::Followed,
            _ => Problem::Corrupt,
        };
        io::Error::new(error.kind(), Self { compression, problem })
    }

    pub(super) fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::{Compression, DecompressError, Decompressed, Problem};
    use crate::source::samples::{bzip2, gzip, xz, zstd};
    use std::io::{Read, Write};

    fn decompress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut expanded = Vec::new();
        Decompressed::new(bytes)?.read_to_end(&mut expanded).map(|_| expanded)
    }

    #[test]
    fn first_bytes_tell_the_compression() {
        let two_parts = |pack: fn(&[u8]) -> Vec<u8>| [pack(b"a,b\n"), pack(b"1,2\n")].concat();
        for (bytes, compression) in [
            (b"a,b\n1,2\n".to_vec(), None),
            (two_parts(gzip), Some(Compression::Gzip)),
            (two_parts(zstd), Some(Compression::Zstd)),
            (two_parts(bzip2), Some(Compression::Bzip2)),
            (two_parts(xz), Some(Compression::Xz)),
        ] {
            assert_eq!(Decompressed::new(&bytes[..]).unwrap().compression(), compression);
            assert_eq!(decompress(&bytes).unwrap(), b"a,b\n1,2\n");
        }
        for short in [&b""[..], b"a", b"\x1f\x8b", b"BZh9,1\n2,3\n"] {
            assert_eq!(decompress(short).unwrap(), short);
        }
    }

    #[test]
    fn truncated_and_corrupt_data_differ() {
        for pack in [gzip, zstd, bzip2, xz] {
            let whole = pack("0123456789,abcdefghij\n".repeat(5000).as_bytes());
            let truncated = decompress(&whole[..whole.len() - 5]).map(drop).unwrap_err();
            assert_eq!(DecompressError::of(&truncated).unwrap().problem, Problem::Truncated);
        }
        for (pack, from_end) in [(gzip as fn(&[u8]) -> Vec<u8>, 8), (bzip2, 20), (xz, 60)] {
            let mut corrupt = pack("0123456789,abcdefghij\n".repeat(5000).as_bytes());
            let start = corrupt.len() - from_end;
            corrupt[start..start + 8].fill(0xff);
            let error = decompress(&corrupt).map(drop).unwrap_err();
            assert_eq!(DecompressError::of(&error).unwrap().problem, Problem::Corrupt);
        }
    }

    #[test]
    fn bytes_after_gzip_data_are_named() {
        for more in ["x", "\u{1f}x", "\0\0", "more text than a header has"] {
            let error = decompress(&[&gzip(b"a,b\n1,2\n"), more.as_bytes()].concat()).unwrap_err();
            assert_eq!(error.to_string(), "other bytes follow the gzip data");
        }
        for truncated in [&b"\x1f"[..], b"\x1f\x8b\x08\0"] {
            let error = decompress(&[&gzip(b"a,b\n1,2\n"), truncated].concat()).unwrap_err();
            assert_eq!(error.to_string(), "truncated gzip data");
        }
    }

    #[test]
    fn xz_memory_is_limited() {
        let mut options = lzma_rust2::XzOptions::with_preset(0);
        options.lzma_options.dict_size = 256 << 20;
        let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
        encoder.write_all(b"a,b\n1,2\n").unwrap();
        let error = decompress(&encoder.finish().unwrap()).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::OutOfMemory, "{error}");
    }

    #[test]
    fn bombs_expand_only_as_they_are_read() {
        for pack in [gzip, bzip2, xz] {
            let bomb = pack(&vec![b'x'; 4 << 20]);
            assert!(bomb.len() < 1_000_000);
            let mut read = [0; 1000];
            Decompressed::new(&bomb[..]).unwrap().read_exact(&mut read).unwrap();
            assert_eq!(read, [b'x'; 1000]);
        }
    }
}
