//! A file that is written over a long time and appears as a whole: until it is complete, it is `FILE.partial`, next to a
//! small file that says how much of it counts. A process that dies leaves both, and the next one continues.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Advice;
use crate::exit::Exit;
use crate::private;
use crate::text::shell_command;

/// Why the file cannot be begun, continued or completed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PartialFileError {
    #[error("{} already exists", path.display())]
    Exists { path: PathBuf },
    #[error("another process is writing {}", path.display())]
    InUse { path: PathBuf },
    /// It was begun with other options, or by something else.
    #[error("{} is a part of another export", path.display())]
    Other { path: PathBuf, state: PathBuf },
    #[error("cannot create {}", path.display())]
    Create { path: PathBuf, source: io::Error },
    #[error("cannot write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
}

impl Advice for PartialFileError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Exists { .. } => {
                "name another file, or move this one; existing files are never overwritten".to_owned()
            }
            Self::InUse { .. } => "wait until it has finished, or name another file".to_owned(),
            Self::Other { path, state } => {
                let command = shell_command([OsStr::new("rm"), path.as_os_str(), state.as_os_str()]);
                format!("continue that export with its own options, name another file, or start over after `{command}`")
            }
            Self::Create { .. } => "name a file in a directory that you can write to".to_owned(),
            Self::Write { .. } => "make room or choose another directory, then run the same command again".to_owned(),
        })
    }

    fn exit(&self) -> Exit {
        if matches!(self, Self::Write { .. }) { Exit::Stopped } else { Exit::Usage }
    }
}

/// A file that is not complete yet, locked against other processes.
#[derive(Debug)]
pub(crate) struct PartialFile {
    path: PathBuf,
    partial: PathBuf,
    state: PathBuf,
    /// What is written, so that other contents are not continued.
    of: Value,
    file: File,
    bytes: u64,
}

/// What is known about `FILE.partial`.
#[derive(Serialize, Deserialize)]
struct StateFile<S> {
    of: Value,
    /// How many of its bytes count; what follows was not completed.
    bytes: u64,
    state: S,
}

impl PartialFile {
    /// Begins the file, or continues one that is `of` the same; returns then the state of its last commit. `begin` is the
    /// state before the first.
    ///
    /// # Errors
    /// [`PartialFileError`]; nothing that exists was changed then.
    pub(crate) fn open<S: Serialize + DeserializeOwned>(
        path: &Path,
        of: Value,
        begin: S,
    ) -> Result<(Self, Option<S>), PartialFileError> {
        if path.symlink_metadata().is_ok() {
            return Err(PartialFileError::Exists { path: path.to_owned() });
        }
        let [partial, state] = [".partial", ".partial.json"].map(|ending| with_ending(path, ending));
        let failed = |source| PartialFileError::Write { path: partial.clone(), source };
        let file = open_locked(&partial)?;
        let length = file.metadata().map_err(failed)?.len();
        let mut this = Self { path: path.to_owned(), partial: partial.clone(), state, of, file, bytes: 0 };
        let found = this.find_state::<S>()?.filter(|found| length >= found.bytes);
        if found.is_none() && length > 0 {
            return Err(PartialFileError::Other { path: partial, state: this.state });
        }
        this.bytes = found.as_ref().map_or(0, |found| found.bytes);
        this.file.set_len(this.bytes).and_then(|()| this.file.seek(SeekFrom::End(0))).map_err(failed)?;
        match found.filter(|found| found.bytes > 0) {
            Some(found) => Ok((this, Some(found.state))),
            None => this.write_state(&begin).map(|()| (this, None)),
        }
    }

    /// `None` if there is none.
    fn find_state<S: DeserializeOwned>(&self) -> Result<Option<StateFile<S>>, PartialFileError> {
        let text = match fs::read_to_string(&self.state) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(PartialFileError::Write { path: self.state.clone(), source }),
            Ok(text) => text,
        };
        let found = serde_json::from_str::<StateFile<S>>(&text).ok().filter(|found| found.of == self.of);
        let other = || PartialFileError::Other { path: self.partial.clone(), state: self.state.clone() };
        found.map(Some).ok_or_else(other)
    }

    /// Appends bytes, and makes them durable together with the state after them.
    ///
    /// # Errors
    /// [`PartialFileError::Write`]; the last commit counts then.
    pub(crate) fn commit<S: Serialize>(&mut self, bytes: &[u8], state: &S) -> Result<(), PartialFileError> {
        self.append(bytes)?;
        self.write_state(state)
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), PartialFileError> {
        let written = self.file.write_all(bytes).and_then(|()| self.file.sync_data());
        written.map_err(|source| PartialFileError::Write { path: self.partial.clone(), source })?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Replaces the file of the state as a whole.
    fn write_state<S: Serialize>(&self, state: &S) -> Result<(), PartialFileError> {
        let write = || {
            let mut file = tempfile::Builder::new().prefix(".partial-").tempfile_in(directory(&self.path))?;
            serde_json::to_writer(&mut file, &StateFile { of: self.of.clone(), bytes: self.bytes, state })?;
            file.as_file().sync_data()?;
            file.persist(&self.state).map_err(|error| error.error)
        };
        write().map(drop).map_err(|source| PartialFileError::Write { path: self.state.clone(), source })
    }

    /// Appends the last bytes, and gives the file its name.
    ///
    /// # Errors
    /// [`PartialFileError::Exists`] if a file has that name by now, or [`PartialFileError::Write`].
    pub(crate) fn finish(mut self, bytes: &[u8]) -> Result<(), PartialFileError> {
        self.append(bytes)?;
        // Unlike renaming, a link never replaces a file; where there are no links, this is the best that can be done.
        let named = match fs::hard_link(&self.partial, &self.path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists && self.path.symlink_metadata().is_err() => {
                fs::rename(&self.partial, &self.path)
            }
            linked => linked,
        };
        named.map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => PartialFileError::Exists { path: self.path.clone() },
            _ => PartialFileError::Write { path: self.path.clone(), source },
        })?;
        // What is left of them is in nobody's way.
        let _ = fs::remove_file(&self.state).and_then(|()| fs::remove_file(&self.partial));
        Ok(())
    }
}

fn open_locked(path: &Path) -> Result<File, PartialFileError> {
    let failed = |source| PartialFileError::Create { path: path.to_owned(), source };
    if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
        return Err(PartialFileError::Exists { path: path.to_owned() });
    }
    let file = private::file_options().create(true).truncate(false).write(true).open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(PartialFileError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use serde_json::{Value, json};

    use super::{PartialFile, PartialFileError};

    fn open(path: &Path, of: &str) -> Result<(PartialFile, Option<u64>), PartialFileError> {
        PartialFile::open(path, json!(of), 0)
    }

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn an_interrupted_file_continues_after_its_last_commit() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.csv");
        let (mut file, state) = open(&path, "a").unwrap();
        assert_eq!(state, None);
        file.commit(b"one\n", &1).unwrap();
        file.append(b"not comm").unwrap();
        drop(file);
        let (mut file, state) = open(&path, "a").unwrap();
        assert_eq!(state, Some(1));
        file.commit(b"two\n", &2).unwrap();
        file.finish(b"end\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\nend\n");
        assert_eq!(names(dir.path()), ["out.csv"]);
    }

    #[test]
    fn other_files_are_never_changed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.csv");
        let (mut file, _) = open(&path, "a").unwrap();
        assert!(matches!(open(&path, "a"), Err(PartialFileError::InUse { .. })));
        file.commit(b"one\n", &1).unwrap();
        drop(file);
        assert!(matches!(open(&path, "b"), Err(PartialFileError::Other { .. })));
        fs::write(&path, "mine").unwrap();
        assert!(matches!(open(&path, "a"), Err(PartialFileError::Exists { .. })));
        fs::remove_file(&path).unwrap();
        let (file, _) = open(&path, "a").unwrap();
        fs::write(&path, "mine").unwrap();
        assert!(matches!(file.finish(b""), Err(PartialFileError::Exists { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        let foreign = dir.path().join("foreign");
        fs::write(dir.path().join("foreign.partial"), "mine").unwrap();
        assert!(matches!(open(&foreign, "a"), Err(PartialFileError::Other { .. })));
        assert_eq!(fs::read_to_string(dir.path().join("foreign.partial")).unwrap(), "mine");
    }

    #[test]
    fn a_file_shorter_than_its_state_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.csv");
        let (mut file, _) = open(&path, "a").unwrap();
        file.commit(b"one\n", &1).unwrap();
        drop(file);
        fs::write(dir.path().join("out.csv.partial"), "on").unwrap();
        assert!(matches!(open(&path, "a"), Err(PartialFileError::Other { .. })));
        // Without any of it, the file begins again.
        fs::remove_file(dir.path().join("out.csv.partial")).unwrap();
        assert_eq!(open(&path, "a").unwrap().1, None::<u64>);
        let state: Value =
            serde_json::from_str(&fs::read_to_string(dir.path().join("out.csv.partial.json")).unwrap()).unwrap();
        assert_eq!(state["bytes"], 0);
    }
}
