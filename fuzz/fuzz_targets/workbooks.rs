//! Any text as the rows of a sheet, in an OpenDocument file and in an Excel workbook. Archives have checksums, so changes to a
//! whole archive never reach its cells.

#![no_main]

use std::io::{Cursor, Write};

use kore_feedback::source::{Row, SourceOptions, Table};
use libfuzzer_sys::fuzz_target;
use zip::write::SimpleFileOptions;

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const TYPES: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

fuzz_target!(init: { std::panic::set_hook(Box::new(|_| {})); }, |rows: &str| {
    read(&ods(rows));
    read(&xlsx(rows));
});

fn read(file: &[u8]) {
    let Ok(mut table) = Table::open(file, "in", &SourceOptions::default()) else { return };
    let mut row = Row::default();
    while let Ok(true) = table.read(&mut row) {
        assert!(row.error.is_some() || row.len() == table.headers().len());
    }
}

fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"Sheet1\">{rows}\
         </table:table></office:spreadsheet></office:body></office:document-content>"
    );
    zip_of(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", "<manifest:manifest/>"),
        ("content.xml", &content),
    ])
}

fn xlsx(rows: &str) -> Vec<u8> {
    let relation = |of: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id=\"r1\" Type=\"{RELATIONS}/{of}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let part = |name: &str, of: &str| format!("<Override PartName=\"/xl/{name}\" ContentType=\"{TYPES}.{of}+xml\"/>");
    zip_of(&[
        (
            "[Content_Types].xml",
            &format!("<Types>{}{}</Types>", part("workbook.xml", "sheet.main"), part("sheet1.xml", "worksheet")),
        ),
        ("_rels/.rels", &relation("officeDocument", "xl/workbook.xml")),
        (
            "xl/workbook.xml",
            &format!(
                "<workbook xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        ("xl/_rels/workbook.xml.rels", &relation("worksheet", "sheet1.xml")),
        ("xl/sheet1.xml", &format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")),
    ])
}

fn zip_of(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in files {
        archive.start_file(*name, stored).expect("an archive in memory");
        archive.write_all(text.as_bytes()).expect("an archive in memory");
    }
    archive.finish().expect("an archive in memory").into_inner()
}
