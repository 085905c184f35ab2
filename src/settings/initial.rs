//! The config that people begin with.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::Advice;
use crate::private;

/// Every key with what it means and its default, all of it commented.
pub const INITIAL_CONFIG: &str = include_str!("../../config.example.toml");

/// Why no config was written.
#[derive(Debug, thiserror::Error)]
pub enum InitialConfigError {
    /// There is one already.
    #[error("there is a config at {} already", .0.display())]
    Exists(PathBuf),
    /// The file or its directory can't be written.
    #[error("the config {} can't be written", path.display())]
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
        match self {
            Self::Exists(_) => {
                Some("edit it, or name another place with --config FILE: nothing is overwritten".to_owned())
            }
            Self::NotWritten { .. } => Some("name another place with --config FILE".to_owned()),
        }
    }
}

/// Writes [`INITIAL_CONFIG`] to a new file that only its owner can read, and the directories it needs.
///
/// # Errors
/// When there is anything at that place already, or it can't be written.
pub fn write_initial_config(path: &Path) -> Result<(), InitialConfigError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => InitialConfigError::Exists(path.to_owned()),
        _ => InitialConfigError::NotWritten { path: path.to_owned(), source },
    };
    if let Some(directory) = path.parent().filter(|directory| !directory.is_dir()) {
        private::create_dir(directory)
            .map_err(|source| InitialConfigError::NotWritten { path: path.to_owned(), source })?;
    }
    let mut file = private::file_options().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(INITIAL_CONFIG.as_bytes()).and_then(|()| file.sync_all()).map_err(|source| {
        // Half a config would stand in the way of the next try.
        let _ = std::fs::remove_file(path);
        failed(source)
    })
}
