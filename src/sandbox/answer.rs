//! What the API says: errors in its documented shape, and the answers that faults put in a good one's place.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::fault::FaultKind;

/// Where the sandbox says what it saw, beyond the words of the API.
const REASON: HeaderName = HeaderName::from_static("x-sandbox-reason");
const OVERSIZED: usize = 16 * 1024 * 1024;

/// A call that the API turns down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) problems: Vec<Problem>,
    /// What was wrong in the sandbox's words, where the API's leave it open.
    pub(super) reason: Option<&'static str>,
}

/// One entry of the documented `errors` array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Problem {
    pub(super) msg: String,
    pub(super) code: u16,
}

#[derive(Serialize)]
struct Errors<'a> {
    errors: &'a [Problem],
}

impl Refusal {
    /// A refusal whose code is its status, as most of the vendor's are.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self::coded(status, status.as_u16(), message)
    }

    pub(super) fn coded(status: StatusCode, code: u16, message: impl Into<String>) -> Self {
        Self { status, problems: vec![Problem { msg: message.into(), code }], reason: None }
    }

    /// A body that isn't what the call wants: all that is wrong with it.
    pub(super) fn of_body(messages: Vec<String>) -> Self {
        let status = StatusCode::BAD_REQUEST;
        let problem = |msg| Problem { msg, code: status.as_u16() };
        Self { status, problems: messages.into_iter().map(problem).collect(), reason: None }
    }

    /// A bot that isn't served, in the words of the vendor's public APIs.
    pub(super) fn unknown_bot() -> Self {
        Self { reason: Some("no such bot here"), ..Self::new(StatusCode::BAD_REQUEST, "Invalid StreamId") }
    }

    /// A full window, in the vendor's words for its length.
    pub(super) fn rate_limited(window: Duration) -> Self {
        let message = match window.as_secs() {
            60 => "You've exceeded the per-minute rate limit. Please wait for sometime before retrying.",
            3600 => "You've exceeded the hourly rate limit. Please wait for sometime before retrying.",
            _ => RATE_LIMITED,
        };
        Self::new(StatusCode::TOO_MANY_REQUESTS, message)
    }
}

const RATE_LIMITED: &str = "Rate limit for this API has been reached. Please try again later";

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = json(self.status, to_json(&Errors { errors: &self.problems }));
        if let Some(reason) = self.reason {
            response.headers_mut().insert(REASON, HeaderValue::from_static(reason));
        }
        response
    }
}

/// A JSON answer.
pub(super) fn json(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
}

/// The value as JSON. None of the sandbox's shapes can fail to be written.
pub(super) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// How a call ends.
#[derive(Debug)]
pub(super) enum Ending {
    /// With an answer.
    Answer(Response),
    /// With a reset in place of one.
    Reset,
    /// Not at all.
    Hang,
}

/// The end of a call that a fault strikes, given the JSON that it would have been answered with.
pub(super) fn faulty(kind: FaultKind, good: &str) -> Ending {
    Ending::Answer(match kind {
        FaultKind::ResetBefore | FaultKind::ResetAfterSave => return Ending::Reset,
        FaultKind::Hang | FaultKind::HangAfterSave => return Ending::Hang,
        FaultKind::Truncate => json(StatusCode::OK, cut_off(good)),
        FaultKind::Oversized => json(StatusCode::OK, blown_up(good)),
        FaultKind::Status400 => Refusal::new(StatusCode::BAD_REQUEST, "Bad Request").into_response(),
        FaultKind::Status401 => {
            Refusal::coded(StatusCode::UNAUTHORIZED, 4002, "Invalid SDK credentials").into_response()
        }
        FaultKind::Status401Replay => {
            Refusal::new(StatusCode::UNAUTHORIZED, "error verifying the jwt: possibly a replay").into_response()
        }
        FaultKind::Status403 => {
            Refusal::coded(StatusCode::FORBIDDEN, 4002, "Permission denied. Scope is incorrect!").into_response()
        }
        FaultKind::Status404 => Refusal::new(StatusCode::NOT_FOUND, "Not Found").into_response(),
        FaultKind::Status429 => Refusal::new(StatusCode::TOO_MANY_REQUESTS, RATE_LIMITED).into_response(),
        FaultKind::Status429RetryAfter => {
            retry_after(Refusal::new(StatusCode::TOO_MANY_REQUESTS, RATE_LIMITED).into_response())
        }
        FaultKind::Status500 => {
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response()
        }
        FaultKind::Status502 => (StatusCode::BAD_GATEWAY, "Bad Gateway\n").into_response(),
        FaultKind::Status503 => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable\n").into_response(),
        FaultKind::Status503RetryAfter => {
            retry_after((StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable\n").into_response())
        }
        FaultKind::Status504 => (StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout\n").into_response(),
        FaultKind::Html => html(StatusCode::BAD_GATEWAY, GATEWAY_PAGE.to_owned()),
        FaultKind::Redirect => {
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, super::api::REDIRECTED)]).into_response()
        }
    })
}

const GATEWAY_PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n";

/// An HTML answer that may load nothing and run nothing.
pub(super) fn html(status: StatusCode, page: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, page).into_response()
}

fn retry_after(mut response: Response) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// The first half of the text.
fn cut_off(good: &str) -> String {
    good.chars().take(good.chars().count() / 2).collect()
}

/// The object with one more member that makes it very long, and still valid.
fn blown_up(good: &str) -> String {
    let members = good.strip_suffix('}').unwrap_or(good);
    let mut body = String::with_capacity(members.len() + OVERSIZED + 16);
    body.push_str(members);
    body.push_str(",\"padding\":\"");
    body.extend(std::iter::repeat_n('x', OVERSIZED));
    body.push_str("\"}");
    body
}

/// What hyper writes into a connection that is then reset: nothing of it arrives.
pub(super) fn nothing() -> Response {
    Response::new(Body::empty())
}

#[cfg(test)]
mod tests {
    use super::{OVERSIZED, Refusal, blown_up, cut_off, to_json};
    use std::time::Duration;

    #[test]
    fn a_full_window_is_refused_in_the_words_for_its_length() {
        let words = |seconds| Refusal::rate_limited(Duration::from_secs(seconds)).problems.remove(0).msg;
        assert!(words(60).contains("per-minute"));
        assert!(words(3600).contains("hourly"));
        assert!(words(20).contains("Rate limit for this API"));
    }

    #[test]
    fn an_oversized_answer_is_valid_json_and_a_truncated_one_is_not() {
        let good = to_json(&serde_json::json!({"_id": "ü", "score": 4}));
        let big: serde_json::Value = serde_json::from_str(&blown_up(&good)).unwrap();
        assert_eq!(big["padding"].as_str().unwrap().len(), OVERSIZED);
        assert_eq!(big["_id"], "ü");
        assert!(serde_json::from_str::<serde_json::Value>(&cut_off(&good)).is_err());
    }
}
