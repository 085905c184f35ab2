//! Splitting delimited text into records. `csv-core` knows delimiters, quotes and terminators; this adds a limit on a
//! record's length, an error for unclosed quotes, and the line where a record starts.
//!
//! The `csv` crate's reader has none of the three: there, an unclosed quote reads the rest of the file into memory.

use std::io::BufRead;

use csv_core::ReadRecordResult;
use memchr::memchr3;

use super::buffer::{MAX_RECORD, fill_buf};
use super::error::ContentError;
use super::row::Row;

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
        self.has_begun = true;
        let breaks_before = self.parser.line();
        let last = self.read_record(line)?;
        self.line += self.parser.line() - breaks_before;
        // The parser counts line feeds only, and stops at a carriage return before it sees what follows.
        self.after_return = last == b'\r';
        self.line += u64::from(self.after_return);
        Ok(Some(line))
    }

    /// Splits the next line into the cells of the row, if it is buffered to its end, UTF-8 and without quotes, as nearly all
    /// are; returns its number, or `None` if only [`RecordReader::read`] can tell. The parser looks at each byte, and takes
    /// several times as long.
    #[inline]
    pub(super) fn read_line(&mut self, row: &mut Row) -> Result<Option<u64>, ContentError> {
        let line = self.line;
        let available = fill_buf(&mut self.input).map_err(|error| ContentError::io(Some(line), error))?;
        if !self.has_begun || matches!(available.first(), None | Some(b'\n' | b'\r')) {
            return Ok(None);
        }
        let end = memchr3(b'\n', b'\r', b'"', available).filter(|end| available[*end] != b'"');
        let text = end.and_then(|end| std::str::from_utf8(&available[..end]).ok());
        let Some(text) = text else { return Ok(None) };
        row.clear();
        let mut start = 0;
        for_each_place(text.as_bytes(), self.delimiter, |end| {
            row.push(&text[start..end]);
            start = end + 1;
        });
        row.push(&text[start..]);
        let has_both = available[text.len()..].starts_with(b"\r\n");
        self.after_return = available[text.len()] == b'\r' && !has_both;
        self.line += 1;
        let taken = text.len() + 1 + usize::from(has_both);
        self.input.consume(taken);
        Ok(Some(line))
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

/// Calls back with each place of the byte. Cells are short: searching anew for each of them takes longer than this.
fn for_each_place(bytes: &[u8], wanted: u8, mut each: impl FnMut(usize)) {
    const LOW: u64 = u64::from_le_bytes([0x7f; 8]);
    let (chunks, rest) = bytes.as_chunks::<8>();
    for (chunk, first) in chunks.iter().zip((0..).step_by(8)) {
        // The bytes that are wanted become zero, and then the only ones whose highest bit is set.
        let zeroed = u64::from_le_bytes(*chunk) ^ u64::from_le_bytes([wanted; 8]);
        let mut found = !(((zeroed & LOW) + LOW) | zeroed | LOW);
        while found != 0 {
            each(first + found.trailing_zeros() as usize / 8);
            found &= found - 1;
        }
    }
    let first = 8 * chunks.len();
    rest.iter().zip(first..).filter(|(byte, _)| **byte == wanted).for_each(|(_, place)| each(place));
}

#[cfg(test)]
mod tests {
    use super::{ContentError, MAX_RECORD, RecordReader, for_each_place};
    use crate::source::row::Row;
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};
    use std::io::{BufReader, Read};

    type Record = (u64, Vec<String>);

    fn read_all(input: &[u8], capacity: usize) -> Result<Vec<Record>, ContentError> {
        let mut records = RecordReader::new(BufReader::with_capacity(capacity, input), b',', 1);
        let (mut all, mut row) = (Vec::new(), Row::default());
        loop {
            if let Some(line) = records.read_line(&mut row)? {
                all.push((line, row.cells().map(str::to_owned).collect()));
                continue;
            }
            let Some(line) = records.read()? else { return Ok(all) };
            let mut start = 0;
            let cells = records.ends().iter().map(|&end| {
                let cell = &records.bytes()[start..end];
                start = end;
                String::from_utf8_lossy(cell).into_owned()
            });
            all.push((line, cells.collect()));
        }
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
        fn all_places_of_a_byte_are_found(bytes in prop::collection::vec(any::<u8>(), 0..70), wanted: u8, close: bool) {
            let bytes: Vec<u8> = bytes.into_iter().map(|byte| if close { wanted ^ (byte & 0x81) } else { byte }).collect();
            let mut found = Vec::new();
            for_each_place(&bytes, wanted, |place| found.push(place));
            let expected: Vec<usize> = (0..bytes.len()).filter(|place| bytes[*place] == wanted).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn whole_lines_read_like_single_bytes(text in "([abü]{0,3}|[,\"\r\n\u{feff}]){0,40}") {
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
