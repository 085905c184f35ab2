//! What `submit`, `import` and `runs verify` share: resolved settings, the target, and the resources of a run.

use std::time::Duration;

use secrecy::SecretString;
use uuid::Uuid;

use super::error::{CommandError, Explain};
use super::session::Session;
use crate::cli::SendingArgs;
use crate::clock;
use crate::credentials::{Minter, TokenSource};
use crate::delivery::{Client, ClientSettings};
use crate::ledger::{Identity, Lease, LedgerError, NewRun, ResendPolicy, RunBot, RunId, RunKind, Store, Writer};
use crate::numbering::Numbering;
use crate::pacing::{Limit, Pacer};
use crate::run::{BreakerPolicy, LaneResources, LaneSettings, MaxRejected, SendSettings};
use crate::sandbox::{Sandbox, SandboxOptions};
use crate::settings::{Overrides, SandboxTarget, Settings, SettingsError, Target};
use crate::text::{counted, excerpt, id_tail};

const RETRIES: u32 = 5;
/// Consecutive refusals that stop a run.
const REFUSALS: u32 = 5;
/// Consecutive rows in doubt that pause a run.
const DOUBTS: u32 = 3;

/// Starts a sandbox in this process, as a target.
pub(super) fn start_sandbox() -> Result<(Sandbox, SandboxTarget), CommandError> {
    // The rows may name any bot.
    let sandbox = Sandbox::start(SandboxOptions { any_bot: true, ..SandboxOptions::default() })?;
    let target = SandboxTarget {
        host: sandbox.url().parse().explain("the sandbox has no address")?,
        bot_id: sandbox.bot_id().to_owned(),
        client_id: sandbox.client_id().to_owned(),
        client_secret: SecretString::from(sandbox.client_secret().to_owned()),
    };
    Ok((sandbox, target))
}

/// The default wait limits of a command.
pub(super) struct Patience {
    pub(super) wait_for_target: Duration,
    /// `None` for no limit.
    pub(super) max_wait: Option<Duration>,
}

/// The bots of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bots {
    /// One bot, whatever the rows say.
    One(String),
    /// The bots that the rows name.
    OfRows,
}

/// Takes the lease of a run, and marks what a dead process left in flight as in doubt.
pub(super) fn take_over(store: &Store, run: RunId) -> Result<Lease, LedgerError> {
    let lease = Lease::take(store.directory(), run)?;
    store.mark_claims_in_doubt(run, "the process ended before the response arrived", clock::now())?;
    Ok(lease)
}

/// The resolved settings and the target.
pub(super) struct Setup<'a> {
    pub(super) session: Session<'a>,
    pub(super) settings: Settings,
    /// `None` if nothing says where records go, and none is sent.
    target: Option<Target>,
    pub(super) bots: Bots,
    pub(super) is_sandbox: bool,
    sending: &'a SendingArgs,
    /// Runs until the setup is dropped.
    _sandbox: Option<Sandbox>,
}

impl<'a> Setup<'a> {
    /// Resolves the settings and starts the sandbox if requested. Everything goes to the profile's bot.
    pub(super) fn new(sending: &'a SendingArgs, session: Session<'a>) -> Result<Self, CommandError> {
        let mut setup = Self::for_rows(sending, false, session)?;
        setup.bots = Bots::One(setup.settings.bot_id()?.to_owned());
        Ok(setup)
    }

    /// The same for rows that may name their bots; the check of the input decides. A dry run needs no target.
    pub(super) fn for_rows(
        sending: &'a SendingArgs,
        is_dry_run: bool,
        session: Session<'a>,
    ) -> Result<Self, CommandError> {
        let (sandbox, sandbox_target) = if sending.sandbox { start_sandbox().map(Option::Some)? } else { None }.unzip();
        let overrides = Overrides {
            limits: sending.limits(),
            concurrency: sending.concurrency,
            timeout: sending.timeout,
            sandbox: sandbox_target,
            ..session.overrides()
        };
        let settings = session.resolve(&overrides)?;
        let target = if is_dry_run { settings.target().ok() } else { Some(settings.target()?) };
        Ok(Self {
            session,
            settings,
            target,
            bots: Bots::OfRows,
            is_sandbox: sending.sandbox,
            sending,
            _sandbox: sandbox,
        })
    }

    /// With settings that are resolved already, for calls to the profile's bot.
    pub(super) fn with_settings(
        sending: &'a SendingArgs,
        settings: Settings,
        session: Session<'a>,
    ) -> Result<Self, CommandError> {
        let (target, bots) = (Some(settings.target()?), Bots::One(settings.bot_id()?.to_owned()));
        Ok(Self { session, settings, target, bots, is_sandbox: false, sending, _sandbox: None })
    }

    /// The target, for messages.
    pub(super) fn target_in_words(&self, bots: &[RunBot]) -> String {
        if self.is_sandbox {
            return "the sandbox on this machine".to_owned();
        }
        let bots = match (&self.bots, bots) {
            (Bots::One(bot), _) => format!("bot {bot}"),
            (Bots::OfRows, []) => "the bots that the rows name".to_owned(),
            (Bots::OfRows, [bot]) => format!("bot {}", bot.bot_id),
            (Bots::OfRows, bots) => counted(bots.len() as u64, "bot"),
        };
        let profile = self.settings.profile().map(|name| format!(" (profile {name})")).unwrap_or_default();
        format!("{}, {bots}{profile}", self.host())
    }

    /// The target in a question: `production (st-…3f9a)`. The profile says more than the host.
    pub(super) fn short_target(&self, bots: usize) -> String {
        let host = self.target.as_ref().and_then(|target| target.host.host_str()).unwrap_or_default();
        let name = excerpt(self.settings.profile().unwrap_or(host), 40);
        match &self.bots {
            Bots::One(bot) => format!("{name} ({})", id_tail(bot)),
            Bots::OfRows => format!("{name} ({})", counted(bots as u64, "bot")),
        }
    }

    pub(super) fn limits(&self) -> &[Limit] {
        &self.settings.values.limits.value
    }

    pub(super) fn pacer(&self) -> Pacer {
        Pacer::new(self.limits(), self.sending.pace)
    }

    /// The host without a trailing slash, for the ledger and messages; empty without a target.
    pub(super) fn host(&self) -> String {
        self.target.as_ref().map_or("", |target| target.host.as_str()).trim_end_matches('/').to_owned()
    }

    fn api_version(&self) -> &str {
        self.target.as_ref().map_or("", |target| &target.api_version)
    }

    pub(super) fn longest_window(&self) -> Option<Duration> {
        self.limits().iter().map(|limit| limit.per).max()
    }

    /// The identity of an input sent to this target. All sandboxes are one target: none of them lasts.
    pub(super) fn identity(&self, content: &[u8; 32], mapping: &str) -> Identity {
        if self.is_sandbox {
            return Identity::of(content, mapping, &["sandbox"]);
        }
        let bot = match &self.bots {
            Bots::One(bot) => bot,
            // The mapping says which column names them.
            Bots::OfRows => "",
        };
        Identity::of(content, mapping, &[&self.host(), bot, self.api_version()])
    }

    /// What the ledger records of a run of this content to this target. The caller adds rows and bots.
    pub(super) fn new_run(&self, kind: RunKind, content: [u8; 32], mapping: String) -> NewRun {
        NewRun {
            kind,
            sandbox: self.is_sandbox,
            profile: self.settings.profile().map(str::to_owned),
            host: self.host(),
            bots: Vec::new(),
            api_version: self.api_version().to_owned(),
            input: String::new(),
            content,
            identity: self.identity(&content, &mapping),
            mapping,
            rows: 0,
            records: 0,
            numbering: Numbering::SINGLE,
            options: None,
            again: false,
            sent_before: 0,
        }
    }

    pub(super) fn client(&self, bot_id: &str) -> Result<Client, CommandError> {
        Ok(Client::new(&self.client_settings(bot_id)?)?)
    }

    fn client_settings(&self, bot_id: &str) -> Result<ClientSettings, SettingsError> {
        let (delivery, Target { host, api_version }) = (&self.settings.values, self.settings.target()?);
        Ok(ClientSettings {
            host,
            bot_id: bot_id.to_owned(),
            api_version,
            timeout: delivery.timeout.value,
            ca_file: delivery.ca_file.as_ref().map(|file| file.value.clone()),
        })
    }

    /// Prepares what a run needs to send to its first bot. A wrong secret or certificate fails here, before anything is
    /// sent.
    pub(super) fn resources(&self, bot_id: &str, store: &Store) -> Result<LaneResources, CommandError> {
        let client = self.client(bot_id)?;
        let tokens = TokenSource::new(Minter::new(self.settings.credentials()?, self.session.context)?);
        let id = Uuid::new_v4().to_string();
        let writer = Writer::start(Store::open(store.directory())?, self.scope(bot_id), id);
        Ok(LaneResources { client, tokens, pacer: self.pacer(), writer })
    }

    /// The resources for another bot of the run. It shares connections, tokens and the writer, but has its own rate limits.
    pub(super) fn resources_beside(&self, first: &LaneResources, bot: &RunBot) -> Result<LaneResources, CommandError> {
        Ok(LaneResources {
            client: first.client.for_bot(&self.client_settings(&bot.bot_id)?)?,
            tokens: first.tokens.clone(),
            pacer: self.pacer(),
            writer: first.writer.for_bot(self.scope(&bot.bot_id), bot.number),
        })
    }

    /// All calls with the same scope share their rate limits.
    fn scope(&self, bot_id: &str) -> String {
        format!("{} {bot_id}", self.host())
    }

    pub(super) fn lane_settings(
        &self,
        (run, numbering): (RunId, Numbering),
        resend: ResendPolicy,
        to_send: u64,
        default: Patience,
    ) -> LaneSettings {
        let (sending, values) = (self.sending, &self.settings.values);
        let max_wait = sending.max_wait.or(default.max_wait);
        let send = SendSettings {
            run,
            numbering,
            resend,
            delivery: sending.delivery,
            retries: sending.retries.unwrap_or(RETRIES),
            timeout: values.timeout.value,
            max_wait,
            longest_window: self.longest_window(),
        };
        let wait_for_target = sending.wait_for_target.unwrap_or(default.wait_for_target);
        let breaker = BreakerPolicy {
            refusals: REFUSALS,
            doubts: DOUBTS,
            wait_for_target: sending.max_wait.map_or(wait_for_target, |most| most.min(wait_for_target)),
            rate_limited: max_wait,
            max_rejected: MaxRejected::default(),
        };
        LaneSettings { send, concurrency: values.concurrency.value.get(), breaker, to_send }
    }
}
