//! Takes a token apart, signed or encrypted (the compact serializations of RFC 7515 and 7516), without trusting any of it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Map, Value};

use super::CredentialError;

pub(super) enum Compact {
    Signed(Jws),
    Encrypted { header: Map<String, Value>, parts: EncryptedParts },
}

pub(super) struct Jws {
    pub(super) header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
    /// What the signature covers: the first two parts, still encoded.
    pub(super) signed: String,
    pub(super) signature: String,
}

/// The sizes in bytes of what only the platform can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct EncryptedParts {
    pub(crate) encrypted_key: usize,
    pub(crate) iv: usize,
    pub(crate) ciphertext: usize,
    pub(crate) tag: usize,
}

impl Compact {
    pub(super) fn decode(text: &str) -> Result<Self, CredentialError> {
        const HEADER: &str = "its first part, the header, is not a JSON object in base64url";
        match unwrapped(text).split('.').collect::<Vec<_>>()[..] {
            [header, claims, signature] => Ok(Self::Signed(Jws {
                header: object(header, HEADER)?,
                claims: object(claims, "its second part, the claims, is not a JSON object in base64url")?,
                signed: format!("{header}.{claims}"),
                signature: signature.to_owned(),
            })),
            [header, encrypted_key, iv, ciphertext, tag] => Ok(Self::Encrypted {
                header: object(header, HEADER)?,
                parts: EncryptedParts {
                    encrypted_key: size(encrypted_key)?,
                    iv: size(iv)?,
                    ciphertext: size(ciphertext)?,
                    tag: size(tag)?,
                },
            }),
            _ => Err(CredentialError::NotAToken("it has neither three nor five parts joined by dots")),
        }
    }
}

fn size(part: &str) -> Result<usize, CredentialError> {
    const ERROR: CredentialError = CredentialError::NotAToken("one of its five parts is not base64url");
    URL_SAFE_NO_PAD.decode(part).map(|bytes| bytes.len()).map_err(|_| ERROR)
}

/// The token without the spaces, quotes, header name and scheme it is often copied with.
fn unwrapped(text: &str) -> &str {
    let is_wrapping = |c: char| c.is_whitespace() || matches!(c, '"' | '\'');
    let mut token = text.trim_matches(is_wrapping);
    for prefix in ["auth:", "authorization:", "bearer "] {
        if token.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)) {
            token = token[prefix.len()..].trim_matches(is_wrapping);
        }
    }
    token
}

fn object(part: &str, error: &'static str) -> Result<Map<String, Value>, CredentialError> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| CredentialError::NotAToken(error))?;
    serde_json::from_slice(&bytes).map_err(|_| CredentialError::NotAToken(error))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Compact, EncryptedParts, Jws};

    // {"alg":"HS256"}.{"appId":"a"}
    const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJhcHBJZCI6ImEifQ.c2ln";

    fn signed(text: &str) -> Jws {
        match Compact::decode(text) {
            Ok(Compact::Signed(jws)) => jws,
            Ok(Compact::Encrypted { .. }) => panic!("{text} is encrypted"),
            Err(error) => panic!("{text}: {error}"),
        }
    }

    #[test]
    fn wrapping_around_a_token_is_ignored() {
        for text in [
            TOKEN.to_owned(),
            format!("  {TOKEN}\n"),
            format!("auth: {TOKEN}"),
            format!("'auth: {TOKEN}'\n"),
            format!("Authorization: Bearer {TOKEN}"),
        ] {
            let jws = signed(&text);
            assert_eq!(jws.claims["appId"], "a");
            assert_eq!(jws.signature, "c2ln");
        }
    }

    #[test]
    fn an_invalid_token_is_not_repeated() {
        let encrypted = "eyJhbGciOiJIUzI1NiJ9.hunter2=.x.y.z";
        let no_json = "hunter2.hunter2.hunter2";
        for text in
            ["", "hunter2", "a.b", no_json, "eyJhbGciOiJIUzI1NiJ9.hunter2.x", "W10.W10.x", "a.b.c.d.e", encrypted]
        {
            let error = Compact::decode(text).err().unwrap_or_else(|| panic!("{text} was decoded"));
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
    }

    #[test]
    fn an_encrypted_token_has_five_parts() {
        let token = "eyJhbGciOiJSU0EtT0FFUCJ9.AAAA.AAA.AA.";
        let Ok(Compact::Encrypted { header, parts }) = Compact::decode(token) else { panic!("{token}") };
        assert_eq!(header["alg"], "RSA-OAEP");
        assert_eq!(parts, EncryptedParts { encrypted_key: 3, iv: 2, ciphertext: 1, tag: 0 });
    }

    proptest! {
        #[test]
        fn any_text_is_decoded_without_panic(text in "\\PC{0,80}", parts in "[-_.A-Za-z0-9]{0,80}") {
            let _ = Compact::decode(&text);
            let _ = Compact::decode(&parts);
        }
    }
}
