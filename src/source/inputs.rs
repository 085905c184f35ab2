//! Several files read as one: their rows follow one another, and so do their numbers.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Dialect, HashingReader, Input, InputError, Row, SourceError, SourceOptions, Table};
use crate::text::excerpt;

/// One input or more, read in order.
#[derive(Debug)]
pub struct Inputs(Vec<Input>);

impl From<Input> for Inputs {
    fn from(input: Input) -> Self {
        Self(vec![input])
    }
}

impl Inputs {
    /// The files that are named, as seen from a directory; patterns such as `q3/*.csv` among them are replaced by what they
    /// match, in order. `-` stays as it is.
    ///
    /// # Errors
    /// [`InputError`] when a pattern matches nothing or can't be followed.
    pub fn expand(named: &[PathBuf], directory: &Path) -> Result<Vec<PathBuf>, InputError> {
        let mut files = Vec::with_capacity(named.len());
        for path in named {
            let file = if path == Path::new("-") { path.clone() } else { directory.join(path) };
            match path.to_str().filter(|text| text.contains(['*', '?', '[']) && !file.exists()) {
                Some(pattern) => files.extend(matches(pattern, directory)?),
                None => files.push(file),
            }
        }
        Ok(files)
    }

    /// The inputs as one.
    ///
    /// # Errors
    /// [`InputError::Twice`] when one of them is there twice: its rows would be imported twice.
    pub fn new(inputs: Vec<Input>) -> Result<Self, InputError> {
        let mut known = HashSet::new();
        for input in &inputs {
            let file = input.path().and_then(|path| path.canonicalize().ok());
            if file.is_some_and(|file| !known.insert(file)) {
                return Err(InputError::Twice { name: input.name().to_owned() });
            }
        }
        Ok(Self(inputs))
    }

    /// The inputs in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Input> {
        self.0.iter()
    }

    /// What messages call them: the first one's name, and how many more there are.
    pub fn name(&self) -> String {
        let first = self.0.first().map_or("", Input::name);
        match self.0.len() {
            0 | 1 => first.to_owned(),
            2 => format!("{first} and 1 more file"),
            files => format!("{first} and {} more files", files - 1),
        }
    }

    /// The first file, unless it came through a pipe.
    pub fn path(&self) -> Option<&Path> {
        self.0.first()?.path()
    }

    /// Whether all of them are files of the user's, which stay where they are.
    pub fn are_files(&self) -> bool {
        self.0.iter().all(|input| input.path().is_some())
    }

    /// Opens the first, and reads its header.
    ///
    /// # Errors
    /// [`SourceError`].
    pub fn open(&self, options: &SourceOptions) -> Result<RowReader<'_>, SourceError> {
        let first = self.0.first().ok_or_else(|| SourceError::Empty { name: "the input".to_owned() })?;
        let tap = Tap::new(first.read()?);
        let table = Table::open(tap.clone(), first.name(), options)?;
        let headers = table.headers().to_vec();
        let reading = RowReader {
            inputs: self,
            options: options.clone(),
            file: 0,
            rows_before: 0,
            last: 0,
            tap,
            table,
            headers,
            hashes: Vec::new(),
            has_workbook: false,
            warnings: Vec::new(),
        };
        Ok(reading)
    }
}

fn matches(pattern: &str, directory: &Path) -> Result<Vec<PathBuf>, InputError> {
    let below = PathBuf::from(glob::Pattern::escape(&directory.to_string_lossy())).join(pattern);
    let unreadable = |reason: io::Error| InputError::Unreadable { name: pattern.to_owned(), reason };
    let found = glob::glob(&below.to_string_lossy())
        .map_err(|error| unreadable(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
    let files = found.collect::<Result<Vec<_>, _>>().map_err(|error| unreadable(error.into()))?;
    if files.is_empty() { Err(InputError::NoMatch { pattern: pattern.to_owned() }) } else { Ok(files) }
}

/// A file that is hashed as it is read, and can be looked at while something else reads it.
#[derive(Debug, Clone)]
struct Tap(Arc<Mutex<HashingReader<File>>>);

impl Tap {
    fn new(file: File) -> Self {
        Self(Arc::new(Mutex::new(HashingReader::new(file))))
    }

    fn lock(&self) -> MutexGuard<'_, HashingReader<File>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read for Tap {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.lock().read(buffer)
    }
}

/// One pass over all rows of all inputs.
pub struct RowReader<'a> {
    inputs: &'a Inputs,
    options: SourceOptions,
    /// Which of the inputs is read.
    file: usize,
    /// The rows of those before it.
    rows_before: u64,
    /// The number of the row read last.
    last: u64,
    tap: Tap,
    table: Table<Tap>,
    headers: Vec<String>,
    hashes: Vec<[u8; 32]>,
    warnings: Vec<String>,
    has_workbook: bool,
}

impl RowReader<'_> {
    /// Whether one of the inputs that were read so far is a workbook.
    pub fn has_workbook(&self) -> bool {
        self.has_workbook || self.dialect().sheet.is_some()
    }

    /// The columns' names, as [`Table::headers`] gives them; those of the first input, and of all others.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The rows of the header as they are written in the input that is being read.
    pub fn header_rows(&self) -> &[Vec<String>] {
        self.table.header_rows()
    }

    /// What the input that is being read was found to be.
    pub fn dialect(&self) -> &Dialect {
        self.table.dialect()
    }

    /// The name of the input that a row is in, if there are several.
    pub fn file_of(&self, row: &Row) -> Option<&str> {
        let several = self.inputs.0.len() > 1;
        self.inputs.0.get(row.file).map(Input::name).filter(|_| several)
    }

    /// Reads the next row, as [`Table::read`] does; behind one input's last row follows the next one's first.
    ///
    /// # Errors
    /// [`SourceError`]; also when the next input has other columns.
    pub fn read(&mut self, row: &mut Row) -> Result<bool, SourceError> {
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
        let hash = self.hash()?;
        self.hashes.push(hash);
        self.tap = Tap::new(next.read()?);
        self.table = Table::open(self.tap.clone(), next.name(), &self.options)?;
        (self.file, self.rows_before) = (self.file + 1, self.last);
        match difference(&self.headers, self.table.headers()) {
            None => Ok(true),
            Some(difference) => {
                let first = excerpt(self.inputs.0.first().map_or("", Input::name), 200);
                Err(SourceError::OtherColumns { name: self.table.name().to_owned(), first, difference })
            }
        }
    }

    /// The BLAKE3 hash of the input that is being read, all of it.
    fn hash(&self) -> Result<[u8; 32], InputError> {
        let name = || self.inputs.0.get(self.file).map_or("", Input::name).to_owned();
        self.tap.lock().finish().map_err(|reason| InputError::Unreadable { name: name(), reason })
    }

    /// What people should know of the inputs though they could be read so far.
    pub fn warnings(&self) -> Vec<String> {
        self.warnings.iter().cloned().chain(self.table.warnings()).collect()
    }

    /// Makes sure that the input that is being read is still what it was when it was first opened.
    ///
    /// # Errors
    /// [`InputError::Changed`], [`InputError::Unreadable`].
    pub fn ensure_unchanged(&self) -> Result<(), InputError> {
        let open = self.tap.lock();
        self.inputs.0.get(self.file).map_or(Ok(()), |input| input.ensure_unchanged(open.inner()))
    }

    /// Once all rows are read: the BLAKE3 hash of the input's bytes, as they are, packed or not. Of several inputs it is
    /// that of their hashes in order.
    ///
    /// # Errors
    /// [`InputError::Unreadable`] when what stands behind the last row can't be read.
    pub fn content_hash(mut self) -> Result<[u8; 32], InputError> {
        let last = self.hash()?;
        if self.hashes.is_empty() {
            return Ok(last);
        }
        self.hashes.push(last);
        Ok(*blake3::hash(self.hashes.as_flattened()).as_bytes())
    }
}

/// In what one header differs from another.
fn difference(first: &[String], other: &[String]) -> Option<String> {
    const SHOWN: usize = 5;
    if first == other {
        return None;
    }
    let without = |some: &[String], known: &[String]| {
        let known: HashSet<&String> = known.iter().collect();
        let only: Vec<String> =
            some.iter().filter(|name| !known.contains(name)).map(|name| format!("\"{}\"", excerpt(name, 40))).collect();
        let more = if only.len() > SHOWN { format!(" and {} more", only.len() - SHOWN) } else { String::new() };
        (!only.is_empty()).then(|| only.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ") + &more)
    };
    let lacks = without(first, other).map(|names| format!("it lacks {names}"));
    let adds = without(other, first).map(|names| format!("it has {names} besides"));
    let said: Vec<String> = lacks.into_iter().chain(adds).collect();
    Some(if said.is_empty() { "they stand in another order".to_owned() } else { said.join("; ") })
}

#[cfg(test)]
mod tests {
    use super::{Inputs, difference};
    use crate::source::{Input, InputError, Row, SourceError, SourceOptions};
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
    fn rows_run_on_from_file_to_file_and_know_where_they_are() {
        let dir = tempfile::tempdir().unwrap();
        let files =
            [("a.csv", "id,score\n1,5\n2,4\n"), ("b.tsv", "id\tscore\n"), ("c.jsonl", "{\"id\":3,\"score\":1}\n")];
        let inputs = inputs(&write(dir.path(), &files), dir.path());
        let mut reading = inputs.open(&SourceOptions::default()).unwrap();
        let (mut row, mut all) = (Row::default(), Vec::new());
        while reading.read(&mut row).unwrap() {
            let name = reading.file_of(&row).unwrap().rsplit('/').next().unwrap().to_owned();
            all.push((row.number, name, row.line, row.cell(0).unwrap().to_owned()));
        }
        let expected = [(1, "a.csv", 2, "1"), (2, "a.csv", 3, "2"), (3, "c.jsonl", 1, "3")];
        assert_eq!(all, expected.map(|(number, name, line, cell)| (number, name.to_owned(), line, cell.to_owned())));
    }

    #[test]
    fn the_content_of_one_file_is_its_own_hash_and_that_of_several_their_order() {
        let dir = tempfile::tempdir().unwrap();
        let files = write(dir.path(), &[("a.csv", "id\n1\n\n"), ("b.csv", "id\n2\n")]);
        let content = |files: &[PathBuf]| {
            let inputs = inputs(files, dir.path());
            let mut reading = inputs.open(&SourceOptions::default()).unwrap();
            while reading.read(&mut Row::default()).unwrap() {}
            reading.content_hash().unwrap()
        };
        assert_eq!(content(&files[..1]), *blake3::hash(b"id\n1\n\n").as_bytes());
        let turned = [files[1].clone(), files[0].clone()];
        assert_eq!(content(&files), content(&files));
        assert_ne!(content(&files), content(&turned));
    }

    #[test]
    fn patterns_are_followed_and_no_file_is_read_twice() {
        let dir = tempfile::tempdir().unwrap();
        let files = write(dir.path(), &[("b.csv", "id\n"), ("a.csv", "id\n"), ("odd[1].csv", "id\n")]);
        let pattern = dir.path().join("?.csv");
        let expanded = Inputs::expand(&[files[2].clone(), pattern.clone()], Path::new("elsewhere")).unwrap();
        assert_eq!(expanded, [files[2].clone(), files[1].clone(), files[0].clone()]);
        let none = Inputs::expand(&["*.tsv".into()], dir.path()).unwrap_err();
        assert!(matches!(none, InputError::NoMatch { .. }), "{none}");
        let twice = [&files[0], &files[0]].map(|path| Input::file(path, dir.path()).unwrap());
        assert!(matches!(Inputs::new(twice.into()), Err(InputError::Twice { .. })));
    }

    #[test]
    fn other_columns_are_named() {
        let names = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(difference(&names("a,b"), &names("a,b")), None);
        let said = difference(&names("a,b"), &names("a,c,d")).unwrap();
        assert_eq!(said, "it lacks \"b\"; it has \"c\", \"d\" besides");
        assert_eq!(difference(&names("a,b"), &names("b,a")).unwrap(), "they stand in another order");

        let dir = tempfile::tempdir().unwrap();
        let inputs = inputs(&write(dir.path(), &[("a.csv", "id\n1\n"), ("b.csv", "ID\n2\n")]), dir.path());
        let mut reading = inputs.open(&SourceOptions::default()).unwrap();
        let mut row = Row::default();
        assert!(reading.read(&mut row).unwrap());
        let error = reading.read(&mut row).unwrap_err();
        assert!(matches!(error, SourceError::OtherColumns { .. }), "{error}");
        assert!(error.to_string().contains("b.csv"), "{error}");
    }
}
