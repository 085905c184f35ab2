//! Reading small files that hold secrets: never more than is sensible, and wiped from memory afterwards.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use secrecy::zeroize::Zeroizing;

use super::CredentialError;

/// The largest secret, key or line of a command that is read, in bytes.
pub(super) const MOST: u64 = 64 * 1024;

/// A file's bytes.
pub(super) fn file(what: &'static str, path: &Path) -> Result<Zeroizing<Vec<u8>>, CredentialError> {
    let unreadable = |source| CredentialError::Unreadable { what, path: path.to_owned(), source };
    let bytes = File::open(path).and_then(|file| at_most(file, MOST + 1)).map_err(unreadable)?;
    if bytes.len() as u64 > MOST {
        return Err(CredentialError::TooLarge { what, path: path.to_owned(), most: MOST });
    }
    Ok(bytes)
}

/// What can be read, up to so many bytes.
pub(super) fn at_most(from: impl Read, most: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    from.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}
