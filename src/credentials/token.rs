//! Mints the JWT that the API's `auth` header carries, and hands out one for each attempt: always a new one if tokens are
//! single-use, otherwise one that is renewed in time.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{EncodingKey, Header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::CredentialError;
use super::hidden::Hidden;
use super::jwe::Encrypter;
use super::secret::read_file;
use crate::settings::{Algorithm, Context, CredentialSettings, SigningKey};

/// A signed token, encrypted if the settings say so.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) jwt: SecretString,
    /// The token, what is encrypted in it, and the secret.
    pub(crate) hidden: Hidden,
    /// In the order of the JWT.
    pub(crate) claims: Map<String, Value>,
    pub(crate) expires: Timestamp,
}

/// Shows the expiry only, neither the token nor its claims.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// Mints tokens. Reads the secret when it is created, and again only in [`Minter::reload`].
pub(crate) struct Minter {
    key: EncodingKey,
    /// The secret, and the one before it. A server knows both.
    secrets: Vec<SecretString>,
    encrypter: Option<Encrypter>,
    settings: CredentialSettings,
    context: Context,
}

impl fmt::Debug for Minter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Minter").field("algorithm", &self.settings.algorithm.value).finish_non_exhaustive()
    }
}

impl Minter {
    /// Reads the secret or the private key, and the public key for encrypted tokens, and tests them.
    ///
    /// # Errors
    /// If one of them cannot be read or used.
    pub(crate) fn new(settings: CredentialSettings, context: &Context) -> Result<Self, CredentialError> {
        let algorithm = settings.algorithm.value;
        let (key, secret) = encoding_key(&settings.key, algorithm, context)?;
        let secrets = secret.into_iter().collect();
        let encrypter = settings.jwe.as_ref().map(Encrypter::new).transpose()?;
        Ok(Self { key, secrets, encrypter, settings, context: context.clone() })
    }

    /// The same minter with the secret read again: it may have been rotated during a run that takes days.
    ///
    /// # Errors
    /// As for [`Minter::new`].
    pub(crate) fn reload(&self) -> Result<Self, CredentialError> {
        let mut reloaded = Self::new(self.settings.clone(), &self.context)?;
        let is_current = |secret: &&SecretString| {
            reloaded.secrets.first().is_some_and(|current| current.expose_secret() == secret.expose_secret())
        };
        let before = self.secrets.iter().find(|secret| !is_current(secret)).cloned();
        reloaded.secrets.extend(before);
        Ok(reloaded)
    }

    /// Whether each token works only once, because it has a `jti`.
    pub(crate) fn is_single_use(&self) -> bool {
        self.settings.jti.value
    }

    pub(crate) fn ttl(&self) -> Duration {
        self.settings.token_ttl.value
    }

    /// Mints a token with `sub`, `appId`, `iat`, `exp`, then `jti` if enabled, then the configured claims.
    ///
    /// # Errors
    /// If the expiry cannot be represented, or the crypto library cannot sign or encrypt.
    pub(crate) fn mint(&self, now: Timestamp) -> Result<Token, CredentialError> {
        let issued = now.as_second();
        let expires = expiry(issued, self.ttl())?;
        let claims = self.claims(issued, expires);
        let algorithm = self.settings.algorithm.value;
        let signed = jsonwebtoken::encode(&Header::new(wire_algorithm(algorithm)), &claims, &self.key)
            .map_err(|error| CredentialError::Signing { algorithm, reason: error.to_string() })?;
        let signed = SecretString::from(signed);
        let (jwt, hidden) = match &self.encrypter {
            Some(encrypter) => {
                let jwt = encrypter.encrypt(signed.expose_secret())?;
                let both = format!("{}\0{}", jwt.expose_secret(), signed.expose_secret());
                (jwt, both.into())
            }
            None => (signed.clone(), signed),
        };
        Ok(Token { jwt, hidden: Hidden::new(hidden, self.secrets.clone()), claims, expires })
    }

    fn claims(&self, issued: i64, expires: Timestamp) -> Map<String, Value> {
        let settings = &self.settings;
        let mut claims = Map::new();
        claims.insert(settings.claim_name("sub"), settings.subject.value.as_str().into());
        claims.insert("appId".to_owned(), settings.client_id.value.as_str().into());
        claims.insert("iat".to_owned(), issued.into());
        claims.insert("exp".to_owned(), expires.as_second().into());
        if settings.jti.value {
            claims.insert(settings.claim_name("jti"), Uuid::new_v4().to_string().into());
        }
        claims.extend(settings.claims.iter().map(|(name, claim)| (settings.claim_name(name), claim.value.clone())));
        claims
    }
}

fn expiry(issued: i64, ttl: Duration) -> Result<Timestamp, CredentialError> {
    let too_late = |_| CredentialError::ExpiresTooLate(ttl);
    let ttl = SignedDuration::try_from(ttl).map_err(too_late)?;
    Timestamp::from_second(issued)
        .and_then(|issued| issued.checked_add(SignedDuration::from_secs(ttl.as_secs())))
        .map_err(too_late)
}

/// The signing key, tested once so that a bad one is reported before the first request, and the secret that it is made of.
pub(super) fn encoding_key(
    key: &SigningKey,
    algorithm: Algorithm,
    context: &Context,
) -> Result<(EncodingKey, Option<SecretString>), CredentialError> {
    match key {
        SigningKey::Secret(secret) => {
            let secret = secret.value.read(context)?;
            Ok((EncodingKey::from_secret(secret.expose_secret().as_bytes()), Some(secret)))
        }
        SigningKey::PrivateKey(path) => {
            let path = &path.value;
            let pem = read_file("the private key", path)?;
            let unusable = |reason: jsonwebtoken::errors::Error| CredentialError::PrivateKey {
                path: path.clone(),
                algorithm,
                reason: reason.to_string(),
            };
            let key = EncodingKey::from_rsa_pem(&pem).map_err(unusable)?;
            jsonwebtoken::crypto::sign(b"test", &key, wire_algorithm(algorithm)).map_err(unusable)?;
            Ok((key, None))
        }
    }
}

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

/// How long a token must still be valid when it is handed out: enough for the request and for clocks that differ.
const MARGIN: Duration = Duration::from_secs(60);

/// Hands out tokens to any number of workers. Clones share their state.
#[derive(Debug, Clone)]
pub(crate) struct TokenSource {
    shared: Arc<Mutex<Supply>>,
    /// Held while one worker reloads the secret for all.
    reloading: Arc<Mutex<()>>,
}

#[derive(Debug)]
struct Supply {
    minter: Arc<Minter>,
    cached: Option<Arc<Token>>,
    /// How many times a reload of the secret was tried.
    secret_version: u64,
}

impl TokenSource {
    pub(crate) fn new(minter: Minter) -> Self {
        let supply = Supply { minter: Arc::new(minter), cached: None, secret_version: 0 };
        Self { shared: Arc::new(Mutex::new(supply)), reloading: Arc::default() }
    }

    /// A token for one attempt at this moment: with `jti` one that nobody else gets, otherwise one that is valid for
    /// another minute, or for another fifth of its lifetime if that is shorter.
    ///
    /// # Errors
    /// As for [`Minter::mint`].
    pub(crate) fn token(&self, now: Timestamp) -> Result<Arc<Token>, CredentialError> {
        let mut supply = self.supply();
        if supply.minter.is_single_use() {
            return supply.minter.mint(now).map(Arc::new);
        }
        if let Some(token) = supply.cached.as_ref().filter(|token| is_usable(token, supply.minter.ttl(), now)) {
            return Ok(Arc::clone(token));
        }
        let token = Arc::new(supply.minter.mint(now)?);
        supply.cached = Some(Arc::clone(&token));
        Ok(token)
    }

    /// Discards the cached token, because the server rejected it.
    pub(crate) fn discard(&self) {
        self.supply().cached = None;
    }

    /// For [`TokenSource::reload_secret`].
    pub(crate) fn secret_version(&self) -> u64 {
        self.supply().secret_version
    }

    /// Reads the secret again, because the server rejected a token. May take as long as the command that prints the secret.
    ///
    /// `version` is the version the token was minted with. Does nothing if the secret was reloaded since: a password
    /// manager that prompts its owner prompts once, however many bots reject the token.
    ///
    /// # Errors
    /// As for [`Minter::new`]; the old secret is then kept.
    pub(crate) fn reload_secret(&self, version: u64) -> Result<(), CredentialError> {
        // Not under the tokens' lock: other workers continue while the password manager takes its time.
        let _reloading = self.reloading.lock().unwrap_or_else(PoisonError::into_inner);
        if self.secret_version() != version {
            return Ok(());
        }
        let minter = Arc::clone(&self.supply().minter).reload();
        let mut supply = self.supply();
        supply.secret_version += 1;
        supply.minter = Arc::new(minter?);
        supply.cached = None;
        Ok(())
    }

    fn supply(&self) -> MutexGuard<'_, Supply> {
        // A token is replaced as a whole, so the state is sound even after a worker panicked.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_usable(token: &Token, ttl: Duration, now: Timestamp) -> bool {
    let margin = MARGIN.min(ttl / 5);
    let left = token.expires.duration_since(now);
    // After the clock was set back, a token from the future seems to live longer than its lifetime: it is not trusted.
    Duration::try_from(left).is_ok_and(|left| left >= margin && left <= ttl)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::{SignedDuration, Timestamp};
    use jsonwebtoken::{DecodingKey, Validation, decode};
    use proptest::prelude::*;
    use secrecy::ExposeSecret;
    use serde_json::{Map, Value, json};

    use super::{Minter, Token, TokenSource, wire_algorithm};
    use crate::credentials::CredentialError;
    use crate::credentials::samples::{NOW, RsaKey, SECRET, context, credentials};
    use crate::settings::{Algorithm, SecretSource, SigningKey, Source, Sourced};

    /// The claims as another library reads them, with the signature checked.
    fn verified(token: &Token, key: &DecodingKey, algorithm: Algorithm) -> Map<String, Value> {
        let mut validation = Validation::new(wire_algorithm(algorithm));
        (validation.validate_exp, validation.validate_aud) = (false, false);
        decode(token.jwt.expose_secret(), key, &validation).unwrap().claims
    }

    fn now() -> Timestamp {
        NOW.parse().unwrap()
    }

    #[test]
    fn a_token_has_the_four_standard_claims() {
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
    fn configured_claims_come_last_in_order() {
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
    fn a_public_key_verifies_its_private_keys_token() {
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
    fn an_unusable_private_key_is_rejected_early() {
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
    fn a_lifetime_beyond_all_dates_is_an_error() {
        let mut settings = credentials();
        settings.token_ttl.value = Duration::from_secs(u64::MAX / 4);
        let error = Minter::new(settings, &context()).unwrap().mint(now()).unwrap_err();
        assert!(matches!(error, CredentialError::ExpiresTooLate(_)), "{error}");
    }

    #[test]
    fn debug_output_contains_no_secret() {
        let minter = Minter::new(credentials(), &context()).unwrap();
        let token = minter.mint(now()).unwrap();
        let shown = format!("{minter:?} {token:?} {:?}", credentials());
        assert!(!shown.contains(SECRET) && !shown.contains(token.jwt.expose_secret()), "{shown}");
    }

    fn source(ttl: u64, jti: bool) -> TokenSource {
        let mut settings = credentials();
        settings.token_ttl.value = Duration::from_secs(ttl);
        settings.jti.value = jti;
        TokenSource::new(Minter::new(settings, &context()).unwrap())
    }

    fn at(seconds: i64) -> Timestamp {
        NOW.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn a_token_is_reused_until_its_last_minute() {
        let tokens = source(600, false);
        let issued_of = |seconds| tokens.token(at(seconds)).unwrap().claims["iat"].as_i64().unwrap();
        let first = issued_of(0);
        assert_eq!(issued_of(539), first);
        assert_eq!(issued_of(541), first + 541);
        assert_eq!(tokens.clone().token(at(542)).unwrap().claims["iat"], first + 541);
    }

    #[test]
    fn a_short_token_is_reused_for_four_fifths() {
        let tokens = source(10, false);
        let first = tokens.token(at(0)).unwrap().expires;
        assert_eq!(tokens.token(at(7)).unwrap().expires, first);
        assert_ne!(tokens.token(at(9)).unwrap().expires, first);
    }

    #[test]
    fn with_jti_every_token_is_new() {
        let tokens = source(600, true);
        let jwt = || tokens.token(at(0)).unwrap().jwt.expose_secret().to_owned();
        assert_ne!(jwt(), jwt());
    }

    #[test]
    fn a_discarded_or_future_token_is_replaced() {
        let tokens = source(600, false);
        let first = tokens.token(at(0)).unwrap().expires;
        tokens.discard();
        assert_ne!(tokens.token(at(1)).unwrap().expires, first);
        assert_eq!(tokens.token(at(-100)).unwrap().expires.as_second(), first.as_second() - 100);
    }

    #[test]
    fn a_reload_takes_a_rotated_secret() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("secret");
        std::fs::write(&file, "the old one").unwrap();
        let mut settings = credentials();
        settings.key = SigningKey::Secret(Sourced::default_of(SecretSource::File(file.clone())));
        let tokens = TokenSource::new(Minter::new(settings, &context()).unwrap());
        let jwt = || tokens.token(at(0)).unwrap().jwt.expose_secret().to_owned();
        let old = jwt();
        std::fs::write(&file, "the new one").unwrap();
        assert_eq!(jwt(), old);
        tokens.reload_secret(0).unwrap();
        let new = jwt();
        assert_ne!(new, old);
        std::fs::remove_file(&file).unwrap();
        assert!(tokens.reload_secret(1).is_err());
        assert_eq!(jwt(), new);
    }

    proptest! {
        #[test]
        fn tokens_have_time_left_and_were_issued(
            ttl in 1_u64..5_000,
            moments in prop::collection::vec(0_i64..20_000, 1..40),
        ) {
            let tokens = source(ttl, false);
            for moment in moments {
                let token = tokens.token(at(moment)).unwrap();
                let left = token.expires.duration_since(at(moment)).as_secs_f64();
                // `iat` and `exp` are whole seconds, so a new token may have a second less than its lifetime.
                let least = (ttl as f64 / 5.0).min(60.0).min(ttl as f64 - 1.0);
                prop_assert!(left >= least, "{left} of {ttl} left");
                prop_assert!(token.claims["iat"].as_i64().unwrap() <= at(moment).as_second());
            }
        }
    }
}
