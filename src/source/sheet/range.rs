//! Sheets of the formats that calamine cannot read cell by cell.

use std::fmt::Display;
use std::io::Cursor;

use calamine::Reader;

use super::cell_text::cell_text;
use super::reader::Cells;
use super::selection::Wanted;
use crate::source::dialect::SheetDialect;
use crate::source::error::ContentError;
use crate::source::format::Format;

pub(super) fn read_range<'a, W>(
    mut workbook: W,
    format: Format,
    wanted: Wanted<'_>,
) -> Result<(Cells, SheetDialect), ContentError>
where
    W: Reader<Cursor<&'a [u8]>>,
    W::Error: Display,
{
    let sheet = wanted.select(workbook.sheets_metadata())?;
    let range = workbook.worksheet_range(&sheet.name).map_err(|error| ContentError::workbook(format, error))?;
    let (first_row, first_column) = range.start().unwrap_or_default();
    let index = |first: u32, offset: usize| first.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
    let mut cells = Cells::default();
    for (row, column, value) in range.used_cells() {
        cells.push(index(first_row, row), index(first_column, column), &cell_text(value, 0));
        cells.ensure_small()?;
    }
    Ok((cells, sheet))
}
