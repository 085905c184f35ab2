//! Rows that may have been sent although the ledger does not know it.

use super::checked::Import;
use crate::clock;
use crate::commands::error::CommandError;
use crate::commands::setup::Bots;
use crate::ledger::{LostRows, RunId, Store};
use crate::run::{Share, feed_input};

const WHY: &str = "the ledger was damaged, copied or restored; the row may have been sent";

impl Import<'_> {
    /// Marks the rows in doubt that this run would send. They are then looked for on the server. Requires the run's lease.
    pub(super) fn mark_lost_rows(&self, store: &Store, run: RunId) -> Result<u64, CommandError> {
        let run = store.set_bots(run, &self.bots(), self.report.records())?;
        // Which records other runs have sent may be lost, too.
        store.set_sent_before(run.id, 0)?;
        let share = |bot: &str| match self.setup.bots {
            Bots::One(_) => Share::All,
            Bots::OfRows => Share::Bot(bot.to_owned()),
        };
        let shares = run.bots.iter().map(|bot| share(&bot.bot_id)).collect();
        let settings = self.feed_settings(None);
        let feeds = feed_input(&self.input, &settings, shares, store, run.id, self.report.has_workbook)?;
        let mut marked = 0;
        for (bot, mut feed) in run.bots.iter().zip(feeds) {
            while let Some(batch) = feed.blocking_recv() {
                let rows: Vec<_> = batch?.to_send.iter().map(|row| (row.number, row.record.fingerprint)).collect();
                marked += rows.len() as u64;
                store.mark_lost(&LostRows { run: run.id, bot: bot.number, rows }, WHY, clock::now())?;
            }
        }
        Ok(marked)
    }
}
