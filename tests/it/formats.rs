//! `kore-feedback import` of every format, encoding and compression, through the real binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot write its inputs has failed")]

use std::io::{Read, Write};

use crate::support::{Record, Stage, csv_of, json, numbered, record, stderr, stdout};

const HEADER: [&str; 7] = ["channelUId", "name", "score", "channel", "type", "language", "message"];

fn german() -> Vec<Record> {
    vec![
        record(["0012", "Größe", "9", "rtm", "NPS", "de", "Wie wahrscheinlich für Sie?"]),
        record(["1234567890123456789", "Müller, \"Köln\"", "3", "email", "NPS", "de", "schön"]),
    ]
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn json_lines(records: &[Record]) -> String {
    let object = |record: &Record| {
        let pairs = HEADER.iter().zip(record).map(|(name, value)| ((*name).to_owned(), value.as_str().into()));
        serde_json::Value::Object(pairs.collect()).to_string()
    };
    records.iter().map(object).collect::<Vec<_>>().join("\n")
}

fn xlsx(records: &[Record]) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().set_name("Notes").unwrap().write_string(0, 0, "see the other sheet").unwrap();
    let sheet = workbook.add_worksheet().set_name("Answers").unwrap();
    for (column, name) in (0_u16..).zip(HEADER) {
        sheet.write_string(0, column, name).unwrap();
    }
    for (row, record) in (1_u32..).zip(records) {
        for (column, value) in (0_u16..).zip(record) {
            match value.parse::<f64>() {
                Ok(score) if column == 2 => sheet.write_number(row, column, score).unwrap(),
                _ => sheet.write_string(row, column, value).unwrap(),
            };
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn all_formats_encodings_and_compressions_arrive_equal() {
    let csv = csv_of(&german());
    let array = format!("[{}]", json_lines(&german()).replace('\n', ",\n"));
    let latin = encoding_rs::WINDOWS_1252.encode(&csv).0.into_owned();
    let mac = encoding_rs::MACINTOSH.encode(&csv).0.into_owned();
    for (name, bytes, arguments, said) in [
        ("a.csv", csv.clone().into_bytes(), &[][..], "CSV, UTF-8, cells separated by commas"),
        ("latin.csv", latin, &[], "windows-1252 (detected)"),
        ("mac.csv", mac, &[], "macintosh (detected)"),
        ("wide.csv", utf16(&csv), &[], "UTF-16LE (detected)"),
        ("packed", gzip(csv.as_bytes()), &[], "CSV, gzip, UTF-8"),
        ("packed.zst", zstd::encode_all(csv.as_bytes(), 1).unwrap(), &[], "CSV, zstd, UTF-8"),
        ("lines.jsonl", json_lines(&german()).into_bytes(), &[], "NDJSON, UTF-8"),
        ("array.json.gz", gzip(array.as_bytes()), &[], "JSON, gzip, UTF-8"),
        ("book.xlsx", xlsx(&german()), &["--sheet", "Answers"], "XLSX, sheet \"Answers\" of 2"),
        ("book", gzip(&xlsx(&german())), &["--sheet", "2"], "XLSX, gzip, sheet \"Answers\" of 2"),
    ] {
        let stage = Stage::new();
        let assert = stage.import(&stage.write(name, bytes), arguments).success();
        assert!(stderr(&assert).contains(said), "{}", stderr(&assert));
        stage.has_exactly(&german());
    }
}

#[test]
fn compressed_standard_input_can_be_resumed() {
    let mut stage = Stage::faulty(&["500:at=2"]);
    let mut command = stage.command(&["import", "-", "--concurrency", "1"]);
    command.write_stdin(gzip(csv_of(&numbered(3)).as_bytes()));
    let said = stdout(&command.assert().failure().code(1));
    assert!(said.contains("kore-feedback runs resume 1 --resend-in-doubt"), "{said}");
    stage.restart(&[]);
    stage.run(&["runs", "resume", "1", "--resend-in-doubt"]).success();
    stage.has_exactly(&numbered(3)[1..2]);
}

#[test]
fn several_files_form_one_run() {
    let stage = Stage::new();
    let all = numbered(5);
    stage.write("q3/a.csv", csv_of(&all[..2]));
    stage.write("q3/b.csv", csv_of(&all[2..3]).replace(",rtm,", ",,"));
    stage.write("c.jsonl", json_lines(&all[3..]));
    let assert = stage.run(&["import", "q3/*.csv", "c.jsonl"]).failure().code(2);
    let said = stderr(&assert);
    assert!(said.contains("q3/a.csv and 2 more files: 5 rows"), "{said}");
    assert!(said.contains("q3/b.csv:2"), "{said}");

    let assert = stage.run(&["import", "q3/*.csv", "c.jsonl", "--skip-invalid", "-o", "json"]).failure().code(1);
    assert_eq!(json(&assert)["saved"], 4);
    stage.has_exactly(&[&all[..2], &all[3..]].concat());
    let report = std::fs::read_to_string(stage.path("q3/a.failures.csv")).unwrap();
    assert!(report.contains("\n") && report.lines().nth(1).unwrap().contains(",3,invalid,"), "{report}");

    let again = stderr(&stage.run(&["import", "q3/a.csv", "q3/b.csv", "c.jsonl", "--skip-invalid"]).failure());
    assert!(again.contains("already imported by run 1"), "{again}");
}

#[test]
fn several_files_are_resumed_by_run_number() {
    let mut stage = Stage::faulty(&["401"]);
    stage.write("a.csv", csv_of(&numbered(4)[..2]));
    stage.write("b.csv", csv_of(&numbered(4)[2..]));
    stage.run(&["import", "?.csv"]).failure();
    stage.restart(&[]);
    stage.run(&["runs", "resume", "1"]).success();
    stage.has_exactly(&numbered(4));
}

#[test]
fn files_with_different_columns_are_named() {
    let stage = Stage::new();
    stage.write("a.csv", csv_of(&numbered(1)));
    stage.write("b.csv", csv_of(&numbered(1)).replace("language", "lang"));
    let said = stderr(&stage.run(&["import", "a.csv", "b.csv"]).failure().code(2));
    assert!(
        said.contains("b.csv: no column \"language\", which other files or sheets have and a field uses"),
        "{said}"
    );
    for (named, told) in
        [(["a.csv", "./a.csv"], "is named twice"), (["a.csv", "none-*.csv"], "no file matches none-*.csv")]
    {
        let said = stderr(&stage.run(&["import", named[0], named[1]]).failure().code(2));
        assert!(said.contains(told), "{said}");
    }
    stage.was_never_called();
}

#[test]
fn qualtrics_headers_are_detected_in_failure_reports_too() {
    let mut stage = Stage::faulty(&["400:at=2"]);
    let text = "ResponseId,UserLanguage,Q1\r\nResponse ID,User Language,\"How likely,\nfrom 0 to 10?\"\r\n\
                \"{\"\"ImportId\"\":\"\"_recordId\"\"}\",\"{\"\"ImportId\"\":\"\"userLanguage\"\"}\",\"{\"\"ImportId\"\":\"\"QID1\"\"}\"\r\n\
                R_1,EN,10\r\nR_2,DE,3\r\n";
    let options = [
        &[
            "--map",
            "channel_uid=ResponseId",
            "--map",
            "language=UserLanguage",
            "--map",
            "score=Q1",
            "--set",
            "name=Post-chat",
        ][..],
        &["--set", "channel=email", "--set", "type=NPS", "--set", "message=", "--concurrency", "1"],
    ]
    .concat();
    let assert = stage.import(&stage.write("export.csv", text), &options).failure().code(1);
    assert!(stderr(&assert).contains("3 header rows (Qualtrics)"), "{}", stderr(&assert));
    stage.restart(&[]);
    let report = stage.path("export.failures.csv");
    let written = std::fs::read_to_string(&report).unwrap();
    assert!(written.starts_with("ResponseId,UserLanguage,Q1,_row,_outcome,_status,_error\n"), "{written}");
    let assert = stage.import(&report, &options).success();
    assert!(stderr(&assert).contains("3 header rows (Qualtrics)"), "{}", stderr(&assert));
    stage.has_exactly(&[record(["R_2", "Post-chat", "3", "email", "NPS", "DE", ""])]);
}

#[test]
fn workbook_failure_report_imports_with_the_same_options() {
    let mut stage = Stage::faulty(&["400:at=1"]);
    let options = ["--sheet", "Answers", "--concurrency", "1"];
    stage.import(&stage.write("book.xlsx", xlsx(&german())), &options).failure().code(1);
    stage.restart(&[]);
    stage.import(&stage.path("book.failures.csv"), &options).success();
    stage.has_exactly(&german()[..1]);
}

#[test]
fn rounded_workbook_numbers_are_not_sent_as_ids() {
    let stage = Stage::new();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, (name, value)) in (0_u16..).zip(HEADER.iter().zip(numbered(1).remove(0))) {
        sheet.write_string(0, column, *name).unwrap();
        sheet.write_string(1, column, value).unwrap();
    }
    sheet.write_number(1, 0, 1_234_567_890_123_456_789.0).unwrap();
    let file = stage.write("book.xlsx", workbook.save_to_buffer().unwrap());
    let said = stderr(&stage.import(&file, &[]).failure().code(2));
    assert!(said.contains("the workbook lost"), "{said}");
    let mapping = stage.write("ids.toml", "[fields]\nchannel_uid = { template = \"user-{{ channelUId }}\" }\n");
    let template = ["--mapping", mapping.to_str().unwrap()];
    let said = stderr(&stage.import(&file, &template).failure().code(2));
    assert!(said.contains("the workbook lost"), "{said}");
    // The rounded number does no harm in a column that is not used.
    stage.import(&file, &["--set", "channel_uid=someone"]).success();
}

#[test]
fn ambiguous_encoding_is_refused_with_both_readings() {
    let stage = Stage::new();
    let file =
        stage.write("in.csv", &b"channelUId,name,score,channel,type,language,message\nu,5 \x80,9,rtm,NPS,en,\n"[..]);
    let said = stderr(&stage.import(&file, &[]).failure().code(2));
    assert!(said.contains("line 2: not UTF-8: \"5 €\" in windows-1252, \"5 Ä\" in macintosh"), "{said}");
    assert!(said.contains("--encoding windows-1252 or --encoding macintosh"), "{said}");
    stage.import(&file, &["--encoding", "windows-1252"]).success();
    stage.has_exactly(&[record(["u", "5 €", "9", "rtm", "NPS", "en", ""])]);
}

/// The same archive with one of its parts changed.
fn repacked(archive: &[u8], name: &str, change: impl Fn(Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let mut into = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for place in 0..from.len() {
        let mut part = from.by_index(place).unwrap();
        let (part_name, mut content) = (part.name().unwrap().into_owned(), Vec::new());
        part.read_to_end(&mut content).unwrap();
        let options = zip::write::SimpleFileOptions::default().compression_method(part.compression());
        into.start_file(&*part_name, options).unwrap();
        into.write_all(&if part_name == name { change(content) } else { content }).unwrap();
    }
    into.finish().unwrap().into_inner()
}

/// An OpenDocument sheet with the records.
fn ods(records: &[Record]) -> Vec<u8> {
    let cell =
        |text: &String| format!("<table:table-cell office:value-type=\"string\" office:string-value=\"{text}\"/>");
    let row = |cells: Vec<&String>| {
        format!("<table:table-row>{}</table:table-row>", cells.into_iter().map(cell).collect::<String>())
    };
    let header: Vec<String> = csv_of(&[]).trim().split(',').map(str::to_owned).collect();
    let rows: String = std::iter::once(row(header.iter().collect()))
        .chain(records.iter().map(|record| row(record.iter().collect())))
        .collect();
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"Sheet1\">{rows}\
         </table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let manifest = ("META-INF/manifest.xml", "<manifest:manifest/>");
    for (name, text) in
        [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), manifest, ("content.xml", &content)]
    {
        archive.start_file(name, stored).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn corrupt_workbooks_say_where() {
    const SHEET: &str = "xl/worksheets/sheet2.xml";
    let (xlsx, ods) = (xlsx(&numbered(500)), ods(&numbered(500)));
    let before = |mark: &'static str| {
        move |mut content: Vec<u8>| {
            let place = content.windows(mark.len()).position(|window| window == mark.as_bytes()).unwrap();
            content.truncate(place + 1);
            content
        }
    };
    let mut flipped = xlsx.clone();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&xlsx[..])).unwrap();
    let sheet = archive.by_name(SHEET).unwrap();
    let middle = sheet.data_start().unwrap() + sheet.compressed_size() / 2;
    flipped[usize::try_from(middle).unwrap()] ^= 0x55;
    drop(sheet);
    let far = |content: Vec<u8>| String::from_utf8(content).unwrap().replace("r=\"C7\"", "r=\"BAUMB7\"").into_bytes();

    let sheet = |name: &str| if name.ends_with("xlsx") { &["--sheet", "2"][..] } else { &[] };
    let half = xlsx.len() / 2;
    let ods_half = ods.len() / 2;
    for (name, bytes, said) in [
        (
            "cut.xlsx",
            xlsx[..half].to_vec(),
            format!("its directory is missing (the file ends after {half} bytes, in or after {SHEET})"),
        ),
        (
            "cut.ods",
            ods[..ods_half].to_vec(),
            format!("its directory is missing (the file ends after {ods_half} bytes, in or after content.xml)"),
        ),
        (
            "broken.xlsx",
            repacked(&xlsx, SHEET, before("<row r=\"301\"")),
            "sheet \"Answers\" is corrupt after row 300: ".to_owned(),
        ),
        (
            "broken.ods",
            repacked(&ods, "content.xml", before("respondent-00300@")),
            "content.xml is corrupt in sheet 1, after row 300: ".to_owned(),
        ),
        ("flipped.xlsx", flipped, format!("{SHEET} in the archive is corrupt: ")),
        (
            "far.xlsx",
            repacked(&xlsx, SHEET, far),
            "sheet \"Answers\" is corrupt after row 7: a cell in row 7, column 946064 is outside the sheet".to_owned(),
        ),
    ] {
        let stage = Stage::new();
        let shown = stderr(&stage.import(&stage.write(name, bytes), sheet(name)).failure().code(2));
        let told = shown.replace(',', "");
        assert!(told.contains(&said.replace(',', "")), "{name}: {shown}");
        stage.was_never_called();
    }
}

#[test]
fn truncated_gzip_is_refused_before_sending() {
    let stage = Stage::new();
    let packed = gzip(csv_of(&numbered(1000)).as_bytes());
    let file = stage.write("in.csv.gz", &packed[..packed.len() - 100]);
    let said = stderr(&stage.import(&file, &[]).failure().code(2));
    assert!(said.contains("in.csv.gz: truncated gzip data after line "), "{said}");
    let file = stage.write("in.csv.gz", &packed[..20]);
    let said = stderr(&stage.import(&file, &[]).failure().code(2));
    assert!(said.contains("in.csv.gz: truncated gzip data in the first line\n"), "{said}");
    stage.was_never_called();
}

#[test]
fn a_key_twice_sends_nothing() {
    let stage = Stage::new();
    let lines = json_lines(&numbered(3)).replacen("\"score\"", "\"score\":\"1\",\"score\"", 2);
    let file = stage.write("in.ndjson", &lines);
    let said = stderr(&stage.import(&file, &[]).code(2));
    assert!(said.contains("score: the object has this key twice") && said.contains("total: 2 × key twice"), "{said}");
    stage.was_never_called();
}
