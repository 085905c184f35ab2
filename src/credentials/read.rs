//! Reads small secret files: never more than a limit, and wiped from memory after use.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use secrecy::zeroize::Zeroizing;

use super::CredentialError;

/// The largest secret, key or command output that is read, in bytes.
pub(super) const MAX_SIZE: u64 = 64 * 1024;

/// Reads a whole file; `what` names it in errors.
pub(super) fn file(what: &'static str, path: &Path) -> Result<Zeroizing<Vec<u8>>, CredentialError> {
    let unreadable = |source| CredentialError::Unreadable { what, path: path.to_owned(), source };
    let bytes = File::open(path).and_then(|file| at_most(file, MAX_SIZE + 1)).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_SIZE {
        return Err(CredentialError::TooLarge { what, path: path.to_owned(), limit: MAX_SIZE });
    }
    Ok(bytes)
}

pub(super) fn at_most(from: impl Read, limit: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    from.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}
