//! Encrypts signed tokens (a nested JWT: RFC 7519 §5.2, RFC 7516 compact serialization) for apps with "Enforce JWE".

use std::fmt;

use aws_lc_rs::aead::{self, Aad, RandomizedNonceKey};
use aws_lc_rs::cipher::{AES_128, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPublicEncryptingKey, Pkcs1PublicEncryptingKey};
use aws_lc_rs::{hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use serde_json::{Map, Value};

use super::CredentialError;
use super::jwk::PublicKey;
use crate::settings::{ContentEncryption, JweSettings, KeyEncryption};

const TAG: usize = 16;

/// Encrypts tokens with one public key.
pub(super) struct Encrypter {
    pub(super) key_id: Option<String>,
    /// The encoded header, which every token starts with.
    header: String,
    key: WrappingKey,
    encryption: ContentEncryption,
}

impl fmt::Debug for Encrypter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encrypter").field("encryption", &self.encryption).finish_non_exhaustive()
    }
}

impl Encrypter {
    /// Reads the public key, and tests it.
    ///
    /// # Errors
    /// If it cannot be read, or is no key to encrypt with.
    pub(super) fn new(settings: &JweSettings) -> Result<Self, CredentialError> {
        let PublicKey { id, key } = PublicKey::read(&settings.public_key_file)?;
        let key = match settings.key_encryption {
            KeyEncryption::RsaOaep => OaepPublicEncryptingKey::new(key).map(WrappingKey::Oaep),
            KeyEncryption::Rsa15 => Pkcs1PublicEncryptingKey::new(key).map(WrappingKey::Pkcs1),
        };
        let encrypter = Self {
            header: encode(header(settings, id.as_deref()).to_string()),
            key_id: id,
            key: key.map_err(|Unspecified| CredentialError::Encryption)?,
            encryption: settings.content_encryption,
        };
        encrypter.encrypt("test")?;
        Ok(encrypter)
    }

    /// # Errors
    /// If the crypto library fails, such as for lack of random numbers.
    pub(super) fn encrypt(&self, signed: &str) -> Result<SecretString, CredentialError> {
        self.parts(signed).map(|parts| parts.join(".").into()).map_err(|Unspecified| CredentialError::Encryption)
    }

    fn parts(&self, signed: &str) -> Result<[String; 5], Unspecified> {
        let mut key = Zeroizing::new(vec![0; key_length(self.encryption)]);
        rand::fill(&mut key)?;
        let wrapped = self.key.wrap(&key)?;
        let associated = self.header.as_bytes();
        let Sealed { iv, ciphertext, tag } = match self.encryption {
            ContentEncryption::A128CbcHs256 => seal_cbc(&key, associated, signed)?,
            ContentEncryption::A128Gcm => seal_gcm(&aead::AES_128_GCM, &key, associated, signed)?,
            ContentEncryption::A256Gcm => seal_gcm(&aead::AES_256_GCM, &key, associated, signed)?,
        };
        Ok([self.header.clone(), encode(wrapped), encode(iv), encode(ciphertext), encode(tag)])
    }
}

fn header(settings: &JweSettings, key_id: Option<&str>) -> Value {
    let mut header = Map::new();
    header.insert("alg".to_owned(), <&str>::from(settings.key_encryption).into());
    header.insert("enc".to_owned(), <&str>::from(settings.content_encryption).into());
    header.insert("typ".to_owned(), "JWT".into());
    header.insert("cty".to_owned(), "JWT".into());
    if let Some(key_id) = key_id {
        header.insert("kid".to_owned(), key_id.into());
    }
    Value::Object(header)
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The length of the content key in bytes. That of A128CBC-HS256 consists of two keys.
const fn key_length(encryption: ContentEncryption) -> usize {
    match encryption {
        ContentEncryption::A128Gcm => 16,
        ContentEncryption::A128CbcHs256 | ContentEncryption::A256Gcm => 32,
    }
}

enum WrappingKey {
    Oaep(OaepPublicEncryptingKey),
    Pkcs1(Pkcs1PublicEncryptingKey),
}

impl WrappingKey {
    fn wrap(&self, key: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let size = match self {
            Self::Oaep(oaep) => oaep.ciphertext_size(),
            Self::Pkcs1(pkcs1) => pkcs1.ciphertext_size(),
        };
        let mut wrapped = vec![0; size];
        let length = match self {
            Self::Oaep(oaep) => oaep.encrypt(&OAEP_SHA1_MGF1SHA1, key, &mut wrapped, None)?.len(),
            Self::Pkcs1(pkcs1) => pkcs1.encrypt(key, &mut wrapped)?.len(),
        };
        wrapped.truncate(length);
        Ok(wrapped)
    }
}

struct Sealed {
    iv: Vec<u8>,
    ciphertext: Vec<u8>,
    tag: Vec<u8>,
}

/// RFC 7518 §5.2: the first half of the key authenticates, the second encrypts.
fn seal_cbc(key: &[u8], associated: &[u8], text: &str) -> Result<Sealed, Unspecified> {
    let (mac_key, cipher_key) = key.split_at(16);
    let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_128, cipher_key)?)?;
    let mut ciphertext = text.as_bytes().to_vec();
    let context = cipher.encrypt(&mut ciphertext)?;
    let iv = <&[u8]>::try_from(&context)?.to_vec();
    let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, mac_key));
    for part in [associated, &iv, &ciphertext, &(associated.len() as u64 * 8).to_be_bytes()] {
        mac.update(part);
    }
    let tag = mac.sign().as_ref()[..TAG].to_vec();
    Ok(Sealed { iv, ciphertext, tag })
}

/// RFC 7518 §5.3.
fn seal_gcm(
    algorithm: &'static aead::Algorithm,
    key: &[u8],
    associated: &[u8],
    text: &str,
) -> Result<Sealed, Unspecified> {
    let mut ciphertext = text.as_bytes().to_vec();
    let nonce =
        RandomizedNonceKey::new(algorithm, key)?.seal_in_place_append_tag(Aad::from(associated), &mut ciphertext)?;
    let tag = ciphertext.split_off(text.len());
    Ok(Sealed { iv: nonce.as_ref().to_vec(), ciphertext, tag })
}
