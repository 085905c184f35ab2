//! Sample inputs for tests.

use std::io::Write;

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 1).unwrap()
}

/// A workbook with one sheet of strings.
pub(super) fn xlsx(table: &[Vec<String>]) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0_u32..).zip(table) {
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// A workbook with one sheet, with its rows as XML.
pub(super) fn xlsx_of(rows: &str) -> Vec<u8> {
    const TYPES: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation = |of: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id=\"r1\" Type=\"{RELATIONS}/{of}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let part = |name: &str, of: &str| format!("<Override PartName=\"/xl/{name}\" ContentType=\"{TYPES}.{of}+xml\"/>");
    let parts = [part("workbook.xml", "sheet.main"), part("sheet1.xml", "worksheet")].concat();
    let workbook = "<sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"r1\"/></sheets>";
    zip_of(&[
        ("[Content_Types].xml", &format!("<Types>{parts}</Types>")),
        ("_rels/.rels", &relation("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", &format!("<workbook xmlns:r=\"{RELATIONS}\">{workbook}</workbook>")),
        ("xl/_rels/workbook.xml.rels", &relation("worksheet", "sheet1.xml")),
        ("xl/sheet1.xml", &format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")),
    ])
}

fn zip_of(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in files {
        archive.start_file(*name, stored).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// An OpenDocument spreadsheet with one sheet, with its rows as XML.
pub(super) fn ods_of(rows: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"o\" xmlns:table=\"t\" \
         xmlns:text=\"x\"><office:body><office:spreadsheet><table:table table:name=\"Sheet1\">{rows}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    let manifest = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><manifest:manifest xmlns:manifest=\"m\"/>";
    let mimetype = "application/vnd.oasis.opendocument.spreadsheet";
    zip_of(&[("mimetype", mimetype), ("META-INF/manifest.xml", manifest), ("content.xml", &content)])
}

/// An OpenDocument spreadsheet with one sheet of strings.
pub(super) fn ods(table: &[Vec<String>]) -> Vec<u8> {
    let escape = |cell: &str| {
        cell.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&quot;")
            .replace('\n', "&#10;")
            .replace('\t', "&#9;")
    };
    let cell = |cell: &String| {
        if cell.is_empty() {
            return "<table:table-cell></table:table-cell>".to_owned();
        }
        format!(
            "<table:table-cell office:value-type=\"string\" office:string-value=\"{}\"></table:table-cell>",
            escape(cell)
        )
    };
    let row = |cells: &Vec<String>| {
        format!("<table:table-row>{}</table:table-row>", cells.iter().map(cell).collect::<String>())
    };
    ods_of(&table.iter().map(row).collect::<String>())
}
