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

pub(super) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(0);
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An old Excel workbook with one sheet, which has one column of texts. `version` is that of BIFF, and `text` encodes a
/// text with its length.
pub(super) fn xls_of(version: u16, code_page: u16, cells: &[&str], text: impl Fn(&str) -> Vec<u8>) -> Vec<u8> {
    let record = |kind: u16, data: &[u8]| {
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    };
    let start = |kind: u16| record(0x0809, &[version, kind, 0, 0].map(u16::to_le_bytes).concat());
    let end = record(0x000a, &[]);
    let (rows, code_page) = (u16::try_from(cells.len()).unwrap(), record(0x0042, &code_page.to_le_bytes()));
    // A short text has one byte for its length.
    let name = [&[0, 0][..], &text("Data")[..1], &text("Data")[2..]].concat();
    let sheet_at = start(5).len() + code_page.len() + 4 + 4 + name.len() + end.len();
    let sheet = record(0x0085, &[&u32::try_from(sheet_at).unwrap().to_le_bytes()[..], &name].concat());
    let size = [0, 0, rows, 0, 0, 1, 0].map(u16::to_le_bytes).concat();
    let size = if version == 0x0600 { size } else { [0, rows, 0, 1, 0].map(u16::to_le_bytes).concat() };
    let label = |(row, cell): (u16, &&str)| {
        record(0x0204, &[&[row, 0, 0].map(u16::to_le_bytes).concat()[..], &text(cell)].concat())
    };
    let labels = (0..).zip(cells).flat_map(label).collect();
    let stream = [start(5), code_page, sheet, end.clone(), start(0x10), record(0x0200, &size), labels, end].concat();
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    file.create_stream(if version == 0x0600 { "/Workbook" } else { "/Book" }).unwrap().write_all(&stream).unwrap();
    file.into_inner().into_inner()
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
