//! Takes a signed token apart (RFC 7515, compact serialization) without trusting any of it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::CredentialError;

pub(super) struct Jws {
    pub(super) header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
    /// What the signature covers: the first two parts, still encoded.
    pub(super) signed: String,
    pub(super) signature: String,
}

impl Jws {
    pub(super) fn decode(text: &str) -> Result<Self, CredentialError> {
        let token = unwrapped(text);
        let parts: Vec<_> = token.split('.').collect();
        let [header, claims, signature] = parts.as_slice() else {
            return Err(match parts.len() {
                5 => CredentialError::Encrypted,
                _ => CredentialError::NotAToken("it does not have three parts joined by dots"),
            });
        };
        Ok(Self {
            header: object(header, "its first part, the header, is not a JSON object in base64url")?,
            claims: object(claims, "its second part, the claims, is not a JSON object in base64url")?,
            signed: format!("{header}.{claims}"),
            signature: (*signature).to_owned(),
        })
    }
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

    use super::Jws;
    use crate::credentials::CredentialError;

    // {"alg":"HS256"}.{"appId":"a"}
    const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJhcHBJZCI6ImEifQ.c2ln";

    #[test]
    fn wrapping_around_a_token_is_ignored() {
        for text in [
            TOKEN.to_owned(),
            format!("  {TOKEN}\n"),
            format!("auth: {TOKEN}"),
            format!("'auth: {TOKEN}'\n"),
            format!("Authorization: Bearer {TOKEN}"),
        ] {
            let jws = Jws::decode(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(jws.claims["appId"], "a");
            assert_eq!(jws.signature, "c2ln");
        }
    }

    #[test]
    fn an_invalid_token_is_not_repeated() {
        for text in ["", "hunter2", "a.b", "hunter2.hunter2.hunter2", "eyJhbGciOiJIUzI1NiJ9.hunter2.x", "W10.W10.x"] {
            let error = Jws::decode(text).err().unwrap_or_else(|| panic!("{text} was decoded"));
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
        assert!(matches!(Jws::decode("a.b.c.d.e"), Err(CredentialError::Encrypted)));
    }

    proptest! {
        #[test]
        fn any_text_is_decoded_without_panic(text in "\\PC{0,80}", parts in "[-_.A-Za-z0-9]{0,80}") {
            let _ = Jws::decode(&text);
            let _ = Jws::decode(&parts);
        }
    }
}
