//! Why an import is refused. Nothing was sent.

use std::path::PathBuf;

use crate::error::Advice;
use crate::ledger::{Counts, RunId};
use crate::text::{counted, grouped, printable};

/// Some rows are invalid, and `--skip-invalid` was not given.
#[derive(Debug, thiserror::Error)]
#[error("{input}: {invalid} of {} cannot be sent; nothing was sent\n{table}", counted(*rows, "row"))]
pub(super) struct InvalidRows {
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

/// The failure report cannot be written to its path.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReportRefused {
    #[error("the failure report would overwrite the input {}", path.display())]
    OverInput { path: PathBuf },
    #[error("cannot write the failure report: {} is a directory", path.display())]
    Directory { path: PathBuf },
    #[error("cannot write the failure report: no directory for {}", path.display())]
    NoDirectory { path: PathBuf },
}

impl Advice for ReportRefused {
    fn hint(&self) -> Option<String> {
        Some("choose another file with --failures".to_owned())
    }
}

/// An earlier run stands in the way, or the run to resume or exclude does not fit.
#[derive(Debug, thiserror::Error)]
pub(super) enum ImportRefused {
    #[error("run {run} of this input, started {started}, is unfinished: {} of {} rows saved", grouped(counts.saved), grouped(counts.rows))]
    Unfinished { run: RunId, started: String, counts: Counts, command: String },
    #[error("this input was already imported by run {run} on {started}: {} saved", counted(counts.saved, "row"))]
    Imported { run: RunId, started: String, counts: Counts },
    #[error("run {run}, started {started}, has sent a part of this input: {} saved", counted(counts.saved, "row"))]
    PartlyImported { run: RunId, started: String, counts: Counts },
    #[error("--exclude-run {run}: that run had another input")]
    ExcludesOtherInput { run: RunId },
    #[error("--exclude-run {run}: that run sent to {}, so none of its rows are here", printable(target))]
    ExcludesOtherTarget { run: RunId, target: String },
    #[error("no run of this input to resume")]
    NothingToResume,
    #[error("no run of this input to resume: {} has changed since run {run}", printable(input))]
    InputChanged { run: RunId, input: String },
    #[error("no run of this input with this mapping and target to resume; run {run} had different ones")]
    OtherMapping { run: RunId },
}

impl Advice for ImportRefused {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unfinished { command, .. } => format!("resume it with `{command}`"),
            Self::Imported { run, counts: Counts { in_doubt: 1.., .. }, .. } => format!(
                "look for its rows in doubt with `kore-feedback runs verify {run}`, or send them again with --resume \
                 --resend-in-doubt; --again imports the whole input and saves every row twice"
            ),
            Self::Imported { counts: Counts { saved: 0, .. }, .. } => {
                "none of its rows were saved: import it with --again".to_owned()
            }
            Self::Imported { .. } => {
                "use --again to import it anyway: every row is then saved twice, which falsifies the score".to_owned()
            }
            Self::PartlyImported { run, .. } => format!(
                "use --exclude-run {run} to skip the rows it sent, or --again to send them, too: they are then saved twice"
            ),
            Self::ExcludesOtherInput { .. } => "find the run of this input with `kore-feedback runs list`".to_owned(),
            Self::ExcludesOtherTarget { .. } => "remove --exclude-run".to_owned(),
            Self::NothingToResume => "remove --resume to import it".to_owned(),
            Self::InputChanged { run, .. } => format!(
                "restore the file, or import the new rows as a file of their own; `kore-feedback runs show {run} --rows` \
                 lists what was sent"
            ),
            Self::OtherMapping { run } => {
                format!("resume run {run} with its own options: `kore-feedback runs resume {run}`")
            }
        })
    }
}

/// A run cannot be resumed by its number.
#[derive(Debug, thiserror::Error)]
pub(super) enum CannotResume {
    #[error("run {run} is not an import")]
    NoImport { run: RunId },
    #[error("the options of run {run} are not stored, or were stored by another version")]
    NoOptions { run: RunId },
    #[error("the input of run {run} came through a pipe and is no longer kept")]
    NotKept { run: RunId },
    #[error("{} has changed since run {run}", printable(input))]
    InputChanged { run: RunId, input: String },
}

impl Advice for CannotResume {
    fn hint(&self) -> Option<String> {
        match self {
            Self::NoImport { .. } => None,
            Self::NoOptions { .. } => Some(
                "resume it from its file, with the options it was started with: `kore-feedback import FILE --resume`"
                    .to_owned(),
            ),
            Self::NotKept { .. } => Some("pipe it into `kore-feedback import - --resume` again".to_owned()),
            Self::InputChanged { run, .. } => {
                Some(format!("restore the file; `kore-feedback runs show {run} --rows` lists what was sent"))
            }
        }
    }
}
