//! Excel workbooks, read cell by cell: calamine's range of a sheet has room for every cell that could be there.

use std::fmt::Display;
use std::io::Cursor;

use calamine::{DataRef, Reader, Style, Xlsx, XlsxError};

use super::cell_text::{CellText, cell_text, leading_zeros};
use super::limits::{MAX_COLUMNS, MAX_ROWS};
use super::reader::Cells;
use super::selection::Wanted;
use crate::source::dialect::SheetDialect;
use crate::source::error::ContentError;
use crate::source::format::Format;
use crate::text::{grouped, quoted};

pub(super) fn read(bytes: &[u8], wanted: Wanted<'_>) -> Result<(Cells, SheetDialect), ContentError> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => ContentError::Encrypted,
        error => ContentError::workbook(Format::Xlsx, error),
    })?;
    let sheet = wanted.select(workbook.sheets_metadata())?;
    Ok((read_sheet(&mut workbook, &sheet.name)?, sheet))
}

fn read_sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, sheet: &str) -> Result<Cells, ContentError> {
    let mut reader =
        workbook.worksheet_cells_reader(sheet).map_err(|error| ContentError::workbook(Format::Xlsx, error))?;
    let digits: Vec<usize> = reader.styles().iter().map(digits).collect();
    let (mut cells, mut last_row) = (Cells::default(), 0);
    let corrupt_after = |row: u32, reason: &dyn Display| {
        let place = if row == 0 { String::new() } else { format!(" after row {}", grouped(row.into())) };
        ContentError::workbook(Format::Xlsx, format!("sheet {} is corrupt{place}: {reason}", quoted(sheet, 40)))
    };
    while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(|error| corrupt_after(last_row, &error))? {
        let (row, column) = cell.get_position();
        if row >= MAX_ROWS || column >= MAX_COLUMNS {
            let [row, column] = [row, column].map(|index| grouped(u64::from(index) + 1));
            let reason = format!("a cell in row {row}, column {column} is outside the sheet");
            return Err(corrupt_after(last_row, &reason));
        }
        let is_in_order = match cell.get_value() {
            DataRef::SharedString(text) => cells.push(row, column, &CellText::from(*text)),
            value => {
                let value = value.clone().into();
                cells.push(row, column, &cell_text(&value, digits.get(style).copied().unwrap_or_default()))
            }
        };
        if !is_in_order {
            return Err(corrupt_after(last_row, &format!("row {} is out of order", row + 1)));
        }
        last_row = row + 1;
        cells.ensure_small()?;
    }
    Ok(cells)
}

fn digits(style: &Style) -> usize {
    style.number_format.as_ref().map_or(0, |format| leading_zeros(&format.format_code))
}
