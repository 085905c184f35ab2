//! What a reply means. A pure function of the reply, with the table in [`super`].

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::fields::Fields;
use super::reply::{Answer, Reply, RequestProgress, RetryAfter, TransportError};
use crate::text;

const QUOTED: usize = 300;
pub(super) const LONGEST_ID: usize = 128;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The server saved it. `record` is its record, as JSON.
    Saved { id: String, status: u16, record: String },
    /// The server does not accept this record, but may accept others.
    Rejected { status: u16, message: String },
    /// The server accepts no record from this client now; it says nothing about this one.
    Refused { concern: Concern, status: Option<u16>, message: String },
    /// The server did not accept it, so it may be sent again.
    Repeat { cause: Cause, status: Option<u16>, retry_after: Option<RetryAfter>, message: String },
    /// It may have been saved.
    InDoubt { status: Option<u16>, message: String },
}

impl Verdict {
    /// How long the server asks clients to wait.
    pub(crate) fn asked_wait(&self, now: Timestamp) -> Duration {
        match self {
            Self::Repeat { retry_after: Some(after), .. } => after.wait_from(now),
            _ => Duration::ZERO,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Concern {
    /// The token, the client id, its secret or its scopes.
    Credentials,
    /// The host, the path or the bot id.
    Target,
    /// The host does not speak TLS, or has the wrong certificate.
    Tls,
}

/// Why a record may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A rolling window is full.
    RateLimited {
        /// Its length, if the answer names it.
        window: Option<Duration>,
    },
    /// The token's `jti` was used before.
    Replayed,
    /// The server asks clients to wait.
    Unavailable,
    Unreachable,
}

pub(crate) fn judge(reply: &Reply) -> Verdict {
    match reply {
        Reply::Nothing(error) => judge_transport(error),
        Reply::Answer(answer) => judge_answer(answer, &Fields::of(&answer.body).unwrap_or_default()),
    }
}

fn judge_transport(error: &TransportError) -> Verdict {
    let message = error.message.clone();
    match error.progress {
        RequestProgress::NotConnected => {
            Verdict::Repeat { cause: Cause::Unreachable, status: None, retry_after: None, message }
        }
        RequestProgress::TlsHandshake => Verdict::Refused { concern: Concern::Tls, status: None, message },
        RequestProgress::MaybeSent => Verdict::InDoubt { status: None, message },
    }
}

pub(super) fn judge_answer(answer: &Answer, fields: &Fields<'_>) -> Verdict {
    let status = answer.status;
    if matches!(status, 200 | 201)
        && let Some(id) = record_id(fields)
    {
        return Verdict::Saved { id, status, record: answer.body.clone() };
    }
    let said = ServerMessage::read(answer, fields);
    if let Some(cause) = said.cause_to_repeat(answer) {
        let retry_after = answer.retry_after;
        return Verdict::Repeat { cause, status: Some(status), retry_after, message: said.shown };
    }
    match (status, said.concern(status)) {
        (300..=499, Some(concern)) => Verdict::Refused { concern, status: Some(status), message: said.shown },
        (400..=499, None) => Verdict::Rejected { status, message: said.shown },
        (200..=299, _) => Verdict::InDoubt { status: Some(status), message: unreadable(answer, &said.shown) },
        _ => Verdict::InDoubt { status: Some(status), message: said.shown },
    }
}

/// The contract's table spells it `_Id`, its sample `_id`.
fn record_id(record: &Fields<'_>) -> Option<String> {
    let id = record.any("_id").or_else(|| record.any("_Id"))?;
    id.as_str().filter(|id| !id.is_empty()).map(|id| text::excerpt(id, LONGEST_ID))
}

fn unreadable(answer: &Answer, shown: &str) -> String {
    let what = answer.truncated.map_or("the response contains no record".to_owned(), |why| why.to_string());
    if answer.body.trim().is_empty() { what } else { format!("{what}: {shown}") }
}

fn without_body(answer: &Answer) -> String {
    let status = answer.status;
    answer.truncated.map_or(format!("HTTP {status} with an empty body"), |why| format!("HTTP {status}: {why}"))
}

/// A server's message: to be shown, and (in lower case, errors only) to be classified.
struct ServerMessage {
    shown: String,
    errors: String,
}

impl ServerMessage {
    fn read(answer: &Answer, fields: &Fields<'_>) -> Self {
        let errors = error_texts(fields);
        let shown = match (&errors[..], &answer.location) {
            (_, Some(location)) if (300..=399).contains(&answer.status) => format!("redirects to {location}"),
            ([], _) if answer.body.trim().is_empty() => without_body(answer),
            ([], _) => text::excerpt(&answer.body, QUOTED),
            (texts, _) => text::excerpt(&texts.join("; "), QUOTED),
        };
        Self { shown, errors: errors.join("; ").to_lowercase() }
    }

    /// Decision 2: what the server did not accept.
    fn cause_to_repeat(&self, answer: &Answer) -> Option<Cause> {
        const MINUTE: Duration = Duration::from_secs(60);
        const HOUR: Duration = Duration::from_secs(3600);
        // Complete phrases of the vendor's: an error may quote a record's own words.
        let limited = if self.errors.contains("exceeded the per-minute rate limit") {
            Some(Some(MINUTE))
        } else if self.errors.contains("exceeded the hourly rate limit") {
            Some(Some(HOUR))
        } else if answer.status == 429 || self.errors.contains("rate limit for this api has been") {
            Some(None)
        } else {
            None
        };
        match (limited, answer.status) {
            (Some(window), _) => Some(Cause::RateLimited { window }),
            (None, 401) if self.errors.contains("possibly a replay") => Some(Cause::Replayed),
            (None, 503) if answer.retry_after.is_some() => Some(Cause::Unavailable),
            _ => None,
        }
    }

    /// Decision 10: what concerns the credentials or the target, not the record. `code` is of no use: the vendor's other
    /// calls use 4002 for wrong credentials, tokens and scopes alike. So the text decides.
    fn concern(&self, status: u16) -> Option<Concern> {
        const ABOUT_CREDENTIALS: [&str; 5] = [
            "invalid sdk credentials",
            "invalid jwt",
            "error verifying the jwt",
            "permission denied",
            "scope is incorrect",
        ];
        match status {
            401 | 403 | 407 => Some(Concern::Credentials),
            300..=399 | 404 | 405 => Some(Concern::Target),
            _ if ABOUT_CREDENTIALS.iter().any(|words| self.errors.contains(words)) => Some(Concern::Credentials),
            _ if self.errors.contains("invalid streamid") => Some(Concern::Target),
            _ => None,
        }
    }
}

/// The texts of `{"errors":[{"msg","code"}]}`, where `code` may be a number or a string.
fn error_texts(body: &Fields<'_>) -> Vec<String> {
    let errors = body.get("errors").unwrap_or_default();
    errors.as_array().into_iter().flatten().filter_map(error_text).collect()
}

fn error_text(error: &Value) -> Option<String> {
    let message = error.get("msg").or_else(|| error.get("message"))?.as_str()?;
    if message.trim().is_empty() {
        return None;
    }
    let code = match error.get("code") {
        Some(Value::String(code)) => code.clone(),
        Some(Value::Number(code)) => code.to_string(),
        _ => return Some(message.to_owned()),
    };
    Some(format!("{message} (code {code})"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::reply::Truncation;
    use super::{Answer, Cause, Concern, Reply, RequestProgress, RetryAfter, TransportError, Verdict, judge};

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.to_owned(), ..Answer::default() }
    }

    fn error(status: u16, message: &str) -> Answer {
        answer(status, &format!(r#"{{"errors":[{{"msg":{message:?},"code":{status}}}]}}"#))
    }

    /// Each verdict in a word, for the table below.
    fn word(verdict: &Verdict) -> String {
        match verdict {
            Verdict::Saved { id, .. } => format!("saved {id}"),
            Verdict::Rejected { .. } => "rejected".to_owned(),
            Verdict::Refused { concern: Concern::Credentials, .. } => "refused: credentials".to_owned(),
            Verdict::Refused { concern: Concern::Target, .. } => "refused: target".to_owned(),
            Verdict::Refused { concern: Concern::Tls, .. } => "refused: tls".to_owned(),
            Verdict::Repeat { cause: Cause::RateLimited { window: None }, .. } => "repeat: limited".to_owned(),
            Verdict::Repeat { cause: Cause::RateLimited { window: Some(window) }, .. } => {
                format!("repeat: limited {}", window.as_secs())
            }
            Verdict::Repeat { cause: Cause::Replayed, .. } => "repeat: replayed".to_owned(),
            Verdict::Repeat { cause: Cause::Unavailable, .. } => "repeat: unavailable".to_owned(),
            Verdict::Repeat { cause: Cause::Unreachable, .. } => "repeat: unreachable".to_owned(),
            Verdict::InDoubt { .. } => "in doubt".to_owned(),
        }
    }

    #[test]
    fn every_answer_has_its_verdict() {
        let record = r#"{"botId":"st-1","_id":"641b","score":0,"novel":[1]}"#;
        let per_minute = "You've exceeded the per-minute rate limit. Please wait for sometime before retrying.";
        let hourly = "You've exceeded the hourly rate limit. Please wait for sometime before retrying.";
        let any = "Rate limit for this API has been reached. Please try again after some time.";
        let replay = "error verifying the jwt: possibly a replay";
        let hour = "error verifying the jwt: if \"jti\" claim \"exp\" must be <= 1 hour(s)";
        let table = [
            (answer(200, record), "saved 641b"),
            (answer(201, r#"{"_Id":"7"}"#), "saved 7"),
            (answer(200, r#"{"_id":""}"#), "in doubt"),
            (answer(200, r#"{"_id":7}"#), "in doubt"),
            (answer(200, "{}"), "in doubt"),
            (answer(200, ""), "in doubt"),
            (answer(200, "<html>ok</html>"), "in doubt"),
            (answer(200, &record[..20]), "in doubt"),
            (error(200, "Invalid JWT token"), "in doubt"),
            (error(200, any), "repeat: limited"),
            (answer(202, record), "in doubt"),
            (answer(204, ""), "in doubt"),
            (answer(301, ""), "refused: target"),
            (answer(307, ""), "refused: target"),
            (error(400, "score must be a number"), "rejected"),
            (error(400, "Invalid StreamId"), "refused: target"),
            (error(400, any), "repeat: limited"),
            (error(400, "name \"Rate limit survey\" is taken"), "rejected"),
            (error(401, "Invalid SDK credentials"), "refused: credentials"),
            (error(401, replay), "repeat: replayed"),
            (error(401, hour), "refused: credentials"),
            (error(400, "Permission denied. Scope is incorrect!"), "refused: credentials"),
            (answer(401, "<html>"), "refused: credentials"),
            (error(403, "Forbidden"), "refused: credentials"),
            (error(404, "Not found"), "refused: target"),
            (error(405, "Method not allowed"), "refused: target"),
            (error(412, "ValidationError"), "rejected"),
            (answer(413, ""), "rejected"),
            (answer(422, "nonsense"), "rejected"),
            (answer(429, ""), "repeat: limited"),
            (error(429, per_minute), "repeat: limited 60"),
            (error(429, hourly), "repeat: limited 3600"),
            (error(500, "Internal error"), "in doubt"),
            (error(500, hourly), "repeat: limited 3600"),
            (answer(502, "<html>Bad Gateway</html>"), "in doubt"),
            (answer(503, ""), "in doubt"),
            (Answer { retry_after: RetryAfter::parse("7"), ..answer(503, "") }, "repeat: unavailable"),
            (answer(504, ""), "in doubt"),
            (answer(599, ""), "in doubt"),
        ];
        for (answer, expected) in table {
            let said = format!("{} {}", answer.status, answer.body);
            assert_eq!(word(&judge(&Reply::Answer(answer))), expected, "{said}");
        }
    }

    #[test]
    fn without_an_answer_the_progress_decides() {
        let verdict = |progress| {
            let error = TransportError { progress, message: "gone".to_owned() };
            word(&judge(&Reply::Nothing(error)))
        };
        assert_eq!(verdict(RequestProgress::NotConnected), "repeat: unreachable");
        assert_eq!(verdict(RequestProgress::TlsHandshake), "refused: tls");
        assert_eq!(verdict(RequestProgress::MaybeSent), "in doubt");
    }

    #[test]
    fn messages_have_their_code_and_no_control_characters() {
        let shown = |body: &str| match judge(&Reply::Answer(answer(400, body))) {
            Verdict::Rejected { message, .. } => message,
            other => panic!("{other:?}"),
        };
        assert_eq!(shown(r#"{"errors":[{"msg":"bad","code":"ValidationError"}]}"#), "bad (code ValidationError)");
        assert_eq!(shown(r#"{"errors":[{"msg":"bad","code":400},{"msg":"worse"}]}"#), "bad (code 400); worse");
        assert_eq!(shown("<h1>\u{1b}[2JNo</h1>\n"), "<h1>\u{fffd}[2JNo</h1>");
    }

    #[test]
    fn every_verdict_has_a_reason() {
        let reason = |answer: Answer| match judge(&Reply::Answer(answer)) {
            Verdict::Rejected { message, .. }
            | Verdict::Refused { message, .. }
            | Verdict::Repeat { message, .. }
            | Verdict::InDoubt { message, .. } => message,
            other => panic!("{other:?}"),
        };
        for status in [101, 204, 302, 304, 401, 404, 422, 429, 500] {
            let expected = match status {
                204 => "the response contains no record".to_owned(),
                _ => format!("HTTP {status} with an empty body"),
            };
            assert_eq!(reason(answer(status, " \n")), expected);
        }
        let unsaid = error(500, "");
        assert_eq!(reason(unsaid.clone()), unsaid.body);
        let cut = |status, body, why| reason(Answer { truncated: Some(why), ..answer(status, body) });
        assert_eq!(cut(500, "", Truncation::Closed), "HTTP 500: the response is truncated");
        assert_eq!(cut(200, "", Truncation::Closed), "the response is truncated");
        let slow = Truncation::Timeout(Duration::from_secs(30));
        assert_eq!(cut(200, "{", slow), "no complete response within 30s: {");
    }

    #[test]
    fn a_redirect_names_its_location() {
        let redirect = Answer { location: Some("https://elsewhere.example/".to_owned()), ..answer(302, "") };
        let Verdict::Refused { message, .. } = judge(&Reply::Answer(redirect)) else { panic!() };
        assert_eq!(message, "redirects to https://elsewhere.example/");
    }

    #[test]
    fn verdicts_carry_retry_after() {
        let limited = Answer { retry_after: RetryAfter::parse("9"), ..answer(429, "") };
        let Verdict::Repeat { retry_after, .. } = judge(&Reply::Answer(limited)) else { panic!() };
        assert_eq!(retry_after, Some(RetryAfter::Wait(Duration::from_secs(9))));
    }
}
