use std::io;

use crate::error::{Advice, ErrorKind};

/// Writing to standard output failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output")]
pub(crate) struct OutputError(#[from] pub io::Error);

impl Advice for OutputError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Output
    }
}
