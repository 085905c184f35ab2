//! Excel workbooks in the binary format used until 2003: a file of streams, and a stream of records.
//!
//! calamine allocates room for whatever such a file says about itself: for all cells up to the farthest one, and for streams
//! that form a loop. A few wrong bytes would take all memory, so this module checks the file first.

use std::io::{Cursor, Read, Write};

use calamine::{Xls, XlsError, XlsOptions};
use cfb::{CompoundFile, Version};

use super::limits::{MAX_BYTES, MAX_CELLS, too_many_cells};
use super::range::read_range;
use super::reader::Cells;
use super::selection::Wanted;
use crate::source::dialect::SheetDialect;
use crate::source::error::ContentError;
use crate::source::format::Format;

/// The version of BIFF that Excel 97 and later write, and the code page of its text whatever its code page record says:
/// many programs write that of the system there.
const BIFF8: [u8; 2] = 0x0600_u16.to_le_bytes();
const UTF_16: u16 = 1200;

/// The size of such a sheet.
const MAX_ROWS: u32 = 65_536;
const MAX_COLUMNS: u32 = 256;

/// Record types of [MS-XLS].
mod record {
    pub(super) const BOF: [u8; 2] = 0x0809_u16.to_le_bytes();
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const DIMENSIONS: u16 = 0x0200;
    pub(super) const MUL_RK: u16 = 0x00bd;
    /// Formula, Number, Label, RString, BoolErr, RK, LabelSst and MulRk: each starts with a row and a column.
    pub(super) const CELLS: [u16; 8] = [0x0006, 0x0203, 0x0204, 0x00d6, 0x0205, 0x027e, 0x00fd, MUL_RK];
}

fn corrupt_xls(reason: impl ToString) -> ContentError {
    ContentError::workbook(Format::Xls, reason)
}

pub(super) fn read(bytes: &[u8], wanted: Wanted<'_>) -> Result<(Cells, SheetDialect), ContentError> {
    let mut options = XlsOptions::default();
    options.force_codepage = is_biff8(bytes).then_some(UTF_16);
    let workbook = Xls::new_with_options(Cursor::new(bytes), options).map_err(|error| match error {
        XlsError::Password => ContentError::Encrypted,
        error => corrupt_xls(error),
    })?;
    read_range(workbook, Format::Xls, wanted)
}

fn is_biff8(bytes: &[u8]) -> bool {
    let Ok(mut file) = CompoundFile::open(Cursor::new(bytes)) else { return false };
    let mut start = [0; 6];
    let read = file.open_stream(stream_name(&file)).and_then(|mut stream| stream.read_exact(&mut start));
    read.is_ok() && start[..2] == record::BOF && start[4..] == BIFF8
}

fn stream_name<F>(file: &CompoundFile<F>) -> &'static str {
    if file.is_stream("/Workbook") { "/Workbook" } else { "/Book" }
}

/// Copies the workbook alone into a new file of streams, after checking what it says about itself.
pub(super) fn repack(bytes: Vec<u8>) -> Result<Vec<u8>, ContentError> {
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(corrupt_xls)?;
    if file.is_stream("/EncryptedPackage") {
        return Err(ContentError::Encrypted);
    }
    let name = stream_name(&file);
    let mut workbook = Vec::new();
    let stream = file.open_stream(name).map_err(|_| corrupt_xls("the file contains no workbook"))?;
    stream.take(MAX_BYTES).read_to_end(&mut workbook).map_err(corrupt_xls)?;
    ensure_possible(&workbook)?;
    let mut repacked = CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::new())).map_err(corrupt_xls)?;
    repacked.create_stream(name).and_then(|mut stream| stream.write_all(&workbook)).map_err(corrupt_xls)?;
    repacked.flush().map_err(corrupt_xls)?;
    Ok(repacked.into_inner().into_inner())
}

/// Walks through the records without reading the cells.
fn ensure_possible(workbook: &[u8]) -> Result<(), ContentError> {
    let (mut sheets, mut rows, mut columns) = (0_u64, 0, 0);
    let mut rest = workbook;
    while let [kind_low, kind_high, low, high, following @ ..] = rest {
        let (kind, length) = (u16::from_le_bytes([*kind_low, *kind_high]), u16::from_le_bytes([*low, *high]));
        let Some((data, following)) = following.split_at_checked(usize::from(length)) else { break };
        rest = following;
        match kind {
            record::BOUND_SHEET => sheets += 1,
            record::DIMENSIONS => ensure_dimensions(data)?,
            _ if record::CELLS.contains(&kind) => {
                let cells = if kind == record::MUL_RK { u32::from(length).saturating_sub(6) / 6 } else { 1 };
                rows = rows.max(number(data, 0, 2) + 1);
                columns = columns.max(number(data, 2, 2) + cells);
            }
            _ => {}
        }
    }
    if columns > MAX_COLUMNS {
        return Err(corrupt_xls(format!("it has a cell in column {columns}")));
    }
    let cells = sheets.saturating_mul(u64::from(rows) * u64::from(columns));
    if cells > MAX_CELLS {
        return Err(too_many_cells(sheets, cells));
    }
    Ok(())
}

/// Checks the number of cells that calamine allocates.
fn ensure_dimensions(data: &[u8]) -> Result<(), ContentError> {
    let width = if data.len() == 10 { 2 } else { 4 };
    let (first, last) = (number(data, 0, width), number(data, width, width));
    let columns = number(data, 2 * width + 2, 2);
    let is_possible = (first <= last && last <= MAX_ROWS || last == 0) && columns <= MAX_COLUMNS;
    if is_possible {
        Ok(())
    } else {
        Err(corrupt_xls(format!("a sheet with rows {first} to {last} and {columns} columns")))
    }
}

/// Reads a little-endian number of `width` bytes; missing bytes count as 0.
fn number(data: &[u8], at: usize, width: usize) -> u32 {
    let bytes = data.iter().skip(at).take(width);
    bytes.rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::{ensure_possible, repack};

    fn record(kind: u16, data: &[u16]) -> Vec<u8> {
        let length = u16::try_from(data.len() * 2).unwrap();
        [kind, length].iter().chain(data).flat_map(|number| number.to_le_bytes()).collect()
    }

    fn problem(records: &[Vec<u8>]) -> Option<String> {
        match ensure_possible(&records.concat()) {
            Ok(()) => None,
            Err(error) => Some(error.to_string()),
        }
    }

    #[test]
    fn impossible_sheets_are_rejected() {
        let sheet = record(0x0085, &[0]);
        let rows = |last: u16, columns: u16| record(0x0200, &[0, 0, last, 0, 0, columns, 0]);
        assert_eq!(problem(&[sheet.clone(), rows(60_000, 20), record(0x0203, &[60_000, 19, 0])]), None);
        assert_eq!(problem(&[rows(10, 256), record(0x00bd, &[1, 250, 0, 0, 0, 0])]), None);
        for records in [
            vec![rows(10, 257)],
            vec![record(0x0200, &[5, 0, 2, 0, 0, 2, 0])],
            vec![record(0x0200, &[0, 0, 0, 2, 0, 2, 0])],
            vec![record(0x0203, &[1, 256, 0])],
            vec![record(0x00bd, &[1, 255, 0, 0, 0, 0, 0, 0, 0])],
            vec![record(0x0203, &[65_535, 255, 0]), sheet.repeat(3)],
        ] {
            assert!(problem(&records).is_some(), "{records:?}");
        }
    }

    #[test]
    fn repacking_keeps_the_workbook() {
        let bytes = include_bytes!("../tests/survey.xls");
        assert!(repack(bytes.to_vec()).is_ok_and(|repacked| repacked.starts_with(&bytes[..8])));
    }
}
