//! Whether a token is one that the platform would take, from what its pages say about tokens.

use std::collections::HashMap;

use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Map, Value};

use super::answer::Refusal;
use super::options::SandboxCredentials;

/// The longest life of a token with `jti`, in seconds.
const LONGEST_WITH_JTI: f64 = 3600.0;

/// Why a token is turned down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenFlaw {
    Missing,
    InAuthorization,
    Unreadable,
    Algorithm,
    Signature,
    AppId,
    AppIdMissing,
    Date,
    Expired,
    IssuedLater,
    NotYetValid,
    JtiMissing,
    JtiNotText,
    TooLong,
    Replayed,
}

impl TokenFlaw {
    /// What was seen, in the sandbox's words: the platform's leave most of it open.
    const fn reason(self) -> &'static str {
        match self {
            Self::Missing => "no auth header",
            Self::InAuthorization => "the token belongs in the header auth, not in Authorization",
            Self::Unreadable => "the auth header holds no JWT",
            Self::Algorithm => "the algorithm is not one this app takes",
            Self::Signature => "the signature is not by this app's key",
            Self::AppId => "appId is not this app's client id",
            Self::AppIdMissing => "no claim is named appId, spelt exactly so",
            Self::Date => "exp, iat and nbf are numbers of seconds",
            Self::Expired => "exp is in the past",
            Self::IssuedLater => "iat is in the future",
            Self::NotYetValid => "nbf is in the future",
            Self::JtiMissing => "no claim jti, which this app enforces",
            Self::JtiNotText => "jti is not a text",
            Self::TooLong => "with jti, exp lies more than an hour ahead",
            Self::Replayed => "this jti was used before",
        }
    }

    /// The platform's words, as far as they are known (wrong credentials, `jti`); else those of its other public APIs.
    fn refusal(self) -> Refusal {
        let unauthorized = StatusCode::UNAUTHORIZED;
        let refusal = match self {
            Self::Signature | Self::AppId | Self::AppIdMissing => {
                Refusal::coded(unauthorized, 4002, "Invalid SDK credentials")
            }
            Self::JtiMissing => Refusal::new(unauthorized, "error verifying the jwt: \"jti\" claim is missing"),
            Self::TooLong => {
                Refusal::new(unauthorized, "error verifying the jwt: if \"jti\" claim \"exp\" must be <= 1 hour(s)")
            }
            Self::Replayed => Refusal::new(unauthorized, "error verifying the jwt: possibly a replay"),
            _ => Refusal::coded(unauthorized, 4002, "Invalid JWT token"),
        };
        Refusal { reason: Some(self.reason()), ..refusal }
    }
}

impl From<TokenFlaw> for Refusal {
    fn from(flaw: TokenFlaw) -> Self {
        flaw.refusal()
    }
}

/// The token that a call carries: in `auth`, without a scheme before it.
pub(super) fn carried(headers: &HeaderMap) -> Result<&[u8], TokenFlaw> {
    match headers.get("auth") {
        Some(token) => Ok(token.as_bytes()),
        None if headers.contains_key("authorization") => Err(TokenFlaw::InAuthorization),
        None => Err(TokenFlaw::Missing),
    }
}

/// What one app takes as a token.
pub(super) struct TokenCheck {
    client_id: String,
    secret: DecodingKey,
    public: Option<DecodingKey>,
    enforce_jti: bool,
}

/// The `jti` of a good token, to be used up, and when the token ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OneTime {
    pub(super) jti: String,
    expires: f64,
}

impl TokenCheck {
    /// # Errors
    /// When the public key is no RSA key in PEM.
    pub(super) fn new(
        credentials: &SandboxCredentials,
        enforce_jti: bool,
    ) -> Result<Self, jsonwebtoken::errors::Error> {
        let public = credentials.public_key.as_ref().map(|pem| DecodingKey::from_rsa_pem(pem.as_bytes()));
        Ok(Self {
            client_id: credentials.client_id.clone(),
            secret: DecodingKey::from_secret(credentials.client_secret.as_bytes()),
            public: public.transpose()?,
            enforce_jti,
        })
    }

    /// Checks a token at this moment, all but whether its `jti` is new.
    pub(super) fn check(&self, token: &[u8], now: Timestamp) -> Result<Option<OneTime>, TokenFlaw> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenFlaw::Unreadable)?;
        let key = self.key(header.alg).ok_or(TokenFlaw::Algorithm)?;
        let claims = verified(token, key, header.alg)?;
        match claims.get("appId") {
            Some(Value::String(id)) if *id == self.client_id => {}
            Some(_) => return Err(TokenFlaw::AppId),
            None => return Err(TokenFlaw::AppIdMissing),
        }
        self.check_dates(&claims, now)
    }

    /// The key for an algorithm. A public key never serves as a secret, nor the other way round.
    fn key(&self, algorithm: Algorithm) -> Option<&DecodingKey> {
        match algorithm {
            Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => Some(&self.secret),
            Algorithm::RS256 | Algorithm::RS384 | Algorithm::RS512 => self.public.as_ref(),
            _ => None,
        }
    }

    fn check_dates(&self, claims: &Map<String, Value>, now: Timestamp) -> Result<Option<OneTime>, TokenFlaw> {
        let now = now.as_millisecond() as f64 / 1000.0;
        let expires = seconds(claims, "exp")?;
        if expires.is_some_and(|exp| exp <= now) {
            return Err(TokenFlaw::Expired);
        }
        if seconds(claims, "iat")?.is_some_and(|iat| iat > now) {
            return Err(TokenFlaw::IssuedLater);
        }
        if seconds(claims, "nbf")?.is_some_and(|nbf| nbf > now) {
            return Err(TokenFlaw::NotYetValid);
        }
        match claims.get("jti") {
            None if self.enforce_jti => Err(TokenFlaw::JtiMissing),
            None => Ok(None),
            Some(Value::String(jti)) => match expires {
                Some(expires) if expires - now <= LONGEST_WITH_JTI => Ok(Some(OneTime { jti: jti.clone(), expires })),
                _ => Err(TokenFlaw::TooLong),
            },
            Some(_) => Err(TokenFlaw::JtiNotText),
        }
    }
}

/// The claims, once the signature is right. Dates are checked here and not by the library, at a moment that is given.
fn verified(token: &[u8], key: &DecodingKey, algorithm: Algorithm) -> Result<Map<String, Value>, TokenFlaw> {
    use jsonwebtoken::errors::ErrorKind;
    let mut rules = Validation::new(algorithm);
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    rules.validate_aud = false;
    let decoded = jsonwebtoken::decode(token, key, &rules).map_err(|error| match error.kind() {
        ErrorKind::InvalidSignature => TokenFlaw::Signature,
        _ => TokenFlaw::Unreadable,
    })?;
    Ok(decoded.claims)
}

fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<f64>, TokenFlaw> {
    claims.get(name).map(|date| date.as_f64().ok_or(TokenFlaw::Date)).transpose()
}

/// The `jti`s that were used by tokens which haven't ended yet.
#[derive(Debug, Default)]
pub(super) struct UsedTokens {
    ends: HashMap<String, f64>,
    sweep_at: usize,
}

impl UsedTokens {
    /// Uses the token up.
    pub(super) fn take(&mut self, token: OneTime, now: Timestamp) -> Result<(), TokenFlaw> {
        self.sweep(now);
        match self.ends.insert(token.jti, token.expires) {
            Some(_) => Err(TokenFlaw::Replayed),
            None => Ok(()),
        }
    }

    /// Forgets the tokens that have ended, whenever there are twice as many as were left the last time.
    fn sweep(&mut self, now: Timestamp) {
        if self.ends.len() < self.sweep_at {
            return;
        }
        let now = now.as_millisecond() as f64 / 1000.0;
        self.ends.retain(|_, expires| *expires > now);
        self.sweep_at = (self.ends.len() * 2).max(1024);
    }
}

#[cfg(test)]
mod tests {
    use super::{OneTime, TokenCheck, TokenFlaw, UsedTokens, carried};
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
        SandboxCredentials::invented(0)
    }

    fn sign(claims: &Value, algorithm: Algorithm, secret: &str) -> String {
        let key = EncodingKey::from_secret(secret.as_bytes());
        jsonwebtoken::encode(&Header::new(algorithm), claims, &key).unwrap()
    }

    fn check(claims: &Value) -> Result<Option<OneTime>, TokenFlaw> {
        check_with(claims, false)
    }

    fn check_with(claims: &Value, enforce_jti: bool) -> Result<Option<OneTime>, TokenFlaw> {
        let token = sign(claims, Algorithm::HS256, &credentials().client_secret);
        TokenCheck::new(&credentials(), enforce_jti).unwrap().check(token.as_bytes(), now())
    }

    #[test]
    fn the_vendors_walkthrough_token_is_taken_with_each_hmac() {
        let claims = json!({"sub": "1234567890", "appId": credentials().client_id});
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let token = sign(&claims, algorithm, &credentials().client_secret);
            let check = TokenCheck::new(&credentials(), false).unwrap();
            assert_eq!(check.check(token.as_bytes(), now()), Ok(None), "{algorithm:?}");
        }
    }

    #[test]
    fn a_flawed_token_is_turned_down_for_its_flaw() {
        let id = credentials().client_id;
        let cases = [
            (json!({"sub": "1"}), TokenFlaw::AppIdMissing),
            (json!({"appid": id}), TokenFlaw::AppIdMissing),
            (json!({"appId": "cs-other"}), TokenFlaw::AppId),
            (json!({"appId": id, "exp": NOW}), TokenFlaw::Expired),
            (json!({"appId": id, "exp": "soon"}), TokenFlaw::Date),
            (json!({"appId": id, "iat": NOW + 1}), TokenFlaw::IssuedLater),
            (json!({"appId": id, "nbf": NOW + 1}), TokenFlaw::NotYetValid),
            (json!({"appId": id, "jti": "a"}), TokenFlaw::TooLong),
            (json!({"appId": id, "jti": "a", "exp": NOW + 3601}), TokenFlaw::TooLong),
            (json!({"appId": id, "jti": 1, "exp": NOW + 60}), TokenFlaw::JtiNotText),
        ];
        for (claims, flaw) in cases {
            assert_eq!(check(&claims), Err(flaw), "{claims}");
        }
        assert_eq!(check(&json!({"appId": id, "iat": NOW, "exp": NOW + 1})), Ok(None));
    }

    #[test]
    fn another_secret_an_unsigned_token_and_no_token_at_all_are_turned_down() {
        let check = TokenCheck::new(&credentials(), false).unwrap();
        let claims = json!({"appId": credentials().client_id});
        let stranger = sign(&claims, Algorithm::HS256, "another secret");
        assert_eq!(check.check(stranger.as_bytes(), now()), Err(TokenFlaw::Signature));
        // {"alg":"none","typ":"JWT"}
        let unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.e30.";
        assert_eq!(check.check(unsigned.as_bytes(), now()), Err(TokenFlaw::Unreadable));
        let bearer = format!("Bearer {}", sign(&claims, Algorithm::HS256, &credentials().client_secret));
        assert_eq!(check.check(bearer.as_bytes(), now()), Err(TokenFlaw::Unreadable));
        assert_eq!(check.check(b"\xff", now()), Err(TokenFlaw::Unreadable));
    }

    /// A key pair's public half, and a token signed with the other half, which was thrown away.
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
    fn a_public_key_algorithm_needs_a_public_key() {
        let token = SIGNED_BY_PRIVATE_KEY.as_bytes();
        let check = TokenCheck::new(&credentials(), false).unwrap();
        assert_eq!(check.check(token, now()), Err(TokenFlaw::Algorithm));

        let client_id = "cs-a033943f-4e65-77e5-1660-fd61c43b37c8".to_owned();
        let app = SandboxCredentials { client_id, public_key: Some(PUBLIC_KEY.to_owned()), ..credentials() };
        let check = TokenCheck::new(&app, false).unwrap();
        assert_eq!(check.check(token, now()), Ok(None));
        let forged = SIGNED_BY_PRIVATE_KEY.replace("D5V-hKX9", "D5V-hKX8");
        assert_eq!(check.check(forged.as_bytes(), now()), Err(TokenFlaw::Signature));
    }

    #[test]
    fn a_public_key_is_never_taken_as_a_secret() {
        let app = SandboxCredentials { public_key: Some(PUBLIC_KEY.to_owned()), ..credentials() };
        let confused = sign(&json!({"appId": app.client_id}), Algorithm::HS256, PUBLIC_KEY);
        let check = TokenCheck::new(&app, false).unwrap();
        assert_eq!(check.check(confused.as_bytes(), now()), Err(TokenFlaw::Signature));
    }

    #[test]
    fn an_app_that_enforces_jti_takes_each_once_and_for_an_hour_at_most() {
        let id = credentials().client_id;
        assert_eq!(check_with(&json!({"appId": id, "exp": NOW + 60}), true), Err(TokenFlaw::JtiMissing));
        let token = check_with(&json!({"appId": id, "exp": NOW + 3600, "jti": "a"}), true).unwrap().unwrap();
        let mut used = UsedTokens::default();
        assert_eq!(used.take(token.clone(), now()), Ok(()));
        assert_eq!(used.take(token, now()), Err(TokenFlaw::Replayed));
    }

    #[test]
    fn used_tokens_are_forgotten_once_they_have_ended_and_not_before() {
        let mut used = UsedTokens::default();
        let token = |n: u32, expires: i64| OneTime { jti: n.to_string(), expires: expires as f64 };
        for n in 0..5000 {
            used.take(token(n, NOW + 60), now()).unwrap();
        }
        assert_eq!(used.take(token(0, NOW + 60), now()), Err(TokenFlaw::Replayed));
        let later = now() + 2.minutes();
        for n in 5000..15_000 {
            used.take(token(n, NOW + 600), later).unwrap();
        }
        assert!(!used.ends.contains_key("0"), "an ended token is still remembered");
    }

    #[test]
    fn the_token_is_looked_for_in_auth_alone() {
        let mut headers = HeaderMap::new();
        assert_eq!(carried(&headers), Err(TokenFlaw::Missing));
        headers.insert("authorization", "Bearer x".parse().unwrap());
        assert_eq!(carried(&headers), Err(TokenFlaw::InAuthorization));
        headers.insert("auth", "x".parse().unwrap());
        assert_eq!(carried(&headers), Ok(b"x".as_slice()));
    }
}
