//! The parts of a run that `benches/parts.rs` measures and the library does not show. Not for other use: they change with the
//! modules behind them.

use std::error::Error;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::clock;
use crate::credentials::Minter;
use crate::delivery::{Answer, Reply, Sent, Verdict, judge_record};
use crate::ledger::{
    Admission, Call, Claim, Claimed, Identity, NewRun, Outcome, OutcomeKind, RecordHash, ResendPolicy, RunId, RunKind,
    Store, Writer,
};
use crate::numbering::Numbering;
use crate::pacing::{Moment, Pace, Room, Windows};
use crate::settings::{Algorithm, Context, CredentialSettings, SecretSource, SigningKey, Sourced};

/// Why a part could not be set up or used.
pub type Failure = Box<dyn Error + Send + Sync>;

/// How many requests of a [`Group`] are in flight together.
pub const GROUP: u64 = 64;

const BOT: &str = "st-1";
const MINUTE: Duration = Duration::from_secs(60);

/// Mints a token as the first call of a run does.
#[derive(Debug)]
pub struct Mint(Minter);

impl Mint {
    /// A minter with a symmetric key and single-use tokens.
    ///
    /// # Errors
    /// If the cryptography does not work.
    pub fn new() -> Result<Self, Failure> {
        let settings = CredentialSettings {
            client_id: Sourced::default_of("cs-1".to_owned()),
            key: SigningKey::Secret(Sourced::default_of(SecretSource::Inline(SecretString::from("s".repeat(40))))),
            algorithm: Sourced::default_of(Algorithm::Hs256),
            subject: Sourced::default_of("kore-feedback".to_owned()),
            token_ttl: Sourced::default_of(10 * MINUTE),
            jti: Sourced::default_of(true),
            claims: Vec::new(),
            kore_claims: Vec::new(),
            jwe: None,
        };
        Ok(Self(Minter::new(settings, &Context::read())?))
    }

    /// Mints one token, and returns its length.
    ///
    /// # Errors
    /// If the cryptography does not work.
    pub fn mint(&self) -> Result<usize, Failure> {
        Ok(self.0.mint(clock::now())?.jwt.expose_secret().len())
    }
}

/// Judges an answer and compares it with what was sent.
#[derive(Debug)]
pub struct Judge {
    reply: Reply,
    sent: Vec<u8>,
    now: Timestamp,
}

impl Judge {
    /// A complete answer with this body to a request with that body.
    pub fn new(answer: &str, sent: &str) -> Self {
        let answer = Answer { status: 200, body: answer.to_owned(), ..Answer::default() };
        Self { reply: Reply::Answer(answer), sent: sent.as_bytes().to_vec(), now: clock::now() }
    }

    /// Whether the record is saved.
    pub fn is_saved(&self) -> bool {
        let sent = Sent { bot_id: BOT, body: &self.sent };
        matches!(judge_record(&self.reply, sent, self.now, |verdict| verdict).verdict, Verdict::Saved { .. })
    }
}

/// Rolling windows of 60 calls a minute and 1,800 an hour, both full.
#[derive(Debug)]
pub struct FullWindows {
    windows: Windows,
    now: Moment,
}

impl FullWindows {
    /// Windows after many calls.
    ///
    /// # Errors
    /// If the limits cannot be parsed.
    pub fn new() -> Result<Self, Failure> {
        let windows = Windows::new(&["60/1m".parse()?, "1800/1h".parse()?], Pace::Early);
        let mut full = Self { windows, now: Moment::ZERO };
        (0..5000).for_each(|_| full.call());
        Ok(full)
    }

    /// Makes one call as soon as there is room.
    pub fn call(&mut self) {
        while let Room::At(later) = self.windows.room(self.now) {
            self.now = later;
        }
        self.windows.take(self.now);
        self.windows.answer(self.now);
    }
}

/// A ledger in a temporary directory that is given intents and outcomes in groups.
#[derive(Debug)]
pub struct Group {
    // Dropped before the directory.
    writer: Writer,
    runtime: Runtime,
    run: RunId,
    row: u64,
    _directory: TempDir,
}

impl Group {
    /// An empty ledger with a run.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn new() -> Result<Self, Failure> {
        let directory = tempfile::tempdir()?;
        let store = Store::open(directory.path())?;
        let run = store.begin(&new_run(), clock::now())?;
        let writer = Writer::start(store, BOT.to_owned(), "session".to_owned());
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        Ok(Self { writer, runtime, run, row: 0, _directory: directory })
    }

    /// Makes [`GROUP`] intents durable, all at once, then the outcomes.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn claim_and_settle(&mut self) -> Result<(), Failure> {
        let Self { writer, runtime, run, row, .. } = self;
        let first = *row + 1;
        *row += GROUP;
        runtime.block_on(async {
            let mut claims = JoinSet::new();
            for row in first..first + GROUP {
                claims.spawn(claim(writer.clone(), *run, row));
            }
            let mut outcomes = JoinSet::new();
            while let Some(claimed) = claims.join_next().await {
                outcomes.spawn(settle(writer.clone(), claimed??));
            }
            while let Some(settled) = outcomes.join_next().await {
                settled??;
            }
            Ok(())
        })
    }
}

async fn claim(writer: Writer, run: RunId, row: u64) -> Result<Claimed, Failure> {
    let mut fingerprint = [0; 16];
    fingerprint[..8].copy_from_slice(&row.to_be_bytes());
    let record = RecordHash { fingerprint, message: 0, key: None };
    let call = Call::new(clock::now(), MINUTE, None, 0);
    let claim = Claim { run, row, record, spare: Some(0), resend: ResendPolicy::NEVER, call };
    match writer.claim(claim).await? {
        Admission::Granted(claimed) => Ok(claimed),
        refused => Err(format!("{refused:?}").into()),
    }
}

async fn settle(writer: Writer, claimed: Claimed) -> Result<(), Failure> {
    let id = format!("{:024x}", clock::now().as_nanosecond());
    let saved = Outcome { status: Some(200), server_id: Some(id), ..Outcome::new(OutcomeKind::Saved) };
    Ok(writer.settle(claimed, saved, clock::now()).await?)
}

fn new_run() -> NewRun {
    NewRun {
        kind: RunKind::Import,
        sandbox: false,
        profile: None,
        host: "http://127.0.0.1".to_owned(),
        bots: vec![(BOT.to_owned(), u64::MAX >> 1)],
        api_version: "1.1".to_owned(),
        input: "in.csv".to_owned(),
        content: [0; 32],
        mapping: String::new(),
        identity: Identity([0; 32]),
        rows: u64::MAX >> 1,
        records: u64::MAX >> 1,
        numbering: Numbering::SINGLE,
        options: None,
        again: false,
        sent_before: 0,
    }
}
