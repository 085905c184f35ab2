//! Why an import is refused. Nothing was sent.

use crate::error::{Advice, ErrorKind, Location};
use crate::ledger::{Counts, RunId};
use crate::report::ReportKind;
use crate::text::{counted, grouped, printable};

/// The input, the failure report or an earlier run does not allow the import.
#[derive(Debug, thiserror::Error)]
pub(super) enum ImportRefused {
    #[error("{input}: {invalid} of {size} cannot be sent; nothing was sent\n{table}")]
    InvalidRows { input: String, invalid: u64, size: String, table: String, hint: String, first: Option<Box<Location>> },
    #[error("cannot write the {}: {problem}", kind.name())]
    ReportPath { kind: ReportKind, problem: String },
    #[error("cannot write the list of saved records: {problem}")]
    ListExists { problem: String },
    #[error("run {run} of this input, started {started}, is unfinished: {} of {} rows saved", grouped(counts.saved), grouped(counts.rows))]
    Unfinished { run: RunId, started: String, counts: Counts, command: String, again: bool },
    #[error("this input was already imported by run {run} on {started}: {} saved", counted(counts.saved, "row"))]
    Imported { run: RunId, started: String, counts: Counts },
    #[error(
        "{} of {} sent before to {}: {runs}; nothing was sent",
        grouped(*sent),
        if *records == 1 { "1 record was".to_owned() } else { format!("{} records were", grouped(*records)) },
        if *several_bots { "the same bots" } else { "this bot" }
    )]
    SentBefore { sent: u64, records: u64, runs: String, several_bots: bool, only_new: String, again: String },
    #[error("run {run}, started {started}, has sent this input with another mapping: {} saved", counted(counts.saved, "row"))]
    SentWithOtherMapping { run: RunId, started: String, counts: Counts },
    #[error(
        "run {run}, started {started}, has sent an earlier version of {} with another mapping: its records cannot be \
         recognized",
        printable(input)
    )]
    GrownWithOtherMapping { run: RunId, started: String, input: String },
    #[error("--exclude-run {run}: that run had another input")]
    ExcludesOtherInput { run: RunId },
    #[error("--exclude-run {run}: that run sent to {}, not to this target", printable(target))]
    ExcludesOtherTarget { run: RunId, target: String },
    #[error("no run of this input to resume")]
    NothingToResume,
    #[error("{} has changed since run {run}", printable(input))]
    InputChanged { run: RunId, input: String },
    #[error("no run of this input with this mapping and target to resume; run {run} had different ones")]
    OtherMapping { run: RunId },
    #[error(
        "sending to {} at once needs {} open files and connections, but this process may open only {}",
        counted(*bots, "bot"),
        grouped(*needed),
        grouped(*allowed)
    )]
    TooFewFiles { bots: u64, needed: u64, allowed: u64 },
    #[error("run {run} is not an import")]
    NoImport { run: RunId },
    #[error("the options of run {run} are not stored, or were stored by another version")]
    NoOptions { run: RunId },
    #[error("the input of run {run} came through a pipe and is no longer kept")]
    NotKept { run: RunId },
}

impl Advice for ImportRefused {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidRows { .. } => ErrorKind::InvalidRows,
            Self::Unfinished { .. }
            | Self::Imported { .. }
            | Self::SentBefore { .. }
            | Self::SentWithOtherMapping { .. }
            | Self::GrownWithOtherMapping { .. } => ErrorKind::AlreadySent,
            Self::InputChanged { .. } | Self::NotKept { .. } => ErrorKind::Input,
            Self::ReportPath { .. } | Self::ListExists { .. } => ErrorKind::Output,
            _ => ErrorKind::Usage,
        }
    }

    fn location(&self) -> Option<Location> {
        match self {
            Self::InvalidRows { first, .. } => first.as_deref().cloned(),
            Self::InputChanged { input, .. } => Some(Location::line(input, None)),
            _ => None,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::InvalidRows { hint, .. } => hint.clone(),
            Self::ListExists { .. } => "choose a new file".to_owned(),
            Self::ReportPath { kind, .. } => format!("choose another file with {}", kind.option()),
            Self::Unfinished { command, again: false, .. } => format!("resume it with `{command}`"),
            Self::Unfinished { command, run, .. } => format!(
                "resume it with `{command}`; with --allow-unfinished, --again imports the whole input, and run {run} can \
                 still be resumed"
            ),
            Self::Imported { run, counts: Counts { in_doubt: 1.., .. }, .. } => format!(
                "look for its rows in doubt with `kore-feedback runs verify {run}`, or send them again with --resume \
                 --resend-in-doubt; --again imports the whole input and saves every row twice"
            ),
            Self::Imported { counts: Counts { saved: 0, .. }, .. } => {
                "none of its rows were saved: import it with --again".to_owned()
            }
            Self::Imported { .. } => {
                "use --again to import it anyway: every row is then saved twice, which distorts the score".to_owned()
            }
            Self::SentBefore { only_new, again, .. } => format!(
                "send only the new records with `{only_new}`, or all of them with `{again}`: these are then saved twice"
            ),
            Self::SentWithOtherMapping { run, .. } => format!(
                "use --exclude-run {run} to skip the rows it sent, or --again to send them, too: they are then saved twice"
            ),
            Self::GrownWithOtherMapping { run, .. } => {
                format!("use the mapping of run {run}, or --again if none of these records were sent before")
            }
            Self::ExcludesOtherInput { .. } => "find the run of this input with `kore-feedback runs list`".to_owned(),
            Self::ExcludesOtherTarget { .. } => "remove --exclude-run".to_owned(),
            Self::NothingToResume => "remove --resume to import it".to_owned(),
            Self::InputChanged { run, .. } => format!(
                "if the file has grown, import its new rows with --only-new; else restore it; `kore-feedback runs show {run} \
                 --rows` lists what was sent"
            ),
            Self::OtherMapping { run } => {
                format!("resume run {run} with its own options: `kore-feedback runs resume {run}`")
            }
            Self::TooFewFiles { needed, .. } => {
                format!("raise the limit with `ulimit -n {needed}`, or send to a few bots at a time with --filter")
            }
            Self::NoImport { .. } => return None,
            Self::NoOptions { .. } => {
                "resume it from its file, with the options it was started with: `kore-feedback import FILE --resume`"
                    .to_owned()
            }
            Self::NotKept { .. } => "pipe it into `kore-feedback import - --resume` again".to_owned(),
        })
    }
}
