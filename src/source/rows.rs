//! An input as a header and rows: decoding, delimiter and records put together.

use std::io::{self, BufReader, Chain, Cursor, Read};

use encoding_rs::UTF_8;

use super::csv::Records;
use super::decode::{Decoded, decode};
use super::dialect::find_delimiter;
use super::{Row, RowFault, SourceError, SourceOptions};
use crate::text::excerpt;

/// How much text the delimiter is found out from; also the size of the read buffer.
const SAMPLE: usize = 64 * 1024;

/// The decoded text, with the sample put back in front.
type Text<R> = Chain<Cursor<Vec<u8>>, Decoded<R>>;

/// The rows of an input with a header, one after the other.
pub struct Rows<R: Read> {
    records: Records<BufReader<Text<R>>>,
    name: String,
    shape: Shape,
    headers: Vec<String>,
    number: u64,
}

/// What an input was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// The byte between two cells.
    pub delimiter: u8,
    /// The encoding's name in the WHATWG encoding standard, such as `UTF-8`.
    pub encoding: &'static str,
    /// Whether the encoding was declared by a byte order mark.
    pub had_bom: bool,
    /// Whether the encoding was neither marked nor given, but taken to be UTF-8.
    pub is_assumed: bool,
}

impl<R: Read> Rows<R> {
    /// Looks at the start of an input and reads its header. `name` is what messages call it.
    ///
    /// # Errors
    /// When it can't be read, isn't delimited text, or has no header that can be read.
    pub fn open(input: R, name: &str, options: SourceOptions) -> Result<Self, SourceError> {
        let name = excerpt(name, 200);
        let unreadable = |source: io::Error| SourceError::Read { name: name.clone(), source };
        let (mut text, found) = decode(input, options.encoding)
            .map_err(unreadable)?
            .map_err(|other| SourceError::NotText { name: name.clone(), seen: other.seen, encoding: other.encoding })?;
        let mut sample = Vec::with_capacity(SAMPLE);
        text.by_ref().take(SAMPLE as u64).read_to_end(&mut sample).map_err(unreadable)?;
        let delimiter = options.delimiter.unwrap_or_else(|| find_delimiter(&sample, sample.len() < SAMPLE));
        let is_assumed = !found.had_bom && options.encoding.is_none();
        let shape = Shape { delimiter, encoding: found.encoding.name(), had_bom: found.had_bom, is_assumed };
        let input = BufReader::with_capacity(SAMPLE, Cursor::new(sample).chain(text));
        let mut rows = Self { records: Records::new(input, delimiter), name, shape, headers: Vec::new(), number: 0 };
        rows.headers = rows.read_header()?;
        Ok(rows)
    }

    /// The header's cells as they were written; they may be empty, and may repeat.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// What the input was found to be.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Reads the next row; false at the end of the input. Empty lines are no rows. What is wrong with one row is said in
    /// [`Row::fault`], and the next call goes on after it.
    ///
    /// # Errors
    /// When the input can't be read any further: it fails, a quote is never closed, or a record is beyond
    /// [`MAX_RECORD`](super::MAX_RECORD).
    pub fn read(&mut self, row: &mut Row) -> Result<bool, SourceError> {
        let Some(line) = self.records.read().map_err(|error| SourceError::from_record(&self.name, error))? else {
            return Ok(false);
        };
        self.number += 1;
        (row.number, row.line) = (self.number, line);
        let undecodable = self.decode_record(row);
        row.fault = undecodable.or_else(|| {
            let (found, expected) = (row.len(), self.headers.len());
            (found != expected).then_some(RowFault::Ragged { found, expected })
        });
        Ok(true)
    }

    fn read_header(&mut self) -> Result<Vec<String>, SourceError> {
        let name = &self.name;
        let line = self.records.read().map_err(|error| SourceError::from_record(name, error))?;
        let line = line.ok_or_else(|| SourceError::Empty { name: name.clone() })?;
        let mut row = Row::default();
        match self.decode_record(&mut row) {
            Some(RowFault::NotUtf8 { column } | RowFault::Undecodable { column, .. }) => {
                Err(SourceError::Header { name: name.clone(), line, column: column + 1, encoding: self.shape.encoding })
            }
            _ => Ok(row.cells().map(str::to_owned).collect()),
        }
    }

    /// Moves the record read last into the row; what doesn't decode becomes U+FFFD and a fault.
    fn decode_record(&self, row: &mut Row) -> Option<RowFault> {
        row.clear();
        let (bytes, ends) = (self.records.bytes(), self.records.ends());
        let encoding = self.shape.encoding;
        // Two halves of a character in two neighbouring cells are valid together, and neither is text.
        if let Ok(text) = std::str::from_utf8(bytes)
            && ends.iter().all(|&end| text.is_char_boundary(end))
        {
            row.fill(text, ends);
            if encoding == UTF_8.name() {
                return None;
            }
            return row.first_cell_with('\u{fffd}').map(|column| RowFault::Undecodable { column, encoding });
        }
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let cells = || starts.clone().zip(ends).map(|(start, &end)| &bytes[start..end]);
        let column = cells().position(|cell| std::str::from_utf8(cell).is_err()).unwrap_or_default();
        for cell in cells() {
            row.extend([&*String::from_utf8_lossy(cell)]);
        }
        let is_assumed = self.shape.is_assumed;
        Some(if is_assumed { RowFault::NotUtf8 { column } } else { RowFault::Undecodable { column, encoding } })
    }
}

#[cfg(test)]
mod tests {
    use super::{Rows, Shape};
    use crate::error::Advice;
    use crate::source::{Row, RowFault, SourceError, SourceOptions, parse_encoding};
    use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
    use std::io::Read;

    fn open(bytes: &[u8], options: SourceOptions) -> Result<Rows<&[u8]>, SourceError> {
        Rows::open(bytes, "in.csv", options)
    }

    fn read_all<R: Read>(rows: &mut Rows<R>) -> Result<Vec<Row>, SourceError> {
        let (mut row, mut all) = (Row::default(), Vec::new());
        while rows.read(&mut row)? {
            all.push(row.clone());
        }
        Ok(all)
    }

    fn encoding(label: &str) -> SourceOptions {
        SourceOptions { encoding: Some(parse_encoding(label).unwrap()), delimiter: None }
    }

    #[test]
    fn a_plain_file_is_headers_and_rows() {
        let mut rows = open(b"\xef\xbb\xbfid;score\r\n007;\"4\"\r\n\r\n;\r\n\r\n", SourceOptions::default()).unwrap();
        assert_eq!(rows.headers(), ["id", "score"]);
        assert_eq!(rows.shape(), Shape { delimiter: b';', encoding: "UTF-8", had_bom: true, is_assumed: false });
        let all = read_all(&mut rows).unwrap();
        assert_eq!(all, [Row::from_cells(1, 2, ["007", "4"]), Row::from_cells(2, 4, ["", ""])]);
    }

    #[test]
    fn a_header_alone_is_an_input_without_rows() {
        for text in ["id,score", "id,score\n", "\n\nid,score\r\n\r\n"] {
            let mut rows = open(text.as_bytes(), SourceOptions::default()).unwrap();
            assert_eq!(rows.headers(), ["id", "score"], "{text:?}");
            assert_eq!(read_all(&mut rows).unwrap(), [], "{text:?}");
        }
    }

    #[test]
    fn a_ragged_row_is_that_rows_fault_alone() {
        let mut rows = open(b"a,b,c\n1,2\n1,2,3\n1,2,3,4\n", SourceOptions::default()).unwrap();
        let faults: Vec<_> = read_all(&mut rows).unwrap().into_iter().map(|row| row.fault).collect();
        let ragged = |found| Some(RowFault::Ragged { found, expected: 3 });
        assert_eq!(faults, [ragged(2), None, ragged(4)]);
    }

    #[test]
    fn bytes_that_are_no_utf8_are_that_rows_fault_and_say_what_to_give() {
        let bytes = b"id,city\n1,K\xf6ln\n2,Bonn\n\xc3,\xa4\n";
        let all = read_all(&mut open(bytes, SourceOptions::default()).unwrap()).unwrap();
        let columns: Vec<_> = all.iter().map(|row| row.fault).collect();
        let faults = [Some(RowFault::NotUtf8 { column: 1 }), None, Some(RowFault::NotUtf8 { column: 0 })];
        assert_eq!(columns, faults);
        assert_eq!(all[0].cell(1), Some("K\u{fffd}ln"));
        assert!(faults[0].unwrap().to_string().contains("--encoding windows-1252"));

        let mended = read_all(&mut open(bytes, encoding("windows-1252")).unwrap()).unwrap();
        assert_eq!((mended[0].cell(1), mended[0].fault), (Some("Köln"), None));
    }

    #[test]
    fn what_a_declared_encoding_cannot_read_is_a_fault_not_mojibake() {
        let mut rows = open(b"id,city\n1,\x93\xfa\n2,\x93\xff\n", encoding("shift_jis")).unwrap();
        let all = read_all(&mut rows).unwrap();
        assert_eq!((all[0].cell(1), all[0].fault), (Some("日"), None));
        assert_eq!(all[1].fault, Some(RowFault::Undecodable { column: 1, encoding: "Shift_JIS" }));
    }

    #[test]
    fn what_cannot_be_read_says_where_and_what_to_do() {
        for (bytes, said, advised) in [
            (&b""[..], "in.csv: it is empty", "first row"),
            (b"\xef\xbb\xbf\n\r\n", "it is empty", "first row"),
            (b"PK\x03\x04", "Excel workbook", "CSV"),
            (b"i\0d\0,\0x\0", "UTF-16", "--encoding utf-16le"),
            (b"\nid,Gr\xf6\xdfe\n", "line 2: column 2 of the header is not UTF-8", "--encoding windows-1252"),
            (b"id,\"x\n1,2\n", "begins on line 1 has a quote", "line 1 on"),
        ] {
            let error = open(bytes, SourceOptions::default()).err().unwrap();
            assert!(error.to_string().contains(said), "{error}");
            assert!(error.hint().unwrap().contains(advised), "{error}");
        }
        let mut rows = open(b"id,x\n1,2\n3,\"4\n5,6\n", SourceOptions::default()).unwrap();
        let error = read_all(&mut rows).unwrap_err();
        assert_eq!(error.to_string(), "in.csv: the record that begins on line 3 has a quote that is never closed");
    }

    /// Hands out a few bytes at a time, as pipes do.
    struct Dripping<'a>(&'a [u8], usize);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let length = buffer.len().min(self.1);
            self.0.read(&mut buffer[..length])
        }
    }

    fn encode(text: &str, label: &str) -> Vec<u8> {
        match label {
            "utf-8-bom" => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            "utf-16le" => std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
            "utf-16be" => std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
            label => parse_encoding(label).unwrap().encode(text).0.into_owned(),
        }
    }

    /// Text of characters that every encoding tried here has.
    fn cell() -> impl Strategy<Value = String> {
        prop_oneof![
            4 => "[a-zA-Z0-9@. ]{0,12}",
            2 => "[äöüßÄÖÜéñ€ ,;|\t\"a-c]{0,12}",
            1 => "[a-c,\"\n]{0,12}",
            1 => Just("0123456789012345678".to_owned()),
        ]
    }

    fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
        (2..8_usize).prop_flat_map(|width| prop::collection::vec(prop::collection::vec(cell(), width), 1..30))
    }

    fn write(table: &[Vec<String>], delimiter: u8, always: bool, crlf: bool) -> String {
        let quotes = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let ending = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut builder = csv::WriterBuilder::new();
        let mut writer = builder.delimiter(delimiter).quote_style(quotes).terminator(ending).from_writer(Vec::new());
        for record in table {
            writer.write_record(record).unwrap();
        }
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    }

    fn breaks(record: &[String]) -> u64 {
        record.iter().map(|cell| cell.matches('\n').count() as u64).sum()
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(
            table in table(),
            delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
            label in prop::sample::select(vec!["utf-8", "utf-8-bom", "utf-16le", "utf-16be", "windows-1252"]),
            (always, crlf) in any::<(bool, bool)>(),
            drip in 1..5000_usize,
        ) {
            let bytes = encode(&write(&table, delimiter, always, crlf), label);
            let declared = (label == "windows-1252").then(|| parse_encoding(label).unwrap());
            let options = SourceOptions { delimiter: Some(delimiter), encoding: declared };
            let mut rows = Rows::open(Dripping(&bytes, drip), "in.csv", options).unwrap();
            prop_assert_eq!(rows.headers(), &table[0][..]);
            let mut line = 2 + breaks(&table[0]);
            let read = read_all(&mut rows).unwrap();
            prop_assert_eq!(read.len(), table.len() - 1);
            for (number, (row, record)) in read.iter().zip(&table[1..]).enumerate() {
                prop_assert_eq!(row, &Row::from_cells(number as u64 + 1, line, record.iter().map(String::as_str)));
                line += 1 + breaks(record);
            }
        }

        #[test]
        fn the_delimiter_of_a_survey_is_found_out(
            comments in prop::collection::vec("[a-zäöü ,;|\t\"]{0,30}", 0..40),
            delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
            always in any::<bool>(),
        ) {
            let header = ["id", "survey", "score", "channel", "language", "comment"].map(str::to_owned).to_vec();
            let record = |comment: &String| ["17", "Post-chat", "4", "rtm", "de", comment].map(str::to_owned).to_vec();
            let table: Vec<_> = std::iter::once(header).chain(comments.iter().map(record)).collect();
            let text = write(&table, delimiter, always, false);
            let mut rows = open(text.as_bytes(), SourceOptions::default()).unwrap();
            prop_assert_eq!(rows.shape().delimiter, delimiter);
            prop_assert!(read_all(&mut rows).unwrap().iter().all(|row| row.fault.is_none()));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(mut rows) = open(&bytes, SourceOptions::default()) {
                let _ = read_all(&mut rows);
            }
        }
    }
}
