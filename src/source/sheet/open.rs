//! Bytes into a sheet's cells: which kind of workbook it is, which of its sheets is meant.

use std::fmt::Display;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Ods, OdsError, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsx, XlsxError};
use zip::ZipArchive;

use super::cell_text::{Shown, digits_of, show};
use super::corruption::{damaged_part, is_cut, last_part};
use super::{Cells, MOST_BYTES, MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED, Sheet};
use super::{ods, xls};
use crate::source::dialect::SheetDialect;
use crate::source::text::Start;
use crate::source::{Format, SourceError, SourceOptions};
use crate::text::excerpt;

type Bytes<'a> = Cursor<&'a [u8]>;

/// How workbooks begin.
const ZIP: &[u8] = b"PK\x03\x04";
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Where an OpenDocument file says what it is.
const ODS_TYPE: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

/// Whether an input begins as workbooks do.
pub(in crate::source) fn may_be_workbook(start: &[u8]) -> bool {
    start.starts_with(ZIP) || start.starts_with(COMPOUND)
}

/// Why a workbook can't be read, before its name is added.
pub(super) enum SheetError {
    Encrypted,
    Damaged(String),
    /// Not looked into any further.
    TooLarge(String),
    NoSuchSheet {
        given: String,
        sheets: Vec<String>,
    },
}

impl Sheet {
    /// Reads the whole workbook, and keeps one of its sheets.
    pub(in crate::source) fn open<R: Read>(
        start: Start<R>,
        name: &str,
        options: &SourceOptions,
    ) -> Result<Self, SourceError> {
        let compression = start.rest.compression();
        let mut bytes = read_all(start, name)?;
        let size = bytes.len() as u64;
        if bytes.starts_with(ZIP) && is_cut(&bytes) {
            return Err(SourceError::WorkbookCut { name: name.to_owned(), bytes: size, part: last_part(&bytes) });
        }
        let not_text = |seen| SourceError::NotText { name: name.to_owned(), seen, compression };
        let format = match options.format {
            Some(format) => format,
            None => format_of(&bytes).map_err(not_text)?,
        };
        let wanted = options.sheet.as_deref();
        let read = without_panic(|| read_cells(&mut bytes, format, wanted));
        let read = read.unwrap_or_else(|| Err(SheetError::Damaged("its structure makes no sense".to_owned())));
        let name = name.to_owned();
        let (cells, dialect) = read.map_err(|fault| match fault {
            SheetError::Encrypted => SourceError::Encrypted { name },
            SheetError::Damaged(reason) => {
                // An archive's checksums tell more than a parser that trips over what was unpacked.
                let part = without_panic(|| damaged_part(&bytes, MOST_UNPACKED)).flatten();
                SourceError::Workbook { name, format, reason: excerpt(&part.unwrap_or(reason), 200) }
            }
            SheetError::TooLarge(reason) => SourceError::Workbook { name, format, reason: excerpt(&reason, 200) },
            SheetError::NoSuchSheet { given, sheets } => {
                let sheets: Vec<_> = sheets.iter().map(|sheet| format!("\"{}\"", excerpt(sheet, 40))).collect();
                SourceError::NoSuchSheet { name, given: excerpt(&given, 40), sheets: excerpt(&sheets.join(", "), 400) }
            }
        })?;
        Ok(Self::new(cells, dialect, format, size))
    }
}

/// What a parser trips over is a damaged workbook, and no reason to end in a panic.
fn without_panic<T>(read: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok()
}

fn read_all<R: Read>(start: Start<R>, name: &str) -> Result<Vec<u8>, SourceError> {
    let mut bytes = start.bytes;
    let read = start.rest.take(MOST_BYTES).read_to_end(&mut bytes);
    read.map_err(|error| SourceError::from_io(name, None, error))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(SourceError::WorkbookTooLarge { name: name.to_owned() });
    }
    Ok(bytes)
}

/// Which kind of workbook it is; what it looks like instead if it is none.
fn format_of(bytes: &[u8]) -> Result<Format, String> {
    if bytes.starts_with(COMPOUND) {
        return Ok(Format::Xls);
    }
    let archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|_| "a zip archive or an Excel workbook, damaged or cut")?;
    let names: Vec<String> = archive.file_names().flatten().map(Into::into).collect();
    let has = |start: &str| names.iter().any(|name| name.to_lowercase().starts_with(start));
    if has("xl/workbook.bin") {
        return Err("a binary Excel workbook (.xlsb): save it as .xlsx".to_owned());
    }
    if has("xl/") {
        return Ok(Format::Xlsx);
    }
    // The type comes first, unpacked, so that it can be found without reading the archive.
    if bytes.get(..200).unwrap_or(bytes).windows(ODS_TYPE.len()).any(|window| window == ODS_TYPE) {
        return Ok(Format::Ods);
    }
    let first = names.iter().find(|name| !name.ends_with('/')).map_or("", String::as_str);
    Err(format!("a zip archive with \"{}\" in it: unpack it first", excerpt(first, 60)))
}

fn read_cells(bytes: &mut Vec<u8>, format: Format, wanted: Option<&str>) -> Result<(Cells, SheetDialect), SheetError> {
    if bytes.starts_with(COMPOUND) {
        // The file as it was is given up: a workbook is in memory once.
        *bytes = xls::repack(std::mem::take(bytes))?;
    }
    if bytes.starts_with(ZIP) {
        ensure_small(bytes)?;
    }
    let bytes = Cursor::new(bytes.as_slice());
    match format {
        Format::Ods => {
            ods::ensure_possible(bytes.get_ref())?;
            let mut workbook = Ods::new(bytes).map_err(|error| match error {
                OdsError::Password => SheetError::Encrypted,
                error => damaged(error),
            })?;
            read_range(&mut workbook, wanted)
        }
        Format::Xls => {
            let mut workbook = Xls::new(bytes).map_err(|error| match error {
                XlsError::Password => SheetError::Encrypted,
                error => damaged(error),
            })?;
            read_range(&mut workbook, wanted)
        }
        _ => {
            let mut workbook = Xlsx::new(bytes).map_err(|error| match error {
                XlsxError::Password => SheetError::Encrypted,
                error => damaged(error),
            })?;
            let dialect = choose(workbook.sheets_metadata(), wanted)?;
            Ok((read_xlsx(&mut workbook, &dialect.name)?, dialect))
        }
    }
}

pub(super) fn damaged(error: impl Display) -> SheetError {
    SheetError::Damaged(error.to_string())
}

/// Refuses archives that say of themselves that they unpack to more than fits.
fn ensure_small(bytes: &[u8]) -> Result<(), SheetError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut unpacked = 0_u64;
    for place in 0..archive.len() {
        unpacked = unpacked.saturating_add(archive.by_index_raw(place).map_err(damaged)?.size());
    }
    if unpacked > MOST_UNPACKED {
        return Err(SheetError::TooLarge(format!("it unpacks to {} MB", unpacked / 1_000_000)));
    }
    Ok(())
}

/// The sheet that is meant: by its name, by its place, or the first one that can be seen.
fn choose(sheets: &[calamine::Sheet], wanted: Option<&str>) -> Result<SheetDialect, SheetError> {
    let tables: Vec<_> = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).collect();
    let found = match wanted {
        None => tables.iter().find(|sheet| sheet.visible == SheetVisible::Visible).or(tables.first()),
        Some(wanted) => tables.iter().find(|sheet| sheet.name == wanted).or_else(|| {
            let place: usize = wanted.trim().parse().ok()?;
            tables.get(place.checked_sub(1)?)
        }),
    };
    found.map(|sheet| SheetDialect { name: sheet.name.clone(), of: tables.len() }).ok_or_else(|| {
        SheetError::NoSuchSheet {
            given: wanted.unwrap_or_default().to_owned(),
            sheets: tables.iter().map(|sheet| sheet.name.clone()).collect(),
        }
    })
}

/// Cell by cell: calamine's own range of a sheet has room for every cell that could be there.
fn read_xlsx(workbook: &mut Xlsx<Bytes<'_>>, sheet: &str) -> Result<Cells, SheetError> {
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(damaged)?;
    let format_code =
        |style: &calamine::Style| style.number_format.as_ref().map_or(0, |format| digits_of(&format.format_code));
    let digits: Vec<usize> = reader.styles().iter().map(format_code).collect();
    let (mut cells, mut reached) = (Cells::default(), 0);
    let broken = |reached: u32, why: String| {
        SheetError::Damaged(format!("sheet \"{sheet}\" is damaged{}: {why}", behind(reached)))
    };
    while let Some((cell, style)) =
        reader.next_cell_with_style_id().map_err(|error| broken(reached, error.to_string()))?
    {
        let (row, column) = cell.get_position();
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            let place =
                format!("a cell in row {} and column {}, where none can be", u64::from(row) + 1, u64::from(column) + 1);
            return Err(broken(reached, place));
        }
        let is_behind = match cell.get_value() {
            DataRef::SharedString(text) => cells.push(row, column, &Shown { text: (*text).into(), is_inexact: false }),
            value => {
                let value = value.clone().into();
                cells.push(row, column, &show(&value, digits.get(style).copied().unwrap_or_default()))
            }
        };
        if !is_behind {
            return Err(SheetError::Damaged(format!("row {} of sheet \"{sheet}\" stands in the wrong place", row + 1)));
        }
        reached = row + 1;
        cells.ensure_small()?;
    }
    Ok(cells)
}

fn behind(row: u32) -> String {
    if row == 0 { String::new() } else { format!(" behind row {row}") }
}

/// A sheet of the kinds of workbook that can't be read cell by cell.
fn read_range<'a, W>(workbook: &mut W, wanted: Option<&str>) -> Result<(Cells, SheetDialect), SheetError>
where
    W: Reader<Bytes<'a>>,
    W::Error: Display,
{
    let dialect = choose(workbook.sheets_metadata(), wanted)?;
    let range = workbook.worksheet_range(&dialect.name).map_err(damaged)?;
    let (first_row, first_column) = range.start().unwrap_or_default();
    let mut cells = Cells::default();
    for (row, column, value) in range.used_cells() {
        let [row, column] = [(first_row, row), (first_column, column)]
            .map(|(first, place)| first.saturating_add(u32::try_from(place).unwrap_or(u32::MAX)));
        cells.push(row, column, &show(value, 0));
        cells.ensure_small()?;
    }
    Ok((cells, dialect))
}
