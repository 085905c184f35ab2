//! The sending half of an import: starts or resumes its run, sends the rows, and reports what became of them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::checked::Import;
use super::choice::{Choice, choose};
use super::fd_budget::FdBudget;
use super::finish::ImportRun;
use super::resume::StoredOptions;
use super::sent_before::SentBefore;
use crate::clock;
use crate::commands::confirm::{confirm_records, must_confirm};
use crate::commands::error::{CommandError, Explain};
use crate::commands::input::{kept_input, remove_kept_inputs};
use crate::commands::rules::score_rule;
use crate::commands::setup::{Bots, Patience, take_over};
use crate::commands::stop_reason::StoppedEarly;
use crate::commands::verify::verify_at_end;
use crate::exit::Exit;
use crate::ledger::{
    Comparison, Counts, LedgerError, NewRun, OutcomeKind, Overlap, ResendPolicy, Run, RunId, RunKind, Store,
};
use crate::record::Fingerprint;
use crate::report::{ProgressDisplay, ProgressStart};
use crate::rlimit;
use crate::run::{
    BreakerPolicy, Events, FeedSettings, Lane, LaneResources, LaneSettings, Share, feed_input, respondents,
    run as run_rows,
};
use crate::source::Input;
use crate::text::counted;

const PATIENCE: Patience = Patience { wait_for_target: Duration::from_secs(600), max_wait: None };

/// The run that an import belongs to, and the ledger.
pub(super) struct ChosenRun {
    store: Store,
    choice: Choice,
    /// The latest run of the same input to the same target.
    latest: Option<RunId>,
    /// What other runs have sent of this input.
    compared: SentBefore,
}

impl Import<'_> {
    /// Chooses the run to send to, or refuses to send: before anything is printed about the rows.
    pub(super) fn choose_run(&self) -> Result<ChosenRun, CommandError> {
        let store = Store::open(&self.setup.settings.state_dir()?)?;
        store.ensure_complete()?;
        let same = self.same_runs(&store)?;
        let latest = same.first().map(|run| run.id);
        let choice = choose(&store, same, self)?;
        let compared = match &choice {
            Choice::New => self.compare_new(&store)?,
            Choice::Resume(run) if !run.sandbox => {
                store.ensure_resumable(run.id, self.damage_search.as_ref())?;
                SentBefore::default()
            }
            Choice::Resume(_) | Choice::Done(_) => SentBefore::default(),
        };
        Ok(ChosenRun { store, choice, latest, compared })
    }

    pub(super) fn send(&self, chosen: ChosenRun) -> Result<Exit, CommandError> {
        let ChosenRun { store, choice, latest, compared } = chosen;
        let unfinished = match choice {
            Choice::Done(run) => return ImportRun::new(self, &store, run).end_without_sending(),
            Choice::Resume(run) => Some(run),
            Choice::New => {
                self.warn_of_copy(&store)?;
                self.print_overlap(&compared.overlap);
                None
            }
        };
        let is_resumed = unfinished.is_some();
        if !is_resumed && self.report.valid == compared.overlap.all() && self.report.invalid == 0 {
            return self.end_without_run(&compared.overlap, "nothing new to send");
        }
        // Prepared before the run starts: a missing secret must not leave an unfinished run behind.
        let bots = self.bots_without(&compared.overlap);
        let concurrency = self.concurrency(bots.len())?;
        let first = bots.first().map(|(bot, _)| bot.as_str()).unwrap_or_default();
        let resources = self.setup.resources(first, &store)?;
        let (run, verb) = match unfinished {
            Some(run) => {
                // It is finished if only rows in doubt or rejected rows are sent again.
                store.reopen(run.id)?;
                (store.set_bots(run.id, &bots, self.report.records())?, "resuming")
            }
            None => {
                self.confirm(&compared.overlap)?;
                (self.begin(&store, latest, &compared.overlap)?, "starting")
            }
        };
        let _lease = take_over(&store, run.id)?;
        let (run, compared) = if is_resumed { self.compare_again(&store, run)? } else { (run, compared) };
        if !self.setup.is_sandbox {
            store.trust(run.id)?;
        }
        self.session.printer.note(format_args!("{verb} run {} to {}", run.id, self.setup.target_in_words(&run.bots)));
        ImportRun { import: self, store: &store, run, compared }.send_rows(resources, concurrency)
    }

    /// The requests in flight per bot: as many as the settings ask for, if the process may open enough files.
    fn concurrency(&self, bots: usize) -> Result<usize, CommandError> {
        let wanted = self.setup.settings.values.concurrency.value.get();
        let budget = FdBudget { bots: bots as u64, concurrency: wanted as u64, includes_server: self.setup.is_sandbox };
        let concurrency = usize::try_from(budget.fit(rlimit::raise)?).unwrap_or(wanted);
        if concurrency < wanted {
            self.session.printer.warning(format_args!(
                "concurrency reduced from {wanted} to {concurrency} per bot: this process may not open more files \
                 (`ulimit -n`)"
            ));
        }
        Ok(concurrency)
    }

    /// Asks before a new run. A resumed run cannot have another target than the one that was confirmed.
    fn confirm(&self, overlap: &Overlap) -> Result<(), CommandError> {
        if must_confirm(&self.setup, self.args.yes) {
            confirm_records(&self.setup, self.report.valid - overlap.all(), self.bots().len())?;
        }
        Ok(())
    }

    /// Records the new run once its input is stored: without the input, the run could not be resumed.
    fn begin(&self, store: &Store, latest: Option<RunId>, overlap: &Overlap) -> Result<Run, CommandError> {
        let mapping = self.report.mapping.canonical();
        let new = NewRun {
            input: self.input_name(),
            rows: self.report.rows,
            records: self.report.records(),
            numbering: self.numbering(),
            bots: self.bots_without(overlap),
            again: self.args.again,
            sent_before: overlap.unlisted,
            options: StoredOptions::to_json(self)?,
            ..self.setup.new_run(RunKind::Import, self.report.content, mapping)
        };
        let run = store.begin_prepared(&new, clock::now(), |run| {
            if !self.setup.is_sandbox {
                store.ensure_not_started(run, new.identity, latest)?;
            }
            self.keep_input(store, run)
        })?;
        Ok(store.run(run)?)
    }

    /// Compares a resumed run with what other runs have sent since. Requires its lease.
    fn compare_again(&self, store: &Store, run: Run) -> Result<(Run, SentBefore), CommandError> {
        let compared = self.compare_resumed(store, &run)?;
        store.set_sent_before(run.id, compared.overlap.unlisted)?;
        let run = store.set_bots(run.id, &self.bots_without(&compared.overlap), self.report.records())?;
        Ok((run, compared))
    }

    /// Keeps the input if it came through a pipe.
    fn keep_input(&self, store: &Store, run: RunId) -> Result<(), CommandError> {
        // A run with this number that never began may have left its input.
        remove_kept_inputs(store.directory(), run);
        for (index, input) in self.input.iter().enumerate() {
            input.persist(&kept_input(store.directory(), run, index))?;
        }
        Ok(())
    }

    /// The names of all inputs, as the ledger stores them: absolute, so that they are valid in any working directory.
    pub(super) fn input_name(&self) -> String {
        let name = |input: &Input| match input.path() {
            Some(path) => self.session.context.working_directory.join(path).to_string_lossy().into_owned(),
            None => input.name().to_owned(),
        };
        self.input.iter().map(name).collect::<Vec<_>>().join(", ")
    }

    /// A copy has no record of what was sent with the original since.
    fn warn_of_copy(&self, store: &Store) -> Result<(), LedgerError> {
        if !self.setup.is_sandbox && store.is_copy()? {
            self.session.printer.warning(format_args!(
                "{} was copied or restored: it has no record of what was imported elsewhere since",
                store.path().display()
            ));
        }
        Ok(())
    }

    fn resend_policy(&self) -> ResendPolicy {
        ResendPolicy { in_doubt: self.args.resend_in_doubt, rejected: self.args.rejected }
    }

    /// The respondents of these records, as far as the input has them.
    pub(super) fn respondents(
        &self,
        wanted: &HashSet<Fingerprint>,
    ) -> Result<HashMap<Fingerprint, String>, CommandError> {
        Ok(respondents(&self.input, &self.feed_settings(None), wanted)?)
    }

    pub(super) fn feed_settings(&self, known: Option<Arc<Comparison>>) -> FeedSettings {
        FeedSettings {
            source: self.source.clone(),
            mapping: self.report.mapping.clone(),
            score: score_rule(self.args),
            include_in_doubt: self.args.include_in_doubt,
            resend: self.resend_policy(),
            duplicates: Arc::clone(&self.report.duplicates),
            bot: match &self.setup.bots {
                Bots::One(bot) => Some(bot.clone()),
                Bots::OfRows => None,
            },
            known,
        }
    }
}

impl ImportRun<'_> {
    fn send_rows(mut self, resources: LaneResources, concurrency: usize) -> Result<Exit, CommandError> {
        let Self { import, store, .. } = self;
        let run = &self.run;
        let counts = store.counts(run)?;
        let to_send = self.rows_to_send(&counts)?;
        if import.args.resume {
            import.print_duration(&to_send);
        }
        if let Some(known) = &self.compared.known {
            resources.writer.start_after(Arc::clone(known));
        }
        let lanes = self.lanes(resources, concurrency, &to_send)?;
        let (events, shown) = Events::channel();
        let start = ProgressStart {
            counts,
            unit: run.numbering.unit(),
            several_bots: run.bots.len() > 1,
            on_terminal: import.session.context.stderr_is_terminal,
        };
        let display = ProgressDisplay::start(shown, start, import.session.printer.clone());
        let ended = run_rows(lanes, events).explain("cannot start sending")?;
        self.compared.meanwhile = display.end();
        import.print_meanwhile(&self.compared.meanwhile);
        let run = &self.run;
        let stopped = StoppedEarly::from_end(self.run.id, ended);
        // On a full disk this fails, too; the summary is printed all the same.
        let unmarked = self.mark_rows_in_doubt().err();
        let stopped = stopped.or(unmarked.map(StoppedEarly::Ledger));
        let interrupted = match import.args.verify {
            true => {
                verify_at_end(&import.setup, store, run, stopped.as_ref(), &|wanted| import.respondents(wanted).ok())?
            }
            false => None,
        };
        self.end(stopped, interrupted)
    }

    /// Marks the rows without an answer, and those whose answer was that of another row.
    fn mark_rows_in_doubt(&self) -> Result<(), LedgerError> {
        let Self { import, store, run, .. } = self;
        store.mark_claims_in_doubt(run.id, "the run ended before the response arrived", clock::now())?;
        let repeated = store.mark_repeated_ids_in_doubt(run)?;
        if repeated > 0 {
            let unit = run.numbering.unit();
            let records = counted(repeated, &format!("more {unit}"));
            import
                .session
                .printer
                .warning(format_args!("{records} in doubt: the server responded with ids of other {unit}s"));
        }
        Ok(())
    }

    /// How many records each bot still has to be sent, in the order of the run's bots. `counts` are those of the run.
    fn rows_to_send(&self, counts: &Counts) -> Result<Vec<u64>, LedgerError> {
        let resend = self.import.resend_policy();
        let if_allowed = |kind, records| if resend.allows(kind) { records } else { 0 };
        let resent = |counts: &Counts| {
            if_allowed(OutcomeKind::InDoubt, counts.in_doubt) + if_allowed(OutcomeKind::Rejected, counts.rejected)
        };
        let counts = match self.import.setup.bots {
            // These include records that will turn out invalid or skipped, as the counts of the run do.
            Bots::One(_) => vec![*counts],
            Bots::OfRows => self.store.counts_by_bot(&self.run)?,
        };
        Ok(counts.iter().map(|counts| counts.unsent + resent(counts)).collect())
    }

    /// One lane per bot, side by side. If rows name their bots, one more lane takes the rows that go to none.
    fn lanes(&self, resources: LaneResources, concurrency: usize, to_send: &[u64]) -> Result<Vec<Lane>, CommandError> {
        let Self { import, store, run, .. } = self;
        let feed_settings = import.feed_settings(self.compared.known.clone());
        let settings = |to_send| {
            let settings = import.setup.lane_settings((run.id, run.numbering), feed_settings.resend, to_send, PATIENCE);
            let max_rejected = import.args.max_rejected.unwrap_or_default();
            LaneSettings { concurrency, breaker: BreakerPolicy { max_rejected, ..settings.breaker }, ..settings }
        };
        let is_by_row = import.setup.bots == Bots::OfRows;
        let shares = if is_by_row {
            run.bots.iter().map(|bot| Share::Bot(bot.bot_id.clone())).chain([Share::Unsent]).collect()
        } else {
            vec![Share::All]
        };
        let feeds = feed_input(&import.input, &feed_settings, shares, store, run.id, import.report.has_workbook)?;
        let mut feeds = feeds.into_iter();
        let mut lanes = Vec::with_capacity(feeds.len());
        if is_by_row {
            for ((bot, to_send), feed) in run.bots.iter().zip(to_send).zip(&mut feeds) {
                let resources = import.setup.resources_beside(&resources, bot)?;
                lanes.push(Lane { bot: Some(bot.bot_id.clone()), resources, settings: settings(*to_send), feed });
            }
        }
        let to_send = if is_by_row { 0 } else { to_send.iter().sum() };
        lanes.extend(feeds.next().map(|feed| Lane { bot: None, resources, settings: settings(to_send), feed }));
        Ok(lanes)
    }
}
