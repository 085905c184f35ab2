//! Directories for the user's eyes alone.

use std::io;
use std::path::Path;

/// Makes a directory, and those above it that are missing, accessible to the user alone. One that exists stays as it is.
///
/// # Errors
/// What the system says.
pub fn create_dir(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
