//! Buffered reading, as the CSV and JSON readers share it.

use std::io::{self, BufRead, ErrorKind};

/// How many bytes to read at a time.
pub(super) const BUFFER: usize = 64 * 1024;

/// The longest record, in bytes of decoded text: about a thousand times the size of a survey answer.
pub(super) const MAX_RECORD: usize = 1 << 20;

/// Returns the buffered bytes: at least one, unless the input has ended. Retries interrupted reads.
#[inline]
pub(super) fn fill_buf<R: BufRead>(input: &mut R) -> io::Result<&[u8]> {
    while let Err(error) = input.fill_buf() {
        if error.kind() != ErrorKind::Interrupted {
            return Err(error);
        }
    }
    input.fill_buf()
}
