//! Reading the rows of several inputs, one after the other.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use super::archive::Unpacked;
use super::dialect::Dialect;
use super::error::{ContentError, SourceError};
use super::header::difference;
use super::input::{Input, InputError};
use super::inputs::Inputs;
use super::options::SourceOptions;
use super::row::Row;
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

/// One pass over all rows of all inputs. Rows are numbered across inputs.
pub(crate) struct RowReader<'a> {
    inputs: &'a Inputs,
    options: SourceOptions,
    /// The index of the current input.
    file: usize,
    /// How many rows the previous inputs have.
    rows_before: u64,
    /// The number of the last row.
    last: u64,
    shared: SharedFile,
    table: Table<Unpacked<SharedFile>>,
    headers: Vec<String>,
    warnings: Vec<String>,
    has_workbook: bool,
    /// Whether a first row that looks like data is an error.
    ensures_header: bool,
}

impl Inputs {
    /// Opens the first input and reads its header.
    pub(crate) fn open(&self, options: &SourceOptions) -> Result<RowReader<'_>, SourceError> {
        let first = self.0.first().ok_or_else(|| ContentError::Empty.in_input("the input"))?;
        let shared = SharedFile(Arc::new(first.read()?));
        let table = open_table(first, &shared, options)?;
        Ok(RowReader {
            inputs: self,
            options: options.clone(),
            file: 0,
            rows_before: 0,
            last: 0,
            shared,
            headers: table.headers().to_vec(),
            table,
            warnings: Vec::new(),
            has_workbook: false,
            ensures_header: false,
        })
    }
}

/// Opens the input, or the only file of a zip archive.
fn open_table(
    input: &Input,
    shared: &SharedFile,
    options: &SourceOptions,
) -> Result<Table<Unpacked<SharedFile>>, SourceError> {
    let unpacked = Unpacked::new(shared.clone()).map_err(|error| error.in_input(&excerpt(input.name(), 200)))?;
    match &unpacked {
        Unpacked::Whole(_) => Table::open(unpacked, input.name(), options),
        Unpacked::Entry { name, .. } => {
            let name = format!("{}/{name}", input.name());
            Table::open(unpacked, &name, options).map(Table::in_zip)
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

    /// The columns' names, as in [`Table::headers`]; the same in all inputs.
    pub(crate) fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The header rows of the current input as written.
    pub(crate) fn header_rows(&self) -> &[Vec<String>] {
        self.table.header_rows()
    }

    /// The dialect of the current input.
    pub(crate) fn dialect(&self) -> &Dialect {
        self.table.dialect()
    }

    /// The name of the input that a row is in, if there are several.
    pub(crate) fn file_of(&self, row: &Row) -> Option<&str> {
        self.inputs.0.get(row.file).map(Input::name).filter(|_| self.inputs.0.len() > 1)
    }

    /// Reads the next row, as [`Table::read`] does; after one input's last row, continues with the next input.
    pub(crate) fn read(&mut self, row: &mut Row) -> Result<bool, SourceError> {
        while !self.table.read(row)? {
            if !self.open_next()? {
                return Ok(false);
            }
        }
        row.number += self.rows_before;
        row.file = self.file;
        self.last = row.number;
        Ok(true)
    }

    fn open_next(&mut self) -> Result<bool, SourceError> {
        let Some(next) = self.inputs.0.get(self.file + 1) else { return Ok(false) };
        self.ensure_unchanged()?;
        self.has_workbook = self.has_workbook();
        self.warnings.extend(self.table.warnings());
        self.shared = SharedFile(Arc::new(next.read()?));
        self.table = open_table(next, &self.shared, &self.options)?;
        (self.file, self.rows_before) = (self.file + 1, self.last);
        if self.ensures_header {
            self.table.ensure_header()?;
        }
        match difference(&self.headers, self.table.headers()) {
            None => Ok(true),
            Some(difference) => {
                let first = excerpt(self.inputs.0.first().map_or("", Input::name), 200);
                Err(ContentError::OtherColumns { first, difference }.in_input(self.table.name()))
            }
        }
    }

    /// What people should know about the inputs although they could be read so far.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.warnings.iter().cloned().chain(self.table.warnings()).collect()
    }

    /// Checks that the current input has not changed since it was first opened.
    pub(crate) fn ensure_unchanged(&self) -> Result<(), InputError> {
        self.inputs.0.get(self.file).map_or(Ok(()), |input| input.ensure_unchanged(&self.shared.0))
    }
}

#[cfg(test)]
mod tests {
    use crate::source::error::{ContentError, SourceError};
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
            let name = rows.file_of(&row).unwrap().rsplit('/').next().unwrap().to_owned();
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
    fn files_need_the_same_columns() {
        let dir = tempfile::tempdir().unwrap();
        let inputs = inputs(&write(dir.path(), &[("a.csv", "id\n1\n"), ("b.csv", "ID\n2\n")]), dir.path());
        let mut rows = inputs.open(&SourceOptions::default()).unwrap();
        let mut row = Row::default();
        assert!(rows.read(&mut row).unwrap());
        let error = rows.read(&mut row).unwrap_err();
        assert!(matches!(error, SourceError::Content { error: ContentError::OtherColumns { .. }, .. }), "{error}");
        assert!(error.to_string().contains("b.csv"), "{error}");
    }
}
