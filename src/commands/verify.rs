//! `runs verify`, and the same at the end of an import: target → lease → server's records → ledger → report.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::time::{Duration, Instant};

use super::command_line::with_options;
use super::error::CommandError;
use super::find_run::find_run;
use super::import::{recover, respondents};
use super::input::remove_kept_inputs;
use super::session::Session;
use super::setup::{Setup, take_over};
use super::stop_reason::StoppedEarly;
use crate::cli::VerifyArgs;
use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::{LedgerError, Run, RunBot, RunId, Store};
use crate::record::Fingerprint;
use crate::report::{Printer, ReadProgress, VerifiedView};
use crate::run::LaneResources;
use crate::run::verify::{
    FindRespondents, SETTLE_TIME, Verified, VerifyError, VerifyEvent, VerifySettings, verify as verify_bot,
};
use crate::text::{counted, format_duration, printable, shell_command};

/// Why a run can't be verified. The server was not called.
#[derive(Debug, thiserror::Error)]
pub(super) enum VerifyRefused {
    #[error("run {run} used a sandbox inside its own process; its records are gone")]
    SandboxGone { run: RunId },
    #[error("run {run} was sent to {sent_to}, but the settings in effect are for {settings_for}")]
    OtherTarget { run: RunId, sent_to: String, settings_for: String, profile: Option<String> },
}

impl Advice for VerifyRefused {
    fn hint(&self) -> Option<String> {
        let Self::OtherTarget { profile, .. } = self else { return None };
        let option = shell_command(["--profile", profile.as_deref().unwrap_or("NAME")].map(OsStr::new));
        Some(format!("select the profile that the run was sent with: {option}"))
    }
}

/// Runs `runs verify`.
pub(super) fn verify(args: &VerifyArgs, session: Session<'_>) -> Result<Exit, CommandError> {
    let sending = args.sending();
    let setup = Setup::for_rows(&sending, false, session)?;
    let (store, run) = find_run(args.run, &setup.settings.state_dir()?)?;
    if args.recover {
        store.ensure_sound()?;
        store.restore_run(run)?;
    } else {
        store.ensure_known(run)?;
    }
    let mut run = store.run(run)?;
    ensure_target(&setup, &run)?;
    let _lease = take_over(&store, run.id)?;
    if args.recover {
        run = recover_rows(&run, &store, session)?;
    }
    let wait = args.wait.unwrap_or_default();
    let settle = args.settle.unwrap_or(SETTLE_TIME);
    let find_respondents = |wanted: &HashSet<Fingerprint>| respondents(&run, wanted, &store, session).ok();
    let verification = Verification {
        setup: &setup,
        store: &store,
        run: &run,
        settle,
        all: args.all,
        find_respondents: &find_respondents,
    };
    let (verified, error) = verification.run(run.bots.iter(), wait, wait)?;
    let run = store.run(run.id)?;
    if store.counts(&run)?.not_saved() == 0 {
        remove_kept_inputs(store.directory(), run.id);
    }
    if verified != Verified::default() || !error.as_ref().is_some_and(is_interrupted) {
        let view = VerifiedView { run: &run, verified: &verified };
        session.result(with_options(&view.to_string(), session.global), &view.json())?;
    }
    match error {
        Some(error) => Err(error),
        None if verified.is_clean() => Ok(Exit::Success),
        None => Ok(Exit::SomeNotSaved),
    }
}

/// Marks the rows that the ledger may have lost as in doubt, and renews the witness: the ledger now has at least what was
/// sent. Returns the run with its bots.
fn recover_rows(run: &Run, store: &Store, session: Session<'_>) -> Result<Run, CommandError> {
    let lost = recover(run, store, session)?;
    store.trust(run.id)?;
    session.printer.note(format_args!("{} may have been sent without a record in the ledger", counted(lost, "row")));
    Ok(store.run(run.id)?)
}

/// Verifies a run that was just sent, if rows are in doubt and the server may know more. A failure is only a warning,
/// because the run's own result counts; an interruption is returned.
pub(super) fn verify_at_end(
    setup: &Setup<'_>,
    store: &Store,
    run: &Run,
    early: Option<&StoppedEarly>,
    find_respondents: &FindRespondents<'_>,
) -> Result<Option<VerifyError>, LedgerError> {
    let may_help = early.is_none_or(StoppedEarly::leaves_doubt_to_resolve);
    if !may_help || store.counts(run)?.in_doubt == 0 {
        return Ok(None);
    }
    let counts = store.counts_by_bot(run)?;
    let in_doubt = run.bots.iter().zip(&counts).filter(|(_, counts)| counts.in_doubt > 0).map(|(bot, _)| bot);
    let verification = Verification { setup, store, run, settle: SETTLE_TIME, all: false, find_respondents };
    let error = match verification.run(in_doubt, SETTLE_TIME, Duration::ZERO) {
        Ok((verified, error)) => {
            setup.session.printer.note(VerifiedView { run, verified: &verified }.summary());
            error
        }
        Err(error) => Some(error),
    };
    if error.as_ref().is_some_and(is_interrupted) {
        return Ok(Some(VerifyError::Interrupted));
    }
    if let Some(error) = error {
        setup.session.printer.warning(format_args!("cannot verify the rows in doubt: {error}"));
    }
    Ok(None)
}

fn is_interrupted(error: &CommandError) -> bool {
    matches!(error.downcast_ref(), Some(VerifyError::Interrupted))
}

fn ensure_target(setup: &Setup<'_>, run: &Run) -> Result<(), VerifyRefused> {
    if run.sandbox {
        return Err(VerifyRefused::SandboxGone { run: run.id });
    }
    // The bots are those of the run, not of the settings: the server refuses credentials that are not for them.
    if run.host == setup.host() {
        return Ok(());
    }
    Err(VerifyRefused::OtherTarget {
        run: run.id,
        sent_to: printable(&run.host).into_owned(),
        settings_for: setup.host(),
        profile: run.profile.clone(),
    })
}

struct Verification<'a> {
    setup: &'a Setup<'a>,
    store: &'a Store,
    run: &'a Run,
    settle: Duration,
    all: bool,
    find_respondents: &'a FindRespondents<'a>,
}

impl Verification<'_> {
    /// Verifies the rows of these bots, one bot after the other; they share the time to wait. Returns what was found,
    /// and the first error if some bots could not be verified.
    fn run<'b>(
        &self,
        bots: impl Iterator<Item = &'b RunBot>,
        wait: Duration,
        visible_within: Duration,
    ) -> Result<(Verified, Option<CommandError>), CommandError> {
        let Self { setup, store, run, settle, all, .. } = self;
        let printer = setup.session.printer;
        let (mut verified, mut first_error, started) = (Verified::default(), None, Instant::now());
        let Some(first) = run.bots.first() else { return Ok((verified, first_error)) };
        let resources = setup.resources(&first.bot_id, store)?;
        for bot in bots {
            let resources = setup.resources_beside(&resources, bot)?;
            let bot_id = printable(&bot.bot_id);
            printer.note(format_args!("verifying run {} with the records of {}, bot {bot_id}", run.id, setup.host()));
            let wait = wait.saturating_sub(started.elapsed());
            let settings = VerifySettings {
                run: self.run.clone(),
                bot: bot.clone(),
                timeout: setup.settings.values.timeout.value,
                longest_window: setup.longest_window(),
                all: *all,
                settle: *settle,
                wait,
                visible_within,
            };
            match self.verify_bot(&resources, &settings) {
                Ok(found) => verified = verified.merge(found),
                Err(error) if run.bots.len() == 1 => return Err(error),
                Err(error) if is_interrupted(&error) => {
                    if let Some(earlier) = first_error.replace(error) {
                        printer.warning(format_args!("{earlier}"));
                    }
                    break;
                }
                // Rows of the other bots can be verified all the same.
                Err(error) if first_error.is_none() => first_error = Some(error.context(format!("bot {bot_id}"))),
                Err(error) => printer.warning(format_args!("bot {bot_id}: {error}")),
            }
        }
        Ok((verified, first_error))
    }

    fn verify_bot(&self, resources: &LaneResources, settings: &VerifySettings) -> Result<Verified, CommandError> {
        let progress = ReadProgress::new(self.setup.session.printer, self.setup.session.context.stderr_is_terminal);
        let on_event = |event| print_event(event, &progress, self.setup.session.printer);
        Ok(verify_bot(resources, self.store, settings, self.find_respondents, &on_event)?)
    }
}

fn print_event(event: VerifyEvent, progress: &ReadProgress<'_>, printer: &Printer) {
    match event {
        VerifyEvent::Reading(event) => progress.show(event),
        VerifyEvent::ClocksDiffer { difference } => {
            printer.note(format_args!("during the run: {difference}; its records are found by the server's clock"));
        }
        VerifyEvent::NotFoundYet { rows, wait } => {
            progress.restart();
            let (rows, wait) = (counted(rows, "row"), format_duration(wait));
            printer.note(format_args!("{rows} not found yet; reading again in {wait}"));
        }
    }
}
