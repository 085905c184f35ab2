//! Splitting delimited text into records. `csv-core` knows delimiters, quotes and terminators; this adds a limit on a
//! record's length, an error for unclosed quotes, and the line where a record starts.
//!
//! The `csv` crate's reader has none of the three: there, an unclosed quote reads the rest of the file into memory.

use std::io::BufRead;

use csv_core::ReadRecordResult;
use memchr::{memchr_iter, memchr3};

use super::buffer::{MAX_RECORD, fill_buf};
use super::error::ContentError;

/// Reads one record after the other into the same memory.
pub(super) struct RecordReader<R> {
    input: R,
    parser: csv_core::Reader,
    /// Whether the parser has seen the first record: it skips a second byte order mark there, and nowhere else.
    has_begun: bool,
    delimiter: u8,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    length: usize,
    cells: usize,
    line: u64,
    after_return: bool,
}

impl<R: BufRead> RecordReader<R> {
    /// `line` is the line where the input starts, from 1.
    pub(super) fn new(input: R, delimiter: u8, line: u64) -> Self {
        let parser = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        let (bytes, ends) = (vec![0; 4096], vec![0; 32]);
        let (length, cells, after_return) = (0, 0, false);
        Self { input, parser, has_begun: false, delimiter, bytes, ends, length, cells, line, after_return }
    }

    /// The cells of the last record, without anything between them.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Where each cell ends in [`RecordReader::bytes`].
    pub(super) fn ends(&self) -> &[usize] {
        &self.ends[..self.cells]
    }

    /// Reads the next record, skipping empty lines. Returns the line where it starts, or `None` at the end of the input.
    pub(super) fn read(&mut self) -> Result<Option<u64>, ContentError> {
        if !self.skip_line_breaks()? {
            return Ok(None);
        }
        let line = self.line;
        if self.has_begun && self.split_line(line)? {
            return Ok(Some(line));
        }
        self.has_begun = true;
        let breaks_before = self.parser.line();
        let last = self.read_record(line)?;
        self.line += self.parser.line() - breaks_before;
        // The parser counts line feeds only, and stops at a carriage return before it sees what follows.
        self.after_return = last == b'\r';
        self.line += u64::from(self.after_return);
        Ok(Some(line))
    }

    /// Splits the next line at the delimiters, if it is buffered to its end and has no quotes, as nearly all have. The parser
    /// does the same, but looks at each byte.
    fn split_line(&mut self, line: u64) -> Result<bool, ContentError> {
        let available = fill_buf(&mut self.input).map_err(|error| ContentError::io(Some(line), error))?;
        let Some(end) = memchr3(b'\n', b'\r', b'"', available) else { return Ok(false) };
        let (text, terminator) = (&available[..end], available[end]);
        if terminator == b'"' {
            return Ok(false);
        }
        (self.length, self.cells) = split(text, self.delimiter, &mut self.bytes, &mut self.ends);
        self.after_return = terminator == b'\r';
        self.line += 1;
        self.input.consume(end + 1);
        Ok(true)
    }

    /// Reads to the end of the record that starts here; returns the byte that ended it.
    fn read_record(&mut self, line: u64) -> Result<u8, ContentError> {
        (self.length, self.cells) = (0, 0);
        let (mut taken, mut last, mut was_terminated) = (0, b'\n', false);
        loop {
            let available = fill_buf(&mut self.input).map_err(|error| ContentError::io(Some(line), error))?;
            let is_end = available.is_empty();
            if is_end && was_terminated {
                return Err(ContentError::UnclosedQuote { line });
            }
            // An additional line break ends the last record, unless it is inside quotes: that tells the two apart.
            let input = if is_end { b"\n" } else { available };
            let (bytes, ends) = (&mut self.bytes[self.length..], &mut self.ends[self.cells..]);
            let (result, read, written, ended) = self.parser.read_record(input, bytes, ends);
            last = input[..read].last().copied().unwrap_or(last);
            was_terminated = is_end && read > 0;
            if !is_end {
                self.input.consume(read);
            }
            taken += read;
            self.length += written;
            self.cells += ended;
            match result {
                ReadRecordResult::Record | ReadRecordResult::End => return Ok(last),
                _ if taken > MAX_RECORD => return Err(ContentError::RecordTooLong { line }),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.bytes.resize(self.bytes.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
            }
        }
    }

    /// Advances to the next record, counting lines; returns false at the end of the input.
    fn skip_line_breaks(&mut self) -> Result<bool, ContentError> {
        loop {
            let available = fill_buf(&mut self.input).map_err(|error| ContentError::io(Some(self.line), error))?;
            let Some(&byte) = available.first() else { return Ok(false) };
            match byte {
                b'\n' if self.after_return => {}
                b'\n' | b'\r' => self.line += 1,
                _ => return Ok(true),
            }
            self.after_return = byte == b'\r';
            self.input.consume(1);
        }
    }
}

/// Copies the cells of a line and their ends; returns how many bytes and how many cells these are.
fn split(line: &[u8], delimiter: u8, bytes: &mut Vec<u8>, ends: &mut Vec<usize>) -> (usize, usize) {
    if bytes.len() < line.len() {
        bytes.resize(line.len(), 0);
    }
    let (mut start, mut length, mut cells) = (0, 0, 0);
    for end in memchr_iter(delimiter, line).chain([line.len()]) {
        let cell = &line[start..end];
        bytes[length..length + cell.len()].copy_from_slice(cell);
        length += cell.len();
        if cells == ends.len() {
            ends.resize(2 * cells, 0);
        }
        ends[cells] = length;
        (cells, start) = (cells + 1, end + 1);
    }
    (length, cells)
}

#[cfg(test)]
mod tests {
    use super::{ContentError, MAX_RECORD, RecordReader};
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};
    use std::io::{BufReader, Read};

    type Record = (u64, Vec<String>);

    fn read_all(input: &[u8], capacity: usize) -> Result<Vec<Record>, ContentError> {
        let mut records = RecordReader::new(BufReader::with_capacity(capacity, input), b',', 1);
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
    fn records_know_their_line() {
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
    fn unclosed_quotes_name_their_record() {
        for text in ["a,b\nc,\"d\ne,f\n", "a,b\nc,\"d", "a,b\nc,\"", "a,b\nc,\"d\"\""] {
            let error = read_all(text.as_bytes(), 4).unwrap_err();
            assert!(matches!(error, ContentError::UnclosedQuote { line: 2 }), "{text:?}: {error:?}");
        }
        for text in ["a,b\nc,\"d\"", "a,b\nc,d\"", "a,b\nc,\"\"", "a,b\nc,"] {
            assert_eq!(read_all(text.as_bytes(), 4).unwrap().len(), 2, "{text:?}");
        }
    }

    #[test]
    fn endless_records_use_bounded_memory() {
        for endless in [&b"x"[..], b"\"", b","] {
            let (head, byte) = (&b"a,b\n\"1\",\""[..], std::io::repeat(endless[0]));
            let mut records = RecordReader::new(BufReader::new(head.chain(byte)), b',', 1);
            assert_eq!(records.read().unwrap(), Some(1));
            assert!(matches!(records.read().unwrap_err(), ContentError::RecordTooLong { line: 2 }));
            assert!(records.bytes.len() <= 4 * MAX_RECORD);
        }
    }

    #[test]
    fn buffer_sizes_lose_nothing() {
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
        fn text_reads_as_in_the_csv_crate(
            text in prop::collection::vec(prop::sample::select(b"ab,\"\n\r ;".to_vec()), 0..60), capacity in 1..70_usize,
        ) {
            // An unclosed quote is an error here and text there.
            if let Ok(ours) = read_all(&text, capacity) {
                let mut theirs = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&text[..]);
                let theirs: Vec<Vec<String>> = theirs.records().map(|r| r.unwrap().iter().map(Into::into).collect()).collect();
                prop_assert_eq!(ours.into_iter().map(|(_, cells)| cells).collect::<Vec<_>>(), theirs);
            }
        }

        #[test]
        fn whole_lines_read_like_single_bytes(text in "([ab]{0,3}|[,\"\r\n\u{feff}]){0,40}") {
            // Buffers of one byte never hold a whole line.
            let (whole, single) = (read_all(text.as_bytes(), 1000), read_all(text.as_bytes(), 1));
            // The parser skips a second byte order mark only if it sees it as a whole.
            if !text.trim_start_matches(['\r', '\n']).starts_with('\u{feff}') {
                prop_assert_eq!(format!("{whole:?}"), format!("{single:?}"));
            }
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), capacity in 1..70_usize) {
            let _ = read_all(&bytes, capacity);
        }
    }
}
