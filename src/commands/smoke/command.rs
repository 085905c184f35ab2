//! Runs `smoke`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;

use super::checks::{Outcome, read_checks, record_checks};
use super::read::{Found, count_recent, find};
use super::send::{SentRecord, drafts, send};
use crate::cli::SmokeArgs;
use crate::clock;
use crate::commands::command_line::with_options;
use crate::commands::confirm::{confirm_records, must_confirm};
use crate::commands::error::{CommandError, Explain};
use crate::commands::session::Session;
use crate::commands::setup::Setup;
use crate::error::{Advice, ErrorKind};
use crate::exit::Exit;
use crate::ledger::Store;
use crate::record::{Feedback, ScoreRule};
use crate::report::{CheckStatus, SmokeReport};
use crate::run::LaneResources;
use crate::text::{counted, quoted};

/// How long records may take to appear.
const VISIBLE_WITHIN: Duration = Duration::from_secs(30);
const SHOWN: usize = 60;

/// Some checks failed; all of them are in the report.
#[derive(Debug, thiserror::Error)]
#[error("{failed} of {} failed: {first}", counted(*all as u64, "check"))]
struct SmokeFailed {
    failed: usize,
    all: usize,
    /// The first failed check in words.
    first: String,
    hint: Option<String>,
    exit: Exit,
}

impl Advice for SmokeFailed {
    fn kind(&self) -> ErrorKind {
        if self.exit == Exit::SomeNotSaved { ErrorKind::UnexpectedResponse } else { self.exit.into() }
    }

    fn hint(&self) -> Option<String> {
        self.hint.clone()
    }

    fn exit(&self) -> Exit {
        self.exit
    }
}

/// The report cannot be written. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("--junit: no directory for {}", .0.display())]
struct NoDirectory(PathBuf);

impl Advice for NoDirectory {
    fn hint(&self) -> Option<String> {
        Some("create the directory first".to_owned())
    }
}

/// The checks were made, but their report cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}", path.display())]
struct Unwritten {
    path: PathBuf,
    #[source]
    reason: std::io::Error,
}

impl Advice for Unwritten {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Output
    }

    fn exit(&self) -> Exit {
        Exit::SomeNotSaved
    }
}

pub(in crate::commands) fn smoke(args: &SmokeArgs, session: Session<'_>) -> Result<Exit, CommandError> {
    let sending = args.sending();
    let setup = Setup::new(&sending, session)?;
    let junit = args.junit.as_deref().map(|file| session.context.working_directory.join(file));
    if let Some(path) = junit.as_ref().filter(|path| !path.parent().is_some_and(Path::is_dir)) {
        return Err(NoDirectory(path.clone()).into());
    }
    let drafts = if args.read_only { Vec::new() } else { drafts(args, &setup) };
    let records: Vec<_> = drafts.iter().map(|draft| draft.check(ScoreRule::InScale)).collect::<Result<_, _>>()?;
    let store = Store::open(&setup.settings.state_dir()?)?;
    store.ensure_complete()?;
    let bot_id = setup.settings.bot_id()?;
    let resources = setup.resources(bot_id, &store)?;
    let smoke = Smoke { args, setup: &setup, bot_id, store: &store, resources };
    let (run, outcome) = if args.read_only { (None, smoke.read_only()?) } else { smoke.send_and_check(&records)? };
    smoke.report(run, outcome, junit.as_deref())
}

struct Smoke<'a> {
    args: &'a SmokeArgs,
    setup: &'a Setup<'a>,
    bot_id: &'a str,
    store: &'a Store,
    resources: LaneResources,
}

impl Smoke<'_> {
    fn read_only(&self) -> Result<Outcome, CommandError> {
        let counted = count_recent(self.setup, &self.resources)?;
        Ok(read_checks(self.setup, counted, self.args.max_latency))
    }

    fn send_and_check(&self, records: &[Feedback<'_>]) -> Result<(Option<i64>, Outcome), CommandError> {
        let survey = quoted(self.args.name.as_deref().unwrap_or_default(), SHOWN);
        let (number, target) = (counted(records.len() as u64, "record"), self.setup.target_in_words(&[]));
        let printer = self.setup.session.printer;
        printer.note(format_args!("sending {number} of {} to {target}, survey {survey}", self.args.channel_uid));
        if must_confirm(self.setup, self.args.yes) {
            confirm_records(self.setup, records.len() as u64, 1)?;
        }
        let sent = send(records, self.setup, self.store, self.resources.clone())?;
        let found = if sent.stopped.is_some() { Found::default() } else { self.read_back(&sent.records)? };
        Ok((Some(sent.run.0), record_checks(sent, &found, self.bot_id, self.args.max_latency)))
    }

    fn read_back(&self, records: &[SentRecord]) -> Result<Found, CommandError> {
        let within = self.args.wait.unwrap_or(VISIBLE_WITHIN);
        let since = clock::now().saturating_sub(SignedDuration::from_mins(5)).unwrap_or_default();
        // The connections belong to the runtime that has sent the records.
        let resources = LaneResources { client: self.setup.client(self.bot_id)?, ..self.resources.clone() };
        find(records, self.setup, &resources, since, within)
    }

    /// Prints and writes the report, and returns how the command ends.
    fn report(&self, run: Option<i64>, mut outcome: Outcome, junit: Option<&Path>) -> Result<Exit, CommandError> {
        let session = self.setup.session;
        for hint in outcome.checks.iter_mut().filter_map(|check| check.hint.as_mut()) {
            *hint = with_options(hint, session.global);
        }
        let report = SmokeReport {
            run,
            host: self.setup.host(),
            bot_id: self.bot_id.to_owned(),
            survey: self.args.name.clone(),
            checks: outcome.checks,
        };
        let written = junit.map_or(Ok(()), |path| write_junit(&report, path));
        let printed = session.result(&report, &report.json());
        printed.map_err(|error| if run.is_some() { CommandError::after_sending(error) } else { error.into() })?;
        if let Some(stopped) = outcome.stopped {
            if let Err(unwritten) = written {
                session.printer.warning(unwritten);
            }
            return Err(stopped.into());
        }
        let failed = report.checks.iter().find(|check| check.status == CheckStatus::Failed);
        if let Some(first) = failed {
            return Err(SmokeFailed {
                failed: report.count(CheckStatus::Failed),
                all: report.checks.len(),
                first: first.in_words(),
                hint: first.hint.clone(),
                exit: outcome.exit,
            }
            .into());
        }
        written?;
        Ok(Exit::Success)
    }
}

fn write_junit(report: &SmokeReport, path: &Path) -> Result<(), CommandError> {
    let xml = report.junit().explain("cannot write the report as XML")?;
    Ok(std::fs::write(path, xml).map_err(|reason| Unwritten { path: path.to_owned(), reason })?)
}
