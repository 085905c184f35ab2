//! `runs verify`, and the same at the end of an import: target → lease → look → ledger → report.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::ending::EndedEarly;
use super::import::{DIED, forget_kept_inputs};
use super::setup::Setup;
use crate::cli::{GlobalArgs, OutputFormat, VerifyArgs};
use crate::clock;
use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::{Lease, LedgerError, Run, RunId, Store};
use crate::report::{Printer, VerifiedView, span};
use crate::run::verify::{SETTLING, Verified, VerifyEvent, VerifySettings, verify as verify_rows};
use crate::settings::Context;
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
) -> anyhow::Result<Exit> {
    let setup = Setup::new(global, &args.sending(), context, printer)?;
    let run = RunId(args.run);
    let store = Store::open_existing(&setup.settings.state_dir()?)?.ok_or(LedgerError::NoSuchRun { run })?;
    let run = store.run(run)?;
    ensure_target(&setup, &run)?;
    let _lease = Lease::take(store.directory(), run.id)?;
    store.claims_into_doubt(run.id, DIED, clock::now())?;
    let wait = args.wait.unwrap_or_default();
    let verified = ask(&setup, &store, setup.verify_settings(run.clone(), wait, wait), context, printer)?;
    let run = store.run(run.id)?;
    if store.counts(&run)?.not_saved() == 0 {
        forget_kept_inputs(store.directory(), run.id);
    }
    let view = VerifiedView::new(&run, &verified);
    if global.output == OutputFormat::Json {
        printer.json(&view)?;
    } else {
        printer.result(view)?;
    }
    Ok(if verified.is_clean() { Exit::Success } else { Exit::SomeNotSaved })
}

/// Verifies a run that has just been worked on, if rows are in doubt and the server may say something about them. That it
/// doesn't is no reason to lose the run's own end.
pub(super) fn verify_at_end(
    setup: &Setup,
    store: &Store,
    run: &Run,
    early: Option<&EndedEarly>,
    context: &Context,
    printer: &Printer,
) -> Result<(), LedgerError> {
    let is_worth_asking = matches!(early, None | Some(EndedEarly::Silent(_)));
    if !is_worth_asking || store.counts(run)?.in_doubt == 0 {
        return Ok(());
    }
    let settings = setup.verify_settings(run.clone(), SETTLING, Duration::ZERO);
    match ask(setup, store, settings, context, printer) {
        Ok(verified) => printer.note(VerifiedView::new(run, &verified).in_short()),
        Err(error) => printer.warning(format_args!("the rows in doubt could not be verified: {error:#}")),
    }
    Ok(())
}

fn ensure_target(setup: &Setup, run: &Run) -> Result<(), VerifyRefused> {
    if run.sandbox {
        return Err(VerifyRefused::SandboxGone { run: run.id });
    }
    let (host, bot_id) = setup.target_in_ledger();
    if (run.host.as_str(), run.bot_id.as_str()) == (host.as_str(), bot_id) {
        return Ok(());
    }
    Err(VerifyRefused::OtherTarget {
        run: run.id,
        went_to: printable(&format!("{}, bot {}", run.host, run.bot_id)).into_owned(),
        settings_for: setup.target_in_words(),
        profile: run.profile.clone(),
    })
}

fn ask(
    setup: &Setup,
    store: &Store,
    settings: VerifySettings,
    context: &Context,
    printer: &Printer,
) -> anyhow::Result<Verified> {
    let machinery = setup.machinery(store, context)?;
    printer.note(format_args!("reading back what {} has of run {}", setup.target_in_words(), settings.run.id));
    let said = Cell::new(Instant::now());
    let tell = |event| tell(event, &said, printer);
    Ok(verify_rows(&machinery, store, &settings, &tell)?)
}

fn tell(event: VerifyEvent, said: &Cell<Instant>, printer: &Printer) {
    match event {
        VerifyEvent::Read { records, of } => {
            let of = of.filter(|of| *of >= records).map_or_else(String::new, |of| format!(" of {}", grouped(of)));
            let line = format!("{}{of} read", counted(records, "record"));
            if said.get().elapsed() >= SAID_EVERY {
                said.set(Instant::now());
                printer.note(line);
            } else {
                printer.detail(line);
            }
        }
        VerifyEvent::Holding { why, wait } => {
            printer.note(format_args!("holding: {}; going on in {}", printable(&why), span(wait)));
        }
        VerifyEvent::LookingAgain { rows, wait } => {
            printer.note(format_args!("{} not found yet: looking again in {}", counted(rows, "row"), span(wait)));
        }
    }
}
