//! Finds ids that the server gave to several records of a run: a record belongs to one row only, so such answers came from a
//! cache. A run remembers only its latest ids while it sends; this looks at all of them.

use std::hash::BuildHasher;

use foldhash::quality::RandomState;
use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, params};

use super::records::{CLAIMED_AT, OF_RUN, ROW, SERVER_ID};
use super::{LedgerError, OutcomeKind, RowState, Run, Store};

/// The filter's bits for each record, up to two megabytes of memory. Of a million ids, about a hundred are then looked at again.
const BITS_PER_RECORD: u64 = 32;
const MOST_BITS: u64 = 1 << 24;
/// How many bits each id sets.
const BITS_PER_ID: u64 = 6;
const SAVED: RowState = RowState::Settled(OutcomeKind::Saved);

impl Store {
    /// Marks saved rows as in doubt if an earlier row of the run has the same server id. Requires the run's lease.
    pub(crate) fn mark_repeated_ids_in_doubt(&self, run: &Run) -> Result<u64, LedgerError> {
        let has_suspects = find_suspects(&self.connection, run)?;
        let marked = if has_suspects { mark(&self.connection, run)? } else { 0 };
        self.connection.execute_batch("DROP TABLE temp.suspects")?;
        Ok(marked)
    }
}

/// Lists ids that may occur several times. Sorting all of them would take most of the time of resuming a long run.
fn find_suspects(ledger: &Connection, run: &Run) -> Result<bool, LedgerError> {
    ledger.execute_batch("CREATE TEMP TABLE suspects (id PRIMARY KEY) WITHOUT ROWID")?;
    let mut insert = ledger.prepare("INSERT OR IGNORE INTO temp.suspects VALUES (?1)")?;
    let mut ids = ledger
        .prepare(&format!("SELECT server_id FROM records WHERE {OF_RUN} AND state = ?2 AND server_id IS NOT NULL"))?;
    let mut ids = ids.query(params![run.id.0, SAVED])?;
    let (mut seen, mut has_suspects) = (Seen::new(run.records), false);
    while let Some(row) = ids.next()? {
        let id = row.get_ref(0)?;
        if seen.insert(id.as_bytes().unwrap_or_default()) {
            has_suspects = true;
            insert.execute([ToSqlOutput::Borrowed(id)])?;
        }
    }
    Ok(has_suspects)
}

fn mark(ledger: &Connection, run: &Run) -> Result<u64, LedgerError> {
    // `first` is a number; a person reads which record of which row it is, as `RecordId` says it.
    let changed = ledger.execute(
        &format!(
            "UPDATE records SET state = ?3, server_id = NULL, server_time = NULL, deviations = NULL,
                                detail = 'the response has the id of another record: row ' || ((found.first - 1) / ?2 + 1)
                                         || iif((found.first - 1) % ?2 > 0, ', record ' || (found.first - 1) % ?2, '')
                                         || ' got ' || {SERVER_ID}
             FROM (SELECT id AS repeated, row_number() OVER same AS place, first_value({ROW}) OVER same AS first
                   FROM records WHERE {OF_RUN} AND state = ?4 AND server_id IN (SELECT id FROM temp.suspects)
                   WINDOW same AS (PARTITION BY server_id ORDER BY {CLAIMED_AT} + changed_at, id)) AS found
             WHERE id = found.repeated AND found.place > 1"
        ),
        params![run.id.0, run.numbering.numbers_per_row(), RowState::Settled(OutcomeKind::InDoubt), SAVED],
    )?;
    Ok(changed as u64)
}

/// A Bloom filter: knows every id that was inserted, and takes a few others for known.
struct Seen {
    words: Vec<u64>,
    /// How far a hash is shifted to be the place of a bit.
    shift: u32,
    hasher: RandomState,
}

impl Seen {
    /// A filter for the ids of this many records.
    fn new(records: u64) -> Self {
        let wanted = records.saturating_mul(BITS_PER_RECORD).clamp(u64::BITS.into(), MOST_BITS);
        let address = wanted.next_power_of_two().ilog2();
        let words = vec![0; 1 << (address - u64::BITS.ilog2())];
        Self { words, shift: u64::BITS - address, hasher: RandomState::default() }
    }

    /// Adds an id. Whether it may have been added before.
    fn insert(&mut self, id: &[u8]) -> bool {
        let hash = self.hasher.hash_one(id);
        // Double hashing (Kirsch and Mitzenmacher 2006): an odd step visits different bits.
        let (start, step) = (hash, hash.rotate_left(32) | 1);
        let mut was_there = true;
        for bit in 0..BITS_PER_ID {
            let place = usize::try_from(start.wrapping_add(step.wrapping_mul(bit)) >> self.shift).unwrap_or_default();
            let (word, mask) = (&mut self.words[place / 64], 1 << (place % 64));
            was_there &= *word & mask != 0;
            *word |= mask;
        }
        was_there
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use proptest::prelude::{ProptestConfig, prop, prop_assert, prop_assert_eq, proptest};
    use rusqlite::params;

    use super::Seen;
    use crate::ledger::model::new_run;
    use crate::ledger::{OutcomeKind, RowState, Store};

    #[test]
    fn few_new_ids_look_known() {
        for (ids, most) in [(0_u32, 0), (1, 0), (1000, 5), (300_000, 20)] {
            let mut seen = Seen::new(ids.into());
            let suspects = (0..ids).filter(|id| seen.insert(format!("{id:024x}").as_bytes())).count();
            assert!(suspects <= most, "{suspects} of {ids}");
            assert!((0..ids).all(|id| seen.insert(format!("{id:024x}").as_bytes())));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// Of equal ids, the first answer stays saved, by its time and then by its row.
        #[test]
        fn only_the_first_row_keeps_an_id(rows in prop::collection::vec((0..4_u8, 0..3_i64), 0..12)) {
            let directory = tempfile::tempdir().unwrap();
            let store = Store::open(directory.path()).unwrap();
            let run = store.begin(&new_run(), Timestamp::UNIX_EPOCH).unwrap();
            let mut first = BTreeMap::new();
            for (row, (id, at)) in (1_i64..).zip(&rows) {
                let insert = "INSERT INTO records (id, state, attempts, server_id, changed_at) VALUES ((?1 << 36) + ?2, 1, 1, ?3, ?4)";
                store.connection.execute(insert, params![run.0, row, format!("id-{id}"), at]).unwrap();
                let earliest = first.entry(id).or_insert((at, row));
                *earliest = (*earliest).min((at, row));
            }
            let marked = store.mark_repeated_ids_in_doubt(&store.run(run).unwrap()).unwrap();
            prop_assert_eq!(marked, (rows.len() - first.len()) as u64);
            for (entry, (id, _)) in store.rows(run).map(Result::unwrap).zip(&rows) {
                let (_, kept) = first[id];
                if entry.row == kept.unsigned_abs() {
                    prop_assert_eq!(entry.state, RowState::Settled(OutcomeKind::Saved));
                } else {
                    prop_assert_eq!(entry.state, RowState::Settled(OutcomeKind::InDoubt));
                    let reason = format!("row {kept} got id-{id}");
                    prop_assert!(entry.detail.unwrap().ends_with(&reason));
                }
            }
            prop_assert_eq!(store.mark_repeated_ids_in_doubt(&store.run(run).unwrap()).unwrap(), 0);
        }
    }
}
