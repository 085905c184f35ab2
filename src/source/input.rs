//! An input's bytes, readable more than once: they are checked as a whole before anything is sent.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;
use tempfile::NamedTempFile;

use crate::clock;
use crate::error::{Advice, ErrorKind, Location};
use crate::private;

const SPOOL_PREFIX: &str = "input-";

/// An input that can be read repeatedly, and notices when it has changed in between.
#[derive(Debug)]
pub(crate) struct Input {
    name: String,
    path: PathBuf,
    is_pipe: bool,
    /// Owns the copy of a pipe, deleted when the input is dropped.
    spool: Option<NamedTempFile>,
    stamp: Stamp,
}

/// What changes when a file is written or replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
}

/// Why an input is not available. No row was sent.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    #[error("cannot read {name}: {reason}")]
    Unreadable { name: String, reason: io::Error },
    #[error("{name} is a directory")]
    Directory { name: String },
    #[error("cannot spool standard input to {}: {reason}", directory.display())]
    Spool { directory: PathBuf, reason: io::Error },
    /// Only the host is shown: the rest may contain a password or a token.
    #[error("the input is a URL ({host}), not a file")]
    Url { host: String },
    #[error("no file matches {pattern}")]
    NoMatch { pattern: String },
    #[error("{name} is named twice")]
    Duplicate { name: String },
    #[error("{name} has changed since it was checked")]
    Changed { name: String },
}

impl InputError {
    pub(super) fn unreadable(name: &str) -> impl Fn(io::Error) -> Self + Copy {
        move |reason| Self::Unreadable { name: name.to_owned(), reason }
    }
}

impl Advice for InputError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn location(&self) -> Option<Location> {
        match self {
            Self::Unreadable { name, .. }
            | Self::Directory { name }
            | Self::Duplicate { name }
            | Self::Changed { name }
            | Self::NoMatch { pattern: name } => Some(Location::line(name, None)),
            Self::Spool { .. } | Self::Url { .. } => None,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Unreadable { .. } => return None,
            Self::Url { .. } => "download it first, or pipe it: curl -fsSL 'URL' | kore-feedback import -",
            Self::NoMatch { .. } => "use * for any characters of a name, ? for one, and ** for directories",
            Self::Duplicate { .. } => "name it once: its rows would be imported twice",
            Self::Directory { .. } => "name a file in it, or a pattern such as directory/*.csv",
            Self::Spool { .. } => {
                "free some space there, or pass another --state-dir: pipes are stored because they are read twice"
            }
            Self::Changed { .. } => {
                "put the checked file back and resume the run, or import the new rows as a file of their own"
            }
        };
        Some(hint.to_owned())
    }
}

impl Input {
    /// Opens a file. A pipe or device is spooled like standard input.
    pub(crate) fn file(path: &Path, spool: &Path) -> Result<Self, InputError> {
        let name = path.display().to_string();
        let mut file = File::open(path).map_err(InputError::unreadable(&name))?;
        let metadata = file.metadata().map_err(InputError::unreadable(&name))?;
        if metadata.is_dir() {
            return Err(InputError::Directory { name });
        }
        if !metadata.is_file() {
            return Self::spooled(&mut file, name, spool);
        }
        Ok(Self { name, path: path.to_owned(), is_pipe: false, spool: None, stamp: Stamp::of(&metadata) })
    }

    /// Copies what can be read only once, such as standard input, to the `spool` directory. The copy is readable by the
    /// user alone, and deleted when the input is dropped.
    pub(crate) fn spooled(reader: &mut impl Read, name: String, spool: &Path) -> Result<Self, InputError> {
        let failed = |reason| InputError::Spool { directory: spool.to_owned(), reason };
        private::create_dir(spool).map_err(failed)?;
        remove_orphans(spool, clock::now());
        let mut copy = tempfile::Builder::new().prefix(SPOOL_PREFIX).tempfile_in(spool).map_err(failed)?;
        copy_all(reader, copy.as_file_mut(), &name, failed)?;
        // The lock lasts as long as this process: a file without a lock is an orphan.
        copy.as_file().lock_shared().map_err(failed)?;
        let stamp = Stamp::of(&copy.as_file().metadata().map_err(failed)?);
        Ok(Self { name, path: copy.path().to_owned(), is_pipe: true, spool: Some(copy), stamp })
    }

    /// Opens the content of a pipe that an earlier process saved with [`Input::persist`].
    pub(crate) fn persisted(path: &Path, name: String) -> Result<Self, InputError> {
        let metadata = std::fs::metadata(path).map_err(InputError::unreadable(&name))?;
        Ok(Self { name, path: path.to_owned(), is_pipe: true, spool: None, stamp: Stamp::of(&metadata) })
    }

    /// Saves the content of a pipe to `path` in the spool directory, where it outlives this process. Does nothing for
    /// files.
    pub(crate) fn persist(&self, path: &Path) -> Result<(), InputError> {
        let Some(spool) = &self.spool else { return Ok(()) };
        // Not every file system supports links; a copy takes twice the space while this process lasts.
        let saved = std::fs::hard_link(spool.path(), path)
            .or_else(|_| std::fs::copy(spool.path(), path).map(drop))
            .and_then(|()| File::open(path)?.sync_all());
        saved.map_err(|reason| InputError::Spool { directory: path.parent().unwrap_or(path).to_owned(), reason })
    }

    /// The name for messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The file, unless the input was a pipe.
    pub(crate) fn path(&self) -> Option<&Path> {
        (!self.is_pipe).then_some(&self.path)
    }

    /// Opens the input at its start.
    pub(super) fn read(&self) -> Result<File, InputError> {
        let mut file = File::open(&self.path).map_err(InputError::unreadable(&self.name))?;
        file.rewind().map_err(InputError::unreadable(&self.name))?;
        self.ensure_unchanged(&file)?;
        Ok(file)
    }

    /// Checks that the open file has not changed since the input was opened.
    pub(super) fn ensure_unchanged(&self, file: &File) -> Result<(), InputError> {
        let stamp = Stamp::of(&file.metadata().map_err(InputError::unreadable(&self.name))?);
        if stamp == self.stamp { Ok(()) } else { Err(InputError::Changed { name: self.name.clone() }) }
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self { length: metadata.len(), modified: metadata.modified().ok() }
    }
}

/// Removes what killed processes left behind: it contains answers of respondents.
fn remove_orphans(spool: &Path, now: Timestamp) {
    for entry in std::fs::read_dir(spool).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(SPOOL_PREFIX) && is_orphan(&entry.path(), now) {
            // If this fails, the next import tries again.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Whether the file is not locked, and has not been written for an hour: while it is being filled it has no lock yet.
fn is_orphan(path: &Path, now: Timestamp) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let modified = file.metadata().and_then(|metadata| metadata.modified()).ok();
    let modified = modified.and_then(|moment| Timestamp::try_from(moment).ok());
    modified.is_some_and(|moment| now.duration_since(moment).as_hours() >= 1) && file.try_lock().is_ok()
}

/// Copies everything; unlike [`io::copy`], distinguishes a failed read from a failed write.
fn copy_all(
    reader: &mut impl Read,
    copy: &mut File,
    name: &str,
    write_failed: impl Fn(io::Error) -> InputError,
) -> Result<(), InputError> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return copy.flush().map_err(write_failed),
            Ok(read) => copy.write_all(&buffer[..read]).map_err(&write_failed)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(InputError::unreadable(name)(error)),
        }
    }
}

/// Hashes what is read through it.
#[derive(Debug)]
pub(crate) struct HashingReader<R> {
    inner: R,
    hasher: blake3::Hasher,
}

impl<R: Read> HashingReader<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, hasher: blake3::Hasher::new() }
    }

    /// Reads the rest, and returns the BLAKE3 hash of everything.
    pub(crate) fn finish(&mut self) -> io::Result<[u8; 32]> {
        io::copy(self, &mut io::sink())?;
        Ok(*self.hasher.finalize().as_bytes())
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..read]);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use jiff::SignedDuration;

    use super::{HashingReader, Input, InputError, remove_orphans};
    use crate::clock;

    #[test]
    fn pipes_are_read_twice_and_leave_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let input = Input::spooled(&mut &b"a,b\n1,2\n"[..], "-".to_owned(), dir.path()).unwrap();
        for _ in 0..2 {
            let mut text = String::new();
            input.read().unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "a,b\n1,2\n");
        }
        drop(input);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn only_orphaned_spool_files_are_removed() {
        let dir = tempfile::tempdir().unwrap();
        let orphan = dir.path().join("input-abc");
        std::fs::write(&orphan, "a,b\n").unwrap();
        std::fs::write(dir.path().join("run-1"), "a,b\n").unwrap();
        let input = Input::spooled(&mut &b"a,b\n"[..], "-".to_owned(), dir.path()).unwrap();
        assert!(orphan.exists(), "it may still be written");
        remove_orphans(dir.path(), clock::now() + SignedDuration::from_hours(2));
        assert!(!orphan.exists() && dir.path().join("run-1").exists());
        assert!(input.read().is_ok());
    }

    #[test]
    fn pipes_can_outlive_the_process() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("run-1");
        let input = Input::spooled(&mut &b"a,b\n"[..], "standard input".to_owned(), dir.path()).unwrap();
        input.persist(&path).unwrap();
        drop(input);
        let persisted = Input::persisted(&path, "standard input".to_owned()).unwrap();
        let mut text = String::new();
        persisted.read().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), persisted.path()), ("a,b\n", None));
    }

    #[test]
    fn changed_files_are_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("in.csv");
        std::fs::write(&path, "a,b\n").unwrap();
        let input = Input::file(&path, dir.path()).unwrap();
        let open = input.read().unwrap();
        input.ensure_unchanged(&open).unwrap();
        std::fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"1,2\n").unwrap();
        assert!(matches!(input.ensure_unchanged(&open), Err(InputError::Changed { .. })));
        assert!(matches!(input.read(), Err(InputError::Changed { .. })));
    }

    #[test]
    fn directories_and_missing_files_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let name = dir.path().display().to_string();
        assert!(
            matches!(Input::file(dir.path(), dir.path()), Err(InputError::Directory { name: named }) if named == name)
        );
        let missing = dir.path().join("none.csv");
        let error = Input::file(&missing, dir.path()).unwrap_err().to_string();
        assert!(error.contains("none.csv"), "{error}");
    }

    #[test]
    fn hash_covers_unread_bytes() {
        let mut reader = HashingReader::new(&b"all of this"[..]);
        reader.read_exact(&mut [0; 3]).unwrap();
        assert_eq!(reader.finish().unwrap(), *blake3::hash(b"all of this").as_bytes());
    }
}
