//! Workbooks as they were until 2003: a file of streams in one file, and records in a stream.
//!
//! calamine makes room for what such a file says of itself: for all cells up to the farthest one, and for streams that go
//! round in circles. A few wrong bytes would cost all memory there is, so this looks first.

use std::io::{Cursor, Read, Write};

use cfb::{CompoundFile, Version};

use super::open::{SheetError, damaged};
use super::{MOST_BYTES, MOST_CELLS};

/// What such a sheet can have at most.
const MOST_ROWS: u32 = 65_536;
const MOST_COLUMNS: u32 = 256;

/// Records: what they are called in [MS-XLS], and their numbers.
mod record {
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const DIMENSIONS: u16 = 0x0200;
    pub(super) const MUL_RK: u16 = 0x00bd;
    /// Formula, Number, Label, RString, BoolErr, RK, LabelSst and MulRk: each begins with a row and a column.
    pub(super) const CELLS: [u16; 8] = [0x0006, 0x0203, 0x0204, 0x00d6, 0x0205, 0x027e, 0x00fd, MUL_RK];
}

/// The workbook alone in a new file of streams, if what it says of itself is possible.
pub(super) fn repack(bytes: Vec<u8>) -> Result<Vec<u8>, SheetError> {
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
    if file.is_stream("/EncryptedPackage") {
        return Err(SheetError::Encrypted);
    }
    let name = if file.is_stream("/Workbook") { "/Workbook" } else { "/Book" };
    let mut workbook = Vec::new();
    let stream = file.open_stream(name).map_err(|_| SheetError::Damaged("there is no workbook in it".to_owned()))?;
    stream.take(MOST_BYTES).read_to_end(&mut workbook).map_err(damaged)?;
    ensure_possible(&workbook)?;
    let mut repacked = CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::new())).map_err(damaged)?;
    repacked.create_stream(name).and_then(|mut stream| stream.write_all(&workbook)).map_err(damaged)?;
    repacked.flush().map_err(damaged)?;
    Ok(repacked.into_inner().into_inner())
}

/// Walks through the records without reading what is in the cells.
fn ensure_possible(workbook: &[u8]) -> Result<(), SheetError> {
    let (mut sheets, mut rows, mut columns) = (0_u64, 0, 0);
    let mut rest = workbook;
    while let [kind_low, kind_high, low, high, behind @ ..] = rest {
        let (kind, length) = (u16::from_le_bytes([*kind_low, *kind_high]), u16::from_le_bytes([*low, *high]));
        let Some((data, behind)) = behind.split_at_checked(usize::from(length)) else { break };
        rest = behind;
        match kind {
            record::BOUND_SHEET => sheets += 1,
            record::DIMENSIONS => ensure_dimensions(data)?,
            _ if record::CELLS.contains(&kind) => {
                let more = if kind == record::MUL_RK { u32::from(length).saturating_sub(6) / 6 } else { 1 };
                rows = rows.max(number(data, 0, 2) + 1);
                columns = columns.max(number(data, 2, 2) + more);
            }
            _ => {}
        }
    }
    if columns > MOST_COLUMNS {
        return Err(SheetError::Damaged(format!("it has a cell in column {columns}")));
    }
    let cells = sheets.saturating_mul(u64::from(rows) * u64::from(columns));
    if cells > MOST_CELLS {
        return Err(SheetError::Damaged(format!(
            "its {sheets} sheets have room for {cells} cells, too many for memory"
        )));
    }
    Ok(())
}

/// Room is made for as many cells as this says.
fn ensure_dimensions(data: &[u8]) -> Result<(), SheetError> {
    let width = if data.len() == 10 { 2 } else { 4 };
    let (first, last) = (number(data, 0, width), number(data, width, width));
    let columns = number(data, 2 * width + 2, 2);
    let is_possible = (first <= last && last <= MOST_ROWS || last == 0) && columns <= MOST_COLUMNS;
    if is_possible {
        Ok(())
    } else {
        Err(SheetError::Damaged(format!("a sheet with rows {first} to {last}, {columns} columns")))
    }
}

/// A number of so many bytes; what isn't there is nothing.
fn number(data: &[u8], at: usize, width: usize) -> u32 {
    let bytes = data.iter().skip(at).take(width);
    bytes.rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::{SheetError, ensure_possible, repack};

    fn record(kind: u16, data: &[u16]) -> Vec<u8> {
        let length = u16::try_from(data.len() * 2).unwrap();
        [kind, length].iter().chain(data).flat_map(|number| number.to_le_bytes()).collect()
    }

    fn said(records: &[Vec<u8>]) -> Option<String> {
        match ensure_possible(&records.concat()) {
            Ok(()) => None,
            Err(SheetError::Damaged(said)) => Some(said),
            Err(_) => panic!("another fault"),
        }
    }

    #[test]
    fn what_a_sheet_cannot_have_is_no_sheet() {
        let sheet = record(0x0085, &[0]);
        let rows = |last: u16, columns: u16| record(0x0200, &[0, 0, last, 0, 0, columns, 0]);
        assert_eq!(said(&[sheet.clone(), rows(60_000, 20), record(0x0203, &[60_000, 19, 0])]), None);
        assert_eq!(said(&[rows(10, 256), record(0x00bd, &[1, 250, 0, 0, 0, 0])]), None);
        for records in [
            vec![rows(10, 257)],
            vec![record(0x0200, &[5, 0, 2, 0, 0, 2, 0])],
            vec![record(0x0200, &[0, 0, 0, 2, 0, 2, 0])],
            vec![record(0x0203, &[1, 256, 0])],
            vec![record(0x00bd, &[1, 255, 0, 0, 0, 0, 0, 0, 0])],
            vec![record(0x0203, &[65_535, 255, 0]), sheet.repeat(3)],
        ] {
            assert!(said(&records).is_some(), "{records:?}");
        }
    }

    #[test]
    fn the_workbook_is_what_it_was() {
        let bytes = include_bytes!("../tests/survey.xls");
        assert!(repack(bytes.to_vec()).is_ok_and(|repacked| repacked.starts_with(&bytes[..8])));
    }
}
