//! What `submit` and `import` have in common: the settings resolved, the target, and the machinery of a run.

use std::time::Duration;

use anyhow::Context as _;
use secrecy::SecretString;
use uuid::Uuid;

use super::settings::{overrides, resolve};
use crate::cli::{DeliveryArg, GlobalArgs, PaceArg, SendingArgs};
use crate::credentials::{Minter, TokenSource};
use crate::delivery::{Client, ClientSettings};
use crate::ledger::{Identity, Leave, NewRun, Run, RunId, RunKind, Store, Writer};
use crate::pacing::{Limit, Pace, Pacer};
use crate::report::Printer;
use crate::run::verify::VerifySettings;
use crate::run::{Delivery, Machinery, Patience, Plan, SendSettings};
use crate::sandbox::{Sandbox, SandboxOptions};
use crate::settings::{Context, Overrides, SandboxTarget, Settings, Target};

/// Refusals in a row that end a run.
const REFUSALS: u32 = 5;
/// Rows in doubt in a row from which on a run holds.
const DOUBTS: u32 = 3;

/// A sandbox started in this process, as a target.
pub(super) fn start_sandbox() -> anyhow::Result<(Sandbox, SandboxTarget)> {
    let sandbox = Sandbox::start(SandboxOptions::default())?;
    let target = SandboxTarget {
        host: sandbox.url().parse().context("the sandbox has no address")?,
        bot_id: sandbox.bot_id().to_owned(),
        client_id: sandbox.client_id().to_owned(),
        client_secret: SecretString::from(sandbox.client_secret().to_owned()),
    };
    Ok((sandbox, target))
}

/// What a run is about, whatever its target.
pub(super) struct Subject {
    pub(super) kind: RunKind,
    /// The input's name, as the ledger keeps it.
    pub(super) input: String,
    /// BLAKE3 of its bytes.
    pub(super) content: [u8; 32],
    /// Which column is which field, in a form that compares.
    pub(super) mapping: String,
    pub(super) rows: u64,
}

/// Resolved settings and a target to send to.
pub(super) struct Setup {
    pub(super) settings: Settings,
    pub(super) target: Target,
    pub(super) is_sandbox: bool,
    pace: Pace,
    /// Serves until the setup is dropped.
    _sandbox: Option<Sandbox>,
}

impl Setup {
    /// Resolves the settings, and starts the sandbox if one is asked for.
    pub(super) fn new(
        global: &GlobalArgs,
        sending: &SendingArgs,
        context: &Context,
        printer: &Printer,
    ) -> anyhow::Result<Self> {
        let (sandbox, sandbox_target) = if sending.sandbox { start_sandbox().map(Option::Some)? } else { None }.unzip();
        let overrides = Overrides {
            limits: sending.limits(),
            concurrency: sending.concurrency,
            timeout: sending.timeout,
            sandbox: sandbox_target,
            ..overrides(global)
        };
        let settings = resolve(&overrides, context, printer)?;
        let target = settings.target()?;
        let pace = match sending.pace {
            PaceArg::Even => Pace::Even,
            PaceArg::Early => Pace::Early,
        };
        Ok(Self { settings, target, is_sandbox: sending.sandbox, pace, _sandbox: sandbox })
    }

    /// The target in a few words.
    pub(super) fn target_in_words(&self) -> String {
        if self.is_sandbox {
            "the sandbox on this machine".to_owned()
        } else {
            format!("{}, bot {}", origin(&self.target), self.target.bot_id)
        }
    }

    pub(super) fn limits(&self) -> &[Limit] {
        &self.settings.delivery().limits.value
    }

    /// A pacer at this setup's limits.
    pub(super) fn pacer(&self) -> Pacer {
        Pacer::new(self.limits(), self.pace)
    }

    /// The target as the ledger names it: host and bot.
    pub(super) fn target_in_ledger(&self) -> (String, &str) {
        (origin(&self.target), &self.target.bot_id)
    }

    /// How a run to this target is verified.
    pub(super) fn verify_settings(&self, run: Run, wait: Duration, appearing: Duration) -> VerifySettings {
        let timeout = self.settings.delivery().timeout.value;
        VerifySettings { run, timeout, longest_window: self.longest_window(), wait, appearing }
    }

    fn longest_window(&self) -> Option<Duration> {
        self.limits().iter().map(|limit| limit.per).max()
    }

    /// The identity of an input sent to this target. All sandboxes are one target: none of them lives long.
    pub(super) fn identity(&self, content: &[u8; 32], mapping: &str) -> Identity {
        if self.is_sandbox {
            return Identity::of(content, mapping, &["sandbox"]);
        }
        let target = &self.target;
        Identity::of(content, mapping, &[&origin(target), &target.bot_id, &target.api_version])
    }

    /// What the ledger writes down of a run to this target.
    pub(super) fn new_run(&self, subject: Subject, context: &Context) -> NewRun {
        NewRun {
            kind: subject.kind,
            sandbox: self.is_sandbox,
            profile: self.settings.profile().map(str::to_owned),
            host: origin(&self.target),
            bot_id: self.target.bot_id.clone(),
            api_version: self.target.api_version.clone(),
            input: subject.input,
            content: subject.content,
            identity: self.identity(&subject.content, &subject.mapping),
            mapping: subject.mapping,
            rows: subject.rows,
            // An import is taken up by its command line; a submit is not, and its options name the respondent.
            command: match subject.kind {
                RunKind::Import => context.arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect(),
                RunKind::Submit => Vec::new(),
            },
            directory: context.working_directory.clone(),
        }
    }

    /// The client for this target.
    pub(super) fn client(&self) -> anyhow::Result<Client> {
        let delivery = self.settings.delivery();
        Ok(Client::new(&ClientSettings {
            host: self.target.host.clone(),
            bot_id: self.target.bot_id.clone(),
            api_version: self.target.api_version.clone(),
            timeout: delivery.timeout.value,
            ca_file: delivery.ca_file.as_ref().map(|file| file.value.clone()),
        })?)
    }

    /// Whatever a run needs to send, made ready: a wrong secret or certificate is found here, before anything is sent.
    pub(super) fn machinery(&self, store: &Store, context: &Context) -> anyhow::Result<Machinery> {
        let client = self.client()?;
        let tokens = TokenSource::new(Minter::new(self.settings.credentials()?, context)?);
        let scope = format!("{} {}", origin(&self.target), self.target.bot_id);
        let session = Uuid::new_v4().to_string();
        let writer = Writer::start(Store::open(store.directory())?, scope, session);
        Ok(Machinery { client, tokens, pacer: self.pacer(), writer })
    }

    /// What a run does with so many rows.
    pub(super) fn plan(&self, run: RunId, sending: &SendingArgs, leave: Leave, to_send: u64, wait: Duration) -> Plan {
        let delivery = self.settings.delivery();
        let send = SendSettings {
            run,
            leave,
            delivery: match sending.delivery {
                DeliveryArg::AtMostOnce => Delivery::AtMostOnce,
                DeliveryArg::AtLeastOnce => Delivery::AtLeastOnce,
            },
            retries: sending.retries,
            timeout: delivery.timeout.value,
            longest_window: self.longest_window(),
        };
        let wait_for_target = sending.wait_for_target.unwrap_or(wait);
        let patience = Patience { refusals: REFUSALS, doubts: DOUBTS, wait_for_target, rate_limited: None };
        Plan { send, concurrency: delivery.concurrency.value.get(), patience, to_send }
    }
}

/// The host without a path, as the ledger and messages name it.
fn origin(target: &Target) -> String {
    target.host.as_str().trim_end_matches('/').to_owned()
}
