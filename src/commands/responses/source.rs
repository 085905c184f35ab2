//! What both commands read: settings → target → the records of a time that a filter matches.

use crate::cli::{ResponsesArgs, SendingArgs};
use crate::commands::error::CommandError;
use crate::commands::session::Session;
use crate::commands::setup::Setup;
use crate::error::Advice;
use crate::ledger::Store;
use crate::report::ReadProgress;
use crate::run::LaneResources;
use crate::run::read::{Batch, Position, ScanSettings, scan};

/// The time given is none.
#[derive(Debug, thiserror::Error)]
#[error("--from is after --to")]
pub(super) struct EmptyTime;

impl Advice for EmptyTime {}

/// Where records are read from.
pub(super) struct Source<'a> {
    pub(super) setup: Setup<'a>,
    args: &'a ResponsesArgs,
}

impl<'a> Source<'a> {
    /// `sending` are the options of `args` that also apply to sending.
    pub(super) fn new(
        args: &'a ResponsesArgs,
        sending: &'a SendingArgs,
        session: Session<'a>,
    ) -> Result<Self, CommandError> {
        if args.to.is_some_and(|to| to < args.from) {
            return Err(EmptyTime.into());
        }
        Ok(Self { setup: Setup::new(sending, session)?, args })
    }

    /// Reads the records from this position on, in batches.
    pub(super) fn read(
        &self,
        start: Option<Position>,
        on_batch: impl FnMut(Batch) -> Result<(), CommandError>,
    ) -> Result<(), CommandError> {
        let resources = self.resources()?;
        let settings = ScanSettings {
            from: self.args.from,
            to: self.args.to,
            filter: self.args.filter(),
            timeout: self.setup.settings.values.timeout.value,
            longest_window: self.setup.longest_window(),
        };
        let session = self.setup.session;
        let progress = ReadProgress::new(session.printer, session.context.stderr_is_terminal);
        let start = start.unwrap_or_else(|| Position::at(settings.from));
        scan(&resources, &settings, start, &|event| progress.show_scan(event), on_batch)
    }

    fn resources(&self) -> Result<LaneResources, CommandError> {
        // All processes share the bot's rate limits through the ledger.
        let store = Store::open(&self.setup.settings.state_dir()?)?;
        self.setup.resources(self.setup.settings.bot_id()?, &store)
    }

    /// For people, such as `2026-01-01 to 2026-06-30`.
    pub(super) fn time_in_words(&self) -> String {
        let day = |time: jiff::Timestamp| time.strftime("%Y-%m-%d").to_string();
        let to = self.args.to.map_or_else(|| "now".to_owned(), day);
        format!("{} to {to}", day(self.args.from))
    }
}
