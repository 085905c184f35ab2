//! OpenDocument spreadsheets. calamine never returns if a tag is not closed, and allocates every repeated cell with its text, so
//! this module checks the file first.

use std::fmt::Display;
use std::io::{Cursor, Read};

use calamine::{Ods, OdsError, Reader as _};
use quick_xml::events::{BytesStart, Event};

use super::bounded_xml::{BoundedXml, XmlError};
use super::limits::{MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MAX_TEXT, too_many_cells, too_much_text};
use super::range::read_range;
use super::reader::Cells;
use super::selection::Wanted;
use crate::source::dialect::SheetDialect;
use crate::source::error::ContentError;
use crate::source::format::Format;
use crate::text::grouped;

/// The part of the archive that contains the sheets.
pub(super) const CONTENT: &str = "content.xml";

/// The attributes of a cell that calamine keeps as text.
const TEXT_ATTRIBUTES: [&str; 4] = ["office:string-value", "office:date-value", "office:time-value", "table:formula"];

/// How far the sheets' filled cells extend.
#[derive(Default)]
struct Extent {
    /// Sheets that have started.
    sheets: usize,
    /// Cells in the sheets that have ended.
    cells: u64,
    rows: u64,
    filled_rows: u64,
    filled_columns: u64,
    row_repeats: u64,
    column: u64,
    is_filled: bool,
    /// Bytes of text, with repetitions: in the rows that have ended, and in the current one.
    text: u64,
    row_text: u64,
    cell_repeats: u64,
}

pub(super) fn read(bytes: &[u8], wanted: Wanted<'_>) -> Result<(Cells, SheetDialect), ContentError> {
    let workbook = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
        OdsError::Password => ContentError::Encrypted,
        error => ContentError::workbook(Format::Ods, error),
    })?;
    read_range(workbook, Format::Ods, wanted)
}

/// Checks that every tag is closed, and that the sheets fit into memory. Returns how much of the archive was decompressed.
pub(super) fn ensure_possible<R: Read>(mut xml: BoundedXml<R>) -> Result<u64, ContentError> {
    let (mut depth, mut extent) = (0_usize, Extent::default());
    loop {
        match xml.next() {
            Ok(Event::Start(tag)) => {
                depth += 1;
                extent.start(&tag);
            }
            Ok(Event::End(tag)) => {
                depth = depth.saturating_sub(1);
                extent.end(tag.name().0);
            }
            Ok(Event::Eof) if depth == 0 => break,
            Ok(Event::Eof) => return Err(extent.corrupt_here("unexpected end")),
            Ok(text) => extent.add_text(text.len() as u64),
            Err(XmlError::TooLarge(error)) => return Err(error),
            // Encrypted content is not XML either.
            Err(XmlError::Invalid(_)) if depth == 0 => break,
            Err(XmlError::Invalid(error)) => return Err(extent.corrupt_here(error)),
        }
        extent.ensure_small()?;
    }
    Ok(xml.decompressed())
}

impl Extent {
    fn start(&mut self, tag: &BytesStart<'_>) {
        match tag.name().0 {
            "table:table" => self.sheets += 1,
            "table:table-row" => {
                // Repetitions outside the sheet are padding.
                self.row_repeats = attribute(tag, "table:number-rows-repeated").min(MAX_ROWS.into());
                (self.column, self.is_filled, self.cell_repeats) = (0, false, 0);
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let repeats = attribute(tag, "table:number-columns-repeated").min(MAX_COLUMNS.into());
                self.column = self.column.saturating_add(repeats).min(MAX_COLUMNS.into());
                self.cell_repeats = repeats;
                let texts = tag.attributes().flatten().filter(|attribute| TEXT_ATTRIBUTES.contains(&attribute.key.0));
                self.add_text(texts.map(|text| text.value.len() as u64).sum());
                let is_content =
                    |key: &str| key.starts_with("office:") || key.starts_with("calcext:") || key == "table:formula";
                if tag.attributes().flatten().any(|attribute| is_content(attribute.key.0)) {
                    self.is_filled = true;
                    self.filled_columns = self.filled_columns.max(self.column);
                }
            }
            // So many blanks.
            "text:s" => self.add_text(attribute(tag, "text:c")),
            _ => {}
        }
    }

    /// Adds text of the current cell.
    fn add_text(&mut self, bytes: u64) {
        self.row_text = self.row_text.saturating_add(bytes.saturating_mul(self.cell_repeats));
    }

    fn end(&mut self, name: &str) {
        match name {
            "table:table-row" => {
                self.rows = self.rows.saturating_add(self.row_repeats);
                if self.is_filled {
                    self.filled_rows = self.rows;
                }
                self.text = self.total_text();
                (self.row_text, self.row_repeats) = (0, 0);
            }
            "table:table" => {
                *self = Self { sheets: self.sheets, cells: self.total(), text: self.text, ..Self::default() };
            }
            _ => {}
        }
    }

    fn corrupt_here(&self, reason: impl Display) -> ContentError {
        let place = match (self.sheets, self.rows) {
            (0, _) => String::new(),
            (sheet, 0) => format!(" in sheet {sheet}"),
            (sheet, row) => format!(" in sheet {sheet}, after row {}", grouped(row)),
        };
        ContentError::workbook(Format::Ods, format!("{CONTENT} is corrupt{place}: {reason}"))
    }

    fn total(&self) -> u64 {
        self.cells.saturating_add(self.filled_rows.saturating_mul(self.filled_columns))
    }

    fn total_text(&self) -> u64 {
        self.text.saturating_add(self.row_text.saturating_mul(self.row_repeats.max(1)))
    }

    fn ensure_small(&self) -> Result<(), ContentError> {
        let cells = self.total();
        if cells > MAX_CELLS {
            return Err(too_many_cells(self.sheets as u64, cells));
        }
        if self.total_text() > MAX_TEXT { Err(too_much_text()) } else { Ok(()) }
    }
}

/// The value of a repetition attribute; 1 if it is missing.
fn attribute(tag: &BytesStart<'_>, name: &str) -> u64 {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.0 == name);
    found.and_then(|attribute| attribute.value.parse().ok()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::{BoundedXml, CONTENT, ensure_possible};

    fn problem(rows: &str) -> Option<String> {
        let table = format!("<table:table>{rows}</table:table>");
        ensure_possible(BoundedXml::new(CONTENT, table.as_bytes(), 0)).err().map(|error| error.to_string())
    }

    fn row(repeats: u64, cell: &str) -> String {
        format!("<table:table-row table:number-rows-repeated=\"{repeats}\">{cell}</table:table-row>")
    }

    #[test]
    fn unclosed_tags_are_corrupt_and_padding_is_not() {
        let filled = "<table:table-cell office:value=\"1\" table:number-columns-repeated=\"100\"/>";
        let padding = "<table:table-cell table:number-columns-repeated=\"16384\"/>";
        assert_eq!(problem(&format!("{}{}{}", row(10_000, filled), row(3, padding), row(1_048_576, padding))), None);
        let cells = "the workbook is too large: 1 sheet spans 104,857,600 cells, at most 10,000,000 are allowed";
        assert_eq!(problem(&row(1_048_576, filled)).as_deref(), Some(cells));
        assert!(problem(&format!("{}{}", row(1_048_575, padding), row(1, filled))).is_some());
        for cut in ["<table:table-", "<table:table-row>"] {
            assert!(problem(cut).is_some_and(|problem| problem.contains("content.xml is corrupt in sheet 1")));
        }
    }

    #[test]
    fn repeated_texts_are_counted_with_their_repetitions() {
        let text = "x".repeat(300);
        let cells = [
            format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"),
            format!("<table:table-cell office:value-type=\"string\" office:string-value=\"{text}\"/>"),
            format!("<table:table-cell office:value=\"1\" table:formula=\"{text}\"/>"),
            "<table:table-cell office:value-type=\"string\"><text:s text:c=\"300\"/></table:table-cell>".to_owned(),
        ];
        let expected = "the workbook is too large: its sheets have more than 256 MiB of text";
        for cell in cells {
            assert_eq!(problem(&row(800_000, &cell)), None);
            assert_eq!(problem(&row(900_000, &cell)).as_deref(), Some(expected));
            let wide = cell.replacen("office", "table:number-columns-repeated=\"1000\" office", 1);
            assert_eq!(problem(&row(900, &wide)).as_deref(), Some(expected));
            assert_eq!(problem(&format!("{}{}", row(450, &wide), row(450, &wide))).as_deref(), Some(expected));
        }
        let blanks =
            "<table:table-cell office:value-type=\"string\"><text:s text:c=\"9999999999\"/></table:table-cell>";
        assert_eq!(problem(&row(1, blanks)).as_deref(), Some(expected));
    }
}
