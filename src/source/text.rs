//! An input as text: its first bytes, its encoding and its beginning.

use std::io::{Chain, Cursor, Read};

use super::compression::Bytes;
use super::decode::{Decoded, Undecodable, decode};
use super::dialect::TextEncoding;
use super::{SourceError, SourceOptions};

/// How many bytes at the start the encoding is found out from.
const BYTES: usize = 256 * 1024;

/// How much text the format and the delimiter are found out from.
pub(super) const SAMPLE: usize = 64 * 1024;

/// The decoded text, with the sample put back in front.
pub(super) type Text<R> = Chain<Cursor<Vec<u8>>, Decoded<R>>;

/// The beginning of an input, unpacked.
pub(super) struct Start<R: Read> {
    pub(super) bytes: Vec<u8>,
    pub(super) rest: Bytes<R>,
}

/// A text, and what it begins with.
pub(super) struct Opened<R: Read> {
    pub(super) sample: Vec<u8>,
    pub(super) rest: Decoded<R>,
    pub(super) encoding: TextEncoding,
}

impl<R: Read> Start<R> {
    pub(super) fn read(input: R, name: &str) -> Result<Self, SourceError> {
        let mut rest = Bytes::new(input).map_err(|error| SourceError::from_io(name, None, error))?;
        let mut bytes = Vec::with_capacity(BYTES);
        let read = rest.by_ref().take(BYTES as u64).read_to_end(&mut bytes);
        let lines = || bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        read.map_err(|error| SourceError::from_io(name, Some(lines()), error))?;
        Ok(Self { bytes, rest })
    }

    /// Takes it for text.
    pub(super) fn decode(self, name: &str, options: &SourceOptions) -> Result<Opened<R>, SourceError> {
        let is_whole = self.bytes.len() < BYTES;
        let compression = self.rest.compression();
        let found = decode(self.bytes, is_whole, self.rest, options.encoding).map_err(|error| {
            let name = name.to_owned();
            match error {
                Undecodable::NotText { seen } => SourceError::NotText { name, seen, compression },
                Undecodable::Unclear(readings) => SourceError::Encoding { name, readings: Box::new(readings) },
            }
        })?;
        let (mut rest, encoding) = found;
        let mut sample = Vec::with_capacity(SAMPLE);
        let read = rest.by_ref().take(SAMPLE as u64).read_to_end(&mut sample);
        read.map_err(|error| SourceError::from_io(name, None, error))?;
        Ok(Opened { sample, rest, encoding })
    }
}

impl<R: Read> Opened<R> {
    pub(super) fn is_whole(&self) -> bool {
        self.sample.len() < SAMPLE
    }

    /// The text without its first bytes.
    pub(super) fn text(self, without: usize) -> Text<R> {
        let mut sample = Cursor::new(self.sample);
        sample.set_position(without as u64);
        sample.chain(self.rest)
    }
}
