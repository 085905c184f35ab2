//! When a run sent its records, and why records were not saved: what a report of the run shows.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::params;

use super::millis::from_millis;
use super::records::{OF_RUN, ROW};
use super::{LedgerError, OutcomeKind, RowState, RunId, Store};

/// Lengths of slots that people read easily, in seconds.
const SLOT_SECONDS: [i64; 16] = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 604_800];
/// How many rows of a group are named.
const FIRST_ROWS: u32 = 5;

/// The requests of a run over time, in slots of the same length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Activity {
    pub start: Timestamp,
    pub slot: Duration,
    pub slots: Vec<Slot>,
}

/// The last attempt of each record counts, when it ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Slot {
    pub saved: u64,
    pub not_saved: u64,
    /// How long at least one request was in flight.
    pub busy: Duration,
}

/// Records that were not saved for the same reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FailureGroup {
    pub outcome: OutcomeKind,
    pub status: Option<u16>,
    pub message: String,
    pub records: u64,
    /// The numbers of the first records.
    pub first: Vec<u64>,
}

impl Store {
    /// When the records of a run were sent, in at most `most` slots; `None` if none was.
    pub(crate) fn activity(&self, run: RunId, most: i64) -> Result<Option<Activity>, LedgerError> {
        // A record in doubt that was found later was not in flight until then.
        const SENT: &str = "FROM rows WHERE run = ?1 AND claimed_at IS NOT NULL";
        let mut statement = self.connection.prepare(&format!(
            "SELECT min(claimed_at), max(min(changed_at, coalesce(answer_due, changed_at))) {SENT}"
        ))?;
        let range = statement.query_row([run.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (Some(start), Some(end)): (Option<i64>, Option<i64>) = range else { return Ok(None) };
        let mut slots = Slots::new(start, end, most);
        let mut statement = self.connection.prepare(&format!(
            "SELECT claimed_at, min(changed_at, coalesce(answer_due, changed_at)), state = 'saved' {SENT} ORDER BY claimed_at"
        ))?;
        let mut rows = statement.query([run.0])?;
        while let Some(row) = rows.next()? {
            slots.add(row.get(0)?, row.get(1)?, row.get(2)?);
        }
        Ok(Some(slots.finish()))
    }

    /// Why records of a run were not saved, the most frequent reason first; at most `most` reasons.
    pub(crate) fn failure_groups(&self, run: RunId, most: u32) -> Result<Vec<FailureGroup>, LedgerError> {
        let mut statement = self.connection.prepare(
            "SELECT state, status, detail, count(*) FROM rows
             WHERE run = ?1 AND detail IS NOT NULL AND state IN ('rejected', 'invalid', 'in doubt', 'unsent')
             GROUP BY state, status, detail ORDER BY count(*) DESC, min(row) LIMIT ?2",
        )?;
        let groups = statement.query_map(params![run.0, most], |row| {
            Ok(FailureGroup {
                outcome: match row.get(0)? {
                    RowState::Settled(kind) => kind,
                    RowState::Claimed => OutcomeKind::InDoubt,
                },
                status: row.get(1)?,
                message: row.get(2)?,
                records: row.get(3)?,
                first: Vec::new(),
            })
        })?;
        let mut groups: Vec<FailureGroup> = groups.collect::<Result<_, _>>()?;
        let mut first = self.connection.prepare(&format!(
            "SELECT {ROW} FROM records WHERE {OF_RUN} AND state = ?2 AND status IS ?3 - 200 AND detail = ?4 ORDER BY id LIMIT ?5"
        ))?;
        for group in &mut groups {
            let of_group = params![run.0, RowState::Settled(group.outcome), group.status, group.message, FIRST_ROWS];
            group.first = first.query_map(of_group, |row| row.get(0))?.collect::<Result<_, _>>()?;
        }
        Ok(groups)
    }
}

/// Collects requests in the order in which they were sent. All times are milliseconds.
struct Slots {
    start: i64,
    length: i64,
    slots: Vec<(u64, u64, i64)>,
    /// Until when a request was in flight so far.
    busy_until: i64,
}

impl Slots {
    fn new(start: i64, end: i64, most: i64) -> Self {
        let span = (end - start).max(1);
        let fits = |seconds: &&i64| span <= **seconds * 1000 * most.max(1);
        let length = SLOT_SECONDS.iter().find(fits).map_or(span / most.max(1) + 1, |seconds| seconds * 1000);
        let slots = vec![(0, 0, 0); usize::try_from(span / length + 1).unwrap_or(1)];
        Self { start, length, slots, busy_until: start }
    }

    fn add(&mut self, sent: i64, ended: i64, is_saved: bool) {
        if let Some((saved, not_saved, _)) = self.slot(ended) {
            *(if is_saved { saved } else { not_saved }) += 1;
        }
        let mut from = sent.max(self.busy_until);
        self.busy_until = self.busy_until.max(ended);
        while from < ended {
            let next = (self.start + ((from - self.start) / self.length + 1) * self.length).min(ended);
            if let Some((.., busy)) = self.slot(from) {
                *busy += next - from;
            }
            from = next;
        }
    }

    fn slot(&mut self, time: i64) -> Option<&mut (u64, u64, i64)> {
        self.slots.get_mut(usize::try_from((time - self.start) / self.length).ok()?)
    }

    fn finish(self) -> Activity {
        let millis = |millis: i64| Duration::from_millis(millis.unsigned_abs());
        let slot = |(saved, not_saved, busy)| Slot { saved, not_saved, busy: millis(busy) };
        Activity {
            start: from_millis(self.start),
            slot: millis(self.length),
            slots: self.slots.into_iter().map(slot).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

    use super::Slots;

    #[test]
    fn overlapping_requests_are_busy_once() {
        let mut slots = Slots::new(0, 2500, 60);
        slots.add(0, 400, true);
        slots.add(200, 600, false);
        slots.add(900, 1200, true);
        slots.add(2400, 2500, true);
        let activity = slots.finish();
        let shown: Vec<_> =
            activity.slots.iter().map(|slot| (slot.saved, slot.not_saved, slot.busy.as_millis())).collect();
        assert_eq!((activity.slot, shown), (Duration::from_secs(1), vec![(1, 1, 700), (1, 0, 200), (1, 0, 100)]));
    }

    proptest! {
        #[test]
        fn every_request_is_in_one_slot(
            requests in prop::collection::vec((0..100_000_000_i64, 0..60_000_i64), 1..50), most in 1..100_i64
        ) {
            let mut requests: Vec<_> = requests.into_iter().map(|(sent, time)| (sent, sent + time)).collect();
            requests.sort_unstable();
            let end = requests.iter().map(|(_, ended)| *ended).max().unwrap();
            let mut slots = Slots::new(requests[0].0, end, most);
            requests.iter().for_each(|(sent, ended)| slots.add(*sent, *ended, true));
            let activity = slots.finish();
            prop_assert!(activity.slots.len() as i64 <= most + 1);
            prop_assert_eq!(activity.slots.iter().map(|slot| slot.saved).sum::<u64>(), requests.len() as u64);
            prop_assert!(activity.slots.iter().all(|slot| slot.busy <= activity.slot));
        }
    }
}
