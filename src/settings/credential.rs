//! What was configured about credentials. Only says where a secret is; reading it is `credentials`' part.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;

use super::key::Key;
use super::source::Sourced;

/// The `sub` of tokens when nobody says another: the API asks for one and gives it no meaning.
pub const DEFAULT_SUBJECT: &str = "kore-feedback";
/// How long a token lives when nobody says otherwise.
pub const DEFAULT_TOKEN_TTL: Duration = Duration::from_secs(10 * 60);
/// The longest life of a token with a `jti` (the platform's answer to a longer one: "`exp` must be <= 1 hour(s)").
pub const MAX_JTI_TTL: Duration = Duration::from_secs(60 * 60);

/// How tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-256 under the client secret; the one that every app of the platform accepts.
    Hs256,
    /// HMAC with SHA-384; not among the platform's.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
    /// RSA (PKCS #1 v1.5) with SHA-256 under a private key whose public half the platform knows.
    Rs256,
    /// RSA with SHA-384; not among the platform's.
    Rs384,
    /// RSA with SHA-512.
    Rs512,
}

impl Algorithm {
    const ALL: [Self; 6] = [Self::Hs256, Self::Hs384, Self::Hs512, Self::Rs256, Self::Rs384, Self::Rs512];
    /// The names of all algorithms.
    pub(super) const NAMES: [&'static str; 6] = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512"];

    /// The algorithm's name in a token's header.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
        }
    }

    /// The algorithm of that name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name.trim()))
    }

    /// Whether it signs with a private key, and not with the client secret.
    pub const fn uses_private_key(self) -> bool {
        matches!(self, Self::Rs256 | Self::Rs384 | Self::Rs512)
    }

    /// Whether the platform lists it (the vendor's SDK page: HS256, HS512, RS256, RS512).
    pub const fn is_listed(self) -> bool {
        !matches!(self, Self::Hs384 | Self::Rs384)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where the client secret is to be had.
#[derive(Clone)]
pub enum SecretSource {
    /// It stands in the config, or in `KORE_FEEDBACK_CLIENT_SECRET`.
    Inline(SecretString),
    /// The environment variable of this name holds it.
    Environment(String),
    /// This file holds it, and nothing else.
    File(PathBuf),
    /// The first line that this command prints: a program and its arguments, run without a shell.
    Command(Vec<OsString>),
}

impl SecretSource {
    /// The config's key that says this kind of source.
    pub const fn key(&self) -> Key {
        match self {
            Self::Inline(_) => Key::ClientSecret,
            Self::Environment(_) => Key::ClientSecretEnv,
            Self::File(_) => Key::ClientSecretFile,
            Self::Command(_) => Key::ClientSecretCommand,
        }
    }
}

/// Only the kind: a secret may stand in a command's arguments, or by mistake anywhere else.
impl fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SecretSource").field(&self.key()).finish()
    }
}

/// What tokens are signed with, as the algorithm needs it.
#[derive(Debug, Clone)]
pub enum SigningKey {
    /// The client secret (HS algorithms).
    Secret(Sourced<SecretSource>),
    /// A PEM file with an RSA private key (RS algorithms).
    PrivateKey(Sourced<PathBuf>),
}

/// Everything that minting a token needs.
#[derive(Debug, Clone)]
pub struct CredentialSettings {
    /// The JWT app's client id.
    pub client_id: Sourced<String>,
    /// What tokens are signed with.
    pub key: SigningKey,
    /// How tokens are signed; agrees with `key`.
    pub algorithm: Sourced<Algorithm>,
    /// The tokens' `sub`.
    pub subject: Sourced<String>,
    /// How long a token lives; an hour at most where `jti` is on.
    pub token_ttl: Sourced<Duration>,
    /// Whether each token carries a `jti`, and so works once.
    pub jti: Sourced<bool>,
    /// Further claims, in the order in which they were written; none of `sub`, `appId`, `iat`, `exp`, `jti`.
    pub claims: Vec<(String, Sourced<Value>)>,
}

#[cfg(test)]
mod tests {
    use super::Algorithm;

    #[test]
    fn every_name_is_its_algorithms() {
        assert_eq!(Algorithm::ALL.map(Algorithm::name), Algorithm::NAMES);
        assert_eq!(Algorithm::from_name("hs512"), Some(Algorithm::Hs512));
        assert_eq!(Algorithm::from_name("none"), None);
    }
}
