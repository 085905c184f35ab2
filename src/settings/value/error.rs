//! Why a text is no value of its kind.

use super::{MOST_CONCURRENT, did_you_mean};
use crate::pacing::LimitError;
use crate::record::{ProblemKind, ScaleError, TemplateError};
use crate::settings::Algorithm;

/// What is wrong with a value. Words it shows never include a secret's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// A value of another type than the key's.
    #[error("must be {expected}, and is {found}")]
    WrongType {
        /// What the key takes.
        expected: &'static str,
        /// What was written.
        found: &'static str,
    },
    /// Nothing between the quotes.
    #[error("must not be empty")]
    Empty,
    /// A blank or a control character, most likely from copying.
    #[error("{0:?} must have no blanks, line breaks or control characters")]
    Blanks(String),
    /// A character that would end the id's part of the URL's path.
    #[error("{0:?} must be the id alone, without /, ?, # or %")]
    NotAnId(String),
    /// A host that no URL begins with.
    #[error("{0:?} must be a URL such as https://bots.kore.ai")]
    NotAUrl(String),
    /// A user name or password in the host; neither is shown.
    #[error("must not hold a user name or a password")]
    UserInHost,
    /// More than scheme, name and port in the host.
    #[error("must end after the host's name or port, and goes on with {0}")]
    MoreThanHost(&'static str),
    /// An unencrypted target that is not this machine.
    #[error("{0:?} must begin with https://, for only this machine itself may be called without encryption")]
    NotEncrypted(String),
    /// A version that can't stand in the URL's path.
    #[error("{0:?} must be digits and dots, such as 1.1, or empty for a URL without a version")]
    NotAVersion(String),
    /// An algorithm that there is none of.
    #[error(
        "{given:?} is none of {}{}",
        Algorithm::NAMES.join(", "),
        did_you_mean(nearest.as_deref())
    )]
    UnknownAlgorithm {
        /// What was written.
        given: String,
        /// The name it may have meant.
        nearest: Option<String>,
    },
    /// A duration that can't be read.
    #[error("{0:?} is not a duration: write a number with a unit, such as 30s, 10m or 1h 30m")]
    NotADuration(String),
    /// A duration of nothing.
    #[error("must be at least {0}")]
    TooShort(&'static str),
    /// A limit that can't be read.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// Something other than true and false.
    #[error("{0:?} must be true or false")]
    NotABoolean(String),
    /// Something other than a number of calls.
    #[error("{0:?} must be a whole number from 1 to {MOST_CONCURRENT}")]
    NotAConcurrency(String),
    /// A command without a word.
    #[error("must name a program, and after it its arguments")]
    NoProgram,
    /// A path below a home that can't be told.
    #[error("begins with ~, and there is no home directory")]
    NoHome,
    /// Something that is no variable's name; it is not shown, for it may be the secret itself.
    #[error("must be the name of an environment variable: letters, digits and _ (not the secret itself)")]
    NotAVariable,
    /// A claim that has a meaning of its own.
    #[error("may not set {name:?}: {instead}")]
    ReservedClaim {
        /// The claim.
        name: String,
        /// What sets it.
        instead: &'static str,
    },
    /// A number that JSON has none of.
    #[error("may not be infinite or not a number")]
    NotAJsonNumber,
    /// A number too large for what holds it.
    #[error("is a number too large")]
    TooLarge,
    /// Longer than the platform lets a token with a `jti` live.
    #[error(
        "is {0}, and may be 1h at most where jti is on: the platform refuses such a token when its exp is further away"
    )]
    TooLongForJti(String),
    /// An RS algorithm without its key.
    #[error("{0} signs with a private key, and there is no private_key_file")]
    NoPrivateKey(Algorithm),
    /// Bytes that are no text.
    #[error("is not UTF-8 text")]
    NotUnicode,
    /// A conversion between scales that can't be read.
    #[error(transparent)]
    Scale(#[from] ScaleError),
    /// A template that can't be read.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A way of taking a number that there is none of.
    #[error("{0:?} must be \"leading\": the number that the text begins with")]
    NotANumberKind(String),
    /// A text with two meanings.
    #[error("gives {0:?} two meanings")]
    TwoMeanings(String),
    /// A key that has to be there.
    #[error("is needed here")]
    Required,
    /// A key that only means something beside another.
    #[error("means nothing without {0}")]
    Without(&'static str),
    /// A constant that the field can't have.
    #[error("{value:?}: {problem}")]
    NoValueOfField {
        /// The constant.
        value: String,
        /// What is wrong with it.
        problem: ProblemKind,
    },
}
