//! The sending half of an import: which run it is, the run begun or taken up, worked off, and ended.

use std::sync::Arc;
use std::time::Duration;

use super::choice::{Choice, choose, ensure_not_sent_in_part};
use super::command::Import;
use super::fd_budget::FdBudget;
use crate::clock;
use crate::commands::error::{CommandError, Explain};
use crate::commands::input::kept_input;
use crate::commands::rules::source;
use crate::commands::setup::{Bots, Subject, take_over};
use crate::commands::stop_reason::StoppedEarly;
use crate::commands::verify::verify_at_end;
use crate::exit::Exit;
use crate::ledger::{Counts, LedgerError, ResendPolicy, Run, RunId, RunKind, Store};
use crate::record::ScoreRule;
use crate::report::{ProgressDisplay, ProgressStart};
use crate::rlimit;
use crate::run::{Events, FeedSettings, Lane, LaneResources, LaneSettings, Share, feed_input, run as run_rows};
use crate::source::Input;
use crate::text::counted;

const WAIT_FOR_TARGET: Duration = Duration::from_secs(600);
/// Claims that this process gave up waiting for.
const ABANDONED: &str = "the run ended before the answer came";

impl Import<'_> {
    pub(super) fn send(&self) -> Result<Exit, CommandError> {
        let store = Store::open(&self.setup.settings.state_dir()?)?;
        let identity = self.setup.identity(&self.report.content, &self.report.mapping.canonical());
        let same = store.runs_with_identity(identity)?;
        let latest = same.first().map(|run| run.id);
        let unfinished = match choose(&store, same, self)? {
            Choice::Done(run) => return self.finish(&store, run).end_without_sending(),
            Choice::Resume(run) => Some(run),
            Choice::New => None,
        };
        // Before a run begins: a secret that can't be had must not leave an unfinished run behind.
        let bots = self.bots();
        let calls = self.calls_at_once(bots.len())?;
        let first = bots.first().map(|(bot, _)| bot.as_str()).unwrap_or_default();
        let resources = self.setup.resources(first, &store, self.context)?;
        let (run, verb) = match unfinished {
            Some(run) => (store.set_bots(run.id, &bots)?, "resuming"),
            None => (self.begin(&store, latest)?, "starting"),
        };
        let _lease = take_over(&store, run.id)?;
        self.printer.note(format_args!("{verb} run {} to {}", run.id, self.setup.target_in_words(&run.bots)));
        self.work(&store, run, resources, calls)
    }

    /// How many calls may be in flight to each of so many bots: as many as the settings say, if there are files for them.
    fn calls_at_once(&self, bots: usize) -> Result<usize, CommandError> {
        let asked = self.setup.settings.values.concurrency.value.get();
        let budget = FdBudget { bots: bots as u64, calls: asked as u64, both_ends: self.setup.is_sandbox };
        let calls = usize::try_from(budget.fitted(rlimit::raise)?).unwrap_or(asked);
        if calls < asked {
            self.printer.wrapped_warning(format_args!(
                "calls at once to each bot: {calls} and not {asked}, for this process may not have more files open \
                 (`ulimit -n`)"
            ));
        }
        Ok(calls)
    }

    /// Writes down that the run begins. Its input is kept first if it came through a pipe, so that it can be resumed.
    fn begin(&self, store: &Store, latest: Option<RunId>) -> Result<Run, CommandError> {
        ensure_not_sent_in_part(store, self)?;
        self.tell_relatives(store)?;
        let subject = Subject {
            kind: RunKind::Import,
            input: self.input_in_ledger(),
            content: self.report.content,
            mapping: self.report.mapping.canonical(),
            rows: self.report.rows,
            bots: self.bots(),
        };
        let new = self.setup.new_run(subject, self.context);
        let run = if self.setup.is_sandbox {
            store.begin(&new, clock::now())?
        } else {
            store.begin_unless_started(latest, &new, clock::now())?
        };
        for (place, input) in self.input.iter().enumerate() {
            input.persist(&kept_input(store.directory(), run, place))?;
        }
        Ok(store.run(run)?)
    }

    /// The input's name wherever it is resumed from; of several, all of them.
    pub(super) fn input_in_ledger(&self) -> String {
        let name = |input: &Input| match input.path() {
            Some(path) => self.context.working_directory.join(path).to_string_lossy().into_owned(),
            None => input.name().to_owned(),
        };
        self.input.iter().map(name).collect::<Vec<_>>().join(", ")
    }

    fn work(&self, store: &Store, run: Run, resources: LaneResources, calls: usize) -> Result<Exit, CommandError> {
        let resend = if self.args.resend_in_doubt { ResendPolicy::InDoubt } else { ResendPolicy::Never };
        let to_send = self.to_send(store, &run, resend)?;
        if self.args.resume {
            self.tell_time(&to_send);
        }
        let lanes = self.lanes(store, &run, resources, (resend, calls), &to_send)?;
        let (events, shown) = Events::channel();
        let opening = ProgressStart {
            counts: store.counts(&run)?,
            several_bots: run.bots.len() > 1,
            on_terminal: self.context.stderr_is_terminal,
        };
        let screen = ProgressDisplay::start(shown, opening, self.printer.clone());
        let ended = run_rows(lanes, events).explain("cannot start sending")?;
        drop(screen);
        let early = StoppedEarly::from_end(ended);
        // A disk that is full keeps the ledger from being tidied, too; how the run stands is told all the same.
        let untidied = store.mark_claims_in_doubt(run.id, ABANDONED, clock::now()).err();
        let early = early.or(untidied.map(StoppedEarly::Ledger));
        let interrupted = match self.args.verify {
            true => verify_at_end(&self.setup, store, &run, early.as_ref(), self.context, self.printer)?,
            false => None,
        };
        let exit = self.finish(store, run).end(early)?;
        interrupted.map_or(Ok(exit), |interrupted| Err(interrupted.into()))
    }

    /// How many rows each bot is still to be sent, in the order of the run's bots.
    fn to_send(&self, store: &Store, run: &Run, resend: ResendPolicy) -> Result<Vec<u64>, LedgerError> {
        let again = |counts: &Counts| if resend == ResendPolicy::InDoubt { counts.in_doubt } else { 0 };
        let counts = match self.setup.bots {
            // Rows that turn out to need no sending are among them, as in the count of the run.
            Bots::One(_) => vec![store.counts(run)?],
            Bots::OfRows => store.counts_by_bot(run)?,
        };
        Ok(counts.iter().map(|counts| counts.unsent + again(counts)).collect())
    }

    /// A lane for each bot, side by side; where there are several, one more for the rows that go to none.
    fn lanes(
        &self,
        store: &Store,
        run: &Run,
        resources: LaneResources,
        (resend, calls): (ResendPolicy, usize),
        to_send: &[u64],
    ) -> Result<Vec<Lane>, CommandError> {
        let settings = |to_send| {
            let settings = self.setup.lane_settings(run.id, &self.args.sending, resend, to_send, WAIT_FOR_TARGET);
            LaneSettings { concurrency: calls, ..settings }
        };
        let is_by_row = self.setup.bots == Bots::OfRows;
        let shares = if is_by_row {
            run.bots.iter().map(|bot| Share::Bot(bot.bot_id.clone())).chain([Share::Unsent]).collect()
        } else {
            vec![Share::All]
        };
        let feed_settings = self.feed_settings(resend);
        let feeds = feed_input(&self.input, &feed_settings, shares, store, run.id, self.report.has_workbook)?;
        let mut feeds = feeds.into_iter();
        let mut lanes = Vec::with_capacity(feeds.len());
        if is_by_row {
            for ((bot, to_send), feed) in run.bots.iter().zip(to_send).zip(&mut feeds) {
                let resources = self.setup.resources_beside(&resources, bot)?;
                lanes.push(Lane { bot: Some(bot.bot_id.clone()), resources, settings: settings(*to_send), feed });
            }
        }
        let to_send = if is_by_row { 0 } else { to_send.iter().sum() };
        lanes.extend(feeds.next().map(|feed| Lane { bot: None, resources, settings: settings(to_send), feed }));
        Ok(lanes)
    }

    fn feed_settings(&self, resend: ResendPolicy) -> FeedSettings {
        FeedSettings {
            source: source(self.args),
            mapping: self.report.mapping.clone(),
            score: if self.args.allow_any_score { ScoreRule::Any } else { ScoreRule::InScale },
            include_in_doubt: self.args.include_in_doubt,
            resend,
            duplicates: Arc::clone(&self.report.duplicates),
        }
    }

    /// The same file read with another mapping, or sent elsewhere, is another import; it is worth a word all the same.
    fn tell_relatives(&self, store: &Store) -> Result<(), CommandError> {
        let (relatives, bots) = (store.runs_with_content(&self.report.content)?, self.bots());
        let is_relative = |run: &&Run| {
            let is_left_out = self.args.rows.exclude_run.contains(&run.id.0);
            !run.sandbox && !is_left_out && bots.iter().any(|(bot, _)| run.includes_bot(bot))
        };
        let Some(latest) = relatives.iter().find(is_relative) else { return Ok(()) };
        if !self.setup.is_sandbox && !self.args.again {
            let saved = counted(store.counts(latest)?.saved, "row");
            self.printer.warning(format_args!(
                "run {} has sent this same file to {} before, with another mapping or to another host ({saved} saved): is this meant?",
                latest.id,
                if bots.len() > 1 { "some of these bots" } else { "this bot" }
            ));
        }
        Ok(())
    }
}
