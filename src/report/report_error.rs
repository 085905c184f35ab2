//! A report that cannot be written.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Advice, ErrorKind};
use crate::exit::Exit;
use crate::ledger::LedgerError;
use crate::source::{InputError, SourceError};

/// The files that an import writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReportKind {
    Failures,
    Saved,
    Page,
}

impl ReportKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Failures => "failure report",
            Self::Saved => "list of saved records",
            Self::Page => "report",
        }
    }

    /// The option of `import`.
    pub(crate) fn option(self) -> &'static str {
        match self {
            Self::Failures => "--failures",
            Self::Saved => "--saved",
            Self::Page => "--report",
        }
    }

    /// The subcommand of `runs` that prints it.
    fn command(self) -> &'static str {
        match self {
            Self::Failures => "failures",
            Self::Saved => "saved",
            Self::Page => "report",
        }
    }

    pub(crate) fn failed(self, path: &Path, reason: io::Error) -> ReportError {
        ReportError::Write { kind: self, path: path.to_owned(), reason }
    }
}

/// The report or the summary cannot be written. The ledger has the outcome of every row all the same.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportError {
    #[error("cannot write the {} {}: {reason}", kind.name(), path.display())]
    Write {
        kind: ReportKind,
        path: PathBuf,
        #[source]
        reason: io::Error,
    },
    #[error("cannot print the summary: {reason}")]
    Summary {
        #[source]
        reason: io::Error,
    },
    #[error("cannot read the input again for a report: {0}")]
    Input(#[from] InputError),
    #[error("cannot read the input again for a report: {0}")]
    Source(#[from] SourceError),
    #[error("cannot read the ledger for a report: {0}")]
    Ledger(#[from] LedgerError),
}

impl Advice for ReportError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Output
    }

    fn hint(&self) -> Option<String> {
        let command = match self {
            Self::Summary { .. } => "show the results with `kore-feedback runs list`".to_owned(),
            Self::Write { kind, .. } => {
                format!("print the {} with `kore-feedback runs {} N`", kind.name(), kind.command())
            }
            _ => "print the report with `kore-feedback runs failures N`".to_owned(),
        };
        Some(format!("the ledger has the outcome of every row: {command}"))
    }

    fn exit(&self) -> Exit {
        Exit::SomeNotSaved
    }
}
