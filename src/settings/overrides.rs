//! What arguments say.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use crate::pacing::Limit;

/// What a command's arguments say; by default nothing.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--config`
    pub config: Option<PathBuf>,
    /// `--profile`
    pub profile: Option<String>,
    /// `--state-dir`
    pub state_dir: Option<PathBuf>,
    /// `--host`, not yet checked.
    pub host: Option<String>,
    /// `--bot-id`, not yet checked.
    pub bot_id: Option<String>,
    /// Every `--rate-limit`; empty for `--no-rate-limit`.
    pub limits: Option<Vec<Limit>>,
    /// `--concurrency`
    pub concurrency: Option<NonZeroUsize>,
    /// `--timeout`
    pub timeout: Option<Duration>,
    /// `--ttl`
    pub ttl: Option<Duration>,
    /// `--sub`
    pub sub: Option<String>,
    /// `--jti`
    pub jti: Option<bool>,
    /// Every `--claim`, in order; of two with one name the later holds.
    pub claims: Vec<(String, Value)>,
    /// The sandbox that `--sandbox` started.
    pub sandbox: Option<SandboxTarget>,
}

/// A sandbox in this process, as a target.
#[derive(Debug, Clone)]
pub struct SandboxTarget {
    /// Where it listens.
    pub host: Url,
    /// The bot that it serves.
    pub bot_id: String,
    /// The client id that it expects.
    pub client_id: String,
    /// The secret that it checks tokens with.
    pub client_secret: SecretString,
}
