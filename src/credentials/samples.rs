//! Secrets and settings for this module's tests.

use std::io::Write;
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize, PublicKey, PublicKeyComponents};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::settings::{Algorithm, Context, CredentialSettings, SecretSource, SigningKey, Source, Sourced};

pub(super) const SECRET: &str = "a secret of more than thirty-two bytes";
pub(super) const NOW: &str = "2026-01-02T03:04:05.678Z";

pub(super) fn context() -> Context {
    Context::with_variables(&[])
}

pub(super) fn credentials() -> CredentialSettings {
    CredentialSettings {
        client_id: Sourced::default_of("cs-1".to_owned()),
        key: SigningKey::Secret(Sourced::default_of(SecretSource::Inline(SecretString::from(SECRET)))),
        algorithm: Sourced::default_of(Algorithm::Hs256),
        subject: Sourced::default_of("kore-feedback".to_owned()),
        token_ttl: Sourced::default_of(Duration::from_secs(600)),
        jti: Sourced::default_of(false),
        claims: Vec::new(),
        kore_claims: Vec::new(),
        jwe: None,
    }
}

/// Generated for each test, so that the repository contains no private key.
pub(super) struct RsaKey {
    file: tempfile::NamedTempFile,
    public_key: PublicKey,
    /// The public key in DER (PKCS #1).
    pub(super) public: Vec<u8>,
}

impl RsaKey {
    pub(super) fn generate() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let body = STANDARD.encode(der.as_ref());
        write!(file, "-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n").unwrap();
        let public_key = pair.public_key().clone();
        Self { file, public: public_key.as_ref().to_vec(), public_key }
    }

    /// The public key as a JWK.
    pub(super) fn jwk(&self) -> Value {
        let components = PublicKeyComponents::from(&self.public_key);
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({"kty": "RSA", "n": encode(&components.n), "e": encode(&components.e), "kid": "key-1"})
    }

    pub(super) fn signing_key(&self) -> SigningKey {
        SigningKey::PrivateKey(Sourced::new(self.file.path().into(), Source::Default))
    }
}
