//! Every row of a file arrives exactly once, field by field, whatever the file's dialect.

use std::path::PathBuf;

use encoding_rs::WINDOWS_1252;

use crate::support::{Record, Stage, csv_of, json, numbered, record, stderr};

const UMFRAGE: [&str; 14] = [
    "--set",
    "type=CSAT",
    "--map",
    "channel_uid=Kundennummer",
    "--map",
    "name=Umfrage",
    "--map",
    "score=Bewertung",
    "--map",
    "channel=Kanal",
    "--map",
    "language=Sprache",
    "--map",
    "message=Frage",
];

const NPS_EXPORT: [&str; 14] = [
    "--set",
    "type=NPS",
    "--map",
    "channel_uid=Email Address",
    "--map",
    "name=Campaign",
    "--map",
    "score=Score (0-10)",
    "--map",
    "channel=Source",
    "--map",
    "language=Locale",
    "--set",
    "message=How likely?",
];

/// The records of an example, read by an independent reader, with this type and message where it has no such column.
fn example(name: &str, delimiter: u8, columns: [&str; 7]) -> (Vec<u8>, Vec<Record>) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    let bytes = std::fs::read(path).unwrap();
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text);
    let headers = reader.headers().unwrap().clone();
    let place = |column: &str| headers.iter().position(|header| header == column);
    let rows = reader.records().map(Result::unwrap).filter(|row| row.len() == headers.len());
    let records = rows.map(|row| columns.map(|column| place(column).map_or(column, |place| &row[place]).to_owned()));
    let records = records.collect();
    (bytes, records)
}

#[test]
fn the_plain_example_arrives_whole() {
    let (bytes, records) =
        example("feedback.csv", b',', ["channelUId", "name", "score", "channel", "type", "language", "message"]);
    let stage = Stage::new();
    stage.import(&stage.write("feedback.csv", bytes), &[]).success();
    assert_eq!(records.len(), 200);
    stage.has_exactly(&records);
}

#[test]
fn the_german_example_arrives_whole() {
    let (bytes, records) =
        example("umfrage.csv", b';', ["Kundennummer", "Umfrage", "Bewertung", "Kanal", "CSAT", "Sprache", "Frage"]);
    let stage = Stage::new();
    stage.import(&stage.write("umfrage.csv", bytes), &UMFRAGE).success();
    assert_eq!(records.len(), 204);
    stage.has_exactly(&records);
}

#[test]
fn only_valid_rows_of_the_example_arrive() {
    let columns = ["Email Address", "Campaign", "Score (0-10)", "Source", "NPS", "Locale", "How likely?"];
    let (bytes, mut records) = example("nps-export.csv", b',', columns);
    records.retain(|[uid, _, score, ..]| !uid.is_empty() && score.parse::<u8>().is_ok_and(|score| score <= 10));
    let stage = Stage::new();
    let file = stage.write("nps-export.csv", bytes);
    stage.import(&file, &NPS_EXPORT).failure().code(2);
    stage.was_never_called();
    stage.import(&file, &[&NPS_EXPORT[..], &["--skip-invalid"]].concat()).failure().code(1);
    assert_eq!(records.len(), 205);
    stage.has_exactly(&records);
}

#[test]
fn standard_input_leaves_nothing_behind() {
    let (stage, records) = (Stage::new(), numbered(30));
    stage.command(&["import", "-"]).write_stdin(csv_of(&records)).assert().success();
    stage.has_exactly(&records);
    assert_eq!(std::fs::read_dir(stage.state().join("spool")).unwrap().count(), 0);
}

#[test]
fn delimiters_are_detected_or_given() {
    let records = [record(["a,b;c|d", "x\ty", "3", "rtm", "CSAT", "en", "one, two; three | four"])];
    for (delimiter, name) in [(b',', ","), (b';', ";"), (b'\t', "tab"), (b'|', "|"), (b'^', "^")] {
        let mut out = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        out.write_record(["channelUId", "name", "score", "channel", "type", "language", "message"]).unwrap();
        // A name cannot contain a tab.
        let row = records[0].clone().map(|text| text.replace('\t', " "));
        out.write_record(&row).unwrap();
        let bytes = out.into_inner().unwrap();
        let stage = Stage::new();
        let file = stage.write("in.csv", bytes);
        // Unusual delimiters are not detected.
        if delimiter != b'^' {
            stage.import(&file, &["--dry-run"]).success();
        }
        stage.import(&file, &["--delimiter", name]).success();
        stage.has_exactly(&[row]);
    }
}

#[test]
fn every_encoding_gives_the_same_records() {
    let records = [record(["müller@example.com", "Größe", "5", "rtm", "CSAT", "de", "Naïve – „quoted“ €"])];
    let text = csv_of(&records);
    let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect()
    };
    let cases: [(Vec<u8>, &[&str]); 6] = [
        (text.clone().into_bytes(), &[]),
        ([b"\xef\xbb\xbf", text.as_bytes()].concat(), &[]),
        (WINDOWS_1252.encode(&text).0.into_owned(), &["--encoding", "windows-1252"]),
        (utf16(u16::to_le_bytes), &[]),
        (utf16(u16::to_be_bytes), &[]),
        (utf16(u16::to_le_bytes)[2..].to_vec(), &["--encoding", "utf-16le"]),
    ];
    for (bytes, arguments) in cases {
        let stage = Stage::new();
        stage.import(&stage.write("in.csv", bytes), arguments).success();
        stage.has_exactly(&records);
    }
}

#[test]
fn undecodable_bytes_suggest_the_encoding_option() {
    let stage = Stage::new();
    let text = csv_of(&[record(["ü", "x", "5", "rtm", "CSAT", "de", ""])]);
    let file = stage.write("in.csv", WINDOWS_1252.encode(&text).0);
    let said = stderr(&stage.import(&file, &[]).failure().code(2));
    assert!(said.contains("--encoding windows-1252"), "{said}");
    stage.was_never_called();
}

#[test]
fn quoted_line_breaks_are_kept() {
    let stage = Stage::new();
    let rows = "channelUId,name,score,channel,type,language,message\r\n\
                a,x,5,rtm,CSAT,en,\"one\r\ntwo \"\"quoted\"\"\n\tthree\"\r\n\r\nb,x,4,rtm,CSAT,en,\r\n";
    stage.import(&stage.write("in.csv", rows), &[]).success();
    stage.has_exactly(&[
        record(["a", "x", "5", "rtm", "CSAT", "en", "one\r\ntwo \"quoted\"\n\tthree"]),
        record(["b", "x", "4", "rtm", "CSAT", "en", ""]),
    ]);
}

#[test]
fn ids_are_text_and_scores_are_numbers() {
    let stage = Stage::new();
    let rows = "channelUId,name,score,channel,type,language,message\n\
                007,1.50,4.0,rtm,csat,en,=1+1\n1234567890123456789, padded ,1,rtm,Like/Dislike,en,null\n\
                1e5,true,0,rtm,thumbs,en,NA\n";
    stage.import(&stage.write("in.csv", rows), &[]).success();
    stage.has_exactly(&[
        record(["007", "1.50", "4", "rtm", "CSAT", "en", "=1+1"]),
        record(["1234567890123456789", "padded", "1", "rtm", "THUMB", "en", "null"]),
        record(["1e5", "true", "0", "rtm", "THUMB", "en", "NA"]),
    ]);
}

#[test]
fn ragged_rows_are_invalid_blank_rows_are_skipped() {
    let stage = Stage::new();
    let records = numbered(3);
    let mut text = csv_of(&records);
    text.push_str(",,,,,,\nshort,row\n");
    let file = stage.write("in.csv", text);
    let summary = json(&stage.import(&file, &["--skip-invalid", "-o", "json"]).failure().code(1));
    assert_eq!(summary["rows"], 5);
    assert_eq!((&summary["saved"], &summary["invalid"], &summary["skipped"]), (&3.into(), &1.into(), &1.into()));
    stage.has_exactly(&records);
}

#[test]
fn rows_that_are_alike_all_arrive() {
    let stage = Stage::new();
    let same = vec![record(["anonymous", "Post-chat", "5", "rtm", "CSAT", "en", ""]); 40];
    stage.import(&stage.write_records(&same), &[]).success();
    stage.has_exactly(&same);
}

#[test]
fn a_file_with_only_a_header_succeeds() {
    let stage = Stage::new();
    let summary = json(&stage.import(&stage.write_records(&[]), &["-o", "json"]).success());
    assert_eq!((&summary["rows"], &summary["saved"]), (&0.into(), &0.into()));
    stage.was_never_called();
}
