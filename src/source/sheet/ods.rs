//! OpenDocument sheets, before calamine reads them: it goes on forever where a tag is not closed, and makes room for every
//! repeated cell.

use std::fmt::Display;
use std::io::{BufReader, Cursor};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::open::{SheetError, damaged};
use super::{MOST_CELLS, MOST_COLUMNS, MOST_ROWS};

/// The file's part that its sheets are in.
const CONTENT: &str = "content.xml";

/// How far the sheets' filled cells reach.
#[derive(Default)]
struct Extent {
    /// Tables that have begun.
    tables: usize,
    /// Cells in the tables that are over.
    cells: u64,
    rows: u64,
    filled_rows: u64,
    filled_columns: u64,
    row_repeats: u64,
    column: u64,
    is_filled: bool,
}

/// Makes sure that every tag is closed, and that the sheets have room in memory.
pub(super) fn ensure_possible(file: &[u8]) -> Result<(), SheetError> {
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(damaged)?;
    // An encrypted one can't be looked into; calamine tells.
    let Ok(content) = archive.by_name(CONTENT) else { return Ok(()) };
    let mut reader = Reader::from_reader(BufReader::new(content));
    let (mut buffer, mut depth, mut extent) = (Vec::new(), 0_usize, Extent::default());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => {
                depth += 1;
                extent.start(&tag);
            }
            Ok(Event::Empty(tag)) => {
                extent.start(&tag);
                extent.end(tag.name().0);
            }
            Ok(Event::End(tag)) => {
                depth = depth.saturating_sub(1);
                extent.end(tag.name().0);
            }
            Ok(Event::Eof) if depth == 0 => return Ok(()),
            Ok(Event::Eof) => return Err(extent.damaged("it ends before it should")),
            Ok(_) => {}
            // So is an encrypted one's content no XML at all.
            Err(error) => return if depth == 0 { Ok(()) } else { Err(extent.damaged(error)) },
        }
        extent.ensure_small()?;
    }
}

impl Extent {
    fn start(&mut self, tag: &BytesStart<'_>) {
        match tag.name().0 {
            "table:table" => self.tables += 1,
            "table:table-row" => {
                // What is repeated beyond what programs can show is filling.
                self.row_repeats = attribute(tag, "table:number-rows-repeated").min(MOST_ROWS.into());
                (self.column, self.is_filled) = (0, false);
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let repeats = attribute(tag, "table:number-columns-repeated").min(MOST_COLUMNS.into());
                self.column = self.column.saturating_add(repeats).min(MOST_COLUMNS.into());
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
            "table:table" => {
                *self = Self { tables: self.tables, cells: self.all(), ..Self::default() };
            }
            _ => {}
        }
    }

    /// Damage behind what has been read.
    fn damaged(&self, why: impl Display) -> SheetError {
        let place = match (self.tables, self.rows) {
            (0, _) => String::new(),
            (sheet, 0) => format!(" in sheet {sheet}"),
            (sheet, row) => format!(" in sheet {sheet}, behind row {row}"),
        };
        SheetError::Damaged(format!("{CONTENT} is damaged{place}: {why}"))
    }

    fn all(&self) -> u64 {
        self.cells.saturating_add(self.filled_rows.saturating_mul(self.filled_columns))
    }

    fn ensure_small(&self) -> Result<(), SheetError> {
        let cells = self.all();
        if cells > MOST_CELLS {
            return Err(SheetError::Damaged(format!("its sheets have room for {cells} cells, too many for memory")));
        }
        Ok(())
    }
}

/// How often something is repeated: once, if nothing else is said.
fn attribute(tag: &BytesStart<'_>, name: &str) -> u64 {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.0 == name);
    found.and_then(|attribute| attribute.value.parse().ok()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::{SheetError, ensure_possible};
    use crate::source::samples::ods_of;

    fn said(rows: &str) -> Option<String> {
        match ensure_possible(&ods_of(rows)) {
            Ok(()) => None,
            Err(SheetError::Damaged(said)) => Some(said),
            Err(_) => panic!("another fault"),
        }
    }

    #[test]
    fn a_tag_that_is_not_closed_is_damage_and_filling_is_not() {
        let row = |repeats: u64, cell: &str| {
            format!("<table:table-row table:number-rows-repeated=\"{repeats}\">{cell}</table:table-row>")
        };
        let filled = "<table:table-cell office:value=\"1\" table:number-columns-repeated=\"100\"/>";
        let filling = "<table:table-cell table:number-columns-repeated=\"16384\"/>";
        assert_eq!(said(&format!("{}{}{}", row(10_000, filled), row(3, filling), row(1_048_576, filling))), None);
        assert!(said(&row(1_048_576, filled)).is_some_and(|said| said.contains("104857600 cells")));
        assert!(said(&format!("{}{}", row(1_048_575, filling), row(1, filled))).is_some());
        assert!(said("<table:table-").is_some());
        assert!(said("<table:table-row>").is_some());
    }
}
