//! JSON: lines, sequences, arrays.

use super::{cells_of, encode, open, open_as, problem, rows_of};
use crate::error::Advice;
use crate::source::error::ContentError;
use crate::source::{Format, RowError, SourceOptions, Table};
use std::io::Read;

#[test]
fn lines_sequences_and_arrays_read_alike() {
    let lines =
        "{\"id\":\"007\",\"score\":4.0,\"note\":null}\n\n{\"score\":5,\"id\":\"8\",\"note\":\"a\\nb \\u00fc\"}\n";
    let sequence = "{\n \"id\": \"007\",\n \"score\": 4.0, \"note\": null }\n{ \"score\": 5,\n \"id\": \"8\", \"note\": \"a\\nb ü\" }";
    let array = format!("\n[ {} ]\n", lines.trim().replace("\n\n", " ,\n "));
    for (text, format, at) in
        [(lines, Format::Ndjson, [1, 3]), (sequence, Format::Ndjson, [1, 4]), (&array, Format::Json, [2, 3])]
    {
        for label in ["utf-8", "utf-8 with BOM", "utf-16le with BOM", "utf-16be"] {
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
fn nested_objects_become_columns() {
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
fn deep_objects_do_not_overflow_the_stack() {
    let deep = format!("{{\"a\":{}1{}}}", "{\"b\":".repeat(5000), "}".repeat(5000));
    let mut table = open(deep.as_bytes()).unwrap();
    assert_eq!((table.headers().len(), rows_of(&mut table).unwrap().len()), (1, 1));
    let brackets = "[".repeat(500_000);
    assert!(open_as(format!("{{\"a\":{brackets}").as_bytes(), "in.json", &SourceOptions::default()).is_err());
}

#[test]
fn lines_without_an_object_are_row_errors() {
    let text =
        b"{\"id\":\"\xc3\xbc\xc3\xbc\"}\n{\"id\":2\n[3]\nnull\n{\"id\":5} {\"id\":6}\n{\"id\":\"\xff\"}\n{\"id\":7}\n";
    let rows = rows_of(&mut open(text).unwrap()).unwrap();
    let errors: Vec<_> = rows.iter().map(|row| row.error).collect();
    let not_an_object = |byte| Some(RowError::NotAnObject { byte });
    assert_eq!(
        errors,
        [
            None,
            not_an_object(8),
            not_an_object(1),
            not_an_object(4),
            not_an_object(10),
            Some(RowError::NotUtf8 { column: 0 }),
            None
        ]
    );
    assert_eq!(rows[1].cell(0), Some("{\"id\":2\n".trim_end()));
}

/// The keys before the error are no columns to choose from.
#[test]
fn without_any_object_the_error_is_shown() {
    let broken = r#"{"id":"a","name":"\ud800","score":3}"#;
    let error = open(broken.as_bytes()).err().unwrap().to_string();
    assert_eq!(error, "in.csv: line 1: not a JSON object (byte 18)");
    let rows = rows_of(&mut open(format!("{broken}\n{{\"id\":\"b\"}}\n").as_bytes()).unwrap()).unwrap();
    assert!(matches!(rows[0].error, Some(RowError::NotAnObject { .. })) && rows[1].error.is_none());
}

#[test]
fn repeated_keys_are_row_errors() {
    let text = b"{\"id\":1,\"a\":{\"b\":2}}\n{\"id\":1,\"id\":2}\n{\"a\":{\"b\":\"\"},\"a.b\":\"\"}\n{\"id\":\"\"}\n";
    let rows = rows_of(&mut open(text).unwrap()).unwrap();
    let errors: Vec<_> = rows.iter().map(|row| row.error).collect();
    let repeated = |column| Some(RowError::RepeatedKey { column });
    assert_eq!(errors, [None, repeated(0), repeated(1), None]);
}

#[test]
fn late_keys_are_ignored_with_a_warning() {
    let mut text = "{\"id\":1}\n".repeat(10_000);
    text.push_str("{\"id\":2,\"note\":\"late\"}\n{\"note\":\"later\",\"id\":3}\n");
    let mut table = open(text.as_bytes()).unwrap();
    let rows = rows_of(&mut table).unwrap();
    assert_eq!(rows[10_001].cells().collect::<Vec<_>>(), ["3"]);
    let warnings = table.warnings();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("the key \"note\" is ignored: it is in 2 rows"), "{warnings:?}");
}

#[test]
fn invalid_json_says_where() {
    for (text, line, expected) in [
        ("[{\"id\":1},\n{\"id\":2}\n{\"id\":3}]", 3, "comma"),
        ("[{\"id\":1},\n{\"id\":2},\n", 3, "never ends"),
        ("[{\"id\":1},\n{\"id\":\"2", 2, "never ends"),
        ("[{\"id\":1}]\n x", 2, "after the array"),
        ("{\n\"id\":1\n}\n{\n", 4, "never ends"),
        ("[1,\n2]", 1, "not a JSON object"),
    ] {
        let as_json = |text: &'static str| open_as(text.as_bytes(), "in.json", &SourceOptions::default());
        let error = as_json(text).and_then(|mut table| rows_of(&mut table).map(drop)).unwrap_err();
        let message = error.to_string();
        assert!(message.contains(&format!("line {line}:")) && message.contains(expected), "{text:?}: {message}");
        assert!(error.hint().is_some());
    }
    let empty = problem(open_as(b" [ ] ", "in.json", &SourceOptions::default()).err().unwrap());
    assert!(matches!(empty, ContentError::NoRecords), "{empty}");
}

#[test]
fn endless_values_use_bounded_memory() {
    for head in ["{\"id\":1}\n{\"id\":\"", "[{\"id\":1},\n{\"id\":\"", "{\n\"id\":1}\n{\"id\":["] {
        let endless = head.as_bytes().chain(std::io::repeat(b'1').take(50 << 20));
        let options = SourceOptions::default();
        let read = Table::open(endless, "in.json", &options).and_then(|mut table| rows_of(&mut table));
        let error = problem(read.unwrap_err());
        assert!(matches!(error, ContentError::JsonTooLong { line: 2.. }), "{error}");
        assert!(error.to_string().contains("longer than 1 MiB"));
    }
}

fn records_at(path: &str) -> SourceOptions {
    SourceOptions { records_at: Some(path.to_owned()), ..SourceOptions::default() }
}

#[test]
fn wrapped_records_are_read_where_they_are() {
    let text = "{\n\"meta\": {\"results\": [1, {\"a\": \"]}\"}], \"n\": 2},\n\"a.b\": 1, \"data\": {\"x\": null, \"items\": [\n\
                {\"id\": 1},\n{\"id\": 2, \"more\": {\"items\": []}}],\n\"y\": [\"}\"]}, \"next\": \"…\"}\n";
    let mut table = open_as(text.as_bytes(), "in.json", &records_at("data.items")).unwrap();
    assert_eq!(table.headers(), ["id", "more.items"]);
    let rows = rows_of(&mut table).unwrap();
    assert_eq!(rows.iter().map(|row| (row.line, row.cell(0).unwrap())).collect::<Vec<_>>(), [(4, "1"), (5, "2")]);
    for path in ["data", "items", "data.item", "data.items.id", "meta.n", "x", ""] {
        let error = open_as(text.as_bytes(), "in.json", &records_at(path)).err().unwrap();
        assert!(matches!(problem(error), ContentError::NoRecordsAt { .. }), "{path}");
    }
    let dotted = open_as(br#"{"data.items":[{"id":1}]}"#, "in.json", &records_at("data.items")).unwrap();
    assert_eq!(dotted.headers(), ["id"]);
    // Whatever is cut off is noticed, even after the records.
    for end in 1..text.trim_end().len() {
        let Some(cut) = text.get(..end) else { continue };
        let table = open_as(cut.as_bytes(), "in.json", &records_at("data.items"));
        assert!(table.and_then(|mut table| rows_of(&mut table)).is_err(), "{cut}");
    }
    let after = format!("{text}1");
    let error = open_as(after.as_bytes(), "in.json", &records_at("data.items")).err().unwrap();
    assert!(matches!(problem(error), ContentError::AfterArray { .. }));
}

#[test]
fn wrapped_records_are_recognized() {
    let long =
        format!("{{\"meta\":{{\"n\":1}},\"data\":{{\"items\":[{}{{}}]}}}}", "{\"id\":1,\"t\":\"x\"},".repeat(90_000));
    for (text, path) in [
        ("{\"results\": [{\"id\": 1}]}", "results"),
        ("{\n \"count\": 2, \"tags\": [1, {}], \"data\": {\"a\": {}, \"items\": [ {\"id\": 1} ]}}\n", "data.items"),
        (&long, "data.items"),
    ] {
        match problem(open(text.as_bytes()).err().unwrap()) {
            ContentError::WrappedRecords { path: found } => assert_eq!(found, path),
            other => panic!("{other}"),
        }
        let table = open_as(text.as_bytes(), "in", &records_at(path)).unwrap();
        assert_eq!(table.headers()[0], "id");
    }
    let error = open(b"{\"a b\": [{}]}").err().unwrap();
    assert!(error.hint().unwrap().contains("`--records-at 'a b'`"), "{error}");
    let as_row = SourceOptions { format: Some(Format::Ndjson), ..SourceOptions::default() };
    assert!(open_as(b"{\"id\": 1, \"answers\": [{}]}", "in", &as_row).is_ok());
    for text in ["{\"id\":1,\"a\":[{}]}\n{\"id\":2}", "{\"id\":1,\"a\":[1]}", "{\"id\":1,\"a\":[]}", "[{\"a\":[{}]}]"] {
        assert!(open(text.as_bytes()).is_ok(), "{text}");
    }
}
