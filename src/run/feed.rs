//! The feed: a thread that reads the input again and hands the engine the rows without an outcome, in batches, through a
//! bounded channel.

use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};

use crate::error::{Advice, ErrorKind};
use crate::exit::Exit;
use crate::ledger::{
    Comparison, Known, LedgerError, Outcome, OutcomeKind, RecordHash, ResendPolicy, RowState, RunId, Store,
};
use crate::numbering::Numbering;
use crate::record::{
    CheckedRow, Checker, Duplicates, Feedback, Problem, ResolvedMapping, ScoreRule, SkipReason, message_hash,
};
use crate::source::{InputError, Inputs, Row, SourceError, SourceOptions};

/// Rows in one batch, and batches read ahead.
const BATCH: usize = 64;
const AHEAD: usize = 4;

/// A record ready to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) number: u64,
    pub(crate) body: Vec<u8>,
    pub(crate) record: RecordHash,
    /// As in [`Claim`](crate::ledger::Claim).
    pub(crate) spare: Option<u64>,
}

/// Which records a lane gets. Each record belongs to exactly one lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Share {
    /// All records: there is one bot.
    All,
    /// Records for this bot.
    Bot(String),
    /// Those that are not sent, if there are several bots.
    Unsent,
}

#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) to_send: Vec<Prepared>,
    /// Numbers with an outcome that need no sending.
    pub(crate) settled: Vec<(u64, Outcome)>,
    /// Rows whose records an earlier run has sent without knowing their keys.
    pub(crate) learned: Vec<(u64, RecordHash, RunId)>,
}

/// Why the input cannot be read any further. Outcomes are kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FeedError {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Advice for FeedError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Input(error) => error.hint(),
            Self::Source(error) => error.hint(),
            Self::Ledger(error) => error.hint(),
        }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::Input(error) => error.kind(),
            Self::Source(error) => error.kind(),
            Self::Ledger(error) => error.kind(),
        }
    }

    fn exit(&self) -> Exit {
        Exit::Stopped
    }
}

/// The engine's end of a feed.
pub(crate) type Feed = mpsc::Receiver<Result<Batch, FeedError>>;

#[derive(Debug, Clone)]
pub(crate) struct FeedSettings {
    /// As detected by the check.
    pub(crate) source: SourceOptions,
    pub mapping: ResolvedMapping,
    pub(crate) score: ScoreRule,
    /// Whether rows in doubt of a failure report are sent.
    pub(crate) include_in_doubt: bool,
    pub(crate) resend: ResendPolicy,
    /// As detected by the check.
    pub(crate) duplicates: Duplicates,
    /// The bot of rows that name none.
    pub(crate) bot: Option<String>,
    /// What was sent before; `None` if it does not matter.
    pub(crate) known: Option<Arc<Comparison>>,
}

/// Feeds these records.
pub(crate) fn feed_records(to_send: Vec<Prepared>) -> Feed {
    let (sender, receiver) = mpsc::channel(1);
    // There is room for one, and the receiver is right here.
    let _ = sender.try_send(Ok(Batch { to_send, ..Batch::default() }));
    receiver
}

/// Starts a feed for each share, with the rows that have no outcome yet. Each feed has its own reader, a few batches ahead of
/// its lane: in a file sorted by bot no lane waits for another, and memory is constant.
///
/// A workbook is in memory anyway. It is read once for all shares, and its rows wait in memory.
///
/// # Errors
/// When the ledger cannot be opened for reading.
pub(crate) fn feed_input(
    input: &Arc<Inputs>,
    settings: &FeedSettings,
    shares: Vec<Share>,
    ledger: &Store,
    run: RunId,
    is_workbook: bool,
) -> Result<Vec<Feed>, LedgerError> {
    let is_read_once = is_workbook && shares.len() > 1;
    let ahead = if is_read_once { Semaphore::MAX_PERMITS } else { AHEAD };
    let ends = shares.into_iter().map(|share| {
        let (sender, receiver) = mpsc::channel(ahead);
        (Outlet { share, batch: Batch::default(), sender }, receiver)
    });
    let (outlets, feeds): (Vec<_>, Vec<_>) = ends.unzip();
    let outlets_of_readers =
        if is_read_once { vec![outlets] } else { outlets.into_iter().map(|outlet| vec![outlet]).collect() };
    for outlets in outlets_of_readers {
        let reader = Reader { input: Arc::clone(input), settings: settings.clone(), ledger: ledger.reader()?, run };
        std::thread::spawn(move || reader.feed(outlets));
    }
    Ok(feeds)
}

/// The reader's end of a feed.
struct Outlet {
    share: Share,
    batch: Batch,
    sender: mpsc::Sender<Result<Batch, FeedError>>,
}

struct Reader {
    input: Arc<Inputs>,
    settings: FeedSettings,
    ledger: Store,
    run: RunId,
}

impl Reader {
    fn feed(&self, mut outlets: Vec<Outlet>) {
        if let Err(error) = self.read(&mut outlets) {
            // One lane is enough to stop the run; if all have ended, none needs to know.
            if let Some(outlet) = outlets.iter().find(|outlet| !outlet.sender.is_closed()) {
                let _ = outlet.sender.blocking_send(Err(error));
            }
        }
    }

    fn read(&self, outlets: &mut Vec<Outlet>) -> Result<(), FeedError> {
        let mut rows = self.input.open(&self.settings.source)?;
        let settings = &self.settings;
        let checker = Checker::new(settings.mapping.clone(), settings.score, settings.include_in_doubt);
        let mut checker = checker.with_duplicates(Arc::clone(&settings.duplicates));
        let (mut known, numbering) = (self.ledger.state_cursor(self.run), settings.mapping.numbering());
        let mut row = Row::default();
        while rows.read(&mut row)? {
            for part in numbering.parts() {
                let number = numbering.number(row.number, part);
                let state = known.find(number)?.map(|(_, state)| state);
                let (key, is_resent) = (checker.key(&row, part), checker.is_resent(&row));
                let Some(judged) = self.left_to_do(state, &mut checker, (&row, part)) else { continue };
                let Some(place) = outlets.iter().position(|outlet| outlet.share.has(&judged)) else { continue };
                let outlet = &mut outlets[place];
                match judged {
                    CheckedRow::Valid(record) => {
                        let hash = record_hash(&record, key);
                        // A record in doubt was sent, so that its claim must not ask.
                        let known = settings.known(number, &record, &hash)?;
                        let known = known.filter(|known| !(is_resent && matches!(known, Known::New { .. })));
                        outlet.batch.add_record((number, hash, record.body()), (known, numbering), state);
                    }
                    unsent => outlet.batch.add_unsent(number, || settings.mapping.record_in_words(part), unsent),
                }
                if !outlet.batch.is_full() {
                    continue;
                }
                rows.ensure_unchanged()?;
                if outlet.sender.blocking_send(Ok(std::mem::take(&mut outlet.batch))).is_err() {
                    // Its lane has ended.
                    outlets.swap_remove(place);
                    if outlets.is_empty() {
                        return Ok(());
                    }
                }
            }
        }
        rows.ensure_unchanged()?;
        for outlet in outlets.drain(..) {
            // Its lane may have ended.
            let _ = outlet.sender.blocking_send(Ok(outlet.batch));
        }
        Ok(())
    }

    /// A part of a row after the check, unless it needs no more work.
    fn left_to_do<'a>(
        &self,
        state: Option<RowState>,
        checker: &'a mut Checker,
        (row, part): (&'a Row, u32),
    ) -> Option<CheckedRow<'a>> {
        if is_done(state, self.settings.resend) {
            return None;
        }
        let judged = checker.check(row, part)?;
        let is_sent = matches!(judged, CheckedRow::Valid(_));
        // If the check is stricter now than when it was sent, its outcome stays.
        let keeps_outcome = matches!(state, Some(RowState::Settled(OutcomeKind::InDoubt | OutcomeKind::Rejected)));
        (is_sent || !keeps_outcome).then_some(judged)
    }
}

/// Whether a record in this state needs no more work.
pub(super) fn is_done(state: Option<RowState>, resend: ResendPolicy) -> bool {
    match state {
        None => false,
        Some(RowState::Settled(outcome)) => !resend.allows(outcome),
        Some(RowState::Claimed) => true,
    }
}

impl Share {
    fn has(&self, judged: &CheckedRow<'_>) -> bool {
        match (self, judged) {
            (Self::All, _) => true,
            (Self::Bot(bot), CheckedRow::Valid(feedback)) => feedback.bot_id() == Some(bot),
            (Self::Bot(_), CheckedRow::Invalid(_) | CheckedRow::Skipped(_)) => false,
            (Self::Unsent, judged) => !matches!(judged, CheckedRow::Valid(_)),
        }
    }
}

impl FeedSettings {
    fn known(&self, row: u64, record: &Feedback<'_>, id: &RecordHash) -> Result<Option<Known>, LedgerError> {
        let bot_id = record.bot_id().or(self.bot.as_deref()).unwrap_or_default();
        self.known.as_ref().map(|known| known.find(row, bot_id, id)).transpose()
    }
}

impl Batch {
    /// Adds a valid row. One whose record was sent before is not sent: it keeps the outcome it has, or is skipped.
    fn add_record(
        &mut self,
        (number, record, body): (u64, RecordHash, Vec<u8>),
        (known, numbering): (Option<Known>, Numbering),
        state: Option<RowState>,
    ) {
        let spare = match known {
            None => None,
            Some(Known::New { spare }) => Some(spare),
            Some(_) if matches!(state, Some(RowState::Settled(OutcomeKind::InDoubt | OutcomeKind::Rejected))) => return,
            // The ledger has it under its key, or it has none: the run counts it.
            Some(Known::Sent { is_by_key, .. }) if state.is_none() && (is_by_key || record.key.is_none()) => return,
            Some(Known::Sent { by, is_by_key: false }) if record.key.is_some() => {
                return self.learned.push((number, record, by));
            }
            Some(known) => return self.settle(number, OutcomeKind::Skipped, skip_reason(known, numbering).to_string()),
        };
        self.to_send.push(Prepared { number, body, record, spare });
    }

    fn settle(&mut self, number: u64, kind: OutcomeKind, why: String) {
        self.settled.push((number, Outcome::with_detail(kind, why)));
    }

    /// Adds what is not sent. `record` is which of several records it is, in words.
    fn add_unsent(&mut self, number: u64, record: impl Fn() -> Option<String>, judged: CheckedRow<'_>) {
        match judged {
            CheckedRow::Valid(_) => {}
            CheckedRow::Invalid(problems) => {
                let record = record().map_or_else(String::new, |record| format!("record {record}: "));
                let why = record + &in_words(&problems);
                self.settle(number, OutcomeKind::Invalid, why);
            }
            CheckedRow::Skipped(reason) => self.settle(number, OutcomeKind::Skipped, reason.to_string()),
        }
    }

    fn is_full(&self) -> bool {
        self.to_send.len() + self.settled.len() + self.learned.len() >= BATCH
    }
}

fn skip_reason(known: Known, numbering: Numbering) -> SkipReason {
    match known {
        Known::Sent { by, .. } => SkipReason::SentBefore { run: by.0 },
        Known::Changed { since } => SkipReason::ChangedSince { run: since.0 },
        Known::SameKey { row, is_equal: false } => SkipReason::ChangedInInput { since: numbering.id(row) },
        Known::SameKey { row, .. } => SkipReason::Duplicate { of: Some(numbering.id(row)) },
        Known::New { .. } => SkipReason::Duplicate { of: None },
    }
}

/// What the ledger remembers of a record with this key.
pub(crate) fn record_hash(record: &Feedback<'_>, key: Option<i64>) -> RecordHash {
    RecordHash { fingerprint: record.fingerprint(), message: message_hash(record.message()), key }
}

fn in_words(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
