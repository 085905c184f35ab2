//! Which run an import is: a new one, the rest of an earlier one, or none at all (decision 4: an input is imported once).

use super::command::Import;
use crate::commands::error::CommandError;
use crate::error::Advice;
use crate::ledger::{Counts, Lease, LedgerError, Run, RunId, Store};
use crate::text::{counted, grouped, printable};

/// What is to be done about an input.
#[derive(Debug)]
pub(super) enum Choice {
    /// Import it.
    New,
    /// Go on with this run.
    Resume(Run),
    /// This run has nothing left to send.
    Done(Run),
}

/// Why an import is refused. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(in crate::commands) enum ImportRefused {
    #[error("run {run} of this input, begun {began}, is unfinished: {} of {} rows are saved", grouped(counts.saved), grouped(counts.rows))]
    Unfinished { run: RunId, began: String, counts: Counts, command: String },
    #[error("this input was imported already, by run {run} on {began}: {} saved", counted(counts.saved, "row"))]
    Imported { run: RunId, began: String, counts: Counts },
    #[error("run {run}, begun {began}, has sent a part of this input: {} saved", counted(counts.saved, "row"))]
    PartlyImported { run: RunId, began: String, counts: Counts },
    #[error("--exclude-run {run}: that run was of another input")]
    ExceptOfAnother { run: RunId },
    #[error("--exclude-run {run}: that run went to {}: none of its rows is here", printable(went_to))]
    ExceptElsewhere { run: RunId, went_to: String },
    #[error("there is no run of this input to resume")]
    NothingToResume,
    #[error("there is no run of this input to resume: {} has changed since run {run}", printable(input))]
    InputChanged { run: RunId, input: String },
    #[error("there is no run of this input with this mapping and target to resume; run {run} had others")]
    OtherMapping { run: RunId },
}

impl Advice for ImportRefused {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unfinished { command, .. } => format!("go on with it: {command}"),
            Self::Imported { run, counts: Counts { in_doubt: 1.., .. }, .. } => format!(
                "`kore-feedback runs verify {run}` finds out about its rows in doubt, --resume --resend-in-doubt sends \
                 them again; --again imports all of it once more: what was saved is then saved twice"
            ),
            Self::Imported { counts: Counts { saved: 0, .. }, .. } => {
                "nothing of it was saved: --again imports it once more".to_owned()
            }
            Self::Imported { .. } => {
                "--again imports it once more: what was saved is then saved twice, which falsifies the score".to_owned()
            }
            Self::PartlyImported { run, .. } => format!(
                "--exclude-run {run} leaves out what it has sent; --again sends those rows once more: what was saved is then \
                 saved twice"
            ),
            Self::ExceptElsewhere { .. } => "leave --exclude-run out".to_owned(),
            Self::ExceptOfAnother { .. } => "`kore-feedback runs list` names the inputs of all runs".to_owned(),
            Self::NothingToResume => "leave --resume out to import it".to_owned(),
            Self::InputChanged { run, .. } => format!(
                "put the file back as it was, or import what is new as a file of its own; `kore-feedback runs show {run} \
                 --rows` says what has been sent"
            ),
            Self::OtherMapping { run } => {
                format!("repeat the options of run {run}, the same columns, values and profile, and add --resume")
            }
        })
    }
}

/// Decides, from the runs of the same identity, the latest first.
pub(super) fn choose(store: &Store, same: Vec<Run>, import: &Import<'_>) -> Result<Choice, CommandError> {
    let args = import.args;
    let latest = same.into_iter().next();
    if args.resume {
        return resume(store, latest, import);
    }
    let Some(latest) = latest.filter(|_| !args.again && !import.setup.is_sandbox) else { return Ok(Choice::New) };
    if Lease::is_held(store.directory(), latest.id) {
        return Err(LedgerError::InUse { run: latest.id }.into());
    }
    let (run, began, counts) = (latest.id, day(&latest), store.counts(&latest)?);
    Err(match latest.finished_at {
        None => ImportRefused::Unfinished { run, began, counts, command: import.command_to_resume(run, &[]) },
        Some(_) => ImportRefused::Imported { run, began, counts },
    }
    .into())
}

fn resume(store: &Store, latest: Option<Run>, import: &Import<'_>) -> Result<Choice, CommandError> {
    let Some(run) = latest else { return Err(nothing_to_resume(store, import)?.into()) };
    let has_leave = import.args.resend_in_doubt && store.counts(&run)?.in_doubt > 0;
    Ok(if run.finished_at.is_none() || has_leave { Choice::Resume(run) } else { Choice::Done(run) })
}

/// The nearest run there is says best what is wrong.
fn nothing_to_resume(store: &Store, import: &Import<'_>) -> Result<ImportRefused, LedgerError> {
    if let Some(run) = store.runs_with_content(&import.report.content)?.first() {
        return Ok(ImportRefused::OtherMapping { run: run.id });
    }
    let name = import.input_in_ledger();
    let same_name = store.runs()?.into_iter().rev().find(|run| run.input == name && import.input.are_files());
    Ok(match same_name {
        Some(run) => ImportRefused::InputChanged { run: run.id, input: name },
        None => ImportRefused::NothingToResume,
    })
}

/// What is left out because a run has sent it must have been sent by that run, and to here.
pub(super) fn ensure_excepted_are_here(import: &Import<'_>) -> Result<(), CommandError> {
    let except = &import.args.rows.exclude_run;
    if except.is_empty() {
        return Ok(());
    }
    let Some(store) = Store::open_existing(&import.setup.settings.state_dir()?)? else { return Ok(()) };
    let host = import.setup.host();
    // A rehearsal in the sandbox may leave out what a real run has sent.
    let is_here = |run: &Run| import.setup.is_sandbox || (!run.sandbox && run.host == host);
    for run in except {
        let run = store.run(RunId(*run))?;
        if run.content != import.report.content {
            return Err(ImportRefused::ExceptOfAnother { run: run.id }.into());
        }
        if !is_here(&run) {
            let went_to = if run.sandbox { "a sandbox".to_owned() } else { run.host };
            return Err(ImportRefused::ExceptElsewhere { run: run.id, went_to }.into());
        }
    }
    Ok(())
}

/// What another selection of the same rows has sent is not sent again by accident.
pub(super) fn ensure_not_sent_in_part(store: &Store, import: &Import<'_>) -> Result<(), CommandError> {
    let except = &import.args.rows.exclude_run;
    let relatives = store.runs_with_content(&import.report.content)?;
    let host = import.setup.host();
    if import.setup.is_sandbox || import.args.again {
        return Ok(());
    }
    let bots = import.bots();
    for run in relatives {
        let is_same = !run.sandbox && run.host == host && bots.iter().any(|(bot, _)| run.includes_bot(bot));
        if !is_same || except.contains(&run.id.0) || !import.report.mapping.makes_the_same_records(&run.mapping) {
            continue;
        }
        let counts = store.counts(&run)?;
        if counts.saved + counts.in_doubt > 0 {
            return Err(ImportRefused::PartlyImported { run: run.id, began: day(&run), counts }.into());
        }
    }
    Ok(())
}

fn day(run: &Run) -> String {
    run.started_at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}
