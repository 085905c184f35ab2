//! OpenDocument spreadsheets. calamine never returns if a tag is not closed, and allocates every repeated cell, so this module
//! checks the file first.

use std::fmt::Display;
use std::io::{BufReader, Cursor};

use calamine::{Ods, OdsError, Reader as _};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::limits::{MAX_CELLS, MAX_COLUMNS, MAX_ROWS};
use super::range::read_range;
use super::reader::Cells;
use crate::source::dialect::SheetDialect;
use crate::source::error::ContentError;
use crate::source::format::Format;
use crate::text::grouped;

/// The part of the archive that contains the sheets.
const CONTENT: &str = "content.xml";

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
}

pub(super) fn read(bytes: &[u8], wanted: Option<&str>) -> Result<(Cells, SheetDialect), ContentError> {
    ensure_possible(bytes)?;
    let workbook = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
        OdsError::Password => ContentError::Encrypted,
        error => ContentError::workbook(Format::Ods, error),
    })?;
    read_range(workbook, Format::Ods, wanted)
}

/// Checks that every tag is closed, and that the sheets fit into memory.
fn ensure_possible(file: &[u8]) -> Result<(), ContentError> {
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(|error| ContentError::workbook(Format::Ods, error))?;
    // calamine reports an encrypted archive.
    let Ok(content) = archive.by_name(CONTENT) else { return Ok(()) };
    let mut reader = Reader::from_reader(BufReader::new(content));
    reader.config_mut().expand_empty_elements = true;
    let (mut buffer, mut depth, mut extent) = (Vec::new(), 0_usize, Extent::default());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => {
                depth += 1;
                extent.start(&tag);
            }
            Ok(Event::End(tag)) => {
                depth = depth.saturating_sub(1);
                extent.end(tag.name().0);
            }
            Ok(Event::Eof) if depth == 0 => return Ok(()),
            Ok(Event::Eof) => return Err(extent.corrupt_here("unexpected end")),
            Ok(_) => {}
            // Encrypted content is not XML either.
            Err(error) => return if depth == 0 { Ok(()) } else { Err(extent.corrupt_here(error)) },
        }
        extent.ensure_small()?;
    }
}

impl Extent {
    fn start(&mut self, tag: &BytesStart<'_>) {
        match tag.name().0 {
            "table:table" => self.sheets += 1,
            "table:table-row" => {
                // Repetitions outside the sheet are padding.
                self.row_repeats = attribute(tag, "table:number-rows-repeated").min(MAX_ROWS.into());
                (self.column, self.is_filled) = (0, false);
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let repeats = attribute(tag, "table:number-columns-repeated").min(MAX_COLUMNS.into());
                self.column = self.column.saturating_add(repeats).min(MAX_COLUMNS.into());
                let is_content =
                    |key: &str| key.starts_with("office:") || key.starts_with("calcext:") || key == "table:formula";
                if tag.attributes().flatten().any(|attribute| is_content(attribute.key.0)) {
                    self.is_filled = true;
                    self.filled_columns = self.filled_columns.max(self.column);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "table:table-row" => {
                self.rows = self.rows.saturating_add(self.row_repeats);
                if self.is_filled {
                    self.filled_rows = self.rows;
                }
            }
            "table:table" => *self = Self { sheets: self.sheets, cells: self.total(), ..Self::default() },
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

    fn ensure_small(&self) -> Result<(), ContentError> {
        let cells = self.total();
        if cells > MAX_CELLS {
            return Err(ContentError::workbook(
                Format::Ods,
                format!("its sheets span {} cells, too many for memory", grouped(cells)),
            ));
        }
        Ok(())
    }
}

/// The value of a repetition attribute; 1 if it is missing.
fn attribute(tag: &BytesStart<'_>, name: &str) -> u64 {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.0 == name);
    found.and_then(|attribute| attribute.value.parse().ok()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::{ContentError, ensure_possible};
    use crate::source::samples::ods_of;

    fn problem(rows: &str) -> Option<String> {
        match ensure_possible(&ods_of(rows)) {
            Ok(()) => None,
            Err(ContentError::Workbook { reason, .. }) => Some(reason),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn unclosed_tags_are_corrupt_and_padding_is_not() {
        let row = |repeats: u64, cell: &str| {
            format!("<table:table-row table:number-rows-repeated=\"{repeats}\">{cell}</table:table-row>")
        };
        let filled = "<table:table-cell office:value=\"1\" table:number-columns-repeated=\"100\"/>";
        let padding = "<table:table-cell table:number-columns-repeated=\"16384\"/>";
        assert_eq!(problem(&format!("{}{}{}", row(10_000, filled), row(3, padding), row(1_048_576, padding))), None);
        assert!(problem(&row(1_048_576, filled)).is_some_and(|problem| problem.contains("104,857,600 cells")));
        assert!(problem(&format!("{}{}", row(1_048_575, padding), row(1, filled))).is_some());
        assert!(problem("<table:table-").is_some());
        assert!(problem("<table:table-row>").is_some());
    }
}
