//! Every key that a config can have, in one list: the reader, the environment, the errors and the test of the example
//! config all go by it.

use std::fmt;

/// The environment's name of the config file.
pub const CONFIG_VARIABLE: &str = "KORE_FEEDBACK_CONFIG";
/// The environment's name of the profile.
pub const PROFILE_VARIABLE: &str = "KORE_FEEDBACK_PROFILE";
/// The environment's name of the ledger's directory.
pub const STATE_DIR_VARIABLE: &str = "KORE_FEEDBACK_STATE_DIR";
/// How every variable of ours begins.
pub(super) const VARIABLE_PREFIX: &str = "KORE_FEEDBACK_";

/// The config's key of the profile that is used when none is named.
pub const DEFAULT_PROFILE: &str = "default_profile";
/// The config's table of profiles.
pub const PROFILES: &str = "profiles";

/// The config's table of mappings.
pub const MAPPING: &str = "mapping";

/// One key of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// The environment's URL, without a path.
    Host,
    /// The bot's id, or stream id.
    BotId,
    /// The version in the API's path.
    ApiVersion,
    /// The JWT app's client id, which tokens carry as `appId`.
    ClientId,
    /// The JWT app's client secret itself.
    ClientSecret,
    /// The environment variable that holds the client secret.
    ClientSecretEnv,
    /// The file that holds the client secret.
    ClientSecretFile,
    /// The command that prints the client secret.
    ClientSecretCommand,
    /// The algorithm that tokens are signed with.
    Algorithm,
    /// The PEM file with the private key of the RS algorithms.
    PrivateKeyFile,
    /// The tokens' `sub`.
    Subject,
    /// How long a token lives.
    TokenTtl,
    /// Whether each token carries a `jti`.
    Jti,
    /// Further claims of every token.
    Claims,
    /// The rolling limits that calls keep to.
    Limits,
    /// How many calls may be on their way at once.
    Concurrency,
    /// How long an answer may take.
    Timeout,
    /// A PEM file with a certificate authority to trust besides the system's.
    CaFile,
    /// Values for fields that an input has no column for.
    Defaults,
    /// Which column of an input is which field.
    Columns,
}

impl Key {
    /// All keys, in the order in which they are documented and shown.
    pub const ALL: [Self; 20] = [
        Self::Host,
        Self::BotId,
        Self::ApiVersion,
        Self::ClientId,
        Self::ClientSecret,
        Self::ClientSecretEnv,
        Self::ClientSecretFile,
        Self::ClientSecretCommand,
        Self::Algorithm,
        Self::PrivateKeyFile,
        Self::Subject,
        Self::TokenTtl,
        Self::Jti,
        Self::Claims,
        Self::Limits,
        Self::Concurrency,
        Self::Timeout,
        Self::CaFile,
        Self::Defaults,
        Self::Columns,
    ];

    /// The keys of which a profile may have one at most: where the client secret comes from.
    pub const SECRETS: [Self; 4] =
        [Self::ClientSecret, Self::ClientSecretEnv, Self::ClientSecretFile, Self::ClientSecretCommand];

    /// The key as it stands in a config.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::BotId => "bot_id",
            Self::ApiVersion => "api_version",
            Self::ClientId => "client_id",
            Self::ClientSecret => "client_secret",
            Self::ClientSecretEnv => "client_secret_env",
            Self::ClientSecretFile => "client_secret_file",
            Self::ClientSecretCommand => "client_secret_command",
            Self::Algorithm => "algorithm",
            Self::PrivateKeyFile => "private_key_file",
            Self::Subject => "subject",
            Self::TokenTtl => "token_ttl",
            Self::Jti => "jti",
            Self::Claims => "claims",
            Self::Limits => "limits",
            Self::Concurrency => "concurrency",
            Self::Timeout => "timeout",
            Self::CaFile => "ca_file",
            Self::Defaults => "defaults",
            Self::Columns => "columns",
        }
    }

    /// The environment variable that says the same; `None` for keys that only a config can say.
    pub const fn variable(self) -> Option<&'static str> {
        Some(match self {
            Self::Host => "KORE_FEEDBACK_HOST",
            Self::BotId => "KORE_FEEDBACK_BOT_ID",
            Self::ApiVersion => "KORE_FEEDBACK_API_VERSION",
            Self::ClientId => "KORE_FEEDBACK_CLIENT_ID",
            Self::ClientSecret => "KORE_FEEDBACK_CLIENT_SECRET",
            Self::ClientSecretFile => "KORE_FEEDBACK_CLIENT_SECRET_FILE",
            Self::Algorithm => "KORE_FEEDBACK_ALGORITHM",
            Self::PrivateKeyFile => "KORE_FEEDBACK_PRIVATE_KEY_FILE",
            Self::Subject => "KORE_FEEDBACK_SUBJECT",
            Self::TokenTtl => "KORE_FEEDBACK_TOKEN_TTL",
            Self::Jti => "KORE_FEEDBACK_JTI",
            Self::Limits => "KORE_FEEDBACK_LIMITS",
            Self::Concurrency => "KORE_FEEDBACK_CONCURRENCY",
            Self::Timeout => "KORE_FEEDBACK_TIMEOUT",
            Self::CaFile => "KORE_FEEDBACK_CA_FILE",
            Self::ClientSecretEnv | Self::ClientSecretCommand | Self::Claims | Self::Defaults | Self::Columns => {
                return None;
            }
        })
    }

    /// The key that a config's name means, exactly.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// Whether an empty text is a value of this key, and not the lack of one.
    pub(super) const fn may_be_empty(self) -> bool {
        matches!(self, Self::ApiVersion | Self::Limits)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Every environment variable that is read.
pub(super) fn variables() -> impl Iterator<Item = &'static str> {
    [CONFIG_VARIABLE, PROFILE_VARIABLE, STATE_DIR_VARIABLE]
        .into_iter()
        .chain(Key::ALL.into_iter().filter_map(Key::variable))
}

#[cfg(test)]
mod tests {
    use super::{Key, VARIABLE_PREFIX, variables};

    #[test]
    fn a_variable_is_the_prefix_and_the_key_in_capitals() {
        for key in Key::ALL {
            let expected = format!("{VARIABLE_PREFIX}{}", key.name().to_uppercase());
            assert!(key.variable().is_none_or(|variable| variable == expected), "{key}");
            assert_eq!(Key::from_name(key.name()), Some(key));
        }
        assert!(variables().all(|variable| variable.starts_with(VARIABLE_PREFIX)));
    }
}
