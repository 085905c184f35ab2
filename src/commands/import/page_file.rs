//! The file of a report: replaced as a whole, and only if it is such a report.

use std::io::{self, Read as _, Write as _};
use std::path::Path;

use crate::private;
use crate::report::PAGE_START;

/// # Errors
/// If there is a file that is no such page: it is not overwritten.
pub(super) fn ensure_replaceable(path: &Path) -> io::Result<()> {
    if let Err(error) = path.symlink_metadata() {
        return if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) };
    }
    let mut start = Vec::new();
    private::open_regular(path)?.take(PAGE_START.len() as u64).read_to_end(&mut start)?;
    if start == PAGE_START.as_bytes() { Ok(()) } else { Err(io::Error::other("it exists and is not such a report")) }
}

/// Writes the file as a whole or not at all. Only the user may read it.
pub(super) fn replace(path: &Path, html: &str) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".report-").tempfile_in(directory)?;
    file.write_all(html.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
