//! A token for each attempt: a new one where tokens work once, else one that is renewed in time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::{CredentialError, Minter, Token};

/// A token must last for this long when it is handed out, at most: a call's time on its way, and clocks that differ.
const MARGIN: Duration = Duration::from_secs(60);

/// Hands out tokens to any number of workers. Clones share what they hold.
#[derive(Debug, Clone)]
pub struct TokenSource {
    shared: Arc<Mutex<Supply>>,
    /// Held while the secret is read anew, which one does for all.
    rereading: Arc<Mutex<()>>,
}

#[derive(Debug)]
struct Supply {
    minter: Arc<Minter>,
    held: Option<Token>,
    /// How often the secret has been read anew, or was to be.
    rereads: u64,
}

impl TokenSource {
    /// A source that holds no token yet.
    pub fn new(minter: Minter) -> Self {
        let supply = Supply { minter: Arc::new(minter), held: None, rereads: 0 };
        Self { shared: Arc::new(Mutex::new(supply)), rereading: Arc::default() }
    }

    /// A token for one attempt at this moment: with `jti` nobody else's, else one that still lasts for a minute, or for
    /// a fifth of its life where that is shorter.
    ///
    /// # Errors
    /// As for [`Minter::mint`].
    pub fn token(&self, now: Timestamp) -> Result<Token, CredentialError> {
        let mut supply = self.supply();
        if supply.minter.mints_single_use() {
            return supply.minter.mint(now);
        }
        if let Some(token) = supply.held.as_ref().filter(|token| lasts(token, supply.minter.ttl(), now)) {
            return Ok(token.clone());
        }
        let token = supply.minter.mint(now)?;
        supply.held = Some(token.clone());
        Ok(token)
    }

    /// Drops the token that is held, so that the next one is new: for when the server refuses it before its time.
    pub fn fresh(&self) {
        self.supply().held = None;
    }

    /// How often the secret has been read anew, for [`TokenSource::reread`].
    pub fn rereads(&self) -> u64 {
        self.supply().rereads
    }

    /// Reads the secret anew, for when the server refuses a token. May take as long as the command that gives the secret.
    ///
    /// `rereads` is how often that had been done when the token was minted. Nothing is done if it has been done since: a
    /// password manager that asks its owner asks once, however many bots refuse the token.
    ///
    /// # Errors
    /// As for [`Minter::new`]; the old secret is then kept.
    pub fn reread(&self, rereads: u64) -> Result<(), CredentialError> {
        // Not under the tokens' lock: other workers go on while a password manager thinks.
        let _reading = self.rereading.lock().unwrap_or_else(PoisonError::into_inner);
        if self.rereads() != rereads {
            return Ok(());
        }
        let minter = Arc::clone(&self.supply().minter).reread();
        let mut supply = self.supply();
        supply.rereads += 1;
        supply.minter = Arc::new(minter?);
        supply.held = None;
        Ok(())
    }

    fn supply(&self) -> MutexGuard<'_, Supply> {
        // A token is replaced as a whole, so what a panicking worker left behind is sound.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lasts(token: &Token, ttl: Duration, now: Timestamp) -> bool {
    let margin = MARGIN.min(ttl / 5);
    let left = token.expires.duration_since(now);
    // A clock that was set back makes an old token look young: one issued in the future is not trusted.
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
    fn a_token_is_kept_until_a_minute_before_its_end() {
        let tokens = source(600, false);
        let issued_of = |seconds| tokens.token(at(seconds)).unwrap().claims["iat"].as_i64().unwrap();
        let first = issued_of(0);
        assert_eq!(issued_of(539), first);
        assert_eq!(issued_of(541), first + 541);
        assert_eq!(tokens.clone().token(at(542)).unwrap().claims["iat"], first + 541);
    }

    #[test]
    fn a_short_token_is_kept_for_four_fifths_of_its_life() {
        let tokens = source(10, false);
        let first = tokens.token(at(0)).unwrap().expires;
        assert_eq!(tokens.token(at(7)).unwrap().expires, first);
        assert_ne!(tokens.token(at(9)).unwrap().expires, first);
    }

    #[test]
    fn with_jti_no_token_is_handed_out_twice() {
        let tokens = source(600, true);
        let jwt = || tokens.token(at(0)).unwrap().jwt.expose_secret().to_owned();
        assert_ne!(jwt(), jwt());
    }

    #[test]
    fn a_refused_token_can_be_dropped_and_an_older_clock_drops_it_too() {
        let tokens = source(600, false);
        let first = tokens.token(at(0)).unwrap().expires;
        tokens.fresh();
        assert_ne!(tokens.token(at(1)).unwrap().expires, first);
        assert_eq!(tokens.token(at(-100)).unwrap().expires.as_second(), first.as_second() - 100);
    }

    #[test]
    fn a_rotated_secret_is_taken_up_when_it_is_read_anew_and_a_lost_one_changes_nothing() {
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
        tokens.reread(0).unwrap();
        let new = jwt();
        assert_ne!(new, old);
        std::fs::remove_file(&file).unwrap();
        assert!(tokens.reread(1).is_err());
        assert_eq!(jwt(), new);
    }

    proptest! {
        #[test]
        fn no_token_is_handed_out_near_its_end_or_before_its_issue(
            ttl in 1_u64..5_000,
            moments in prop::collection::vec(0_i64..20_000, 1..40),
        ) {
            let tokens = source(ttl, false);
            for moment in moments {
                let token = tokens.token(at(moment)).unwrap();
                let left = token.expires.duration_since(at(moment)).as_secs_f64();
                // `iat` and `exp` are whole seconds, so a new token may have a second less than its life.
                let least = (ttl as f64 / 5.0).min(60.0).min(ttl as f64 - 1.0);
                prop_assert!(left >= least, "{left} of {ttl} left");
                prop_assert!(token.claims["iat"].as_i64().unwrap() <= at(moment).as_second());
            }
        }
    }
}
