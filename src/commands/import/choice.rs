//! Which run an import belongs to: a new one, an earlier one, or none, because an input is imported only once.

use super::checked::Import;
use super::error::ImportRefused;
use crate::commands::command_line::resume_command;
use crate::commands::error::CommandError;
use crate::ledger::{Counts, Lease, LedgerError, Run, RunId, Store};

#[derive(Debug)]
pub(super) enum Choice {
    New,
    Resume(Run),
    /// This run has nothing left to send.
    Done(Run),
}

/// Chooses from the runs with the same identity, the latest first.
pub(super) fn choose(store: &Store, same: Vec<Run>, import: &Import<'_>) -> Result<Choice, CommandError> {
    if import.args.resume {
        return resume(store, same, import);
    }
    if import.setup.is_sandbox {
        return Ok(Choice::New);
    }
    if import.args.only_new {
        return choose_for_new_records(store, same);
    }
    if import.args.again {
        let unfinished = same.iter().find(|run| run.finished_at.is_none() && !import.args.allow_unfinished);
        return unfinished.map_or(Ok(Choice::New), |run| Err(refuse(store, run, import)?));
    }
    same.first().map_or(Ok(Choice::New), |latest| Err(refuse(store, latest, import)?))
}

/// An unfinished run of the same input is resumed; if it is finished, there is nothing new in its input.
fn choose_for_new_records(store: &Store, same: Vec<Run>) -> Result<Choice, CommandError> {
    let Some(run) = same.into_iter().find(|run| run.finished_at.is_none()) else { return Ok(Choice::New) };
    if Lease::is_held(store.directory(), run.id) {
        return Err(LedgerError::InUse { run: run.id }.into());
    }
    Ok(Choice::Resume(run))
}

/// Why this run prevents a new one.
fn refuse(store: &Store, run: &Run, import: &Import<'_>) -> Result<CommandError, CommandError> {
    if Lease::is_held(store.directory(), run.id) {
        return Ok(LedgerError::InUse { run: run.id }.into());
    }
    let (id, started, counts) = (run.id, date(run), store.counts(run)?);
    let refused = match run.finished_at {
        None => {
            let (command, again) = (resume_command(id, None, &import.global), import.args.again);
            ImportRefused::Unfinished { run: id, started, counts, command, again }
        }
        Some(_) => ImportRefused::Imported { run: id, started, counts },
    };
    Ok(refused.into())
}

/// Resumes the run that the user named, or else the latest with something left to send.
fn resume(store: &Store, same: Vec<Run>, import: &Import<'_>) -> Result<Choice, CommandError> {
    let resends = |counts: &Counts| {
        (import.args.resend_in_doubt && counts.in_doubt > 0) || (import.args.rejected && counts.rejected > 0)
    };
    let mut done = None;
    for run in same.into_iter().filter(|run| import.resumed_run.is_none_or(|named| named == run.id)) {
        if run.finished_at.is_none() || resends(&store.counts(&run)?) {
            return Ok(Choice::Resume(run));
        }
        done = done.or(Some(run));
    }
    match done {
        Some(run) => Ok(Choice::Done(run)),
        None => Err(nothing_to_resume(store, import)?.into()),
    }
}

/// Explains what differs from the most similar run.
fn nothing_to_resume(store: &Store, import: &Import<'_>) -> Result<ImportRefused, CommandError> {
    if let Some(run) = import.runs_of_input(store)?.first() {
        return Ok(ImportRefused::OtherMapping { run: run.id });
    }
    let name = import.input_name();
    let same_name = store.runs()?.into_iter().rev().find(|run| run.input == name && import.input.are_files());
    Ok(match same_name {
        Some(run) => ImportRefused::InputChanged { run: run.id, input: name },
        None => ImportRefused::NothingToResume,
    })
}

/// Refuses `--exclude-run` for a run that sent another input, or sent it elsewhere.
pub(super) fn ensure_excluded_runs_fit(import: &Import<'_>) -> Result<(), CommandError> {
    let excluded = &import.args.rows.exclude_run;
    if excluded.is_empty() {
        return Ok(());
    }
    let Some(store) = Store::open_existing(&import.setup.settings.state_dir()?)? else { return Ok(()) };
    let host = import.setup.host();
    // A test import into the sandbox may exclude what a real run has sent.
    let is_anywhere = import.setup.is_sandbox || host.is_empty();
    let is_here = |run: &Run| is_anywhere || (!run.sandbox && run.host == host);
    let contents = import.contents(&store)?;
    for run in excluded {
        let run = store.run(RunId(*run))?;
        if !contents.contains(&run.content) {
            return Err(ImportRefused::ExcludesOtherInput { run: run.id }.into());
        }
        if !is_here(&run) {
            let target = if run.sandbox { "a sandbox".to_owned() } else { run.host };
            return Err(ImportRefused::ExcludesOtherTarget { run: run.id, target }.into());
        }
    }
    Ok(())
}

pub(super) fn date(run: &Run) -> String {
    run.started_at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}
