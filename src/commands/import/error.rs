//! Why an import is refused once its input has been checked.

use std::path::PathBuf;

use crate::error::Advice;
use crate::text::counted;

/// Some rows can't be sent, and nobody has said to leave them out.
#[derive(Debug, thiserror::Error)]
#[error("{input}: {invalid} of {} can't be sent; nothing was sent\n{table}", counted(*rows, "row"))]
pub(in crate::commands) struct InvalidRows {
    pub(super) input: String,
    pub(super) invalid: u64,
    pub(super) rows: u64,
    pub(super) table: String,
    pub(super) hint: &'static str,
}

impl Advice for InvalidRows {
    fn hint(&self) -> Option<String> {
        Some(self.hint.to_owned())
    }
}

/// The failure report can't be where it would go. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(in crate::commands) enum ReportRefused {
    #[error("the failure report would overwrite the input: {}", path.display())]
    OverInput { path: PathBuf },
    #[error("the failure report can't be written: {} is a directory", path.display())]
    Directory { path: PathBuf },
    #[error("the failure report can't be written: there is no directory for {}", path.display())]
    NoDirectory { path: PathBuf },
}

impl Advice for ReportRefused {
    fn hint(&self) -> Option<String> {
        Some("name another file with --failures".to_owned())
    }
}
