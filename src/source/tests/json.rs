//! JSON: lines, values, arrays.

use super::{cells_of, encode, open, open_as, rows_of};
use crate::error::Advice;
use crate::source::{Format, MAX_RECORD, RowError, SourceError, SourceOptions};
use std::io::Read;

#[test]
fn objects_one_a_line_one_behind_the_other_and_in_an_array_are_the_same_rows() {
    let lines =
        "{\"id\":\"007\",\"score\":4.0,\"note\":null}\n\n{\"score\":5,\"id\":\"8\",\"note\":\"a\\nb \\u00fc\"}\n";
    let values = "{\n \"id\": \"007\",\n \"score\": 4.0, \"note\": null }\n{ \"score\": 5,\n \"id\": \"8\", \"note\": \"a\\nb ü\" }";
    let array = format!("\n[ {} ]\n", lines.trim().replace("\n\n", " ,\n "));
    for (text, format, at) in
        [(lines, Format::JsonLines, [1, 3]), (values, Format::JsonLines, [1, 4]), (&array, Format::Json, [2, 3])]
    {
        for label in ["utf-8", "utf-8 marked", "utf-16le marked", "utf-16be"] {
            let bytes = encode(text, label);
            let mut table = open(&bytes).unwrap();
            assert_eq!((table.dialect().format, table.dialect().header_rows), (format, 0), "{text} in {label}");
            assert_eq!(table.headers(), ["id", "score", "note"]);
            let rows = rows_of(&mut table).unwrap();
            assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), at);
            let cells: Vec<Vec<_>> = rows.iter().map(|row| row.cells().collect()).collect();
            assert_eq!(cells, [["007", "4.0", ""], ["8", "5", "a\nb ü"]]);
        }
    }
}

#[test]
fn numbers_keep_their_digits_and_objects_in_objects_are_columns_of_their_own() {
    let text =
        br#"{"id":1234567890123456789,"person":{"name":"Ada","address":{"city":"Ulm"}},"tags":["a", 1],"ok":true}
{"id":1e400,"person":{"address":{}},"extra.key":-0.10}"#;
    let mut table = open(text).unwrap();
    assert_eq!(table.headers(), ["id", "person.name", "person.address.city", "tags", "ok", "extra.key"]);
    let expected =
        [["1234567890123456789", "Ada", "Ulm", "[\"a\", 1]", "true", ""], ["1e400", "", "", "", "", "-0.10"]];
    assert_eq!(cells_of(&mut table), expected);
}

#[test]
fn deep_objects_cost_no_stack() {
    let deep = format!("{{\"a\":{}1{}}}", "{\"b\":".repeat(5000), "}".repeat(5000));
    let mut table = open(deep.as_bytes()).unwrap();
    assert_eq!((table.headers().len(), rows_of(&mut table).unwrap().len()), (1, 1));
    let brackets = "[".repeat(500_000);
    assert!(open_as(format!("{{\"a\":{brackets}").as_bytes(), "in.json", &SourceOptions::default()).is_err());
}

#[test]
fn a_line_that_is_no_object_is_that_rows_fault_alone() {
    let text =
        b"{\"id\":\"\xc3\xbc\xc3\xbc\"}\n{\"id\":2\n[3]\nnull\n{\"id\":5} {\"id\":6}\n{\"id\":\"\xff\"}\n{\"id\":7}\n";
    let rows = rows_of(&mut open(text).unwrap()).unwrap();
    let faults: Vec<_> = rows.iter().map(|row| row.error).collect();
    let no_object = |byte| Some(RowError::NotAnObject { byte });
    assert_eq!(
        faults,
        [None, no_object(8), no_object(1), no_object(4), no_object(10), Some(RowError::NotUtf8 { column: 0 }), None]
    );
    assert_eq!(rows[1].cell(0), Some("{\"id\":2\n".trim_end()));
}

#[test]
fn keys_that_come_too_late_are_left_out_and_said() {
    let mut text = "{\"id\":1}\n".repeat(10_000);
    text.push_str("{\"id\":2,\"note\":\"late\"}\n{\"note\":\"later\",\"id\":3}\n");
    let mut table = open(text.as_bytes()).unwrap();
    let rows = rows_of(&mut table).unwrap();
    assert_eq!(rows[10_001].cells().collect::<Vec<_>>(), ["3"]);
    let warnings = table.warnings();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("\"note\" is in 2 rows"), "{warnings:?}");
}

#[test]
fn json_that_does_not_hold_together_says_where() {
    for (text, line, said) in [
        ("[{\"id\":1},\n{\"id\":2}\n{\"id\":3}]", 3, "comma"),
        ("[{\"id\":1},\n{\"id\":2},\n", 3, "no end"),
        ("[{\"id\":1},\n{\"id\":\"2", 2, "no end"),
        ("[{\"id\":1}]\n x", 2, "behind the array"),
        ("{\n\"id\":1\n}\n{\n", 4, "no end"),
        ("[1,\n2]", 1, "no JSON object"),
    ] {
        let as_json = |text: &'static str| open_as(text.as_bytes(), "in.json", &SourceOptions::default());
        let error = as_json(text).and_then(|mut table| rows_of(&mut table).map(drop)).unwrap_err();
        let said_where = error.to_string();
        assert!(said_where.contains(&format!("line {line}:")) && said_where.contains(said), "{text:?}: {said_where}");
        assert!(error.hint().is_some());
    }
    let empty = open_as(b" [ ] ", "in.json", &SourceOptions::default()).err().unwrap();
    assert!(matches!(empty, SourceError::NoRecords { .. }), "{empty}");
}

#[test]
fn a_value_without_end_costs_no_more_than_the_bound() {
    for head in ["{\"id\":1}\n{\"id\":\"", "[{\"id\":1},\n{\"id\":\"", "{\n\"id\":1}\n{\"id\":["] {
        let endless = head.as_bytes().chain(std::io::repeat(b'1').take(50 << 20));
        let options = SourceOptions::default();
        let read = crate::source::Table::open(endless, "in.json", &options).and_then(|mut table| rows_of(&mut table));
        let error = read.unwrap_err();
        assert!(matches!(error, SourceError::JsonTooLong { line: 2.., .. }), "{error}");
        assert!(error.to_string().contains(&format!("{} KiB", MAX_RECORD / 1024)));
    }
}
