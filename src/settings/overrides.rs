//! What the command line sets.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use crate::pacing::Limit;

/// The options of a command that set something; nothing by default.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--config`
    pub config: Option<PathBuf>,
    /// `--profile`
    pub profile: Option<String>,
    /// `--state-dir`
    pub state_dir: Option<PathBuf>,
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
    /// Every `--claim` in order; of two with the same name, the later wins.
    pub claims: Vec<(String, Value)>,
    /// The sandbox started by `--sandbox`.
    pub sandbox: Option<SandboxTarget>,
}

/// A sandbox in this process, as a target.
#[derive(Debug, Clone)]
pub struct SandboxTarget {
    /// Where it listens.
    pub host: Url,
    /// The bot it serves.
    pub bot_id: String,
    /// The client id it expects.
    pub client_id: String,
    /// The secret it verifies tokens with.
    pub client_secret: SecretString,
}
