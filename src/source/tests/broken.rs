//! Inputs that make no sense: an error that says where, in bounded memory, and never a panic.

use super::{encode, open, open_as, rows_of};
use crate::error::Advice;
use crate::source::samples::{gzip, ods, ods_of, xlsx, xlsx_of, zstd};
use crate::source::{Format, MAX_RECORD, Row, SourceError, SourceOptions, Table};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_oneof, proptest};
use std::io::Read;

#[test]
fn what_cannot_be_read_says_where_and_what_to_do() {
    for (bytes, said, advised) in [
        (&b""[..], "in.csv: it is empty", "first row"),
        (b"\xef\xbb\xbf\n\r\n", "it is empty", "first row"),
        (b"%PDF-1.7", "a PDF document", "CSV"),
        (b"PAR1\x15\0", "a Parquet file", "CSV"),
        (b"id,score\n1,\0\x01\x02", "binary data (byte 12 is NUL)", "CSV"),
        (
            b"\nid,5 \x80\n1,2\n",
            "line 2: not UTF-8; \"5 €\" if it is windows-1252, \"5 Ä\" if it is macintosh",
            "--encoding windows-1252 or --encoding macintosh",
        ),
        (b"id,\"x\n1,2\n", "begins on line 1 has a quote", "line 1 on"),
    ] {
        let error = open(bytes).err().unwrap();
        assert!(error.to_string().contains(said), "{error}");
        assert!(error.hint().unwrap().contains(advised), "{error}");
    }
    let error = open(b"id,x\n1,2\n3,\"4\n5,6\n").err().unwrap();
    assert_eq!(error.to_string(), "in.csv: the record that begins on line 3 has a quote that is never closed");
    let error =
        open_as(b"id,K\xf6ln\xff\xc3\xbc\xc3\xb6\xc3\xa4\n1,2\n", "in.csv", &SourceOptions::default()).err().unwrap();
    assert!(error.to_string().contains("line 1: column 2 of the header is not UTF-8"), "{error}");
}

#[test]
fn packed_data_that_are_cut_say_how_far_they_went() {
    let text =
        format!("id,score\n{}", (0..20_000).map(|id| format!("{id},{}\n", id * 7919 % 1009)).collect::<String>());
    for pack in [gzip, zstd] {
        let packed = pack(text.as_bytes());
        let cut = &packed[..packed.len() - 10];
        let error = open(cut).and_then(|mut table| rows_of(&mut table)).unwrap_err();
        let SourceError::Packed { is_cut: true, line: Some(line), .. } = error else { panic!("{error}") };
        assert!((10_000..=20_001).contains(&line), "{line}");
        let start = open(&packed[..12]).err().unwrap();
        assert!(matches!(start, SourceError::Packed { .. } | SourceError::Empty { .. }), "{start}");
    }
}

/// Counts what is read of it.
struct Counted<R>(R, std::rc::Rc<std::cell::Cell<usize>>);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.0.read(buffer)?;
        self.1.set(self.1.get() + read);
        Ok(read)
    }
}

#[test]
fn a_line_of_a_gigabyte_is_given_up_after_a_megabyte() {
    for head in ["id,note\n1,\"", "id,note\n1,", "{\"id\":1}\n{\"id\":\"", "[{\"id\":1},{\"id\":\""] {
        let read = std::rc::Rc::default();
        let endless = Counted(head.as_bytes().chain(std::io::repeat(b'x').take(1 << 30)), std::rc::Rc::clone(&read));
        let options = SourceOptions::default();
        let error = Table::open(endless, "in", &options).and_then(|mut table| rows_of(&mut table)).unwrap_err();
        assert!(matches!(error, SourceError::RecordTooLong { .. } | SourceError::JsonTooLong { .. }), "{error}");
        assert!(read.get() < 4 * MAX_RECORD, "{} bytes were read", read.get());
    }
    let bomb = gzip(&[b"id,note\n1,".to_vec(), vec![b'x'; 100 << 20]].concat());
    assert!(matches!(open(&bomb).err().unwrap(), SourceError::RecordTooLong { line: 2, .. }));
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
        1 => prop::sample::select(vec!["utf-16le marked", "utf-16be", "windows-1252", "macintosh"]).prop_map(move |label| encode(csv, label)),
        2 => Just(json.as_bytes().to_vec()),
        2 => Just(array.into_bytes()),
        1 => Just(gzip(csv.as_bytes())),
        1 => Just(zstd(json.as_bytes())),
        1 => Just(include_bytes!("survey.xls").to_vec()),
        1 => Just(xlsx(&table)),
        1 => Just(ods(&table)),
    ]
}

/// One thing that can happen to a file.
#[derive(Debug, Clone)]
enum Damage {
    Set(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Insert(prop::sample::Index, Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    let signs = prop::sample::select(b"\"',;{}[]\\\n\r\0\xff0".to_vec());
    prop_oneof![
        (any::<prop::sample::Index>(), prop_oneof![signs, any::<u8>()])
            .prop_map(|(place, byte)| Damage::Set(place, byte)),
        any::<prop::sample::Index>().prop_map(Damage::Cut),
        (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 1..9))
            .prop_map(|(place, bytes)| Damage::Insert(place, bytes)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damage: Vec<Damage>) -> Vec<u8> {
    for one in damage {
        match one {
            Damage::Set(place, byte) if !bytes.is_empty() => {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            Damage::Set(..) => {}
            Damage::Cut(place) => bytes.truncate(place.index(bytes.len() + 1)),
            Damage::Insert(place, inserted) => {
                let place = place.index(bytes.len() + 1);
                bytes.splice(place..place, inserted);
            }
        }
    }
    bytes
}

fn read_to_the_end(bytes: &[u8], options: &SourceOptions) -> usize {
    let Ok(mut table) = Table::open(bytes, "in", options) else { return 0 };
    let (mut row, mut rows) = (Row::default(), 0);
    while let Ok(true) = table.read(&mut row) {
        rows += 1;
    }
    rows
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        format in prop::option::of(prop::sample::select(vec![Format::Csv, Format::Tsv, Format::JsonLines, Format::Json])),
        header_rows in prop::option::of(1..=3_u8),
    ) {
        let options = SourceOptions { format, header_rows, ..SourceOptions::default() };
        prop_assert!(read_to_the_end(&bytes, &options) <= bytes.len());
    }

    #[test]
    fn no_text_makes_it_panic(text in "[ab,;\t|\"'{}\\[\\]:\\\\0-9\n\r=ü€ ]{0,200}") {
        prop_assert!(read_to_the_end(text.as_bytes(), &SourceOptions::default()) <= text.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_damage_to_a_valid_file_makes_it_panic(bytes in valid(), damage in prop::collection::vec(damage(), 1..6)) {
        read_to_the_end(&damaged(bytes, damage), &SourceOptions::default());
    }

    /// Archives have checksums, so damage to them as a whole never gets as far as their cells.
    #[test]
    fn no_damage_inside_a_workbook_makes_it_panic(damage in prop::collection::vec(damage(), 1..4)) {
        const ROWS: &str = "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell \
            table:number-columns-repeated=\"2\" office:value-type=\"float\" office:value=\"4.5\"></table:table-cell>\
            </table:table-row>";
        let rows = damaged(ROWS.as_bytes().to_vec(), damage.clone());
        read_to_the_end(&ods_of(&String::from_utf8_lossy(&rows)), &SourceOptions::default());
        const CELLS: &str = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>id</t></is></c></row><row r=\"2\"><c r=\"A2\">\
            <v>4.5</v></c><c r=\"C2\" t=\"b\"><v>1</v></c></row>";
        let rows = damaged(CELLS.as_bytes().to_vec(), damage.clone());
        read_to_the_end(&xlsx_of(&String::from_utf8_lossy(&rows)), &SourceOptions::default());
        read_to_the_end(&damaged(include_bytes!("survey.xls").to_vec(), damage), &SourceOptions::default());
    }
}
