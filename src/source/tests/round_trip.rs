//! What is written in any format, encoding, delimiter and compression reads back the same.

use super::{encode, open_as, rows_of};
use crate::source::samples::{gzip, ods, xlsx, zstd};
use crate::source::{Row, SourceOptions, Table, parse_encoding};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use std::io::Read;

/// Returns a few bytes at a time, as pipes do.
struct ShortReads<'a>(&'a [u8], usize);

impl Read for ShortReads<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(self.1);
        self.0.read(&mut buffer[..length])
    }
}

/// Text that every tested encoding can represent.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zA-Z0-9@. ]{0,12}",
        2 => "[äöüßÄÖÜéñ€ ,;|\t\"a-c]{0,12}",
        1 => "[a-c,\"\n]{0,12}",
        1 => Just("0123456789012345678".to_owned()),
    ]
}

/// Named columns, and rows with at least one filled cell.
fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    (2..8_usize).prop_flat_map(|width| {
        let row = (any::<u32>(), prop::collection::vec(cell(), width - 1));
        let rows = prop::collection::vec(row, 0..30);
        let name = prop_oneof!["[a-zäöü ]{0,8}", Just(String::new())];
        (prop::collection::vec(name, width), rows).prop_map(|(names, rows)| {
            let names = names.iter().enumerate().map(|(place, name)| format!("{place}{name}")).collect();
            let filled = |(id, cells): (u32, Vec<String>)| std::iter::once(id.to_string()).chain(cells).collect();
            std::iter::once(names).chain(rows.into_iter().map(filled)).collect()
        })
    })
}

fn write_csv(table: &[Vec<String>], delimiter: u8, always: bool, crlf: bool) -> String {
    let quotes = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
    let ending = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
    let mut builder = csv::WriterBuilder::new();
    let mut writer = builder.delimiter(delimiter).quote_style(quotes).terminator(ending).from_writer(Vec::new());
    for record in table {
        writer.write_record(record).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn write_json(table: &[Vec<String>], is_array: bool, is_pretty: bool) -> String {
    let (names, rows) = table.split_first().unwrap();
    let objects = rows.iter().map(|row| {
        let pairs = names.iter().cloned().zip(row.iter().map(|cell| cell.as_str().into()));
        let object = serde_json::Value::Object(pairs.collect());
        if is_pretty { serde_json::to_string_pretty(&object).unwrap() } else { object.to_string() }
    });
    let objects: Vec<String> = objects.collect();
    if is_array { format!("[{}]", objects.join(",\n")) } else { objects.join("\n") }
}

fn compress(bytes: &[u8], compression: u8) -> Vec<u8> {
    match compression {
        0 => bytes.to_vec(),
        1 => gzip(bytes),
        _ => zstd(bytes),
    }
}

fn breaks(record: &[String]) -> u64 {
    record.iter().map(|cell| cell.matches('\n').count() as u64).sum()
}

fn read_back(bytes: &[u8], chunk: usize, options: &SourceOptions) -> (Vec<String>, Vec<Row>) {
    let mut table = Table::open(ShortReads(bytes, chunk), "in", options).unwrap();
    let headers = table.headers().to_vec();
    (headers, rows_of(&mut table).unwrap())
}

fn cells(rows: &[Row]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.cells().map(str::to_owned).collect()).collect()
}

proptest! {
    #[test]
    fn delimited_text_round_trips(
        table in table(),
        delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
        label in prop::sample::select(vec![
            "utf-8", "utf-8 with BOM", "utf-16le with BOM", "utf-16be with BOM", "windows-1252", "macintosh", "iso-8859-15",
        ]),
        (always, crlf) in any::<(bool, bool)>(),
        (compression, chunk) in (0..3_u8, 1..5000_usize),
    ) {
        let bytes = compress(&encode(&write_csv(&table, delimiter, always, crlf), label), compression);
        let encoding = (!label.starts_with("utf")).then(|| parse_encoding(label).unwrap());
        let options = SourceOptions { delimiter: Some(delimiter), encoding, ..SourceOptions::default() };
        let (headers, rows) = read_back(&bytes, chunk, &options);
        prop_assert_eq!(&headers, &table[0]);
        let mut line = 2 + breaks(&table[0]);
        prop_assert_eq!(rows.len(), table.len() - 1);
        for (number, (row, record)) in rows.iter().zip(&table[1..]).enumerate() {
            prop_assert_eq!(row, &Row::from_cells(number as u64 + 1, line, record.iter().map(String::as_str)));
            line += 1 + breaks(record);
        }
    }

    #[test]
    fn json_round_trips(
        table in table().prop_filter("JSON needs a record to have columns", |table| table.len() > 1),
        label in prop::sample::select(vec!["utf-8", "utf-8 with BOM", "utf-16le with BOM", "utf-16be with BOM", "utf-16le", "utf-16be"]),
        (is_array, is_pretty) in any::<(bool, bool)>(),
        (compression, chunk) in (0..3_u8, 1..5000_usize),
    ) {
        let bytes = compress(&encode(&write_json(&table, is_array, is_pretty), label), compression);
        let (headers, rows) = read_back(&bytes, chunk, &SourceOptions::default());
        prop_assert_eq!(&headers, &table[0]);
        prop_assert_eq!(cells(&rows), &table[1..]);
        prop_assert!(rows.iter().all(|row| row.error.is_none()));
    }

    #[test]
    fn survey_delimiters_are_detected(
        comments in prop::collection::vec("[a-zäöü ,;|\t\"]{0,30}", 0..40),
        delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
        always in any::<bool>(),
    ) {
        let header = ["id", "survey", "score", "channel", "language", "comment"].map(str::to_owned).to_vec();
        let record = |comment: &String| ["17", "Post-chat", "4", "rtm", "de", comment].map(str::to_owned).to_vec();
        let table: Vec<_> = std::iter::once(header).chain(comments.iter().map(record)).collect();
        let text = write_csv(&table, delimiter, always, false);
        let mut table = open_as(text.as_bytes(), "in", &SourceOptions::default()).unwrap();
        prop_assert_eq!(table.dialect().delimiter, Some(delimiter));
        prop_assert!(rows_of(&mut table).unwrap().iter().all(|row| row.error.is_none()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn workbooks_round_trip(table in table(), is_ods in any::<bool>(), compression in 0..3_u8, chunk in 100..5000_usize) {
        let bytes = compress(&if is_ods { ods(&table) } else { xlsx(&table) }, compression);
        let (headers, rows) = read_back(&bytes, chunk, &SourceOptions::default());
        prop_assert_eq!(&headers, &table[0]);
        prop_assert_eq!(cells(&rows), &table[1..]);
    }
}
