//! Any bytes as a file: unpacked, decoded, parted into rows, read to the end. The input is the file as it stands, so that
//! real files are seeds and what is found can be imported.

#![no_main]

use kore_feedback::source::{Format, Row, SourceError, SourceOptions, Table, parse_encoding};
use libfuzzer_sys::fuzz_target;

const FORMATS: [Format; 7] =
    [Format::Csv, Format::Tsv, Format::JsonLines, Format::Json, Format::Xlsx, Format::Xls, Format::Ods];
const ENCODINGS: [&str; 6] = ["windows-1252", "macintosh", "utf-16le", "utf-16be", "shift_jis", "gb18030"];

// What a workbook's parser trips over is caught by the library; libFuzzer's own hook would call it a crash all the same.
fuzz_target!(init: { std::panic::set_hook(Box::new(|_| {})); }, |bytes: &[u8]| {
    read(bytes, "in", &SourceOptions::default());
    read(bytes, "in.json", &said(bytes));
});

/// Something that could be said about the file, which follows from its bytes alone: what is found is found again.
fn said(bytes: &[u8]) -> SourceOptions {
    let sum = bytes.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    SourceOptions {
        format: (sum % 2 == 0).then(|| FORMATS[sum / 2 % FORMATS.len()]),
        sheet: (sum % 5 == 0).then(|| "2".to_owned()),
        header_rows: (sum % 3 == 0).then_some(1 + (sum / 3 % 3) as u8),
        delimiter: (sum % 7 == 0).then_some(b';'),
        encoding: if sum % 3 == 1 { parse_encoding(ENCODINGS[sum / 3 % ENCODINGS.len()]).ok() } else { None },
    }
}

fn read(bytes: &[u8], name: &str, options: &SourceOptions) {
    if let Err(error) = read_rows(bytes, name, options) {
        assert_printable(&error.to_string());
    }
}

fn read_rows(bytes: &[u8], name: &str, options: &SourceOptions) -> Result<(), SourceError> {
    let mut table = Table::open(bytes, name, options)?;
    let (mut row, mut rows, mut line) = (Row::default(), 0, 0);
    while table.read(&mut row)? {
        rows += 1;
        assert_eq!(row.number, rows, "rows are counted from 1");
        assert!(row.line >= line, "lines go on");
        assert!(
            row.error.is_some() || row.len() == table.headers().len(),
            "a row without a fault has the header's cells"
        );
        line = row.line;
    }
    table.warnings().iter().for_each(|warning| assert_printable(warning));
    Ok(())
}

/// What is in a file must not give a terminal orders.
fn assert_printable(text: &str) {
    assert!(!text.contains(char::is_control), "{text:?}");
}
