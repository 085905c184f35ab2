//! The feed: a thread that reads the input again and hands the engine what is still to be done, in batches, through a
//! bounded channel. Rows that have an outcome in the ledger are passed over.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::{LedgerError, Outcome, OutcomeKind, ResendPolicy, RowState, RunId, Store};
use crate::record::{CheckedRow, Checker, Duplicates, Fingerprint, Problem, ResolvedMapping, ScoreRule};
use crate::source::{InputError, Inputs, Row, SourceError, SourceOptions};

/// Rows in one batch, and batches read ahead.
const BATCH: usize = 64;
const AHEAD: usize = 4;

/// A row ready to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    /// Its number in the input.
    pub(crate) number: u64,
    /// The request's body.
    pub(crate) body: Vec<u8>,
    /// What the server can read back of it, hashed.
    pub(crate) fingerprint: Fingerprint,
}

/// Which rows of an input a lane is fed with. Together they are all, and each row is one lane's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Share {
    /// All: there is one bot.
    All,
    /// Those that are sent to this bot.
    Bot(String),
    /// Those that are not sent at all, where there are several bots.
    Unsent,
}

/// Some rows, in order.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// Rows to be sent.
    pub(crate) to_send: Vec<Prepared>,
    /// Rows that have their outcome without being sent.
    pub(crate) settled: Vec<(u64, Outcome)>,
}

/// Why the input can't be read on. What was settled is kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FeedError {
    /// It can't be had, or has changed.
    #[error(transparent)]
    Input(#[from] InputError),
    /// It can't be read as rows any more.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// What was settled before can't be looked up.
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

    fn exit(&self) -> Exit {
        Exit::Stopped
    }
}

/// The engine's end of a feed.
#[derive(Debug)]
pub(crate) struct Feed(Queue);

#[derive(Debug)]
enum Queue {
    Bounded(mpsc::Receiver<Result<Batch, FeedError>>),
    Unbounded(mpsc::UnboundedReceiver<Result<Batch, FeedError>>),
}

impl Feed {
    /// Takes nothing more, so that whoever feeds it is free to end.
    pub(crate) fn close(&mut self) {
        match &mut self.0 {
            Queue::Bounded(receiver) => receiver.close(),
            Queue::Unbounded(receiver) => receiver.close(),
        }
    }

    /// The next batch; `None` after the last.
    pub(crate) async fn recv(&mut self) -> Option<Result<Batch, FeedError>> {
        match &mut self.0 {
            Queue::Bounded(receiver) => receiver.recv().await,
            Queue::Unbounded(receiver) => receiver.recv().await,
        }
    }
}

/// How a checked input is read again.
#[derive(Debug, Clone)]
pub(crate) struct FeedSettings {
    /// How its bytes are read, as the checking pass found it.
    pub(crate) source: SourceOptions,
    /// Which column is which field.
    pub mapping: ResolvedMapping,
    /// What a score may be.
    pub(crate) score: ScoreRule,
    /// Whether a failure report's rows in doubt are taken.
    pub(crate) include_in_doubt: bool,
    /// Whether rows in doubt in this run are taken up again.
    pub(crate) resend: ResendPolicy,
    /// Which rows are duplicates, as the checking pass found it.
    pub(crate) duplicates: Duplicates,
}

/// Feeds one record.
pub(crate) fn feed_one(row: Prepared) -> Feed {
    let (sender, receiver) = mpsc::channel(1);
    // There is room for one, and the receiver is right here.
    let _ = sender.try_send(Ok(Batch { to_send: vec![row], settled: Vec::new() }));
    Feed(Queue::Bounded(receiver))
}

/// Feeds these shares of an input with the rows that the run has not settled yet, in the order of the shares. Each has a
/// reader of its own, which is ahead of its lane by a few batches: in a file sorted by bot no lane waits for another, and
/// memory is constant.
///
/// A workbook is in memory anyway, and would be so once for every reader. It is read once, and its rows wait in memory.
///
/// # Errors
/// When the ledger can't be opened to be read.
pub(crate) fn feed_input(
    input: &Arc<Inputs>,
    settings: &FeedSettings,
    shares: Vec<Share>,
    ledger: &Store,
    run: RunId,
    is_workbook: bool,
) -> Result<Vec<Feed>, LedgerError> {
    let mut feeds = Vec::with_capacity(shares.len());
    let start = |outlets: Vec<Outlet>| -> Result<(), LedgerError> {
        let reader = Reader { input: Arc::clone(input), settings: settings.clone(), ledger: ledger.reader()?, run };
        std::thread::spawn(move || reader.feed(outlets));
        Ok(())
    };
    if is_workbook && shares.len() > 1 {
        let mut outlets = Vec::with_capacity(shares.len());
        for share in shares {
            let (sender, receiver) = mpsc::unbounded_channel();
            feeds.push(Feed(Queue::Unbounded(receiver)));
            outlets.push(Outlet { share, batch: Batch::default(), sender: Sender::Unbounded(sender) });
        }
        start(outlets)?;
        return Ok(feeds);
    }
    for share in shares {
        let (sender, receiver) = mpsc::channel(AHEAD);
        feeds.push(Feed(Queue::Bounded(receiver)));
        start(vec![Outlet { share, batch: Batch::default(), sender: Sender::Bounded(sender) }])?;
    }
    Ok(feeds)
}

/// A share's end of its feed, on the reader's side.
struct Outlet {
    share: Share,
    batch: Batch,
    sender: Sender,
}

enum Sender {
    Bounded(mpsc::Sender<Result<Batch, FeedError>>),
    Unbounded(mpsc::UnboundedSender<Result<Batch, FeedError>>),
}

impl Sender {
    fn is_closed(&self) -> bool {
        match self {
            Self::Bounded(sender) => sender.is_closed(),
            Self::Unbounded(sender) => sender.is_closed(),
        }
    }

    /// False when nobody takes anything any more.
    fn send(&self, batch: Result<Batch, FeedError>) -> bool {
        match self {
            Self::Bounded(sender) => sender.blocking_send(batch).is_ok(),
            Self::Unbounded(sender) => sender.send(batch).is_ok(),
        }
    }
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
            // One lane that hears of it is enough; when all have ended, nobody needs to.
            if let Some(outlet) = outlets.iter().find(|outlet| !outlet.sender.is_closed()) {
                outlet.sender.send(Err(error));
            }
        }
    }

    fn read(&self, outlets: &mut Vec<Outlet>) -> Result<(), FeedError> {
        let mut rows = self.input.open(&self.settings.source)?;
        let settings = &self.settings;
        let checker = Checker::new(settings.mapping.clone(), settings.score, settings.include_in_doubt);
        let mut checker = checker.with_duplicates(Arc::clone(&settings.duplicates));
        let mut known = self.ledger.row_cursor(self.run);
        let mut row = Row::default();
        while rows.read(&mut row)? {
            let state = known.find(row.number)?.map(|entry| entry.state);
            if is_done(state, settings.resend) {
                continue;
            }
            let judged = checker.check(&row);
            let is_sent = matches!(judged, CheckedRow::Valid(_));
            if state == Some(RowState::Settled(OutcomeKind::InDoubt)) && !is_sent {
                // Checked more strictly now than when it was sent: it stays in doubt.
                continue;
            }
            let Some(place) = outlets.iter().position(|outlet| outlet.share.has(&judged)) else { continue };
            let outlet = &mut outlets[place];
            outlet.batch.add(row.number, judged);
            if outlet.batch.is_full() {
                rows.ensure_unchanged()?;
                if !outlet.sender.send(Ok(std::mem::take(&mut outlet.batch))) {
                    // Its bot was given up, or all were.
                    outlets.swap_remove(place);
                    if outlets.is_empty() {
                        return Ok(());
                    }
                }
            }
        }
        rows.ensure_unchanged()?;
        for outlet in outlets.drain(..) {
            outlet.sender.send(Ok(outlet.batch));
        }
        Ok(())
    }
}

/// Whether this run has nothing more to do for a row in this state.
fn is_done(state: Option<RowState>, resend: ResendPolicy) -> bool {
    match state {
        None | Some(RowState::Settled(OutcomeKind::Unsent)) => false,
        Some(RowState::Settled(OutcomeKind::InDoubt)) => resend == ResendPolicy::Never,
        Some(_) => true,
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

impl Batch {
    fn add(&mut self, number: u64, judged: CheckedRow<'_>) {
        match judged {
            CheckedRow::Valid(feedback) => {
                let (body, fingerprint) = (feedback.body(), feedback.fingerprint());
                self.to_send.push(Prepared { number, body, fingerprint });
            }
            CheckedRow::Invalid(problems) => {
                self.settled.push((number, Outcome::with_detail(OutcomeKind::Invalid, in_words(&problems))));
            }
            CheckedRow::Skipped(reason) => {
                self.settled.push((number, Outcome::with_detail(OutcomeKind::Skipped, reason.to_string())));
            }
        }
    }

    fn is_full(&self) -> bool {
        self.to_send.len() + self.settled.len() >= BATCH
    }
}

fn in_words(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
