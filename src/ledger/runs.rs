//! The `runs` and `bots` tables.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Params, Row, params};

use super::millis::{from_millis, to_millis};
use super::{Identity, LedgerError, NewRun, Run, RunBot, RunId, RunKind, Store};
use crate::numbering::Numbering;

impl Store {
    /// Records the start of a run.
    pub(crate) fn begin(&self, run: &NewRun, now: Timestamp) -> Result<RunId, LedgerError> {
        self.begin_prepared(run, now, |_| Ok(()))
    }

    /// Records the start of a run after `prepare` has made everything ready for its number. If that fails, no run was
    /// started.
    ///
    /// # Errors
    /// The error of `prepare`, or if SQLite fails.
    pub(crate) fn begin_prepared<E: From<LedgerError>>(
        &self,
        run: &NewRun,
        now: Timestamp,
        prepare: impl FnOnce(RunId) -> Result<(), E>,
    ) -> Result<RunId, E> {
        self.write(|transaction| {
            let id = insert(transaction, run, now)?;
            prepare(id)?;
            Ok(id)
        })
    }

    /// While a run is begun: fails if another one with this identity was started after `latest`. Another process may
    /// have started it since the caller looked.
    ///
    /// # Errors
    /// [`LedgerError::AlreadyStarted`], or if SQLite fails.
    pub(crate) fn ensure_not_started(
        &self,
        begun: RunId,
        identity: Identity,
        latest: Option<RunId>,
    ) -> Result<(), LedgerError> {
        let others = self.runs_with_identity(identity)?.into_iter().map(|run| run.id);
        let found = others.into_iter().find(|run| *run != begun);
        match found.filter(|_| found != latest) {
            Some(run) => Err(LedgerError::AlreadyStarted { run }),
            None => Ok(()),
        }
    }

    /// Sets which bots a resumed run sends to, how many records go to each, and how many there are in all; returns the run
    /// with them.
    pub(crate) fn set_bots(&self, run: RunId, bots: &[(String, u64)], records: u64) -> Result<Run, LedgerError> {
        self.write::<_, LedgerError>(|transaction| {
            transaction.execute("UPDATE runs SET records = ?2 WHERE run = ?1", params![run.0, records])?;
            set_bots(transaction, run, bots)
        })?;
        self.run(run)
    }

    /// Sets how many rows of a resumed run are skipped, without an entry, because an earlier run has sent their records.
    pub(crate) fn set_sent_before(&self, run: RunId, rows: u64) -> Result<(), LedgerError> {
        self.connection.execute("UPDATE runs SET sent_before = ?2 WHERE run = ?1", params![run.0, rows])?;
        Ok(())
    }

    /// The run with this number.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRun`], [`LedgerError::Untrusted`] if the ledger has lost it, or if SQLite fails.
    pub(crate) fn run(&self, run: RunId) -> Result<Run, LedgerError> {
        let found = select(&self.connection, "WHERE run = ?1", [run.0])?.pop();
        found.map_or_else(|| self.ensure_known(run).and(Err(LedgerError::NoSuchRun { run })), Ok)
    }

    /// All runs, oldest first.
    pub(crate) fn runs(&self) -> Result<Vec<Run>, LedgerError> {
        select(&self.connection, "ORDER BY run", [])
    }

    /// The runs with this identity, latest first.
    pub(crate) fn runs_with_identity(&self, identity: Identity) -> Result<Vec<Run>, LedgerError> {
        select(&self.connection, "WHERE identity = ?1 ORDER BY run DESC", [identity.0])
    }

    /// The runs of an input with this content, whatever their mapping and target, latest first.
    pub(crate) fn runs_with_content(&self, content: &[u8; 32]) -> Result<Vec<Run>, LedgerError> {
        select(&self.connection, "WHERE content = ?1 ORDER BY run DESC", [content])
    }

    /// Whether any import of an older version is identified by its input's bytes.
    pub(crate) fn has_runs_of_bytes(&self) -> Result<bool, LedgerError> {
        let any = "SELECT EXISTS (SELECT 1 FROM runs WHERE content_of = 'bytes' AND kind = 'import')";
        Ok(self.connection.query_row(any, [], |row| row.get(0))?)
    }

    /// Records that nothing of the run is left to send.
    pub(crate) fn finish(&self, run: RunId, now: Timestamp) -> Result<(), LedgerError> {
        self.connection.execute("UPDATE runs SET finished_at = ?2 WHERE run = ?1", params![run.0, to_millis(now)])?;
        Ok(())
    }

    /// Records that records of the run are to be sent again.
    pub(crate) fn reopen(&self, run: RunId) -> Result<(), LedgerError> {
        self.connection.execute("UPDATE runs SET finished_at = NULL WHERE run = ?1", [run.0])?;
        Ok(())
    }

    /// Records which failure report was written last, if there is one.
    pub(crate) fn set_report(&self, run: RunId, report: Option<(&Path, [u8; 32])>) -> Result<(), LedgerError> {
        let (path, hash) = report.map(|(path, hash)| (path.display().to_string(), hash)).unzip();
        let sql = "UPDATE runs SET report = ?2, report_hash = ?3 WHERE run = ?1";
        self.connection.execute(sql, params![run.0, path, hash])?;
        Ok(())
    }
}

/// Must be called within a transaction.
fn insert(connection: &Connection, run: &NewRun, now: Timestamp) -> Result<RunId, LedgerError> {
    connection.execute(
        "INSERT INTO runs (kind, sandbox, profile, host, api_version, input, content, mapping, identity, rows,
                           started_at, options, content_of, records_per_row, records, again, sent_before)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'rows', ?13, ?14, ?15, ?16)",
        params![
            run.kind.as_str(),
            run.sandbox,
            run.profile,
            run.host,
            run.api_version,
            run.input,
            run.content,
            run.mapping,
            run.identity.0,
            run.rows,
            to_millis(now),
            run.options,
            run.numbering.per_row(),
            run.records,
            run.again,
            run.sent_before,
        ],
    )?;
    let id = RunId(connection.last_insert_rowid());
    set_bots(connection, id, &run.bots)?;
    Ok(id)
}

/// Sets how many records go to each of these bots, and adds those that the run does not have yet. Must be called within a
/// transaction.
fn set_bots(connection: &Connection, run: RunId, bots: &[(String, u64)]) -> Result<(), LedgerError> {
    let mut update = connection.prepare("UPDATE bots SET rows = ?3 WHERE run = ?1 AND bot_id = ?2")?;
    let mut insert = connection.prepare(
        "INSERT INTO bots (run, bot, bot_id, rows)
         SELECT ?1, coalesce(max(bot), 0) + 1, ?2, ?3 FROM bots WHERE run = ?1",
    )?;
    for (bot_id, records) in bots {
        if update.execute(params![run.0, bot_id, records])? == 0 {
            insert.execute(params![run.0, bot_id, records])?;
        }
    }
    Ok(())
}

/// The runs that these clauses (`WHERE …`, `ORDER BY …`) select.
fn select(connection: &Connection, clauses: &str, params: impl Params) -> Result<Vec<Run>, LedgerError> {
    let mut statement = connection.prepare(&format!(
        "SELECT run, kind, sandbox, profile, host, input, rows, started_at, finished_at, report, report_hash, content,
                options, mapping, content_of = 'bytes', clock_offset, records_per_row, coalesce(records, rows),
                again, sent_before
         FROM runs {clauses}"
    ))?;
    let runs = statement.query_map(params, |row| read(connection, row))?;
    Ok(runs.collect::<Result<_, _>>()?)
}

fn read(connection: &Connection, row: &Row<'_>) -> rusqlite::Result<Run> {
    let kind: String = row.get(1)?;
    let id = RunId(row.get(0)?);
    Ok(Run {
        id,
        bots: bots(connection, id)?,
        kind: if kind == RunKind::Submit.as_str() { RunKind::Submit } else { RunKind::Import },
        sandbox: row.get(2)?,
        profile: row.get(3)?,
        host: row.get(4)?,
        input: row.get(5)?,
        rows: row.get(6)?,
        started_at: from_millis(row.get(7)?),
        finished_at: row.get::<_, Option<i64>>(8)?.map(from_millis),
        report: row.get::<_, Option<String>>(9)?.map(PathBuf::from).zip(row.get(10)?),
        content: row.get(11)?,
        options: row.get(12)?,
        mapping: row.get(13)?,
        is_of_bytes: row.get(14)?,
        clock_offset: row.get::<_, Option<i64>>(15)?.map(SignedDuration::from_millis),
        numbering: Numbering::new(row.get(16)?),
        records: row.get(17)?,
        again: row.get(18)?,
        sent_before: row.get(19)?,
    })
}

fn bots(connection: &Connection, run: RunId) -> rusqlite::Result<Vec<RunBot>> {
    let mut statement = connection.prepare_cached("SELECT bot, bot_id, rows FROM bots WHERE run = ?1 ORDER BY bot")?;
    let bots = statement
        .query_map([run.0], |row| Ok(RunBot { number: row.get(0)?, bot_id: row.get(1)?, records: row.get(2)? }))?;
    bots.collect()
}
