//! The settings of a sandbox.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::SignedDuration;

use super::fault::InjectedFault;
use super::responses_api::ResponsesApi;

/// The settings of a sandbox. By default it listens on a free port of 127.0.0.1 with generated credentials, and has no
/// limits, latency or faults.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// The loopback address to listen on; port 0 takes a free one.
    pub address: SocketAddr,
    /// The bot to serve, and the only app whose tokens are accepted.
    pub credentials: SandboxCredentials,
    /// More bots to serve for the same app, each with its own records and rate limits.
    pub more_bots: Vec<String>,
    /// Whether to serve every bot id.
    pub any_bot: bool,
    /// Rate limits of each bot: at most N requests in any span of that length.
    pub limits: Vec<(u32, Duration)>,
    /// The range of a request's total latency.
    pub latency: Option<RangeInclusive<Duration>>,
    /// Faults to inject. If several hit the same request, the first one wins.
    pub faults: Vec<InjectedFault>,
    /// How far the sandbox's clock is ahead of this machine's. It stamps records and answers, and does not matter for tokens.
    pub clock_offset: SignedDuration,
    /// Whether tokens must have a `jti`. A token that has one is always held to its rules.
    pub enforce_jti: bool,
    /// Whether tokens must be encrypted, for a key pair that is generated at the start.
    pub enforce_jwe: bool,
    /// The version of `getFeedbackSurveyResponses`.
    pub responses_api: ResponsesApi,
    /// Seed of generated ids, latencies and random faults.
    pub seed: u64,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self::seeded(0)
    }
}

impl SandboxOptions {
    /// The default options, with everything random generated from this seed.
    pub fn seeded(seed: u64) -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            credentials: SandboxCredentials::generate(seed),
            more_bots: Vec::new(),
            any_bot: false,
            limits: Vec::new(),
            latency: None,
            faults: Vec::new(),
            clock_offset: SignedDuration::ZERO,
            enforce_jti: false,
            enforce_jwe: false,
            responses_api: ResponsesApi::default(),
            seed,
        }
    }

    pub(super) fn serves(&self, bot_id: &str) -> bool {
        self.any_bot || self.credentials.bot_id == bot_id || self.more_bots.iter().any(|bot| bot == bot_id)
    }
}

/// A bot and an app that exist only in the sandbox.
#[derive(Clone)]
pub struct SandboxCredentials {
    /// The bot's id in the URL path.
    pub bot_id: String,
    /// The app's client id: `appId` in tokens.
    pub client_id: String,
    /// The key of tokens signed with HS256, HS384 or HS512.
    pub client_secret: String,
    /// A public key in PEM. Tokens signed with RS256, RS384 or RS512 are accepted only if it is set.
    pub public_key: Option<String>,
}

impl SandboxCredentials {
    /// Credentials in the vendor's format; the same seed gives the same ones.
    pub fn generate(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let secret = std::iter::repeat_with(|| rng.alphanumeric()).take(44).collect();
        Self {
            bot_id: format!("st-{}", generate_uuid(&mut rng)),
            client_id: format!("cs-{}", generate_uuid(&mut rng)),
            client_secret: secret,
            public_key: None,
        }
    }
}

/// Leaves out the secret: it may be one that the user set.
impl fmt::Debug for SandboxCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxCredentials")
            .field("bot_id", &self.bot_id)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

pub(super) fn generate_uuid(rng: &mut fastrand::Rng) -> uuid::Uuid {
    uuid::Uuid::from_u128(rng.u128(..))
}

#[cfg(test)]
mod tests {
    use super::SandboxCredentials;

    #[test]
    fn credentials_depend_on_the_seed() {
        let [one, again, other] = [1, 1, 2].map(SandboxCredentials::generate);
        assert_eq!((&one.bot_id, &one.client_secret), (&again.bot_id, &again.client_secret));
        assert_ne!(one.bot_id, other.bot_id);
        assert_ne!(one.client_secret, other.client_secret);
    }

    #[test]
    fn debug_output_hides_the_secret() {
        let credentials = SandboxCredentials::generate(0);
        assert!(!format!("{credentials:?}").contains(&credentials.client_secret));
    }
}
