//! `runs verify`, and the same at the end of an import: target → lease → look → ledger → report.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::error::CommandError;
use super::input::remove_kept_inputs;
use super::setup::{Setup, take_over};
use super::stop_reason::StoppedEarly;
use crate::cli::{GlobalArgs, OutputFormat, VerifyArgs};
use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::{LedgerError, Run, RunBot, RunId, Store};
use crate::report::{Printer, VerifiedView};
use crate::run::LaneResources;
use crate::run::verify::{SETTLE_TIME, Verified, VerifyError, VerifyEvent, verify as verify_rows};
use crate::settings::Context;
use crate::text::format_duration;
use crate::text::{counted, grouped, printable};

/// How often a long reading says how far it is.
const SAID_EVERY: Duration = Duration::from_secs(10);

/// Why a run can't be verified. Nothing was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum VerifyRefused {
    #[error("run {run} went to a sandbox inside its own process: its records are gone")]
    SandboxGone { run: RunId },
    #[error("run {run} went to {went_to}, and these settings are for {settings_for}")]
    OtherTarget { run: RunId, went_to: String, settings_for: String, profile: Option<String> },
}

impl Advice for VerifyRefused {
    fn hint(&self) -> Option<String> {
        match self {
            Self::SandboxGone { .. } => None,
            Self::OtherTarget { profile: Some(profile), .. } => {
                Some(format!("it was sent with the profile {:?}: --profile names it", printable(profile)))
            }
            Self::OtherTarget { profile: None, .. } => {
                Some("choose the profile of its target with --profile".to_owned())
            }
        }
    }
}

/// Runs `runs verify`.
pub(super) fn verify(
    args: &VerifyArgs,
    global: &GlobalArgs,
    context: &Context,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let setup = Setup::for_rows(global, &args.sending(), context, printer)?;
    let run = RunId(args.run);
    let store = Store::open_existing(&setup.settings.state_dir()?)?.ok_or(LedgerError::NoSuchRun { run })?;
    let run = store.run(run)?;
    ensure_target(&setup, &run)?;
    let _lease = take_over(&store, run.id)?;
    let wait = args.wait.unwrap_or_default();
    let asking = Asking { setup: &setup, store: &store, run: &run, context, printer };
    let Asked { verified, mut failed } = asking.ask(run.bots.iter(), wait, wait)?;
    let run = store.run(run.id)?;
    if store.counts(&run)?.not_saved() == 0 {
        remove_kept_inputs(store.directory(), run.id);
    }
    let view = VerifiedView::new(&run, &verified);
    if let Some(error) = failed.take_if(|error| is_interrupted(error) && verified == Verified::default()) {
        return Err(error);
    }
    if global.output == OutputFormat::Json {
        printer.json(&view)?;
    } else {
        printer.result(view)?;
    }
    if let Some(error) = failed {
        return Err(error);
    }
    Ok(if verified.is_clean() { Exit::Success } else { Exit::SomeNotSaved })
}

/// Verifies a run that has just been worked on, if rows are in doubt and the server may say something about them. That it
/// doesn't is no reason to lose the run's own end, nor is a signal that ends the asking: that one is given.
pub(super) fn verify_at_end(
    setup: &Setup,
    store: &Store,
    run: &Run,
    early: Option<&StoppedEarly>,
    context: &Context,
    printer: &Printer,
) -> Result<Option<VerifyError>, LedgerError> {
    let is_worth_asking = early.is_none_or(StoppedEarly::leaves_doubt_to_resolve);
    if !is_worth_asking || store.counts(run)?.in_doubt == 0 {
        return Ok(None);
    }
    let counts = store.counts_by_bot(run)?;
    let in_doubt = run.bots.iter().zip(&counts).filter(|(_, counts)| counts.in_doubt > 0).map(|(bot, _)| bot);
    let asking = Asking { setup, store, run, context, printer };
    let failed = match asking.ask(in_doubt, SETTLE_TIME, Duration::ZERO) {
        Ok(Asked { verified, failed }) => {
            printer.note(VerifiedView::new(run, &verified).in_short());
            failed
        }
        Err(error) => Some(error),
    };
    match failed {
        Some(error) if is_interrupted(&error) => Ok(Some(VerifyError::Interrupted)),
        Some(error) => {
            printer.warning(format_args!("the rows in doubt could not be verified: {error:#}"));
            Ok(None)
        }
        None => Ok(None),
    }
}

fn is_interrupted(error: &CommandError) -> bool {
    matches!(error.downcast_ref(), Some(VerifyError::Interrupted))
}

fn ensure_target(setup: &Setup, run: &Run) -> Result<(), VerifyRefused> {
    if run.sandbox {
        return Err(VerifyRefused::SandboxGone { run: run.id });
    }
    // It is the run's own bots that are asked; credentials that are not for them are refused there.
    if run.host == setup.host() {
        return Ok(());
    }
    Err(VerifyRefused::OtherTarget {
        run: run.id,
        went_to: printable(&run.host).into_owned(),
        settings_for: setup.host(),
        profile: run.profile.clone(),
    })
}

/// A run whose rows in doubt are asked for.
struct Asking<'a> {
    setup: &'a Setup,
    store: &'a Store,
    run: &'a Run,
    context: &'a Context,
    printer: &'a Printer,
}

/// What was found at the bots that could be asked, and why the first one that couldn't be could not.
#[derive(Default)]
struct Asked {
    verified: Verified,
    failed: Option<CommandError>,
}

impl Asking<'_> {
    /// Asks these of the run's bots, one after the other: while one is waited for, so are the others.
    fn ask<'b>(
        &self,
        bots: impl Iterator<Item = &'b RunBot>,
        wait: Duration,
        visible_within: Duration,
    ) -> Result<Asked, CommandError> {
        let Self { setup, store, run, .. } = self;
        let (mut asked, began) = (Asked::default(), Instant::now());
        let Some(first) = run.bots.first() else { return Ok(asked) };
        let resources = setup.resources(&first.bot_id, store, self.context)?;
        for bot in bots {
            let resources = setup.resources_beside(&resources, bot)?;
            let bot_id = printable(&bot.bot_id);
            self.printer.note(format_args!("reading back what {}, bot {bot_id} has of run {}", setup.host(), run.id));
            let wait = wait.saturating_sub(began.elapsed());
            match self.ask_one(bot, &resources, (wait, visible_within)) {
                Ok(verified) => asked.verified = asked.verified.merge(verified),
                Err(error) if run.bots.len() == 1 => return Err(error),
                Err(error) if is_interrupted(&error) => {
                    if let Some(failed) = asked.failed.replace(error) {
                        self.printer.warning(format_args!("{failed:#}"));
                    }
                    break;
                }
                // The others' records tell what became of their own rows all the same.
                Err(error) if asked.failed.is_none() => {
                    asked.failed = Some(error.context(format!("bot {bot_id}")));
                }
                Err(error) => self.printer.warning(format_args!("bot {bot_id}: {error:#}")),
            }
        }
        Ok(asked)
    }

    fn ask_one(
        &self,
        bot: &RunBot,
        resources: &LaneResources,
        (wait, visible_within): (Duration, Duration),
    ) -> Result<Verified, CommandError> {
        let said = Cell::new(Instant::now());
        let tell = |event| tell(event, &said, self.printer);
        let settings = self.setup.verify_settings(self.run.clone(), bot.clone(), wait, visible_within);
        Ok(verify_rows(resources, self.store, &settings, &tell)?)
    }
}

fn tell(event: VerifyEvent, said: &Cell<Instant>, printer: &Printer) {
    match event {
        VerifyEvent::Read { records, total: of } => {
            let of = of.filter(|of| *of >= records).map_or_else(String::new, |of| format!(" of {}", grouped(of)));
            let line = format!("{}{of} read", counted(records, "record"));
            if said.get().elapsed() >= SAID_EVERY {
                said.set(Instant::now());
                printer.note(line);
            } else {
                printer.detail(line);
            }
        }
        VerifyEvent::Paused { why, wait } => {
            printer.note(format_args!("holding: {}; going on in {}", printable(&why), format_duration(wait)));
        }
        VerifyEvent::NotFoundYet { rows, wait } => {
            printer.note(format_args!(
                "{} not found yet: looking again in {}",
                counted(rows, "row"),
                format_duration(wait)
            ));
        }
    }
}
