//! An import whose input was read and checked. No run has been chosen yet, and nothing was sent.

use std::sync::Arc;
use std::time::Instant;

use crate::cli::{GlobalArgs, ImportArgs};
use crate::clock;
use crate::commands::error::CommandError;
use crate::commands::rules::check_settings;
use crate::commands::session::Session;
use crate::commands::setup::{Bots, Setup};
use crate::ledger::{DamageSearch, Run, RunId, Store};
use crate::numbering::Numbering;
use crate::record::ResolvedMapping;
use crate::report::time_estimate;
use crate::run::{CheckError, CheckReport, check};
use crate::settings::Settings;
use crate::source::{Inputs, SourceOptions};
use crate::text::excerpt;

/// An import whose input was checked.
pub(super) struct Import<'a> {
    pub(super) args: &'a ImportArgs,
    /// With absolute paths.
    pub(super) global: GlobalArgs,
    pub(super) session: Session<'a>,
    pub(super) setup: Setup<'a>,
    pub(super) input: Arc<Inputs>,
    /// How the input is read.
    pub(super) source: SourceOptions,
    pub(super) report: CheckReport,
    pub(super) started: Instant,
    /// The run that `runs resume` names. The working directory is then that of the run.
    pub(super) resumed_run: Option<RunId>,
    /// Looks for damage in the ledger before a run is resumed.
    pub(super) damage_search: Option<DamageSearch>,
}

impl<'a> Import<'a> {
    /// Reads and validates the whole input.
    pub(super) fn check(args: &'a ImportArgs, mut setup: Setup<'a>, input: Inputs) -> Result<Self, CommandError> {
        let (started, session) = (Instant::now(), setup.session);
        let settings = check_settings(args, &setup.settings, session.context)?;
        // A resumed run needs both, and neither needs the other.
        let sends = (args.resume && !args.dry_run).then(|| setup.settings.state_dir().ok()).flatten();
        let damage_search = sends.map(|directory| DamageSearch::start(&directory));
        let checked = check(&input, &settings);
        if let Err(CheckError::NoBot { .. }) = &checked {
            // The bot can also come from the settings: this error names every missing setting.
            setup.settings.bot_id()?;
        }
        let report = checked?;
        setup.bots = bots(&report.mapping, &setup.settings, args.dry_run)?;
        let global = session.global.absolute(&session.context.working_directory);
        let input = Arc::new(input);
        let (source, resumed_run) = (settings.source, None);
        Ok(Self { args, global, session, setup, input, source, report, started, resumed_run, damage_search })
    }

    /// What identifies the input: its rows and, if the ledger has runs of older versions, its bytes.
    pub(super) fn contents(&self, store: &Store) -> Result<Vec<[u8; 32]>, CommandError> {
        let mut contents = vec![self.report.content];
        if store.has_runs_of_bytes()? {
            contents.push(self.input.byte_hash()?);
        }
        Ok(contents)
    }

    /// The runs of this input, whatever their mapping and target, latest first.
    pub(super) fn runs_of_input(&self, store: &Store) -> Result<Vec<Run>, CommandError> {
        let mut runs = Vec::new();
        for content in self.contents(store)? {
            runs.extend(store.runs_with_content(&content)?);
        }
        Ok(runs)
    }

    /// The runs with the same content, mapping and target, latest first.
    pub(super) fn same_runs(&self, store: &Store) -> Result<Vec<Run>, CommandError> {
        let mapping = self.report.mapping.canonical();
        let mut runs = Vec::new();
        for content in self.contents(store)? {
            runs.extend(store.runs_with_identity(self.setup.identity(&content, &mapping))?);
        }
        Ok(runs)
    }

    /// How the records of all rows are numbered.
    pub(super) fn numbering(&self) -> Numbering {
        self.report.mapping.numbering()
    }

    /// What records are called where they are counted.
    pub(super) fn unit(&self) -> &'static str {
        self.numbering().unit()
    }

    pub(super) fn short_name(&self) -> String {
        excerpt(&self.input.name(), 200)
    }

    /// The bots to send to, and how many records go to each.
    pub(super) fn bots(&self) -> Vec<(String, u64)> {
        match &self.setup.bots {
            Bots::One(bot) => vec![(bot.clone(), self.report.valid)],
            Bots::OfRows => {
                let named = self.report.bots.iter().filter_map(|bot| Some((bot.bot_id.clone()?, bot.records)));
                named.collect()
            }
        }
    }

    /// Each bot has its own limits, so the bot with the most records takes longest.
    pub(super) fn print_duration(&self, records_by_bot: &[u64]) {
        let most = records_by_bot.iter().copied().max().unwrap_or_default();
        let time = self.setup.pacer().time_for(most);
        let estimate = time_estimate((records_by_bot, self.unit()), self.setup.limits(), time, &clock::local_now());
        self.session.printer.note(format_args!("to send: {estimate}"));
    }
}

/// The bots that rows go to: those named in the rows, one set for all rows, or the profile's. A dry run needs none: its bot is
/// then empty.
fn bots(mapping: &ResolvedMapping, settings: &Settings, is_dry_run: bool) -> Result<Bots, CommandError> {
    if mapping.names_bots() {
        return Ok(Bots::OfRows);
    }
    let one = match mapping.constant_bot() {
        Some(bot) => bot,
        None if is_dry_run => settings.bot_id().unwrap_or_default(),
        None => settings.bot_id()?,
    };
    Ok(Bots::One(one.to_owned()))
}
