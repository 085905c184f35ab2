//! How many records of a run have each outcome.

use serde::Serialize;

use super::records::OF_RUN;
use super::{LedgerError, OutcomeKind, RowState, Run, Store};

/// The records of a run by outcome. Its JSON has these keys, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub(crate) struct Counts {
    /// All rows of the input.
    pub rows: u64,
    /// All records: the sum of the others here. As many as rows, if each makes one record.
    pub records: u64,
    pub saved: u64,
    pub rejected: u64,
    pub invalid: u64,
    pub skipped: u64,
    /// Not sent, and sent by a resumed run; includes records that the run has not reached.
    pub unsent: u64,
    /// Includes requests in flight, and records that a process claimed and left behind when it died.
    pub in_doubt: u64,
}

impl Counts {
    /// Counts of an input of which nothing has been sent.
    pub(crate) fn all_unsent(rows: u64, records: u64) -> Self {
        Self { rows, records, unsent: records, ..Self::default() }
    }

    /// Gives this outcome to records that were unsent so far.
    pub(crate) fn settle(&mut self, kind: OutcomeKind, records: u64) {
        let counter = match kind {
            OutcomeKind::Saved => &mut self.saved,
            OutcomeKind::Rejected => &mut self.rejected,
            OutcomeKind::Invalid => &mut self.invalid,
            OutcomeKind::Skipped => &mut self.skipped,
            OutcomeKind::InDoubt => &mut self.in_doubt,
            OutcomeKind::Unsent => return,
        };
        *counter += records;
        self.unsent = self.unsent.saturating_sub(records);
    }

    fn add(&mut self, state: RowState, records: u64) {
        match state {
            RowState::Settled(kind) => self.settle(kind, records),
            RowState::Claimed => self.settle(OutcomeKind::InDoubt, records),
        }
    }

    /// Records that should be saved and, as far as is known, are not.
    pub(crate) fn not_saved(&self) -> u64 {
        self.failed() + self.unsent + self.in_doubt
    }

    /// Records that can't be saved as they are. This is what `failed` means in all output.
    pub(crate) fn failed(&self) -> u64 {
        self.rejected + self.invalid
    }
}

impl Store {
    /// How many records of a run have each outcome. Claims without an outcome count as in doubt, which is true unless a
    /// process is working on the run.
    pub(crate) fn counts(&self, run: &Run) -> Result<Counts, LedgerError> {
        let mut counts = Counts::all_unsent(run.rows, run.records);
        counts.settle(OutcomeKind::Skipped, run.sent_before);
        let states: Vec<_> = RowState::all().collect();
        // One pass: for a GROUP BY, SQLite would sort all rows.
        let count = |state: &RowState| format!("count(*) FILTER (WHERE state = {})", state.code());
        let counted = states.iter().map(count).collect::<Vec<_>>().join(", ");
        let sql = format!("SELECT {counted} FROM records WHERE {OF_RUN}");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut found = statement.query([run.id.0])?;
        if let Some(found) = found.next()? {
            for (column, state) in states.into_iter().enumerate() {
                counts.add(state, found.get(column)?);
            }
        }
        Ok(counts)
    }

    /// The same for each bot, in the order of `run.bots`. Records that were never sent belong to no bot.
    pub(crate) fn counts_by_bot(&self, run: &Run) -> Result<Vec<Counts>, LedgerError> {
        let mut counts: Vec<_> = run.bots.iter().map(|bot| Counts::all_unsent(bot.records, bot.records)).collect();
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT bot, state, count(*) FROM records WHERE {OF_RUN} AND claimed_at IS NOT NULL GROUP BY bot, state"
        ))?;
        let mut groups = statement.query([run.id.0])?;
        while let Some(group) = groups.next()? {
            let number: u32 = group.get(0)?;
            if let Some(index) = run.bots.iter().position(|bot| bot.number == number) {
                counts[index].add(group.get(1)?, group.get(2)?);
            }
        }
        Ok(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, OutcomeKind};

    #[test]
    fn counts_add_up_to_all_records() {
        let mut counts = Counts::all_unsent(4, 10);
        for &kind in OutcomeKind::ALL {
            counts.settle(kind, 1);
        }
        assert_eq!(counts.saved + counts.skipped + counts.not_saved(), counts.records);
        assert_eq!(counts.unsent, 5);
    }
}
