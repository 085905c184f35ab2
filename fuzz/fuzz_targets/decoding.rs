//! Any bytes as a file: decompressed, decoded, split into rows, and read to the end. The input is the file itself, so that real
//! files can be seeds, and findings can be imported.

#![no_main]

use kore_feedback::source::{Format, Row, SourceError, SourceOptions, Table, parse_encoding};
use libfuzzer_sys::fuzz_target;

const FORMATS: [Format; 7] =
    [Format::Csv, Format::Tsv, Format::Ndjson, Format::Json, Format::Xlsx, Format::Xls, Format::Ods];
const ENCODINGS: [&str; 6] = ["windows-1252", "macintosh", "utf-16le", "utf-16be", "shift_jis", "gb18030"];

// The library catches panics of workbook parsers, but libFuzzer's own hook would report them as crashes.
fuzz_target!(init: { std::panic::set_hook(Box::new(|_| {})); }, |bytes: &[u8]| {
    read(bytes, "in", &SourceOptions::default());
    read(bytes, "in.json", &options_for(bytes));
});

/// Derives options from the bytes alone, so that findings are reproducible.
fn options_for(bytes: &[u8]) -> SourceOptions {
    let sum = bytes.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    SourceOptions {
        format: (sum % 2 == 0).then(|| FORMATS[sum / 2 % FORMATS.len()]),
        sheets: (sum % 5 == 0).then(|| "2".to_owned()).into_iter().collect(),
        header_rows: (sum % 3 == 0).then_some((sum / 3 % 4) as u8),
        skip_lines: (sum % 4 == 1).then_some(sum as u64 / 4 % 9),
        records_at: (sum % 6 == 1).then(|| "a.b".to_owned()),
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
        assert!(row.line >= line, "lines increase");
        assert!(
            row.error.is_some() || row.len() == table.headers().len(),
            "a row without an error is as wide as the header"
        );
        line = row.line;
    }
    table.warnings().iter().for_each(|warning| assert_printable(warning));
    Ok(())
}

/// Messages must not contain control characters from the file.
fn assert_printable(text: &str) {
    assert!(!text.contains(char::is_control), "{text:?}");
}
