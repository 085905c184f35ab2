//! Reading the rows of several inputs, one after the other.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::MAIN_SEPARATOR;
use std::sync::Arc;

use super::archive::Unpacked;
use super::dialect::Dialect;
use super::error::{ContentError, SourceError};
use super::input::{Input, InputError};
use super::inputs::Inputs;
use super::layout::{Layout, Part};
use super::options::SourceOptions;
use super::row::{Place, Row};
use super::table::Table;
use crate::text::excerpt;

/// A file that can be inspected while a table reads it.
#[derive(Debug, Clone)]
struct SharedFile(Arc<File>);

impl Read for SharedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

impl Seek for SharedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        (&*self.0).seek(to)
    }
}

/// One pass over all rows of all inputs, and of all sheets that the options name. Rows are numbered across them.
pub(crate) struct RowReader<'a> {
    inputs: &'a Inputs,
    options: SourceOptions,
    /// The index of the current input, and of its sheet among those that are read.
    position: (usize, usize),
    /// How many rows the previous inputs and sheets have.
    rows_before: u64,
    /// The number of the last row.
    last: u64,
    shared: SharedFile,
    table: Table<Unpacked<SharedFile>>,
    layout: Arc<Layout>,
    place: Arc<Place>,
    /// Where each column is in the current table, unless it has the same columns as all of them together.
    sources: Option<Vec<Option<usize>>>,
    /// The last row of the current table, if it is to be arranged.
    unarranged: Row,
    warnings: Vec<String>,
    has_workbook: bool,
    /// Whether a first row that looks like data is an error.
    ensures_header: bool,
}

type Opened = (SharedFile, Table<Unpacked<SharedFile>>);

impl Inputs {
    /// Opens the first input and reads its header; of several inputs or sheets, all headers.
    pub(crate) fn open(&self, options: &SourceOptions) -> Result<RowReader<'_>, SourceError> {
        let empty = || ContentError::Empty.in_input("the input");
        let (shared, table) = self.open_part((0, 0), options)?.ok_or_else(empty)?;
        let layout = self.layout(&table, options)?;
        if layout.columns.is_empty() {
            return Err(empty());
        }
        Ok(RowReader {
            inputs: self,
            options: options.clone(),
            position: (0, 0),
            rows_before: 0,
            last: 0,
            place: self.place((0, 0), &table),
            sources: layout.sources(table.headers()),
            layout,
            shared,
            table,
            unarranged: Row::default(),
            warnings: Vec::new(),
            has_workbook: false,
            ensures_header: false,
        })
    }

    /// Opens an input and, if it is a workbook, one of the sheets that are read.
    fn open_part(&self, position: (usize, usize), options: &SourceOptions) -> Result<Option<Opened>, SourceError> {
        let Some(input) = self.files.get(position.0) else { return Ok(None) };
        let shared = SharedFile(Arc::new(input.read()?));
        let table = open_table(input, &shared, options, position.1)?;
        Ok(Some((shared, table)))
    }

    /// The columns of all inputs and sheets. Reads all headers once, if there are several.
    fn layout(&self, first: &Table<Unpacked<SharedFile>>, options: &SourceOptions) -> Result<Arc<Layout>, SourceError> {
        if self.files.len() == 1 && first.sheets() == 1 {
            let mut layout = Layout::default();
            layout.add(self.part((0, 0), first));
            return Ok(Arc::new(layout));
        }
        if let Some((_, layout)) = self.layout.get().filter(|(read_with, _)| read_with == options) {
            return Ok(Arc::clone(layout));
        }
        let layout = Arc::new(self.read_layout(options)?);
        // Another thread may have been faster.
        let _ = self.layout.set((options.clone(), Arc::clone(&layout)));
        Ok(layout)
    }

    fn read_layout(&self, options: &SourceOptions) -> Result<Layout, SourceError> {
        let (mut layout, mut position) = (Layout::default(), (0, 0));
        while let Some((_, table)) = self.open_part(position, options)? {
            // Of several sheets, some may be empty.
            if !table.headers().is_empty() {
                layout.add(self.part(position, &table));
            }
            position = next(position, &table);
        }
        Ok(layout)
    }

    fn part(&self, position: (usize, usize), table: &Table<Unpacked<SharedFile>>) -> Part {
        let place = self.place(position, table);
        Part { name: table.name().to_owned(), place, columns: table.headers().to_vec() }
    }

    fn place(&self, (file, _): (usize, usize), table: &Table<Unpacked<SharedFile>>) -> Arc<Place> {
        let path = self.files.get(file).map_or("", Input::name);
        let sheet = table.dialect().sheet.as_ref().map_or_else(String::new, |sheet| sheet.name.clone());
        Arc::new(Place { file: path.rsplit(MAIN_SEPARATOR).next().unwrap_or(path).to_owned(), sheet })
    }
}

/// The input and the sheet after these.
fn next((file, sheet): (usize, usize), table: &Table<Unpacked<SharedFile>>) -> (usize, usize) {
    if sheet + 1 < table.sheets() { (file, sheet + 1) } else { (file + 1, 0) }
}

/// Opens the input, or the only file of a zip archive.
fn open_table(
    input: &Input,
    shared: &SharedFile,
    options: &SourceOptions,
    sheet: usize,
) -> Result<Table<Unpacked<SharedFile>>, SourceError> {
    let unpacked = Unpacked::new(shared.clone()).map_err(|error| error.in_input(&excerpt(input.name(), 200)))?;
    match &unpacked {
        Unpacked::Whole(_) => Table::open_sheet(unpacked, input.name(), options, sheet),
        Unpacked::Entry { name, .. } => {
            let name = format!("{}/{name}", input.name());
            Table::open_sheet(unpacked, &name, options, sheet).map(Table::in_zip)
        }
    }
}

impl RowReader<'_> {
    /// From now on, fails if the first row of an input looks like data rather than a header, unless the options say how many
    /// rows form the header.
    pub(crate) fn ensure_headers(&mut self) -> Result<(), SourceError> {
        self.ensures_header = true;
        self.table.ensure_header()
    }

    /// Whether an input read so far is a workbook.
    pub(crate) fn has_workbook(&self) -> bool {
        self.has_workbook || self.dialect().sheet.is_some()
    }

    /// The columns' names, as in [`Table::headers`]: those of all inputs and sheets.
    pub(crate) fn headers(&self) -> &[String] {
        &self.layout.columns
    }

    /// The inputs and sheets, and their columns.
    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The header rows of the current input as written.
    pub(crate) fn header_rows(&self) -> &[Vec<String>] {
        self.table.header_rows()
    }

    /// The dialect of the current input.
    pub(crate) fn dialect(&self) -> &Dialect {
        self.table.dialect()
    }

    /// The name of the current input, with its sheet, if there are several.
    pub(crate) fn part_name(&self) -> Option<&str> {
        (self.layout.parts.len() > 1).then(|| self.table.name())
    }

    /// Reads the next row, as [`Table::read`] does; after the last row of an input or sheet, continues with the next one.
    #[inline]
    pub(crate) fn read(&mut self, row: &mut Row) -> Result<bool, SourceError> {
        while !self.read_in_part(row)? {
            if !self.open_next()? {
                return Ok(false);
            }
        }
        row.number += self.rows_before;
        self.last = row.number;
        if row.place.as_ref().is_none_or(|place| !Arc::ptr_eq(place, &self.place)) {
            row.place = Some(Arc::clone(&self.place));
        }
        Ok(true)
    }

    #[inline]
    fn read_in_part(&mut self, row: &mut Row) -> Result<bool, SourceError> {
        let Some(sources) = &self.sources else { return self.table.read(row) };
        let is_read = self.table.read(&mut self.unarranged)?;
        if is_read {
            row.arrange(&self.unarranged, sources);
        }
        Ok(is_read)
    }

    fn open_next(&mut self) -> Result<bool, SourceError> {
        let position = next(self.position, &self.table);
        self.ensure_unchanged()?;
        let Some((shared, table)) = self.inputs.open_part(position, &self.options)? else { return Ok(false) };
        self.has_workbook = self.has_workbook();
        self.warnings.extend(self.table.warnings());
        self.place = self.inputs.place(position, &table);
        self.sources = self.layout.sources(table.headers());
        (self.shared, self.table) = (shared, table);
        (self.position, self.rows_before) = (position, self.last);
        if self.ensures_header {
            self.table.ensure_header()?;
        }
        Ok(true)
    }

    /// What people should know about the inputs although they could be read so far.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.warnings.iter().cloned().chain(self.table.warnings()).collect()
    }

    /// Checks that the current input has not changed since it was first opened.
    pub(crate) fn ensure_unchanged(&self) -> Result<(), InputError> {
        self.inputs.files.get(self.position.0).map_or(Ok(()), |input| input.ensure_unchanged(&self.shared.0))
    }
}

#[cfg(test)]
mod tests {
    use crate::source::input::Input;
    use crate::source::inputs::Inputs;
    use crate::source::options::SourceOptions;
    use crate::source::row::Row;
    use std::path::{Path, PathBuf};

    fn write(dir: &Path, files: &[(&str, &str)]) -> Vec<PathBuf> {
        let write = |(name, text): &(&str, &str)| {
            std::fs::write(dir.join(name), text).unwrap();
            dir.join(name)
        };
        files.iter().map(write).collect()
    }

    fn inputs(paths: &[PathBuf], spool: &Path) -> Inputs {
        Inputs::new(paths.iter().map(|path| Input::file(path, spool).unwrap()).collect()).unwrap()
    }

    #[test]
    fn rows_continue_across_files() {
        let dir = tempfile::tempdir().unwrap();
        let files =
            [("a.csv", "id,score\n1,5\n2,4\n"), ("b.tsv", "id\tscore\n"), ("c.jsonl", "{\"id\":3,\"score\":1}\n")];
        let inputs = inputs(&write(dir.path(), &files), dir.path());
        let mut rows = inputs.open(&SourceOptions::default()).unwrap();
        let (mut row, mut all) = (Row::default(), Vec::new());
        while rows.read(&mut row).unwrap() {
            let name = row.place.as_ref().unwrap().file.clone();
            assert!(rows.part_name().unwrap().ends_with(&name));
            all.push((row.number, name, row.line, row.cell(0).unwrap().to_owned()));
        }
        let expected = [(1, "a.csv", 2, "1"), (2, "a.csv", 3, "2"), (3, "c.jsonl", 1, "3")];
        assert_eq!(all, expected.map(|(number, name, line, cell)| (number, name.to_owned(), line, cell.to_owned())));
    }

    #[test]
    fn byte_hash_covers_files_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let files = write(dir.path(), &[("a.csv", "id\n1\n\n"), ("b.csv", "id\n2\n")]);
        let hash = |files: &[PathBuf]| inputs(files, dir.path()).byte_hash().unwrap();
        assert_eq!(hash(&files[..1]), *blake3::hash(b"id\n1\n\n").as_bytes());
        let reversed = [files[1].clone(), files[0].clone()];
        assert_eq!(hash(&files), hash(&files));
        assert_ne!(hash(&files), hash(&reversed));
    }

    #[test]
    fn files_are_joined_by_column_name() {
        let dir = tempfile::tempdir().unwrap();
        let files =
            [("a.csv", "id,score\n1,5\n"), ("b.csv", "note,score,id\nx,4,2\nx,4\n"), ("c.jsonl", "{\"id\":3}\n")];
        let inputs = inputs(&write(dir.path(), &files), dir.path());
        let mut rows = inputs.open(&SourceOptions::default()).unwrap();
        assert_eq!(rows.headers(), ["id", "score", "note"]);
        let (mut row, mut all) = (Row::default(), Vec::new());
        while rows.read(&mut row).unwrap() {
            all.push(row.cells().collect::<Vec<_>>().join(","));
            assert_eq!(row.error.is_some(), row.number == 3);
        }
        assert_eq!(all, ["1,5,", "2,4,x", "x,4", "3,,"]);
    }
}
