//! An input of whatever format as a header and rows.

use std::collections::VecDeque;
use std::io::Read;

use super::compression::Compression;
use super::delimited::Delimited;
use super::delimiter::{find_delimiter, separator_line};
use super::dialect::{Dialect, HeaderStyle};
use super::header::{self, Header};
use super::json::{Layout, Objects};
use super::sheet::{LARGE_WORKBOOK, Sheet, may_be_workbook};
use super::text::{Opened, Start};
use super::{Format, Row, RowError, SourceError, SourceOptions};
use crate::text::{counted, excerpt};

/// How many rows behind the header are read to see whether all of them end in empty cells, and how many bytes at most.
const AHEAD: usize = 50;
const AHEAD_BYTES: usize = 256 * 1024;

/// The rows of an input, one after the other.
pub struct Table<R: Read> {
    form: Form<R>,
    name: String,
    dialect: Dialect,
    header: Header,
    /// Rows that were read to find the header out.
    ahead: VecDeque<Row>,
    /// How many empty cells every row has behind the header's last.
    surplus: usize,
    number: u64,
}

enum Form<R: Read> {
    Delimited(Box<Delimited<R>>),
    Objects(Box<Objects<R>>),
    Sheet(Sheet),
}

impl<R: Read> Table<R> {
    /// Looks at the start of an input and reads its header. `name` is what messages call it; its ending counts only where
    /// the content leaves a choice.
    ///
    /// # Errors
    /// When it can't be read, is no table, can be read in two ways, or has no header that can be read.
    pub fn open(input: R, name: &str, options: &SourceOptions) -> Result<Self, SourceError> {
        let ending = Format::of_ending(name);
        let name = excerpt(name, 200);
        let start = Start::read(input, &name)?;
        let compression = start.rest.compression();
        let is_workbook = options.format.map_or_else(|| may_be_workbook(&start.bytes), Format::is_workbook);
        if is_workbook {
            return Self::open_sheet(Sheet::open(start, &name, options)?, name, compression, options);
        }
        let opened = start.decode(&name, options)?;
        let format =
            options.format.unwrap_or_else(|| Format::of_text(&String::from_utf8_lossy(&opened.sample), ending));
        match format {
            Format::Json | Format::JsonLines => Self::open_objects(opened, name, format, compression),
            _ => Self::open_delimited(opened, name, compression, options, ending),
        }
    }

    fn open_sheet(
        sheet: Sheet,
        name: String,
        compression: Option<Compression>,
        options: &SourceOptions,
    ) -> Result<Self, SourceError> {
        let dialect = Dialect {
            format: sheet.format,
            compression,
            encoding: None,
            delimiter: None,
            header_rows: 1,
            header: HeaderStyle::Plain,
            sheet: Some(sheet.dialect.clone()),
        };
        Self::with_header(Form::Sheet(sheet), name, dialect, options)
    }

    fn open_objects(
        opened: Opened<R>,
        name: String,
        format: Format,
        compression: Option<Compression>,
    ) -> Result<Self, SourceError> {
        let encoding = opened.encoding;
        let layout = if format == Format::Json { Layout::Array } else { Layout::of(&opened.sample) };
        let objects = Objects::new(opened.text(0), &name, encoding, layout)?;
        let header = Header::of_names(objects.names().to_vec());
        let dialect = Dialect {
            format,
            compression,
            encoding: Some(encoding),
            delimiter: None,
            header_rows: 0,
            header: HeaderStyle::Plain,
            sheet: None,
        };
        Ok(Self {
            form: Form::Objects(Box::new(objects)),
            name,
            dialect,
            header,
            ahead: VecDeque::new(),
            surplus: 0,
            number: 0,
        })
    }

    fn open_delimited(
        opened: Opened<R>,
        name: String,
        compression: Option<Compression>,
        options: &SourceOptions,
        ending: Option<Format>,
    ) -> Result<Self, SourceError> {
        let declared = separator_line(&opened.sample);
        let without = declared.map_or(0, |(_, length)| length);
        let given = options.delimiter.or((options.format == Some(Format::Tsv)).then_some(b'\t'));
        let delimiter = given.or(declared.map(|(delimiter, _)| delimiter)).unwrap_or_else(|| {
            let preferred = (ending == Some(Format::Tsv)).then_some(b'\t');
            find_delimiter(&opened.sample, opened.is_whole(), preferred)
        });
        let dialect = Dialect {
            format: if delimiter == b'\t' { Format::Tsv } else { Format::Csv },
            compression,
            encoding: Some(opened.encoding),
            delimiter: Some(delimiter),
            header_rows: 1,
            header: HeaderStyle::Plain,
            sheet: None,
        };
        let line = 1 + u64::from(declared.is_some());
        let encoding = opened.encoding;
        let delimited = Delimited::new(opened.text(without), &name, encoding, delimiter, line);
        Self::with_header(Form::Delimited(Box::new(delimited)), name, dialect, options)
    }

    fn with_header(
        form: Form<R>,
        name: String,
        dialect: Dialect,
        options: &SourceOptions,
    ) -> Result<Self, SourceError> {
        let header = Header::default();
        let mut table = Self { form, name, dialect, header, ahead: VecDeque::new(), surplus: 0, number: 0 };
        let most = options.header_rows.map_or(header::MOST_ROWS, usize::from);
        let mut first = table.read_ahead(most)?;
        if first.is_empty() {
            return Err(SourceError::Empty { name: table.name });
        }
        let (rows, form) = match options.header_rows {
            Some(_) => (first.len().min(most), HeaderStyle::Plain),
            None => header::find(&first),
        };
        table.ensure_decoded(&first[..rows])?;
        table.header = Header::new(&first[..rows], form);
        (table.dialect.header_rows, table.dialect.header) = (rows, form);
        table.ahead = first.drain(rows..).collect();
        table.surplus = surplus(&table.ahead, table.header.names.len());
        Ok(table)
    }

    /// Reads the rows that may be the header, and a few more.
    fn read_ahead(&mut self, header_rows: usize) -> Result<Vec<Row>, SourceError> {
        let (mut first, mut bytes) = (Vec::new(), 0);
        while first.len() < header_rows || (first.len() < header_rows + AHEAD && bytes < AHEAD_BYTES) {
            let mut row = Row::default();
            if !self.form.read(&mut row)? {
                break;
            }
            bytes += row.cells().map(str::len).sum::<usize>();
            first.push(row);
        }
        Ok(first)
    }

    fn ensure_decoded(&self, rows: &[Row]) -> Result<(), SourceError> {
        let encoding = self.dialect.encoding.map_or("UTF-8", |encoding| encoding.name);
        let fault = rows.iter().find_map(|row| match row.error {
            Some(RowError::NotUtf8 { column } | RowError::Undecodable { column, .. }) => Some((row.line, column)),
            _ => None,
        });
        fault.map_or(Ok(()), |(line, column)| {
            Err(SourceError::Header { name: self.name.clone(), line, column: column + 1, encoding })
        })
    }

    /// The columns' names, no two of them alike: as they are written, `Name#2` for the second `Name`, and `#7` for the
    /// seventh column if it has no name.
    pub fn headers(&self) -> &[String] {
        &self.header.names
    }

    /// The rows of the header as they are written.
    pub fn header_rows(&self) -> &[Vec<String>] {
        &self.header.rows
    }

    /// What the input was found to be.
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// What messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads the next row; false at the end of the input. Empty lines are no rows. What is wrong with one row is said in
    /// [`Row::error`], and the next call goes on after it.
    ///
    /// A row has as many cells as the header. Columns without a name at its end may be missing; and if the input's first
    /// rows all have the same number of empty cells behind its last column, they are dropped from every row. Any other
    /// difference is a fault: most often a delimiter in a text has moved the cells behind it.
    ///
    /// # Errors
    /// When the input can't be read any further: it fails, is cut, a quote is never closed, or a record is beyond
    /// [`MAX_RECORD`](super::MAX_RECORD).
    pub fn read(&mut self, row: &mut Row) -> Result<bool, SourceError> {
        if let Some(ahead) = self.ahead.pop_front() {
            *row = ahead;
        } else if !self.form.read(row)? {
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

    /// What people should know of the input though it could be read so far.
    pub fn warnings(&self) -> Vec<String> {
        match &self.form {
            Form::Delimited(_) => Vec::new(),
            Form::Sheet(sheet) if sheet.bytes > LARGE_WORKBOOK => vec![format!(
                "{}: a workbook of {} MB is read into memory as a whole: saved as CSV it would need hardly any",
                self.name,
                sheet.bytes / 1_000_000
            )],
            Form::Sheet(_) => Vec::new(),
            Form::Objects(objects) => {
                let overlooked = objects.overlooked().iter();
                let one = |(key, rows): (&String, &u64)| {
                    format!(
                        "{}: the key \"{}\" is in {}, but in none of the first records: it is left out",
                        self.name,
                        excerpt(key, 60),
                        counted(*rows, "row")
                    )
                };
                overlooked.map(one).collect()
            }
        }
    }
}

impl<R: Read> Form<R> {
    #[inline]
    fn read(&mut self, row: &mut Row) -> Result<bool, SourceError> {
        match self {
            Self::Delimited(delimited) => delimited.read(row),
            Self::Objects(objects) => objects.read(row),
            Self::Sheet(sheet) => sheet.read(row),
        }
    }
}

/// How many cells the rows have behind the header's last, if all of them have the same number and all of these are
/// empty. One row by itself tells nothing: a delimiter in its text may have moved its cells.
fn surplus(rows: &VecDeque<Row>, width: usize) -> usize {
    let Some(first) = rows.front().filter(|row| row.len() > width && rows.len() > 1) else { return 0 };
    let is_so = |row: &Row| row.len() == first.len() && row.cells().skip(width).all(str::is_empty);
    if rows.iter().all(is_so) { first.len() - width } else { 0 }
}
