//! Compressed files and zip archives, and files that are named for what they are instead.

#![expect(clippy::unwrap_used, reason = "a test that cannot write its inputs has failed")]

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use crate::support::{Stage, csv_of, numbered, stderr, stdout};

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(6);
    let mut packer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// As macOS makes it, with a file of its own.
fn zipped(bytes: &[u8]) -> Vec<u8> {
    zip(&[("q3/", b""), ("q3/export.csv", bytes), ("__MACOSX/q3/._export.csv", b"\0\x05")])
}

/// A workbook whose third and fourth rows are hidden.
fn filtered() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, line) in (0..).zip(csv_of(&numbered(4)).lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    sheet.set_row_hidden(2).unwrap().set_row_hidden(3).unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn bzip2_xz_and_zip_are_read() {
    let csv = csv_of(&numbered(3));
    for (name, bytes, said) in [
        ("in.csv.bz2", bzip2(csv.as_bytes()), "CSV, bzip2, UTF-8"),
        ("in.csv.xz", xz(csv.as_bytes()), "CSV, xz, UTF-8"),
        ("in.zip", zipped(csv.as_bytes()), "CSV, zip, UTF-8"),
        ("tabs.zip", zipped(csv.replace(',', "\t").as_bytes()), "TSV, zip, UTF-8"),
        ("book.zip", zip(&[("book.xlsx", &filtered())]), "XLSX, zip, sheet \"Sheet1\""),
    ] {
        let stage = Stage::new();
        let assert = stage.import(&stage.write(name, bytes), &["--rows", "1-3"]).success();
        assert!(stderr(&assert).contains(said), "{}", stderr(&assert));
        stage.has_exactly(&numbered(3));
    }
}

#[test]
fn packed_rows_are_the_same_rows() {
    let stage = Stage::new();
    let csv = csv_of(&numbered(3));
    stage.import(&stage.write("in.zip", zipped(csv.as_bytes())), &[]).success();
    for (name, bytes) in [
        ("in.csv", csv.clone().into_bytes()),
        ("in.csv.bz2", bzip2(csv.as_bytes())),
        ("in.csv.xz", xz(csv.as_bytes())),
        ("other.zip", zip(&[("b.csv", csv.as_bytes())])),
    ] {
        let said = stderr(&stage.import(&stage.write(name, bytes), &[]).failure().code(2));
        assert!(said.contains("already imported by run 1"), "{name}: {said}");
    }
}

#[test]
fn zipped_files_and_pipes_are_resumed() {
    for is_pipe in [false, true] {
        let mut stage = Stage::faulty(&["500:at=2"]);
        let file = stage.write("in.zip", zipped(csv_of(&numbered(3)).as_bytes()));
        let name = if is_pipe { "-" } else { file.to_str().unwrap() };
        let mut command = stage.command(&["import", name, "--concurrency", "1"]);
        command.write_stdin(std::fs::read(&file).unwrap());
        command.assert().failure().code(1);
        stage.restart(&[]);
        stage.run(&["runs", "resume", "1", "--resend-in-doubt"]).success();
        stage.has_exactly(&numbered(3)[1..2]);
    }
}

#[test]
fn several_zipped_files_form_one_run() {
    let stage = Stage::new();
    for part in 0..2 {
        stage.write(&format!("{part}.zip"), zipped(csv_of(&numbered(4)[2 * part..2 * part + 2]).as_bytes()));
    }
    stage.run(&["import", "?.zip"]).success();
    stage.has_exactly(&numbered(4));
}

#[test]
fn unreadable_archives_say_what_to_do() {
    let csv = csv_of(&numbered(200));
    let one = zip(&[("in.csv", csv.as_bytes())]);
    let mut encrypted = one.clone();
    let directory = encrypted.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    encrypted[directory + 8] |= 1;
    let (mut damaged, middle) = (one.clone(), one.len() / 2);
    damaged[middle] ^= 0x55;
    for (name, bytes, said, advised) in [
        (
            "two.zip",
            zip(&[("a.csv", b"a"), ("b\x1b[2J.csv", b"b")]),
            "two.zip: the zip archive contains 2 files: \"a.csv\", \"b",
            "extract it",
        ),
        ("encrypted.zip", encrypted, "\"in.csv\" in the zip archive is encrypted", "extract it"),
        ("damaged.zip", damaged, "damaged.zip/in.csv: corrupt zip data", "download"),
        ("cut.zip", one[..middle].to_vec(), "truncated zip archive or workbook: its directory is missing", "download"),
        ("cut.csv.bz2", bzip2(csv.as_bytes())[..500].to_vec(), "truncated bzip2 data", "download"),
        ("cut.csv.xz", xz(csv.as_bytes())[..500].to_vec(), "truncated xz data", "download"),
    ] {
        let stage = Stage::new();
        let shown = stderr(&stage.import(&stage.write(name, bytes), &[]).failure().code(2));
        assert!(shown.contains(said) && shown.contains(advised), "{name}: {shown}");
        assert!(!shown.contains('\x1b'), "{name}: {shown}");
        stage.was_never_called();
    }
}

#[test]
fn other_files_are_named_for_what_they_are() {
    let stage = Stage::new();
    let excel = "<?xml version=\"1.0\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">";
    for (name, bytes, said, advised) in [
        ("page.xls", "<html><body><table><tr><td>1</table>", "an HTML page", "save it there as XLSX"),
        ("old.xls", excel, "an XML spreadsheet of Excel 2003", "save it as XLSX"),
    ] {
        let shown = stderr(&stage.import(&stage.write(name, bytes), &[]).failure().code(2));
        assert!(shown.contains(said) && shown.contains(advised), "{name}: {shown}");
    }
    let url = "https://user:secret@example.com/export.csv?token=secret";
    let shown = stderr(&stage.run(&["inspect", url]).failure().code(2));
    assert!(shown.contains("the input is a URL (https://example.com), not a file"), "{shown}");
    assert!(shown.contains("curl") && !shown.contains("secret"), "{shown}");
    stage.was_never_called();
}

#[test]
fn hidden_rows_are_imported_with_a_warning() {
    let stage = Stage::new();
    let file = stage.write("filtered.xlsx", filtered());
    let warning = "2 rows of the sheet are hidden, but read like the others";
    let inspected = stage.run(&["inspect", file.to_str().unwrap()]).success();
    let said = stdout(&inspected) + &stderr(&inspected);
    assert!(said.contains(warning), "{said}");
    let said = stderr(&stage.import(&file, &[]).success());
    assert!(said.contains(warning), "{said}");
    stage.has_exactly(&numbered(4));
}

#[test]
fn excel_97_text_is_read_whatever_its_code_page() {
    let stage = Stage::new();
    let file = stage.write("old.xls", include_bytes!("fixtures/biff8-code-page-1252.xls"));
    stage.import(&file, &[]).success();
    let sent = stage.sent();
    assert_eq!((sent[0][1].as_str(), sent[1][1].as_str()), ("Größe", "Müller, \"Köln\""));
}
