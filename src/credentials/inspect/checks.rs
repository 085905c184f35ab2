//! Everything the platform would reject in a token.

use jiff::Timestamp;
use serde_json::Value;

use super::{Inspection, Refusal, RefusalKind, Signature, time_between};
use crate::settings::{Algorithm, MAX_JTI_TTL};
use crate::text::{excerpt, quoted};

/// A larger date (after the year 5138) must be in milliseconds.
const SURELY_MILLISECONDS: i64 = 100_000_000_000;
pub(super) const SHOWN: usize = 80;

impl Inspection {
    pub(super) fn refuse(&mut self, kind: RefusalKind, message: impl Into<String>) {
        self.refusals.push(Refusal { kind, message: message.into() });
    }

    pub(super) fn check_algorithm(&mut self, algorithm: Option<Algorithm>) {
        match algorithm {
            Some(Algorithm::Hs256) => {}
            Some(listed) if listed.is_listed() => {
                self.notes.push(format!("apps for API scopes reportedly accept only HS256; this token uses {listed}"));
            }
            _ => {
                let name = excerpt(&self.header.get("alg").map_or_else(|| "none".to_owned(), unquoted), SHOWN);
                let message = format!("signed with {name}; the platform lists HS256, HS512, RS256 and RS512");
                self.refuse(RefusalKind::UnlistedAlgorithm, message);
            }
        }
    }

    pub(super) fn check_signature(&mut self) {
        if self.signature == Signature::Wrong {
            let message = "the signature does not match the configured secret or key, or the token was changed";
            self.refuse(RefusalKind::WrongSignature, message);
        }
    }

    pub(super) fn check_app_id(&mut self, client_id: Option<&str>) {
        match (self.claims.get("appId"), client_id) {
            (Some(Value::String(app_id)), Some(client_id)) if app_id == client_id => {}
            (Some(Value::String(_)), None) => {
                self.notes.push("appId is not checked: no client id is configured".to_owned());
            }
            (Some(app_id), client_id) => {
                let configured =
                    client_id.map_or_else(String::new, |id| format!("; the configured client id is {id:?}"));
                let message = format!("appId is {}{configured}", excerpt(&app_id.to_string(), SHOWN));
                self.refuse(RefusalKind::OtherClientId, message);
            }
            (None, _) => match self.claims.keys().find(|name| crate::record::fold(name) == "appid").cloned() {
                Some(name) => {
                    let message = format!(
                        "the client id is in {}; it must be in appId, spelled exactly so",
                        quoted(&name, SHOWN)
                    );
                    self.refuse(RefusalKind::MisspeltAppId, message);
                }
                None => self.refuse(RefusalKind::NoAppId, "no appId; it must be the client id"),
            },
        }
    }

    pub(super) fn check_dates(&mut self, now: Timestamp) {
        self.issued = self.date("iat");
        self.expires = self.date("exp");
        if let Some(issued) = self.issued.filter(|issued| *issued > now) {
            let message = format!("iat is {} in the future: check this machine's clock", time_between(now, issued));
            self.refuse(RefusalKind::IssuedInFuture, message);
        }
        if let Some(expires) = self.expires.filter(|expires| *expires <= now) {
            self.refuse(RefusalKind::Expired, format!("expired {} ago", time_between(expires, now)));
        }
        if self.has_claim("jti") {
            self.check_jti(now);
        } else if !self.claims.contains_key("exp") {
            self.notes.push("no exp: the token never expires".to_owned());
        }
        if !self.has_claim("sub") {
            self.notes.push("no sub, which all of the vendor's examples have".to_owned());
        }
    }

    /// Whether it has the claim, by its own name or that of the platform's SDK.
    fn has_claim(&self, name: &str) -> bool {
        self.claims.contains_key(name) || self.claims.contains_key(&format!("kore_{name}"))
    }

    fn date(&mut self, claim: &str) -> Option<Timestamp> {
        let value = self.claims.get(claim)?;
        let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds.floor() as i64));
        if let Some(seconds) = seconds.filter(|seconds| *seconds >= SURELY_MILLISECONDS) {
            self.notes.push(format!("{claim} is {seconds}, probably milliseconds; the platform expects seconds"));
        }
        let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let date = seconds.and_then(|seconds| Timestamp::from_second(seconds.clamp(first, last)).ok());
        if date.is_none() {
            let message = format!("{claim} is {}, not a date in seconds", excerpt(&value.to_string(), SHOWN));
            self.refuse(RefusalKind::NotADate, message);
        }
        date
    }

    /// The platform wants `exp` at most an hour away, without saying from when: this takes the stricter reading.
    fn check_jti(&mut self, now: Timestamp) {
        let start = self.issued.map_or(now, |issued| issued.min(now));
        let message = match self.expires {
            None if self.claims.contains_key("exp") => return,
            None => "jti without exp: with jti, exp must be at most 1 hour away".to_owned(),
            Some(expires) => {
                if expires.duration_since(start).as_secs() <= MAX_JTI_TTL.as_secs().cast_signed() {
                    return;
                }
                let lifetime = time_between(start, expires);
                format!("jti with a lifetime of {lifetime}: with jti, exp must be at most 1 hour away")
            }
        };
        self.refuse(RefusalKind::JtiTooLong, message);
    }
}

pub(super) fn unquoted(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
