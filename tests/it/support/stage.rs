//! A home for the binary and a sandbox to send to.

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use kore_feedback::sandbox::{InjectedFault, Sandbox, SandboxError, SandboxOptions};

use super::rows::{Record, csv_of};
use super::{Running, Surroundings, until};

/// A loopback address that no other test uses, where the system has several: a sandbox that restarts on its old port must
/// not find it taken.
fn own_loopback() -> Ipv4Addr {
    static STAGES: AtomicU32 = AtomicU32::new(0);
    if !cfg!(target_os = "linux") {
        return Ipv4Addr::LOCALHOST;
    }
    let number = STAGES.fetch_add(1, Ordering::Relaxed);
    let [second, third, fourth] = [std::process::id(), number / 254, number].map(|number| (1 + number % 254) as u8);
    Ipv4Addr::new(127, second, third, fourth)
}

/// A seed that no other sandbox of this process has.
fn own_seed() -> u64 {
    static SEEDS: AtomicU64 = AtomicU64::new(1);
    SEEDS.fetch_add(1, Ordering::Relaxed)
}

/// A sandbox in this process, and a home in which the binary is configured to send to it.
pub(crate) struct Stage {
    surroundings: Surroundings,
    pub(crate) sandbox: Sandbox,
}

impl Deref for Stage {
    type Target = Surroundings;

    fn deref(&self) -> &Surroundings {
        &self.surroundings
    }
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with(SandboxOptions::default())
    }

    pub(crate) fn with(options: SandboxOptions) -> Self {
        let address = SocketAddr::from((own_loopback(), 0));
        let sandbox = Sandbox::start(SandboxOptions { address, ..options }).unwrap();
        Self { surroundings: Surroundings::new(), sandbox }
    }

    /// With these faults, in the syntax of `kore-feedback sandbox --fault`.
    pub(crate) fn faulty(faults: &[&str]) -> Self {
        let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
        Self::with(SandboxOptions { faults, ..SandboxOptions::default() })
    }

    /// Replaces the sandbox by one with the same address and credentials and these faults: the target changed between two
    /// commands. Returns what the old one had saved.
    pub(crate) fn restart(&mut self, faults: &[&str]) -> Vec<Record> {
        let faults: Vec<InjectedFault> = faults.iter().map(|fault| fault.parse().unwrap()).collect();
        self.restart_with(SandboxOptions { faults, ..SandboxOptions::default() })
    }

    /// The same with other options.
    pub(crate) fn restart_with(&mut self, options: SandboxOptions) -> Vec<Record> {
        let address = self.sandbox.url().trim_start_matches("http://").parse().unwrap();
        let before = self.sent();
        // Another server gives other ids.
        let options = SandboxOptions { address, seed: own_seed(), ..options };
        let idle = Sandbox::start(SandboxOptions::default()).unwrap();
        std::mem::replace(&mut self.sandbox, idle).stop();
        // A process that another test forks now holds the old socket until it execs.
        until(|| match Sandbox::start(options.clone()) {
            Ok(sandbox) => {
                self.sandbox = sandbox;
                true
            }
            Err(SandboxError::Listen { .. }) => false,
            Err(error) => panic!("{error}"),
        });
        before
    }

    /// What a CI job would set: no config, and no limits, so that tests are quick.
    pub(crate) fn variables(&self) -> [(&'static str, String); 5] {
        [
            ("KORE_FEEDBACK_HOST", self.sandbox.url()),
            ("KORE_FEEDBACK_BOT_ID", self.sandbox.bot_id().to_owned()),
            ("KORE_FEEDBACK_CLIENT_ID", self.sandbox.client_id().to_owned()),
            ("KORE_FEEDBACK_CLIENT_SECRET", self.sandbox.client_secret().to_owned()),
            ("KORE_FEEDBACK_LIMITS", String::new()),
        ]
    }

    /// The binary, configured to send to the sandbox.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.surroundings.command(arguments);
        command.envs(self.variables());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Assert {
        self.command(arguments).assert()
    }

    /// `import` of this file, with more arguments.
    pub(crate) fn import(&self, file: &Path, arguments: &[&str]) -> Assert {
        self.command(&["import"]).arg(file).args(arguments).assert()
    }

    /// Starts `import` of this file in the background.
    pub(crate) fn start_import(&self, file: &Path, arguments: &[&str]) -> Running {
        let mut command = self.surroundings.process(&["import"]);
        Running::start(command.arg(file).args(arguments).envs(self.variables()))
    }

    pub(crate) fn write_records(&self, records: &[Record]) -> PathBuf {
        self.write("in.csv", csv_of(records))
    }

    /// Makes the ledger believe that ten minutes have passed: requests that were in flight have settled.
    pub(crate) fn let_time_pass(&self) {
        let_time_pass(&self.state());
    }

    /// Everything that the sandbox has saved, sorted.
    pub(crate) fn sent(&self) -> Vec<Record> {
        let stored = self.sandbox.records();
        let mut sent: Vec<Record> = stored
            .iter()
            .map(|record| {
                let survey_type = record.survey_type.to_string();
                let texts = [&record.name, &record.channel, &record.language, &record.message];
                let [name, channel, language, message] = texts.map(|text| text.to_string());
                let (uid, score) = (record.channel_uid.to_string(), record.score.to_string());
                [uid, name, score, channel, survey_type, language, message]
            })
            .collect();
        sent.sort();
        sent
    }

    /// Asserts that exactly these records have arrived, field for field.
    #[track_caller]
    pub(crate) fn has_exactly(&self, expected: &[Record]) {
        let mut expected = expected.to_vec();
        expected.sort();
        let sent = self.sent();
        if let Some((sent, expected)) = sent.iter().zip(&expected).find(|(sent, expected)| sent != expected) {
            panic!("arrived: {sent:?}\nexpected: {expected:?}");
        }
        assert_eq!(sent.len(), expected.len(), "records arrived, and expected");
    }

    /// Asserts that no request arrived.
    #[track_caller]
    pub(crate) fn was_never_called(&self) {
        assert_eq!(self.sandbox.counts().arrivals, 0);
    }

    /// Compares snapshots after replacing what differs between runs: home, address, dates and times.
    pub(crate) fn filtered(&self, compare: impl FnOnce()) {
        let mut settings = insta::Settings::clone_current();
        let escaped = |text: &str| text.replace('.', r"\.").replace('/', r"\/");
        settings.add_filter(&escaped(&self.path("").display().to_string()), "~/");
        settings.add_filter(&escaped(&self.sandbox.url()), "http://sandbox");
        settings.add_filter(self.sandbox.bot_id(), "st-bot");
        settings.add_filter(r"\d{4}-\d\d-\d\d \d\d:\d\d", "[date]");
        settings.add_filter(r"\b\d+\.\d s\b", "[time]");
        settings.bind(compare);
    }
}

/// The same for the ledger in this directory, as far as it can be read.
pub(crate) fn let_time_pass(state: &Path) {
    // All times but those of the server count from the run's start.
    let earlier = "UPDATE records SET server_time = server_time + 600000;
                   UPDATE runs SET started_at = started_at - 600000;";
    // An emptied ledger has no tables.
    let _ = rusqlite::Connection::open(state.join("ledger.db")).unwrap().execute_batch(earlier);
}
