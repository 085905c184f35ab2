//! Small workbooks that expand to gigabytes, with a limit on memory that none of them may reach.

use flate2::{Compress, Compression, FlushCompress};

use crate::support::{Stage, stderr};

/// In KiB. The binary needs a tenth of it.
const MEMORY: u32 = 1_500_000;
/// Repetitions in a block.
const PER_BLOCK: usize = 1 << 20;
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A part of an archive: its start, and what is repeated after it in so many blocks.
struct Part(&'static str, String, String, usize);

impl Part {
    fn plain(name: &'static str, content: String) -> Self {
        Self(name, content, String::new(), 0)
    }

    fn expanded(&self) -> usize {
        self.1.len() + self.2.len() * PER_BLOCK * self.3
    }

    /// Compressed blocks are independent after a full flush, so one of them can be repeated.
    fn deflated(&self) -> Vec<u8> {
        let Self(_, start, repeated, blocks) = self;
        let mut bytes = block(start.as_bytes(), FlushCompress::Full);
        let repeated = block(repeated.repeat(PER_BLOCK).as_bytes(), FlushCompress::Full);
        (0..*blocks).for_each(|_| bytes.extend_from_slice(&repeated));
        bytes.extend(block(b"", FlushCompress::Finish));
        bytes
    }
}

fn block(content: &[u8], flush: FlushCompress) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(content.len() + 100);
    Compress::new(Compression::best(), false).compress_vec(content, &mut bytes, flush).unwrap();
    bytes
}

fn archive(parts: &[Part]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for part in parts {
        let (name, data) = (part.0.as_bytes(), part.deflated());
        let size = u32::try_from(data.len()).unwrap().to_le_bytes();
        let expanded = u32::try_from(part.expanded()).unwrap().to_le_bytes();
        let offset = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
        // Version, flags, deflate, time, date, checksum, sizes, lengths of name and extra field.
        let header =
            [&[20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &size, &expanded, &name_length, &[0; 2]].concat();
        bytes.extend([b"PK\x03\x04", &header[..], name, &data].concat());
        directory.extend([b"PK\x01\x02\x14\0", &header[..], &[0; 10], &offset, name].concat());
    }
    let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
    let [length, offset] = [directory.len(), bytes.len()].map(|size| u32::try_from(size).unwrap().to_le_bytes());
    bytes.extend([&directory[..], b"PK\x05\x06\0\0\0\0", &count, &count, &length, &offset, &[0; 2]].concat());
    bytes
}

fn xlsx(sheet: Part, strings: Option<Part>) -> Vec<u8> {
    let relation = |of: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id=\"r1\" Type=\"{RELATIONS}/{of}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let sheets = "<sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"r1\"/></sheets>";
    let parts = [
        Part::plain("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        Part::plain("xl/workbook.xml", format!("<workbook xmlns:r=\"{RELATIONS}\">{sheets}</workbook>")),
        Part::plain("xl/_rels/workbook.xml.rels", relation("worksheet", "sheet1.xml")),
        sheet,
    ];
    archive(&parts.into_iter().chain(strings).collect::<Vec<_>>())
}

fn ods(rows: Part) -> Vec<u8> {
    let mimetype = "application/vnd.oasis.opendocument.spreadsheet".to_owned();
    let manifest = Part::plain("META-INF/manifest.xml", "<manifest:manifest/>".to_owned());
    archive(&[Part::plain("mimetype", mimetype), manifest, rows])
}

fn sheet(start: &str, repeated: &str, blocks: usize) -> Part {
    Part("xl/sheet1.xml", format!("<worksheet><sheetData>{start}"), repeated.to_owned(), blocks)
}

#[test]
fn no_workbook_exhausts_memory() {
    let strings = |start: &str, blocks: usize| {
        let part = Part("xl/sharedStrings.xml", start.to_owned(), "<si/>".to_owned(), blocks);
        xlsx(sheet("</sheetData></worksheet>", "", 0), Some(part))
    };
    let cell = "<table:table-cell office:value-type=\"string\"><text:p>";
    let row = |repeats: u32, text: &str| {
        let row = format!("<table:table-row table:number-rows-repeated=\"{repeats}\">{cell}{text}");
        format!("<table:table table:name=\"a\">{row}</text:p></table:table-cell></table:table-row></table:table>")
    };
    let content = |rows: String| ods(Part::plain("content.xml", rows));
    for (name, bytes, expected) in [
        (
            "cell.xlsx",
            xlsx(sheet("<row><c t=\"str\"><v>", "x", 2048), None),
            "sheet1.xml has a cell or tag of more than 16 MiB",
        ),
        ("strings.xlsx", strings("<sst>", 400), "sharedStrings.xml has text of more than 256 MiB"),
        ("declared.xlsx", strings("<sst uniqueCount=\"99999999999\">", 0), "declares 99,999,999,999 strings"),
        ("rows.ods", content(row(1_000_000, &"x".repeat(6000))), "its sheets have more than 256 MiB of text"),
        ("blanks.ods", content(row(1, "<text:s text:c=\"9999999999\"/>")), "its sheets have more than 256 MiB of text"),
    ] {
        assert!(bytes.len() < 4 << 20, "{name}: {} bytes", bytes.len());
        let stage = Stage::new();
        let file = stage.write(name, bytes);
        let mut shell = assert_cmd::Command::from_std(stage.program("sh"));
        shell.args(["-c", &format!("ulimit -v {MEMORY}; exec \"$@\""), "sh", env!("CARGO_BIN_EXE_kore-feedback")]);
        let said = stderr(
            &shell
                .args(["inspect", "--format", name[name.len() - 4..].trim_start_matches('.')])
                .arg(&file)
                .assert()
                .code(2),
        );
        assert!(said.contains("the workbook is too large: ") && said.contains(expected), "{name}: {said}");
        assert!(said.contains("save it as CSV"), "{name}: {said}");
    }
}
