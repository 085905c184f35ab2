//! Every setting of a profile in one table, and the layers merged from it.
//!
//! Each source (command line, sandbox, environment, profile) is read into one [`Layer`]. Layers merge by one rule: the
//! first that sets a key wins. Defaults from the table fill in what no layer sets. A new setting needs a row in the table,
//! and its documentation.

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use strum::VariantArray as _;
use url::Url;

use super::credential::{Algorithm, ContentEncryption, KeyEncryption, KoreClaim, SecretSource};
use super::error::{SettingsError, convert, variable_of};
use super::raw::Raw;
use super::shown::{Show, Shown, ToJson};
use super::source::Sourced;
use super::value::{self, ValueError};
use crate::pacing::Limit;
use crate::record::Field;

/// The vendor's limits need no more than one.
const DEFAULT_CONCURRENCY: NonZeroUsize = NonZeroUsize::new(4).unwrap();

/// The limits that the vendor lists for "Feedback Analytics", for each bot.
fn default_limits() -> Vec<Limit> {
    const PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).unwrap();
    const PER_HOUR: NonZeroU32 = NonZeroU32::new(1_800).unwrap();
    vec![
        Limit { calls: PER_MINUTE, per: Duration::from_secs(60) },
        Limit { calls: PER_HOUR, per: Duration::from_secs(60 * 60) },
    ]
}

/// Additional claims of tokens, in the order written.
pub(super) type Claims = Vec<(String, Sourced<Value>)>;
/// A constant or a column for each field.
pub(super) type FieldTexts = BTreeMap<Field, Sourced<String>>;

/// The type of a setting that is resolved: optional, unless it has a default.
macro_rules! resolved {
    ($type:ty) => { Option<Sourced<$type>> };
    ($type:ty, $default:expr) => { Sourced<$type> };
}

/// The value of a setting that no layer may have set.
macro_rules! resolve {
    ($set:expr) => {
        $set
    };
    ($set:expr, $default:expr) => {
        $set.unwrap_or_else(|| Sourced::default_of($default))
    };
}

/// The table: `Key => field: Type = default, how it is read;`. Keys without a field are read by functions below.
macro_rules! settings {
    ($($(#[$doc:meta])* $key:ident $(=> $field:ident: $type:ty $(= $default:expr)?, $read:expr)?;)+) => {
        /// A key of a profile, in the order documented and shown.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, strum::Display, strum::IntoStaticStr, strum::VariantArray
        )]
        #[strum(serialize_all = "snake_case")]
        pub enum Key {
            $($(#[$doc])* $key,)+
        }

        /// The settings of one source.
        #[derive(Debug, Clone, Default)]
        pub(super) struct Layer {
            $($(pub(super) $field: Option<Sourced<$type>>,)?)+
            pub(super) secret: Option<Sourced<SecretSource>>,
            pub(super) claims: Claims,
            pub(super) defaults: FieldTexts,
            pub(super) columns: FieldTexts,
        }

        impl Layer {
            /// Reads the keys that have one value. `raw` finds the value of a key, if it is set.
            pub(super) fn read<'a>(
                raw: impl Fn(Key) -> Result<Option<Sourced<Raw<'a>>>, SettingsError>,
            ) -> Result<Self, SettingsError> {
                Ok(Self {
                    $($($field: read(Key::$key, raw(Key::$key)?, $read)?,)?)+
                    secret: read_secret(raw)?,
                    ..Self::default()
                })
            }

            /// Whether this layer sets a key that has one value.
            pub(super) fn sets(&self, key: Key) -> bool {
                match key {
                    $($(Key::$key => self.$field.is_some(),)?)+
                    _ => false,
                }
            }

            /// Merges two layers: this one wins, and `lower` fills in what it does not set.
            pub(super) fn over(self, lower: Self) -> Self {
                Self {
                    $($($field: self.$field.or(lower.$field),)?)+
                    secret: self.secret.or(lower.secret),
                    claims: claims_over(self.claims, lower.claims),
                    defaults: lower.defaults.into_iter().chain(self.defaults).collect(),
                    columns: lower.columns.into_iter().chain(self.columns).collect(),
                }
            }
        }

        /// The settings in effect.
        #[derive(Debug, Clone)]
        pub(crate) struct Values {
            $($(pub(crate) $field: resolved!($type $(, $default)?),)?)+
            pub(crate) secret: Option<Sourced<SecretSource>>,
            pub(crate) claims: Claims,
            pub(crate) defaults: FieldTexts,
            pub(crate) columns: FieldTexts,
        }

        impl From<Layer> for Values {
            fn from(layer: Layer) -> Self {
                Self {
                    $($($field: resolve!(layer.$field $(, $default)?),)?)+
                    secret: layer.secret,
                    claims: layer.claims,
                    defaults: layer.defaults,
                    columns: layer.columns,
                }
            }
        }

        impl Values {
            /// Everything shown about a key: one row, or one for each claim or field.
            fn shown_of(&self, key: Key) -> Vec<Shown<'_>> {
                let name = key.name();
                match key {
                    $($(Key::$key => vec![self.$field.shown(name)],)?)+
                    Key::ClientSecret => vec![self.secret.shown(name)],
                    Key::ClientSecretEnv | Key::ClientSecretFile | Key::ClientSecretCommand => Vec::new(),
                    Key::Claims => shown_below(name, self.claims.iter().map(|(name, claim)| (name, claim))),
                    Key::Defaults => shown_below(name, &self.defaults),
                    Key::Columns => shown_below(name, &self.columns),
                }
            }
        }
    };
}

settings! {
    /// The environment's URL, without a path.
    Host => host: Url, |raw| value::host(raw.string()?);
    /// The bot id, also called stream id.
    BotId => bot_id: String, |raw| value::path_id(raw.string()?);
    /// The version in the API's path; empty for a path without one. The default is that of the contract's "Sample Request".
    ApiVersion => api_version: String = "1.1".to_owned(), |raw| value::api_version(raw.string()?);
    /// The JWT app's client id, which tokens carry as `appId`.
    ClientId => client_id: String, |raw| value::id(raw.string()?);
    /// The JWT app's client secret itself.
    ClientSecret;
    /// The environment variable that contains the client secret.
    ClientSecretEnv;
    /// The file that contains the client secret.
    ClientSecretFile;
    /// The command that prints the client secret.
    ClientSecretCommand;
    /// The algorithm that signs tokens.
    Algorithm => algorithm: Algorithm = Algorithm::Hs256, |raw| value::one_of(raw.string()?);
    /// The PEM file with the private key for the RS algorithms.
    PrivateKeyFile => private_key_file: PathBuf, Raw::path;
    /// The JWK file with the platform's public key. If it is set, tokens are encrypted.
    JwePublicKeyFile => jwe_public_key_file: PathBuf, Raw::path;
    /// How the content key of encrypted tokens is encrypted.
    JweAlg => jwe_alg: KeyEncryption = KeyEncryption::RsaOaep, |raw| value::one_of(raw.string()?);
    /// How the content of encrypted tokens is encrypted.
    JweEnc => jwe_enc: ContentEncryption = ContentEncryption::A128CbcHs256, |raw| value::one_of(raw.string()?);
    /// The tokens' `sub`: the API requires one and gives it no meaning.
    Subject => subject: String = "kore-feedback".to_owned(), Raw::text;
    /// The lifetime of a token.
    TokenTtl => token_ttl: Duration = Duration::from_secs(10 * 60), |raw| value::token_ttl(value::duration(raw.string()?)?);
    /// Whether each token has a `jti`.
    Jti => jti: bool = false, Raw::boolean;
    /// Additional claims of every token.
    Claims;
    /// The claims that are written with the prefix `kore_`.
    KoreClaims => kore_claims: Vec<KoreClaim> = Vec::new(), |raw| raw.strings()?.into_iter().map(value::one_of).collect();
    /// The rate limits of each bot; empty for none.
    Limits => limits: Vec<Limit> = default_limits(), |raw| value::limits(&raw.strings()?);
    /// The most requests in flight at once.
    Concurrency => concurrency: NonZeroUsize = DEFAULT_CONCURRENCY, |raw| value::concurrency(&raw.digits()?);
    /// How long to wait for a response.
    Timeout => timeout: Duration = Duration::from_secs(30), |raw| value::duration(raw.string()?);
    /// A PEM file with a certificate authority to trust in addition to the system's.
    CaFile => ca_file: PathBuf, Raw::path;
    /// Values for fields that an input has no column for.
    Defaults;
    /// The column of each field.
    Columns;
}

impl Key {
    /// All keys, in the order documented and shown.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Where the client secret comes from: a profile has at most one of these keys.
    pub const SECRETS: [Self; 4] =
        [Self::ClientSecret, Self::ClientSecretEnv, Self::ClientSecretFile, Self::ClientSecretCommand];

    /// The key's name in a config.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The environment variable that sets the same; `None` for keys of a config only.
    pub fn variable(self) -> Option<String> {
        let is_config_only = matches!(
            self,
            Self::ClientSecretEnv | Self::ClientSecretCommand | Self::Claims | Self::Defaults | Self::Columns
        );
        (!is_config_only).then(|| variable_of(self.name()))
    }

    /// Whether an empty variable is a value of this key, and not an unset key.
    pub(super) const fn may_be_empty(self) -> bool {
        matches!(self, Self::ApiVersion | Self::Limits | Self::KoreClaims)
    }

    /// Whether the key also applies to a sandbox. The others describe the target it replaces.
    pub(super) const fn applies_to_sandbox(self) -> bool {
        matches!(self, Self::Concurrency | Self::Timeout | Self::Defaults | Self::Columns)
    }
}

impl Layer {
    /// The part that applies to a sandbox.
    pub(super) fn beside_sandbox(self) -> Self {
        let Self { concurrency, timeout, defaults, columns, .. } = self;
        Self { concurrency, timeout, defaults, columns, ..Self::default() }
    }
}

impl Values {
    pub(super) fn shown(&self) -> impl Iterator<Item = Shown<'_>> {
        Key::ALL.iter().flat_map(|key| self.shown_of(*key))
    }
}

fn shown_below<'a, N: std::fmt::Display + 'a, T: ToJson + 'a>(
    key: &str,
    entries: impl IntoIterator<Item = (N, &'a Sourced<T>)>,
) -> Vec<Shown<'a>> {
    entries.into_iter().map(|(name, value)| value.shown(&format!("{key}.{name}"))).collect()
}

fn read<'a, T>(
    key: Key,
    raw: Option<Sourced<Raw<'a>>>,
    read: impl FnOnce(Raw<'a>) -> Result<T, ValueError>,
) -> Result<Option<Sourced<T>>, SettingsError> {
    raw.map(|raw| convert(key.name(), raw, read)).transpose()
}

fn read_secret<'a>(
    raw: impl Fn(Key) -> Result<Option<Sourced<Raw<'a>>>, SettingsError>,
) -> Result<Option<Sourced<SecretSource>>, SettingsError> {
    let mut secrets = Vec::new();
    for key in Key::SECRETS {
        if let Some(secret) = read(key, raw(key)?, |raw| secret_source(key, raw))? {
            secrets.push((key, secret));
        }
    }
    secrets.sort_by_key(|(_, secret)| secret.source.line());
    if let [(first, one), (second, other), ..] = &secrets[..] {
        let place = other.source.clone();
        return Err(SettingsError::twice(place, one.source.name_of(first.name()), other.source.name_of(second.name())));
    }
    Ok(secrets.pop().map(|(_, secret)| secret))
}

fn secret_source(key: Key, raw: Raw<'_>) -> Result<SecretSource, ValueError> {
    Ok(match key {
        Key::ClientSecretEnv => SecretSource::Environment(value::variable_name(raw.string()?)?),
        Key::ClientSecretFile => SecretSource::File(raw.path()?),
        Key::ClientSecretCommand => SecretSource::Command(raw.command()?),
        _ => SecretSource::Inline(SecretString::from(raw.text()?)),
    })
}

/// Claims of the upper layer replace those of the same name in place; new ones follow.
fn claims_over(upper: Claims, lower: Claims) -> Claims {
    let mut claims = lower;
    for (name, claim) in upper {
        match claims.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = claim,
            None => claims.push((name, claim)),
        }
    }
    claims
}
