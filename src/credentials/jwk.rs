//! Reads the platform's public key from a JWK (RFC 7517). No message contains anything of the key: it may be a private one.

use std::path::Path;

use aws_lc_rs::rsa::{PublicEncryptingKey, PublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::CredentialError;
use super::secret::read_file;
use crate::text::excerpt;

/// The key sizes in bits that RSA encryption is safe and fast with. RFC 7518 §4.2 demands the minimum.
const BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
/// The members of private RSA and EC keys, and `k` of a symmetric one (RFC 7518 §6).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const SHOWN: usize = 40;

/// What is wrong with a JWK.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JwkError {
    #[error("not a JWK but a PEM file")]
    Pem,
    #[error("not a JSON object")]
    NotJson,
    #[error("a set of keys instead of one key")]
    KeySet,
    #[error("this is a private or secret key; tokens are encrypted with the platform's public key")]
    Private,
    #[error("kty is {0}; only RSA keys can encrypt tokens")]
    NotRsa(String),
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("{0} is not text")]
    NotText(&'static str),
    #[error("{0} is not base64url without padding")]
    NotBase64(&'static str),
    #[error("the key is for {0:?}, not for encryption")]
    OtherUse(String),
    #[error("an RSA key of {0} bits; it must have {min} to {max}", min = BITS.start(), max = BITS.end())]
    Size(usize),
    #[error("n and e are not an RSA public key")]
    NotAKey,
}

impl JwkError {
    pub(super) fn hint(&self) -> String {
        match self {
            Self::Private => {
                "save only kty, n, e and kid of the key that the platform shows for the app; if this private key is \
                              in use anywhere, keep its file to yourself"
            }
            Self::KeySet => "save the one object of \"keys\" whose kid the platform shows for the app",
            _ => {
                "save the key that the platform shows when JWE is switched on for the app: \
                 {\"kty\":\"RSA\",\"n\":\"…\",\"e\":\"AQAB\",\"kid\":\"…\"}"
            }
        }
        .to_owned()
    }
}

/// An RSA key that tokens are encrypted with.
#[derive(Debug)]
pub(super) struct PublicKey {
    pub(super) id: Option<String>,
    pub(super) key: PublicEncryptingKey,
}

impl PublicKey {
    /// # Errors
    /// If the file cannot be read, or is not the JWK of an RSA public key.
    pub(super) fn read(path: &Path) -> Result<Self, CredentialError> {
        let bytes = read_file("the JWE public key", path)?;
        Self::parse(&bytes).map_err(|problem| CredentialError::PublicKey { path: path.to_owned(), problem })
    }

    fn parse(bytes: &[u8]) -> Result<Self, JwkError> {
        let jwk = object(bytes)?;
        let kty = text(&jwk, "kty")?.ok_or(JwkError::Missing("kty"))?;
        if kty != "RSA" {
            return Err(JwkError::NotRsa(excerpt(kty, SHOWN)));
        }
        if let Some(other) = text(&jwk, "use")?.filter(|purpose| *purpose != "enc") {
            return Err(JwkError::OtherUse(excerpt(other, SHOWN)));
        }
        let (n, e) = (number(&jwk, "n")?, number(&jwk, "e")?);
        let bits = n.first().map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
        if !BITS.contains(&bits) {
            return Err(JwkError::Size(bits));
        }
        // An exponent of 1 would leave the content key as it is.
        if e == [1] || [&n, &e].iter().any(|number| number.last().is_none_or(|last| last % 2 == 0)) {
            return Err(JwkError::NotAKey);
        }
        let key: PublicEncryptingKey = PublicKeyComponents { n, e }.try_into().map_err(|_| JwkError::NotAKey)?;
        Ok(Self { id: text(&jwk, "kid")?.map(str::to_owned), key })
    }
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, JwkError> {
    let start = String::from_utf8_lossy(bytes);
    if start.contains("-----BEGIN") {
        return Err(if start.contains("PRIVATE KEY") { JwkError::Private } else { JwkError::Pem });
    }
    let jwk: Map<String, Value> = serde_json::from_slice(bytes).map_err(|_| JwkError::NotJson)?;
    if PRIVATE.iter().any(|member| jwk.contains_key(*member)) {
        return Err(JwkError::Private);
    }
    if jwk.contains_key("keys") { Err(JwkError::KeySet) } else { Ok(jwk) }
}

fn text<'a>(jwk: &'a Map<String, Value>, name: &'static str) -> Result<Option<&'a str>, JwkError> {
    jwk.get(name).map(|value| value.as_str().ok_or(JwkError::NotText(name))).transpose()
}

/// The bytes of a number, without leading zeros.
fn number(jwk: &Map<String, Value>, name: &'static str) -> Result<Vec<u8>, JwkError> {
    let text = text(jwk, name)?.ok_or(JwkError::Missing(name))?;
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| JwkError::NotBase64(name))?;
    Ok(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{JwkError, PublicKey};
    use crate::credentials::samples::RsaKey;

    fn problem(jwk: &Value) -> JwkError {
        PublicKey::parse(jwk.to_string().as_bytes()).unwrap_err()
    }

    #[test]
    fn a_public_key_is_read_with_its_id() {
        let jwk = RsaKey::generate().jwk();
        let key = PublicKey::parse(jwk.to_string().as_bytes()).unwrap();
        assert_eq!((key.id.as_deref(), key.key.key_size_bits()), (Some("key-1"), 2048));
        let mut bare = jwk;
        bare.as_object_mut().unwrap().remove("kid");
        assert_eq!(PublicKey::parse(bare.to_string().as_bytes()).unwrap().id, None);
    }

    #[test]
    fn each_wrong_key_has_its_error() {
        let good = RsaKey::generate().jwk();
        let with = |member: &str, value: Value| {
            let mut jwk = good.clone();
            jwk[member] = value;
            problem(&jwk)
        };
        assert_eq!(with("kty", json!("EC")), JwkError::NotRsa("EC".to_owned()));
        assert_eq!(with("kty", json!(1)), JwkError::NotText("kty"));
        assert_eq!(with("kid", json!(1)), JwkError::NotText("kid"));
        assert_eq!(with("use", json!("sig")), JwkError::OtherUse("sig".to_owned()));
        assert_eq!(with("n", json!("AQAB==")), JwkError::NotBase64("n"));
        assert_eq!(with("n", json!("")), JwkError::Size(0));
        // 1,024 bits.
        assert_eq!(with("n", json!("_".repeat(170) + "w")), JwkError::Size(1024));
        // 0, 1 and 2.
        for exponent in ["AA", "AQ", "Ag"] {
            assert_eq!(with("e", json!(exponent)), JwkError::NotAKey);
        }
        assert_eq!(problem(&json!({"kty": "RSA"})), JwkError::Missing("n"));
        assert_eq!(problem(&json!({})), JwkError::Missing("kty"));
        assert_eq!(problem(&json!([])), JwkError::NotJson);
        assert_eq!(problem(&json!({"keys": [good]})), JwkError::KeySet);
    }

    #[test]
    fn a_private_key_is_refused_and_hidden() {
        let mut jwk = RsaKey::generate().jwk();
        jwk["d"] = json!("hunter2");
        for text in [
            jwk.to_string(),
            json!({"kty": "oct", "k": "hunter2"}).to_string(),
            "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n".to_owned(),
        ] {
            let error = PublicKey::parse(text.as_bytes()).unwrap_err();
            assert_eq!(error, JwkError::Private);
            assert!(!format!("{error} {error:?} {}", error.hint()).contains("hunter2"));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(text in "\\PC{0,60}", n in "[A-Za-z0-9_-]{0,400}", e in "[A-Za-z0-9_-]{0,8}") {
            let _ = PublicKey::parse(text.as_bytes());
            let _ = PublicKey::parse(json!({"kty": "RSA", "n": n, "e": e}).to_string().as_bytes());
        }
    }
}
