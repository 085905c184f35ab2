//! Workbooks: selecting a sheet, and what its cells contain.

use super::{cells_of, open, open_as, problem, rows_of};
use crate::error::Advice;
use crate::source::error::ContentError;
use crate::source::samples::{gzip, ods, ods_of, xls_of, xlsx, xlsx_of};
use crate::source::{Format, SourceOptions};
use rust_xlsxwriter::{ExcelDateTime, Format as Style, Workbook};

/// A workbook from 2000: a sheet `Survey` with the columns id, score, date, code and ok; and a sheet `Other`.
const XLS: &[u8] = include_bytes!("survey.xls");

fn answers() -> Vec<u8> {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("Notes").unwrap().write_string(0, 0, "nothing here").unwrap();
    let sheet = workbook.add_worksheet().set_name("Answers").unwrap();
    for (column, header) in (1_u16..).zip(["id", "score", "date", "code", "ok", "long"]) {
        sheet.write_string(2, column, header).unwrap();
    }
    let moment = ExcelDateTime::parse_from_str("2025-10-13 12:59:02").unwrap();
    sheet.write_string(3, 1, "0012").unwrap();
    sheet.write_number(3, 2, 4.0).unwrap();
    sheet.write_datetime_with_format(3, 3, &moment, &Style::new().set_num_format("dd/mm/yyyy hh:mm")).unwrap();
    sheet.write_number_with_format(3, 4, 7.0, &Style::new().set_num_format("00000")).unwrap();
    sheet.write_boolean(3, 5, true).unwrap();
    sheet.write_number(3, 6, 1_234_567_890_123_456_789.0).unwrap();
    sheet.write_number(6, 2, 4.5).unwrap();
    sheet.merge_range(8, 1, 8, 3, "merged", &Style::new()).unwrap();
    workbook.save_to_buffer().unwrap()
}

fn sheet(name: &str) -> SourceOptions {
    SourceOptions { sheets: vec![name.to_owned()], ..SourceOptions::default() }
}

#[test]
fn cells_read_as_displayed() {
    let bytes = answers();
    for name in ["Answers", "2"] {
        let mut table = open_as(&bytes, "in.xlsx", &sheet(name)).unwrap();
        assert_eq!(table.dialect().to_string(), "XLSX, sheet \"Answers\" of 2");
        assert_eq!(table.headers(), ["id", "score", "date", "code", "ok", "long"]);
        let rows = rows_of(&mut table).unwrap();
        let cells: Vec<Vec<_>> = rows.iter().map(|row| row.cells().collect()).collect();
        let first = ["0012", "4", "2025-10-13 12:59:02", "00007", "true"];
        assert_eq!(cells[0][..5], first);
        assert_eq!(cells[1..], [["", "4.5", "", "", "", ""], ["merged", "", "", "", "", ""]]);
        assert_eq!(rows.iter().map(|row| (row.number, row.line)).collect::<Vec<_>>(), [(1, 4), (2, 7), (3, 9)]);
        assert_eq!(rows[0].inexact, [5]);
        assert!(rows[1].inexact.is_empty());
    }
}

#[test]
fn first_visible_sheet_is_the_default() {
    let bytes = answers();
    assert_eq!(open(&bytes).unwrap().headers(), ["nothing here"]);
    for wrong in ["answers", "3", "0"] {
        let error = open_as(&bytes, "in.xlsx", &sheet(wrong)).err().unwrap();
        assert!(error.to_string().contains("the workbook has \"Notes\", \"Answers\""), "{error}");
    }
    let mut hidden = Workbook::new();
    hidden.add_worksheet().set_hidden(true).write_string(0, 0, "hidden").unwrap();
    hidden.add_worksheet().set_active(true).write_string(0, 0, "visible").unwrap();
    assert_eq!(open(&hidden.save_to_buffer().unwrap()).unwrap().headers(), ["visible"]);
}

#[test]
fn hidden_rows_are_read_and_counted() {
    let mut workbook = Workbook::new();
    let [visible, filtered] = ["R & D", "Answers"].map(|name| {
        let mut sheet = rust_xlsxwriter::Worksheet::new();
        sheet.set_name(name).unwrap();
        for row in 0..5 {
            sheet.write_number(row, 0, row).unwrap();
        }
        sheet
    });
    let mut filtered = filtered;
    for row in [2, 3, 100] {
        filtered.set_row_hidden(row).unwrap();
    }
    workbook.push_worksheet(visible);
    workbook.push_worksheet(filtered);
    let bytes = workbook.save_to_buffer().unwrap();
    let mut table = open_as(&bytes, "in.xlsx", &sheet("Answers")).unwrap();
    assert_eq!(cells_of(&mut table).len(), 4);
    assert_eq!(
        table.warnings(),
        ["in.xlsx: 2 rows of the sheet are hidden, but read like the others: delete the hidden rows to leave them out"]
    );
    assert_eq!(open_as(&bytes, "in.xlsx", &sheet("R & D")).unwrap().warnings(), [""; 0]);
}

#[test]
fn far_cells_take_no_extra_memory() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "near").unwrap();
    sheet.write_string(1_048_575, 16_383, "far").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let mut table = open(&bytes).unwrap();
    assert_eq!((table.headers().len(), table.headers()[0].as_str()), (16_384, "near"));
    let rows = rows_of(&mut table).unwrap();
    assert_eq!((rows.len(), rows[0].line, rows[0].cell(16_383)), (1, 1_048_576, Some("far")));
}

#[test]
fn minimal_workbooks_are_read() {
    let bytes = xlsx_of("<row><c><v>1</v></c></row><row><c t=\"e\"><v>#N/A</v></c></row>");
    let mut table = open(&bytes).unwrap();
    assert_eq!(table.headers(), ["1"]);
    assert_eq!(cells_of(&mut table), [["#N/A"]]);
}

#[test]
fn xls_workbooks_are_read() {
    let mut table = open(XLS).unwrap();
    assert_eq!(table.dialect().to_string(), "XLS, sheet \"Survey\" of 2");
    assert_eq!(table.headers(), ["id", "score", "date", "code", "ok"]);
    let rows = [["0012", "4", "2025-10-13", "7", "true"], ["Grüße", "4.5", "2025-10-13 12:59:02", "", "false"]];
    assert_eq!(cells_of(&mut table), rows);
}

#[test]
fn biff8_text_is_utf_16_whatever_its_code_page() {
    let cells = ["comment", "Größe – ĺ", "日本"];
    let utf16 = |text: &str| {
        let units: Vec<u16> = text.encode_utf16().collect();
        let bytes = units.iter().flat_map(|unit| unit.to_le_bytes());
        u16::try_from(units.len()).unwrap().to_le_bytes().into_iter().chain([1]).chain(bytes).collect()
    };
    for code_page in [1252, 1200, 437, 9999] {
        let bytes = xls_of(0x0600, code_page, &cells, utf16);
        let mut table = open(&bytes).unwrap();
        assert_eq!(table.headers(), ["comment"], "{code_page}");
        assert_eq!(cells_of(&mut table), [["Größe – ĺ"], ["日本"]], "{code_page}");
    }
    // Older versions have bytes in the code page that they name.
    let bytes_in = |encoding: &'static encoding_rs::Encoding| {
        move |text: &str| {
            let bytes = encoding.encode(text).0;
            [&u16::try_from(bytes.len()).unwrap().to_le_bytes()[..], &bytes].concat()
        }
    };
    for (code_page, encoding, cell) in
        [(1252, encoding_rs::WINDOWS_1252, "Größe – 5 €"), (1251, encoding_rs::WINDOWS_1251, "Спасибо")]
    {
        let bytes = xls_of(0x0500, code_page, &["comment", cell], bytes_in(encoding));
        assert_eq!(cells_of(&mut open(&bytes).unwrap()), [[cell]], "{code_page}");
    }
}

#[test]
fn ods_sheets_are_read() {
    let value = |kind: &str, attribute: &str| {
        format!("<table:table-cell office:value-type=\"{kind}\" {attribute}></table:table-cell>")
    };
    let headers: String =
        ["id", "score", "date", "ok"].map(|name| value("string", &format!("office:string-value=\"{name}\""))).concat();
    let cells = [
        value("float", "office:value=\"1234567890123456789\""),
        value("float", "office:value=\"4.50\""),
        value("date", "office:date-value=\"2025-10-13T12:59:02\""),
        value("boolean", "office:boolean-value=\"true\""),
    ]
    .concat();
    let empty =
        "<table:table-row table:number-rows-repeated=\"1000\"><table:table-cell></table:table-cell></table:table-row>";
    let bytes = ods_of(&format!(
        "<table:table-row>{headers}</table:table-row>{empty}<table:table-row>{cells}</table:table-row>"
    ));
    let mut table = open(&bytes).unwrap();
    assert_eq!(table.dialect().to_string(), "ODS, sheet \"Sheet1\"");
    let rows = rows_of(&mut table).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].line, &rows[0].inexact[..]), (1002, &[0][..]));
    assert_eq!(rows[0].cells().skip(1).collect::<Vec<_>>(), ["4.5", "2025-10-13 12:59:02", "true"]);
}

#[test]
fn compressed_workbooks_with_several_header_rows_are_read() {
    let table = [["Q1", "", "Q2"], ["yes", "no", ""], ["1", "2", "3"]].map(|row| row.map(str::to_owned).to_vec());
    for bytes in [xlsx(&table), ods(&table), gzip(&xlsx(&table))] {
        let options = SourceOptions { header_rows: Some(2), ..SourceOptions::default() };
        let mut table = open_as(&bytes, "in", &options).unwrap();
        assert_eq!(table.headers(), ["Q1 / yes", "Q1 / no", "Q2"]);
        assert_eq!(cells_of(&mut table), [["1", "2", "3"]]);
    }
}

#[test]
fn a_cell_has_at_most_a_mebibyte() {
    let row = |length| {
        format!("<row><c t=\"str\"><v>id</v></c></row><row><c t=\"str\"><v>{}</v></c></row>", "x".repeat(length))
    };
    assert_eq!(cells_of(&mut open(&xlsx_of(&row(1 << 20))).unwrap())[0][0].len(), 1 << 20);
    let error = open(&xlsx_of(&row((1 << 20) + 1))).err().unwrap().to_string();
    assert!(error.contains("too large: a cell in row 2 has more than 1 MiB of text"), "{error}");
}

#[test]
fn declared_bombs_are_not_decompressed() {
    let mut bytes = xlsx_of("<row r=\"1\"><c r=\"A1\"><v>123456</v></c></row>");
    let cell = bytes.windows(6).position(|window| window == b"123456").unwrap();
    // Decompressing this part would fail.
    bytes[cell] = b'<';
    assert!(open(&bytes).err().unwrap().to_string().contains("sheet1.xml in the archive is corrupt"));
    let entries: Vec<usize> = (0..bytes.len() - 4).filter(|place| bytes[*place..].starts_with(b"PK\x01\x02")).collect();
    for entry in &entries[..2] {
        bytes[entry + 24..entry + 28].copy_from_slice(&(u32::MAX - 1).to_le_bytes());
    }
    let error = open(&bytes).err().unwrap().to_string();
    assert!(error.contains("it expands to more than 4 GiB"), "{error}");
}

#[test]
fn unreadable_workbooks_say_why() {
    let mut encrypted = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    encrypted.create_stream("/EncryptedPackage").unwrap();
    let error = open(&encrypted.into_inner().into_inner()).err().unwrap();
    assert!(error.hint().unwrap().contains("password"));
    assert!(matches!(problem(error), ContentError::Encrypted));

    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("export.csv", zip::write::SimpleFileOptions::default()).unwrap();
    let archive = archive.finish().unwrap().into_inner();
    let error = open(&archive).err().unwrap();
    assert!(error.to_string().contains("contains \"export.csv\"; extract it"), "{error}");

    let whole = answers();
    let error = open(&whole[..whole.len() / 2]).err().unwrap();
    assert!(error.to_string().contains("truncated zip archive or workbook: its directory is missing"), "{error}");
    assert!(matches!(problem(error), ContentError::TruncatedWorkbook { part: Some(_), .. }));

    let as_xls = SourceOptions { format: Some(Format::Xls), ..SourceOptions::default() };
    let error = open_as(b"id,score\n", "in.csv", &as_xls).err().unwrap();
    assert!(error.to_string().contains("cannot read as XLS"), "{error}");
}
