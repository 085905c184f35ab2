//! Each thing that the platform would refuse in a token.

use jiff::Timestamp;
use serde_json::Value;

use super::Inspection;
use crate::credentials::refusal::{Refusal, RefusalKind, Signature};
use crate::credentials::span;
use crate::settings::{Algorithm, MAX_JTI_TTL};
use crate::text::excerpt;

/// Past this many seconds (the year 5138) a date was surely written in milliseconds.
const SURELY_MILLISECONDS: i64 = 100_000_000_000;
const SHOWN: usize = 80;

impl Inspection {
    fn refuse(&mut self, kind: RefusalKind, message: String) {
        self.refusals.push(Refusal { kind, message });
    }

    pub(super) fn check_algorithm(&mut self, algorithm: Option<Algorithm>) {
        let name = excerpt(&self.header.get("alg").map_or_else(|| "none".to_owned(), shown), SHOWN);
        match algorithm {
            Some(listed) if listed.is_listed() => {
                if listed != Algorithm::Hs256 {
                    self.notes.push(format!("apps for API scopes are said to accept HS256 only, and this is {listed}"));
                }
            }
            _ => self.refuse(
                RefusalKind::UnlistedAlgorithm,
                format!("it is signed with {name}, and the platform lists HS256, HS512, RS256 and RS512"),
            ),
        }
    }

    pub(super) fn check_signature(&mut self) {
        if self.signature == Signature::Wrong {
            let message = "its signature is not by the configured secret or key, or it was changed afterwards";
            self.refuse(RefusalKind::WrongSignature, message.to_owned());
        }
    }

    pub(super) fn check_app_id(&mut self, client_id: Option<&str>) {
        match (self.claims.get("appId"), client_id) {
            (None, _) => {
                let spelt = self.claims.keys().find(|name| crate::record::fold(name) == "appid").cloned();
                match spelt {
                    Some(name) => self.refuse(
                        RefusalKind::MisspeltAppId,
                        format!(
                            "the client id stands under {:?}, and must stand under appId, exactly so",
                            excerpt(&name, SHOWN)
                        ),
                    ),
                    None => {
                        self.refuse(RefusalKind::NoAppId, "it has no appId, which must be the client id".to_owned())
                    }
                }
            }
            (Some(Value::String(app_id)), Some(client_id)) if app_id == client_id => {}
            (Some(Value::String(_)), None) => {
                self.notes.push("there is no client id configured to compare appId with".to_owned());
            }
            (Some(app_id), client_id) => {
                let configured =
                    client_id.map_or_else(String::new, |id| format!(", and the configured client id is {id:?}"));
                let message = format!("its appId is {}{configured}", excerpt(&app_id.to_string(), SHOWN));
                self.refuse(RefusalKind::OtherClientId, message);
            }
        }
    }

    pub(super) fn check_dates(&mut self, now: Timestamp) {
        self.issued = self.date("iat");
        self.expires = self.date("exp");
        if let Some(issued) = self.issued.filter(|issued| *issued > now) {
            let message =
                format!("its iat is {} in the future: is this machine's clock right?", span::between(now, issued));
            self.refuse(RefusalKind::IssuedInFuture, message);
        }
        if let Some(expires) = self.expires.filter(|expires| *expires <= now) {
            self.refuse(RefusalKind::Expired, format!("it expired {} ago", span::between(expires, now)));
        }
        if self.claims.contains_key("jti") {
            self.check_jti(now);
        } else if !self.claims.contains_key("exp") {
            self.notes.push("it has no exp: it never ends by itself".to_owned());
        }
        if !self.claims.contains_key("sub") {
            self.notes.push("it has no sub, which the vendor's examples all have".to_owned());
        }
    }

    fn date(&mut self, claim: &str) -> Option<Timestamp> {
        let value = self.claims.get(claim)?;
        let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds.floor() as i64));
        if let Some(seconds) = seconds.filter(|seconds| *seconds >= SURELY_MILLISECONDS) {
            self.notes
                .push(format!("{claim} is {seconds}: that looks like milliseconds, and the platform counts seconds"));
        }
        let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let date = seconds.and_then(|seconds| Timestamp::from_second(seconds.clamp(first, last)).ok());
        if date.is_none() {
            let message = format!("its {claim} is {}, which is no date in seconds", excerpt(&value.to_string(), SHOWN));
            self.refuse(RefusalKind::NotADate, message);
        }
        date
    }

    /// The platform asks that `exp` lie an hour away at most, and does not say from when: the stricter reading holds.
    fn check_jti(&mut self, now: Timestamp) {
        let begins = self.issued.map_or(now, |issued| issued.min(now));
        let message = match self.expires {
            None if self.claims.contains_key("exp") => return,
            None => "it has a jti and no exp, which then must be at most 1 hour away".to_owned(),
            Some(expires) => {
                let life = expires.duration_since(begins);
                if life.as_secs() <= MAX_JTI_TTL.as_secs().cast_signed() {
                    return;
                }
                format!(
                    "it has a jti and lives {}: with jti, exp must be at most 1 hour away",
                    span::between(begins, expires)
                )
            }
        };
        self.refuse(RefusalKind::JtiTooLong, message);
    }
}

/// A claim's value as people read it: a text without its quotes.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
