//! An input of any format as a header and rows.

use std::collections::VecDeque;
use std::io::Read;

use super::compression::Compression;
use super::dialect::{Dialect, HeaderStyle};
use super::error::{ContentError, SourceError};
use super::format::Format;
use super::header::{self, Header};
use super::header_doubt::{self, HeaderDoubt};
use super::options::SourceOptions;
use super::reader::Reader;
use super::row::{Row, RowError};
use crate::text::{excerpt, quoted};

/// How many rows after the header to check for surplus empty cells, and how many bytes at most.
const LOOKAHEAD: usize = 50;
const LOOKAHEAD_BYTES: usize = 256 * 1024;

/// The rows of an input.
pub struct Table<R: Read> {
    reader: Reader<R>,
    name: String,
    dialect: Dialect,
    header: Header,
    doubt: Option<HeaderDoubt>,
    /// Rows that were read to detect the header.
    lookahead: VecDeque<Row>,
    /// How many empty cells every row has after the header's last column.
    surplus: usize,
    number: u64,
}

impl<R: Read> Table<R> {
    /// Detects the dialect of an input and reads its header. Messages use `name`; its extension counts only where the
    /// content is ambiguous.
    ///
    /// # Errors
    /// When the input cannot be read, is not a table, has an ambiguous encoding, or has no readable header.
    pub fn open(input: R, name: &str, options: &SourceOptions) -> Result<Self, SourceError> {
        Self::open_sheet(input, name, options, 0)
    }

    /// The same for one of several sheets that the options name, counted from 0.
    pub(super) fn open_sheet(input: R, name: &str, options: &SourceOptions, sheet: usize) -> Result<Self, SourceError> {
        let extension = Format::from_extension(name);
        let name = excerpt(name, 200);
        let opened = Reader::open(input, extension, options, sheet).and_then(|(reader, dialect)| {
            let columns = reader.columns().map(<[String]>::to_vec);
            let name = match &dialect.sheet {
                Some(sheet) if sheet.selected > 1 => format!("{name}, sheet {}", quoted(&sheet.name, 40)),
                _ => name.clone(),
            };
            let (header, lookahead) = (Header::default(), VecDeque::new());
            let mut table = Self { reader, name, dialect, header, doubt: None, lookahead, surplus: 0, number: 0 };
            match columns {
                Some(names) => table.header = Header::from_names(names),
                None => table.read_header(options.header_rows.map(usize::from))?,
            }
            Ok(table)
        });
        opened.map_err(|error| error.in_input(&name))
    }

    /// Notes that the table is the only file of a zip archive.
    pub(super) fn in_zip(mut self) -> Self {
        self.dialect.compression.get_or_insert(Compression::Zip);
        self
    }

    fn read_header(&mut self, declared: Option<usize>) -> Result<(), ContentError> {
        let max_rows = declared.unwrap_or(header::MAX_ROWS);
        let mut first = self.read_ahead(max_rows)?;
        if first.is_empty() {
            return if self.sheets() > 1 { Ok(()) } else { Err(ContentError::Empty) };
        }
        let (rows, style) = match declared {
            Some(0) => {
                self.number_columns(first);
                return Ok(());
            }
            Some(rows) => (first.len().min(rows), HeaderStyle::Plain),
            None => header::detect(&first),
        };
        self.ensure_decoded(&first[..rows])?;
        self.header = Header::new(&first[..rows], style);
        if declared.is_none() && style == HeaderStyle::Plain {
            self.doubt = header_doubt::doubt(&first);
        }
        (self.dialect.header_rows, self.dialect.header_style) = (rows, style);
        self.lookahead = first.drain(rows..).collect();
        self.surplus = surplus(&self.lookahead, self.header.names.len());
        Ok(())
    }

    /// Names the columns by their positions, as many as most of the first rows have.
    fn number_columns(&mut self, first: Vec<Row>) {
        let rows_with = |width: usize| first.iter().filter(|row| row.len() == width).count();
        let width = first.iter().map(Row::len).max_by_key(|width| (rows_with(*width), *width)).unwrap_or_default();
        self.header = Header::from_names((1..=width).map(|position| format!("#{position}")).collect());
        self.dialect.header_style = HeaderStyle::None;
        self.lookahead = first.into();
    }

    /// Reads the rows that may form the header, and a few more.
    fn read_ahead(&mut self, header_rows: usize) -> Result<Vec<Row>, ContentError> {
        let (mut first, mut bytes) = (Vec::new(), 0);
        while first.len() < header_rows || (first.len() < header_rows + LOOKAHEAD && bytes < LOOKAHEAD_BYTES) {
            let mut row = Row::default();
            if !self.reader.read(&mut row)? {
                break;
            }
            bytes += row.cells().map(str::len).sum::<usize>();
            first.push(row);
        }
        Ok(first)
    }

    fn ensure_decoded(&self, rows: &[Row]) -> Result<(), ContentError> {
        let encoding = self.dialect.encoding.map_or("UTF-8", |encoding| encoding.name);
        let error = rows.iter().find_map(|row| match row.error? {
            RowError::NotUtf8 { column } | RowError::Undecodable { column, .. } => {
                Some(ContentError::Header { line: row.line, column: column + 1, encoding })
            }
            RowError::Ragged { .. } | RowError::NotAnObject { .. } | RowError::RepeatedKey { .. } => None,
        });
        error.map_or(Ok(()), Err)
    }

    /// The columns' unique names: as written, `Name#2` for the second `Name`, and `#7` for the seventh column if it has no
    /// name.
    pub fn headers(&self) -> &[String] {
        &self.header.names
    }

    /// The header rows as written.
    pub(crate) fn header_rows(&self) -> &[Vec<String>] {
        &self.header.rows
    }

    pub(crate) fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// How many sheets the options name; 1 for an input without sheets.
    pub(super) fn sheets(&self) -> usize {
        self.dialect.sheet.as_ref().map_or(1, |sheet| sheet.selected)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The error if the first row looks like data rather than a header.
    pub(super) fn ensure_header(&self) -> Result<(), SourceError> {
        match &self.doubt {
            Some(HeaderDoubt::Data { line, cell, what }) => {
                let error = ContentError::NoHeader { line: *line, cell: cell.clone(), what };
                Err(error.in_input(&self.name))
            }
            _ => Ok(()),
        }
    }

    /// Reads the next row, skipping empty lines; returns false at the end of the input. A problem with one row is in
    /// [`Row::error`], and the next call continues after it.
    ///
    /// A row has as many cells as the header. Trailing columns without a name may be missing; and if the input's first
    /// rows all have the same number of empty cells after its last column, these are dropped from every row. Any other
    /// difference is an error: usually an unquoted delimiter in a text has shifted the cells after it.
    ///
    /// # Errors
    /// When the rest of the input cannot be read: a read fails, the data is truncated, a quote is not closed, or a record is
    /// longer than 1 MiB.
    #[inline]
    pub fn read(&mut self, row: &mut Row) -> Result<bool, SourceError> {
        if let Some(next) = self.lookahead.pop_front() {
            *row = next;
        } else if !self.reader.read(row).map_err(|error| error.in_input(&self.name))? {
            return Ok(false);
        }
        self.number += 1;
        row.number = self.number;
        let (found, expected) = (row.len(), self.header.names.len());
        if found != expected && row.error.is_none() && !row.fit(self.header.named, expected, self.surplus) {
            row.error = Some(RowError::Ragged { found, expected });
        }
        Ok(true)
    }

    /// What people should know about the input although it could be read so far.
    pub fn warnings(&self) -> Vec<String> {
        let doubt = self.doubt.as_ref().and_then(HeaderDoubt::warning);
        self.reader.warnings().into_iter().chain(doubt).map(|warning| format!("{}: {warning}", self.name)).collect()
    }
}

/// How many cells the rows have after the header's last column, if all rows have the same number and these are empty. One
/// row alone proves nothing: a delimiter in its text may have shifted its cells.
fn surplus(rows: &VecDeque<Row>, width: usize) -> usize {
    let Some(first) = rows.front().filter(|row| row.len() > width && rows.len() > 1) else { return 0 };
    let has_surplus = |row: &Row| row.len() == first.len() && row.cells().skip(width).all(str::is_empty);
    if rows.iter().all(has_surplus) { first.len() - width } else { 0 }
}
