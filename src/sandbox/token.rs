//! Checking tokens by the rules in the platform's documentation.

use std::collections::HashMap;

use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Map, Value};

use super::decryption::{DecryptionError, DecryptionKey};
use super::options::SandboxCredentials;
use super::response::ApiError;

/// The longest lifetime of a token with `jti`, in seconds.
const MAX_LIFETIME_WITH_JTI: f64 = 3600.0;

/// Why a token is rejected, in the sandbox's words: the platform's messages rarely say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum TokenError {
    #[error("no auth header")]
    Missing,
    #[error("the token belongs in the auth header, not in Authorization")]
    InAuthorization,
    #[error("the auth header contains no JWT")]
    NotJwt,
    #[error("this app does not accept the token's algorithm")]
    Algorithm,
    #[error("the signature does not match this app's key")]
    Signature,
    #[error("appId is not this app's client id")]
    AppId,
    #[error("the claim appId is missing (its spelling matters)")]
    AppIdMissing,
    #[error("exp, iat and nbf must be numbers of seconds")]
    NotSeconds,
    #[error("exp is in the past")]
    Expired,
    #[error("iat is in the future")]
    IssuedInFuture,
    #[error("nbf is in the future")]
    NotYetValid,
    #[error("the claim jti is missing, and this app enforces it")]
    JtiMissing,
    #[error("jti must be a string")]
    JtiNotString,
    #[error("a token with jti must expire within an hour")]
    TooLong,
    #[error("this jti was used before")]
    Replayed,
    #[error("the token is not encrypted, and this app enforces JWE")]
    NotEncrypted,
    #[error("the encrypted token cannot be used: {0}")]
    Encryption(&'static str),
}

/// With the platform's message where it is known (wrong credentials, `jti`), else that of its other public APIs.
impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        let unauthorized = StatusCode::UNAUTHORIZED;
        let jti = |message| Self::new(unauthorized, format!("error verifying the jwt: {message}"));
        let api_error = match error {
            TokenError::Signature | TokenError::AppId | TokenError::AppIdMissing => {
                Self::with_code(unauthorized, 4002, "Invalid SDK credentials")
            }
            TokenError::JtiMissing => jti("\"jti\" claim is missing"),
            TokenError::TooLong => jti("if \"jti\" claim \"exp\" must be <= 1 hour(s)"),
            TokenError::Replayed => jti("possibly a replay"),
            _ => Self::with_code(unauthorized, 4002, "Invalid JWT token"),
        };
        Self { reason: Some(error.to_string()), ..api_error }
    }
}

impl From<DecryptionError> for TokenError {
    fn from(error: DecryptionError) -> Self {
        match error {
            DecryptionError::NotEncrypted => Self::NotEncrypted,
            DecryptionError::Unusable(why) => Self::Encryption(why),
        }
    }
}

/// The token of a request: the whole `auth` header, without a scheme.
pub(super) fn token_in(headers: &HeaderMap) -> Result<&[u8], TokenError> {
    match headers.get("auth") {
        Some(token) => Ok(token.as_bytes()),
        None if headers.contains_key("authorization") => Err(TokenError::InAuthorization),
        None => Err(TokenError::Missing),
    }
}

/// Checks the tokens of one app.
pub(super) struct TokenCheck {
    client_id: String,
    secret: DecodingKey,
    public_key: Option<DecodingKey>,
    enforce_jti: bool,
    /// If set, tokens must be encrypted for it.
    decryption_key: Option<DecryptionKey>,
}

/// A valid token with a `jti`, which is accepted only once.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OneTimeToken {
    pub(super) jti: String,
    expires: f64,
}

impl TokenCheck {
    /// # Errors
    /// If the public key is not an RSA key in PEM.
    pub(super) fn new(
        credentials: &SandboxCredentials,
        enforce_jti: bool,
        decryption_key: Option<DecryptionKey>,
    ) -> Result<Self, jsonwebtoken::errors::Error> {
        let public_key = credentials.public_key.as_ref().map(|pem| DecodingKey::from_rsa_pem(pem.as_bytes()));
        Ok(Self {
            client_id: credentials.client_id.clone(),
            secret: DecodingKey::from_secret(credentials.client_secret.as_bytes()),
            public_key: public_key.transpose()?,
            enforce_jti,
            decryption_key,
        })
    }

    /// The public key for encrypted tokens as a JWK, if they are enforced.
    pub(super) fn public_jwk(&self) -> Option<&str> {
        self.decryption_key.as_ref().map(DecryptionKey::public_jwk)
    }

    /// Checks everything except whether a `jti` was used before.
    pub(super) fn check(&self, token: &[u8], now: Timestamp) -> Result<Option<OneTimeToken>, TokenError> {
        match &self.decryption_key {
            Some(key) => self.check_signed(&key.decrypt(token)?, now),
            None => self.check_signed(token, now),
        }
    }

    fn check_signed(&self, token: &[u8], now: Timestamp) -> Result<Option<OneTimeToken>, TokenError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::NotJwt)?;
        let key = self.key(header.alg).ok_or(TokenError::Algorithm)?;
        let claims = verify_signature(token, key, header.alg)?;
        match claims.get("appId") {
            Some(Value::String(id)) if *id == self.client_id => self.check_dates(&claims, epoch_seconds(now)),
            Some(_) => Err(TokenError::AppId),
            None => Err(TokenError::AppIdMissing),
        }
    }

    /// The key for an algorithm. A public key never serves as a secret, nor a secret as a public key.
    fn key(&self, algorithm: Algorithm) -> Option<&DecodingKey> {
        match algorithm {
            Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => Some(&self.secret),
            Algorithm::RS256 | Algorithm::RS384 | Algorithm::RS512 => self.public_key.as_ref(),
            _ => None,
        }
    }

    fn check_dates(&self, claims: &Map<String, Value>, now: f64) -> Result<Option<OneTimeToken>, TokenError> {
        let expires = seconds(claims, "exp")?;
        if expires.is_some_and(|exp| exp <= now) {
            return Err(TokenError::Expired);
        }
        if seconds(claims, "iat")?.is_some_and(|iat| iat > now) {
            return Err(TokenError::IssuedInFuture);
        }
        if seconds(claims, "nbf")?.is_some_and(|nbf| nbf > now) {
            return Err(TokenError::NotYetValid);
        }
        match claims.get("jti").or_else(|| claims.get("kore_jti")) {
            None if self.enforce_jti => Err(TokenError::JtiMissing),
            None => Ok(None),
            Some(Value::String(jti)) => {
                let expires = expires.filter(|exp| exp - now <= MAX_LIFETIME_WITH_JTI).ok_or(TokenError::TooLong)?;
                Ok(Some(OneTimeToken { jti: jti.clone(), expires }))
            }
            Some(_) => Err(TokenError::JtiNotString),
        }
    }
}

/// The claims of a correctly signed token. Dates are checked later, at a given time instead of the library's clock.
fn verify_signature(token: &[u8], key: &DecodingKey, algorithm: Algorithm) -> Result<Map<String, Value>, TokenError> {
    use jsonwebtoken::errors::ErrorKind;
    let mut rules = Validation::new(algorithm);
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    rules.validate_aud = false;
    let decoded = jsonwebtoken::decode(token, key, &rules).map_err(|error| match error.kind() {
        ErrorKind::InvalidSignature => TokenError::Signature,
        _ => TokenError::NotJwt,
    })?;
    Ok(decoded.claims)
}

fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<f64>, TokenError> {
    claims.get(name).map(|date| date.as_f64().ok_or(TokenError::NotSeconds)).transpose()
}

fn epoch_seconds(time: Timestamp) -> f64 {
    time.as_millisecond() as f64 / 1000.0
}

/// When each used `jti` expires.
#[derive(Debug, Default)]
pub(super) struct UsedTokens {
    expiry: HashMap<String, f64>,
    sweep_at: usize,
}

impl UsedTokens {
    pub(super) fn use_up(&mut self, token: OneTimeToken, now: Timestamp) -> Result<(), TokenError> {
        self.sweep(now);
        match self.expiry.insert(token.jti, token.expires) {
            Some(_) => Err(TokenError::Replayed),
            None => Ok(()),
        }
    }

    /// Forgets expired tokens whenever the map has doubled since the last sweep.
    fn sweep(&mut self, now: Timestamp) {
        if self.expiry.len() < self.sweep_at {
            return;
        }
        self.expiry.retain(|_, expires| *expires > epoch_seconds(now));
        self.sweep_at = (self.expiry.len() * 2).max(1024);
    }
}

#[cfg(test)]
mod tests {
    use super::{OneTimeToken, TokenCheck, TokenError, UsedTokens, token_in};
    use crate::sandbox::SandboxCredentials;
    use axum::http::HeaderMap;
    use jiff::{Timestamp, ToSpan};
    use jsonwebtoken::{Algorithm, EncodingKey, Header};
    use serde_json::{Value, json};

    const NOW: i64 = 1_700_000_000;

    fn now() -> Timestamp {
        Timestamp::from_second(NOW).unwrap()
    }

    fn credentials() -> SandboxCredentials {
        SandboxCredentials::generate(0)
    }

    fn sign(claims: &Value, algorithm: Algorithm, secret: &str) -> String {
        let key = EncodingKey::from_secret(secret.as_bytes());
        jsonwebtoken::encode(&Header::new(algorithm), claims, &key).unwrap()
    }

    fn check(claims: &Value) -> Result<Option<OneTimeToken>, TokenError> {
        check_with(claims, false)
    }

    fn check_with(claims: &Value, enforce_jti: bool) -> Result<Option<OneTimeToken>, TokenError> {
        let token = sign(claims, Algorithm::HS256, &credentials().client_secret);
        TokenCheck::new(&credentials(), enforce_jti, None).unwrap().check(token.as_bytes(), now())
    }

    #[test]
    fn the_vendors_example_token_works_with_every_hmac() {
        let claims = json!({"sub": "1234567890", "appId": credentials().client_id});
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let token = sign(&claims, algorithm, &credentials().client_secret);
            let check = TokenCheck::new(&credentials(), false, None).unwrap();
            assert_eq!(check.check(token.as_bytes(), now()), Ok(None), "{algorithm:?}");
        }
    }

    #[test]
    fn each_invalid_claim_has_its_error() {
        let id = credentials().client_id;
        let cases = [
            (json!({"sub": "1"}), TokenError::AppIdMissing),
            (json!({"appid": id}), TokenError::AppIdMissing),
            (json!({"appId": "cs-other"}), TokenError::AppId),
            (json!({"appId": id, "exp": NOW}), TokenError::Expired),
            (json!({"appId": id, "exp": "soon"}), TokenError::NotSeconds),
            (json!({"appId": id, "iat": NOW + 1}), TokenError::IssuedInFuture),
            (json!({"appId": id, "nbf": NOW + 1}), TokenError::NotYetValid),
            (json!({"appId": id, "jti": "a"}), TokenError::TooLong),
            (json!({"appId": id, "jti": "a", "exp": NOW + 3601}), TokenError::TooLong),
            (json!({"appId": id, "jti": 1, "exp": NOW + 60}), TokenError::JtiNotString),
        ];
        for (claims, flaw) in cases {
            assert_eq!(check(&claims), Err(flaw), "{claims}");
        }
        assert_eq!(check(&json!({"appId": id, "iat": NOW, "exp": NOW + 1})), Ok(None));
    }

    #[test]
    fn only_tokens_signed_with_the_secret_are_accepted() {
        let check = TokenCheck::new(&credentials(), false, None).unwrap();
        let claims = json!({"appId": credentials().client_id});
        let stranger = sign(&claims, Algorithm::HS256, "another secret");
        assert_eq!(check.check(stranger.as_bytes(), now()), Err(TokenError::Signature));
        // {"alg":"none","typ":"JWT"}
        let unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.e30.";
        assert_eq!(check.check(unsigned.as_bytes(), now()), Err(TokenError::NotJwt));
        let bearer = format!("Bearer {}", sign(&claims, Algorithm::HS256, &credentials().client_secret));
        assert_eq!(check.check(bearer.as_bytes(), now()), Err(TokenError::NotJwt));
        assert_eq!(check.check(b"\xff", now()), Err(TokenError::NotJwt));
    }

    /// A public key, and a token signed with its private key, which was thrown away.
    const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0xcBTQi1S108alE92CFT\n\
        CiMuXWZmya6b2rC9/aICmwoXOaY/LFpnihJxhem6uIrIgORUWt7pyL/okjVXEFKn\n\
        MMMIfd4Txl40ay4i0e8+CRBfrWv1v1YWL0Ys36TqxTTUA/+2DtF6SbVvqyFYgqSH\n\
        2nmRf1+tMdI+bfAc2bGyUwVnm1hW6A0C6Z2ayb43ZNMslMuBx2baveG58xwtDM7y\n\
        9s2/QMhMBEJFgJ5g9xwrQs5OaEOeuc4AFNggpP9Wk2y43ftRcLAGAkmCnMYYU2rt\n\
        CcmDJQXaBOLO7u0fm6s72fdY0YuIjM4t0aU4t2BhgV4qM+/Otd/zdllxgy7Kp0dz\n\
        5wIDAQAB\n\
        -----END PUBLIC KEY-----";
    const SIGNED_BY_PRIVATE_KEY: &str = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.\
        eyJzdWIiOiIxIiwiYXBwSWQiOiJjcy1hMDMzOTQzZi00ZTY1LTc3ZTUtMTY2MC1mZDYxYzQzYjM3YzgifQ.\
        D5V-hKX9QyNzoQS2uHEuYWCXZWEZIIsn39nuNlarF5hEGwn1nxnQUCakB9OILVDK1DyQV8PpUPPSqm5eshNjL07LUfzfeDuDAw1A\
        2gWiJkhPVHvtnuxl2uoVG6b75wTldHcLxnzBVLjZNIh0OLPf-bUh9d1nGRXyk9SdKzzUVXVxT6G8fudbB7eNjI4-UyRvGxorRzsd\
        xFl_zSr8nXnoI6n1-Nt9uHjMbkdbTRmOQ87oURDRPAkf_1dW932wCyIaapW4P8jJhBNrtmqCp3n8bukOYh0VKinZOalQ_049WAL_\
        -bIY_ObfkgmbvW7H_I8_svY_iIGP7FpmxrJt6vLdYA";

    #[test]
    fn rsa_tokens_need_a_public_key() {
        let token = SIGNED_BY_PRIVATE_KEY.as_bytes();
        let check = TokenCheck::new(&credentials(), false, None).unwrap();
        assert_eq!(check.check(token, now()), Err(TokenError::Algorithm));

        let client_id = "cs-a033943f-4e65-77e5-1660-fd61c43b37c8".to_owned();
        let app = SandboxCredentials { client_id, public_key: Some(PUBLIC_KEY.to_owned()), ..credentials() };
        let check = TokenCheck::new(&app, false, None).unwrap();
        assert_eq!(check.check(token, now()), Ok(None));
        let forged = SIGNED_BY_PRIVATE_KEY.replace("D5V-hKX9", "D5V-hKX8");
        assert_eq!(check.check(forged.as_bytes(), now()), Err(TokenError::Signature));
    }

    #[test]
    fn a_public_key_never_serves_as_secret() {
        let app = SandboxCredentials { public_key: Some(PUBLIC_KEY.to_owned()), ..credentials() };
        let confused = sign(&json!({"appId": app.client_id}), Algorithm::HS256, PUBLIC_KEY);
        let check = TokenCheck::new(&app, false, None).unwrap();
        assert_eq!(check.check(confused.as_bytes(), now()), Err(TokenError::Signature));
    }

    #[test]
    fn an_enforced_jti_works_once() {
        let id = credentials().client_id;
        assert_eq!(check_with(&json!({"appId": id, "exp": NOW + 60}), true), Err(TokenError::JtiMissing));
        let token = check_with(&json!({"appId": id, "exp": NOW + 3600, "jti": "a"}), true).unwrap().unwrap();
        let other_name = json!({"appId": id, "exp": NOW + 3600, "kore_jti": "a"});
        assert_eq!(check_with(&other_name, true), Ok(Some(token.clone())));
        let mut used = UsedTokens::default();
        assert_eq!(used.use_up(token.clone(), now()), Ok(()));
        assert_eq!(used.use_up(token, now()), Err(TokenError::Replayed));
    }

    #[test]
    fn used_tokens_are_forgotten_when_expired() {
        let mut used = UsedTokens::default();
        let token = |n: u32, expires: i64| OneTimeToken { jti: n.to_string(), expires: expires as f64 };
        for n in 0..5000 {
            used.use_up(token(n, NOW + 60), now()).unwrap();
        }
        assert_eq!(used.use_up(token(0, NOW + 60), now()), Err(TokenError::Replayed));
        let later = now() + 2.minutes();
        for n in 5000..15_000 {
            used.use_up(token(n, NOW + 600), later).unwrap();
        }
        assert!(!used.expiry.contains_key("0"), "an expired token is still remembered");
    }

    #[test]
    fn the_token_comes_from_the_auth_header() {
        let mut headers = HeaderMap::new();
        assert_eq!(token_in(&headers), Err(TokenError::Missing));
        headers.insert("authorization", "Bearer x".parse().unwrap());
        assert_eq!(token_in(&headers), Err(TokenError::InAuthorization));
        headers.insert("auth", "x".parse().unwrap());
        assert_eq!(token_in(&headers), Ok(b"x".as_slice()));
    }
}
