//! A report that cannot be written.

use std::io;
use std::path::{Path, PathBuf};

use super::OutputError;
use crate::error::{Advice, ErrorKind};
use crate::exit::Exit;
use crate::ledger::{LedgerError, RunId};
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

    pub(crate) fn failed(self, run: RunId, path: &Path, reason: io::Error) -> ReportError {
        ReportError::Write { kind: self, run, path: path.to_owned(), reason: without_path(reason) }
    }
}

/// The reason without the name of a temporary file, which tells users nothing.
fn without_path(reason: io::Error) -> io::Error {
    let text = reason.to_string();
    match text.split_once(" at path \"") {
        Some((text, _)) => io::Error::new(reason.kind(), text),
        None => reason,
    }
}

/// The report or the summary cannot be written. The ledger has the outcome of every row all the same.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportError {
    #[error("cannot write the {} {}: {reason}", kind.name(), path.display())]
    Write {
        kind: ReportKind,
        run: RunId,
        path: PathBuf,
        #[source]
        reason: io::Error,
    },
    #[error("cannot print the summary: {reason}")]
    Summary {
        run: RunId,
        #[source]
        reason: io::Error,
    },
    #[error(transparent)]
    Output(#[from] OutputError),
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
            Self::Summary { run, .. } => format!("show the results with `kore-feedback runs show {run}`"),
            Self::Write { kind, run, .. } => {
                format!("print the {} with `kore-feedback runs {} {run}`", kind.name(), kind.command())
            }
            Self::Output(_) => return None,
            Self::Input(_) | Self::Source(_) | Self::Ledger(_) => "`kore-feedback runs list` lists all runs".to_owned(),
        };
        Some(format!("the ledger has the outcome of every row: {command}"))
    }

    fn exit(&self) -> Exit {
        Exit::SomeNotSaved
    }
}
