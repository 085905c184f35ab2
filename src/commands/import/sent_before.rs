//! What earlier runs have sent of an input: by default such an import is refused, with `--only-new` the rest is sent.

use std::sync::Arc;

use super::checked::Import;
use super::choice::date;
use super::error::ImportRefused;
use crate::cli::ImportArgs;
use crate::commands::command_line::import_command;
use crate::commands::error::CommandError;
use crate::commands::setup::Bots;
use crate::ledger::{Comparison, Known, Overlap, Run, RunId, Store};
use crate::report::SentMeanwhile;
use crate::run::{ComparedWith, compare};
use crate::text::{counted, grouped};

/// How the input compares with earlier runs; `known` is `None` where that does not matter.
#[derive(Debug, Default)]
pub(super) struct SentBefore {
    pub(super) known: Option<Arc<Comparison>>,
    pub(super) overlap: Overlap,
    /// What other runs sent after the comparison.
    pub(super) meanwhile: SentMeanwhile,
}

impl Import<'_> {
    /// The comparison that `--dry-run` shows. Without earlier runs to this target there is nothing to read.
    pub(super) fn preview_sent_before(&self) -> Result<SentBefore, CommandError> {
        let store = Store::open_existing(&self.setup.settings.state_dir()?)?;
        let is_new_target = |store: &Store| -> Result<bool, CommandError> {
            let bots = self.bots();
            Ok(!store.has_sent_to(&self.setup.host(), bots.iter().map(|(bot, _)| bot.as_str()), None)?)
        };
        match store {
            Some(store) if self.report.mapping.has_key() || !is_new_target(&store)? => self.compare_new(&store),
            _ => Ok(SentBefore::default()),
        }
    }

    /// Compares a new run's input with all runs.
    ///
    /// # Errors
    /// [`ImportRefused`] if records were sent before, unless `--only-new` or `--again` says what to do then.
    pub(super) fn compare_new(&self, store: &Store) -> Result<SentBefore, CommandError> {
        if self.args.again || self.setup.is_sandbox {
            return Ok(SentBefore::default());
        }
        self.ensure_same_mapping(store)?;
        let compared = self.compare(store, None)?;
        let overlap = &compared.overlap;
        if overlap.all() == 0 && !self.report.mapping.has_key() {
            self.ensure_same_mapping_as_before(store)?;
        }
        if overlap.sent + overlap.changed > 0 && !self.args.only_new {
            self.print_changed(overlap);
            return Err(self.refuse_sent_before(overlap).into());
        }
        Ok(compared)
    }

    /// Prints what was sent before, and how long the rest takes.
    pub(super) fn print_overlap(&self, overlap: &Overlap) {
        self.print_changed(overlap);
        if overlap.sent > 0 {
            let new = self.report.valid - overlap.all();
            let sent = counted(overlap.sent, "record");
            self.session.printer.note(format_args!(
                "sent before: {sent} ({}); new: {}",
                by_runs(overlap.runs.clone()),
                grouped(new)
            ));
        }
        if self.args.only_new {
            let left: Vec<u64> = self.bots_without(overlap).into_iter().map(|(_, records)| records).collect();
            self.print_duration(&left);
        }
    }

    /// Prints what other runs sent while this one was sending.
    pub(super) fn print_meanwhile(&self, meanwhile: &SentMeanwhile) {
        if !meanwhile.is_empty() {
            let sent = counted(meanwhile.values().sum(), "record");
            let by_runs = by_runs(meanwhile.iter().map(|(run, records)| (*run, *records)).collect());
            self.session.printer.note(format_args!("sent meanwhile: {sent} ({by_runs}); skipped here"));
        }
    }

    /// Compares the input of a run that is resumed with all other runs: they may have sent its records since.
    pub(super) fn compare_resumed(&self, store: &Store, run: &Run) -> Result<SentBefore, CommandError> {
        if run.again || self.setup.is_sandbox {
            return Ok(SentBefore::default());
        }
        self.compare(store, Some(run))
    }

    fn compare(&self, store: &Store, run: Option<&Run>) -> Result<SentBefore, CommandError> {
        let (host, bots) = (self.setup.host(), self.bots());
        let with = ComparedWith { host: &host, bots: &bots, run: run.map(|run| run.id) };
        let (known, overlap) = compare(&self.input, &self.feed_settings(None), store, with)?;
        Ok(SentBefore { known: Some(Arc::new(known)), overlap, ..SentBefore::default() })
    }

    /// The bots to send to, and how many of their records are left without those that were sent before.
    pub(super) fn bots_without(&self, overlap: &Overlap) -> Vec<(String, u64)> {
        let left =
            |bot: &str, records: u64| records.saturating_sub(overlap.by_bot.get(bot).copied().unwrap_or_default());
        self.bots().into_iter().map(|(bot, records)| (bot.clone(), left(&bot, records))).collect()
    }

    /// Rows that a run sent with another mapping are not recognized by their records.
    fn ensure_same_mapping(&self, store: &Store) -> Result<(), CommandError> {
        let (host, bots) = (self.setup.host(), self.bots());
        let excluded = &self.args.rows.exclude_run;
        for run in self.runs_of_input(store)? {
            let is_here = !run.sandbox && run.host == host && bots.iter().any(|(bot, _)| run.includes_bot(bot));
            let is_excluded = excluded.contains(&run.id.0);
            if !is_here || is_excluded || self.report.mapping.makes_the_same_records(&run.mapping) {
                continue;
            }
            let is_keyed = self.report.mapping.has_key() && !store.has_records_without_key(run.id)?;
            let counts = store.counts(&run)?;
            if counts.saved + counts.in_doubt > 0 && !is_keyed {
                return Err(ImportRefused::SentWithOtherMapping { run: run.id, started: date(&run), counts }.into());
            }
        }
        Ok(())
    }

    /// The same for a file that has changed since, by its name: none of its records look as if they had been sent.
    fn ensure_same_mapping_as_before(&self, store: &Store) -> Result<(), CommandError> {
        let (host, bots, input) = (self.setup.host(), self.bots(), self.input_name());
        let is_same_file = |run: &Run| {
            let is_here = !run.sandbox && run.host == host && bots.iter().any(|(bot, _)| run.includes_bot(bot));
            is_here && run.input == input && self.input.are_files()
        };
        let Some(run) = store.runs()?.into_iter().rev().find(is_same_file) else { return Ok(()) };
        let counts = store.counts(&run)?;
        let is_excluded = self.args.rows.exclude_run.contains(&run.id.0);
        let makes_others = !self.report.mapping.makes_the_same_records(&run.mapping);
        if makes_others && !is_excluded && counts.saved + counts.in_doubt > 0 {
            return Err(ImportRefused::GrownWithOtherMapping { run: run.id, started: date(&run), input }.into());
        }
        Ok(())
    }

    fn refuse_sent_before(&self, overlap: &Overlap) -> ImportRefused {
        let command = |change: fn(&mut ImportArgs)| {
            let mut args = self.args.clone();
            change(&mut args);
            import_command(&self.args.input.files, &args, Some(&self.global))
        };
        ImportRefused::SentBefore {
            sent: overlap.sent + overlap.changed,
            records: self.report.valid,
            runs: by_runs(overlap.runs.clone()),
            several_bots: self.setup.bots == Bots::OfRows,
            only_new: command(|args| args.only_new = true),
            again: command(|args| args.again = true),
        }
    }

    fn print_changed(&self, overlap: &Overlap) {
        if overlap.changed == 0 {
            return;
        }
        let mut text =
            format!("{} whose key was sent before, with other answers; not sent:", counted(overlap.changed, "record"));
        for (row, known) in &overlap.first_changed {
            let id = self.numbering().id(*row);
            match known {
                Known::Changed { since } => text += &format!("\n  {id}: sent by run {since}"),
                Known::SameKey { row, .. } => text += &format!("\n  {id}: key of {}", self.numbering().id(*row)),
                Known::New { .. } | Known::Sent { .. } => {}
            }
        }
        let more = overlap.changed - overlap.first_changed.len() as u64;
        if more > 0 {
            text += &format!("\n  … and {} more", grouped(more));
        }
        self.session.printer.warning(text);
    }
}

/// `50 by run 1`
fn by_runs(mut runs: Vec<(RunId, u64)>) -> String {
    const SHOWN: usize = 5;
    runs.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut words: Vec<_> =
        runs.iter().take(SHOWN).map(|(run, count)| format!("{} by run {run}", grouped(*count))).collect();
    if let Some(others @ 1..) = runs.len().checked_sub(SHOWN) {
        words.push(format!("the rest by {}", counted(others as u64, "other run")));
    }
    words.join(", ")
}
