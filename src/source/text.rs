//! The start of an input, decompressed and decoded, from which format, encoding and delimiter are detected.

use std::io::{Chain, Cursor, Read};

use super::compression::Decompressed;
use super::decode::{Decoded, decode};
use super::encoding::TextEncoding;
use super::error::ContentError;
use super::options::SourceOptions;

/// How many bytes to detect the encoding from.
const HEAD: usize = 256 * 1024;

/// How many bytes of text to detect the format and the delimiter from.
const SAMPLE: usize = 64 * 1024;

/// The whole text, with the sample put back in front.
pub(super) type TextReader<R> = Chain<Cursor<Vec<u8>>, Decoded<R>>;

/// The first bytes of a decompressed input, and the rest.
pub(super) struct Head<R: Read> {
    pub(super) bytes: Vec<u8>,
    pub(super) rest: Decompressed<R>,
}

/// The first characters of a decoded input, and the rest.
pub(super) struct Text<R: Read> {
    pub(super) sample: Vec<u8>,
    pub(super) rest: Decoded<R>,
    pub(super) encoding: TextEncoding,
}

impl<R: Read> Head<R> {
    pub(super) fn read(input: R) -> Result<Self, ContentError> {
        let mut rest = Decompressed::new(input).map_err(|error| ContentError::io(None, error))?;
        let mut bytes = Vec::with_capacity(HEAD);
        let read = rest.by_ref().take(HEAD as u64).read_to_end(&mut bytes);
        let lines = || bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        read.map_err(|error| ContentError::io(Some(lines()), error))?;
        Ok(Self { bytes, rest })
    }

    pub(super) fn decode(self, options: &SourceOptions) -> Result<Text<R>, ContentError> {
        let is_whole = self.bytes.len() < HEAD;
        let (mut rest, encoding) = decode(self.bytes, is_whole, self.rest, options.encoding)?;
        let mut sample = Vec::with_capacity(SAMPLE);
        let read = rest.by_ref().take(SAMPLE as u64).read_to_end(&mut sample);
        read.map_err(|error| ContentError::io(None, error))?;
        Ok(Text { sample, rest, encoding })
    }
}

impl<R: Read> Text<R> {
    pub(super) fn is_whole(&self) -> bool {
        self.sample.len() < SAMPLE
    }

    /// Reads the text from its start, except for the first `skip` bytes.
    pub(super) fn into_reader(self, skip: usize) -> TextReader<R> {
        let mut sample = Cursor::new(self.sample);
        sample.set_position(skip as u64);
        sample.chain(self.rest)
    }
}
