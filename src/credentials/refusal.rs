//! What the platform would reject in a token.

use strum::IntoStaticStr;

/// The result of checking a token's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signature {
    Verified,
    /// Made with another key, or the token was changed after signing.
    Wrong,
    /// Not checked, for this reason.
    Unchecked(&'static str),
}

/// Why the platform would reject a token. The snake_case names appear in JSON output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum RefusalKind {
    NoAppId,
    /// An `appId` with different spelling; the platform matches the name exactly.
    MisspeltAppId,
    /// An `appId` that is not the profile's client id.
    OtherClientId,
    Expired,
    IssuedInFuture,
    /// A `jti` with an `exp` more than an hour away.
    JtiTooLong,
    /// An `iat` or `exp` that is not a number of seconds.
    NotADate,
    /// An algorithm that the platform does not list.
    UnlistedAlgorithm,
    WrongSignature,
}

/// One reason why the platform would reject a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) kind: RefusalKind,
    pub(crate) message: String,
}
