//! What was configured about credentials: where a secret is, never the act of reading it (that is the job of
//! `credentials`).

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;

use super::source::Sourced;

/// The longest lifetime of a token with a `jti` (the platform's answer to a longer one: "`exp` must be <= 1 hour(s)").
pub const MAX_JTI_TTL: Duration = Duration::from_secs(60 * 60);

/// How tokens are signed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::Display, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "UPPERCASE", ascii_case_insensitive)]
pub enum Algorithm {
    /// HMAC with SHA-256 and the client secret. Every app of the platform accepts it.
    Hs256,
    /// HMAC with SHA-384. The platform does not list it.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
    /// RSA (PKCS #1 v1.5) with SHA-256 and a private key whose public key the platform has.
    Rs256,
    /// RSA with SHA-384. The platform does not list it.
    Rs384,
    /// RSA with SHA-512.
    Rs512,
}

impl Algorithm {
    /// The algorithm's name in a token's header.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Parses a name in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        name.trim().parse().ok()
    }

    /// Whether it signs with a private key instead of the client secret.
    pub const fn uses_private_key(self) -> bool {
        matches!(self, Self::Rs256 | Self::Rs384 | Self::Rs512)
    }

    /// Whether the platform lists it (the vendor's SDK page: HS256, HS512, RS256, RS512).
    pub const fn is_listed(self) -> bool {
        !matches!(self, Self::Hs384 | Self::Rs384)
    }
}

/// How an encrypted token's content key is encrypted. The vendor's SDK page lists these two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames)]
#[strum(ascii_case_insensitive)]
pub enum KeyEncryption {
    /// RSA with OAEP padding and SHA-1.
    #[strum(serialize = "RSA-OAEP")]
    RsaOaep,
    /// RSA with PKCS #1 v1.5 padding, which has known weaknesses.
    #[strum(serialize = "RSA1_5")]
    Rsa15,
}

/// How an encrypted token's content is encrypted. The vendor's SDK page lists these three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames)]
#[strum(ascii_case_insensitive)]
pub enum ContentEncryption {
    /// AES-128 in CBC mode, with HMAC-SHA-256.
    #[strum(serialize = "A128CBC-HS256")]
    A128CbcHs256,
    /// AES-128 in GCM mode.
    #[strum(serialize = "A128GCM")]
    A128Gcm,
    /// AES-256 in GCM mode.
    #[strum(serialize = "A256GCM")]
    A256Gcm,
}

/// How tokens are encrypted, for apps with "Enforce JWE".
#[derive(Debug, Clone)]
pub struct JweSettings {
    /// A file with the platform's public key as a JWK.
    pub public_key_file: PathBuf,
    /// The `alg` of the encrypted token.
    pub key_encryption: KeyEncryption,
    /// The `enc` of the encrypted token.
    pub content_encryption: ContentEncryption,
}

/// A claim that has a second name with the prefix `kore_` (the vendor's SDK page).
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "lowercase")]
pub enum KoreClaim {
    /// The id of a token that works once.
    Jti,
    /// The issuer.
    Iss,
    /// The caller.
    Sub,
}

/// Where the client secret comes from.
#[derive(Clone, strum::IntoStaticStr)]
pub enum SecretSource {
    /// The config or `KORE_FEEDBACK_CLIENT_SECRET` contains it.
    #[strum(serialize = "client_secret")]
    Inline(SecretString),
    /// The environment variable of this name contains it.
    #[strum(serialize = "client_secret_env")]
    Environment(String),
    /// This file contains it and nothing else.
    #[strum(serialize = "client_secret_file")]
    File(PathBuf),
    /// The first line printed by this command: a program and its arguments, run without a shell.
    #[strum(serialize = "client_secret_command")]
    Command(Vec<OsString>),
}

impl SecretSource {
    /// The config's key for this kind of source.
    pub fn key(&self) -> &'static str {
        self.into()
    }
}

/// Shows the kind only: the arguments of a command, or a value set by mistake, may be a secret.
impl fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretSource({})", self.key())
    }
}

/// What tokens are signed with.
#[derive(Debug, Clone)]
pub enum SigningKey {
    /// The client secret (HS algorithms).
    Secret(Sourced<SecretSource>),
    /// A PEM file with an RSA private key (RS algorithms).
    PrivateKey(Sourced<PathBuf>),
}

/// Everything needed to mint a token.
#[derive(Debug, Clone)]
pub struct CredentialSettings {
    /// The JWT app's client id.
    pub client_id: Sourced<String>,
    /// Fits `algorithm`.
    pub key: SigningKey,
    /// Fits `key`.
    pub algorithm: Sourced<Algorithm>,
    /// The tokens' `sub`.
    pub subject: Sourced<String>,
    /// At most one hour if `jti` is on.
    pub token_ttl: Sourced<Duration>,
    /// Whether each token has a `jti` and so works only once.
    pub jti: Sourced<bool>,
    /// Additional claims in the order written; never `sub`, `appId`, `iat`, `exp` or `jti`.
    pub claims: Vec<(String, Sourced<Value>)>,
    /// Claims that are written with the prefix `kore_`.
    pub kore_claims: Vec<KoreClaim>,
    /// How tokens are encrypted; `None` if they are only signed.
    pub jwe: Option<JweSettings>,
}

impl CredentialSettings {
    /// The name of a claim in tokens: `kore_jti` for `jti`, if the settings say so.
    pub fn claim_name(&self, plain: &str) -> String {
        let has_prefix = self.kore_claims.iter().any(|claim| <&str>::from(*claim) == plain);
        if has_prefix { format!("kore_{plain}") } else { plain.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantNames as _;

    use super::Algorithm;

    #[test]
    fn algorithms_parse_in_any_case() {
        assert_eq!(Algorithm::VARIANTS, ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512"]);
        assert_eq!(Algorithm::from_name("hs512"), Some(Algorithm::Hs512));
        assert_eq!(Algorithm::from_name("none"), None);
        assert_eq!(Algorithm::Rs256.to_string(), "RS256");
    }
}
