//! Claims and their signature: the JWT that the API's `auth` header carries.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{EncodingKey, Header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{CredentialError, read};
use crate::settings::{Algorithm, Context, CredentialSettings, SigningKey};

/// A signed token.
#[derive(Clone)]
pub struct Token {
    /// The token itself, for the `auth` header.
    pub jwt: SecretString,
    /// What it claims, in the order in which it does.
    pub claims: Map<String, Value>,
    /// When it ends; the `exp` claim.
    pub expires: Timestamp,
}

/// Only when it ends: neither the token nor what it claims.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// Makes tokens. The secret is read when it is built, and again only by [`Minter::reread`].
pub struct Minter {
    key: EncodingKey,
    settings: CredentialSettings,
    context: Context,
}

impl fmt::Debug for Minter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Minter").field("algorithm", &self.settings.algorithm.value).finish_non_exhaustive()
    }
}

impl Minter {
    /// Reads the secret or the private key, and tries it.
    ///
    /// # Errors
    /// When it can't be read, or can't sign.
    pub fn new(settings: CredentialSettings, context: &Context) -> Result<Self, CredentialError> {
        let algorithm = settings.algorithm.value;
        let key = encoding_key(&settings.key, algorithm, context)?;
        Ok(Self { key, settings, context: context.clone() })
    }

    /// The same, with the secret read anew: it may have been rotated while a run of days goes on.
    ///
    /// # Errors
    /// As for [`Minter::new`].
    pub fn reread(&self) -> Result<Self, CredentialError> {
        Self::new(self.settings.clone(), &self.context)
    }

    /// Whether each token works once only, because it carries a `jti`.
    pub fn mints_single_use(&self) -> bool {
        self.settings.jti.value
    }

    /// How long each token lives.
    pub fn ttl(&self) -> std::time::Duration {
        self.settings.token_ttl.value
    }

    /// Makes a token: `sub`, `appId`, `iat`, `exp`, then `jti` where it is on, then the further claims.
    ///
    /// # Errors
    /// When the token would end past the last moment that can be written, or the crypto library refuses.
    pub fn mint(&self, now: Timestamp) -> Result<Token, CredentialError> {
        let settings = &self.settings;
        let issued = now.as_second();
        let expires = end_of_life(issued, self.ttl())?;
        let mut claims = Map::new();
        claims.insert("sub".to_owned(), settings.subject.value.as_str().into());
        claims.insert("appId".to_owned(), settings.client_id.value.as_str().into());
        claims.insert("iat".to_owned(), issued.into());
        claims.insert("exp".to_owned(), expires.as_second().into());
        if settings.jti.value {
            claims.insert("jti".to_owned(), Uuid::new_v4().to_string().into());
        }
        claims.extend(settings.claims.iter().map(|(name, claim)| (name.clone(), claim.value.clone())));
        let algorithm = settings.algorithm.value;
        let jwt = jsonwebtoken::encode(&Header::new(wire_algorithm(algorithm)), &claims, &self.key)
            .map_err(|error| CredentialError::Signing { algorithm, reason: error.to_string() })?;
        Ok(Token { jwt: jwt.into(), claims, expires })
    }
}

fn end_of_life(issued: i64, ttl: std::time::Duration) -> Result<Timestamp, CredentialError> {
    let too_late = |_| CredentialError::EndsTooLate(ttl);
    let ttl = SignedDuration::try_from(ttl).map_err(too_late)?;
    Timestamp::from_second(issued)
        .and_then(|issued| issued.checked_add(SignedDuration::from_secs(ttl.as_secs())))
        .map_err(too_late)
}

/// The key that signs, tried once so that a bad one shows before the first call.
pub(super) fn encoding_key(
    key: &SigningKey,
    algorithm: Algorithm,
    context: &Context,
) -> Result<EncodingKey, CredentialError> {
    match key {
        SigningKey::Secret(secret) => {
            Ok(EncodingKey::from_secret(secret.value.read(context)?.expose_secret().as_bytes()))
        }
        SigningKey::PrivateKey(path) => {
            let path = &path.value;
            let pem = read::file("the private key", path)?;
            let unfit = |reason: jsonwebtoken::errors::Error| CredentialError::PrivateKey {
                path: path.clone(),
                algorithm,
                reason: reason.to_string(),
            };
            let key = EncodingKey::from_rsa_pem(&pem).map_err(unfit)?;
            jsonwebtoken::crypto::sign(b"a try", &key, wire_algorithm(algorithm)).map_err(unfit)?;
            Ok(key)
        }
    }
}

/// The crypto library's name of the algorithm.
pub(super) fn wire_algorithm(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    match algorithm {
        Algorithm::Hs256 => jsonwebtoken::Algorithm::HS256,
        Algorithm::Hs384 => jsonwebtoken::Algorithm::HS384,
        Algorithm::Hs512 => jsonwebtoken::Algorithm::HS512,
        Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
        Algorithm::Rs384 => jsonwebtoken::Algorithm::RS384,
        Algorithm::Rs512 => jsonwebtoken::Algorithm::RS512,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;
    use jsonwebtoken::{DecodingKey, Validation, decode};
    use secrecy::ExposeSecret;
    use serde_json::{Map, Value, json};

    use super::{Minter, Token, wire_algorithm};
    use crate::credentials::CredentialError;
    use crate::credentials::samples::{NOW, RsaKey, SECRET, context, credentials};
    use crate::settings::{Algorithm, SigningKey, Source, Sourced};

    /// What another reader makes of a token, its signature checked.
    fn verified(token: &Token, key: &DecodingKey, algorithm: Algorithm) -> Map<String, Value> {
        let mut validation = Validation::new(wire_algorithm(algorithm));
        (validation.validate_exp, validation.validate_aud) = (false, false);
        decode(token.jwt.expose_secret(), key, &validation).unwrap().claims
    }

    fn now() -> Timestamp {
        NOW.parse().unwrap()
    }

    #[test]
    fn a_token_claims_who_for_which_app_and_from_when_to_when() {
        for algorithm in [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512] {
            let mut settings = credentials();
            settings.algorithm.value = algorithm;
            let token = Minter::new(settings, &context()).unwrap().mint(now()).unwrap();
            let claims = verified(&token, &DecodingKey::from_secret(SECRET.as_bytes()), algorithm);
            let issued = now().as_second();
            assert_eq!(
                Value::Object(claims),
                json!({"sub": "kore-feedback", "appId": "cs-1", "iat": issued, "exp": issued + 600})
            );
            assert_eq!(token.expires.as_second(), issued + 600);
        }
    }

    #[test]
    fn claims_stand_in_their_order_with_further_ones_last() {
        let mut settings = credentials();
        settings.jti.value = true;
        settings.claims = ["zeta", "aud"].map(|name| (name.to_owned(), Sourced::default_of(json!([name])))).into();
        let token = Minter::new(settings, &context()).unwrap().mint(now()).unwrap();
        let claims = verified(&token, &DecodingKey::from_secret(SECRET.as_bytes()), Algorithm::Hs256);
        assert_eq!(claims.keys().collect::<Vec<_>>(), ["sub", "appId", "iat", "exp", "jti", "zeta", "aud"]);
        assert_eq!(claims, token.claims);
    }

    #[test]
    fn every_jti_is_new() {
        let mut settings = credentials();
        settings.jti.value = true;
        let minter = Minter::new(settings, &context()).unwrap();
        let jti = || minter.mint(now()).unwrap().claims["jti"].clone();
        assert_ne!(jti(), jti());
    }

    #[test]
    fn a_private_key_signs_what_its_public_half_verifies() {
        let key = RsaKey::generate();
        for algorithm in [Algorithm::Rs256, Algorithm::Rs512] {
            let mut settings = credentials();
            settings.algorithm.value = algorithm;
            settings.key = key.signing_key();
            let token = Minter::new(settings, &context()).unwrap().mint(now()).unwrap();
            let claims = verified(&token, &DecodingKey::from_rsa_der(&key.public), algorithm);
            assert_eq!(claims["appId"], "cs-1");
        }
    }

    #[test]
    fn a_key_that_can_not_sign_is_refused_before_anything_is_signed() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "-----BEGIN PRIVATE KEY-----\naHVudGVyMg==\n-----END PRIVATE KEY-----\n").unwrap();
        let mut settings = credentials();
        settings.algorithm.value = Algorithm::Rs256;
        settings.key = SigningKey::PrivateKey(Sourced::new(file.path().into(), Source::Default));
        let error = Minter::new(settings, &context()).unwrap_err();
        assert!(matches!(error, CredentialError::PrivateKey { .. }), "{error}");
        assert!(!format!("{error:?}").contains("aHVudGVyMg"));
    }

    #[test]
    fn a_token_can_not_outlive_time() {
        let mut settings = credentials();
        settings.token_ttl.value = Duration::from_secs(u64::MAX / 4);
        let error = Minter::new(settings, &context()).unwrap().mint(now()).unwrap_err();
        assert!(matches!(error, CredentialError::EndsTooLate(_)), "{error}");
    }

    #[test]
    fn neither_tokens_nor_minters_show_what_they_hold() {
        let minter = Minter::new(credentials(), &context()).unwrap();
        let token = minter.mint(now()).unwrap();
        let shown = format!("{minter:?} {token:?} {:?}", credentials());
        assert!(!shown.contains(SECRET) && !shown.contains(token.jwt.expose_secret()), "{shown}");
    }
}
