//! Gzip data of one or more members. What follows them is told apart from a truncated member.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// Something else follows the last member; travels inside an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error("other bytes follow the gzip data")]
pub(super) struct TrailingBytes;

const MAGIC: [u8; 2] = [0x1f, 0x8b];

pub(super) struct GzipReader<R> {
    /// The member that is being read; `None` at the end, and once reading has failed.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> GzipReader<R> {
    pub(super) fn new(input: R) -> Self {
        Self { member: Some(GzDecoder::new(input)) }
    }

    /// Goes on to the next member, at the end of one. Returns whether there is one.
    fn next_member(&mut self) -> io::Result<bool> {
        let Some(mut input) = self.member.take().map(GzDecoder::into_inner) else { return Ok(false) };
        let rest = input.fill_buf()?;
        if rest.is_empty() {
            return Ok(false);
        }
        if rest.iter().zip(MAGIC).any(|(byte, magic)| *byte != magic) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, TrailingBytes));
        }
        self.member = Some(GzDecoder::new(input));
        Ok(true)
    }
}

impl<R: BufRead> Read for GzipReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(member) = &mut self.member else { return Ok(0) };
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() || !self.next_member()? {
                return Ok(read);
            }
        }
    }
}
