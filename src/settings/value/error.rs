//! Why a value is invalid.

use strum::VariantNames as _;

use crate::error::did_you_mean;
use crate::pacing::LimitError;
use crate::record::{ProblemKind, ScaleError, TemplateError};
use crate::settings::credential::Algorithm;

/// The most requests in flight at once. Above it, a bot's rate limits are by far the bottleneck.
pub(super) const MAX_CONCURRENCY: usize = 1_000;

/// What is wrong with a value, to follow the name of its key. Never shows a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Another type than the key's.
    #[error("must be {expected}, not {found}")]
    WrongType {
        /// What the key expects.
        expected: &'static str,
        /// What was written.
        found: &'static str,
    },
    /// Nothing between the quotes.
    #[error("must not be empty")]
    Empty,
    /// Most likely copied along with the id.
    #[error("{0:?} must not contain spaces, line breaks or control characters")]
    Blanks(String),
    /// A character that would end the id's segment of the URL path.
    #[error("{0:?} must be an id without /, ?, # or %")]
    NotAnId(String),
    /// Not the start of a URL.
    #[error("{0:?} must be a URL such as https://bots.kore.ai")]
    NotAUrl(String),
    /// A user name or password in the host. Neither is shown.
    #[error("must not contain a user name or password")]
    UserInHost,
    /// More than scheme, name and port in the host.
    #[error("must not contain {0}")]
    MoreThanHost(&'static str),
    /// An unencrypted target on another machine.
    #[error("{0:?} must start with https:// (http:// is allowed for this machine only)")]
    NotEncrypted(String),
    /// Not a version for the URL path.
    #[error("{0:?} must be digits and dots, such as 1.1, or empty for a URL without a version")]
    NotAVersion(String),
    /// Not a known algorithm.
    #[error("{given:?} is not one of {}{}", Algorithm::VARIANTS.join(", "), did_you_mean(*nearest))]
    UnknownAlgorithm {
        /// What was written.
        given: String,
        /// The most similar name.
        nearest: Option<&'static str>,
    },
    /// Not a duration.
    #[error("{0:?} is not a duration: write a number with a unit, such as 30s, 10m or 1h 30m")]
    NotADuration(String),
    /// Below the minimum.
    #[error("must be at least {0}")]
    TooShort(&'static str),
    /// Not a rate limit.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// Neither true nor false.
    #[error("{0:?} must be true or false")]
    NotABoolean(String),
    /// Not a number of requests.
    #[error("{0:?} must be a whole number from 1 to {MAX_CONCURRENCY}")]
    NotAConcurrency(String),
    /// A command without a program.
    #[error("must name a program, followed by its arguments")]
    NoProgram,
    /// A path in the home directory, which is unknown.
    #[error("starts with ~, but there is no home directory")]
    NoHome,
    /// Not the name of a variable. It may be the secret itself, so it is not shown.
    #[error("must be the name of an environment variable (letters, digits and _), not the secret itself")]
    NotAVariable,
    /// A claim that another setting controls.
    #[error("must not contain {name:?}: {instead}")]
    ReservedClaim {
        /// The claim.
        name: String,
        /// What controls it.
        instead: &'static str,
    },
    /// A number that JSON cannot represent.
    #[error("must be a finite number")]
    NotFinite,
    /// A whole number outside the supported range.
    #[error("is too large")]
    TooLarge,
    /// Longer than the platform allows for a token with a `jti`.
    #[error("is {0} but must be at most 1h when jti is on: the platform rejects tokens with a later exp")]
    TooLongForJti(String),
    /// An RS algorithm without its key.
    #[error("{0} signs with a private key, but private_key_file is not set")]
    NoPrivateKey(Algorithm),
    /// Not a conversion between scales.
    #[error(transparent)]
    Scale(#[from] ScaleError),
    /// Not a template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// Not a way of extracting a number.
    #[error("{0:?} must be \"leading\" (the number at the start of the text)")]
    NotANumberKind(String),
    /// One text with two meanings.
    #[error("maps {0:?} to two values")]
    TwoMeanings(String),
    /// A required key is missing.
    #[error("is required")]
    Required,
    /// A key that needs another key.
    #[error("has no effect without {0}")]
    Without(&'static str),
    /// A constant that the field does not allow.
    #[error("{value:?}: {problem}")]
    InvalidConstant {
        /// The constant.
        value: String,
        /// Why it is invalid.
        problem: ProblemKind,
    },
}
