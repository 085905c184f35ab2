//! Limits for workbooks.

use crate::source::error::ContentError;
use crate::text::{counted, grouped};

/// From this file size on, in bytes, people are warned that a workbook takes memory.
pub(super) const LARGE_WORKBOOK: u64 = 50_000_000;

/// The largest file, in bytes, and the most bytes that may be compressed in it.
pub(super) const MAX_BYTES: u64 = 1 << 30;
pub(super) const MAX_DECOMPRESSED: u64 = 4 << 30;

/// The longest tag or text in the XML of a workbook, in bytes.
pub(super) const MAX_EVENT: u64 = 16 << 20;

/// The most that calamine may keep of one part of a workbook, in bytes: texts, and elements other than those of a sheet.
pub(super) const MAX_KEPT: u64 = 256 << 20;

/// What calamine allocates at least for an element that it keeps, and for the style of a cell.
pub(super) const PER_TAG: u64 = 64;
pub(super) const PER_STYLE: u64 = 512;

/// The most shared strings.
pub(super) const MAX_STRINGS: u64 = MAX_KEPT / PER_TAG;

/// The most cells to keep of a sheet, or, with empty ones, that calamine may allocate for all sheets; each takes 24 bytes.
pub(super) const MAX_CELLS: u64 = 10_000_000;

/// The longest text of a cell, in bytes. Excel allows 32,767 characters.
pub(super) const MAX_CELL: usize = 1 << 20;

/// The size of an XLSX or ODS sheet.
pub(super) const MAX_ROWS: u32 = 1_048_576;
pub(super) const MAX_COLUMNS: u32 = 16_384;

/// The most text of a sheet, in bytes: many cells can share or repeat one long text.
pub(super) const MAX_TEXT: u64 = 256 << 20;

pub(super) fn too_many_cells(sheets: u64, cells: u64) -> ContentError {
    let span = if sheets == 1 { "spans" } else { "span" };
    ContentError::WorkbookTooLarge(format!(
        "{} {span} {} cells, at most {} are allowed",
        counted(sheets, "sheet"),
        grouped(cells),
        grouped(MAX_CELLS)
    ))
}

pub(super) fn too_much_text() -> ContentError {
    ContentError::WorkbookTooLarge(format!("its sheets have more than {} MiB of text", MAX_TEXT >> 20))
}
