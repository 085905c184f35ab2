//! A token for each attempt: always a new one if tokens are single-use, otherwise one that is renewed in time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::{CredentialError, Minter, Token};

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
    cached: Option<Token>,
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
    pub(crate) fn token(&self, now: Timestamp) -> Result<Token, CredentialError> {
        let mut supply = self.supply();
        if supply.minter.is_single_use() {
            return supply.minter.mint(now);
        }
        if let Some(token) = supply.cached.as_ref().filter(|token| is_usable(token, supply.minter.ttl(), now)) {
            return Ok(token.clone());
        }
        let token = supply.minter.mint(now)?;
        supply.cached = Some(token.clone());
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
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::TokenSource;
    use crate::credentials::Minter;
    use crate::credentials::samples::{NOW, context, credentials};
    use crate::settings::{SecretSource, SigningKey, Sourced};

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
