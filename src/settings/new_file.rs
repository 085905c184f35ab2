//! Writes the files that users start from: a config, a secret, or a mapping. Existing files are never overwritten.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use crate::error::{Advice, ErrorKind};
use crate::private;

const CONFIG: &str = "config";
const SECRET: &str = "secret to";

/// Every key with its meaning and default, all commented out.
pub const INITIAL_CONFIG: &str = include_str!("../../config.example.toml");

/// Why no file was written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the {what} {}", path.display())]
pub struct NewFileError {
    what: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl Advice for NewFileError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Config
    }

    fn hint(&self) -> Option<String> {
        Some(match self.what {
            SECRET => {
                "move that file away, or choose it as the source of the secret; existing files are never overwritten"
                    .to_owned()
            }
            CONFIG => "name another file with --config; existing files are never overwritten".to_owned(),
            _ => "name another file with --write-mapping; existing files are never overwritten".to_owned(),
        })
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
    write_private(path, INITIAL_CONFIG).map_err(|error| NewFileError::new(CONFIG, path, error))
}

/// Writes a secret to a new file that only its owner can read, and creates the directories it needs.
///
/// # Errors
/// If something already exists at this path, or it cannot be written.
pub fn write_secret(path: &Path, secret: &SecretString) -> Result<(), NewFileError> {
    write_private(path, secret.expose_secret()).map_err(|error| NewFileError::new(SECRET, path, error))
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    if let Some(directory) = path.parent().filter(|directory| !directory.is_dir()) {
        private::create_dir(directory)?;
    }
    write(path, text, private::file_options())
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
