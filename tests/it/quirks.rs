//! Oddities of real export files, one test each, through the real binary.
//!
//! Others are covered elsewhere: encodings, delimiters, line ends and quoted line breaks in `import/rows.rs`, detected
//! encodings in `formats.rs`, files read as one column in `import/mapping.rs`, previews, partial responses and answers such as
//! `9 - Extremely likely` in `exports.rs`.

use crate::support::{Stage, json, record, stderr, stdout};

const HEADER: &str = "channelUId,name,score,channel,type,language,message";

/// Values for every field except the respondent and the score.
const CONSTANTS: [&str; 5] =
    ["--set=name=Post-chat", "--set=channel=email", "--set=type=CSAT", "--set=language=en", "--set=message="];

/// The ids and scores that arrive from a file whose other fields are constants.
fn arrived(bytes: &[u8], options: &[&str]) -> Vec<[String; 2]> {
    let stage = Stage::new();
    stage.import(&stage.write("in.csv", bytes), &[&CONSTANTS, options].concat()).success();
    stage.sent().into_iter().map(|[uid, _, score, ..]| [uid, score]).collect()
}

/// The error for a file that cannot be imported with these options; nothing is sent.
fn refused(bytes: &[u8], options: &[&str]) -> String {
    let stage = Stage::new();
    let said = stderr(&stage.import(&stage.write("in.csv", bytes), options).failure().code(2));
    stage.was_never_called();
    said
}

fn plan_of(bytes: &[u8], options: &[&str]) -> serde_json::Value {
    let stage = Stage::new();
    stage.write("in.csv", bytes);
    json(&stage.run(&[&["inspect", "in.csv", "-o", "json"], options].concat()).success())
}

#[test]
fn excel_unicode_text_is_utf16_with_tabs() {
    let text = "\u{feff}E-Mail\tNote\r\nmüller@example.com\t5\r\n\"o'neil \"\"x\"\"@example.com\"\t4\r\n";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let arrived = arrived(&bytes, &["--map=channel_uid=E-Mail", "--map=score=Note"]);
    assert_eq!(arrived, [["müller@example.com", "5"], ["o'neil \"x\"@example.com", "4"]]);
}

#[test]
fn german_and_japanese_headers_work() {
    let german = "Kundennummer;Zufriedenheit (1–5);Größe\n0815;4;L\n".as_bytes();
    assert_eq!(
        arrived(german, &["--map=channel_uid=Kundennummer", "--map=score=Zufriedenheit (1–5)"]),
        [["0815", "4"]]
    );
    let japanese = "顧客番号,満足度,ご意見・ご感想\n0001,5,とても良かったです\n0002,3,\n";
    let options = ["--map=channel_uid=顧客番号", "--map=score=満足度"];
    let shift_jis = encoding_rs::SHIFT_JIS.encode(japanese).0;
    for bytes in [japanese.as_bytes(), &shift_jis] {
        assert_eq!(arrived(bytes, &options), [["0001", "5"], ["0002", "3"]]);
    }
}

#[test]
fn mixed_encodings_are_refused_without_harmful_advice() {
    let good = "grün@example.com,Größe,5,rtm,CSAT,de,\n".repeat(3);
    let bytes = [HEADER.as_bytes(), b"\n", good.as_bytes(), b"sch\xf6n@example.com,x,4,rtm,CSAT,de,\n"].concat();
    let said = refused(&bytes, &[]);
    assert!(said.contains("1 of 4 rows cannot be sent") && said.contains("sch\u{fffd}n@example.com"), "{said}");
    assert!(said.contains("hint: all other rows are UTF-8"), "{said}");
    assert!(!said.contains("such as --encoding"), "{said}");
    // Without other evidence, a wrong encoding is the likely cause.
    let plain = "plain@example.com,Size,5,rtm,CSAT,de,\n".repeat(20_000);
    let bytes = [HEADER.as_bytes(), b"\n", plain.as_bytes(), b"sch\xf6n@example.com,x,4,rtm,CSAT,de,\n"].concat();
    let said = refused(&bytes, &[]);
    assert!(said.contains("specify its encoding, such as --encoding windows-1252"), "{said}");
}

#[test]
fn rows_in_a_second_encoding_are_warned_about() {
    let row = "mail@example.com,Größe,5,rtm,CSAT,de,für Köln\n";
    let windows = encoding_rs::WINDOWS_1252.encode(row).0.repeat(20);
    let bytes = [HEADER.as_bytes(), b"\n", &windows, row.as_bytes()].concat();
    let stage = Stage::new();
    let said = stderr(&stage.import(&stage.write("in.csv", &bytes), &["--dry-run"]).success());
    assert!(said.contains("windows-1252 (detected)"), "{said}");
    assert!(said.contains("warning: 1 record contains garbled text, such as \"GrÃ¶ÃŸe\" for \"Größe\""), "{said}");
}

#[test]
fn trailing_delimiters_are_not_columns() {
    for text in ["id,score\n01,5,,\n02,4,,\n", "id,score,,\n01,5,,\n02,4,,\n", "id,score,\n01,5\n02,4,\n"] {
        assert_eq!(arrived(text.as_bytes(), &["--map=channel_uid=id"]), [["01", "5"], ["02", "4"]], "{text:?}");
    }
}

#[test]
fn duplicate_and_empty_headers_get_unique_names() {
    let text = b",Name,,Name,Score,\n0,Ada,x,ada@example.com,5,y\n1,Bo,x,bo@example.com,4,y\n";
    assert_eq!(arrived(text, &["--map=channel_uid=Name#2"])[0], ["ada@example.com", "5"]);
    assert_eq!(arrived(text, &["--map=channel_uid=#2"])[0], ["Ada", "5"]);
    // A data frame's index column has no name and is not an id unless mapped.
    let plan = plan_of(text, &[]);
    assert_eq!(plan["columns"][0]["name"], "#1");
    assert_eq!(plan["fields"][0]["from"]["open"], true);
    assert_eq!(arrived(text, &["--map=channel_uid=#1"])[0], ["0", "5"]);
}

#[test]
fn no_answer_texts_are_skipped_only_when_declared() {
    let text = b"id,score\na,NA\nb,-\nc,N/A\nd,\ne, \nf,n/a\ng,5\n";
    let options = ["--map=channel_uid=id"];
    let said = refused(text, &[&CONSTANTS[..], &options].concat());
    assert!(said.contains("6 of 7 rows cannot be sent"), "{said}");
    let no_answer = ["--no-answer=NA", "--no-answer=-", "--no-answer=N/A", "--no-answer="];
    assert_eq!(arrived(text, &[&options[..], &no_answer].concat()), [["g", "5"]]);
    // Only scores can be "no answer": an id may be the text NA.
    let text = b"id,score\nNA,5\n-,4\n";
    assert_eq!(arrived(text, &[&options[..], &no_answer].concat()), [["-", "4"], ["NA", "5"]]);
}

#[test]
fn dates_are_text_in_any_notation() {
    let stage = Stage::new();
    let rows = "id,score,when\na,5,31/12/2023\nb,4,2024-01-02T03:04:05Z\nc,3,02.01.24\nd,2,45293.5\ne,1,31/12/2023\n";
    let file = stage.write("in.csv", rows);
    stage.write("m.toml", "[fields]\nname = { template = \"Day {{ when }}\" }\n");
    let options = ["--mapping=m.toml", "--map=channel_uid=id", "--filter=when!=02.01.24", "--dedupe-by=when"];
    stage.import(&file, &[&options[..], &CONSTANTS[1..]].concat()).success();
    let names: Vec<_> = stage.sent().into_iter().map(|record| record[1].clone()).collect();
    assert_eq!(names, ["Day 31/12/2023", "Day 2024-01-02T03:04:05Z", "Day 45293.5"]);
}

#[test]
fn ids_keep_every_digit_in_every_format() {
    let csv = "channelUId,score\n1234567890123456789,4.0\n007,5.00\n1e5,3\n";
    let lines = "{\"channelUId\":1234567890123456789,\"score\":4.0}\n{\"channelUId\":\"007\",\"score\":\"5.00\"}\n\
                 {\"channelUId\":1e5,\"score\":3}\n";
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let zeros = rust_xlsxwriter::Format::new().set_num_format("000");
    let sheet = workbook.add_worksheet();
    for (column, header) in [(0, "channelUId"), (1, "score")] {
        sheet.write_string(0, column, header).unwrap();
    }
    sheet.write_string(1, 0, "1234567890123456789").unwrap();
    sheet.write_number_with_format(2, 0, 7, &zeros).unwrap();
    sheet.write_string(3, 0, "1e5").unwrap();
    for (row, score) in [(1, 4.0), (2, 5.0), (3, 3.0)] {
        sheet.write_number(row, 1, score).unwrap();
    }
    let book = workbook.save_to_buffer().unwrap();
    for bytes in [csv.as_bytes(), lines.as_bytes(), &book] {
        let expected = [["007", "5"], ["1234567890123456789", "4"], ["1e5", "3"]];
        assert_eq!(arrived(bytes, &[]), expected);
    }
}

#[test]
fn labels_become_scores_only_with_number_leading() {
    let text = b"id,score\na,5 - Very satisfied\nb,1 (worst)\nc,3/5\n";
    let said = refused(text, &[&CONSTANTS[..], &["--map=channel_uid=id"]].concat());
    assert!(said.contains("3 × score not a number"), "{said}");
    let stage = Stage::new();
    stage.write("m.toml", "[fields]\nscore = { column = \"score\", number = \"leading\" }\n");
    let options = [&CONSTANTS[..], &["--map=channel_uid=id", "--mapping=m.toml"]].concat();
    stage.import(&stage.write("in.csv", text), &options).success();
    let scores: Vec<_> = stage.sent().into_iter().map(|record| record[2].clone()).collect();
    assert_eq!(scores, ["5", "1", "3"]);
}

#[test]
fn previews_and_partial_responses_can_be_included() {
    let text = b"StartDate,Status,Finished,ResponseId,DistributionChannel,UserLanguage,RecipientEmail,Q1\n\
                 2024-03-02,Survey Preview,True,R_1,preview,EN,,5\n2024-03-03,IP Address,False,R_2,email,DE,,4\n\
                 2024-03-04,IP Address,True,R_3,email,DE,,3\n";
    let options = ["--preset=qualtrics", "--map=score=Q1"];
    assert_eq!(arrived(text, &options), [["R_3", "3"]]);
    let arrived = arrived(text, &[&options[..], &["--include=previews", "--include=unfinished response"]].concat());
    assert_eq!(arrived, [["R_1", "5"], ["R_2", "4"], ["R_3", "3"]]);
}

#[test]
fn inspect_reports_a_single_column_with_its_header() {
    let text = b"email^score\nana@example.com^5\n";
    let stage = Stage::new();
    stage.write("in.csv", text);
    let plan = stage.run(&["inspect", "in.csv"]).success();
    let seen = "problem: found only one column, \"email^score\", with ',' as the delimiter";
    assert!(stdout(&plan).contains(seen), "{}", stdout(&plan));
    assert!(stderr(&plan).contains("hint: set the delimiter, such as --delimiter"), "{}", stderr(&plan));
    assert!(plan_of(text, &[])["problems"][0].as_str().unwrap().contains("only one column"));
    assert_eq!(plan_of(text, &["--delimiter=^"])["problems"], serde_json::json!([]));
}

#[test]
fn a_scale_is_never_guessed() {
    let text =
        b"email,score,name,channel,language,message\nana@example.com,9,x,rtm,en,\nben@example.com,70,x,rtm,en,\n";
    let plan = plan_of(text, &[]);
    assert_eq!((&plan["fields"][4]["field"], &plan["fields"][4]["from"]["open"]), (&"type".into(), &true.into()));
    // Numbers that fit another scale are neither converted nor taken as another type.
    for (of, told) in [("NPS", "1 of 2 rows"), ("CSAT", "2 of 2 rows")] {
        let said = refused(text, &["--map=channel_uid=email", &format!("--set=type={of}")]);
        assert!(said.contains(told) && said.contains("score is a whole number from"), "{said}");
    }
}

#[test]
fn comments_are_not_mapped_to_message_by_default() {
    let text = b"email,score,name,channel,language,Comment,Feedback,Remarks,Question 2,Questions\n\
                 ana@example.com,5,x,rtm,en,nice,great,ok,because,why?\n";
    let plan = plan_of(text, &[]);
    for field in [4, 6] {
        assert_eq!(plan["fields"][field]["from"]["open"], true, "{}", plan["fields"][field]);
    }
    let options = ["--map=channel_uid=email", "--set=type=CSAT"];
    let said = refused(text, &options);
    assert!(said.contains("  - message: no column and no value\n"), "{said}");
    let stage = Stage::new();
    let file = stage.write("in.csv", text);
    stage.import(&file, &[&options[..], &["--map=message=Comment"]].concat()).success();
    stage.has_exactly(&[record(["ana@example.com", "x", "5", "rtm", "CSAT", "en", "nice"])]);
}
