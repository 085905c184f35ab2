//! Delimited text: encodings, delimiters, ragged rows.

use super::{cells_of, encode, encoding_of, open, open_as, rows_of, with_encoding};
use crate::source::{EncodingSource, Format, Row, RowError, SourceOptions};

#[test]
fn plain_files_have_headers_and_rows() {
    let mut table = open(b"\xef\xbb\xbfid;score\r\n007;\"4\"\r\n\r\n;\r\n\r\n").unwrap();
    assert_eq!(table.headers(), ["id", "score"]);
    assert_eq!(table.dialect().to_string(), "CSV, UTF-8, cells separated by semicolons");
    assert_eq!(encoding_of(&table), ("UTF-8", EncodingSource::Bom));
    let all = rows_of(&mut table).unwrap();
    assert_eq!(all, [Row::from_cells(1, 2, ["007", "4"]), Row::from_cells(2, 4, ["", ""])]);
}

#[test]
fn header_alone_has_no_rows() {
    for text in ["id,score", "id,score\n", "\n\nid,score\r\n\r\n"] {
        let mut table = open(text.as_bytes()).unwrap();
        assert_eq!(table.headers(), ["id", "score"], "{text:?}");
        assert_eq!(rows_of(&mut table).unwrap(), [], "{text:?}");
    }
}

#[test]
fn ragged_rows_are_row_errors() {
    let mut table = open(b"a,b,c\n1,2\n1,2,3\n1,2,3,4\n1,2,3,\n").unwrap();
    let errors: Vec<_> = rows_of(&mut table).unwrap().into_iter().map(|row| row.error).collect();
    let ragged = |found| Some(RowError::Ragged { found, expected: 3 });
    assert_eq!(errors, [ragged(2), None, ragged(4), ragged(4)]);
}

#[test]
fn consistent_trailing_delimiters_are_tolerated() {
    for (text, headers, cells) in [
        // In the header, and in all or some rows.
        ("a,b,\n1,2,\n3,4,\n", &["a", "b", "#3"][..], [&["1", "2", ""][..], &["3", "4", ""]]),
        ("a,b,\n1,2\n3,4,\n", &["a", "b", "#3"], [&["1", "2", ""], &["3", "4", ""]]),
        // In the rows only.
        ("a,b\n1,2,,\n3,4,,\n", &["a", "b"], [&["1", "2"], &["3", "4"]]),
    ] {
        let mut table = open(text.as_bytes()).unwrap();
        assert_eq!(table.headers(), headers, "{text:?}");
        let rows = rows_of(&mut table).unwrap();
        assert!(rows.iter().all(|row| row.error.is_none()), "{rows:?}");
        let read: Vec<Vec<_>> = rows.iter().map(|row| row.cells().collect()).collect();
        assert_eq!(read, cells, "{text:?}");
    }
    // An unquoted delimiter shifts cells, and the last one may be empty.
    let shifted = rows_of(&mut open(b"a,b,c\n1,2,3\nwell, fine,2,\n").unwrap()).unwrap();
    assert!(shifted[1].error.is_some());
    assert!(rows_of(&mut open(b"a,b\nwell, fine,\n").unwrap()).unwrap()[0].error.is_some());
}

#[test]
fn unambiguous_encodings_are_detected() {
    let text = "id;Stadt;Kommentar\n1;Köln;größer\n2;Zürich;für mich\n";
    for (label, name, source) in [
        ("utf-8", "UTF-8", EncodingSource::Default),
        ("utf-8 with BOM", "UTF-8", EncodingSource::Bom),
        ("utf-16le with BOM", "UTF-16LE", EncodingSource::Bom),
        ("utf-16be", "UTF-16BE", EncodingSource::Detected),
        ("utf-16le", "UTF-16LE", EncodingSource::Detected),
        ("windows-1252", "windows-1252", EncodingSource::Detected),
        ("macintosh", "macintosh", EncodingSource::Detected),
    ] {
        let bytes = encode(text, label);
        let mut table = open(&bytes).unwrap();
        assert_eq!(encoding_of(&table), (name, source), "{label}");
        assert_eq!(cells_of(&mut table), [["1", "Köln", "größer"], ["2", "Zürich", "für mich"]], "{label}");
    }
}

#[test]
fn late_invalid_utf_8_is_a_row_error() {
    let plain = "1,Bonn\n".repeat(50_000);
    let bytes = [b"id,city\n", plain.as_bytes(), b"2,K\xf6ln\n3,Ulm\n"].concat();
    let all = rows_of(&mut open(&bytes).unwrap()).unwrap();
    let last = &all[50_000..];
    assert_eq!(last.iter().map(|row| row.error).collect::<Vec<_>>(), [Some(RowError::NotUtf8 { column: 1 }), None]);
    assert_eq!(last[0].cell(1), Some("K\u{fffd}ln"));
    assert!(last[0].error.unwrap().to_string().contains("--encoding windows-1252"));

    let decoded = rows_of(&mut open_as(&bytes, "in.csv", &with_encoding("windows-1252")).unwrap()).unwrap();
    assert_eq!((decoded[50_000].cell(1), decoded[50_000].error), (Some("Köln"), None));
}

#[test]
fn undecodable_cells_are_row_errors() {
    let mut table = open_as(b"id,city\n1,\x93\xfa\n2,\x93\xff\n", "in.csv", &with_encoding("shift_jis")).unwrap();
    let all = rows_of(&mut table).unwrap();
    assert_eq!((all[0].cell(1), all[0].error), (Some("日"), None));
    assert_eq!(all[1].error, Some(RowError::Undecodable { column: 1, encoding: "Shift_JIS" }));
}

#[test]
fn separator_lines_count_as_lines() {
    for line in ["sep=;", "\"sep=;\"", "SEP=;"] {
        let text = format!("{line}\r\nid;note\r\n1;a,b,c\r\n");
        for label in ["utf-8", "utf-16le with BOM"] {
            let bytes = encode(&text, label);
            let mut table = open(&bytes).unwrap();
            assert_eq!(table.headers(), ["id", "note"], "{line} {label}");
            assert_eq!(rows_of(&mut table).unwrap(), [Row::from_cells(1, 3, ["1", "a,b,c"])]);
        }
    }
    let options = SourceOptions { delimiter: Some(b','), ..SourceOptions::default() };
    assert_eq!(open_as(b"sep=;\nid,a;b\n1,2\n", "in.csv", &options).unwrap().headers(), ["id", "a;b"]);
}

#[test]
fn tabs_make_tsv_and_format_overrides() {
    let table = open(b"id\tnote\n1\ta,b\n").unwrap();
    assert_eq!((table.dialect().format, table.dialect().delimiter), (Format::Tsv, Some(b'\t')));
    let tsv = SourceOptions { format: Some(Format::Tsv), ..SourceOptions::default() };
    assert_eq!(open_as(b"a,b,c\n", "in.csv", &tsv).unwrap().headers(), ["a,b,c"]);
    // A column name may look like JSON.
    let csv = SourceOptions { format: Some(Format::Csv), ..SourceOptions::default() };
    assert_eq!(open_as(b"{\"id\"},b\n", "in.csv", &csv).unwrap().headers(), ["{\"id\"}", "b"]);
}
