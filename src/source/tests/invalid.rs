//! Invalid inputs: an error that says where, in bounded memory, and never a panic.

use super::{encode, open, open_as, problem, rows_of};
use crate::error::Advice;
use crate::source::buffer::MAX_RECORD;
use crate::source::error::ContentError;
use crate::source::samples::{gzip, ods, ods_of, xlsx, xlsx_of, zstd};
use crate::source::{Format, Row, SourceOptions, Table};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_oneof, proptest};
use std::io::Read;

#[test]
fn errors_say_where_and_what_to_do() {
    for (bytes, expected, advised) in [
        (&b""[..], "in.csv: the input is empty", "first row"),
        (b"\xef\xbb\xbf\n\r\n", "the input is empty", "first row"),
        (b"%PDF-1.7", "a PDF document", "CSV"),
        (b"PAR1\x15\0", "a Parquet file", "CSV"),
        (b"id,score\n1,\0\x01\x02", "binary data (byte 12 is NUL)", "CSV"),
        (
            b"\nid,5 \x80\n1,2\n",
            "line 2: not UTF-8: \"5 €\" in windows-1252, \"5 Ä\" in macintosh",
            "--encoding windows-1252 or --encoding macintosh",
        ),
        (b"id,\"x\n1,2\n", "unclosed quote in the record that starts on line 1", "close the quote"),
    ] {
        let error = open(bytes).err().unwrap();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(error.hint().unwrap().contains(advised), "{error}");
    }
    let error = open(b"id,x\n1,2\n3,\"4\n5,6\n").err().unwrap();
    assert_eq!(error.to_string(), "in.csv: unclosed quote in the record that starts on line 3");
    let error =
        open_as(b"id,K\xf6ln\xff\xc3\xbc\xc3\xb6\xc3\xa4\n1,2\n", "in.csv", &SourceOptions::default()).err().unwrap();
    assert!(error.to_string().contains("line 1: header column 2 is not valid UTF-8"), "{error}");
}

#[test]
fn truncated_compression_says_how_far_it_went() {
    let text =
        format!("id,score\n{}", (0..20_000).map(|id| format!("{id},{}\n", id * 7919 % 1009)).collect::<String>());
    for pack in [gzip, zstd] {
        let packed = pack(text.as_bytes());
        let truncated = &packed[..packed.len() - 10];
        let error = open(truncated).and_then(|mut table| rows_of(&mut table)).unwrap_err();
        let ContentError::Decompress { line: Some(line), error } = problem(error) else { panic!("no line") };
        assert!(error.to_string().starts_with("truncated"), "{error}");
        assert!((10_000..=20_001).contains(&line), "{line}");
        let start = problem(open(&packed[..12]).err().unwrap());
        assert!(matches!(start, ContentError::Decompress { .. } | ContentError::Empty), "{start}");
    }
}

/// Counts the bytes read.
struct Counting<R>(R, std::rc::Rc<std::cell::Cell<usize>>);

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.0.read(buffer)?;
        self.1.set(self.1.get() + read);
        Ok(read)
    }
}

#[test]
fn endless_lines_stop_after_a_megabyte() {
    for head in ["id,note\n1,\"", "id,note\n1,", "{\"id\":1}\n{\"id\":\"", "[{\"id\":1},{\"id\":\""] {
        let read = std::rc::Rc::default();
        let endless = Counting(head.as_bytes().chain(std::io::repeat(b'x').take(1 << 30)), std::rc::Rc::clone(&read));
        let options = SourceOptions::default();
        let error = Table::open(endless, "in", &options).and_then(|mut table| rows_of(&mut table)).unwrap_err();
        let error = problem(error);
        assert!(matches!(error, ContentError::RecordTooLong { .. } | ContentError::JsonTooLong { .. }), "{error}");
        assert!(read.get() < 4 * MAX_RECORD, "{} bytes were read", read.get());
    }
    let bomb = gzip(&[b"id,note\n1,".to_vec(), vec![b'x'; 100 << 20]].concat());
    assert!(matches!(problem(open(&bomb).err().unwrap()), ContentError::RecordTooLong { line: 2 }));
}

/// Valid inputs of every format.
fn valid() -> impl Strategy<Value = Vec<u8>> {
    let table =
        [["id", "name", "score"], ["1", "Köln", "5"], ["2", "a \"b\"", ""]].map(|row| row.map(str::to_owned).to_vec());
    let csv = "id,name,score\n1,Köln,5\n2,\"a \"\"b\"\"\nc\",\n";
    let json = "{\"id\":1,\"name\":{\"first\":\"Köln\"},\"score\":[1,2]}\n{\"id\":2,\"name\":\"a \\\"b\\\"\"}\n";
    let array = format!("[{}]", json.trim().replace('\n', ","));
    prop_oneof![
        2 => Just(csv.as_bytes().to_vec()),
        1 => prop::sample::select(vec!["utf-16le with BOM", "utf-16be", "windows-1252", "macintosh"]).prop_map(move |label| encode(csv, label)),
        2 => Just(json.as_bytes().to_vec()),
        2 => Just(array.into_bytes()),
        1 => Just(gzip(csv.as_bytes())),
        1 => Just(zstd(json.as_bytes())),
        1 => Just(include_bytes!("survey.xls").to_vec()),
        1 => Just(xlsx(&table)),
        1 => Just(ods(&table)),
    ]
}

/// One change to a file.
#[derive(Debug, Clone)]
enum Damage {
    Set(prop::sample::Index, u8),
    Truncate(prop::sample::Index),
    Insert(prop::sample::Index, Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    let special = prop::sample::select(b"\"',;{}[]\\\n\r\0\xff0".to_vec());
    prop_oneof![
        (any::<prop::sample::Index>(), prop_oneof![special, any::<u8>()])
            .prop_map(|(place, byte)| Damage::Set(place, byte)),
        any::<prop::sample::Index>().prop_map(Damage::Truncate),
        (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 1..9))
            .prop_map(|(place, bytes)| Damage::Insert(place, bytes)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damage: Vec<Damage>) -> Vec<u8> {
    for change in damage {
        match change {
            Damage::Set(place, byte) if !bytes.is_empty() => {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            Damage::Set(..) => {}
            Damage::Truncate(place) => bytes.truncate(place.index(bytes.len() + 1)),
            Damage::Insert(place, inserted) => {
                let place = place.index(bytes.len() + 1);
                bytes.splice(place..place, inserted);
            }
        }
    }
    bytes
}

fn count_rows(bytes: &[u8], options: &SourceOptions) -> usize {
    let Ok(mut table) = Table::open(bytes, "in", options) else { return 0 };
    let (mut row, mut rows) = (Row::default(), 0);
    while let Ok(true) = table.read(&mut row) {
        rows += 1;
    }
    rows
}

proptest! {
    #[test]
    fn no_bytes_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        format in prop::option::of(prop::sample::select(vec![Format::Csv, Format::Tsv, Format::Ndjson, Format::Json])),
        header_rows in prop::option::of(1..=3_u8),
    ) {
        let options = SourceOptions { format, header_rows, ..SourceOptions::default() };
        prop_assert!(count_rows(&bytes, &options) <= bytes.len());
    }

    #[test]
    fn no_text_panics(text in "[ab,;\t|\"'{}\\[\\]:\\\\0-9\n\r=ü€ ]{0,200}") {
        prop_assert!(count_rows(text.as_bytes(), &SourceOptions::default()) <= text.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn damaged_files_do_not_panic(bytes in valid(), damage in prop::collection::vec(damage(), 1..6)) {
        count_rows(&damaged(bytes, damage), &SourceOptions::default());
    }

    /// Archives have checksums, so damage to a whole archive never reaches its cells.
    #[test]
    fn damaged_cells_do_not_panic(damage in prop::collection::vec(damage(), 1..4)) {
        const ROWS: &str = "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell \
            table:number-columns-repeated=\"2\" office:value-type=\"float\" office:value=\"4.5\"></table:table-cell>\
            </table:table-row>";
        let rows = damaged(ROWS.as_bytes().to_vec(), damage.clone());
        count_rows(&ods_of(&String::from_utf8_lossy(&rows)), &SourceOptions::default());
        const CELLS: &str = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>id</t></is></c></row><row r=\"2\"><c r=\"A2\">\
            <v>4.5</v></c><c r=\"C2\" t=\"b\"><v>1</v></c></row>";
        let rows = damaged(CELLS.as_bytes().to_vec(), damage.clone());
        count_rows(&xlsx_of(&String::from_utf8_lossy(&rows)), &SourceOptions::default());
        count_rows(&damaged(include_bytes!("survey.xls").to_vec(), damage), &SourceOptions::default());
    }
}
