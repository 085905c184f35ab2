//! Limits for workbooks.

/// From this file size on, in bytes, people are warned that a workbook takes memory.
pub(super) const LARGE_WORKBOOK: u64 = 50_000_000;

/// The largest file, in bytes, and the most bytes that may be compressed in it.
pub(super) const MAX_BYTES: u64 = 1 << 30;
pub(super) const MAX_DECOMPRESSED: u64 = 4 << 30;

/// The most cells, empty ones included, that calamine may allocate for all sheets; each takes 24 bytes.
pub(super) const MAX_CELLS: u64 = 40_000_000;

/// The size of an XLSX or ODS sheet.
pub(super) const MAX_ROWS: u32 = 1_048_576;
pub(super) const MAX_COLUMNS: u32 = 16_384;

/// The most text to keep of a sheet, in bytes: many cells of a file can share one long text.
pub(super) const MAX_TEXT: usize = 1 << 30;
