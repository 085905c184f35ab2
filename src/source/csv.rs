//! Bytes into records, by `csv-core`, which knows delimiters, quotes and terminators; added here is what it leaves to its
//! caller: a bound on a record's length, quotes that are never closed, and the line on which a record begins.
//!
//! The `csv` crate's reader has none of the three: an unclosed quote there swallows the rest of the file into memory.

use std::io::{self, BufRead};

use csv_core::ReadRecordResult;

/// The longest record that is read, in bytes as they stand in the (decoded) input. A survey answer is a thousandth of it.
pub const MAX_RECORD: usize = 1 << 20;

/// Why there is no next record though the input hasn't properly ended. Lines are those where the record begins.
#[derive(Debug)]
pub(super) enum RecordError {
    Read(io::Error),
    TooLong { line: u64 },
    UnclosedQuote { line: u64 },
}

impl From<io::Error> for RecordError {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

/// Reads one record after the other into the same memory.
pub(super) struct Records<R> {
    input: R,
    core: csv_core::Reader,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    length: usize,
    cells: usize,
    line: u64,
    after_return: bool,
}

impl<R: BufRead> Records<R> {
    /// `line` is the line that the input begins with, from 1.
    pub(super) fn new(input: R, delimiter: u8, line: u64) -> Self {
        let core = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        let (bytes, ends) = (vec![0; 4096], vec![0; 32]);
        Self { input, core, bytes, ends, length: 0, cells: 0, line, after_return: false }
    }

    /// The bytes of the record read last, its cells one behind the other.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Where in [`Records::bytes`] each cell ends.
    pub(super) fn ends(&self) -> &[usize] {
        &self.ends[..self.cells]
    }

    /// The line that is read next.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Reads the next record that isn't an empty line; its line, or `None` at the end of the input.
    pub(super) fn read(&mut self) -> Result<Option<u64>, RecordError> {
        if !self.skip_line_breaks()? {
            return Ok(None);
        }
        let line = self.line;
        let breaks_before = self.core.line();
        let last = self.read_on(line)?;
        self.line += self.core.line() - breaks_before;
        // The parser counts line feeds only, and stops at a carriage return before it has seen what follows.
        self.after_return = last == b'\r';
        self.line += u64::from(self.after_return);
        Ok(Some(line))
    }

    /// Reads up to the end of the record that begins here; the byte it ended with.
    fn read_on(&mut self, line: u64) -> Result<u8, RecordError> {
        (self.length, self.cells) = (0, 0);
        let (mut taken, mut last, mut was_ended) = (0, b'\n', false);
        loop {
            let available = fill(&mut self.input)?;
            let is_over = available.is_empty();
            if is_over && was_ended {
                return Err(RecordError::UnclosedQuote { line });
            }
            // A line break after the last byte ends the last record, unless it is inside quotes: that tells them apart.
            let input = if is_over { b"\n" } else { available };
            let room = (&mut self.bytes[self.length..], &mut self.ends[self.cells..]);
            let (result, read, written, ended) = self.core.read_record(input, room.0, room.1);
            last = input[..read].last().copied().unwrap_or(last);
            was_ended = is_over && read > 0;
            if !is_over {
                self.input.consume(read);
            }
            taken += read;
            self.length += written;
            self.cells += ended;
            match result {
                ReadRecordResult::Record | ReadRecordResult::End => return Ok(last),
                _ if taken > MAX_RECORD => return Err(RecordError::TooLong { line }),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.bytes.resize(self.bytes.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
            }
        }
    }

    /// Goes to where the next record begins, counting lines; false at the end of the input.
    fn skip_line_breaks(&mut self) -> Result<bool, RecordError> {
        while let Some(&byte) = fill(&mut self.input)?.first() {
            match byte {
                b'\n' if self.after_return => {}
                b'\n' | b'\r' => self.line += 1,
                _ => return Ok(true),
            }
            self.after_return = byte == b'\r';
            self.input.consume(1);
        }
        Ok(false)
    }
}

/// What is buffered: at least one byte, unless the input has ended.
fn fill<R: BufRead>(input: &mut R) -> io::Result<&[u8]> {
    loop {
        match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            Ok(_) => break,
        }
    }
    input.fill_buf()
}

#[cfg(test)]
mod tests {
    use super::{MAX_RECORD, RecordError, Records};
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};
    use std::io::{BufReader, Read};

    type Read1 = (u64, Vec<String>);

    fn read_all(input: &[u8], capacity: usize) -> Result<Vec<Read1>, RecordError> {
        let mut records = Records::new(BufReader::with_capacity(capacity, input), b',', 1);
        let mut all = Vec::new();
        while let Some(line) = records.read()? {
            let mut start = 0;
            let cells = records.ends().iter().map(|&end| {
                let cell = &records.bytes()[start..end];
                start = end;
                String::from_utf8_lossy(cell).into_owned()
            });
            all.push((line, cells.collect()));
        }
        Ok(all)
    }

    #[test]
    fn a_record_knows_its_line_whatever_ends_lines() {
        for (text, lines) in [
            ("a,b\nc,d\ne,f\n", [1, 2, 3]),
            ("a,b\r\nc,d\r\ne,f", [1, 2, 3]),
            ("a,b\rc,d\re,f\r", [1, 2, 3]),
            ("\n\na,b\n\nc,\"d\nd\nd\"\n\n\ne,f", [3, 5, 10]),
            ("\r\n\r\na,b\r\n\r\nc,\"d\r\nd\"\r\n\r\ne,f\r\n\r\n", [3, 5, 8]),
        ] {
            let read: Vec<_> = read_all(text.as_bytes(), 3).unwrap().into_iter().map(|(line, _)| line).collect();
            assert_eq!(read, lines, "{text:?}");
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_is_found_at_the_record_it_spoils() {
        for text in ["a,b\nc,\"d\ne,f\n", "a,b\nc,\"d", "a,b\nc,\"", "a,b\nc,\"d\"\""] {
            let error = read_all(text.as_bytes(), 4).unwrap_err();
            assert!(matches!(error, RecordError::UnclosedQuote { line: 2 }), "{text:?}: {error:?}");
        }
        for text in ["a,b\nc,\"d\"", "a,b\nc,d\"", "a,b\nc,\"\"", "a,b\nc,"] {
            assert_eq!(read_all(text.as_bytes(), 4).unwrap().len(), 2, "{text:?}");
        }
    }

    #[test]
    fn a_record_without_end_costs_no_more_than_the_bound() {
        for endless in [&b"x"[..], b"\"", b","] {
            let (head, byte) = (&b"a,b\n\"1\",\""[..], std::io::repeat(endless[0]));
            let mut records = Records::new(BufReader::new(head.chain(byte)), b',', 1);
            assert_eq!(records.read().unwrap(), Some(1));
            assert!(matches!(records.read().unwrap_err(), RecordError::TooLong { line: 2 }));
            assert!(records.bytes.len() <= 4 * MAX_RECORD);
        }
    }

    #[test]
    fn records_around_the_size_of_the_buffers_lose_nothing() {
        for (cells, length) in
            (30..35).chain(62..67).map(|cells| (cells, 2)).chain((4093..4099).map(|length| (1, length)))
        {
            let record = vec!["x".repeat(length); cells];
            let text = format!("{0}\n\"{1}\"\n{0}", record.join(","), record.join("\",\""));
            let read: Vec<_> = read_all(text.as_bytes(), 1000).unwrap().into_iter().map(|(_, cells)| cells).collect();
            assert_eq!(read, vec![record; 3], "{cells} cells of {length}");
        }
    }

    proptest! {
        #[test]
        fn any_text_reads_as_the_csv_crate_reads_it(
            text in prop::collection::vec(prop::sample::select(b"ab,\"\n\r ;".to_vec()), 0..60), capacity in 1..9_usize,
        ) {
            // An unclosed quote is an error here and text there.
            if let Ok(ours) = read_all(&text, capacity) {
                let mut theirs = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&text[..]);
                let theirs: Vec<Vec<String>> = theirs.records().map(|r| r.unwrap().iter().map(Into::into).collect()).collect();
                prop_assert_eq!(ours.into_iter().map(|(_, cells)| cells).collect::<Vec<_>>(), theirs);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), capacity in 1..70_usize) {
            let _ = read_all(&bytes, capacity);
        }
    }
}
