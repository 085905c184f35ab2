//! Runs: what identifies one, what is kept of it, and how its rows add up.

use std::fmt;
use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::state::{OutcomeKind, RowState};
use super::{LedgerError, store::millis, store::timestamp};

/// A run's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub i64);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What makes two imports the same: a hash of content, mapping and target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity(pub [u8; 32]);

impl Identity {
    /// The identity of this content, read with this mapping, sent to this target.
    pub fn of(content: &[u8; 32], mapping: &str, target: &[&str]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(content);
        for part in std::iter::once(&mapping).chain(target) {
            // Lengths go in, so that no two lists of texts run together into the same bytes.
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        Self(*hasher.finalize().as_bytes())
    }
}

/// What kind of run it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunKind {
    /// Many rows from an input.
    Import,
    /// One record by hand.
    Submit,
}

impl RunKind {
    /// The kind's word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Submit => "submit",
        }
    }
}

/// What is written down when a run begins.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// What kind.
    pub kind: RunKind,
    /// Whether it goes to the sandbox in this process.
    pub sandbox: bool,
    /// The profile's name, if one was used.
    pub profile: Option<String>,
    /// The environment's address.
    pub host: String,
    /// The bots, and how many rows go to each; at least one.
    pub bots: Vec<(String, u64)>,
    /// The version in the path.
    pub api_version: String,
    /// The input's name, `-` for standard input.
    pub input: String,
    /// BLAKE3 of the input's bytes.
    pub content: [u8; 32],
    /// Which column is which field, in a form that compares.
    pub mapping: String,
    /// Content, mapping and target together.
    pub identity: Identity,
    /// How many rows the input has.
    pub rows: u64,
    /// The command line that begins it, without the program's name.
    pub command: Vec<String>,
    /// Where it was given.
    pub directory: PathBuf,
}

/// A run as the ledger has it.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// What kind.
    pub kind: RunKind,
    /// Whether it went to the sandbox.
    pub sandbox: bool,
    /// The profile's name, if one was used.
    pub profile: Option<String>,
    /// The environment's address.
    pub host: String,
    /// The bots that its rows go to; at least one.
    pub bots: Vec<RunBot>,
    /// The input's name.
    pub input: String,
    /// BLAKE3 of the input's bytes.
    pub content: [u8; 32],
    /// Which column is which field, in a form that compares.
    pub mapping: String,
    /// How many rows the input has.
    pub rows: u64,
    /// The command line that began it, without the program's name.
    pub command: Vec<String>,
    /// Where it was given.
    pub directory: PathBuf,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended with nothing left to send; `None` while it can be resumed.
    pub finished_at: Option<Timestamp>,
    /// The failure report that was written last, and the hash of its content.
    pub report: Option<(PathBuf, [u8; 32])>,
}

/// One bot of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunBot {
    /// Its number in the run, from 1.
    pub number: u32,
    /// Its id.
    pub bot_id: String,
    /// How many rows go to it.
    pub rows: u64,
}

impl Run {
    /// Whether the run has sent to this bot, or will.
    pub fn goes_to(&self, bot_id: &str) -> bool {
        self.bots.iter().any(|bot| bot.bot_id == bot_id)
    }
}

/// How the rows of a run stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// All rows of the input.
    pub rows: u64,
    /// On the server.
    pub saved: u64,
    /// The server said no.
    pub rejected: u64,
    /// Not valid, never sent.
    pub invalid: u64,
    /// Left out on purpose.
    pub skipped: u64,
    /// Perhaps on the server; claimed rows of a dead process among them.
    pub in_doubt: u64,
    /// Not sent, and will be by a resumed run: given up, or never reached.
    pub unsent: u64,
}

impl Counts {
    /// Counts of an input whose rows are all still to be sent.
    pub fn untouched(rows: u64) -> Self {
        Self { rows, unsent: rows, ..Self::default() }
    }

    /// Adds rows of one outcome that were unsent so far.
    pub fn settle(&mut self, kind: OutcomeKind, rows: u64) {
        let counter = match kind {
            OutcomeKind::Saved => &mut self.saved,
            OutcomeKind::Rejected => &mut self.rejected,
            OutcomeKind::Invalid => &mut self.invalid,
            OutcomeKind::Skipped => &mut self.skipped,
            OutcomeKind::InDoubt => &mut self.in_doubt,
            OutcomeKind::Unsent => return,
        };
        *counter += rows;
        self.unsent = self.unsent.saturating_sub(rows);
    }

    /// Adds so many rows in this state, by its word.
    fn add(&mut self, state: &str, rows: i64) {
        let rows = u64::try_from(rows).unwrap_or_default();
        match RowState::from_word(state) {
            Some(RowState::Settled(kind)) => self.settle(kind, rows),
            Some(RowState::Claimed) => self.settle(OutcomeKind::InDoubt, rows),
            None => {}
        }
    }

    /// Rows that should be on the server and, as far as is known, are not.
    pub fn not_saved(&self) -> u64 {
        self.failed() + self.unsent + self.in_doubt
    }

    /// Rows that will not be on the server as they are: what `failed` means wherever it is said.
    pub fn failed(&self) -> u64 {
        self.rejected + self.invalid
    }
}

/// The bot that a row was sent to; null for a row that never was. A process of the version before went on writing rows
/// without it if the ledger was migrated beside it: to the only bot that a run had then.
pub(super) const BOT: &str = "iif(rows.claimed_at IS NULL, NULL, coalesce(rows.bot, 1))";

/// To be called within a transaction.
pub(super) fn insert(connection: &Connection, run: &NewRun, now: Timestamp) -> Result<RunId, LedgerError> {
    connection.execute(
        "INSERT INTO runs (kind, sandbox, profile, host, api_version, input, content, mapping, identity, rows,
                           started_at, command, directory)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        params![
            run.kind.word(),
            run.sandbox,
            run.profile,
            run.host,
            run.api_version,
            run.input,
            run.content,
            run.mapping,
            run.identity.0,
            i64::try_from(run.rows).unwrap_or(i64::MAX),
            millis(now),
            serde_json::Value::from(run.command.clone()).to_string(),
            run.directory.to_string_lossy(),
        ],
    )?;
    let id = RunId(connection.last_insert_rowid());
    add_bots(connection, id, &run.bots)?;
    Ok(id)
}

/// Adds the bots that the run doesn't have yet, and takes note of how many rows go to each. To be called within a
/// transaction.
pub(super) fn add_bots(connection: &Connection, run: RunId, bots: &[(String, u64)]) -> Result<(), LedgerError> {
    let mut update = connection.prepare("UPDATE bots SET rows = ?3 WHERE run = ?1 AND bot_id = ?2")?;
    let mut statement = connection.prepare(
        "INSERT INTO bots (run, bot, bot_id, rows)
         SELECT ?1, coalesce(max(bot), 0) + 1, ?2, ?3 FROM bots WHERE run = ?1",
    )?;
    for (bot_id, rows) in bots {
        let bot = params![run.0, bot_id, i64::try_from(*rows).unwrap_or(i64::MAX)];
        if update.execute(bot)? == 0 {
            statement.execute(bot)?;
        }
    }
    Ok(())
}

fn bots(connection: &Connection, run: RunId) -> rusqlite::Result<Vec<RunBot>> {
    let mut statement = connection.prepare_cached("SELECT bot, bot_id, rows FROM bots WHERE run = ?1 ORDER BY bot")?;
    let bots = statement.query_map([run.0], |row| {
        let rows = u64::try_from(row.get::<_, i64>(2)?).unwrap_or_default();
        Ok(RunBot { number: row.get(0)?, bot_id: row.get(1)?, rows })
    })?;
    bots.collect()
}

const COLUMNS: &str = "run, kind, sandbox, profile, host, input, rows, started_at, finished_at, report, report_hash, \
                       content, command, directory, mapping";

pub(super) fn by_id(connection: &Connection, run: RunId) -> Result<Option<Run>, LedgerError> {
    let sql = format!("SELECT {COLUMNS} FROM runs WHERE run = ?1");
    Ok(connection.query_row(&sql, [run.0], |row| read(connection, row)).optional()?)
}

/// Runs that a condition on one BLOB column selects, the latest first.
pub(super) fn by_hash(connection: &Connection, column: &'static str, hash: &[u8; 32]) -> Result<Vec<Run>, LedgerError> {
    let sql = format!("SELECT {COLUMNS} FROM runs WHERE {column} = ?1 ORDER BY run DESC");
    let mut statement = connection.prepare(&sql)?;
    let runs = statement.query_map([hash], |row| read(connection, row))?.collect::<Result<_, _>>()?;
    Ok(runs)
}

pub(super) fn all(connection: &Connection) -> Result<Vec<Run>, LedgerError> {
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM runs ORDER BY run"))?;
    let runs = statement.query_map([], |row| read(connection, row))?.collect::<Result<_, _>>()?;
    Ok(runs)
}

pub(super) fn counts(connection: &Connection, run: RunId, rows: u64) -> Result<Counts, LedgerError> {
    let mut counts = Counts::untouched(rows);
    let mut statement = connection.prepare_cached("SELECT state, count(*) FROM rows WHERE run = ?1 GROUP BY state")?;
    let mut groups = statement.query([run.0])?;
    while let Some(group) = groups.next()? {
        counts.add(&group.get::<_, String>(0)?, group.get(1)?);
    }
    Ok(counts)
}

pub(super) fn counts_by_bot(connection: &Connection, run: &Run) -> Result<Vec<Counts>, LedgerError> {
    let mut counts: Vec<_> = run.bots.iter().map(|bot| Counts::untouched(bot.rows)).collect();
    let sql = format!("SELECT {BOT}, state, count(*) FROM rows WHERE run = ?1 AND {BOT} IS NOT NULL GROUP BY 1, 2");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut groups = statement.query([run.id.0])?;
    while let Some(group) = groups.next()? {
        let bot: u32 = group.get(0)?;
        if let Some(place) = run.bots.iter().position(|of_run| of_run.number == bot) {
            counts[place].add(&group.get::<_, String>(1)?, group.get(2)?);
        }
    }
    Ok(counts)
}

fn read(connection: &Connection, row: &Row<'_>) -> rusqlite::Result<Run> {
    let kind: String = row.get(1)?;
    let id = RunId(row.get(0)?);
    Ok(Run {
        id,
        bots: bots(connection, id)?,
        kind: if kind == RunKind::Submit.word() { RunKind::Submit } else { RunKind::Import },
        sandbox: row.get(2)?,
        profile: row.get(3)?,
        host: row.get(4)?,
        input: row.get(5)?,
        rows: u64::try_from(row.get::<_, i64>(6)?).unwrap_or_default(),
        started_at: timestamp(row.get(7)?),
        finished_at: row.get::<_, Option<i64>>(8)?.map(timestamp),
        report: row.get::<_, Option<String>>(9)?.map(PathBuf::from).zip(row.get(10)?),
        content: row.get(11)?,
        // Written as JSON by `insert`; what people may have made of it since is no command.
        command: serde_json::from_str(&row.get::<_, String>(12)?).unwrap_or_default(),
        directory: row.get::<_, String>(13)?.into(),
        mapping: row.get(14)?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Counts, Identity, OutcomeKind};

    #[test]
    fn an_identity_changes_with_each_of_its_parts_and_with_where_they_are_cut() {
        let content = [7; 32];
        let one = Identity::of(&content, "score=Q1", &["https://a", "st-1"]);
        assert_eq!(one, Identity::of(&content, "score=Q1", &["https://a", "st-1"]));
        assert_ne!(one, Identity::of(&[8; 32], "score=Q1", &["https://a", "st-1"]));
        assert_ne!(one, Identity::of(&content, "score=Q2", &["https://a", "st-1"]));
        assert_ne!(one, Identity::of(&content, "score=Q1", &["https://as", "t-1"]));
    }

    #[test]
    fn counts_always_add_up_to_the_rows() {
        let mut counts = Counts::untouched(10);
        for kind in OutcomeKind::ALL {
            counts.settle(kind, 1);
        }
        assert_eq!(counts.saved + counts.skipped + counts.not_saved(), counts.rows);
        assert_eq!(counts.unsent, 5);
    }
}
