//! Where an input's bytes are, so that they can be read more than once: checked as a whole first, then sent.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;
use tempfile::NamedTempFile;

use crate::clock;
use crate::error::Advice;
use crate::private;

const SPOOLED: &str = "input-";

/// An input that can be read from its start again and again, and tells when it has changed between.
#[derive(Debug)]
pub struct Input {
    name: String,
    place: Place,
    stamp: Stamp,
}

#[derive(Debug)]
enum Place {
    File(PathBuf),
    /// What came through a pipe, kept until the input is dropped.
    Spool(NamedTempFile),
    /// What came through a pipe in an earlier process, and was kept by it.
    Persisted(PathBuf),
}

/// What changes when a file is written to or replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
}

/// Why an input can't be had. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// It can't be opened or read.
    #[error("can't read {name}: {reason}")]
    Unreadable {
        /// The input's name.
        name: String,
        /// The system's reason.
        reason: io::Error,
    },
    /// It is a directory.
    #[error("{name} is a directory")]
    Directory {
        /// The input's name.
        name: String,
    },
    /// What came through a pipe can't be kept.
    #[error("can't keep standard input in {}: {reason}", directory.display())]
    Spool {
        /// Where it was to be kept.
        directory: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// A pattern matches no file.
    #[error("no file matches {pattern}")]
    NoMatch {
        /// The pattern.
        pattern: String,
    },
    /// It is named twice.
    #[error("{name} is named twice")]
    Twice {
        /// The input's name.
        name: String,
    },
    /// It is not what it was when it was checked.
    #[error("{name} has changed since it was checked")]
    Changed {
        /// The input's name.
        name: String,
    },
}

impl Advice for InputError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unreadable { .. } => return None,
            Self::NoMatch { .. } => "* stands for any characters of a name, ? for one, ** for directories".to_owned(),
            Self::Twice { .. } => "its rows would be imported twice: name it once".to_owned(),
            Self::Directory { .. } => "name a file in it".to_owned(),
            Self::Spool { .. } => "the input is read twice, so a pipe is spooled: make room there, or choose another \
                                   place with --state-dir"
                .to_owned(),
            Self::Changed { .. } => "what was sent is in the ledger; put the checked file back and resume, or import \
                                     the rows that are new as a file of their own"
                .to_owned(),
        })
    }
}

impl Input {
    /// An input in a file. What is no plain file, a pipe or a device, is spooled like standard input.
    ///
    /// # Errors
    /// [`InputError`] when it can't be read or spooled.
    pub fn file(path: &Path, spool: &Path) -> Result<Self, InputError> {
        let name = path.display().to_string();
        let unreadable = |reason| InputError::Unreadable { name: name.clone(), reason };
        let mut file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(InputError::Directory { name });
        }
        if !metadata.is_file() {
            return Self::spooled(&mut file, name, spool);
        }
        Ok(Self { name, place: Place::File(path.to_owned()), stamp: Stamp::of(&metadata) })
    }

    /// Standard input, or whatever else can be read only once. `spool` is the directory that it is kept in, readable by
    /// the user alone, until the input is dropped.
    ///
    /// # Errors
    /// [`InputError::Spool`], [`InputError::Unreadable`].
    pub fn spooled(reader: &mut impl Read, name: String, spool: &Path) -> Result<Self, InputError> {
        let failed = |reason| InputError::Spool { directory: spool.to_owned(), reason };
        private::create_dir(spool).map_err(failed)?;
        remove_orphans(spool, clock::now());
        let mut kept = tempfile::Builder::new().prefix(SPOOLED).tempfile_in(spool).map_err(failed)?;
        copy(reader, kept.as_file_mut(), &name, failed)?;
        // Held for as long as this process lasts: whose lock is free has been left behind.
        kept.as_file().lock_shared().map_err(failed)?;
        let stamp = Stamp::of(&kept.as_file().metadata().map_err(failed)?);
        Ok(Self { name, place: Place::Spool(kept), stamp })
    }

    /// What an earlier process kept of its pipe with [`Input::persist`].
    ///
    /// # Errors
    /// [`InputError::Unreadable`].
    pub fn persisted(path: &Path, name: String) -> Result<Self, InputError> {
        let metadata =
            std::fs::metadata(path).map_err(|reason| InputError::Unreadable { name: name.clone(), reason })?;
        Ok(Self { name, place: Place::Persisted(path.to_owned()), stamp: Stamp::of(&metadata) })
    }

    /// Makes what came through a pipe outlive this process, under this name in the spool's directory. What is in a file
    /// of the user's stays there, and nothing is done.
    ///
    /// # Errors
    /// [`InputError::Spool`].
    pub fn persist(&self, path: &Path) -> Result<(), InputError> {
        let Place::Spool(spooled) = &self.place else { return Ok(()) };
        // Not every file system has links; a copy costs room for as long as this process lasts.
        let kept = std::fs::hard_link(spooled.path(), path)
            .or_else(|_| std::fs::copy(spooled.path(), path).map(drop))
            .and_then(|()| File::open(path)?.sync_all());
        kept.map_err(|reason| InputError::Spool { directory: path.parent().unwrap_or(path).to_owned(), reason })
    }

    /// What messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file, unless it came through a pipe.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::File(path) => Some(path),
            Place::Spool(_) | Place::Persisted(_) => None,
        }
    }

    /// Reads it from its start.
    ///
    /// # Errors
    /// [`InputError::Changed`] when it is no longer what it was, [`InputError::Unreadable`].
    pub fn read(&self) -> Result<File, InputError> {
        let unreadable = |reason| InputError::Unreadable { name: self.name.clone(), reason };
        let mut file = match &self.place {
            Place::File(path) | Place::Persisted(path) => File::open(path),
            Place::Spool(kept) => kept.reopen(),
        }
        .map_err(unreadable)?;
        file.rewind().map_err(unreadable)?;
        self.ensure_unchanged(&file)?;
        Ok(file)
    }

    /// Makes sure that the open file is still what it was when it was first opened.
    ///
    /// # Errors
    /// [`InputError::Changed`], [`InputError::Unreadable`].
    pub fn ensure_unchanged(&self, open: &File) -> Result<(), InputError> {
        let unreadable = |reason| InputError::Unreadable { name: self.name.clone(), reason };
        let stamp = Stamp::of(&open.metadata().map_err(unreadable)?);
        if stamp == self.stamp { Ok(()) } else { Err(InputError::Changed { name: self.name.clone() }) }
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self { length: metadata.len(), modified: metadata.modified().ok() }
    }
}

/// Removes what processes that were killed have left behind: answers of respondents are in it.
fn remove_orphans(spool: &Path, now: Timestamp) {
    for entry in std::fs::read_dir(spool).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(SPOOLED) && is_orphan(&entry.path(), now) {
            // If it can't be removed now, the next import tries again.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Whether nobody holds the file, nor has written to it for an hour: while it is being filled it is not held yet.
fn is_orphan(path: &Path, now: Timestamp) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let modified = file.metadata().and_then(|metadata| metadata.modified()).ok();
    let modified = modified.and_then(|moment| Timestamp::try_from(moment).ok());
    modified.is_some_and(|moment| now.duration_since(moment).as_hours() >= 1) && file.try_lock().is_ok()
}

/// Copies, telling a reader that fails from a disk that is full.
fn copy(
    reader: &mut impl Read,
    kept: &mut File,
    name: &str,
    failed: impl Fn(io::Error) -> InputError,
) -> Result<(), InputError> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return kept.flush().map_err(failed),
            Ok(read) => kept.write_all(&buffer[..read]).map_err(&failed)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(reason) => return Err(InputError::Unreadable { name: name.to_owned(), reason }),
        }
    }
}

/// Hashes what is read through it.
#[derive(Debug)]
pub struct HashingReader<R> {
    inner: R,
    hasher: blake3::Hasher,
}

impl<R: Read> HashingReader<R> {
    /// A reader that hashes.
    pub fn new(inner: R) -> Self {
        Self { inner, hasher: blake3::Hasher::new() }
    }

    /// What is read through it.
    pub(super) fn inner(&self) -> &R {
        &self.inner
    }

    /// Reads whatever is left, and gives the BLAKE3 hash of everything.
    ///
    /// # Errors
    /// When the rest can't be read.
    pub fn finish(&mut self) -> io::Result<[u8; 32]> {
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
    fn what_came_through_a_pipe_can_be_read_twice_and_leaves_nothing() {
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
    fn what_a_killed_process_left_behind_is_removed_and_what_a_living_one_needs_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let orphan = dir.path().join("input-abc");
        std::fs::write(&orphan, "a,b\n").unwrap();
        std::fs::write(dir.path().join("run-1"), "a,b\n").unwrap();
        let input = Input::spooled(&mut &b"a,b\n"[..], "-".to_owned(), dir.path()).unwrap();
        assert!(orphan.exists(), "it may be being filled");
        remove_orphans(dir.path(), clock::now() + SignedDuration::from_hours(2));
        assert!(!orphan.exists() && dir.path().join("run-1").exists());
        assert!(input.read().is_ok());
    }

    #[test]
    fn what_came_through_a_pipe_can_outlive_the_process() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("run-1");
        let input = Input::spooled(&mut &b"a,b\n"[..], "standard input".to_owned(), dir.path()).unwrap();
        input.persist(&path).unwrap();
        drop(input);
        let kept = Input::persisted(&path, "standard input".to_owned()).unwrap();
        let mut text = String::new();
        kept.read().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), kept.path()), ("a,b\n", None));
    }

    #[test]
    fn a_file_that_is_written_to_has_changed() {
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
    fn a_directory_and_a_missing_file_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let name = dir.path().display().to_string();
        assert!(
            matches!(Input::file(dir.path(), dir.path()), Err(InputError::Directory { name: found }) if found == name)
        );
        let missing = dir.path().join("none.csv");
        let error = Input::file(&missing, dir.path()).unwrap_err().to_string();
        assert!(error.contains("none.csv"), "{error}");
    }

    #[test]
    fn the_hash_is_of_all_bytes_however_few_were_read() {
        let mut reader = HashingReader::new(&b"all of this"[..]);
        reader.read_exact(&mut [0; 3]).unwrap();
        assert_eq!(reader.finish().unwrap(), *blake3::hash(b"all of this").as_bytes());
    }
}
