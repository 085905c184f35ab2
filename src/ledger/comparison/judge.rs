//! Which rows of an input were sent before.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use super::Known;
use super::sent::{MESSAGES, RECORDS, Sorted, UNSETTLED};
use crate::ledger::{LedgerError, RunId};

/// How many changed rows are shown.
const SHOWN: usize = 10;

/// What an input and earlier runs have in common: rows that are not sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Overlap {
    /// Rows whose records were sent before.
    pub(crate) sent: u64,
    /// How many of these get no entry in the ledger.
    pub(crate) unlisted: u64,
    /// Rows whose keys were sent before with other records, in this input or an earlier run.
    pub(crate) changed: u64,
    /// Rows that are equal to earlier ones of the input and have their keys.
    pub(crate) duplicates: u64,
    /// The runs that sent the records, and how many.
    pub(crate) runs: Vec<(RunId, u64)>,
    /// All of these rows by bot.
    pub(crate) by_bot: BTreeMap<String, u64>,
    /// The first changed rows, each with the run or the row that has its key.
    pub(crate) first_changed: Vec<(u64, Known)>,
}

impl Overlap {
    /// Rows that are not sent because of what was sent before.
    pub(crate) fn all(&self) -> u64 {
        self.sent + self.changed + self.duplicates
    }
}

/// As many equal records were sent.
const SENT: i64 = 0;
const CHANGED: i64 = 1;
const EQUAL_KEY: i64 = 2;
const CHANGED_KEY: i64 = 3;
const SENT_WITH_KEY: i64 = 4;

pub(super) fn known(verdict: i64, of: i64) -> Known {
    let row = of.unsigned_abs();
    match verdict {
        SENT => Known::Sent { by: RunId(of), is_by_key: false },
        SENT_WITH_KEY => Known::Sent { by: RunId(of), is_by_key: true },
        CHANGED => Known::Changed { since: RunId(of) },
        EQUAL_KEY => Known::SameKey { row, is_equal: true },
        _ => Known::SameKey { row, is_equal: false },
    }
}

pub(super) fn judge(
    input: &Connection,
    ledger: &Connection,
    bots: &BTreeMap<String, i64>,
    has_keys: bool,
    (host, run): (&str, Option<RunId>),
) -> Result<Overlap, LedgerError> {
    let judge = Judge { input, ledger, has_keys, has_senders: find_senders(ledger, bots, host, run)? };
    if has_keys {
        judge.judge_keys()?;
    }
    judge.count_records()?;
    judge.judge_surplus()?;
    judge.overlap()
}

/// Lists the runs that sent to the input's bots. Whether there are any.
fn find_senders(
    ledger: &Connection,
    bots: &BTreeMap<String, i64>,
    host: &str,
    run: Option<RunId>,
) -> Result<bool, LedgerError> {
    ledger.execute_batch(
        "CREATE TEMP TABLE senders (run INTEGER, number INTEGER, bot INTEGER, PRIMARY KEY (run, number)) WITHOUT ROWID",
    )?;
    let mut insert = ledger.prepare(
        "INSERT INTO senders SELECT run, bots.bot, ?1 FROM runs JOIN bots USING (run)
         WHERE bot_id = ?2 AND host = ?3 AND NOT sandbox AND run IS NOT ?4
           AND EXISTS (SELECT 1 FROM rows WHERE rows.run = runs.run)",
    )?;
    let mut found = 0;
    for (bot_id, bot) in bots {
        found += insert.execute(params![bot, bot_id, host, run.map(|run| run.0)])?;
    }
    Ok(found > 0)
}

struct Judge<'a> {
    input: &'a Connection,
    ledger: &'a Connection,
    has_keys: bool,
    has_senders: bool,
}

/// A row of the input in the order of its key.
struct Keyed {
    row: i64,
    bot: i64,
    key: i64,
    record: Vec<u8>,
    message: i64,
    is_resent: bool,
}

impl Judge<'_> {
    /// Finds the rows whose keys were sent before, or have an earlier row in the input.
    fn judge_keys(&self) -> Result<(), LedgerError> {
        let mut rows = self.input.prepare(
            "SELECT row, bot, key, record, message, resent FROM input WHERE key IS NOT NULL ORDER BY bot, key, row",
        )?;
        let mut rows = rows.query([])?;
        let mut first: Option<Keyed> = None;
        while let Some(row) = rows.next()? {
            let keyed = keyed(row)?;
            if let Some((verdict, run)) = self.find_key(&keyed)? {
                self.set(keyed.row, verdict, run)?;
                continue;
            }
            match first.as_ref().filter(|first| (first.bot, first.key) == (keyed.bot, keyed.key)) {
                Some(first) => {
                    let is_equal = first.record == keyed.record && first.message == keyed.message;
                    self.set(keyed.row, if is_equal { EQUAL_KEY } else { CHANGED_KEY }, first.row)?;
                }
                None => first = Some(keyed),
            }
        }
        Ok(())
    }

    /// Whether the row's key was sent before, in which run, and whether its record has changed since.
    fn find_key(&self, keyed: &Keyed) -> Result<Option<(i64, i64)>, LedgerError> {
        if !self.has_senders {
            return Ok(None);
        }
        let sql = "SELECT iif(substr(fingerprint, 1, 8) IS ?3 AND message IS ?4, 4, 1) AS verdict, senders.run
                   FROM records INDEXED BY rows_by_key
                   CROSS JOIN senders ON senders.run = id >> 36 AND senders.number = records.bot
                                         AND senders.bot = ?1
                   WHERE key = ?2 AND key IS NOT NULL AND state IN (0, 1, 4, 6) AND NOT (?5 AND state = 6)
                   ORDER BY verdict DESC, senders.run DESC LIMIT 1";
        let mut statement = self.ledger.prepare_cached(sql)?;
        let params = params![keyed.bot, keyed.key, keyed.record, keyed.message, keyed.is_resent];
        let found = statement.query_row(params, |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        Ok(found)
    }

    /// Counts equal records, in the input and in the ledger.
    fn count_records(&self) -> Result<(), LedgerError> {
        let mut groups = self.input.prepare(
            "SELECT bot, record, count(*), sum(need = 0), sum(resent) FROM input
             WHERE need >= 0 AND row NOT IN (SELECT row FROM judged) GROUP BY 1, 2 ORDER BY 1, 2",
        )?;
        let mut groups = groups.query([])?;
        let mut insert = self.input.prepare("INSERT INTO groups VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
        let mut sent_before = self.ledger.prepare(RECORDS)?;
        let mut sent_before = Sorted::query(&mut sent_before, &[&self.has_keys], |row| {
            Ok::<(i64, Option<i64>, bool, i64), _>((row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        })?;
        let mut may_be_repeated = false;
        while let Some(group) = groups.next()? {
            let (bot, record, copies, spare, resent): (i64, Vec<u8>, u64, u64, i64) = group.try_into()?;
            let (sent, run, is_unsettled, in_doubt) = sent_before.find(bot, &record)?.copied().unwrap_or_default();
            // Each row that is sent again takes the place of one in doubt.
            let sent = sent - in_doubt.min(resent);
            may_be_repeated |= is_unsettled;
            if sent > 0 || spare > 0 {
                insert.execute(params![bot, record, copies, sent.max(0), run.filter(|_| sent > 0), spare])?;
            }
        }
        if may_be_repeated { self.list_unsettled() } else { Ok(()) }
    }

    fn list_unsettled(&self) -> Result<(), LedgerError> {
        let mut insert = self.input.prepare("INSERT INTO unsettled VALUES (?1)")?;
        let mut ids = self.ledger.prepare(UNSETTLED)?;
        let mut ids = ids.query([])?;
        while let Some(id) = ids.next()? {
            insert.execute([id.get::<_, i64>(0)?])?;
        }
        Ok(())
    }

    /// Where the input has more equal records than were sent, chooses those that count as sent: the ones with the same
    /// messages, then the first ones.
    fn judge_surplus(&self) -> Result<(), LedgerError> {
        let has_surplus = "SELECT EXISTS (SELECT 1 FROM groups WHERE sent > 0 AND sent < copies)";
        if self.input.query_row(has_surplus, [], |row| row.get(0))? {
            self.count_messages()?;
            self.input.execute_batch(WITH_SENT_MESSAGE)?;
            self.input.execute_batch(FIRST_OTHERS)?;
            self.input.execute_batch(LESS_SPARE)?;
        }
        Ok(())
    }

    fn count_messages(&self) -> Result<(), LedgerError> {
        let mut messages = self.ledger.prepare(MESSAGES)?;
        let are_resent = "SELECT EXISTS (SELECT 1 FROM input WHERE resent)";
        let are_resent: bool = self.input.query_row(are_resent, [], |row| row.get(0))?;
        let mut messages = messages.query([self.has_keys, are_resent])?;
        let mut groups =
            self.input.prepare("SELECT bot, record FROM groups WHERE sent > 0 AND sent < copies ORDER BY 1, 2")?;
        let mut groups = Sorted::query(&mut groups, &[], |_| Ok(()))?;
        let mut insert = self.input.prepare("INSERT INTO sent_messages VALUES (?1, ?2, ?3, ?4)")?;
        while let Some(message) = messages.next()? {
            let (bot, record, message, sent): (i64, Vec<u8>, i64, i64) = message.try_into()?;
            if groups.find(bot, &record)?.is_some() {
                insert.execute(params![bot, record, message, sent])?;
            }
        }
        Ok(())
    }

    fn set(&self, row: i64, verdict: i64, of: i64) -> Result<(), LedgerError> {
        self.input.prepare_cached("INSERT INTO judged VALUES (?1, ?2, ?3)")?.execute([row, verdict, of])?;
        Ok(())
    }

    fn overlap(&self) -> Result<Overlap, LedgerError> {
        let mut overlap = Overlap::default();
        let mut rows = self.input.prepare(NOT_SENT)?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let (verdict, of, bot_id, count, unlisted): (i64, i64, String, u64, u64) = row.try_into()?;
            *overlap.by_bot.entry(bot_id).or_default() += count;
            match verdict {
                SENT | SENT_WITH_KEY => {
                    overlap.sent += count;
                    overlap.unlisted += unlisted;
                    overlap.runs.push((RunId(of), count));
                }
                EQUAL_KEY => overlap.duplicates += count,
                _ => overlap.changed += count,
            }
        }
        overlap.runs = sums(std::mem::take(&mut overlap.runs));
        overlap.first_changed = self.first_changed()?;
        Ok(overlap)
    }

    fn first_changed(&self) -> Result<Vec<(u64, Known)>, LedgerError> {
        let sql = "SELECT row, verdict, of FROM judged JOIN input USING (row)
                   WHERE verdict IN (1, 3) AND need > 0 ORDER BY row LIMIT ?1";
        collect(self.input, sql, [SHOWN], |row| Ok((row.get(0)?, known(row.get(1)?, row.get(2)?))))
    }
}

/// Of each group with a surplus, the rows with messages that were sent: as many as were sent, those first that the run does
/// not send anyway.
const WITH_SENT_MESSAGE: &str = "
    INSERT INTO judged
    SELECT row, 0, run FROM
        (SELECT row, groups.run, sent_messages.sent,
                row_number() OVER (PARTITION BY bot, record, message ORDER BY need, row) AS place
         FROM input JOIN groups USING (bot, record) JOIN sent_messages USING (bot, record, message)
         WHERE groups.sent < groups.copies AND need >= 0 AND row NOT IN (SELECT row FROM judged))
    WHERE place <= sent;";

/// Then the first of the others, until as many rows are judged as were sent.
const FIRST_OTHERS: &str = "
    CREATE TABLE counted AS
    SELECT bot, record, count(*) AS judged FROM input JOIN judged USING (row) WHERE verdict = 0 GROUP BY bot, record;
    CREATE INDEX counted_by_record ON counted (bot, record);
    INSERT INTO judged
    SELECT row, 0, run FROM
        (SELECT row, groups.run, sent - coalesce(counted.judged, 0) AS left,
                row_number() OVER (PARTITION BY bot, record ORDER BY need, row) AS place
         FROM input JOIN groups USING (bot, record) LEFT JOIN counted USING (bot, record)
         WHERE sent > 0 AND sent < copies AND need >= 0 AND row NOT IN (SELECT row FROM judged))
    WHERE place <= left;";

/// Those that count as sent are no longer spare.
const LESS_SPARE: &str = "
    UPDATE groups SET spare = spare - judged.rows
    FROM (SELECT bot, record, count(*) AS rows FROM input JOIN judged USING (row)
          WHERE need = 0 AND verdict = 0 GROUP BY 1, 2) AS judged
    WHERE groups.bot = judged.bot AND groups.record = judged.record;";

/// The rows that would be sent if nothing had been sent before, by verdict, run and bot. A row without a key whose record was
/// sent is not listed in the ledger, nor is one whose key the ledger has.
const NOT_SENT: &str = "
    SELECT coalesce(verdict, 0), iif(verdict IN (2, 3), 0, coalesce(of, run)), bot_id, count(*),
           sum(need = 1 AND (key IS NULL OR coalesce(verdict, 0) = 4))
    FROM input JOIN bots USING (bot) LEFT JOIN judged USING (row) LEFT JOIN groups USING (bot, record)
    WHERE need > 0 AND (verdict IS NOT NULL OR sent >= copies)
    GROUP BY 1, 2, 3";

fn keyed(row: &Row<'_>) -> rusqlite::Result<Keyed> {
    let (row, bot, key, record, message, is_resent) = row.try_into()?;
    Ok(Keyed { row, bot, key, record, message, is_resent })
}

fn sums(counts: Vec<(RunId, u64)>) -> Vec<(RunId, u64)> {
    let mut sums = BTreeMap::<i64, u64>::new();
    counts.into_iter().for_each(|(run, count)| *sums.entry(run.0).or_default() += count);
    sums.into_iter().map(|(run, count)| (RunId(run), count)).collect()
}

fn collect<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, LedgerError> {
    let mut statement = connection.prepare(sql)?;
    Ok(statement.query_map(params, read)?.collect::<Result<_, _>>()?)
}
