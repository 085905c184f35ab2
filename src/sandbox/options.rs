//! What a sandbox is started with.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

use super::fault::InjectedFault;

/// How a sandbox behaves. The default is a free port of 127.0.0.1, invented credentials, and nothing switched on.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// Where to listen: a loopback address; port 0 takes a free one.
    pub address: SocketAddr,
    /// The bot that is served, and the one app whose tokens are taken.
    pub credentials: SandboxCredentials,
    /// Other bots that are served to the same app, each with records and windows of its own.
    pub more_bots: Vec<String>,
    /// Whether a bot is served whatever its id.
    pub any_bot: bool,
    /// Rolling limits of each bot: at most so many calls in any stretch of that length. Empty: none.
    pub limits: Vec<(u32, Duration)>,
    /// How long a call takes there and back, drawn evenly from this range. `None`: no longer than it takes.
    pub latency: Option<RangeInclusive<Duration>>,
    /// What goes wrong, and when. The first that strikes a call wins.
    pub faults: Vec<InjectedFault>,
    /// Whether a token without `jti` is refused. One that has a `jti` is always held to its rules.
    pub enforce_jti: bool,
    /// Where invented ids, latencies and chances start: the same seed, the same sandbox.
    pub seed: u64,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self::seeded(0)
    }
}

impl SandboxOptions {
    /// The default, with everything that is invented drawn from this seed.
    pub fn seeded(seed: u64) -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            credentials: SandboxCredentials::invented(seed),
            more_bots: Vec::new(),
            any_bot: false,
            limits: Vec::new(),
            latency: None,
            faults: Vec::new(),
            enforce_jti: false,
            seed,
        }
    }
}

impl SandboxOptions {
    /// Whether calls for this bot are served.
    pub(super) fn serves(&self, bot_id: &str) -> bool {
        self.any_bot || self.credentials.bot_id == bot_id || self.more_bots.iter().any(|bot| bot == bot_id)
    }
}

/// A bot and an app that exist nowhere but in the sandbox.
#[derive(Clone)]
pub struct SandboxCredentials {
    /// The bot's id, as it stands in the path.
    pub bot_id: String,
    /// The app's client id, which a token names in `appId`.
    pub client_id: String,
    /// What tokens are signed with (HS256, HS384, HS512).
    pub client_secret: String,
    /// A public key in PEM. Only with one are tokens signed by RS256, RS384 or RS512 taken.
    pub public_key: Option<String>,
}

impl SandboxCredentials {
    /// Credentials in the vendor's form, the same for the same seed.
    pub fn invented(seed: u64) -> Self {
        let mut chance = fastrand::Rng::with_seed(seed);
        let secret = std::iter::repeat_with(|| chance.alphanumeric()).take(44).collect();
        Self {
            bot_id: format!("st-{}", invented_uuid(&mut chance)),
            client_id: format!("cs-{}", invented_uuid(&mut chance)),
            client_secret: secret,
            public_key: None,
        }
    }
}

/// The secret stays out, for people may sign with one of theirs.
impl fmt::Debug for SandboxCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxCredentials")
            .field("bot_id", &self.bot_id)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// A UUID from the sandbox's own chance, so that a seed gives the same one again.
pub(super) fn invented_uuid(chance: &mut fastrand::Rng) -> uuid::Uuid {
    uuid::Uuid::from_u128(chance.u128(..))
}

#[cfg(test)]
mod tests {
    use super::SandboxCredentials;

    #[test]
    fn a_seed_gives_the_same_credentials_again_and_another_seed_others() {
        let [one, again, other] = [1, 1, 2].map(SandboxCredentials::invented);
        assert_eq!((&one.bot_id, &one.client_secret), (&again.bot_id, &again.client_secret));
        assert_ne!(one.bot_id, other.bot_id);
        assert_ne!(one.client_secret, other.client_secret);
    }

    #[test]
    fn the_secret_is_not_in_debug_output() {
        let credentials = SandboxCredentials::invented(0);
        assert!(!format!("{credentials:?}").contains(&credentials.client_secret));
    }
}
