//! What a token claims, and what the platform would reject in it. Pure: the time and the key are passed in, and nothing in
//! the token is trusted.

mod checks;
mod encrypted;

use jiff::Timestamp;
use jsonwebtoken::{AlgorithmFamily, DecodingKey, EncodingKey};
use serde_json::{Map, Value};
use strum::IntoStaticStr;

use super::CredentialError;
use super::compact::{Compact, EncryptedParts, Jws};
use super::jwe::Encrypter;
use super::token::{encoding_key, wire_algorithm};
use crate::settings::{Algorithm, Context, Settings};
use crate::text::format_duration;

/// The result of checking a token's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
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
    /// A content encryption that the platform does not list.
    UnlistedEncryption,
    /// Encrypted with another key than the configured one.
    OtherKey,
    /// An encrypted token whose parts do not have the sizes of its encryption.
    IncompletePart,
    WrongSignature,
}

/// One reason why the platform would reject a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) kind: RefusalKind,
    pub(crate) message: String,
}

/// What the settings say a token should be.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    client_id: Option<String>,
    key: Option<EncodingKey>,
    encrypter: Option<Encrypter>,
}

impl Expected {
    /// For when the secret cannot be read.
    pub(crate) fn without_key(settings: &Settings) -> Self {
        Self { client_id: settings.values.client_id.as_ref().map(|id| id.value.clone()), ..Self::default() }
    }

    /// The client id and the keys, if configured.
    ///
    /// # Errors
    /// If a configured secret or key cannot be read.
    pub(crate) fn of(settings: &Settings, context: &Context) -> Result<Self, CredentialError> {
        let key = settings
            .signing_key()
            .map(|key| encoding_key(&key, settings.values.algorithm.value, context))
            .transpose()?
            .map(|(key, _)| key);
        let encrypter = settings.jwe().as_ref().map(Encrypter::new).transpose()?;
        Ok(Self { key, encrypter, ..Self::without_key(settings) })
    }
}

/// A decoded token. Header and claims are untrusted text.
#[derive(Debug, Clone)]
pub(crate) struct Inspection {
    pub(crate) header: Map<String, Value>,
    /// Empty if they are encrypted.
    pub(crate) claims: Map<String, Value>,
    /// The parts of an encrypted token.
    pub(crate) encrypted: Option<EncryptedParts>,
    /// Its `iat`, clamped to the dates that can be represented.
    pub(crate) issued: Option<Timestamp>,
    /// Its `exp`, clamped likewise.
    pub(crate) expires: Option<Timestamp>,
    pub(crate) signature: Signature,
    /// Why the platform would reject it.
    pub(crate) refusals: Vec<Refusal>,
    /// What is worth knowing but no reason to reject it.
    pub(crate) notes: Vec<String>,
}

impl Inspection {
    /// Whether the platform would accept the token, as far as local checks can tell.
    pub(crate) fn is_acceptable(&self) -> bool {
        self.refusals.is_empty()
    }

    /// `issued 5 min ago`; `None` without `iat`.
    pub(crate) fn issued_text(&self, now: Timestamp) -> Option<String> {
        self.issued.map(|issued| match issued <= now {
            true => format!("issued {} ago", time_between(issued, now)),
            false => format!("issued {} from now", time_between(now, issued)),
        })
    }

    /// `expires in 5 min`; `None` without `exp`.
    pub(crate) fn expiry_text(&self, now: Timestamp) -> Option<String> {
        self.expires.map(|expires| match expires > now {
            true => format!("expires in {}", time_between(now, expires)),
            false => format!("expired {} ago", time_between(expires, now)),
        })
    }
}

/// Decodes a token and checks it against what is expected. Accepts the output of `token --header` too.
///
/// # Errors
/// If the text is not a token.
pub(crate) fn inspect(token: &str, expected: &Expected, now: Timestamp) -> Result<Inspection, CredentialError> {
    Ok(match Compact::decode(token)? {
        Compact::Signed(jws) => inspect_signed(jws, expected, now),
        Compact::Encrypted { header, parts } => Inspection::of_encrypted(header, parts, expected.encrypter.as_ref()),
    })
}

fn inspect_signed(jws: Jws, expected: &Expected, now: Timestamp) -> Inspection {
    let algorithm = jws.header.get("alg").and_then(Value::as_str).and_then(exact_algorithm);
    let mut inspection = Inspection {
        signature: check_signature(&jws, algorithm, expected.key.as_ref()),
        header: jws.header,
        claims: jws.claims,
        encrypted: None,
        issued: None,
        expires: None,
        refusals: Vec::new(),
        notes: Vec::new(),
    };
    inspection.check_algorithm(algorithm);
    inspection.check_signature();
    inspection.check_app_id(expected.client_id.as_deref());
    inspection.check_dates(now);
    if expected.encrypter.is_some() {
        inspection.notes.push("not encrypted, although jwe_public_key_file is set".to_owned());
    }
    inspection
}

fn time_between(from: Timestamp, to: Timestamp) -> String {
    format_duration(to.duration_since(from).unsigned_abs())
}

/// Case-sensitive, as RFC 7515 §4.1.1 demands of a header, unlike the config.
fn exact_algorithm(name: &str) -> Option<Algorithm> {
    Algorithm::from_name(name).filter(|algorithm| algorithm.name() == name)
}

fn check_signature(jws: &Jws, algorithm: Option<Algorithm>, key: Option<&EncodingKey>) -> Signature {
    let Some(key) = key else { return Signature::Unchecked("no secret or key is configured") };
    let Some(algorithm) = algorithm else { return Signature::Unchecked("its algorithm is not supported") };
    let expects_rsa = key.family() == AlgorithmFamily::Rsa;
    if algorithm.uses_private_key() != expects_rsa {
        return Signature::Unchecked("it is signed with another kind of key than the configured one");
    }
    let wire = wire_algorithm(algorithm);
    let is_valid = if expects_rsa {
        // These signatures are deterministic, so signing again with the private key is enough to compare.
        jsonwebtoken::crypto::sign(jws.signed.as_bytes(), key, wire).is_ok_and(|own| own == jws.signature)
    } else {
        let secret = DecodingKey::from_secret(key.as_bytes());
        jsonwebtoken::crypto::verify(&jws.signature, jws.signed.as_bytes(), &secret, wire).unwrap_or(false)
    };
    if is_valid { Signature::Verified } else { Signature::Wrong }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jsonwebtoken::EncodingKey;
    use proptest::prelude::*;
    use secrecy::ExposeSecret;
    use serde_json::{Value, json};

    use super::{Expected, Inspection, inspect};
    use crate::credentials::samples::{NOW, RsaKey, SECRET, context, credentials};
    use crate::credentials::token::encoding_key;
    use crate::credentials::{Minter, RefusalKind, Signature};
    use crate::settings::Algorithm;

    fn now() -> Timestamp {
        NOW.parse().unwrap()
    }

    fn expected() -> Expected {
        Expected {
            client_id: Some("cs-1".to_owned()),
            key: Some(EncodingKey::from_secret(SECRET.as_bytes())),
            ..Expected::default()
        }
    }

    fn token(algorithm: jsonwebtoken::Algorithm, claims: &Value) -> String {
        let key = EncodingKey::from_secret(SECRET.as_bytes());
        jsonwebtoken::encode(&jsonwebtoken::Header::new(algorithm), claims, &key).unwrap()
    }

    fn inspected(claims: &Value) -> Inspection {
        inspect(&token(jsonwebtoken::Algorithm::HS256, claims), &expected(), now()).unwrap()
    }

    fn refusals(claims: &Value) -> Vec<RefusalKind> {
        inspected(claims).refusals.into_iter().map(|refusal| refusal.kind).collect()
    }

    #[test]
    fn minted_tokens_are_acceptable() {
        for jti in [false, true] {
            let mut settings = credentials();
            settings.jti.value = jti;
            let token = Minter::new(settings, &context()).unwrap().mint(now()).unwrap();
            let inspection = inspect(token.jwt.expose_secret(), &expected(), now()).unwrap();
            assert!(inspection.is_acceptable(), "{:?}", inspection.refusals);
            assert_eq!(inspection.signature, Signature::Verified);
            assert_eq!(inspection.claims, token.claims);
            assert_eq!(inspection.notes, [] as [String; 0]);
            assert_eq!(inspection.issued_text(now()).unwrap(), "issued 0.7 s ago");
            assert_eq!(inspection.expiry_text(token.expires).unwrap(), "expired 0.0 s ago");
        }
    }

    #[test]
    fn every_reason_for_rejection_is_named() {
        let (at, s) = (now().as_second(), "a");
        for (claims, kinds) in [
            (json!({"sub": s, "appId": "cs-1"}), vec![]),
            (json!({"sub": s}), vec![RefusalKind::NoAppId]),
            (json!({"sub": s, "appid": "cs-1"}), vec![RefusalKind::MisspeltAppId]),
            (json!({"sub": s, "AppId": "cs-1"}), vec![RefusalKind::MisspeltAppId]),
            (json!({"sub": s, "app_id": "cs-1"}), vec![RefusalKind::MisspeltAppId]),
            (json!({"sub": s, "appId": "cs-2"}), vec![RefusalKind::OtherClientId]),
            (json!({"sub": s, "appId": 1}), vec![RefusalKind::OtherClientId]),
            (json!({"appId": "cs-1", "exp": at}), vec![RefusalKind::Expired]),
            (json!({"appId": "cs-1", "exp": at + 1}), vec![]),
            (json!({"appId": "cs-1", "iat": at + 1}), vec![RefusalKind::IssuedInFuture]),
            (json!({"appId": "cs-1", "iat": at}), vec![]),
            (json!({"appId": "cs-1", "iat": at * 1000}), vec![RefusalKind::IssuedInFuture]),
            (json!({"appId": "cs-1", "iat": "now"}), vec![RefusalKind::NotADate]),
            (json!({"appId": "cs-1", "exp": [at]}), vec![RefusalKind::NotADate]),
            (json!({"appId": "cs-1", "exp": 1e300}), vec![]),
            (json!({"appId": "cs-1", "exp": at * 1000, "jti": "1"}), vec![RefusalKind::JtiTooLong]),
            (json!({"appId": "cs-1", "jti": "1"}), vec![RefusalKind::JtiTooLong]),
            (json!({"appId": "cs-1", "jti": "1", "exp": at + 3_600}), vec![]),
            (json!({"appId": "cs-1", "jti": "1", "exp": at + 3_602}), vec![RefusalKind::JtiTooLong]),
            (json!({"appId": "cs-1", "jti": "1", "iat": at - 60, "exp": at + 3_570}), vec![RefusalKind::JtiTooLong]),
            (json!({"appId": "cs-1", "iat": at - 60, "exp": at + 36_000}), vec![]),
            (json!({"appId": "cs-1", "kore_jti": "1", "exp": at + 3_602}), vec![RefusalKind::JtiTooLong]),
            (json!({"appId": "cs-1", "kore_jti": "1", "exp": at + 3_600}), vec![]),
            (
                json!({"iat": at + 9, "exp": at - 9}),
                vec![RefusalKind::NoAppId, RefusalKind::IssuedInFuture, RefusalKind::Expired],
            ),
        ] {
            assert_eq!(refusals(&claims), kinds, "{claims}");
        }
    }

    #[test]
    fn a_date_in_milliseconds_is_noted() {
        let notes = inspected(&json!({"appId": "cs-1", "exp": now().as_millisecond()})).notes;
        assert!(notes[0].contains("milliseconds"), "{notes:?}");
    }

    #[test]
    fn an_hmac_signature_is_checked() {
        let claims = json!({"sub": "a", "appId": "cs-1"});
        let good = token(jsonwebtoken::Algorithm::HS512, &claims);
        let signature = |token: &str, key: Option<EncodingKey>| {
            inspect(token, &Expected { key, ..expected() }, now()).unwrap().signature
        };
        let other = EncodingKey::from_secret(b"another");
        assert_eq!(signature(&good, expected().key), Signature::Verified);
        assert_eq!(signature(&good, Some(other)), Signature::Wrong);
        assert!(matches!(signature(&good, None), Signature::Unchecked(_)));
        let changed = good.replacen("eyJ0eXAi", "eyJ0eXAj", 1);
        assert!(
            inspect(&changed, &expected(), now()).is_err() || signature(&changed, expected().key) == Signature::Wrong
        );
        let (signed, _) = good.rsplit_once('.').unwrap();
        assert_eq!(signature(&format!("{signed}."), expected().key), Signature::Wrong);
        assert_eq!(signature(&format!("{signed}.§"), expected().key), Signature::Wrong);
    }

    #[test]
    fn an_rsa_signature_is_checked() {
        let (own, other) = (RsaKey::generate(), RsaKey::generate());
        let mut settings = credentials();
        settings.algorithm.value = Algorithm::Rs256;
        settings.key = own.signing_key();
        let token = Minter::new(settings, &context()).unwrap().mint(now()).unwrap();
        let signature = |key: &RsaKey| {
            let key = encoding_key(&key.signing_key(), Algorithm::Rs256, &context()).unwrap().0;
            inspect(token.jwt.expose_secret(), &Expected { key: Some(key), ..expected() }, now()).unwrap().signature
        };
        assert_eq!(signature(&own), Signature::Verified);
        assert_eq!(signature(&other), Signature::Wrong);
        let by_secret = inspect(token.jwt.expose_secret(), &expected(), now()).unwrap();
        assert!(matches!(by_secret.signature, Signature::Unchecked(_)));
    }

    #[test]
    fn an_unlisted_algorithm_is_rejected() {
        let claims = json!({"sub": "a", "appId": "cs-1"});
        let kinds = |token: &str| {
            let refusals = inspect(token, &expected(), now()).unwrap().refusals;
            refusals.into_iter().map(|refusal| refusal.kind).collect::<Vec<_>>()
        };
        assert_eq!(kinds(&token(jsonwebtoken::Algorithm::HS384, &claims)), [RefusalKind::UnlistedAlgorithm]);
        assert_eq!(kinds(&token(jsonwebtoken::Algorithm::HS512, &claims)), []);
        // {"alg":"none"}, {"alg":"hs256"} and {} over {"appId":"cs-1"}
        for header in ["eyJhbGciOiJub25lIn0", "eyJhbGciOiJoczI1NiJ9", "e30"] {
            assert_eq!(
                kinds(&format!("{header}.eyJhcHBJZCI6ImNzLTEifQ.")),
                [RefusalKind::UnlistedAlgorithm],
                "{header}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_claims_are_inspected_without_panic(iat in any::<i64>(), exp in any::<f64>(), text in "\\PC{0,20}") {
            let claims = json!({"iat": iat, "exp": exp, "jti": text, "appId": text, "sub": [text]});
            let inspection = inspected(&claims);
            let _ = (inspection.issued_text(now()), inspection.expiry_text(now()));
        }
    }
}
