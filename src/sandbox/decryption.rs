//! Decrypting tokens, for apps that enforce JWE (RFC 7516 and 7519). Where the vendor's page is silent, the header must be as
//! its sample: typ and cty JWT, and the kid of the app's key.

use std::fmt;

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_128, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{
    KeyPair, KeySize, OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey,
    PublicKeyComponents,
};
use aws_lc_rs::signature::KeyPair as _;
use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::json;

const KEY_ID: &str = "sandbox-key";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecryptionError {
    NotEncrypted,
    Unusable(&'static str),
}

use DecryptionError::Unusable;

/// The app's key pair.
pub(super) struct DecryptionKey {
    oaep: OaepPrivateDecryptingKey,
    pkcs1: Pkcs1PrivateDecryptingKey,
    public_jwk: String,
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecryptionKey").finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    enc: String,
    typ: Option<String>,
    cty: Option<String>,
    kid: Option<String>,
}

/// The parts of an encrypted token, decoded.
struct Parts<'a> {
    /// The encoded header, which is authenticated too.
    associated: &'a str,
    header: Header,
    encrypted_key: Vec<u8>,
    iv: Vec<u8>,
    ciphertext: Vec<u8>,
    tag: Vec<u8>,
}

impl<'a> Parts<'a> {
    fn parse(token: &'a [u8]) -> Result<Self, DecryptionError> {
        let token = std::str::from_utf8(token).map_err(|_| DecryptionError::NotEncrypted)?;
        let [associated, encrypted_key, iv, ciphertext, tag] = token.split('.').collect::<Vec<_>>()[..] else {
            return Err(DecryptionError::NotEncrypted);
        };
        let decode = |part| URL_SAFE_NO_PAD.decode(part).map_err(|_| Unusable("a part is not base64url"));
        Ok(Self {
            associated,
            header: serde_json::from_slice(&decode(associated)?)
                .map_err(|_| Unusable("its header has no alg and enc"))?,
            encrypted_key: decode(encrypted_key)?,
            iv: decode(iv)?,
            ciphertext: decode(ciphertext)?,
            tag: decode(tag)?,
        })
    }
}

impl DecryptionKey {
    /// A new key pair of 2048 bits; `None` if the system has no random numbers.
    pub(super) fn generate() -> Option<Self> {
        Self::of(&KeyPair::generate(KeySize::Rsa2048).ok()?)
    }

    fn of(pair: &KeyPair) -> Option<Self> {
        let PublicKeyComponents { n, e } = PublicKeyComponents::from(pair.public_key());
        let [n, e] = [n, e].map(|number| URL_SAFE_NO_PAD.encode(number));
        let der: Pkcs8V1Der<'_> = pair.as_der().ok()?;
        let key = || PrivateDecryptingKey::from_pkcs8(der.as_ref()).ok();
        Some(Self {
            oaep: OaepPrivateDecryptingKey::new(key()?).ok()?,
            pkcs1: Pkcs1PrivateDecryptingKey::new(key()?).ok()?,
            public_jwk: json!({"kty": "RSA", "n": n, "e": e, "kid": KEY_ID}).to_string(),
        })
    }

    pub(super) fn public_jwk(&self) -> &str {
        &self.public_jwk
    }

    /// The signed token inside an encrypted one.
    pub(super) fn decrypt(&self, token: &[u8]) -> Result<Vec<u8>, DecryptionError> {
        let parts = Parts::parse(token)?;
        let is_jwt = |value: &Option<String>| value.as_deref() == Some("JWT");
        if !is_jwt(&parts.header.typ) || !is_jwt(&parts.header.cty) {
            return Err(Unusable("typ and cty must be JWT"));
        }
        if parts.header.kid.as_deref() != Some(KEY_ID) {
            return Err(Unusable("kid is not that of the app's key"));
        }
        self.open(&parts)
    }

    fn open(&self, parts: &Parts<'_>) -> Result<Vec<u8>, DecryptionError> {
        let key = self.content_key(parts)?;
        match parts.header.enc.as_str() {
            "A128CBC-HS256" => open_cbc(&key, parts),
            "A128GCM" => open_gcm(&AES_128_GCM, &key, parts),
            "A256GCM" => open_gcm(&AES_256_GCM, &key, parts),
            _ => return Err(Unusable("enc is not A128CBC-HS256, A128GCM or A256GCM")),
        }
        .ok_or(Unusable("its content is not authentic"))
    }

    fn content_key(&self, parts: &Parts<'_>) -> Result<Vec<u8>, DecryptionError> {
        let mut buffer = vec![0; self.oaep.key_size_bytes()];
        let key = match parts.header.alg.as_str() {
            "RSA-OAEP" => self.oaep.decrypt(&OAEP_SHA1_MGF1SHA1, &parts.encrypted_key, &mut buffer, None),
            "RSA1_5" => self.pkcs1.decrypt(&parts.encrypted_key, &mut buffer),
            _ => return Err(Unusable("alg is not RSA-OAEP or RSA1_5")),
        };
        Ok(key.map_err(|_| Unusable("its key was not encrypted with the app's public key"))?.to_vec())
    }
}

/// `AES_128_CBC_HMAC_SHA_256` (RFC 7518 §5.2.3). `None` if anything is wrong.
fn open_cbc(key: &[u8], parts: &Parts<'_>) -> Option<Vec<u8>> {
    let (authentication, encryption) = (key.len() == 32).then(|| key.split_at(16))?;
    let associated = parts.associated.as_bytes();
    let bits = 8 * u64::try_from(associated.len()).ok()?;
    let signed = [associated, &parts.iv, &parts.ciphertext, &bits.to_be_bytes()].concat();
    let expected = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, authentication), &signed);
    constant_time::verify_slices_are_equal(expected.as_ref().get(..16)?, &parts.tag).ok()?;
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_128, encryption).ok()?).ok()?;
    let context = DecryptionContext::Iv128(parts.iv.as_slice().try_into().ok()?);
    let mut content = parts.ciphertext.clone();
    key.decrypt(&mut content, context).ok().map(|content| content.to_vec())
}

/// AES in Galois/counter mode (RFC 7518 §5.3). `None` if anything is wrong.
fn open_gcm(algorithm: &'static Algorithm, key: &[u8], parts: &Parts<'_>) -> Option<Vec<u8>> {
    let key = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(&parts.iv).ok()?;
    (parts.tag.len() == 16).then_some(())?;
    let mut sealed = [parts.ciphertext.as_slice(), &parts.tag].concat();
    let content = key.open_in_place(nonce, Aad::from(parts.associated), &mut sealed).ok()?;
    Some(content.to_vec())
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rsa::{KeyPair, KeyPairComponents, PublicKeyComponents};
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use std::sync::OnceLock;

    use super::{DecryptionError, DecryptionKey, KEY_ID, Parts, Unusable};

    /// Tokens of RFC 7516 and of an independent implementation.
    fn vectors() -> Value {
        serde_json::from_str(include_str!("decryption/vectors.json")).unwrap()
    }

    fn key(jwk: &Value) -> DecryptionKey {
        let number = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
        let pair = KeyPair::from_components(&KeyPairComponents {
            public_key: PublicKeyComponents { n: number("n"), e: number("e") },
            d: number("d"),
            p: number("p"),
            q: number("q"),
            dP: number("dp"),
            dQ: number("dq"),
            qInv: number("qi"),
        });
        DecryptionKey::of(&pair.unwrap()).unwrap()
    }

    #[test]
    fn tokens_of_other_implementations_are_decrypted() {
        let vectors = vectors();
        let keys: Vec<_> = vectors["keys"].as_array().unwrap().iter().map(key).collect();
        let tokens = vectors["tokens"].as_array().unwrap();
        assert_eq!(tokens.len(), 8);
        for (number, vector) in tokens.iter().enumerate() {
            let (key, token) = (&keys[vector["key"].as_u64().unwrap() as usize], vector["token"].as_str().unwrap());
            let content = Some(vector["content"].as_str().unwrap().to_owned());
            let opened = key.open(&Parts::parse(token.as_bytes()).unwrap());
            assert_eq!(opened.ok().map(|content| String::from_utf8(content).unwrap()), content, "token {number}");
            // Those of the RFC contain no JWT, and their headers do not name one.
            let is_nested = number >= 2;
            assert_eq!(key.decrypt(token.as_bytes()).is_ok(), is_nested, "token {number}");
        }
    }

    #[test]
    fn no_changed_byte_is_accepted() {
        let vectors = vectors();
        let key = key(&vectors["keys"][1]);
        for vector in &vectors["tokens"].as_array().unwrap()[2..] {
            let token = vector["token"].as_str().unwrap();
            // The start of each part, and the end of the tag.
            let starts = token.match_indices('.').map(|(dot, _)| dot + 1);
            for place in starts.chain([10, token.len() - 4]) {
                let mut changed = token.as_bytes().to_vec();
                changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
                assert!(key.decrypt(&changed).is_err(), "byte {place} of {token}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_token_causes_a_panic(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 4)) {
            static KEY: OnceLock<DecryptionKey> = OnceLock::new();
            let key = KEY.get_or_init(|| DecryptionKey::generate().unwrap());
            for (alg, enc) in [("RSA-OAEP", "A128CBC-HS256"), ("RSA1_5", "A256GCM")] {
                let header = json!({"alg": alg, "enc": enc, "typ": "JWT", "cty": "JWT", "kid": KEY_ID}).to_string();
                let encoded = [header.as_bytes()].into_iter().chain(parts.iter().map(Vec::as_slice));
                let token = encoded.map(|part| URL_SAFE_NO_PAD.encode(part)).collect::<Vec<_>>().join(".");
                prop_assert!(key.decrypt(token.as_bytes()).is_err());
            }
        }
    }

    #[test]
    fn other_tokens_are_rejected_with_reasons() {
        let key = DecryptionKey::generate().unwrap();
        let reason = |header: &str| key.decrypt(format!("{}.AA.AA.AA.AA", URL_SAFE_NO_PAD.encode(header)).as_bytes());
        assert_eq!(key.decrypt(b"a.b.c"), Err(DecryptionError::NotEncrypted));
        assert_eq!(key.decrypt(b"\xff"), Err(DecryptionError::NotEncrypted));
        assert!(matches!(reason("{}"), Err(Unusable(why)) if why.contains("alg and enc")));
        let header = |rest: &str| format!("{{\"alg\":\"RSA-OAEP\",\"enc\":\"A128GCM\",\"typ\":\"JWT\"{rest}}}");
        assert!(matches!(reason(&header("")), Err(Unusable(why)) if why.contains("cty")));
        assert!(matches!(reason(&header(",\"cty\":\"JWT\"")), Err(Unusable(why)) if why.contains("kid")));
        let other_key = vectors()["tokens"][2]["token"].as_str().unwrap().to_owned();
        assert!(matches!(key.decrypt(other_key.as_bytes()), Err(Unusable(_))));
    }
}
