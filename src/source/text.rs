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
    /// The line where the sample starts, from 1.
    pub(super) line: u64,
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
        let (rest, encoding) = decode(self.bytes, is_whole, self.rest, options.encoding)?;
        let sample = Vec::with_capacity(SAMPLE);
        let mut text = Text { sample, rest, encoding, line: 1 };
        text.fill()?;
        text.skip_lines(options.skip_lines.unwrap_or_default())?;
        Ok(text)
    }
}

impl<R: Read> Text<R> {
    fn fill(&mut self) -> Result<(), ContentError> {
        let missing = SAMPLE - self.sample.len();
        let read = self.rest.by_ref().take(missing as u64).read_to_end(&mut self.sample);
        read.map(drop).map_err(|error| ContentError::io(None, error))
    }

    /// Drops the first lines of the text.
    fn skip_lines(&mut self, lines: u64) -> Result<(), ContentError> {
        while self.line <= lines && !self.sample.is_empty() {
            let (mut at, is_whole) = (0, self.is_whole());
            while self.line <= lines
                && let Some(length) = line_length(&self.sample[at..], is_whole)
            {
                at += length;
                self.line += 1;
            }
            if self.line <= lines {
                // The line continues after the sample.
                at = self.sample.len() - usize::from(!is_whole && self.sample.ends_with(b"\r"));
            }
            self.sample.drain(..at);
            self.fill()?;
        }
        Ok(())
    }

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

/// The length of the first line with its line break; `None` if it does not end here. A carriage return at the end may be half
/// of a line break, unless nothing follows.
fn line_length(text: &[u8], is_whole: bool) -> Option<usize> {
    let end = text.iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
    match (text[end], text.get(end + 1)) {
        (b'\r', Some(b'\n')) => Some(end + 2),
        (b'\r', None) if !is_whole => None,
        _ => Some(end + 1),
    }
}
