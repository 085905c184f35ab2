//! The files at the paths of reports, which may be others than the reports that are to be written.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::private;
use crate::source::HashingReader;

pub(super) fn hash_of(file: &File) -> io::Result<[u8; 32]> {
    HashingReader::new(file).finish()
}

/// The report's path unless `--failures` gives another: next to the input, or in the working directory if the input came
/// through a pipe.
pub(crate) fn default_path(input: Option<&Path>) -> PathBuf {
    let Some(path) = input else { return PathBuf::from("stdin.failures.csv") };
    let mut name = path.file_stem().unwrap_or(path.as_os_str()).to_owned();
    name.push(".failures.csv");
    path.with_file_name(name)
}

/// The file at the path of a report.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ExistingFile {
    None,
    /// This run's last report, unchanged.
    Ours,
    /// Another run's report, one that was edited, or anything else, such as a symbolic link.
    Other,
}

impl ExistingFile {
    /// Compares the file with the hash of this run's last report. Reads regular files only.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn inspect(path: &Path, last_hash: Option<[u8; 32]>) -> io::Result<Self> {
        match fs::symlink_metadata(path) {
            Ok(found) if last_hash.is_none() || !found.is_file() => return Ok(Self::Other),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::None),
            found => found?,
        };
        let found = hash_of(&private::open_regular(path)?)?;
        Ok(if last_hash == Some(found) { Self::Ours } else { Self::Other })
    }
}

/// Renames whatever is in the way of a report, without opening it, and returns its new path.
///
/// # Errors
/// When the file cannot be renamed.
pub(crate) fn keep_aside(path: &Path) -> io::Result<PathBuf> {
    let stem = path.file_stem().unwrap_or(path.as_os_str());
    let kept_as = |number: u32| {
        let mut name = stem.to_owned();
        name.push(format!(".kept-{number}"));
        if let Some(extension) = path.extension() {
            name.push(".");
            name.push(extension);
        }
        path.with_file_name(name)
    };
    let is_free = |kept: &PathBuf| fs::symlink_metadata(kept).is_err();
    let free = (1..u32::MAX).map(kept_as).find(is_free).ok_or(io::ErrorKind::AlreadyExists)?;
    fs::rename(path, &free)?;
    Ok(free)
}

/// Whether the file at this path has no line that the report lacks, so that nothing is lost with it. Reads regular files only.
///
/// # Errors
/// When the report cannot be read.
pub(super) fn is_part_of(path: &Path, report: &File) -> io::Result<bool> {
    let existing = match private::open_regular(path) {
        Ok(existing) => existing,
        Err(error) => return Ok(error.kind() == io::ErrorKind::NotFound),
    };
    let (mut existing, mut report) = (BufReader::new(existing), BufReader::new(report));
    loop {
        let Some(line) = next_line(&mut existing)? else { return Ok(true) };
        loop {
            match next_line(&mut report)? {
                Some(found) if found == line => break,
                Some(_) => {}
                None => return Ok(false),
            }
        }
    }
}

/// A line, or a part of it if it is very long: any file must fit into memory.
fn next_line(file: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    const LONGEST: u64 = 1 << 16;
    let mut line = Vec::new();
    file.take(LONGEST).read_until(b'\n', &mut line)?;
    Ok((!line.is_empty()).then_some(line))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{ExistingFile, default_path, hash_of, is_part_of, keep_aside};

    #[test]
    fn the_report_is_next_to_its_input() {
        assert_eq!(default_path(Some(Path::new("q3/nps.csv"))), Path::new("q3/nps.failures.csv"));
        assert_eq!(default_path(Some(Path::new("export"))), Path::new("export.failures.csv"));
        assert_eq!(default_path(None), Path::new("stdin.failures.csv"));
    }

    #[test]
    fn an_edited_report_is_not_ours() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("in.failures.csv");
        assert_eq!(ExistingFile::inspect(&path, None).unwrap(), ExistingFile::None);
        fs::write(&path, "ours").unwrap();
        let ours = hash_of(&fs::File::open(&path).unwrap()).unwrap();
        assert_eq!(ExistingFile::inspect(&path, Some(ours)).unwrap(), ExistingFile::Ours);
        fs::write(&path, "edited").unwrap();
        assert_eq!(ExistingFile::inspect(&path, Some(ours)).unwrap(), ExistingFile::Other);
        assert_eq!(ExistingFile::inspect(&path, None).unwrap(), ExistingFile::Other);
    }

    #[test]
    fn keeping_aside_never_overwrites() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("in.failures.csv");
        for (content, kept_as) in [("one", "in.failures.kept-1.csv"), ("two", "in.failures.kept-2.csv")] {
            fs::write(&path, content).unwrap();
            let kept = keep_aside(&path).unwrap();
            assert_eq!(kept, dir.path().join(kept_as));
            assert_eq!(fs::read_to_string(kept).unwrap(), content);
            assert!(!path.exists());
        }
    }

    #[test]
    fn only_files_without_other_lines_are_part() {
        let dir = tempfile::tempdir().unwrap();
        let (path, report) = (dir.path().join("old.csv"), dir.path().join("new.csv"));
        fs::write(&report, "a\n1\n2\n3\n").unwrap();
        let is_part = |old: &str| {
            fs::write(&path, old).unwrap();
            is_part_of(&path, &fs::File::open(&report).unwrap()).unwrap()
        };
        for old in ["", "a\n", "a\n1\n3\n", "a\n1\n2\n3\n"] {
            assert!(is_part(old), "{old:?}");
        }
        for old in ["a\n4\n", "a\n3\n1\n", "a\n1\n1\n", "a\n1", "a\n1\n2\n3\n\n"] {
            assert!(!is_part(old), "{old:?}");
        }
        let report = fs::File::open(&report).unwrap();
        assert!(is_part_of(&dir.path().join("missing.csv"), &report).unwrap());
        assert!(!is_part_of(dir.path(), &report).unwrap());
    }
}
