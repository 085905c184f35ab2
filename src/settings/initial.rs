//! Writes the config that users start with.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::Advice;
use crate::private;

/// Every key with its meaning and default, all commented out.
pub(super) const INITIAL_CONFIG: &str = include_str!("../../config.example.toml");

/// Why no config was written.
#[derive(Debug, thiserror::Error)]
pub enum InitialConfigError {
    /// There already is one.
    #[error("the config {} already exists", .0.display())]
    Exists(PathBuf),
    /// The file or its directory cannot be written.
    #[error("cannot write the config {}", path.display())]
    NotWritten {
        /// The config.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl Advice for InitialConfigError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Exists(_) => "edit it, or name another file with --config FILE".to_owned(),
            Self::NotWritten { .. } => "name another file with --config FILE".to_owned(),
        })
    }
}

/// Writes [`INITIAL_CONFIG`] to a new file that only its owner can read, and creates the directories it needs.
///
/// # Errors
/// If something already exists at this path, or it cannot be written.
pub fn write_initial_config(path: &Path) -> Result<(), InitialConfigError> {
    let not_written = |source| InitialConfigError::NotWritten { path: path.to_owned(), source };
    if let Some(directory) = path.parent().filter(|directory| !directory.is_dir()) {
        private::create_dir(directory).map_err(not_written)?;
    }
    let opened = private::file_options().write(true).create_new(true).open(path);
    let mut file = opened.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => InitialConfigError::Exists(path.to_owned()),
        _ => not_written(source),
    })?;
    file.write_all(INITIAL_CONFIG.as_bytes()).and_then(|()| file.sync_all()).map_err(|source| {
        // Half a config would block the next attempt.
        let _ = std::fs::remove_file(path);
        not_written(source)
    })
}
