//! What can be wrong with a token in the platform's eyes.

/// What became of the signature's check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// It is this client secret's, or this private key's.
    Verified,
    /// It is another's, or the token was changed after it was signed.
    Wrong,
    /// It was not checked, and this is why.
    Unchecked(&'static str),
}

/// Why the platform would refuse a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// No `appId`.
    NoAppId,
    /// An `appId` that is spelt otherwise; the platform matches it exactly.
    MisspeltAppId,
    /// An `appId` that is not the profile's client id.
    OtherClientId,
    /// `exp` is over.
    Expired,
    /// `iat` is still to come.
    IssuedInFuture,
    /// `jti` with an `exp` more than an hour away.
    JtiTooLong,
    /// `iat` or `exp` is no number of seconds.
    NotADate,
    /// An algorithm that the platform does not list.
    UnlistedAlgorithm,
    /// A signature by another secret.
    WrongSignature,
}

impl RefusalKind {
    /// The kind's name for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoAppId => "no_app_id",
            Self::MisspeltAppId => "misspelt_app_id",
            Self::OtherClientId => "other_client_id",
            Self::Expired => "expired",
            Self::IssuedInFuture => "issued_in_future",
            Self::JtiTooLong => "jti_too_long",
            Self::NotADate => "not_a_date",
            Self::UnlistedAlgorithm => "unlisted_algorithm",
            Self::WrongSignature => "wrong_signature",
        }
    }
}

/// One reason for which the platform would refuse a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of reason.
    pub kind: RefusalKind,
    /// The reason in words.
    pub message: String,
}
