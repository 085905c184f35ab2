//! Opening a workbook: detecting its format, and reading the wanted sheet.

use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use zip::ZipArchive;

use super::corruption::{corrupt_part, is_truncated, last_part};
use super::expansion::ensure_bounded;
use super::hidden::HiddenRows;
use super::limits::{MAX_BYTES, MAX_DECOMPRESSED};
use super::reader::{Cells, SheetReader};
use super::selection::Wanted;
use super::{ods, xls, xlsx};
use crate::source::dialect::SheetDialect;
use crate::source::error::ContentError;
use crate::source::format::Format;
use crate::source::options::SourceOptions;
use crate::source::text::Head;
use crate::text::quoted;

/// The first bytes of workbooks.
const ZIP: &[u8] = b"PK\x03\x04";
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// The content of an OpenDocument file's first part.
const ODS_TYPE: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

pub(in crate::source) fn may_be_workbook(start: &[u8]) -> bool {
    start.starts_with(ZIP) || start.starts_with(COMPOUND)
}

impl SheetReader {
    /// Reads the whole workbook, and keeps one of its sheets: of those that the options name, the one at this position.
    pub(in crate::source) fn open<R: Read>(
        head: Head<R>,
        options: &SourceOptions,
        position: usize,
    ) -> Result<(Self, Format, SheetDialect), ContentError> {
        let mut bytes = read_all(head)?;
        let size = bytes.len() as u64;
        if bytes.starts_with(ZIP) && is_truncated(&bytes) {
            return Err(ContentError::TruncatedWorkbook { bytes: size, part: last_part(&bytes) });
        }
        let format = match options.format {
            Some(format) => format,
            None => detect_format(&bytes).map_err(|detected| ContentError::NotATable { detected })?,
        };
        let read = catch_panic(|| read_cells(&mut bytes, format, Wanted { sheets: &options.sheets, position }));
        let read = read.unwrap_or_else(|| Err(ContentError::workbook(format, "its structure is invalid")));
        let (cells, dialect) = read.map_err(|error| match error {
            ContentError::Workbook { format, reason } => {
                // An archive's checksums say more than a parser that fails on what was decompressed.
                let part = catch_panic(|| corrupt_part(&bytes, MAX_DECOMPRESSED)).flatten();
                ContentError::workbook(format, part.unwrap_or(reason))
            }
            other => other,
        })?;
        Ok((Self::new(cells, size, options.skip_lines.unwrap_or_default()), format, dialect))
    }
}

/// Turns a parser's panic into `None`: a corrupt workbook must not end the process.
fn catch_panic<T>(read: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok()
}

fn read_all<R: Read>(head: Head<R>) -> Result<Vec<u8>, ContentError> {
    let mut bytes = head.bytes;
    let read = head.rest.take(MAX_BYTES).read_to_end(&mut bytes);
    read.map_err(|error| ContentError::io(None, error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ContentError::WorkbookTooLarge("the file is larger than 1 GiB".to_owned()));
    }
    Ok(bytes)
}

/// Detects the kind of workbook; if it is none, says what it looks like instead.
fn detect_format(bytes: &[u8]) -> Result<Format, String> {
    if bytes.starts_with(COMPOUND) {
        return Ok(Format::Xls);
    }
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| "a corrupt zip archive or Excel workbook")?;
    let names: Vec<String> = archive.file_names().flatten().map(Into::into).collect();
    let has = |start: &str| names.iter().any(|name| name.to_lowercase().starts_with(start));
    if has("xl/workbook.bin") {
        return Err("a binary Excel workbook (.xlsb); save it as .xlsx".to_owned());
    }
    if has("xl/") {
        return Ok(Format::Xlsx);
    }
    // The type is the first part, and not compressed.
    if bytes.get(..200).unwrap_or(bytes).windows(ODS_TYPE.len()).any(|window| window == ODS_TYPE) {
        return Ok(Format::Ods);
    }
    let first = names.iter().find(|name| !name.ends_with('/')).map_or("", String::as_str);
    Err(format!("a zip archive that contains {}; extract it first", quoted(first, 60)))
}

fn read_cells(bytes: &mut Vec<u8>, format: Format, wanted: Wanted<'_>) -> Result<(Cells, SheetDialect), ContentError> {
    if bytes.starts_with(COMPOUND) {
        // Replaces the original, so that the workbook is in memory once.
        *bytes = xls::repack(std::mem::take(bytes))?;
    }
    let hidden = if bytes.starts_with(ZIP) { ensure_bounded(bytes, format)? } else { HiddenRows::default() };
    let (mut cells, dialect) = match format {
        Format::Ods => ods::read(bytes, wanted),
        Format::Xls => xls::read(bytes, wanted),
        _ => xlsx::read(bytes, wanted),
    }?;
    cells.hidden = hidden.count(bytes, &dialect.name, &cells);
    Ok((cells, dialect))
}
