//! What earlier runs have sent to the input's bots, read from the ledger in the order of bots and records: SQLite sorts, in
//! constant memory. An index of all records would be written at random with every claim, and read at random here.

use rusqlite::{Row, Rows, Statement, ToSql};

use crate::ledger::LedgerError;

/// The rows that count. Without keys, those that were sent. With keys, those that were sent without one, without those whose
/// key was learned since (`?1`).
macro_rules! of_senders {
    ($columns:literal, $more:literal) => {
        concat!(
            "SELECT senders.bot, substr(fingerprint, 1, 8) AS record, ",
            $columns,
            " FROM senders CROSS JOIN records ON id BETWEEN run << 36 AND (run << 36) + 0xFFFFFFFFF
              WHERE records.bot = senders.number AND fingerprint IS NOT NULL
                AND (state = 4 AND ?1 OR state IN (0, 1, 6) AND (key IS NULL OR NOT ?1))",
            $more
        )
    };
}

/// How often a record was sent, the last run that sent it, whether one of them may be sent again by its run, and how many are in
/// doubt.
pub(super) const RECORDS: &str = of_senders!(
    "sum(iif(state = 4, -1, 1)), max(iif(state = 4, NULL, run)), max(state IN (0, 6)), sum(state = 6)",
    " GROUP BY 1, 2 ORDER BY 1, 2"
);

/// How often a record was sent with each message; unless `?2`, those in doubt count.
pub(super) const MESSAGES: &str = of_senders!(
    "message, sum(iif(state = 4, -1, 1)) AS left",
    " AND message IS NOT NULL AND NOT (?2 AND state = 6) GROUP BY 1, 2, 3 HAVING left > 0 ORDER BY 1, 2, 3"
);

/// A list in the order of bots and records, which is read along with another one.
pub(super) struct Sorted<'s, T> {
    rows: Rows<'s>,
    read: fn(&Row<'_>) -> rusqlite::Result<T>,
    next: Option<(i64, Vec<u8>, T)>,
}

impl<'s, T> Sorted<'s, T> {
    pub(super) fn query(
        statement: &'s mut Statement<'_>,
        params: &[&dyn ToSql],
        read: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Self, LedgerError> {
        let mut sorted = Self { rows: statement.query(params)?, read, next: None };
        sorted.advance()?;
        Ok(sorted)
    }

    /// What the list has for this record. Records must be asked for in order.
    pub(super) fn find(&mut self, bot: i64, record: &[u8]) -> Result<Option<&T>, LedgerError> {
        while self.next.as_ref().is_some_and(|next| (next.0, &*next.1) < (bot, record)) {
            self.advance()?;
        }
        let found = self.next.as_ref().filter(|next| (next.0, &*next.1) == (bot, record));
        Ok(found.map(|(.., found)| found))
    }

    fn advance(&mut self) -> Result<(), LedgerError> {
        let next = self.rows.next()?;
        self.next =
            next.map(|row| Ok::<_, rusqlite::Error>((row.get(0)?, row.get(1)?, (self.read)(row)?))).transpose()?;
        Ok(())
    }
}

/// The ids of the records of other runs that were sent, and may be sent again by them.
pub(super) const UNSETTLED: &str = "
    SELECT id FROM senders CROSS JOIN records ON id BETWEEN run << 36 AND (run << 36) + 0xFFFFFFFFF
    WHERE records.bot = senders.number AND state IN (0, 6)";
