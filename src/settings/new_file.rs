//! Writes the files that users start from: a config, or a mapping. Existing files are never overwritten.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::error::{Advice, ErrorKind};
use crate::private;

const CONFIG: &str = "config";

/// Every key with its meaning and default, all commented out.
pub(super) const INITIAL_CONFIG: &str = include_str!("../../config.example.toml");

/// Why no file was written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the {what} {}", path.display())]
pub struct NewFileError {
    /// `config` or `mapping`.
    what: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl Advice for NewFileError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Config
    }

    fn hint(&self) -> Option<String> {
        let option = if self.what == CONFIG { "--config" } else { "--write-mapping" };
        Some(format!("name another file with {option}; existing files are never overwritten"))
    }
}

impl NewFileError {
    fn new(what: &'static str, path: &Path, source: io::Error) -> Self {
        let source = match source.kind() {
            io::ErrorKind::AlreadyExists => io::Error::other("it already exists"),
            _ => source,
        };
        Self { what, path: path.to_owned(), source }
    }
}

/// Writes a commented config to a new file that only its owner can read, and creates the directories it needs.
///
/// # Errors
/// If something already exists at this path, or it cannot be written.
pub fn write_initial_config(path: &Path) -> Result<(), NewFileError> {
    let created = match path.parent().filter(|directory| !directory.is_dir()) {
        Some(directory) => private::create_dir(directory),
        None => Ok(()),
    };
    created
        .and_then(|()| write(path, INITIAL_CONFIG, private::file_options()))
        .map_err(|error| NewFileError::new(CONFIG, path, error))
}

/// Writes a mapping to a new file.
///
/// # Errors
/// If something already exists at this path, or it cannot be written.
pub fn write_mapping(path: &Path, text: &str) -> Result<(), NewFileError> {
    write(path, text, OpenOptions::new()).map_err(|error| NewFileError::new("mapping", path, error))
}

fn write(path: &Path, text: &str, mut options: OpenOptions) -> io::Result<()> {
    let mut file = options.write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).inspect_err(|_| {
        // An incomplete file would block the next attempt.
        let _ = std::fs::remove_file(path);
    })
}
