//! Packed inputs, unpacked as they are read: a file that unpacks to a terabyte costs a buffer.

use std::fmt;
use std::io::{self, BufReader, Chain, Cursor, Read};

use flate2::bufread::MultiGzDecoder;
use zstd::stream::read::Decoder as ZstdDecoder;

/// How an input is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// gzip (RFC 1952), of one member or several.
    Gzip,
    /// Zstandard (RFC 8878), of one frame or several.
    Zstd,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        })
    }
}

/// What packed data begins with.
const MAGIC: [(&[u8], Compression); 2] =
    [(b"\x1f\x8b\x08", Compression::Gzip), (b"\x28\xb5\x2f\xfd", Compression::Zstd)];

/// The input with the bytes that were looked at put back in front.
type Whole<R> = BufReader<Chain<Cursor<Vec<u8>>, R>>;

/// An input's bytes, unpacked.
pub(super) enum Bytes<R: Read> {
    Plain(Chain<Cursor<Vec<u8>>, R>),
    Gzip(Box<MultiGzDecoder<Whole<R>>>),
    Zstd(Box<ZstdDecoder<'static, Whole<R>>>),
}

impl<R: Read> Bytes<R> {
    /// Looks at the first bytes, and unpacks if they say so.
    pub(super) fn new(mut input: R) -> io::Result<Self> {
        let mut start = Vec::with_capacity(4);
        input.by_ref().take(4).read_to_end(&mut start)?;
        let found = MAGIC.into_iter().find(|(magic, _)| start.starts_with(magic));
        let whole = Cursor::new(start).chain(input);
        Ok(match found {
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

impl<R: Read> Read for Bytes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(input) => input.read(buffer),
            Self::Gzip(input) => input.read(buffer).map_err(|error| Unpacking::from(Compression::Gzip, error)),
            Self::Zstd(input) => input.read(buffer).map_err(|error| Unpacking::from(Compression::Zstd, error)),
        }
    }
}

/// Why packed data can't be unpacked; inside an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error("the {compression} data {}", if *.is_cut { "end before they should" } else { "are damaged" })]
pub(super) struct Unpacking {
    pub(super) compression: Compression,
    pub(super) is_cut: bool,
}

impl Unpacking {
    fn from(compression: Compression, error: io::Error) -> io::Error {
        // What the system says of the file itself is no fault of what is in it.
        if error.raw_os_error().is_some() || error.kind() == io::ErrorKind::Interrupted {
            return error;
        }
        let is_cut = error.kind() == io::ErrorKind::UnexpectedEof;
        io::Error::new(error.kind(), Self { compression, is_cut })
    }

    pub(super) fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Compression, Unpacking};
    use crate::source::samples::{gzip, zstd};
    use std::io::Read;

    fn unpack(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut unpacked = Vec::new();
        Bytes::new(bytes)?.read_to_end(&mut unpacked).map(|_| unpacked)
    }

    #[test]
    fn packed_data_are_known_by_their_first_bytes_and_may_have_several_parts() {
        let parts = |pack: fn(&[u8]) -> Vec<u8>| [pack(b"a,b\n"), pack(b"1,2\n")].concat();
        for (bytes, compression) in [
            (b"a,b\n1,2\n".to_vec(), None),
            (parts(gzip), Some(Compression::Gzip)),
            (parts(zstd), Some(Compression::Zstd)),
        ] {
            assert_eq!(Bytes::new(&bytes[..]).unwrap().compression(), compression);
            assert_eq!(unpack(&bytes).unwrap(), b"a,b\n1,2\n");
        }
        for short in [&b""[..], b"a", b"\x1f\x8b"] {
            assert_eq!(unpack(short).unwrap(), short);
        }
    }

    #[test]
    fn data_that_are_cut_or_damaged_are_told_apart() {
        for pack in [gzip, zstd] {
            let whole = pack("0123456789,abcdefghij\n".repeat(5000).as_bytes());
            let cut = unpack(&whole[..whole.len() - 5]).map(drop).unwrap_err();
            assert!(Unpacking::of(&cut).unwrap().is_cut, "{cut}");
        }
        let mut damaged = gzip("0123456789,abcdefghij\n".repeat(5000).as_bytes());
        let end = damaged.len();
        damaged[end - 8..].fill(0xff);
        let error = unpack(&damaged).map(drop).unwrap_err();
        assert!(!Unpacking::of(&error).unwrap().is_cut, "{error}");
    }

    #[test]
    fn a_bomb_is_unpacked_as_it_is_read_and_no_further() {
        let bomb = gzip(&vec![b'x'; 50 << 20]);
        assert!(bomb.len() < 1_000_000);
        let mut read = [0; 1000];
        Bytes::new(&bomb[..]).unwrap().read_exact(&mut read).unwrap();
        assert_eq!(read, [b'x'; 1000]);
    }
}
