//! Decompression while reading: a file that expands to a terabyte costs one buffer.

use std::io::{self, BufReader, Chain, Cursor, ErrorKind, Read};

use flate2::bufread::MultiGzDecoder;
use zstd::stream::read::Decoder as ZstdDecoder;

#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub(crate) enum Compression {
    /// RFC 1952, one or more members.
    Gzip,
    /// Zstandard (RFC 8878), one or more frames.
    Zstd,
}

/// The first bytes of compressed data.
const MAGIC: [(&[u8], Compression); 2] =
    [(b"\x1f\x8b\x08", Compression::Gzip), (b"\x28\xb5\x2f\xfd", Compression::Zstd)];

/// The input, with the bytes read for detection put back in front.
type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

pub(super) enum Decompressed<R: Read> {
    Plain(Whole<R>),
    Gzip(Box<MultiGzDecoder<BufReader<Whole<R>>>>),
    Zstd(Box<ZstdDecoder<'static, BufReader<Whole<R>>>>),
}

impl<R: Read> Decompressed<R> {
    /// Detects the compression from the first bytes.
    pub(super) fn new(mut input: R) -> io::Result<Self> {
        let mut start = Vec::with_capacity(4);
        input.by_ref().take(4).read_to_end(&mut start)?;
        let detected = MAGIC.into_iter().find(|(magic, _)| start.starts_with(magic));
        let whole = Cursor::new(start).chain(input);
        Ok(match detected {
            None => Self::Plain(whole),
            Some((_, Compression::Gzip)) => Self::Gzip(Box::new(MultiGzDecoder::new(BufReader::new(whole)))),
            Some((_, Compression::Zstd)) => Self::Zstd(Box::new(ZstdDecoder::with_buffer(BufReader::new(whole))?)),
        })
    }

    pub(super) fn compression(&self) -> Option<Compression> {
        match self {
            Self::Plain(_) => None,
            Self::Gzip(_) => Some(Compression::Gzip),
            Self::Zstd(_) => Some(Compression::Zstd),
        }
    }
}

impl<R: Read> Read for Decompressed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(input) => input.read(buffer),
            Self::Gzip(input) => input.read(buffer).map_err(|error| DecompressError::wrap(Compression::Gzip, error)),
            Self::Zstd(input) => input.read(buffer).map_err(|error| DecompressError::wrap(Compression::Zstd, error)),
        }
    }
}

/// Why decompression failed; travels inside an [`io::Error`].
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("{} {compression} data", if *.is_truncated { "truncated" } else { "corrupt" })]
pub struct DecompressError {
    pub(super) compression: Compression,
    pub(super) is_truncated: bool,
}

impl DecompressError {
    fn wrap(compression: Compression, error: io::Error) -> io::Error {
        // An error of the operating system says nothing about the data.
        if error.raw_os_error().is_some() || error.kind() == ErrorKind::Interrupted {
            return error;
        }
        let is_truncated = error.kind() == ErrorKind::UnexpectedEof;
        io::Error::new(error.kind(), Self { compression, is_truncated })
    }

    pub(super) fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::{Compression, DecompressError, Decompressed};
    use crate::source::samples::{gzip, zstd};
    use std::io::Read;

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
        ] {
            assert_eq!(Decompressed::new(&bytes[..]).unwrap().compression(), compression);
            assert_eq!(decompress(&bytes).unwrap(), b"a,b\n1,2\n");
        }
        for short in [&b""[..], b"a", b"\x1f\x8b"] {
            assert_eq!(decompress(short).unwrap(), short);
        }
    }

    #[test]
    fn truncated_and_corrupt_data_differ() {
        for pack in [gzip, zstd] {
            let whole = pack("0123456789,abcdefghij\n".repeat(5000).as_bytes());
            let truncated = decompress(&whole[..whole.len() - 5]).map(drop).unwrap_err();
            assert!(DecompressError::of(&truncated).unwrap().is_truncated, "{truncated}");
        }
        let mut corrupt = gzip("0123456789,abcdefghij\n".repeat(5000).as_bytes());
        let end = corrupt.len();
        corrupt[end - 8..].fill(0xff);
        let error = decompress(&corrupt).map(drop).unwrap_err();
        assert!(!DecompressError::of(&error).unwrap().is_truncated, "{error}");
    }

    #[test]
    fn bombs_expand_only_as_they_are_read() {
        let bomb = gzip(&vec![b'x'; 50 << 20]);
        assert!(bomb.len() < 1_000_000);
        let mut read = [0; 1000];
        Decompressed::new(&bomb[..]).unwrap().read_exact(&mut read).unwrap();
        assert_eq!(read, [b'x'; 1000]);
    }
}
